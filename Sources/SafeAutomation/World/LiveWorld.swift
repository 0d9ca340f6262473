public import SafeLanguage
internal import SecretSafeAPI

/// The organization behind a session, over HTTP. The session is opened by the first request.
public final class LiveWorld: World {
  private let session: SessionSource
  private let surroundings: Surroundings

  public init(session: SessionSource, surroundings: Surroundings) {
    self.session = session
    self.surroundings = surroundings
  }

  public func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    try await session.open().organization.table(Organization.resource(resource.name)).table
  }

  public func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    try await session.open().organization.events(query, now: surroundings.now, window: surroundings.events, isInterrupted: surroundings.isInterrupted).table
  }

  public func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    try await session.open().organization.refreshed(Organization.resource(resource.name)).table
  }

  public func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    try await session.open().organization.related(relation, for: rows).rows
  }

  public func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    let session = try await session.open()
    let entry = try VerbEntry.of(call.verb)
    do {
      let result = try await entry.body(session.context(asking: surroundings.confirm), call)
      await session.organization.apply(result.changes)
      return result.outcome
    } catch { throw RunError(error) }
  }

  public func input(_ path: String) throws(RunError) -> InputSource { try surroundings.openInput(path) }

  public func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    try surroundings.saveOutput(path, contents)
  }

  public func environment(_ name: String) -> String? { surroundings.environment(name) }
  public func secret(_ name: String) -> String? { surroundings.secret(name) }
  public func uuid(at site: CallSite) -> String { GUID.random().description }
  public var now: Int { surroundings.now }
  public var isInterrupted: Bool { surroundings.isInterrupted() }
  public var memoryInUse: Int? { ProcessMemory.resident() }
  public func emit(_ output: Output) { surroundings.emit(output) }
}
