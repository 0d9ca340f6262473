internal import AsyncHTTPClient
internal import Crypto
internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Single looks at a server, to tell what is wrong with the way there. It changes nothing and repeats nothing.
public struct Probe: Sendable {
  /// For a look.
  static let timeout: Duration = .seconds(10)
  /// Of an answer no more is read.
  static let longestStart = 1 << 16

  private let transport: NetworkTransport
  private let proxies: ProxySettings

  public init(_ options: NetworkOptions) {
    transport = NetworkTransport(timeout: Self.timeout, connectTimeout: .seconds(5), connections: 4, options)
    proxies = options.proxies
  }

  public func shutdown() async { await transport.shutdown() }

  /// Where a request goes first: the server, or its proxy.
  public func way(to url: String) throws(ClientError) -> (host: String, port: Int, proxy: Proxy?)? {
    if let proxy = try proxies.proxy(for: url) { return (proxy.host, proxy.port, proxy) }
    return HostAndPort(url: url).map { ($0.host, $0.port ?? (url.hasPrefix("https:") ? 443 : 80), nil) }
  }

  // MARK: name and connection

  /// The addresses of a host; none if it is not known.
  public static func addresses(of host: String) async -> [String] {
    if ProxySettings.address(host) != nil { return [host] }
    return await withCheckedContinuation { continuation in
      // It waits for the network, so it does so on none of the threads that others need.
      DispatchQueue.global().async {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        var found: [String] = []
        if getaddrinfo(host, nil, &hints, &list) == 0 {
          var next = list
          while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
              let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
              if !found.contains(address) { found.append(address) }
            }
            next = entry.pointee.ai_next
          }
          freeaddrinfo(list)
        }
        continuation.resume(returning: found)
      }
    }
  }

  /// Makes a connection and closes it.
  public func connect(to host: String, port: Int) async throws(TransportFailure) {
    do {
      let channel = try await ClientBootstrap(group: HTTPClient.defaultEventLoopGroup).connectTimeout(.seconds(5)).connect(host: host, port: port).get()
      try? await channel.close()
    } catch { throw TransportFailure(error, "//\(host):\(port)") }
  }

  // MARK: TLS

  /// What a server shows of itself, trusted or not.
  public struct Certificate: Sendable {
    public var subject: String
    public var issuer: String
    public var hosts: [String]
    /// Nobody but itself vouches for it.
    public var isSelfIssued: Bool
    /// Seconds since 1970.
    public var begins: Int
    public var ends: Int
    /// SHA-256, as `openssl x509 -fingerprint -sha256` writes it.
    public var fingerprint: String
    /// How many came, this one included.
    public var chainLength: Int
  }

  /// The certificate of a server that is reached without a proxy.
  public func certificate(of host: String, port: Int) async throws(TransportFailure) -> Certificate {
    let url = "//\(host):\(port)"
    do {
      let context = try NIOSSLContext(configuration: .makeClientConfiguration())
      let group = HTTPClient.defaultEventLoopGroup
      let loop = group.next()
      let shown = loop.makePromise(of: [NIOSSLCertificate].self)
      // It ends at once for whoever is too slow, and nobody may hear of it twice.
      loop.scheduleTask(in: .seconds(10)) { shown.fail(ChannelError.connectTimeout(.seconds(10))) }
      do {
        let channel = try await ClientBootstrap(group: loop).connectTimeout(.seconds(5))
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              let isName = ProxySettings.address(host) == nil
              let handler = try NIOSSLClientHandler(
                context: context, serverHostname: isName ? host : nil,
                customVerificationCallback: { chain, answer in
                  shown.succeed(chain)
                  answer.succeed(.failed)
                })
              try channel.pipeline.syncOperations.addHandlers([handler, Watch(shown)])
            }
          }
          .connect(host: host, port: port).get()
        let chain = try await shown.futureResult.get()
        try? await channel.close()
        guard let first = chain.first else { throw TransportFailure.unusable("TLS: the server shows no certificate") }
        return try Self.certificate(first, chain.count)
      } catch {
        shown.fail(error)
        throw error
      }
    } catch let error as TransportFailure { throw error } catch { throw TransportFailure(error, url) }
  }

  /// Tells of an end before a certificate came.
  private final class Watch: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let shown: EventLoopPromise<[NIOSSLCertificate]>

    init(_ shown: EventLoopPromise<[NIOSSLCertificate]>) { self.shown = shown }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      shown.fail(error)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      shown.fail(TransportFailure.unusable("TLS: the server closed the connection before it showed a certificate"))
      context.fireChannelInactive()
    }
  }

  private static func certificate(_ certificate: NIOSSLCertificate, _ count: Int) throws -> Certificate {
    let der = try certificate.toDERBytes()
    let names = CertificateNames(der: der)
    let fingerprint = SHA256.hash(data: der).map { ($0 < 16 ? "0" : "") + String($0, radix: 16).uppercased() }.joined(separator: ":")
    return Certificate(
      subject: names.subject, issuer: names.issuer, hosts: names.hosts, isSelfIssued: names.isSelfIssued, begins: Int(certificate.notValidBefore),
      ends: Int(certificate.notValidAfter), fingerprint: fingerprint, chainLength: count)
  }

  // MARK: HTTP

  /// The beginning of an answer.
  public struct Look: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var start: [UInt8]

    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// Seconds since 1970, by the server.
    public var date: Int? { header("Date").flatMap(RetryAfter.date) }

    /// Seconds to wait, where a limit says so.
    public var retryAfter: Int? { RetryAfter.seconds(header("Retry-After"), now: Int(Date().timeIntervalSince1970)) }

    /// A page for people, as no base has one.
    public var isPage: Bool { header("Content-Type")?.contains("html") ?? false }

    /// Whether this is how Vaultwarden says that it knows no such path (`api.md` 9.3).
    public var isOtherKind: Bool { ErrorAnswer(Answer(status: status, contentType: "", body: start)).isUnknownPath }

    /// The reason in the API's own form; nil if there is none.
    public var reason: String? {
      let answer = ErrorAnswer(Answer(status: status, contentType: "", body: start))
      return answer.hasReason ? answer.error.message : nil
    }

    /// Status and first line or title, for people.
    public var summary: String {
      let answer = Answer(status: status, contentType: header("Content-Type") ?? "", body: start)
      let line = ErrorAnswer(answer).firstLine
      return "\(status)" + (line.isEmpty ? "" : ", \(line)")
    }
  }

  /// Reads the beginning of what is at a URL.
  public func get(_ url: String, as session: Client.SignIn? = nil) async throws(TransportFailure) -> Look {
    try await transport.look(url, headers: session.map { [("Authorization", "Bearer \($0.token)")] } ?? [], upTo: Self.longestStart)
  }
}
