import HTTPTypes
import Hummingbird

/// Finds who calls behind proxies of our own. Nobody else's `X-Forwarded-For` is believed.
struct ClientAddress: RouterMiddleware {
  let proxies: [Network]

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard let peer = context.client, proxies.contains(peer) else { return try await next(request, context) }
    var context = context
    context.client = Self.client(peer: peer, forwarded: request.headers[values: .forwardedFor], proxies: proxies)
    return try await next(request, context)
  }

  /// Each proxy adds at the right whom it was called by. So from the right, the first that is no proxy of ours is the caller, and what
  /// stands left of it is only what that one says.
  static func client(peer: IPAddress, forwarded: [String], proxies: [Network]) -> IPAddress {
    var client = peer
    for entry in forwarded.reversed().flatMap({ $0.split(separator: ",").reversed() }) {
      guard proxies.contains(client), let next = address(entry) else { break }
      client = next
    }
    return client
  }

  /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`, with spaces around.
  private static func address(_ entry: Substring) -> IPAddress? {
    var text = entry.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    if text.first == "[", let end = text.firstIndex(of: "]") { return IPAddress(text[text.index(after: text.startIndex)..<end]) }
    if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") { text = text[..<colon] }
    return IPAddress(text)
  }
}

extension HTTPField.Name {
  static let forwardedFor = named("X-Forwarded-For")
  static let forwarded = named("Forwarded")
}
