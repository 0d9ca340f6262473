internal import SecretSafeAPI

/// Lengths of time in microseconds.
enum Span {
  static func seconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000 }
  static func milliseconds(_ count: Int) -> Int64 { Int64(count) * 1000 }
}

extension Timestamp {
  func adding(_ span: Int64) -> Timestamp { Timestamp(microseconds: microseconds + span) }
  func since(_ earlier: Timestamp) -> Int64 { microseconds - earlier.microseconds }
}

/// How even the way to the server is.
package struct Link: Sendable {
  private static let least = Span.milliseconds(20)

  /// By how much a request may be late: what others took longer than the quickest. It fades.
  private(set) var jitter = Link.least
  private var shortest = Int64.max

  package init() {}

  mutating func observe(_ time: Int64) {
    guard time > 0 else { return }
    shortest = min(shortest, time)
    jitter = max(Self.least, max(time - shortest, jitter - jitter / 64))
  }
}
