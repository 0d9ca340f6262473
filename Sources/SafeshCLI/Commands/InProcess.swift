internal import SafeAutomation
internal import SecretSafeAPI
package import SecretSafeClient
package import SecretSafeServer

/// The way to a server in this process. It is here because nothing below knows both client and server.
package struct InProcessTransport: Transport {
  private let server: EmbeddedServer

  package init(_ server: EmbeddedServer) { self.server = server }

  package func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
    guard url.hasPrefix(EmbeddedServer.url) else { throw .unusable("'\(url)' is not in this process") }
    let path = String(url.dropFirst(EmbeddedServer.url.count))
    do {
      let answer = try await server.answer(method, path, headers: headers, body: body)
      return Answer(
        status: answer.status, contentType: answer.header("Content-Type") ?? "", retryAfter: answer.header("Retry-After"),
        location: answer.header("Location"), rateLimit: RateLimitHeaders(answer.header), body: answer.body)
    } catch let error as ServerError {
      // It was not carried out, and never will be.
      throw .unusable(error.description)
    } catch { throw .broken("\(error)") }
  }

  package func shutdown() async { server.close() }
}

extension EmbeddedServer {
  /// A client of its organization, with the organization's key; shutting it down closes the server.
  package func client() throws(ClientError) -> Client {
    let credentials = Credentials(
      address: try ServerAddress(Self.url), clientID: key.clientID, secret: ClientSecret(key.clientSecret))
    var options = Client.Options()
    // It has no limits, and the way to it none that could be overloaded.
    options.pacing = PacingPreset.none
    return Client(credentials, over: InProcessTransport(self), options: options)
  }
}

extension Twin {
  /// A server in this process with this content.
  init(_ content: OrganizationSnapshot) async throws {
    let server: EmbeddedServer
    do { server = try await EmbeddedServer(.snapshot(content), isLarge: true) } catch let error as ServerError {
      throw ClientError(.unreachable, "the twin cannot be made: \(error.description)")
    }
    let credentials = Credentials(
      address: try ServerAddress(EmbeddedServer.url), clientID: server.key.clientID, secret: ClientSecret(server.key.clientSecret))
    self.init(credentials, over: InProcessTransport(server)) { try await server.join($0) }
  }
}
