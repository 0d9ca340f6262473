import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// Turns what was thrown into the answer of the contract, and puts the security headers of `api.md` 2.1 on every answer.
struct FailureAnswers: RouterMiddleware {
  /// Told why a request ended in 500.
  let log: (@Sendable (String) -> Void)?

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch let failure as Failure {
      response = failure.response
    } catch let refusal as Refusal {
      response = refusal.response
    } catch {
      log?("\(request.method.rawValue) \(request.loggedPath) failed: \(error)")
      response = .json(ErrorObject(message: "An unhandled server error has occurred."), status: .internalServerError)
    }
    response.headers[.frameOptions] = "SAMEORIGIN"
    response.headers[.xssProtection] = "1; mode=block"
    response.headers[.xContentTypeOptions] = "nosniff"
    return response
  }
}

/// One line for each request: method, path, status. Never a query or a header, which may hold secrets.
struct AccessLog: RouterMiddleware {
  let write: @Sendable (String) -> Void

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let response = try await next(request, context)
    write("\(request.method.rawValue) \(request.loggedPath) \(response.status.code)")
    return response
  }
}
