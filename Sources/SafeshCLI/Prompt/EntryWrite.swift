internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// What a line at the prompt changes, by the runtime of scripts (decision 0016): one change that can be undone at once, more than one after a rehearsal
/// and a yes, what cannot be brought back after its count was typed. Each is a run with a journal.
struct EntryWrite: Sendable {
  let script: Script
  var parameters: [String: Value] = [:]
  var used: [RunRecord.File] = []
  /// It stands for itself, and can be taken up from its record; an entry hangs on variables.
  let isScript: Bool
  /// It takes a run back: what is gone since then is told before anything is sent.
  var isUndo = false
  let place: PromptPlace
  let options: RunOptions
  let environment: [String: String]
  let console: Console
  let interruption: Interruption
  let readsSecret: @Sendable (String) -> String?

  struct Outcome: Sendable {
    var status: ExitStatus
    /// What the script came to; nil if it was not run.
    var result: RunResult?
    /// The run, if it changed something.
    var run: RunID?
    /// Somebody said no.
    var isDeclined = false
  }

  func run() async -> Outcome {
    do throws(JournaledRun.Problem) { return try await carriedOut() } catch {
      console.message("error: \(error.message)", .error)
      return Outcome(status: error.status)
    }
  }

  private func carriedOut() async throws(JournaledRun.Problem) -> Outcome {
    if place.target.isReadOnly {
      throw JournaledRun.Problem(.refused, "the profile '\(place.target.shortName)' is read-only, and this changes something; nothing was sent")
    }
    guard let store = place.store(environment) else { throw JournaledRun.Problem.noPlace }
    let isOne = !isUndo && script.program.effect == .write && script.program.estimate.isOneChange(in: SecretSafeSchema.schema)
    let mode = isScript ? isOne ? RunRecord.Mode.direct : .planned : .entry
    var run = try JournaledRun.begin(script, uses: used, parameters: parameters, on: place.record, mode, in: store, timeout: place.target.timeout)
    do throws(JournaledRun.Problem) {
      if isOne {
        try run.carryOut()
        return await evaluate(run, nil, options, store)
      }
      guard let plan = try await rehearsed(run) else {
        console.message("nothing was sent", .dim)
        run.discard(in: store)
        return Outcome(status: interruption.isAsked ? .interrupted : .refused, isDeclined: !interruption.isAsked)
      }
      try run.carryOut(plan.id)
      var agreed = options
      agreed.yes = true
      agreed.guards.limits = options.guards.limits.agreed(to: plan)
      return await evaluate(run, plan, agreed, store)
    } catch {
      // Nothing was sent, so there is nothing to come back to.
      run.discard(in: store)
      throw error
    }
  }

  // MARK: rehearsal

  /// A plan that somebody agreed to, kept in the run's journal; nil if nobody did.
  private func rehearsed(_ run: JournaledRun) async throws(JournaledRun.Problem) -> Plan? {
    let stage = RehearsalRun(
      script: script, parameters: parameters, used: used.map { SourceFile(name: $0.path, text: $0.text) }, target: place.target, console: console,
      interruption: interruption, readsSecret: readsSecret)
    let plan = await stage.plan(at: Timestamp(microseconds: Int64(run.journal.began)), keepingInputsIn: run.journal)
    if let error = plan.result.error {
      console.error(error, in: plan.script)
      throw JournaledRun.Problem(ExitStatus(plan.result), plan.isWhole ? "it would end like this, so nothing was sent" : "nothing was sent")
    }
    if isUndo, plan.changesNothingAndFails {
      console.messageText(PlanText(plan, color: console.colorsMessages).short)
      throw JournaledRun.Problem.nothingLeft
    }
    guard try isAgreed(plan) else { return nil }
    let planned = PlannedRun(script: ScriptRun(options: options, source: .text(""), arguments: []), stage: stage, target: place.target, console: console)
    do throws(ClientError) { try await planned.check(plan) } catch { throw JournaledRun.Problem(error) }
    try? plan.write(to: run.folder.plan, ExitStatus(plan.result))
    do { try await run.journal.keep(plan) } catch { throw JournaledRun.Problem(.failed, error.description) }
    return plan
  }

  private func isAgreed(_ plan: Plan) throws(JournaledRun.Problem) -> Bool {
    let question = WriteQuestion(plan, destroys: script.program.effect == .destroy)
    guard question.isNeeded else { return true }
    let text = PlanText(plan, color: console.colorsMessages)
    console.messageText(text.short)
    if options.yes { return true }
    guard Question.canAsk else {
      throw JournaledRun.Problem(.refused, "this needs a yes, and there is no terminal to ask on; --yes answers every question; nothing was sent")
    }
    return question.isAccepted(on: place.target.name, seeing: text.whole(of: .short), console) { interruption.isAsked }
  }

  // MARK: carrying out

  private func evaluate(_ run: JournaledRun, _ plan: Plan?, _ options: RunOptions, _ store: RunStore) async -> Outcome {
    let kept = KeptResult()
    let result = await evaluated(run, plan, options, kept)
    let ended = kept.value
    let session = await place.session.opened
    await session?.endRun()
    // A run of its own wrote past what the prompt knows.
    if plan != nil { await session?.forgetLists() }
    var outcome = Outcome(status: result, result: ended)
    if let ended, ended.changes.isEmpty, ended.calls.isEmpty, result == .done {
      run.discard(in: store)
    } else {
      outcome.run = run.folder.id
    }
    return outcome
  }

  private func evaluated(_ run: JournaledRun, _ plan: Plan?, _ options: RunOptions, _ kept: KeptResult) async -> ExitStatus {
    var evaluation = ScriptRun(options: options, source: .text(""), arguments: [])
    evaluation.interruption = interruption
    evaluation.session = plan == nil ? place.session : place.own
    evaluation.readsSecret = readsSecret
    evaluation.isPassing = place.target.isTemporary
    evaluation.ended = { kept.value = $0 }
    return await evaluation.evaluate(script, parameters, place.target, run, console, plan)
  }
}

/// What a script came to, for whoever waits for its end.
private final class KeptResult: Sendable {
  private let state = Mutex<RunResult?>(nil)

  var value: RunResult? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
