internal import Glibc

/// The time zone of this machine, or of `TZ`.
public struct LocalZone: Sendable {
  public init() { tzset() }

  /// Seconds that clocks here are before UTC at a moment, given in seconds since 1970.
  public func offset(at seconds: Int) -> Int {
    var moment = time_t(seconds)
    var local = tm()
    return localtime_r(&moment, &local) == nil ? 0 : Int(local.tm_gmtoff)
  }
}
