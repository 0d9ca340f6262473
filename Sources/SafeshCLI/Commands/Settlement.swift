internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

/// Looks up what became of what a run sent and got no answer to: what takes the run back has to know it.
///
/// The script is evaluated over the journal, and stops in each row where the run did: nothing is sent, saved or shown.
struct Settlement {
  let folder: RunFolder
  let record: RunRecord
  private let script: Script
  private let parameters: [String: Value]
  private let console: Console

  /// Nil where nothing is open. What was typed at a prompt hangs on what its variables held, so that of it is only told.
  ///
  /// - Parameter isOnlyTold: of no run anything is looked up.
  init?(_ folder: RunFolder, _ record: RunRecord, _ console: Console, isOnlyTold: Bool = false) throws(JournaledRun.Problem) {
    (self.folder, self.record, self.console) = (folder, record, console)
    let unanswered: [String]
    do { unanswered = try RunJournal.unanswered(in: folder) } catch { throw JournaledRun.Problem(.failed, error.description) }
    if unanswered.isEmpty { return nil }
    if record.mode == .entry || isOnlyTold {
      for call in unanswered { console.message("nobody knows whether this was done, so it is left as it is: \(call)", .warning) }
      return nil
    }
    (script, parameters) = try KeptScript(script: record.script, uses: record.uses, parameters: record.parameters).load(console)
  }

  /// - Throws: where the organization cannot be looked at, or somebody does not want to wait.
  func run(on session: SessionSource, timeout: Duration) async throws(JournaledRun.Problem) -> ExitStatus {
    let run = try JournaledRun(folder, record, for: .settle, timeout)
    let interruption = Interruption()
    interruption.install(console)
    let surroundings = Surroundings(
      openInput: { path throws(RunError) in try InputFiles.open(path) }, saveOutput: { _, _ throws(RunError) in }, environment: ProcessEnvironment.variable,
      now: run.journal.began, isInterrupted: { interruption.isAsked }, confirm: { _ in true },
      emit: { [console] output in if case .warning = output { console.emit(output) } })
    let world = JournaledWorld(session: session, surroundings: surroundings, journal: run.journal)
    let result = await script.run(in: world, parameters: parameters)
    await run.journal.close()
    guard let error = result.error, ![.row, .stopped].contains(error.reach) else { return .done }
    throw JournaledRun.Problem(ExitStatus(result), "what the run \(folder.id) sent last is not known: \(error.message); nothing was taken back")
  }
}
