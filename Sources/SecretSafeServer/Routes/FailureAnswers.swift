import HTTPTypes
import Hummingbird
import Logging
import SecretSafeAPI
import SecretSafeStore

/// Turns what was thrown into the answer of the contract, and puts the security headers of `api.md` 2.1 on every answer.
struct FailureAnswers: RouterMiddleware {
  /// Told why a request ended in 500.
  let log: Logger?

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
      log?.error("request failed", metadata: ["request": .stringConvertible(RequestLine(request, context)), "error": "\(error)"])
      response = .json(ErrorObject(message: "An unhandled server error has occurred."), status: .internalServerError)
    }
    response.headers.secure()
    return response
  }
}
