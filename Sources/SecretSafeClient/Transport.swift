internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SecretSafeAPI

/// What comes back from a server, read whole.
struct Answer: Sendable {
  var status: Int
  var contentType: String
  var retryAfter: String?
  var body: [UInt8]

  var isSuccess: Bool { (200..<300).contains(status) }
}

/// One HTTP exchange at a time over a pool of connections; repeats nothing.
struct Transport: Sendable {
  /// A list of 1,000,000 members has 304 MB.
  static let maximumAnswerBytes = 1 << 30

  private let client: HTTPClient
  private let timeout: TimeAmount

  /// `timeout` is for a whole exchange; `connections` is how many may be open to one host.
  init(timeout: Duration, connections: Int) {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    configuration.redirectConfiguration = .disallow
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    self.timeout = .nanoseconds(Int64(timeout.components.seconds) * 1_000_000_000)
  }

  func shutdown() async { try? await client.shutdown() }

  enum Failure: Error {
    /// No connection was made.
    case refused(String)
    /// Something may have been sent.
    case broken(String)
  }

  func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(Failure) -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method)
    request.headers.add(name: "User-Agent", value: "safesh/\(Version.current)")
    request.headers.add(name: "Accept", value: "application/json")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    do {
      let response = try await client.execute(request, deadline: .now() + timeout)
      var collected: [UInt8] = []
      for try await var chunk in response.body {
        guard collected.count + chunk.readableBytes <= Self.maximumAnswerBytes else { throw Failure.broken("the answer is larger than 1 GiB") }
        collected += chunk.readBytes(length: chunk.readableBytes) ?? []
      }
      return Answer(
        status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
        retryAfter: response.headers.first(name: "retry-after"), body: collected)
    } catch { throw Self.failure(error) }
  }

  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: return failure
    case let error as NIOConnectionError: return .refused(text(error))
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: return .refused("no connection within 5 s")
      case .tlsHandshakeTimeout: return .refused("TLS: no answer to the handshake")
      case .deadlineExceeded, .readTimeout: return .broken("no answer in time")
      case .remoteConnectionClosed: return .broken("the connection was closed before the answer")
      case .invalidURL, .emptyHost, .emptyScheme: return .refused("the server URL cannot be used")
      default: return .broken("\(error)")
      }
    case let error as IOError:
      let text = "\(error.description)"
      return error.errnoCode == ECONNREFUSED ? .refused("the connection is refused") : .broken(text)
    default:
      let text = "\(error)"
      let isTLS = text.contains("handshake") || text.contains("CERTIFICATE") || text.contains("certificate")
      return isTLS ? .refused("TLS: the server's certificate is not trusted, or it speaks no TLS (\(text.prefix(120)))") : .broken("\(text.prefix(200))")
    }
  }

  private static func text(_ error: NIOConnectionError) -> String {
    if error.connectionErrors.isEmpty { return "the host '\(error.host)' is not known" }
    let refused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
    return refused ? "nothing listens on \(error.host):\(error.port)" : "no way to \(error.host):\(error.port)"
  }
}
