public import SecretSafeAPI

/// The way to a server and back, one HTTP exchange at a time; repeats nothing. There is one over the network, and one that calls a server in
/// the same process, which is made where client and server may both be known.
public protocol Transport: Sendable {
  func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer
  /// Lets go of what is open. Nothing is sent afterwards.
  func shutdown() async
}

/// What comes back from a server, read whole.
public struct Answer: Sendable {
  public var status: Int
  public var contentType: String
  public var retryAfter: String?
  /// Where a redirect leads to.
  public var location: String?
  /// What a server with limits tells of them.
  public var rateLimit: RateLimitHeaders?
  public var body: [UInt8]

  public init(
    status: Int, contentType: String, retryAfter: String? = nil, location: String? = nil, rateLimit: RateLimitHeaders? = nil, body: [UInt8]
  ) {
    self.status = status
    self.contentType = contentType
    self.retryAfter = retryAfter
    self.location = location
    self.rateLimit = rateLimit
    self.body = body
  }

  var isSuccess: Bool { (200..<300).contains(status) }
}

/// `X-Rate-Limit-Limit`, `-Remaining` and `-Reset`: the standing in the longest period that applies (`api.md` 2.7).
public struct RateLimitHeaders: Hashable, Sendable {
  /// Seconds of the period.
  public var period: Int
  public var remaining: Int
  /// When the server's window ends, by its clock.
  public var resets: Timestamp?

  /// Nil unless period and rest can be read: half a limit is none.
  public init?(period: String?, remaining: String?, resets: String?) {
    guard let period = period.flatMap(LimitRule.Period.init), let remaining = remaining.flatMap({ Int($0) }), 0...LimitRules.highestLimit ~= remaining
    else { return nil }
    self.period = period.seconds
    self.remaining = remaining
    self.resets = resets.flatMap { Timestamp($0) }
  }

  /// By a lookup of header fields.
  public init?(_ field: (String) -> String?) {
    guard let period = field("X-Rate-Limit-Limit") else { return nil }
    self.init(period: period, remaining: field("X-Rate-Limit-Remaining"), resets: field("X-Rate-Limit-Reset"))
  }
}

/// Why there is no answer.
public enum TransportFailure: Error {
  /// No connection was made, and another try may make one.
  case refused(String)
  /// No connection was made, and none will be: TLS.
  case unusable(String)
  /// Something may have been sent.
  case broken(String)
  /// Nothing was sent, since whoever was asked before said no.
  case withheld(ClientError)

  public var message: String {
    switch self {
    case .refused(let text), .unusable(let text), .broken(let text): text
    case .withheld(let error): error.message
    }
  }
}
