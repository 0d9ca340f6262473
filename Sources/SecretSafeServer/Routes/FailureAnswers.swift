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
    do { response = try await next(request, context) } catch { response = answer(error, to: request, context) }
    response.headers.secure()
    return response
  }

  func answer(_ error: any Error, to request: Request, _ context: ServerContext) -> Response {
    switch error {
    case let failure as Failure: return failure.response
    case let refusal as Refusal: return refusal.response
    default:
      log?.error("request failed", metadata: ["request": .stringConvertible(RequestLine(request, context)), "error": "\(error)"])
      return .json(ErrorObject(message: "An unhandled server error has occurred."), status: .internalServerError)
    }
  }
}
