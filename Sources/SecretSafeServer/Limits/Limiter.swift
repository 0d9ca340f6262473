package import SecretSafeAPI

/// Counts calls in windows that begin with their first call. Knows neither clocks nor requests.
///
/// The windows are in two generations. One that is asked for moves into the younger; when the longest period is over, or the younger is full,
/// the older is dropped. So whatever is dropped by time had ended, and no flood of paths holds more than two generations.
package struct Limiter: Sendable {
  /// Callers and paths in a generation: some megabytes. A flood above it makes the limiter forget, not the server grow.
  package static let generationLimit = 32_768

  /// Caller, method and path; the latter two as a hash, so that long paths take no more memory.
  package struct Key: Hashable, Sendable {
    let client: IPAddress?
    let call: Int

    init(client: IPAddress?, _ call: LimitedCall) {
      var hasher = Hasher()
      hasher.combine(call.service)
      hasher.combine(call.method)
      hasher.combine(call.path)
      self.client = client
      self.call = hasher.finalize()
    }

    /// For measurements with one caller.
    package init(_ call: LimitedCall) { self.init(client: nil, call) }
  }

  package enum Outcome: Hashable, Sendable {
    /// With what the longest applicable period has left; nil if no rule applies.
    case passed(Standing?)
    /// By the rule that takes longest to end, after whole seconds.
    case refused(LimitRule.Period, retryAfter: Int)
  }

  package struct Standing: Hashable, Sendable {
    package let period: LimitRule.Period
    package let remaining: Int
    package let resets: Timestamp
  }

  private struct Window {
    var start = Timestamp(microseconds: .min)
    var count = 0

    /// A clock that was set back begins anew, too.
    func isOver(_ period: LimitRule.Period, at now: Timestamp) -> Bool {
      count == 0 || now < start || now >= start.adding(seconds: period.seconds)
    }
  }

  private let generationLimit: Int
  private let longestSeconds: Int
  private var younger: [Key: [Window]] = [:]
  private var older: [Key: [Window]] = [:]
  private var youngerSince: Timestamp?

  package init(_ rules: LimitRules, generationLimit: Int = Limiter.generationLimit) {
    self.generationLimit = generationLimit
    longestSeconds = rules.rules.map(\.period.seconds).max() ?? 0
  }

  /// How many callers and paths are remembered.
  var size: Int { younger.count + older.count }

  /// Counts a call if none of the rules refuses it. The same key must come with the same rules.
  package mutating func count(_ key: Key, under rules: [LimitRule], at now: Timestamp) -> Outcome {
    guard let longest = rules.map(\.period.seconds).max() else { return .passed(nil) }
    turnGenerations(at: now)
    var windows = younger[key] ?? older.removeValue(forKey: key) ?? Array(repeating: Window(), count: rules.count)
    for index in rules.indices where windows[index].isOver(rules[index].period, at: now) { windows[index] = Window(start: now) }
    defer { younger[key] = windows }

    let ends = rules.indices.map { windows[$0].start.adding(seconds: rules[$0].period.seconds) }
    if let last = rules.indices.filter({ windows[$0].count >= rules[$0].limit }).max(by: { ends[$0] < ends[$1] }) {
      let microseconds = ends[last].microseconds - now.microseconds
      return .refused(rules[last].period, retryAfter: max(1, Int((microseconds + 999_999) / 1_000_000)))
    }
    for index in windows.indices { windows[index].count += 1 }
    // Of two rules with that period, the one that leaves less is what holds.
    let standings = rules.indices.filter { rules[$0].period.seconds == longest }.map {
      Standing(period: rules[$0].period, remaining: rules[$0].limit - windows[$0].count, resets: ends[$0])
    }
    return .passed(standings.min { $0.remaining < $1.remaining })
  }

  private mutating func turnGenerations(at now: Timestamp) {
    guard let since = youngerSince else { return youngerSince = now }
    guard younger.count >= generationLimit || now < since || now >= since.adding(seconds: longestSeconds) else { return }
    // After two periods of silence the younger has ended as well.
    older = now >= since.adding(seconds: 2 * longestSeconds) ? [:] : younger
    younger = [:]
    youngerSince = now
  }
}
