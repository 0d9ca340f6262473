internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

struct Undo: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take back what a run did.",
    discussion: """
      It is a run of its own, made from the journal: a script that is shown, rehearsed, asked for and journaled, and that 'resume' takes up. What cannot come \
      back is named, and then the status is 3 at best.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var guards: RunGuardOptions

  @Flag(help: "Print the script that takes the run back, and do nothing.")
  var script = false

  @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or its last four letters.", valueName: "id"))
  var id: String

  func run() async -> ExitStatus {
    var options = options.run
    options.guards = guards.choices
    return await UndoRun(options: options, id: id, printsScript: script).run()
  }
}

/// Makes the script that takes a run back, shows what it does, asks, and runs it.
struct UndoRun: Sendable {
  let options: RunOptions
  let id: String
  let printsScript: Bool

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    do throws(JournaledRun.Problem) {
      let (folder, record) = try find()
      if !printsScript { try refuse(folder.id) }
      try await settle(folder, record, console)
      // Nobody else takes it back, or goes on with it, meanwhile.
      let lock: RunLock
      do { lock = try folder.lock() } catch { throw JournaledRun.Problem(error) }
      defer { withExtendedLifetime(lock) {} }
      if !printsScript { try refuse(folder.id) }
      let undo: UndoScript
      do { undo = try UndoScript(folder) } catch { throw JournaledRun.Problem(.failed, error.description) }
      for reason in undo.lost { console.message("cannot come back: \(reason)", .warning) }
      guard let text = undo.text else {
        console.message("the run \(folder.id) changed nothing that can be taken back", .dim)
        return undo.lost.isEmpty ? .done : .rowsFailed
      }
      if printsScript {
        console.data(text)
        return .done
      }
      let status = try await take(back: text, of: folder, record, console)
      return status == .done && !undo.lost.isEmpty ? .rowsFailed : status
    } catch {
      console.message("error: \(error.message)", .error)
      return error.status
    }
  }

  private func find() throws(JournaledRun.Problem) -> (RunFolder, RunRecord) {
    guard let store = RunStore(environment: ProcessInfo.processInfo.environment) else { throw JournaledRun.Problem.noPlace }
    do throws(RunStoreError) {
      let folder = try store.find(id)
      return (folder, try folder.record())
    } catch { throw JournaledRun.Problem(error) }
  }

  private func refuse(_ id: RunID) throws(JournaledRun.Problem) {
    if let refusal = try? RunStore(environment: ProcessInfo.processInfo.environment)?.refusalToUndo(id) {
      throw JournaledRun.Problem(.refused, "\(refusal); nothing was sent")
    }
  }

  /// What was sent and not answered may have been done, and has to be taken back as well.
  private func settle(_ folder: RunFolder, _ record: RunRecord, _ console: Console) async throws(JournaledRun.Problem) {
    if let user = folder.user() { throw JournaledRun.Problem(.refused, "the process \(user) works on the run \(folder.id)") }
    guard let settlement = try Settlement(folder, record, console, isOnlyTold: printsScript) else { return }
    KeptScript.enter(record.directory, console)
    let status = await ScriptRun(options: options.choosing(record.target), source: .text(""), arguments: []).settle(settlement, console)
    // What went wrong was told.
    if status != .done { throw JournaledRun.Problem(status, "nothing was taken back") }
  }

  private func take(back text: String, of folder: RunFolder, _ record: RunRecord, _ console: Console) async throws(JournaledRun.Problem) -> ExitStatus {
    var options = options.choosing(record.target)
    let source = ScriptRun.Source.named(RunRecord.undoScript(of: folder.id), text)
    let (planned, plan) = await PlanRun(options: options, source: source, arguments: [], out: nil).shown()
    guard planned == .done || planned == .rowsFailed else { return planned }
    if plan?.changesNothingAndFails == true { throw JournaledRun.Problem.nothingLeft }
    guard options.yes || Question.canAsk else {
      throw JournaledRun.Problem(.refused, "to take a run back needs a yes: on a terminal, or by --yes; nothing was sent")
    }
    // What destroys asks for itself.
    let destroys = (try? Script(source.read(), schema: SecretSafeSchema.schema))?.program.effect == .destroy
    if !options.yes, !destroys, !Question.isYes(Question.ask("take back what the run \(folder.id) did on \(record.target.name)? [y/N] ")) {
      throw JournaledRun.Problem(Interrupts.toldOfInterrupt ? .interrupted : .refused, "nothing was sent")
    }
    // What is gone since then was shown, and keeps nothing else from being taken back.
    if let plan { options.guards.limits = options.guards.limits.agreed(to: plan) }
    return await ScriptRun(options: options, source: source, arguments: [], expected: record.target, isAlreadyPlanned: true, shown: plan).run()
  }
}

extension Plan {
  /// Whether nothing is left to do of what takes a run back: those whom it is about are gone.
  var changesNothingAndFails: Bool { changes == 0 && !mayChange && result.failedRows > 0 }
}

extension JournaledRun.Problem {
  static let nothingLeft = JournaledRun.Problem(.rowsFailed, "nothing of it can be taken back any more, so nothing was sent")
}
