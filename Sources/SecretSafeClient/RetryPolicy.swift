/// Decides what follows an attempt (`api.md` 2.7). It knows no clock and no socket: it is fed what happened and how long it has been at it.
public struct RetryPolicy: Sendable {
  /// How long to wait for a limit in all before the request fails.
  public var limitPatience: Duration = .seconds(900)
  /// How long 5xx and broken connections are repeated, where that does no harm.
  public var faultPatience: Duration = .seconds(60)
  /// How long a server that takes no connections is tried.
  public var connectPatience: Duration = .seconds(10)

  public init() {}

  enum Outcome: Sendable {
    case answer(status: Int, retryAfter: String?)
    /// No connection was made, so nothing was sent.
    case refused
    /// Nothing was sent, and nothing will be.
    case unusable
    /// The connection broke, or time ran out, after something may have been sent.
    case broken
  }

  enum Action: Equatable, Sendable {
    case accept
    case wait(Duration)
    /// Give up; true if a write may have been carried out.
    case fail(isOutcomeUnknown: Bool)
  }

  /// The attempts of one request.
  struct Attempts: Sendable {
    let policy: RetryPolicy
    /// Whether sending it again after an unknown outcome does no harm.
    let isRepeatable: Bool
    /// Whether carrying it out changes something.
    let isWrite: Bool
    private(set) var count = 0
    private var limitWait: Duration = .zero
    private var firstFault: Duration?
    private var firstRefusal: Duration?
    /// True once an attempt may have been carried out although its answer was lost.
    private(set) var mayHaveHappened = false

    init(policy: RetryPolicy, isRepeatable: Bool, isWrite: Bool) {
      self.policy = policy
      self.isRepeatable = isRepeatable
      self.isWrite = isWrite
    }

    /// True if giving up now leaves open what became of the write.
    var isOutcomeUnknown: Bool { isWrite && mayHaveHappened }

    /// - Parameters:
    ///   - elapsed: since the request began.
    ///   - now: seconds since 1970, to read a date in `Retry-After`.
    ///   - jitter: 0..<1.
    mutating func next(_ outcome: Outcome, elapsed: Duration, now: Int, jitter: Double) -> Action {
      count += 1
      switch outcome {
      case .answer(429, let retryAfter):
        let wait = RetryAfter.seconds(retryAfter, now: now).map { Duration.seconds(max(1, $0)) } ?? backoff(jitter)
        limitWait += wait
        return limitWait > policy.limitPatience ? giveUp : .wait(wait)
      case .answer(let status, let retryAfter) where status >= 500:
        return fault(elapsed, atLeast: RetryAfter.seconds(retryAfter, now: now) ?? 0, jitter)
      case .answer: return .accept
      case .broken: return fault(elapsed, atLeast: 0, jitter)
      case .refused:
        let first = firstRefusal ?? elapsed
        firstRefusal = first
        return elapsed - first >= policy.connectPatience ? giveUp : .wait(min(backoff(jitter), .seconds(2)))
      case .unusable: return giveUp
      }
    }

    private var giveUp: Action { .fail(isOutcomeUnknown: isOutcomeUnknown) }

    private mutating func fault(_ elapsed: Duration, atLeast seconds: Int, _ jitter: Double) -> Action {
      mayHaveHappened = true
      guard isRepeatable else { return giveUp }
      let first = firstFault ?? elapsed
      firstFault = first
      let wait = max(backoff(jitter), .seconds(seconds))
      return elapsed - first >= policy.faultPatience || .seconds(seconds) > policy.faultPatience ? giveUp : .wait(wait)
    }

    /// 0.25 s, doubled each time up to 16 s, with a quarter of it by chance.
    private func backoff(_ jitter: Double) -> Duration {
      let base = min(16, 0.25 * Double(1 << min(count - 1, 8)))
      return .milliseconds(Int(base * (0.75 + 0.5 * jitter) * 1000))
    }
  }
}

/// The header `Retry-After`: whole seconds, or an HTTP date.
enum RetryAfter {
  static func seconds(_ header: String?, now: Int) -> Int? {
    guard let header else { return nil }
    let text = String(header.drop { $0 == " " })
    if let seconds = Int(text) { return seconds >= 0 ? min(seconds, 86_400) : nil }
    return date(text).map { max(0, min($0 - now, 86_400)) }
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since 1970.
  static func date(_ text: String) -> Int? {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," })
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year), let hour = Int(parts[4]),
      let minute = Int(parts[5]), let second = Int(parts[6]), (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    let y = month < 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }
}
