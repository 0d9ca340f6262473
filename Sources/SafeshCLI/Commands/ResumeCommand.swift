internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

struct Resume: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a run that did not finish.",
    discussion: """
      Without an ID it is the last run that is not finished. The script, its parameters and inputs are those that the run began with, and what was answered \
      before is not asked again. Of a run that is finished it gives the status, without a request.

      What the journal says was sent, but not what became of it, is looked up before anything else is sent: nothing is done twice.

      No run keeps a secret: the variables that the script reads with secret("NAME") have to be set.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup var guards: RunGuardOptions

  @Flag(help: "Take up the rows that failed, at the call that failed.")
  var failed = false

  @Argument(help: ArgumentHelp("The run: its name, the beginning of it, or its last four letters.", valueName: "id"))
  var id: String?

  func run() async -> ExitStatus {
    var options = options.run
    options.guards = guards.choices
    return await RunResumption(options: options, id: id, isRetry: failed).run()
  }
}

/// Finds a run, and goes on with it.
struct RunResumption: Sendable {
  let options: RunOptions
  let id: String?
  let isRetry: Bool

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    do throws(JournaledRun.Problem) {
      guard let store = RunStore(environment: ProcessInfo.processInfo.environment) else {
        throw JournaledRun.Problem.noPlace
      }
      let folder = try folder(in: store, console)
      let record: RunRecord
      do { record = try folder.record() } catch { throw JournaledRun.Problem(error) }
      if record.mode == .entry {
        throw JournaledRun.Problem(
          .usage,
          "the run \(folder.id) was typed at the prompt, over what its variables held there, so it is not taken up; 'safesh undo \(folder.id)' takes back what it did")
      }
      if let other = try? store.undo(of: folder.id) {
        throw JournaledRun.Problem(.refused, "the run \(folder.id) was taken back, by \(other), so it does not go on; 'safesh undo \(other)' takes that back")
      }
      if record.state == .finished, !isRetry { return finished(folder, record, console) }
      return try await goOn(folder, record, console)
    } catch {
      console.message("error: \(error.message)", .error)
      return error.status
    }
  }

  private func folder(in store: RunStore, _ console: Console) throws(JournaledRun.Problem) -> RunFolder {
    let runs: [RunStore.Entry]
    do throws(RunStoreError) {
      if let id { return try store.find(id) }
      runs = try store.all()
    } catch { throw JournaledRun.Problem(error) }
    let taken = TakenBack(runs, in: store)
    let unfinished = runs.filter { $0.isUnfinished && taken.by($0.folder.id) == nil }.map(\.folder.id)
    let wanted = runs.first { entry in
      guard case .success(let record) = entry.record, record.mode != .entry, taken.by(record.id) == nil else { return false }
      return isRetry ? record.counts[.failed, default: 0] + record.counts[.notRun, default: 0] > 0 : record.state != .finished
    }
    let found = (wanted ?? runs.first)?.folder
    guard let folder = found else { throw JournaledRun.Problem(.usage, "there is no run to go on with; 'safesh run FILE' begins one") }
    let others = unfinished.filter { $0 != folder.id }.map(\.description)
    if !others.isEmpty { console.message("not finished either: \(others.joined(separator: ", "))", .dim) }
    return folder
  }

  private func finished(_ folder: RunFolder, _ record: RunRecord, _ console: Console) -> ExitStatus {
    let rows = LedgerStatus.allCases.compactMap { status in record.counts[status].map { "\($0) \(status.rawValue)" } }
    console.message("the run \(folder.id) is finished" + (rows.isEmpty ? "" : ": \(rows.joined(separator: ", "))"), .dim)
    return ExitStatus(rawValue: Int32(record.exitStatus ?? 0)) ?? .failed
  }

  private func goOn(_ folder: RunFolder, _ record: RunRecord, _ console: Console) async throws(JournaledRun.Problem) -> ExitStatus {
    let (script, parameters) = try KeptScript(script: record.script, uses: record.uses, parameters: record.parameters).load(console)
    KeptScript.enter(record.directory, console)
    let options = options.choosing(record.target)
    return try await ScriptRun(options: options, source: .text(""), arguments: []).takeUp(folder, record, script, parameters, isRetry: isRetry, console)
  }
}
