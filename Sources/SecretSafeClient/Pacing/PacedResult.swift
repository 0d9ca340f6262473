internal import SecretSafeAPI

/// What became of a request, as far as limits are concerned.
package enum PacedResult: Hashable, Sendable {
  /// Nothing left this machine.
  case notSent
  /// No answer came; it may have been counted.
  case lost
  case answered(status: Int, RateLimitHeaders?)
  /// 429: not counted. With the seconds to wait and the period of the limit, where they are told.
  case refused(retryAfter: Int?, period: Int?)
}

extension PacedResult {
  /// - Parameter now: seconds since 1970, to read a date in `Retry-After`.
  init(_ answer: Answer, now: @autoclosure () -> Int) {
    if answer.status == 429 {
      self = .refused(retryAfter: RetryAfter.seconds(answer.retryAfter, now: now()), period: Self.period(in: answer.body))
    } else {
      self = .answered(status: answer.status, answer.rateLimit)
    }
  }

  /// `Slow down! Too many requests. Try again in 1m.` names the period of the limit.
  private static func period(in body: [UInt8]) -> Int? {
    guard body.count < 4096 else { return nil }
    let words = String(decoding: body, as: UTF8.self).split { " .\"".contains($0) }
    guard let index = words.indices.first(where: { words[$0] == "again" }), words.dropFirst(index).count > 2, words[index + 1] == "in" else { return nil }
    return LimitRule.Period(String(words[index + 2]))?.seconds
  }
}
