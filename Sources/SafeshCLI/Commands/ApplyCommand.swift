internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

struct Apply: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Carry out a plan that was kept.",
    discussion: """
      It is what 'safesh plan FILE --out plan.json' showed, with the script, inputs and lists of then. It is refused (status 5) when an object that it changes, \
      or a field that chose its rows, is not what it was, and when it was carried out before. Nothing is asked: whoever applies a plan has read it. \
      No plan keeps a secret: the variables that the script reads with secret("NAME") have to be set.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var guards: RunGuardOptions

  @Argument(help: ArgumentHelp("The plan.", valueName: "file"))
  var file: String

  func run() async -> ExitStatus {
    var options = options.run
    options.guards = guards.choices
    return await PlanApplication(options: options, path: file).run()
  }
}

/// Begins a run with what a plan was made from.
struct PlanApplication: Sendable {
  let options: RunOptions
  let path: String

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    do throws(JournaledRun.Problem) {
      let plan = try read()
      if let error = plan.error { throw JournaledRun.Problem(.refused, "the plan's script ends in an error: \(error)") }
      guard let store = RunStore(environment: ProcessInfo.processInfo.environment) else { throw JournaledRun.Problem.noPlace }
      try refuseSecondTime(plan, store)
      let (script, parameters) = try KeptScript(script: plan.script, uses: plan.used, parameters: plan.parameters).load(console)
      KeptScript.enter(plan.directory, console)
      let options = options.choosing(plan.target)
      return try await ScriptRun(options: options, source: .text(""), arguments: []).apply(plan, script, parameters, in: store, console)
    } catch {
      console.message("error: \(error.message)", .error)
      return error.status
    }
  }

  private func read() throws(JournaledRun.Problem) -> PlanFile {
    do throws(RunError) {
      let bytes = try InputFiles.read(path)
      do { return try PlanFile(json: bytes) } catch { throw RunError(.data, "\(path):\(error.description)") }
    } catch { throw JournaledRun.Problem(.usage, error.message) }
  }

  private func refuseSecondTime(_ plan: PlanFile, _ store: RunStore) throws(JournaledRun.Problem) {
    if let other = try store.run(of: plan, but: nil) { throw other }
  }
}

extension RunStore {
  /// Why a plan cannot be carried out once more: another run has it. Of two that begin at once the later one gives way.
  func run(of plan: PlanFile, but own: RunFolder?) throws(JournaledRun.Problem) -> JournaledRun.Problem? {
    if wasCarriedOut(plan.id) {
      return JournaledRun.Problem(.refused, "this plan was carried out by a run that 'safesh runs prune' removed; 'safesh plan' makes another")
    }
    let runs: [RunStore.Entry]
    do { runs = try all() } catch { throw JournaledRun.Problem(error) }
    for run in runs {
      guard case .success(let record) = run.record, record.plan == plan.id, own.map({ record.id < $0.id }) ?? true else { continue }
      let way = record.state == .finished ? "'safesh plan' makes another" : "'safesh resume \(record.id)' goes on with it"
      return JournaledRun.Problem(.refused, "this plan was carried out by the run \(record.id); \(way)")
    }
    return nil
  }
}
