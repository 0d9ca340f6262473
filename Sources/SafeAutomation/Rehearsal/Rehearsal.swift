public import SafeLanguage
internal import SafeSystem
public import SecretSafeAPI
public import SecretSafeClient
internal import Synchronization

/// A run of a script on a twin of the organization: what it would do, without doing it.
///
/// Nothing that changes something can leave: the script talks to the twin, which is in this process, and what fills the twin has no call but
/// those that read.
public struct Rehearsal: Sendable {
  /// Opens the organization to be read, when the script first comes to it.
  public typealias Opening = @Sendable () async throws -> ReadingClient
  /// Makes a server in this process with this content.
  public typealias TwinMaking = @Sendable (OrganizationSnapshot) async throws -> Twin

  private let script: Script
  private let parameters: [String: Value]
  private let open: Opening
  private let makeTwin: TwinMaking
  private let surroundings: Surroundings
  private let pacing: PacingPreset
  private let fileIdentity: @Sendable (String) -> String
  /// Nil for the first rehearsal of a run.
  private let journal: RunJournal?
  private let merges: Bool

  /// `surroundings` are those of a run; nothing is saved through them, and what the script puts out goes to their `emit`.
  /// `fileIdentity` gives the same for all paths of one file.
  ///
  /// - Parameters:
  ///   - merges: whether calls may be sent together.
  ///   - journal: with what an earlier rehearsal of the run was told: then it is told the same, and asks nobody.
  public init(
    _ script: Script, parameters: [String: Value], pacing: PacingPreset, surroundings: Surroundings, merges: Bool = true, again journal: RunJournal? = nil,
    fileIdentity: @escaping @Sendable (String) -> String = { $0 }, live: @escaping Opening, twin: @escaping TwinMaking
  ) {
    (self.merges, self.journal) = (merges, journal)
    self.fileIdentity = fileIdentity
    (self.script, self.parameters, self.pacing, self.surroundings) = (script, parameters, pacing, surroundings)
    (open, makeTwin) = (live, twin)
  }

  public func run() async -> Plan {
    let files = FileOverlay(identity: fileIdentity)
    let failures = Mutex<[Report.Failure]>([])
    let recording = journal?.recording ?? Recording()
    let isFirst = journal == nil
    let stage = RehearsalStage(
      parts: Reach(script.program).parts, open: { [open] () -> any TwinSource in if isFirst { try await open() } else { RecordedSource(recording) } }, makeTwin: makeTwin)
    var inner = surroundings
    inner.openInput = { [surroundings] path throws(RunError) in try files.open(path) { () throws(RunError) in try surroundings.openInput(path) } }
    inner.saveOutput = { [surroundings] path, contents throws(RunError) in
      // Standard output is the plan's own.
      if path == "-" { try surroundings.saveOutput(path, contents) } else { try files.save(path, contents) }
    }
    // Nothing costs money here; the run itself asks.
    inner.confirm = { _ in true }
    inner.emit = { [surroundings] output in
      if case .progress(let progress) = output { failures.withLock { $0 += progress.failures } }
      surroundings.emit(output)
    }
    let (result, calls, reads, rowFailures) = await evaluate(on: stage, inner, recording)
    AllocatedMemory.giveBack()
    let end = await stage.end()
    AllocatedMemory.giveBack()

    var plan = Plan(script: script.program.source, parameters: parameters.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }, result: result)
    plan.inputs = files.inputs
    plan.saved = files.saved
    // What the twin could not be filled with is why it ended, whatever it looked like from inside.
    if let failure = end.failure {
      var error = RunError(failure)
      // No row of the script is to blame.
      if error.reach == .row { error.reach = .unreachable }
      plan.result.error = error
      plan.result.failedRows = 0
    } else {
      plan.failures = failures.withLock { $0 }
      plan.worstRows = rowFailures
    }
    plan.before = end.before
    plan.read = end.read
    plan.difference = OrganizationDifference(from: end.before, to: end.after)
    plan.basis = PlannedBasis.of(plan.difference, before: end.before, script.program)
    plan.requests = end.requests
    plan.calls = calls
    plan.reads = end.reads + reads
    plan.merge(script.program, merges: merges, end.paths, pacing)
    plan.shown = ShownChanges(plan.calls.calls)
    plan.parts = stage.parts
    plan.after = end.after
    return plan
  }

  /// What the script came to, what it called, what it was told, and where most of its rows failed. The lists that it knew are gone afterwards: those at the end are read anew.
  private func evaluate(
    on stage: RehearsalStage, _ surroundings: Surroundings, _ recording: Recording
  ) async -> (RunResult, RehearsedCalls, [JournalEntry], Breaker.Failures?) {
    let source = SessionSource { try await stage.session() }
    let world = RehearsedWorld(session: source, surroundings: surroundings, recording: recording)
    let result = await script.run(in: world, parameters: parameters)
    // Whoever still holds the world holds nothing large with it.
    await source.opened?.letGoLists()
    let (calls, reads, failures) = world.end()
    return (result, calls, reads, failures)
  }
}

/// Where a rehearsal takes place: the twin, made when the script first asks for something.
private actor RehearsalStage {
  nonisolated let parts: Set<SnapshotPart>
  private let open: @Sendable () async throws -> any TwinSource
  private let makeTwin: Rehearsal.TwinMaking
  private let tally = RequestTally()
  private var scene: (twin: Twin, read: OrganizationSnapshot, start: OrganizationSnapshot, memberships: TwinMemberships)?
  private var live: (any TwinSource)?

  init(parts: Set<SnapshotPart>, open: @escaping @Sendable () async throws -> any TwinSource, makeTwin: @escaping Rehearsal.TwinMaking) {
    (self.parts, self.open, self.makeTwin) = (parts, open, makeTwin)
  }

  func session() async throws -> Session {
    do { return try await prepared() } catch let error as ClientError {
      tally.failed(error)
      throw error
    }
  }

  private func prepared() async throws -> Session {
    let live = try await open()
    self.live = live
    let read = try await live.snapshot(parts)
    let twin = try await makeTwin(read)
    // As the twin has it, so that nothing but what the script does is a difference.
    let start = try await twin.client().snapshot()
    let memberships = TwinMemberships(live, twin, start)
    scene = (twin, read, start, memberships)
    return Session(client: twin.client(over: TwinTransport(twin, live, memberships, start, tally)))
  }

  struct End {
    var read = OrganizationSnapshot()
    var before = OrganizationSnapshot()
    var after = OrganizationSnapshot()
    var requests: [PlannedRequests] = []
    var paths: PlannedPaths = [:]
    var failure: ClientError?
    /// What was read of the organization.
    var reads: [JournalEntry] = []
  }

  /// What came of it. The twin is gone afterwards.
  func end() async -> End {
    var end = End()
    if let scene {
      let members = await scene.memberships.before
      end.reads = await (scene.read.changes(parts) + scene.memberships.changes).map { .change($0) }
      end.read = scene.read
      end.before = scene.start
      for index in end.before.groups.indices { end.before.groups[index].members = (members[end.before.groups[index].group.id] ?? []).sorted() }
      let client = scene.twin.client()
      do throws(ClientError) { end.after = try await client.snapshot() } catch { tally.failed(error) }
      await client.shutdown()
    }
    await live?.shutdown()
    (scene, live) = (nil, nil)
    let counts = tally.counts
    (end.requests, end.paths, end.failure) = (counts.requests, counts.paths, counts.failure)
    return end
  }
}
