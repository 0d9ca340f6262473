internal import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// The twin as a script sees it, with a list of what the script calls and of what it was told.
final class RehearsedWorld: World {
  private let session: SessionSource
  private let surroundings: Surroundings
  /// What an earlier rehearsal of the run was told, and is told again.
  private let recording: Recording
  private let turns = CallTurns()
  private let state = Mutex(State())

  private struct State {
    var found = RehearsedCalls()
    var reads: [JournalEntry] = []
    var rows = Breaker()
  }

  init(session: SessionSource, surroundings: Surroundings, recording: Recording) {
    (self.session, self.surroundings, self.recording) = (session, surroundings, recording)
  }

  /// What the script called, what it was told that may be different the next time, but for the lists, and where most of its rows failed. The world
  /// knows nothing of it afterwards.
  func end() -> (calls: RehearsedCalls, reads: [JournalEntry], failures: Breaker.Failures?) {
    var state = state.withLock { state in
      defer { state = State() }
      return state
    }
    turns.forget()
    state.found.order.sort { state.found.calls[$0].key.path }
    return (state.found, state.reads, state.rows.worst)
  }

  // MARK: calls

  func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    let key = turns.key(call.site)
    let session = try await session.open()
    let entry = try VerbEntry.of(call.verb)
    let requests = CallRequests()
    do {
      let result = try await RequestTally.$call.withValue(requests) {
        try await entry.body(session.context(asking: surroundings.confirm), call)
      }
      await session.organization.apply(result.changes)
      add(key, call, result, requests)
      return result.outcome
    } catch {
      let error = RunError(error)
      add(key, call, nil, requests)
      throw error
    }
  }

  private func add(_ key: CallKey, _ call: VerbCall, _ result: VerbResult?, _ requests: CallRequests) {
    state.withLock { $0.found.add(key, call, result, requests.all) }
  }

  func began(_ each: EachStart) { state.withLock { $0.found.order.began(each) } }
  func finished(_ row: EachRow) {
    state.withLock { state in
      state.found.order.finished(row)
      state.rows.finished(row.outcome)
    }
  }

  // MARK: reads

  func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    try await session.open().organization.table(Organization.resource(resource.name)).table
  }

  func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    let key = turns.key(site)
    if let events = recording.events[key] {
      note(.events(key, events))
      return Rows.table(events)
    }
    let found = try await session.open().organization.events(
      query, now: surroundings.now, keeping: true, window: surroundings.events, isInterrupted: surroundings.isInterrupted)
    note(.events(key, found.models))
    return found.table
  }

  func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    state.withLock { $0.found.refreshes = true }
    return try await session.open().organization.refreshed(Organization.resource(resource.name)).table
  }

  func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    try await session.open().organization.related(relation, for: rows).rows
  }

  private func note(_ read: JournalEntry) { state.withLock { $0.reads.append(read) } }

  // MARK: the machine

  func environment(_ name: String) -> String? {
    let value = recording.environment[name] ?? surroundings.environment(name)
    note(.environment(name, value: value))
    return value
  }

  func secret(_ name: String) -> String? { surroundings.secret(name) }

  func uuid(at site: CallSite) -> String {
    let key = turns.key(site)
    let id = recording.uuids[key] ?? GUID.random().description
    note(.uuid(key, id))
    return id
  }

  func input(_ path: String) throws(RunError) -> InputSource { try surroundings.openInput(path) }

  func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    try surroundings.saveOutput(path, contents)
  }

  var now: Int { surroundings.now }
  var isInterrupted: Bool { surroundings.isInterrupted() }
  var memoryInUse: Int? { ProcessMemory.resident() }
  func emit(_ output: Output) { surroundings.emit(output) }
}
