import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a request brings along beside itself.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let number = RequestNumber()
  /// The caller; nil where that is unknown. Behind proxies of our own, whom they name (`ClientAddress`).
  var client: IPAddress?
  /// The endpoint's path, if it is one of the API's.
  var match: EndpointPaths.Match?
  private let channel: (any Channel)?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    client = source.channel.remoteAddress.flatMap { IPAddress($0) }
  }

  /// Of a request that comes without a connection, from this process.
  init(source: EmbeddedServer.Source) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = nil
    client = EmbeddedServer.caller
  }

  /// The path as it was written when the route was made, for counts.
  var route: String? { match?.path.route ?? endpointPath }

  var remoteAddress: String? { client?.description }

  /// Whether the caller is in one of the networks itself, not by way of somebody who forwards requests.
  func isDirect(_ request: Request, from networks: [Network]) -> Bool {
    guard let client, networks.contains(client) else { return false }
    return [.forwardedFor, .forwarded, .via].allSatisfy { request.headers[$0] == nil }
  }

  func closeConnection() async { try? await channel?.close() }
}
