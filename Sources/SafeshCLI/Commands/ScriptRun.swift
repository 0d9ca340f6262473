internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// `safesh run` and `safesh -c`: checks a script, runs it, and ends with the status that tells how it went.
struct ScriptRun: Sendable {
  enum Source: Sendable {
    case file(String)
    case text(String)
    /// One that safesh wrote.
    case named(String, String)

    func read() throws(RunError) -> SourceFile {
      switch self {
      case .text(let text): SourceFile(name: "-c", text: text)
      case .named(let name, let text): SourceFile(name: name, text: text)
      case .file(let path): SourceFile(name: path == "-" ? "standard input" : path, bytes: try InputFiles.read(path))
      }
    }
  }

  let options: RunOptions
  let source: Source
  let arguments: [String]
  /// The only organization on which it may run; nil for any.
  var expected: RunRecord.Target?
  /// What a script that is watched sees of the events, and who stops all of its runs.
  var events: EventWindow?
  var interruption: Interruption?
  /// It was shown and agreed to.
  var isAlreadyPlanned = false
  /// What was shown then.
  var shown: Plan?
  /// A session that was opened for others, too; nil for one of its own.
  var session: SessionSource?
  /// Gets the secrets that the script asks for, with what it is named by.
  var readsSecret: (@Sendable (String) -> String?)?
  /// Its folder goes with the prompt.
  var isPassing = false
  /// Told of what the script came to; then what was done is for who is told to say.
  var ended: (@Sendable (RunResult) -> Void)?

  /// The script's own help, without running it.
  func help() -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    guard let (file, script) = checked(console) else { return .usage }
    console.data(ScriptHelp(path: file.name, program: script.program).text)
    return .done
  }

  /// The script, or nil after everything that is wrong with it was told.
  private func checked(_ console: Console, loader: SourceLoader = InputFiles.loader) -> (SourceFile, Script)? {
    let file: SourceFile
    do { file = try source.read() } catch {
      console.message("safesh: \(error.message)", .error)
      return nil
    }
    do { return (file, try Script(file, schema: SecretSafeSchema.schema, loader: loader)) } catch {
      console.diagnostics(error.diagnostics, in: file)
      return nil
    }
  }

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    let uses = UsedFiles()
    guard let (file, script) = checked(console, loader: uses.loader) else { return .usage }
    let parameters: [String: Value]
    do { parameters = try ScriptParameters.parse(arguments, script.program.parameters) } catch {
      console.message("safesh: \(file.name): \(error.message)", .error)
      return .usage
    }
    // A script that asks for nothing needs no key, no profile is read for it, and it waits for nothing.
    guard script.program.effect > .pure else { return await evaluate(script, parameters, nil, nil, console) }
    return await Task.detached { await run(script, uses.files, parameters, console) }.value
  }

  private func run(_ script: Script, _ uses: [RunRecord.File], _ parameters: [String: Value], _ console: Console) async -> ExitStatus {
    let environment = ProcessInfo.processInfo.environment
    return await on(console, environment, writing: script.program.effect > .read) { target throws(JournaledRun.Problem) in
      if let expected, target.record?.isSame(as: expected) != true {
        throw JournaledRun.Problem(.refused, "this is for \(expected.name), and \(target.name) is chosen; nothing was sent")
      }
      if options.mode == .direct || isAlreadyPlanned,
        let refusal = RunQuestions(options: options, console: console, isInterrupted: { false }).refusal(of: script, on: target)
      {
        throw JournaledRun.Problem(Interrupts.toldOfInterrupt ? .interrupted : .refused, refusal)
      }
      // What a script only read is read again as well; and a sandbox in memory ends with the run.
      guard script.program.effect > .read, let place = target.record, let store = RunStore(environment: environment) else {
        return await evaluate(script, parameters, target, nil, console)
      }
      let mode = isAlreadyPlanned ? RunRecord.Mode.direct : options.mode
      var run = try JournaledRun.begin(script, uses: uses, parameters: parameters, on: place, mode, in: store, timeout: target.timeout)
      if mode == .direct {
        try run.carryOut()
        return await evaluate(script, parameters, target, run, console)
      }
      return try await planned(run, script, parameters, target, console).begin(run, in: store)
    }
  }

  /// Goes on with a run.
  func takeUp(
    _ folder: RunFolder, _ record: RunRecord, _ script: Script, _ parameters: [String: Value], isRetry: Bool, _ console: Console
  ) async throws(JournaledRun.Problem) -> ExitStatus {
    await on(console, ProcessInfo.processInfo.environment, writing: true) { target throws(JournaledRun.Problem) in
      guard target.record?.isSame(as: record.target) == true else {
        throw JournaledRun.Problem(
          .refused,
          "the run \(folder.id) was begun on \(record.target.name), and this would go on with it on \(target.name); nothing was sent; 'safesh resume ID' goes on "
            + "with another, and 'safesh runs' lists them")
      }
      var run = try JournaledRun(folder, record, for: isRetry ? .retry : .goOn, target.timeout)
      if record.mode == .direct {
        if record.state == .rehearsing { try run.carryOut() }
        return await evaluate(script, parameters, target, run, console)
      }
      if isRetry, record.state != .rehearsing {
        run.journal.endAhead()
        return await evaluate(script, parameters, target, run, console)
      }
      let planned = planned(run, script, parameters, target, console)
      if record.state == .carryingOut { return try await planned.goOn(run) }
      // It stays, whatever is answered: who takes it up may say yes the next time.
      return try await record.plan == nil ? planned.begin(run, in: nil) : planned.apply(run, calls: nil, in: nil)
    }
  }

  /// Finds out what became of what a run sent and got no answer to, and does nothing else of it.
  func settle(_ settlement: Settlement, _ console: Console) async -> ExitStatus {
    await on(console, ProcessInfo.processInfo.environment, writing: true) { target throws(JournaledRun.Problem) in
      let (run, place) = (settlement.folder.id, settlement.record.target)
      guard target.record?.isSame(as: place) == true else {
        throw JournaledRun.Problem(.refused, "the run \(run) was on \(place.name), and this is \(target.name); nothing was sent")
      }
      return try await settlement.run(on: SessionSource { try await target.open() }, timeout: target.timeout)
    }
  }

  /// Carries out a plan from a file.
  func apply(
    _ plan: PlanFile, _ script: Script, _ parameters: [String: Value], in store: RunStore, _ console: Console
  ) async throws(JournaledRun.Problem) -> ExitStatus {
    await on(console, ProcessInfo.processInfo.environment, writing: script.program.effect > .read) { target throws(JournaledRun.Problem) in
      guard let place = target.record, place.isSame(as: plan.target) else {
        throw JournaledRun.Problem(.refused, "the plan is for \(plan.target.name), and \(target.name) is chosen; nothing was sent")
      }
      var run = try JournaledRun.begin(
        script, uses: plan.used, parameters: parameters, on: place, plan.mode, in: store, timeout: target.timeout, from: plan)
      do throws(JournaledRun.Problem) {
        if let other = try store.run(of: plan, but: run.folder) { throw other }
        do throws(RunJournal.Failure) { try await run.journal.take(plan) } catch { throw JournaledRun.Problem(.failed, error.description) }
        try run.reopen(nil)
      } catch {
        run.discard(in: store)
        throw error
      }
      return try await planned(run, script, parameters, target, console).apply(run, calls: plan.calls, in: store)
    }
  }

  func planned(_ kept: JournaledRun, _ script: Script, _ parameters: [String: Value], _ target: Target, _ console: Console) -> PlannedRun {
    let interruption = Interruption()
    interruption.install(console)
    var run = self
    run.interruption = interruption
    let stage = RehearsalRun(
      script: script, parameters: parameters, used: kept.record.uses.map { SourceFile(name: $0.path, text: $0.text) }, target: target, console: console,
      interruption: interruption, merges: kept.record.mode == .planned && options.guards.limits.canary == nil)
    return PlannedRun(script: run, stage: stage, target: target, console: console)
  }

  /// Opens the target for the time of `body`.
  private func on(
    _ console: Console, _ environment: [String: String], writing: Bool, _ body: (Target) async throws(JournaledRun.Problem) -> ExitStatus
  ) async -> ExitStatus {
    let target: Target
    do {
      target = try Target(options, environment: environment, lifetime: nil, observer: console.observer) { console.target($0) }
    } catch {
      console.message("error: \(error.message)", .error)
      return error.kind == .invalid ? .usage : .notAuthenticated
    }
    if target.isReadOnly, writing {
      console.message("error: the profile '\(target.shortName)' is read-only, and the script changes something; nothing was sent", .error)
      return .refused
    }
    let status: ExitStatus
    do { status = try await body(target) } catch {
      console.message("error: \(error.message)", .error)
      status = error.status
    }
    await target.close()
    return status
  }

  /// Evaluates the script, after what its plan merges was sent.
  func evaluate(
    _ script: Script, _ parameters: [String: Value], _ target: Target?, _ run: JournaledRun?, _ console: Console, _ plan: consuming Plan? = nil
  ) async -> ExitStatus {
    var (run, plan) = (run, plan)
    let interruption = self.interruption ?? Interruption()
    if script.program.effect > .pure, self.interruption == nil { interruption.install(console) }
    let session =
      self.session
      ?? SessionSource {
        guard let target else { throw ClientError(.unauthorized, "no organization is chosen") }
        return try await target.open()
      }
    var surroundings = Surroundings(
      openInput: { path throws(RunError) in try InputFiles.open(path) },
      saveOutput: { path, contents throws(RunError) in try console.save(path, contents) },
      environment: ProcessEnvironment.variable, now: run?.journal.began ?? Int(Date().timeIntervalSince1970 * 1_000_000), isInterrupted: { interruption.isAsked },
      confirm: { [options] _ in options.yes }, emit: { console.emit($0) })
    surroundings.events = events
    if let readsSecret { surroundings.secret = readsSecret }
    let started = Timestamp.now()
    var failure: RunError?
    plan?.reduceToSending()
    if plan != nil { AllocatedMemory.giveBack() }
    if let plan, var kept = run {
      failure = await AheadRun(plan, session: session, surroundings: surroundings, journal: kept.journal, breaker: options.guards.limits.breaker).run()
      console.endProgress()
      do { try kept.reopen(target?.timeout) } catch { failure = failure ?? RunError(.file, error.message, reach: .unreachable) }
      run = kept
    }
    // Of a large plan this is most of the memory.
    plan?.reduceToComparison()
    if plan != nil { AllocatedMemory.giveBack() }
    let journaled = run.map { JournaledWorld(session: session, surroundings: surroundings, journal: $0.journal, plan: plan) }
    let inner: any World = journaled ?? LiveWorld(session: session, surroundings: surroundings)
    let questions = RunQuestions(options: options, console: console, isInterrupted: { interruption.isAsked })
    let world = GuardedWorld(inner, options.guards.limits, keepsRows: journaled == nil && options.guards.report != nil) { await questions.agrees(to: $0) }
    // A run waits for one answer after another; a script that only reads has more to compute.
    let result = await withTaskExecutorPreference(journaled.map { _ in NetworkLoop.executor }) {
      if let failure { RunResult(error: failure) } else { await script.run(in: world, parameters: parameters) }
    }
    console.endProgress()
    ended?(result)
    if let error = result.error { console.error(error, in: script.program.source) }
    let status = ExitStatus(result)
    let rows = journaled?.rows ?? world.rows
    if ended == nil, events == nil { console.done(result) }
    let record = await run?.finish(result, rows, status, console, isPassing: isPassing)
    for words in result.error == nil ? journaled?.untaken ?? [] : [] {
      console.message("warning: it was sent ahead, and the script did not say it: \(words)", .warning)
    }
    if let plan = plan ?? shown, let target, plan.changes > 0, result.error == nil {
      if self.session == nil { await session.opened?.letGoLists() }
      AllocatedMemory.giveBack()
      await PlannedRun.compare(plan, on: target, console)
    }
    if events != nil, status == .done, result.calls.isEmpty { run?.discard(in: RunStore(environment: ProcessInfo.processInfo.environment)) }
    guard let path = options.guards.report else { return status }
    let report = RunReport(
      result, rows, status, of: record ?? .unkept(script.program.source, on: target.map { $0.record ?? RunRecord.Target(name: $0.name) }, started), isKept: record != nil)
    return ReportFile(path: path).write(report, console) || status != .done ? status : .failed
  }
}

extension ExitStatus {
  /// What ended the run decides.
  init(_ result: RunResult) {
    switch result.error?.reach {
    case nil: self = result.failedRows > 0 ? .rowsFailed : .done
    case .row: self = result.failedRows > 0 ? .rowsFailed : .failed
    case .unreachable: self = .failed
    case .unauthorized: self = .notAuthenticated
    case .stopped: self = .refused
    case .interrupted: self = .interrupted
    }
  }
}

/// Ctrl-C: once stops after the requests in flight, twice ends at once.
final class Interruption: Sendable {
  private let asked = Atomic<Bool>(false)
  private let rests = Atomic<Bool>(false)

  var isAsked: Bool { asked.load(ordering: .relaxed) }

  func reset(_ console: Console) {
    asked.store(false, ordering: .relaxed)
    console.leaveOff(false)
    Interrupts.reset()
  }

  /// Waits, with nothing under way that would have to be stopped.
  func rest(until end: ContinuousClock.Instant) async {
    rests.store(true, ordering: .relaxed)
    while !isAsked, ContinuousClock.now < end { try? await Task.sleep(for: min(Self.look, end - .now)) }
    rests.store(false, ordering: .relaxed)
  }

  private static let look: Duration = .milliseconds(50)

  func install(_ console: Console) {
    Interrupts.install { [self] _, _ in
      if isAsked {
        console.lastMessage("aborted; what was sent may have been done", .warning)
        exit(ExitStatus.interrupted.rawValue)
      }
      ask(console)
    }
  }

  func ask(_ console: Console) {
    // Looked at first: who is asked goes on as soon as this is known.
    let isIdle = Question.isOpen || rests.load(ordering: .relaxed)
    asked.store(true, ordering: .relaxed)
    console.leaveOff(true)
    if isIdle { return }
    console.urgentMessage("stopping after the requests in flight; Ctrl-C again aborts", .warning)
  }
}
