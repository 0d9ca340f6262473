import CoreMetrics
import HTTPTypes
import Hummingbird
import SecretSafeAPI
import Synchronization

/// Refuses calls over the limits before anything else is known of them, the token included.
final class RateLimits: RouterMiddleware {
  private let rules: LimitRules
  private let limiter: Mutex<Limiter>
  private let metrics: ServerMetrics?

  init(_ rules: LimitRules, metrics: ServerMetrics?) {
    self.rules = rules
    self.metrics = metrics
    limiter = Mutex(Limiter(rules))
  }

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard let call = LimitedCall(method: request.method.rawValue, path: request.uri.path) else { return try await next(request, context) }
    let applicable = rules.rules(for: call)
    let key = Limiter.Key(client: context.client, call)
    switch limiter.withLock({ $0.count(key, under: applicable, at: .now()) }) {
    case .passed(let standing):
      var response = try await next(request, context)
      if let standing { response.headers.tell(standing) }
      return response
    case .refused(let period, let retryAfter):
      metrics?.limited.increment()
      return .tooManyRequests(period: period.text, retryAfter: retryAfter)
    }
  }
}

extension Response {
  /// `api.md` 2.7
  static func tooManyRequests(period: String, retryAfter: Int) -> Response {
    var writer = JSONWriter()
    writer.object {
      $0.member("message", "Slow down! Too many requests. Try again in \(period).")
      for name in ["validationErrors", "exceptionMessage", "exceptionStackTrace", "innerExceptionMessage"] as [StaticString] {
        $0.member(name, nil as String?)
      }
      $0.member("object", "error")
    }
    var response = Response.json(writer.bytes, status: .tooManyRequests)
    response.headers[.retryAfter] = String(retryAfter)
    response.headers.secure()
    return response
  }
}

extension HTTPFields {
  fileprivate mutating func tell(_ standing: Limiter.Standing) {
    self[.rateLimit] = standing.period.text
    self[.rateRemaining] = String(standing.remaining)
    self[.rateReset] = standing.resets.description
  }
}

extension HTTPField.Name {
  fileprivate static let rateLimit = named("X-Rate-Limit-Limit")
  fileprivate static let rateRemaining = named("X-Rate-Limit-Remaining")
  fileprivate static let rateReset = named("X-Rate-Limit-Reset")
}
