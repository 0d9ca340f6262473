/// How many requests may be out at once. It knows no clock: it is told how long things took.
///
/// It begins with what scripts use at most without being told otherwise, and doubles with each round of answers while all places are taken; a server that fails halves it, once for all that were out
/// at that time, and from then on it grows by one a round. A server that takes more and more longer than it once did gets no more. Nothing that
/// is merely slow is held back: more at once costs a busy server little and gains much where the way is long.
struct ConcurrencyGate: Sendable {
  enum Outcome: Sendable {
    case answered
    /// 5xx, no answer, no connection, or refused for a reason that is not a known limit.
    case failed
    /// Refused by a limit that is known, which is the budget's matter.
    case limited
  }

  /// How much longer than the quickest of its kind an answer may take until the server counts as overloaded.
  private static let tolerance: Duration = .seconds(1)

  private static let first = 16.0

  let most: Int
  private(set) var limit: Double
  private(set) var inFlight = 0
  private var isDoubling = true
  /// The number of the last request that had gone when the limit was last cut.
  private var cutAt = 0
  private var lastNumber = 0
  private var quickest: [String: Duration] = [:]
  /// How much longer than the quickest, smoothed.
  private var excess: Duration = .zero

  /// A round lasts until what was sent after its start is answered. It grows only after rounds in which all places were taken.
  private var round: (end: Int, limit: Int, peak: Int)

  init(most: Int) {
    self.most = max(1, most)
    limit = min(Self.first, Double(self.most))
    round = (0, Int(limit), 0)
  }

  var hasRoom: Bool { inFlight < Int(limit) }

  /// The number of what goes now.
  mutating func enter() -> Int {
    inFlight += 1
    lastNumber += 1
    round.peak = max(round.peak, inFlight)
    return lastNumber
  }

  mutating func leave(_ number: Int, _ kind: String, _ outcome: Outcome, took time: Duration) {
    if number > round.end { round = (lastNumber, Int(limit), inFlight) }
    let isFull = round.peak >= round.limit
    inFlight = max(0, inFlight - 1)
    switch outcome {
    case .limited: break
    case .failed: cut(number, to: 0.5)
    case .answered:
      let least = min(quickest[kind] ?? time, time)
      quickest[kind] = least
      excess += (time - least - excess) / 8
      let tolerable = max(Self.tolerance, least)
      if excess > tolerable * 2 {
        cut(number, to: 0.9)
      } else if isFull, excess <= tolerable {
        limit = min(Double(most), limit + (isDoubling ? 1 : 1 / limit))
      }
    }
  }

  /// Those that were out together count once.
  private mutating func cut(_ number: Int, to share: Double) {
    guard number > cutAt else { return }
    cutAt = lastNumber
    isDoubling = false
    limit = max(1, limit * share)
  }
}
