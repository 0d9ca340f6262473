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
  let script: Script
  let parameters: [String: Value]
  let console: Console

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
