public import SecretSafeAPI
public import SecretSafeClient

/// A server in this process that a script is rehearsed on. It knows no other server: what it has was put into it.
public struct Twin: Sendable {
  let credentials: Credentials
  /// The way to it, which ends in this process.
  let transport: any Transport
  /// Puts members into groups without an event, all at once; what is not there, or is so already, is passed over.
  let join: @Sendable ([(member: GUID, group: GUID)]) async throws -> Void

  public init(
    _ credentials: Credentials, over transport: any Transport, join: @escaping @Sendable ([(member: GUID, group: GUID)]) async throws -> Void
  ) {
    self.credentials = credentials
    self.transport = transport
    self.join = join
  }

  /// A client of it. Shutting one down closes the twin.
  func client(over transport: (any Transport)? = nil) -> Client {
    var options = Client.Options()
    // It has no limits, and the way to it none that could be overloaded.
    options.pacing = PacingPreset.none
    return Client(credentials, over: transport ?? self.transport, options: options)
  }
}
