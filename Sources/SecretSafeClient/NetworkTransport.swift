internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SecretSafeAPI
internal import Synchronization

/// How a server is reached and by what it is trusted.
public struct NetworkOptions: Sendable {
  public var proxies = ProxySettings.none
  /// Trusted beside the system's.
  public var authorities: Authorities?
  /// Told of the records of lists while they come in: the path, and how many there are more.
  public var onRecords: (@Sendable (_ path: String, _ more: Int) -> Void)?

  public init() {}
}

/// One HTTP exchange at a time over a pool of connections; repeats nothing.
struct NetworkTransport: Transport {
  /// A list of 1,000,000 members has 304 MB.
  static let maximumAnswerBytes = 1 << 30
  /// An answer that comes with its head, or right behind it.
  static let smallAnswerBytes = 16 << 10

  private let clients: ProxyClients
  private let proxies: ProxySettings
  private let timeout: TimeAmount
  private let onRecords: (@Sendable (String, Int) -> Void)?

  /// `timeout` is for a whole exchange; `connections` is how many may be open to one host.
  init(timeout: Duration, connectTimeout: Duration, connections: Int, _ options: NetworkOptions = NetworkOptions()) {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = TimeAmount(connectTimeout)
    configuration.timeout.read = TimeAmount(timeout)
    configuration.redirectConfiguration = .disallow
    // Nobody here listens, and telling all the same costs every request some.
    configuration.tracing.tracer = nil
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    configuration.connectionPool.retryConnectionEstablishment = false
    if let authorities = options.authorities {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.additionalTrustRoots = [.certificates(authorities.certificates)]
      configuration.tlsConfiguration = tls
    }
    clients = ProxyClients(configuration)
    proxies = options.proxies
    onRecords = options.onRecords
    self.timeout = TimeAmount(timeout)
  }

  func shutdown() async { await clients.shutdown() }

  func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method)
    request.headers.add(name: "User-Agent", value: "safesh/\(Version.current)")
    request.headers.add(name: "Accept", value: "application/json")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
    let deadline = NIODeadline.now() + timeout
    let proxy: Proxy?
    do { proxy = try proxies.proxy(for: url) } catch { throw .unusable(error.message) }
    guard let client = clients.client(through: proxy) else { throw .unusable("the session is over") }
    let response: HTTPClientResponse
    do { response = try await client.execute(request, deadline: deadline) } catch { throw TransportFailure(error, url, through: proxy) }
    let length = response.headers.first(name: "content-length").flatMap { Int($0) }
    let counted: (@Sendable (Int) -> Void)? = onRecords.map { tell in
      let path = String(url.prefix { $0 != "?" })
      return { tell(path, $0) }
    }
    let (bytes, failure) =
      if let length, length <= Self.smallAnswerBytes {
        await Self.read(response.body, of: url, until: deadline, counted)
      } else {
        await Self.watch(response.body, of: url, until: deadline, counted)
      }
    // A refusal stands with half its text too; half a success is none.
    if let failure, (200..<300).contains(response.status.code) { throw failure }
    return Answer(
      status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
      retryAfter: response.headers.first(name: "retry-after"), location: response.headers.first(name: "location"),
      rateLimit: RateLimitHeaders { response.headers.first(name: $0) }, body: bytes)
  }

  /// A GET of which no more than the beginning is read.
  func look(_ url: String, headers: [(String, String)], upTo limit: Int) async throws(TransportFailure) -> Probe.Look {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "User-Agent", value: "safesh/\(Version.current)")
    request.headers.add(name: "Accept", value: "application/json")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let proxy: Proxy?
    do { proxy = try proxies.proxy(for: url) } catch { throw .unusable(error.message) }
    guard let client = clients.client(through: proxy) else { throw .unusable("the session is over") }
    do {
      let response = try await client.execute(request, deadline: .now() + timeout)
      var start: [UInt8] = []
      do {
        for try await chunk in response.body {
          start += chunk.readableBytesView
          if start.count >= limit { break }
        }
      } catch { throw TransportFailure(error, url, through: proxy) }
      return Probe.Look(
        status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) }, start: Array(start.prefix(limit)))
    } catch let error as TransportFailure { throw error } catch { throw TransportFailure(error, url, through: proxy) }
  }

  /// Reads a body part by part, and no more of it when it is late. A connection that is silent for longer than an exchange may last is closed.
  private static func read(
    _ body: HTTPClientResponse.Body, of url: String, until deadline: NIODeadline, _ counted: (@Sendable (Int) -> Void)?
  ) async -> ([UInt8], TransportFailure?) {
    // In parts until all are there: an array that grew with them would for a moment be there twice, and a list may have tens of megabytes.
    var (parts, count) = ([ByteBuffer](), 0)
    var counter = RecordCounter()
    do {
      for try await chunk in body {
        guard count + chunk.readableBytes <= maximumAnswerBytes else { return (joined(parts, count), .broken("the answer is larger than 1 GiB")) }
        parts.append(chunk)
        count += chunk.readableBytes
        if let counted { counted(counter.count(chunk.readableBytesView)) }
        if deadline < .now() { return (joined(parts, count), .broken(late)) }
      }
      return (joined(parts, count), nil)
    } catch { return (joined(parts, count), TransportFailure(error, url)) }
  }

  private static func joined(_ parts: consuming [ByteBuffer], _ count: Int) -> [UInt8] {
    if parts.count == 1 { return Array(buffer: parts[0]) }
    parts.reverse()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while let part = parts.popLast() { bytes += part.readableBytesView }
    return bytes
  }

  /// The same, and cut at the deadline: that which is given to the HTTP client ends with the head of the answer. It costs two tasks and a timer,
  /// which is much for a small answer.
  private static func watch(
    _ body: HTTPClientResponse.Body, of url: String, until deadline: NIODeadline, _ counted: (@Sendable (Int) -> Void)?
  ) async -> ([UInt8], TransportFailure?) {
    await withTaskGroup(of: ([UInt8], TransportFailure?)?.self) { group in
      group.addTask { await read(body, of: url, until: deadline, counted) }
      group.addTask {
        try? await Task.sleep(for: .nanoseconds((deadline - .now()).nanoseconds))
        return nil
      }
      defer { group.cancelAll() }
      if let first = await group.next(), let read = first { return read }
      group.cancelAll()
      let cut = await group.next().flatMap(\.self)
      return (cut?.0 ?? [], .broken(late))
    }
  }

  private static let late = "no complete answer in time"
}

/// A client of the library below for each proxy, made when one is needed: it knows one proxy for all hosts.
private final class ProxyClients: Sendable {
  private let configuration: HTTPClient.Configuration
  private let state = Mutex(State())

  private struct State {
    var clients: [Proxy?: HTTPClient] = [:]
    var isOver = false
  }

  init(_ configuration: HTTPClient.Configuration) { self.configuration = configuration }

  /// Nil after the end.
  func client(through proxy: Proxy?) -> HTTPClient? {
    state.withLock { state in
      if state.isOver { return nil }
      if let client = state.clients[proxy] { return client }
      var configuration = configuration
      configuration.proxy = proxy.map { proxy in
        switch proxy.kind {
        case .http:
          .server(host: proxy.host, port: proxy.port, authorization: proxy.login.map { .basic(username: $0.user, password: $0.password) })
        case .socks: .socksServer(host: proxy.host, port: proxy.port)
        }
      }
      let client = HTTPClient(eventLoopGroup: NetworkLoop.group, configuration: configuration)
      state.clients[proxy] = client
      return client
    }
  }

  func shutdown() async {
    let clients = state.withLock { state in
      state.isOver = true
      defer { state.clients = [:] }
      return Array(state.clients.values)
    }
    for client in clients { try? await client.shutdown() }
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

extension TransportFailure {
  /// Sorts the errors of the libraries below by what may have been sent.
  init(_ error: any Error, _ url: String, through proxy: Proxy? = nil) {
    let server = proxy.map { "the proxy \($0)" } ?? String(url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" })
    switch error {
    case let error as NIOConnectionError where error.connectionErrors.isEmpty:
      self = .refused("the host '\(error.host)'\(proxy == nil ? "" : " of the proxy") is not known")
    case let error as NIOConnectionError:
      let isRefused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
      self = .refused(isRefused ? "nothing listens on \(server)" : "no way to \(server)")
    case let error as HTTPClientError:
      switch error {
      case .connectTimeout: self = .refused("no connection to \(server) in time")
      case .tlsHandshakeTimeout: self = .refused("TLS: no answer to the handshake")
      case .deadlineExceeded, .readTimeout: self = .broken("no answer in time")
      case .remoteConnectionClosed: self = .broken("the connection was closed before the answer")
      case .proxyAuthenticationRequired:
        self = .unusable("\(server) wants \(proxy?.login == nil ? "a user and a" : "another user and") password \(Self.proxyLogin)")
      case .invalidProxyResponse: self = .refused("\(server) lets nobody through to \(HostAndPort(url: url)?.host ?? url)")
      case .httpProxyHandshakeTimeout, .socksHandshakeTimeout: self = .refused("\(server) does not answer")
      case .remoteConnectionClosed where proxy != nil: self = .broken("the connection through \(server) was closed before the answer")
      case .invalidURL, .emptyHost, .emptyScheme: self = .unusable("the server URL cannot be used")
      default: self = .broken("\(error)")
      }
    case let error as IOError:
      self = error.errnoCode == ECONNREFUSED ? .refused("nothing listens on \(server)") : .broken(error.description)
    case let error as NIOSSLError:
      switch error {
      case .handshakeFailed(let reason): self = .unusable("TLS: \(Self.text(tls: "\(reason)"))")
      case .uncleanShutdown: self = .broken("the connection was closed before the answer")
      default: self = .unusable("TLS: \(Self.text(tls: "\(error)"))")
      }
    case is NIOSSLExtraError: self = .unusable("TLS: the server's certificate is not for this host")
    default: self = .broken(String("\(error)".prefix(200)))
    }
  }

  private static let proxyLogin = "(407)"

  /// Whether the proxy lets through only whom it knows.
  public var wantsProxyLogin: Bool { message.hasSuffix(Self.proxyLogin) }

  private static func text(tls error: String) -> String {
    if error.contains("CERTIFICATE_VERIFY_FAILED") { return "the server's certificate is not trusted; 'safesh doctor' tells why, and --cacert names its authority" }
    if error.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS on this port; is it http://?" }
    return "the handshake failed (\(error.prefix(160)))"
  }
}
