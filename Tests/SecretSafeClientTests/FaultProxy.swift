import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import SecretSafeServer
import Synchronization

@testable import SecretSafeClient

/// Stands between a client and the real server and spoils what goes through. It never makes up an answer of the API itself.
final class FaultProxy: Sendable {
  enum Fault: Sendable {
    /// Close at once: the server never hears of the request.
    case drop
    /// Let the server carry it out, then close without its answer.
    case loseAnswer
    /// Let the server carry it out, send the head and half the body of its answer, then close.
    case cutAnswer
    /// As `cutAnswer`, but say nothing more instead of closing.
    case stallAnswer
    /// Never answer.
    case silence
    /// Wait, then let it through.
    case delay(Duration)
    /// Let it through with a token that no server knows.
    case spoilToken
    /// What a proxy or a rate limiter in front of the server answers in its place.
    case intercept(Int, headers: [(String, String)] = [], body: String = "")
  }

  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  private struct State {
    /// By `METHOD path`: what happens to the next requests of that kind, in turn. The last one of "*" holds for all others.
    var faults: [String: [Fault]] = [:]
    var seen: [String] = []
    var inFlight = 0
    var mostInFlight = 0
  }

  let port: Int
  private let target: String
  private let upstream: HTTPClient
  private let state = Mutex(State())
  private let life = Mutex<Task<Void, any Error>?>(nil)

  init(to target: String) async throws {
    self.target = target
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100
    upstream = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
    port = listener.channel.localAddress?.port ?? 0
    let task = Task { [self] in
      try await withThrowingDiscardingTaskGroup { group in
        try await listener.executeThenClose { connections in
          for try await connection in connections { group.addTask { try? await self.serve(connection) } }
        }
      }
    }
    life.withLock { $0 = task }
  }

  /// Returns when nothing listens any more.
  func stop() async {
    let task = life.withLock { $0 }
    task?.cancel()
    _ = await task?.result
    try? await upstream.shutdown()
  }

  /// The requests that came in, as `METHOD path`.
  var seen: [String] { state.withLock { $0.seen } }
  var mostInFlight: Int { state.withLock { $0.mostInFlight } }
  func count(_ request: String) -> Int { seen.count { $0 == request } }

  func spoil(_ request: String, _ faults: Fault...) { state.withLock { $0.faults[request, default: []] += faults } }

  private func serve(_ connection: Connection) async throws {
    try await connection.executeThenClose { inbound, outbound in
      var head: HTTPRequestHead?
      var body = ByteBuffer()
      for try await part in inbound {
        switch part {
        case .head(let value): (head, body) = (value, ByteBuffer())
        case .body(var chunk): body.writeBuffer(&chunk)
        case .end:
          guard let head, try await answer(head, body, outbound) else { return }
        }
      }
    }
  }

  /// False to close the connection.
  private func answer(
    _ head: HTTPRequestHead, _ body: ByteBuffer, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws -> Bool {
    let fault = state.withLock { state -> Fault? in
      let request = "\(head.method.rawValue) \(head.uri)"
      state.seen.append(request)
      state.inFlight += 1
      state.mostInFlight = max(state.mostInFlight, state.inFlight)
      if state.faults[request]?.isEmpty == false { return state.faults[request]?.removeFirst() }
      return state.faults["*"]?.last
    }
    defer { state.withLock { $0.inFlight -= 1 } }
    switch fault {
    case nil: break
    case .drop: return false
    case .silence: try await Task.sleep(for: .seconds(60))
    case .delay(let duration): try await Task.sleep(for: duration)
    case .intercept(let status, let headers, let text):
      try await write(
        HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: HTTPHeaders(headers)),
        ByteBuffer(string: text), outbound)
      return true
    case .loseAnswer, .cutAnswer, .stallAnswer, .spoilToken: break
    }
    var request = HTTPClientRequest(url: target + head.uri)
    request.method = head.method
    request.headers = head.headers
    request.headers.remove(name: "host")
    request.headers.remove(name: "content-length")
    if case .spoilToken = fault { request.headers.replaceOrAdd(name: "Authorization", value: "Bearer spoilt") }
    if body.readableBytes > 0 { request.body = .bytes(body) }
    let response = try await upstream.execute(request, timeout: .seconds(20))
    let full = try await response.body.collect(upTo: 1 << 26)
    let answer = HTTPResponseHead(version: .http1_1, status: response.status, headers: response.headers)
    switch fault {
    case .loseAnswer: return false
    case .cutAnswer, .stallAnswer:
      var cut = answer
      cut.headers.replaceOrAdd(name: "Content-Length", value: "\(full.readableBytes)")
      try await outbound.write(.head(cut))
      if let half = full.getSlice(at: 0, length: full.readableBytes / 2) { try await outbound.write(.body(.byteBuffer(half))) }
      if case .stallAnswer = fault { try await Task.sleep(for: .seconds(60)) }
      return false
    default:
      try await write(answer, full, outbound)
      return true
    }
  }

  private func write(
    _ head: HTTPResponseHead, _ body: ByteBuffer, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
  ) async throws {
    var head = head
    head.headers.remove(name: "transfer-encoding")
    head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
    try await outbound.write(.head(head))
    try await outbound.write(.body(.byteBuffer(body)))
    try await outbound.write(.end(nil))
  }
}

/// A client of a fresh sandbox, with a proxy between the two that does nothing until it is told to.
struct Bench: Sendable {
  let client: Client
  let proxy: FaultProxy
  let credentials: Credentials

  /// Patience short enough for tests; what a fault costs is one back-off of a quarter of a second.
  static var options: Client.Options {
    var options = Client.Options()
    options.timeout = .seconds(10)
    options.retry.limitPatience = .seconds(10)
    options.retry.faultPatience = .seconds(3)
    options.retry.connectPatience = .milliseconds(500)
    return options
  }

  static func run(
    options: Client.Options = Bench.options, _ body: (Bench) async throws -> Void
  ) async throws {
    let sandbox = try await Sandbox.start()
    let proxy = try await FaultProxy(to: sandbox.server.url)
    let credentials = Credentials(
      address: try ServerAddress("http://127.0.0.1:\(proxy.port)"), clientID: sandbox.clientID,
      secret: ClientSecret(sandbox.clientSecret))
    let client = Client(credentials, options: options)
    let result: Result<Void, any Error>
    do { result = .success(try await body(Bench(client: client, proxy: proxy, credentials: credentials))) } catch { result = .failure(error) }
    await client.shutdown()
    await proxy.stop()
    await sandbox.server.stop()
    try result.get()
  }
}

/// The error that a call ends with; nil if it does not.
func failure<T>(of call: () async throws(ClientError) -> T) async -> ClientError? {
  do {
    _ = try await call()
    return nil
  } catch { return error }
}
