public import SecretSafeAPI

/// A session that can only read: it has no call that changes something, its client refuses to make one, and its transport lets nothing out
/// but a GET and the request for a token.
public struct ReadingClient: Sendable {
  private let client: Client

  /// Over the network.
  public init(_ credentials: Credentials, options: Client.Options) {
    let network = NetworkTransport(
      timeout: options.timeout, connectTimeout: options.connectTimeout, connections: options.connections, options.network)
    self.init(credentials, over: network, options: options)
  }

  public init(_ credentials: Credentials, over transport: any Transport, options: Client.Options) {
    var options = options
    options.isReadOnly = true
    client = Client(credentials, over: ReadingTransport(transport, tokens: credentials.address.identity + Endpoint.tokenPath), options: options)
  }

  public func shutdown() async { await client.shutdown() }

  /// The lists that are named; who is in the groups is not among them.
  public func snapshot(_ parts: Set<SnapshotPart>) async throws(ClientError) -> OrganizationSnapshot {
    try await client.snapshot(parts.subtracting([.memberships]))
  }

  /// Nobody, if the group is gone.
  public func memberIDs(ofGroup id: GUID) async throws(ClientError) -> [GUID] {
    try await Self.present { () async throws(ClientError) in try await client.memberIDs(ofGroup: id) }
  }

  /// None, if the member is gone.
  public func groupIDs(ofMember id: GUID) async throws(ClientError) -> [GUID] {
    try await Self.present { () async throws(ClientError) in try await client.groupIDs(ofMember: id) }
  }

  /// A page of the event log; the query is the API's own, with its question mark.
  public func eventPage(query: String) async throws(ClientError) -> EventPage { try await client.eventPage(query: query) }

  private static func present(_ read: () async throws(ClientError) -> [GUID]) async throws(ClientError) -> [GUID] {
    do throws(ClientError) { return try await read() } catch {
      if error.kind == .notFound { return [] }
      throw error
    }
  }
}

/// Lets out what only reads.
struct ReadingTransport: Transport {
  let transport: any Transport
  /// The URL at which tokens are asked for.
  private let tokens: String

  init(_ transport: any Transport, tokens: String) {
    self.transport = transport
    self.tokens = tokens
  }

  func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
    guard method == "GET" || method == "POST" && url == tokens else { throw .unusable("\(method) \(url) would change something, and this session only reads") }
    return try await transport.send(method, url, headers: headers, body: body)
  }

  func shutdown() async { await transport.shutdown() }
}
