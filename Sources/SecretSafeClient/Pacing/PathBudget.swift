package import SecretSafeAPI

/// What may be sent to one path with one method: all limits that are known of it hold at once. It knows no clock, and nobody else's paths.
package struct PathBudget: Hashable, Sendable {
  /// More are not kept: two are what servers have, three what the cloud's token endpoint has.
  package static let mostLimits = 4
  /// How long others wait for the first answer, which shows whether there is a limit.
  private static let probeTime = Span.seconds(1)
  /// Send times that are remembered to learn a limit that no answer shows from.
  private static let rememberedTimes = 64

  package enum Decision: Equatable, Sendable {
    case go
    /// Ask again then, or when an answer came. Without a limit the server said how long, or nothing is known yet.
    case wait(until: Timestamp, RateLimit?)
  }

  package internal(set) var windows: [LimitWindow] = []
  /// Nothing is sent before, by the server's word.
  var hold: Timestamp?
  /// Sent and not answered.
  var outstanding = 0
  var lastSent: Timestamp?
  /// Whether an answer, or a preset, told what limits there are.
  var isKnown = false
  /// Ours alone: not shared with other processes.
  private var times: [Timestamp] = []

  package init(limits: [RateLimit] = []) {
    windows = limits.prefix(Self.mostLimits).map { LimitWindow($0, isLearned: false) }
    isKnown = !windows.isEmpty
  }

  package var isLimited: Bool { !windows.isEmpty || hold != nil }

  package mutating func permit(at now: Timestamp, _ link: Link) -> Decision {
    if let lastSent, now >= lastSent.adding(2 * LimitWindow.answerPatience) || now.adding(Span.seconds(1)) < lastSent { outstanding = 0 }
    if let hold {
      if now < hold, hold.since(now) <= Span.seconds(Pacer.longestHold) { return .wait(until: hold, nil) }
      self.hold = nil
    }
    if !isKnown, outstanding > 0, let lastSent, now < lastSent.adding(Self.probeTime) {
      return .wait(until: lastSent.adding(Self.probeTime), nil)
    }
    var latest: (Timestamp, RateLimit)?
    for index in windows.indices {
      windows[index].advance(to: now, outstanding: outstanding)
      if let ready = windows[index].wait(at: now, link), ready > latest?.0 ?? now { latest = (ready, windows[index].limit) }
    }
    if let (until, limit) = latest { return .wait(until: until, limit) }
    take(at: now)
    return .go
  }

  /// Counts a request that goes.
  mutating func take(at now: Timestamp) {
    for index in windows.indices { windows[index].take(at: now) }
    outstanding += 1
    lastSent = now
    if !windows.isEmpty {
      if times.count == Self.rememberedTimes { times.removeFirst(Self.rememberedTimes / 2) }
      times.append(now)
    }
  }

  /// What became of a request that was sent then.
  package mutating func ended(_ result: PacedResult, sent: Timestamp, at now: Timestamp) {
    outstanding = max(0, outstanding - 1)
    switch result {
    case .notSent: for index in windows.indices { windows[index].giveBack(sent: sent) }
    case .lost: for index in windows.indices { windows[index].answered(sent: sent, at: now) }
    case .refused(let retryAfter, let period):
      refused(after: retryAfter, period, sent: sent, at: now)
    case .answered(let status, let headers):
      for index in windows.indices { windows[index].answered(sent: sent, at: now) }
      if let headers { learn(headers, sent: sent, at: now) }
      // What stands in front of a server shows none of its limits.
      if status < 500 { isKnown = true }
    }
  }

  /// Takes over what all processes together wrote down.
  mutating func adopt(_ shared: PathBudget) {
    let own = self
    self = shared
    times = own.times
    guard own.windows.isEmpty, own.outstanding > 0 else { return }
    // What went before anything was known is in nobody's count.
    outstanding += own.outstanding
    for index in windows.indices { windows[index].count += own.outstanding }
  }

  /// The first answer shows a limit: what is left, and itself.
  private mutating func learn(_ told: RateLimitHeaders, sent: Timestamp, at now: Timestamp) {
    if let index = windows.firstIndex(where: { $0.limit.period == told.period }) {
      return windows[index].told(remaining: told.remaining, resets: told.resets, sent: sent, at: now)
    }
    guard windows.count < Self.mostLimits else { return }
    var window = LimitWindow(RateLimit(count: told.remaining + 1, period: told.period), isLearned: true)
    window.firstSent = sent
    window.firstAnswered = now
    window.lastSent = lastSent ?? sent
    window.count = 1 + outstanding
    window.believe(told.resets, at: now)
    windows.append(window)
    times = [sent]
  }

  private mutating func refused(after retryAfter: Int?, _ period: Int?, sent: Timestamp, at now: Timestamp) {
    for index in windows.indices { windows[index].giveBack(sent: sent) }
    if let index = times.lastIndex(of: sent) { times.remove(at: index) }
    let seconds = max(1, retryAfter ?? 1)
    // Longer than anybody waits: each request learns of it by itself.
    if seconds <= Pacer.longestHold { hold = max(hold ?? now, now.adding(Span.seconds(seconds))) }
    for index in windows.indices { windows[index].spread(from: now) }
    let fitting = windows.indices.filter { windows[$0].limit.period >= seconds }.min { windows[$0].limit.period < windows[$1].limit.period }
    if let index = period.flatMap({ period in windows.firstIndex { $0.limit.period == period } }) ?? (period == nil ? fitting : nil) {
      windows[index].refused()
      if windows[index].isLearned, windows[index].limit.period < windows.map(\.limit.period).max() ?? 0 {
        windows[index].limit.count = max(1, min(windows[index].limit.count - 1, passed(in: period ?? seconds, before: now)))
      }
    } else if let period, !windows.isEmpty, windows.count < Self.mostLimits {
      // A shorter limit, which the headers hide.
      windows.append(LimitWindow(RateLimit(count: max(1, passed(in: period, before: now)), period: period), isLearned: true))
    }
  }

  private func passed(in period: Int, before now: Timestamp) -> Int {
    times.count { $0 > now.adding(-Span.seconds(period)) }
  }
}
