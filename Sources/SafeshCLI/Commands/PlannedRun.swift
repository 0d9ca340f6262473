internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

/// A run that is rehearsed, shown, asked for, carried out with merged requests, and compared with its rehearsal afterwards.
struct PlannedRun: Sendable {
  let script: ScriptRun
  let stage: RehearsalRun
  let target: Target
  let console: Console

  private var options: RunOptions { script.options }

  /// A run that is new, or one whose rehearsal did not end.
  func begin(_ run: JournaledRun, in store: RunStore?) async throws(JournaledRun.Problem) -> ExitStatus {
    let moment = Timestamp(microseconds: Int64(run.journal.began))
    let plan = await stage.plan(at: moment, keepingInputsIn: run.journal)
    if let refusal = refusal(of: plan) {
      // Nothing was sent, so there is nothing to come back to.
      run.discard(in: store)
      if let message = refusal.message { console.message("error: \(message)", .error) }
      return refusal.status
    }
    do throws(JournaledRun.Problem) {
      do throws(ClientError) { try await check(plan) } catch { throw JournaledRun.Problem(error) }
      try? plan.write(to: run.folder.plan, ExitStatus(plan.result))
      do { try await run.journal.keep(plan) } catch { throw JournaledRun.Problem(.failed, error.description) }
    } catch {
      run.discard(in: store)
      throw error
    }
    return try await carryOut(consume plan, run)
  }

  /// A run whose plan was agreed to before.
  func goOn(_ run: JournaledRun) async throws(JournaledRun.Problem) -> ExitStatus {
    let plan = await stage.plan(at: Timestamp(microseconds: Int64(run.journal.began)), keepingInputsIn: run.journal, isAgain: true)
    // What ends the rehearsal ends the script as well, which tells it then: nothing is merged, and all is sent as it is written.
    if let excess = excess(of: plan) { throw JournaledRun.Problem(.refused, excess) }
    return try await carryOut(consume plan, run)
  }

  /// A run that a plan's file began: what was agreed to is in its journal. `calls` are those that the file tells of.
  func apply(_ run: JournaledRun, calls: [String: Int]?, in store: RunStore?) async throws(JournaledRun.Problem) -> ExitStatus {
    do throws(JournaledRun.Problem) {
      guard run.journal.holdsPlan else { throw JournaledRun.Problem(.failed, "the plan was not taken over whole; apply it again") }
      let plan = await stage.plan(at: Timestamp(microseconds: Int64(run.journal.began)), keepingInputsIn: run.journal, isAgain: true)
      if let error = plan.result.error { throw JournaledRun.Problem(ExitStatus(plan.result), "the plan cannot be rehearsed again: \(error.message)") }
      if let calls, Dictionary(plan.result.calls.map { ($0.verb, $0.count) }, uniquingKeysWith: +) != calls {
        throw JournaledRun.Problem(.refused, "this safesh makes another plan of the same script; 'safesh plan' shows it")
      }
      if let excess = excess(of: plan) { throw JournaledRun.Problem(.refused, excess) }
      console.target(target.name)
      console.messageText(PlanText(plan, color: console.colorsMessages).summary)
      do throws(ClientError) { try await check(plan) } catch { throw JournaledRun.Problem(error) }
      try? plan.write(to: run.folder.plan, ExitStatus(plan.result))
      run.journal.keepLasting(plan)
      return try await carryOut(consume plan, run)
    } catch {
      if run.record.state == .rehearsing { run.discard(in: store) }
      throw error
    }
  }

  private func excess(of plan: Plan) -> String? { plan.excess(over: options.guards.limits).map { "\($0); nothing was sent" } }

  /// Why the plan is not carried out; its message is nil where it was told already.
  private func refusal(of plan: Plan) -> (status: ExitStatus, message: String?)? {
    let text = PlanText(plan, color: console.colorsMessages)
    if let error = plan.result.error {
      let isShown = plan.isWhole && plan.mayChange
      if isShown { console.messageText(text.text) }
      console.error(error, in: plan.script)
      guard isShown else { return (ExitStatus(plan.result), "nothing was sent") }
      return (ExitStatus(plan.result), "the script would end like this, so nothing was sent; --direct sends its calls as far as it comes")
    }
    if let excess = excess(of: plan) {
      console.messageText(text.text)
      return (.refused, excess)
    }
    let question = RunQuestions(options: options, console: console, isInterrupted: { stage.interruption.isAsked })
    console.messageText(options.yes || !plan.mayChange ? text.summary : text.text)
    if !plan.mayChange { return nil }
    return question.refusal(of: plan, destroys: stage.script.program.effect == .destroy, on: target.name).map {
      (stage.interruption.isAsked ? .interrupted : .refused, $0)
    }
  }

  /// Whether the organization is still what the plan was made for: people think before they answer.
  func check(_ plan: Plan) async throws(ClientError) {
    if !plan.mayChange { return }
    let client = try await target.connectReading()
    let moved: OrganizationDifference
    do throws(ClientError) { moved = try await plan.moved(reading: client) } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
    if moved.isEmpty { return }
    console.messageText(DifferenceText(color: console.colorsMessages).lines(moved.lines[...]))
    throw ClientError(.refused, "this is other than when the plan was made, so nothing was sent; 'safesh plan' shows what would be done now")
  }

  func carryOut(_ plan: consuming Plan, _ run: JournaledRun) async throws(JournaledRun.Problem) -> ExitStatus {
    var run = run
    try run.carryOut(plan.id)
    return await script.evaluate(stage.script, stage.parameters, target, run, console, consume plan)
  }

  /// Reads back what the plan changed, and tells what is other than in the rehearsal.
  static func compare(_ plan: Plan, on target: Target, _ console: Console) async {
    do throws(ClientError) {
      let client = try await target.connectReading()
      let found: [String]
      do throws(ClientError) { found = try await plan.unlikeTwin(reading: client) } catch {
        await client.shutdown()
        throw error
      }
      await client.shutdown()
      if found.isEmpty { return console.message("the organization is as planned", .dim) }
      console.message("not as planned:", .warning)
      for line in found.prefix(shownDifferences) { console.message("  \(line)", .warning) }
      if found.count > shownDifferences { console.message("  … \(found.count - shownDifferences) more", .warning) }
    } catch { console.message("warning: what was done could not be read back: \(error.message)", .warning) }
  }

  private static let shownDifferences = 20
}

extension JournaledRun.Problem {
  init(_ error: ClientError) {
    self.init(error.kind == .unauthorized ? .notAuthenticated : error.kind == .refused ? .refused : .failed, error.message)
  }
}
