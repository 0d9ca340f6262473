import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging

/// Logs and counts every request, whatever became of it.
struct Observation: RouterMiddleware {
  private let lines: LineLog?
  private let metrics: ServerMetrics?

  init(log: Logger?, metrics: ServerMetrics?) {
    lines = log?.handler as? LineLog
    self.metrics = metrics
  }

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    metrics?.begin()
    defer { metrics?.end() }
    let response = try await next(request, context)
    let duration = start.duration(to: .now)
    metrics?.count(method: request.method, endpoint: context.route, status: response.status.code, duration)
    if let lines {
      let (seconds, attoseconds) = duration.components
      let outcome = RequestLine.Outcome(
        status: response.status.code, microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000, bytes: response.body.contentLength)
      lines.log(RequestLine(request, context, outcome: outcome))
    }
    return response
  }
}
