import HTTPTypes
import Hummingbird
import Logging
import NIOCore
public import SecretSafeAPI
import SecretSafeStore
import Synchronization

/// A server without a socket: it answers those who call it in this process, on a database in memory that is gone when it is closed.
///
/// It is the same routes, rules and event log as over the network; only HTTP's own work is left out. The store in memory is one connection,
/// which reads and writes take turns on (docs/decisions/0009).
public final class EmbeddedServer: Sendable {
  /// What the organization begins with.
  public enum Content: Sendable {
    /// Nobody and nothing, without a limit of seats.
    case empty
    /// Acme, as the sandbox has it.
    case demo
    case snapshot(OrganizationSnapshot)
  }

  /// A URL to name it by; nothing listens there.
  public static let url = "http://in-process"

  /// Who calls is this machine, for the event log and the limits.
  static let caller = IPAddress("127.0.0.1")

  /// The organization's key, as a server shows it once.
  public let key: OrganizationKey

  private let store: Store
  private let organization: OrganizationID
  private let entrance: Entrance
  private let source: Source
  private let isClosed = Atomic<Bool>(false)

  /// `isLarge` is said of one that may become larger than memory is to hold. Errors: `ServerError`.
  public convenience init(_ content: Content, limits: LimitRules = .none, isLarge: Bool = false) async throws {
    try await self.init(content, operation: ServerOperation(limits: limits), isLarge: isLarge)
  }

  init(_ content: Content, operation: ServerOperation, isLarge: Bool = false) async throws {
    store = try SecretSafeServer.openStore(isLarge ? .temporary : .memory)
    do {
      organization = try await content.create(in: store)
      key = OrganizationKey(try await store.issueKey(organization, .organization))
    } catch {
      try? store.close()
      throw ServerError(.data, "the organization cannot be made: \(error)")
    }
    entrance = Routes(store: store).responder(operation)
    source = Source()
  }

  /// One answer, whole.
  public struct Answer: Sendable {
    public let status: Int
    public let body: [UInt8]
    let headers: HTTPFields

    /// The first field of that name in any case.
    public func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[values: $0].first } }
  }

  /// Answers one request; `path` begins with a slash and has the query. Throws a `ServerError` for what is no request, or comes after the
  /// end, and otherwise what would break a connection.
  public func answer(_ method: String, _ path: String, headers: [(String, String)], body: [UInt8]?) async throws -> Answer {
    if isClosed.load(ordering: .relaxed) { throw ServerError(.other, "the server in this process is closed") }
    guard let method = HTTPRequest.Method(method) else { throw ServerError(.refused, "'\(method)' is no method of HTTP") }
    var fields = HTTPFields()
    for (name, value) in headers {
      guard let name = HTTPField.Name(name) else { throw ServerError(.refused, "'\(name)' is no name of a header") }
      fields.append(HTTPField(name: name, value: value))
    }
    let request = Request(
      head: HTTPRequest(method: method, scheme: "http", authority: "in-process", path: path, headerFields: fields),
      body: RequestBody(buffer: ByteBuffer(bytes: body ?? [])))
    let response = try await entrance.respond(to: request, context: ServerContext(source: source))
    let collector = Collector()
    try await response.body.write(collector)
    return Answer(status: response.status.code, body: collector.joined, headers: response.headers)
  }

  /// Puts members into groups as they are in another organization, all at once and without events; what is not there, or is so already, is
  /// passed over. Errors: `ServerError`.
  public func join(_ memberships: [(member: GUID, group: GUID)]) async throws {
    do {
      try await store.change(organization) { change in
        for membership in memberships { try change.loadMembership(of: membership.member, in: membership.group) }
      }
    } catch { throw ServerError(.data, "memberships cannot be put in: \(error)") }
  }

  /// Lets go of the data. Later requests fail.
  public func close() {
    isClosed.store(true, ordering: .relaxed)
    try? store.close()
  }

  /// What a context is made from where there is no channel.
  struct Source: RequestContextSource {
    let logger: Logger

    init() {
      var logger = Logger(label: "safesh.server") { _ in SwiftLogNoOpLogHandler() }
      // `RequestContext.id` takes it for granted.
      logger[metadataKey: "hb.request.id"] = "in-process"
      self.logger = logger
    }
  }

  /// Keeps what a response writes.
  private final class Collector: ResponseBodyWriter, Sendable {
    private let parts = Mutex<[[UInt8]]>([])

    // A buffer has room for twice of what it holds.
    func write(_ buffer: ByteBuffer) async throws { parts.withLock { $0.append(Array(buffer: buffer)) } }

    /// All in one piece. An array that grew with them would for a moment be there twice, and a list may have tens of megabytes.
    var joined: [UInt8] {
      var rest = parts.withLock { parts in
        defer { parts = [] }
        return Array(parts.reversed())
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(rest.reduce(0) { $0 + $1.count })
      while let part = rest.popLast() { bytes += part }
      return bytes
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }
}

extension EmbeddedServer.Content {
  fileprivate func create(in store: Store) async throws -> OrganizationID {
    switch self {
    case .empty: try await store.createOrganization(name: "Empty")
    case .demo: try await DemoOrganization.create(in: store)
    case .snapshot(let snapshot): try await snapshot.create(in: store, name: "Snapshot").organization
    }
  }
}
