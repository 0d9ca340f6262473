internal import SecretSafeAPI

/// One limit of one path, as far as it is used up.
///
/// The server counts in windows that begin with a request's arrival, which nobody here sees. But the first request of a window arrived before the first
/// answer came, so what is sent one period after that answer arrives in a later window, however the clocks differ and however long the way
/// is: `end`. What is sent shortly before may arrive on either side, so nothing is (`guardTime`), and what was on its way all the same is counted on both.
/// Taking the shortest round trip off the end would gain some milliseconds a window, and was wrong: on a busy machine it is mostly not the way's.
package struct LimitWindow: Hashable, Sendable {
  /// How exact clocks and counters are taken to be.
  static let slack = Span.milliseconds(10)
  /// How much a server's clock, in `X-Rate-Limit-Reset`, is taken to differ from ours.
  static let clockDifference = Span.seconds(2)
  /// How long an answer may take: a window of which no answer came ends so much later, and what is out for longer is lost.
  static let answerPatience = Span.seconds(30)
  /// What a learned limit is spread over: the rest makes up for a slow start.
  private static let spreadShare = 0.96

  package var limit: RateLimit
  /// Not from a preset: there may be shorter limits, which no answer shows before they refuse, so its requests are spread.
  var isLearned: Bool
  /// When the first request of the window was sent; nil if there is no window.
  var firstSent: Timestamp?
  /// When the first answer to one of its requests came.
  var firstAnswered: Timestamp?
  var lastSent: Timestamp?
  /// Until then requests are spread, since others seem to use the limit as well.
  var spreadUntil: Timestamp?
  /// The end by the server's word, where others began the window.
  var toldEnd: Timestamp?
  /// How many requests the server may have counted in it; without a window, how many it may have counted in the next.
  var count = 0
  /// How many of those that were answered may have been counted in the next.
  var carried = 0

  init(_ limit: RateLimit, isLearned: Bool) {
    self.limit = limit
    self.isLearned = isLearned
  }

  private var period: Int64 { Span.seconds(limit.period) }

  /// Where more than one slack would cost more than a two hundredth.
  private var slack: Int64 { max(Self.slack, min(period / 400, Span.milliseconds(150))) }

  /// From when on a request arrives in the next window; nil while that is unknown.
  private var end: Timestamp? {
    let counted = firstAnswered.map { $0.adding(period + slack) }
    return toldEnd.map { min($0, counted ?? $0) } ?? counted
  }

  private func guardTime(_ link: Link) -> Int64 { min(link.jitter, period / 10) }

  /// Closes a window that is over. `outstanding` requests of the path are on their way.
  mutating func advance(to now: Timestamp, outstanding: Int) {
    guard let firstSent else { return }
    let end = end ?? firstSent.adding(period + Self.answerPatience)
    // A clock that was set back begins anew.
    guard now >= end || now.adding(Span.seconds(1)) < firstSent else { return }
    count = carried + outstanding
    restart()
  }

  private mutating func restart() {
    firstSent = nil
    firstAnswered = nil
    toldEnd = nil
    carried = 0
  }

  /// When to ask again; nil if a request may go now.
  func wait(at now: Timestamp, _ link: Link) -> Timestamp? {
    guard let firstSent else {
      guard count >= limit.count, let lastSent else { return nil }
      // So many were on their way when the window ended that they may fill the next.
      let end = lastSent.adding(period + link.jitter)
      return now < end ? end : nil
    }
    let end = end ?? max(firstSent.adding(period), now.adding(Span.milliseconds(50)))
    if count >= limit.count || now >= firstSent.adding(period - guardTime(link)) { return end }
    guard isLearned || spreadUntil.map({ now < $0 }) == true, limit.period > 1, let lastSent else { return nil }
    let interval = Int64(Double(period - guardTime(link)) * Self.spreadShare) / Int64(limit.count)
    let due = max(firstSent.adding(Int64(count) * interval), lastSent.adding(interval / 2))
    return now < due ? min(due, end) : nil
  }

  mutating func take(at now: Timestamp) {
    if firstSent == nil {
      if let lastSent, now >= lastSent.adding(period + Self.answerPatience) { count = 0 }
      if count >= limit.count { count = 0 }
      firstSent = now
    }
    count += 1
    lastSent = now
  }

  /// An answer came to what was sent then.
  mutating func answered(sent: Timestamp, at now: Timestamp) {
    guard let firstSent, sent >= firstSent else { return }
    firstAnswered = firstAnswered.map { min($0, now) } ?? now
    if now > firstSent.adding(period) { carried += 1 }
  }

  /// What was sent then was not counted.
  mutating func giveBack(sent: Timestamp) {
    guard let firstSent, sent >= firstSent else { return }
    count = max(0, count - 1)
    if count == 0 { restart() }
  }

  /// The server counts nothing more in this window; the next request begins another.
  mutating func refused() {
    count = 0
    restart()
  }

  /// Against others who use the same limit, all at once at the start of each window only makes for refusals.
  mutating func spread(from now: Timestamp) { spreadUntil = now.adding(2 * period) }

  /// The server's word for what is left in the window of a request that was sent then.
  mutating func told(remaining: Int, resets: Timestamp?, sent: Timestamp, at now: Timestamp) {
    // An answer counts at least itself.
    limit.count = max(limit.count, remaining + 1)
    guard let firstSent, sent >= firstSent else { return }
    let counted = limit.count - remaining
    guard counted > count else { return }
    // Others call from here too, and may have begun the window.
    count = counted
    believe(resets, at: now)
  }

  /// Takes the end of the window from the server where that is clearly earlier than ours.
  mutating func believe(_ resets: Timestamp?, at now: Timestamp) {
    guard let resets else { return }
    let end = max(now, resets.adding(Self.clockDifference))
    if end < now.adding(period - Self.clockDifference) { toldEnd = toldEnd.map { min($0, end) } ?? end }
  }
}
