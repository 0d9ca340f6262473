/// How often a path may be called in a period.
public struct RateLimit: Hashable, Sendable, CustomStringConvertible {
  public var count: Int
  /// In seconds.
  public var period: Int

  public init(count: Int, period: Int) {
    self.count = count
    self.period = period
  }

  /// As `60 a minute` or `20 in 3 s`.
  public var description: String {
    switch period {
    case 1: "\(count) a second"
    case 60: "\(count) a minute"
    case 3600: "\(count) an hour"
    case 86_400: "\(count) a day"
    default: "\(count) in \(period) s"
    }
  }
}
