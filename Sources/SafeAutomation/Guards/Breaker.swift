/// Stops a run in which most rows fail: the wrong file, the wrong column, the wrong organization.
public struct Breaker: Sendable {
  /// Before so many rows nothing is concluded: a few bad ones at the top of a file are no rule.
  public static let least = 20
  /// What came longer ago does not count: a run that went well for hours is stopped as soon as one that never did.
  public static let window = 50
  /// The share that is taken where nothing is said.
  public static let usualShare = 50

  /// In percent.
  public let share: Int
  private var last: [Bool] = []
  private var next = 0
  private(set) var failures = 0
  /// Once it tripped it stays so.
  public private(set) var isTripped = false

  public init(share: Int = usualShare) { self.share = share }

  /// Rows that are looked at now.
  var count: Int { last.count }

  public mutating func finished(isFailed: Bool) {
    if last.count < Self.window {
      last.append(isFailed)
    } else {
      if last[next] { failures -= 1 }
      last[next] = isFailed
      next = (next + 1) % Self.window
    }
    if isFailed { failures += 1 }
    if count >= Self.least, failures * 100 >= share * count { isTripped = true }
  }
}
