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
  public var body: [UInt8]

  public init(status: Int, contentType: String, retryAfter: String? = nil, location: String? = nil, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.retryAfter = retryAfter
    self.location = location
    self.body = body
  }

  var isSuccess: Bool { (200..<300).contains(status) }
}

/// Why there is no answer.
public enum TransportFailure: Error {
  /// No connection was made, and another try may make one.
  case refused(String)
  /// No connection was made, and none will be: TLS.
  case unusable(String)
  /// Something may have been sent.
  case broken(String)

  public var message: String {
    switch self {
    case .refused(let text), .unusable(let text), .broken(let text): text
    }
  }
}
