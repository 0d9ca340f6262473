public import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// Another world with guards before its writes.
public final class GuardedWorld: World {
  private let inner: any World
  private let ask: @Sendable (String) async -> Bool
  private let state: Mutex<State>
  private let ledger: RowLedger?

  private struct State {
    var guards: Guards
    /// Calls that wait for rows, or for an answer.
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// - Parameters:
  ///   - keepsRows: for a world that does not do so itself.
  ///   - ask: puts a question to the person; false where there is none.
  public init(_ inner: any World, _ limits: Guards.Limits, keepsRows: Bool, ask: @escaping @Sendable (String) async -> Bool) {
    self.inner = inner
    self.ask = ask
    ledger = keepsRows ? RowLedger() : nil
    state = Mutex(State(guards: Guards(limits)))
  }

  // MARK: guards

  public func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    try await leave(call.site.path)
    let outcome = try await inner.perform(
      call.guarded { [self] count throws(RunError) in
        if let error = Self.error(state.withLock { $0.guards.write(count) }) { throw error }
      })
    ledger?.add(call.site, Self.id(of: outcome.value), attempts: outcome.changed ? 1 : 0)
    return outcome
  }

  private static func id(of value: Value) -> GUID? {
    guard case .record(let row) = value else { return nil }
    return Rows.id(row)
  }

  /// What became of the rows, if it keeps them.
  public var rows: [LedgerEntry] { ledger?.entries ?? [] }

  public func began(_ each: EachStart) {
    state.withLock { $0.guards.began(each.site.path, rows: each.rows.elementCount) }
    ledger?.began(each)
    inner.began(each)
  }

  public func finished(_ row: EachRow) {
    inner.finished(row)
    ledger?.finished(row)
    wake { $0.finished(row.site.path, row.index, row.outcome) }
  }

  /// Returns when a call may go.
  private func leave(_ path: [Int]) async throws(RunError) {
    while true {
      let decision = state.withLock { $0.guards.call(at: path) }
      switch decision {
      case .go: return
      case .wait: await wait(path)
      case .ask(let question):
        let answer = await ask(question)
        wake { $0.answered(answer) }
      case .stop: if let error = Self.error(decision) { throw error }
      }
      if inner.isInterrupted { throw RunError(.refused, "interrupted", reach: .interrupted) }
    }
  }

  /// Until something else is known than when the decision to wait was made.
  private func wait(_ path: [Int]) async {
    await withCheckedContinuation { continuation in
      let isWaiting = state.withLock { state in
        var guards = state.guards
        guard case .wait = guards.call(at: path) else { return false }
        state.waiters.append(continuation)
        return true
      }
      if !isWaiting { continuation.resume() }
    }
  }

  private func wake(_ change: (inout Guards) -> Void) {
    let waiters = state.withLock { state in
      change(&state.guards)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private static func error(_ decision: Guards.Decision) -> RunError? {
    guard case .stop(let reason, let hint) = decision else { return nil }
    return RunError(.refused, reason, reach: .stopped, hint: hint)
  }

  // MARK: all else

  public func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { try await inner.rows(of: resource, at: site) }

  public func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    try await inner.rows(of: resource, matching: query, at: site)
  }

  public func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { try await inner.refresh(resource, at: site) }

  public func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    try await inner.related(relation, for: rows, at: site)
  }

  public func input(_ path: String) throws(RunError) -> InputSource { try inner.input(path) }

  public func save(_ path: String, _ contents: (_ sink: @escaping SaveSink) throws(RunError) -> Void) throws(RunError) { try inner.save(path, contents) }

  public func environment(_ name: String) -> String? { inner.environment(name) }
  public func secret(_ name: String) -> String? { inner.secret(name) }
  public func uuid(at site: CallSite) -> String { inner.uuid(at: site) }
  public var now: Int { inner.now }
  public var isInterrupted: Bool { inner.isInterrupted }
  public var memoryInUse: Int? { inner.memoryInUse }
  public func emit(_ output: Output) { inner.emit(output) }
}
