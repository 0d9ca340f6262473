import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging

/// Logs and counts every request, whatever became of it.
struct Observation: RouterMiddleware {
  let log: Logger?
  let metrics: ServerMetrics?

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    metrics?.begin()
    defer { metrics?.end() }
    let response = try await next(request, context)
    let duration = start.duration(to: .now)
    metrics?.count(method: request.method, endpoint: context.route, status: response.status.code, duration)
    if let log {
      let (seconds, attoseconds) = duration.components
      let outcome = RequestLine.Outcome(
        status: response.status.code, microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000, bytes: response.body.contentLength)
      log.info("request", metadata: ["request": .stringConvertible(RequestLine(request, context, outcome: outcome))])
    }
    return response
  }
}
