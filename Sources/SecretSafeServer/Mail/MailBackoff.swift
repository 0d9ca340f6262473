import SecretSafeAPI

/// When a mail that failed is tried again: after half a minute, then each time after twice as long, up to an hour, for some five days.
enum MailBackoff {
  static let first = 30
  static let longest = 3_600
  /// The seven short waits take an hour, and the others an hour each.
  static let attempts = 126

  /// The moment of the next attempt after that many have failed; nil for none.
  static func next(afterFailures failures: Int, at now: Timestamp) -> Timestamp? {
    guard failures < attempts else { return nil }
    return now.adding(seconds: min(longest, first << min(max(failures, 1) - 1, 20)))
  }
}
