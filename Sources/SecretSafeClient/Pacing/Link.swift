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

/// The way to the server and back, as far as answers show it.
package struct Link: Sendable {
  /// The shortest round trip on a connection that was open already; 0 while none is known.
  private(set) var roundTrip: Int64 = 0
  /// How much longer others took; it fades.
  private(set) var jitter: Int64 = Span.milliseconds(20)
  private var known = 0
  private var shortest = Int64.max

  /// Fewer tell nothing: each may have been an exception.
  private static let enough = 8

  package init() {}

  /// `isWarm`: a connection was free when it was sent, so that its time holds no handshake.
  mutating func observe(_ time: Int64, isWarm: Bool) {
    guard time > 0 else { return }
    if isWarm {
      shortest = min(shortest, time)
      known += 1
      if known >= Self.enough { roundTrip = shortest }
    }
    let excess = time - min(shortest, time)
    jitter = max(Span.milliseconds(20), max(excess, jitter - jitter / 64))
  }
}
