internal import SafeLanguage

/// Stops a run in which most rows fail: the wrong file, the wrong column, the wrong organization.
public struct Breaker: Sendable {
  /// Before so many rows nothing is concluded: a few bad ones at the top of a file are no rule.
  public static let least = 20
  /// What came longer ago does not count: a run that went well for hours is stopped as soon as one that never did.
  public static let window = 50
  /// The share that is taken where nothing is said, in percent.
  public static let usualShare = 50

  /// Failures among rows that ended one after another.
  public struct Failures: Sendable, Hashable, CustomStringConvertible {
    public let failed: Int
    public let rows: Int

    /// Whether they are a share, in percent, or more.
    public func reach(_ share: Int) -> Bool { failed * 100 >= share * rows }

    public var description: String { "\(failed) of the last \(rows) rows" }

    func isMore(than other: Self) -> Bool { failed * other.rows > other.failed * rows }
  }

  private var last: [Bool] = []
  private var next = 0
  private var failed = 0
  /// Where their share was the highest; nil before enough rows ended. It stays, whatever comes later.
  public private(set) var worst: Failures?

  public init() {}

  /// Of the rows that are looked at now.
  var failures: Failures { Failures(failed: failed, rows: last.count) }

  public mutating func finished(isFailed: Bool) {
    if last.count < Self.window {
      last.append(isFailed)
    } else {
      if last[next] { failed -= 1 }
      last[next] = isFailed
      next = (next + 1) % Self.window
    }
    if isFailed { failed += 1 }
    if failures.rows >= Self.least, worst.map({ failures.isMore(than: $0) }) ?? true { worst = failures }
  }

  mutating func finished(_ outcome: EachOutcome) {
    if outcome != .notRun { finished(isFailed: outcome == .failed || outcome == .unknown) }
  }

  /// What stops a run at a share, in percent; nil where it may go on, and where no share is given.
  func tripped(at share: Int?) -> Failures? {
    guard let share, let worst, worst.reach(share) else { return nil }
    return worst
  }
}
