import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore

/// What one connection may take, against those who open many and are slow on purpose.
struct ConnectionLimits: Sendable {
  /// Bytes of a request's line and headers together. Tokens have some hundred; proxies pass on as much.
  static let headBytes = 32 * 1024
  /// Headers of a request: browsers behind proxies send 30.
  static let headFields = 100
  /// Between or inside requests: more than the minute that proxies keep their connections.
  static let idle = TimeAmount.seconds(75)
  /// From a request's first byte to the end of its headers, the handshake of TLS included: a second on any line that works.
  static let head = TimeAmount.seconds(30)
  /// Without a byte of a body that is to come.
  static let bodySilence = TimeAmount.seconds(30)
  /// For a whole body: the largest one in this time is 14 kB/s, less than any line that people still use.
  static let body = TimeAmount.seconds(300)
  /// That an answer waits for a caller who does not read it.
  static let unreadAnswer = TimeAmount.seconds(60)

  var idle = Self.idle
  var head = Self.head
  var bodySilence = Self.bodySilence
  var body = Self.body
  var unreadAnswer = Self.unreadAnswer

  func server(_ certificate: Certificate?) -> HTTPServerBuilder {
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: Self.headBytes, maxHeaderListSize: Self.headBytes, maxHeaderFieldCount: Self.headFields)
    let configuration = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionHandler(self)], idleTimeout: idle, httpDecoderConfiguration: decoder)
    let tls = certificate?.configuration
    return HTTPServerBuilder { responder in
      let http = HTTP1Channel(responder: responder, configuration: configuration)
      if let tls { return OwnLoop(base: try TLSChannel(http, tlsConfiguration: tls)) }
      return OwnLoop(base: http)
    }
  }
}

/// The clock of one connection: fed with what comes and goes, it tells when the connection is to be closed. Knows neither time nor sockets.
struct ConnectionClock {
  private enum Reading {
    /// No request has begun.
    case nothing
    case head(since: NIODeadline)
    case body(since: NIODeadline, last: NIODeadline)
  }

  let limits: ConnectionLimits
  private var reading = Reading.nothing
  private var unreadSince: NIODeadline?
  /// Whether what was read since the last pause was part of a request that is known.
  private var hadPart = false

  init(_ limits: ConnectionLimits) { self.limits = limits }

  mutating func headRead(at now: NIODeadline) {
    hadPart = true
    reading = .body(since: now, last: now)
  }

  mutating func bodyRead(at now: NIODeadline) {
    hadPart = true
    if case .body(let since, _) = reading { reading = .body(since: since, last: now) }
  }

  mutating func requestRead() {
    hadPart = true
    reading = .nothing
  }

  /// Nothing more has arrived for now. Without a part of a request, it was the beginning of one.
  mutating func readingPaused(at now: NIODeadline) {
    if case .nothing = reading, !hadPart { reading = .head(since: now) }
    hadPart = false
  }

  mutating func writabilityChanged(isWritable: Bool, at now: NIODeadline) { unreadSince = isWritable ? nil : now }

  /// Nil while there is nothing to wait for but the next request.
  var deadline: NIODeadline? {
    let readBy: NIODeadline? =
      switch reading {
      case .nothing: nil
      case .head(let since): since + limits.head
      case .body(let since, let last): min(since + limits.body, last + limits.bodySilence)
      }
    let writtenBy = unreadSince.map { $0 + limits.unreadAnswer }
    return [readBy, writtenBy].compactMap { $0 }.min()
  }
}
