public import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// The organization behind a session, with a journal of all that the run asks and does. What the journal holds from an earlier part of the
/// run is answered from it; then the run goes on, and sees the organization as it saw it first.
public final class JournaledWorld: World {
  let session: SessionSource
  let surroundings: Surroundings
  let journal: RunJournal
  let calls: CallNumbers
  let ledger = RowLedger()
  private let opening: Opening
  /// As soon as there is one, so that no call waits for its turn to ask.
  private let opened = Mutex<ExactlyOnce?>(nil)
  private let past: Past
  private let turns = CallTurns()
  private let inputs: KeptInputs
  /// What a plan had shown; nil where there is none.
  let shown: ShownChanges?
  /// Calls that the script said and that were answered before.
  let taken = Mutex<Set<CallDigest>>([])

  /// - Parameter plan: what is carried out: a change that it had not shown is told.
  public init(session: SessionSource, surroundings: Surroundings, journal: RunJournal, plan: Plan? = nil) {
    shown = plan?.shown
    self.session = session
    self.surroundings = surroundings
    self.journal = journal
    calls = CallNumbers(first: journal.recording.nextCall)
    opening = Opening(session, journal)
    past = Past(journal.recording.changes)
    inputs = KeptInputs(journal, surroundings)
  }

  /// What became of the rows so far.
  public var rows: [LedgerEntry] { ledger.entries }

  /// Changes that were sent before the script said them, and that it did not say.
  public var untaken: [String] {
    let taken = taken.withLock { $0 }
    let left = recording.ahead.filter { $0.value.changed && !taken.contains($0.key) }
    return left.values.map { place in
      do throws(RunError) { return try journal.answer(at: place).words.text } catch { return error.message }
    }.sorted()
  }

  var recording: Recording { journal.recording }

  /// The session, which knows what the journal holds.
  func open() async throws(RunError) -> ExactlyOnce {
    if let opened = opened.withLock(\.self) { return opened }
    do {
      let (session, settler) = try await opening.open()
      let new = ExactlyOnce(session: session, settler: settler, surroundings: surroundings)
      opened.withLock { $0 = new }
      return new
    } catch { throw RunError(error) }
  }

  func key(_ site: CallSite) -> CallKey { turns.key(site) }

  // MARK: reads

  public func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    let (key, list) = (key(site), try Organization.resource(resource.name))
    if let version = recording.seen[key] { return await past.at(version) { $0.table(list) } }
    let (table, version) = try await open().session.organization.table(list)
    journal.file.append(.seen(key, version: version))
    return table
  }

  public func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    let (key, list) = (key(site), try Organization.resource(resource.name))
    if let version = recording.seen[key] { return await past.at(version) { $0.table(list) } }
    let (table, version) = try await open().session.organization.refreshed(list)
    journal.file.append(.seen(key, version: version))
    return table
  }

  public func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    let key = key(site)
    if let version = recording.seen[key] { return await past.at(version) { $0.related(relation) } }
    let (rows, version) = try await open().session.organization.related(relation, for: rows)
    journal.file.append(.seen(key, version: version))
    return rows
  }

  public func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    let key = key(site)
    if let events = recording.events[key] {
      return Rows.table(events)
    }
    let organization = try await open().session.organization
    let found = try await organization.events(query, now: now, keeping: true, window: surroundings.events, isInterrupted: surroundings.isInterrupted)
    journal.file.append(.events(key, found.models))
    return found.table
  }

  // MARK: the machine

  public func input(_ path: String) throws(RunError) -> InputSource { try inputs.open(path) }

  public func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    try surroundings.saveOutput(path, contents)
    inputs.saved(path)
  }

  public func environment(_ name: String) -> String? {
    if let value = recording.environment[name] { return value }
    let value = surroundings.environment(name)
    journal.file.append(.environment(name, value: value))
    return value
  }

  /// Read anew each time, for it is in no file of ours.
  public func secret(_ name: String) -> String? { surroundings.secret(name) }

  public func uuid(at site: CallSite) -> String {
    let key = key(site)
    if let id = recording.uuids[key] { return id }
    let id = GUID.random().description
    journal.file.append(.uuid(key, id))
    return id
  }

  public var now: Int { journal.began }
  public var isInterrupted: Bool { surroundings.isInterrupted() }
  public var memoryInUse: Int? { ProcessMemory.resident() }
  public func emit(_ output: Output) { surroundings.emit(output) }

  // MARK: rows

  public func began(_ each: EachStart) { ledger.began(each) }

  public func finished(_ row: EachRow) {
    ledger.finished(row)
    if row.outcome != .notRun, journal.purpose != .settle { journal.file.append(.row(row.site, index: row.index, row.outcome)) }
  }
}

/// Numbers for the calls of a run, which its journal knows them by.
final class CallNumbers: Sendable {
  private let next: Mutex<Int>

  init(first: Int) { next = Mutex(first) }

  func take() -> Int {
    next.withLock { next in
      defer { next += 1 }
      return next
    }
  }
}

/// Opens the session once, and tells its organization what the journal holds.
private actor Opening {
  private let source: SessionSource
  private let journal: RunJournal
  private var task: Task<(session: Session, settler: Settler), any Error>?

  init(_ source: SessionSource, _ journal: RunJournal) {
    self.source = source
    self.journal = journal
  }

  func open() async throws -> (session: Session, settler: Settler) {
    let task = task ?? Task { [source, journal] in try await Self.open(source, journal) }
    self.task = task
    do { return try await task.value } catch {
      self.task = nil
      throw error
    }
  }

  private static func open(_ source: SessionSource, _ journal: RunJournal) async throws -> (session: Session, settler: Settler) {
    let session = try await source.open()
    // What is open is waited for first; whose key is no good learns so at once.
    if journal.lastUnanswered != nil { try await session.client.signIn() }
    let changes = journal.recording.changes
    await session.organization.resume(from: changes) { journal.file.append(.change($0)) }
    // Who tries again wants to see what was mended meanwhile.
    if journal.purpose == .retry { await session.organization.apply(.stale(Resource.allCases)) }
    return (session, await Settler(client: session.client, knowing: journal.recording))
  }
}

/// What the run knew at each moment before it was taken up.
private actor Past {
  private var history: History

  init(_ changes: [OrganizationChange]) { history = History(changes) }

  func at<T: Sendable>(_ version: Int, _ body: @Sendable (inout Knowledge) -> T) -> T { history.at(version, body) }
}
