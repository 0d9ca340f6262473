public import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// What a run may use of the machine it runs on; handed in, so that tests and rehearsals hand in others.
public struct Surroundings: Sendable {
  public var openInput: @Sendable (String) throws(RunError) -> InputSource
  /// Replaces a file, or writes to standard output, as `World.save` says.
  public var saveOutput: @Sendable (String, (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> Void
  public var environment: [String: String]
  /// Microseconds since 1970.
  public var now: Int
  public var isInterrupted: @Sendable () -> Bool
  public var emit: @Sendable (Output) -> Void
  /// Asks the person before what costs money; false where nobody can be asked and nobody said yes beforehand.
  public var confirm: @Sendable (String) -> Bool

  public init(
    openInput: @escaping @Sendable (String) throws(RunError) -> InputSource,
    saveOutput: @escaping @Sendable (String, (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> Void, environment: [String: String], now: Int,
    isInterrupted: @escaping @Sendable () -> Bool, confirm: @escaping @Sendable (String) -> Bool = { _ in false },
    emit: @escaping @Sendable (Output) -> Void
  ) {
    self.openInput = openInput
    self.saveOutput = saveOutput
    self.environment = environment
    self.now = now
    self.isInterrupted = isInterrupted
    self.confirm = confirm
    self.emit = emit
  }
}

/// The organization behind a session, over HTTP. The session is opened by the first request.
public final class LiveWorld: World {
  private let session: SessionSource
  private let surroundings: Surroundings

  public init(session: SessionSource, surroundings: Surroundings) {
    self.session = session
    self.surroundings = surroundings
  }

  public func rows(of resource: ResourceType) async throws(RunError) -> Table {
    try await session.open().organization.table(resource.name)
  }

  public func rows(of resource: ResourceType, matching query: RowQuery) async throws(RunError) -> Table {
    try await session.open().organization.events(query, now: surroundings.now, isInterrupted: surroundings.isInterrupted)
  }

  public func refresh(_ resource: ResourceType) async throws(RunError) -> Table {
    try await session.open().organization.refreshed(resource.name)
  }

  public func related(_ relation: Relation, for rows: Table?) async throws(RunError) -> any RelatedRows {
    try await session.open().organization.related(relation, for: rows)
  }

  public func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    let session = try await session.open()
    guard let entry = VerbEntry.all.first(where: { $0.verb.name == call.verb.name && $0.verb.subject == call.verb.subject }) else {
      throw RunError(.data, "the verb '\(call.verb.name)' is not in the table of verbs")
    }
    do { return try await entry.body(session.context(asking: surroundings.confirm), call) } catch { throw RunError(error) }
  }

  public func input(_ path: String) throws(RunError) -> InputSource { try surroundings.openInput(path) }

  public func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    try surroundings.saveOutput(path, contents)
  }

  public func environment(_ name: String) -> String? { surroundings.environment[name] }
  public func uuid() -> String { GUID.random().description }
  public var now: Int { surroundings.now }
  public var isInterrupted: Bool { surroundings.isInterrupted() }
  public var memoryInUse: Int? { ProcessMemory.resident() }
  public func emit(_ output: Output) { surroundings.emit(output) }
}
