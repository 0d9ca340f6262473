/// What a request came to when it did not work out. `kind` tells what to do about it, `message` tells people.
public struct ClientError: Error, Sendable {
  public enum Kind: Sendable {
    /// The object does not exist (404).
    case notFound
    /// A rule of the organization said no (400 with a reason, 403).
    case refused
    /// The request did not pass validation (400 with fields).
    case invalid
    /// Too many requests, for longer than the client waits.
    case limit
    /// 5xx, or an answer that nobody can read.
    case server
    /// The connection broke, or no answer came in time.
    case network
    /// No connection at all: name, port, TLS.
    case unreachable
    /// The key is rejected, or there is none.
    case unauthorized
    /// The server lacks the endpoint: an older one, or Vaultwarden (`api.md` 9, 10).
    case unsupported
    /// The session may not change anything, so nothing was sent.
    case readOnly
    case cancelled
    /// It could not be written down that the request is sent, so it was not.
    case unrecorded
    /// Nothing was sent: what it was made from is to be read afresh first.
    case outdated
  }

  public var kind: Kind
  /// Lower case where it is ours, the server's text as it came.
  public var message: String
  /// The HTTP status, where an answer came.
  public var status: Int?
  /// A write was sent and nobody knows what became of it.
  public var isOutcomeUnknown: Bool

  public init(_ kind: Kind, _ message: String, status: Int? = nil, isOutcomeUnknown: Bool = false) {
    self.kind = kind
    self.message = message
    self.status = status
    self.isOutcomeUnknown = isOutcomeUnknown
  }
}
