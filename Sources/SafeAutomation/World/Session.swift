public import SafeLanguage
public import SafeSystem
internal import SecretSafeAPI
public import SecretSafeClient

/// A signed-in connection to one organization and what is known of it.
public final class Session: Sendable {
  let client: Client
  let organization: Organization
  let locks: ObjectLocks

  /// - Parameters:
  ///   - lifetime: how long a fetched list is good; nil for as long as the session lasts.
  ///   - locks: shared with the other sessions of this machine that write to the same organization.
  public init(client: Client, lifetime: Duration? = nil, locks: RegionLocks? = nil) {
    self.locks = ObjectLocks(machine: locks)
    self.client = client
    organization = Organization(client: client, lifetime: lifetime)
  }

  private init(sharing session: Session) {
    (client, locks) = (session.client, session.locks)
    organization = Organization(client: client, lifetime: nil)
  }

  /// Nothing more is told of to the journal of a run that used it.
  public func endRun() async { await organization.endRecording() }

  /// Whoever asks next fetches anew.
  public func forgetLists() async { await organization.apply(.stale(Resource.allCases)) }

  /// Nobody asks it any more, and a large organization should not be held in vain.
  public func letGoLists() async { for resource in Resource.allCases { await organization.letGo(resource) } }

  /// The same connection, of which nothing is known yet.
  public func forgetful() -> Session { Session(sharing: self) }

  /// What verbs work with; `writes` is asked before each of their writes.
  func context(asking confirm: @escaping @Sendable (String) -> Bool, observedBy writes: CallLog? = nil) -> VerbContext {
    guard let writes else {
      return VerbContext(client: client, organization: organization, locks: locks, confirm: confirm, keep: nil)
    }
    return VerbContext(
      client: client.observed(by: writes), organization: organization, locks: locks, confirm: confirm, keep: { writes.note($0) })
  }
}

/// Opens a session when the first request needs one, once for all who ask.
public actor SessionSource {
  private let make: @Sendable () async throws -> Session
  private var opening: Task<Session, any Error>?

  public init(_ make: @escaping @Sendable () async throws -> Session) { self.make = make }

  /// The session if somebody opened it or is about to.
  public var opened: Session? { get async { try? await opening?.value } }

  public func open() async throws(RunError) -> Session {
    // What a session starts lives as long as it does, and would hold the world of whoever asked first, with all that it knows.
    let task = opening ?? Task.detached { [make] in try await make() }
    opening = task
    do { return try await task.value } catch {
      opening = nil
      throw RunError(error)
    }
  }
}
