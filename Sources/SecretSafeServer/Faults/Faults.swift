import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI
import Synchronization

/// The faults that are on; they may be changed while the server runs.
final class FaultSwitch: Sendable {
  private let state: Mutex<(spec: FaultSpec, dice: FaultDice)>

  init(_ spec: FaultSpec) { state = Mutex((spec, FaultDice(spec))) }

  var spec: FaultSpec {
    get { state.withLock { $0.spec } }
    set { state.withLock { $0 = (newValue, FaultDice(newValue)) } }
  }

  fileprivate func roll() -> (kind: FaultSpec.Kind?, latencyMilliseconds: Int) {
    state.withLock { ($0.dice.roll(), $0.spec.latencyMilliseconds) }
  }
}

/// Makes the faults, at a moment that the caller can tell from the data: before the change or after it.
struct Faults: RouterMiddleware {
  /// What the log shows for a connection that was closed without an answer, which has no status.
  static let noAnswer = HTTPResponse.Status(code: 444, reasonPhrase: "No Response")
  /// By how much an answer that is cut short promises more than there is.
  static let missingBytes = 32

  let faults: FaultSwitch
  let metrics: ServerMetrics?

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if let endpoint = context.route, OperationPath.withoutFaults.contains(endpoint) { return try await next(request, context) }
    let (kind, latency) = faults.roll()
    // Without a tolerance the system takes a tenth more.
    if latency > 0 { try await Task.sleep(for: .milliseconds(latency), tolerance: .zero) }
    guard let kind else { return try await next(request, context) }
    metrics?.countFault(kind.rawValue)
    switch kind {
    case .tooManyRequests: return .tooManyRequests(period: "1s", retryAfter: 1)
    case .internalError: return .json(ErrorObject(message: "An unhandled server error has occurred."), status: .internalServerError)
    case .badGateway: return .empty(.badGateway)
    case .unavailable: return .empty(.serviceUnavailable, [.retryAfter: "1"])
    case .gatewayTimeout: return .empty(.gatewayTimeout)
    case .html: return .text(Self.proxyPage, type: "text/html", status: .badGateway)
    case .closeBefore: return await closed(context)
    case .closeAfter:
      _ = try await next(request, context)
      return await closed(context)
    case .cut: return await cut(try await next(request, context), context)
    }
  }

  private func closed(_ context: ServerContext) async -> Response {
    await context.closeConnection()
    return .empty(Self.noAnswer)
  }

  private func cut(_ response: Response, _ context: ServerContext) async -> Response {
    struct Cut: Error {}
    // A body that is sent in chunks has no length: without the last one it is no whole body either.
    let length = response.body.contentLength.map { $0 + Self.missingBytes }
    var headers = response.headers
    headers[.contentLength] = nil
    return Response(
      status: response.status, headers: headers,
      body: ResponseBody(contentLength: length) { writer in
        // Half of what there is, so that what arrives is no whole JSON.
        try await response.body.write(HalfWriter(parent: writer))
        await context.closeConnection()
        throw Cut()
      })
  }

  private static let proxyPage = """
    <html>\r
    <head><title>502 Bad Gateway</title></head>\r
    <body>\r
    <center><h1>502 Bad Gateway</h1></center>\r
    <hr><center>nginx</center>\r
    </body>\r
    </html>\r

    """
}

/// Passes on the first half of each part, and not that the body has ended.
private struct HalfWriter: ResponseBodyWriter {
  var parent: any ResponseBodyWriter

  mutating func write(_ buffer: ByteBuffer) async throws {
    if let half = buffer.getSlice(at: buffer.readerIndex, length: buffer.readableBytes / 2) { try await parent.write(half) }
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// `GET` and `PUT /faults`: the faults as the text of `--faults`.
struct FaultsResource: Sendable {
  /// Bytes of a text that names every fault, many times over.
  private static let bodyLimit = 4096

  let faults: FaultSwitch

  func add(to router: Router<ServerContext>) {
    router.get(RouterPath(OperationPath.faults)) { request, context -> Response in
      guard context.isDirect(request, from: ServerOperation.loopback) else { return Self.refusal }
      return .text("\(faults.spec)\n")
    }
    router.put(RouterPath(OperationPath.faults)) { request, context -> Response in
      guard context.isDirect(request, from: ServerOperation.loopback) else { return Self.refusal }
      let body: ByteBuffer
      do { body = try await request.body.collect(upTo: Self.bodyLimit) } catch is NIOTooManyBytesError { throw Failure.tooLarge }
      do {
        faults.spec = try FaultSpec(String(buffer: body))
      } catch {
        return .text("\(error)\n", status: .badRequest)
      }
      return .text("\(faults.spec)\n")
    }
    router.refuseOthers(than: [.get, .put], at: OperationPath.faults)
  }

  private static var refusal: Response { .text("only from this machine\n", status: .forbidden) }
}
