import NIOCore
import NIOPosix
import Synchronization

/// A small proxy that knows CONNECT and nothing else, with a login if it is given one.
final class ConnectProxy: Sendable {
  private let listener: any Channel
  private let seen: Seen

  /// What was asked for, as `host:port`.
  private final class Seen: Sendable {
    let targets = Mutex<[String]>([])
    let login: String?
    init(login: String?) { self.login = login }
  }

  /// - Parameter login: the value of `Proxy-Authorization` that is demanded.
  init(login: String? = nil) async throws {
    let seen = Seen(login: login)
    self.seen = seen
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Asked(seen)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { listener.localAddress?.port ?? 0 }
  var targets: [String] { seen.targets.withLock { $0 } }
  func stop() async throws { try await listener.close() }

  /// Reads the request, and then passes bytes on.
  private final class Asked: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let seen: Seen
    private var head = ""
    private var peer: (any Channel)?
    private var waiting = ByteBuffer()

    init(_ seen: Seen) { self.seen = seen }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      if let peer { return peer.writeAndFlush(bytes, promise: nil) }
      head += bytes.readString(length: bytes.readableBytes) ?? ""
      guard head.hasSuffix("\r\n\r\n") else { return }
      let lines = head.split(separator: "\r\n").map(String.init)
      let words = (lines.first ?? "").split(separator: " ")
      guard words.count == 3, words[0] == "CONNECT", let colon = words[1].lastIndex(of: ":"), let port = Int(words[1][words[1].index(after: colon)...]) else {
        return answer(context, "405 Method Not Allowed")
      }
      if let login = seen.login, !lines.contains(where: { $0.lowercased() == "proxy-authorization: \(login.lowercased())" }) {
        return answer(context, "407 Proxy Authentication Required\r\nContent-Length: 0")
      }
      seen.targets.withLock { $0.append(String(words[1])) }
      let channel = context.channel
      ClientBootstrap(group: context.eventLoop)
        .channelInitializer { peer in peer.eventLoop.makeCompletedFuture { try peer.pipeline.syncOperations.addHandler(Back(channel)) } }
        .connect(host: String(words[1][..<colon]), port: port)
        .whenComplete { result in
          switch result {
          case .success(let peer):
            self.peer = peer
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
          case .failure:
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 502 Bad Gateway\r\n\r\n")).whenComplete { _ in channel.close(promise: nil) }
          }
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ status: String) {
      let channel = context.channel
      channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 \(status)\r\n\r\n")).whenComplete { _ in channel.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }
  }

  private final class Back: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let channel: any Channel
    init(_ channel: any Channel) { self.channel = channel }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { channel.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { channel.close(promise: nil) }
  }
}

/// Something that listens, is no SecretSafe, and has one answer for everybody.
final class PlainListener: Sendable {
  private let listener: any Channel

  init(_ answer: String) async throws {
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answering(answer)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var url: String { "http://127.0.0.1:\(listener.localAddress?.port ?? 0)" }
  func stop() async throws { try await listener.close() }

  private final class Answering: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let answer: String
    init(_ answer: String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let channel = context.channel
      channel.writeAndFlush(ByteBuffer(string: answer)).whenComplete { _ in channel.close(promise: nil) }
    }
  }
}
