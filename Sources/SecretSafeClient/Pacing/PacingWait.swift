public import SecretSafeAPI

/// What requests to one path wait for.
public struct PacingWait: Hashable, Sendable {
  public var method: String
  /// Below the API's base, or the identity's.
  public var path: String
  /// Nil where the server said how long to wait, or its first answer is to show what limits there are.
  public var limit: RateLimit?
  /// When the next one goes, as far as is known now.
  public var until: Timestamp

  public init(method: String, path: String, limit: RateLimit?, until: Timestamp) {
    (self.method, self.path, self.limit, self.until) = (method, path, limit, until)
  }
}
