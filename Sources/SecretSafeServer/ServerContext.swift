import Hummingbird
import Logging
import NIOCore

/// What a request brings along beside itself.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: (any Channel)?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// The caller's address, or nil without a socket.
  var remoteAddress: String? { channel?.remoteAddress?.ipAddress }
}
