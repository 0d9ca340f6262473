internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// Rehearses a checked script on a twin of the target.
struct RehearsalRun: Sendable {
  let script: Script
  let parameters: [String: Value]
  let used: [SourceFile]
  /// Nil for a script that asks for nothing.
  let target: Target?
  let console: Console
  let interruption: Interruption
  /// Whether calls may be sent together.
  var merges = true
  /// Gets the secrets that the script asks for.
  var readsSecret: @Sendable (String) -> String? = ProcessEnvironment.variable

  /// The plan that comes of it.
  ///
  /// - Parameters:
  ///   - moment: the script's `now()`.
  ///   - journal: of the run that the plan is for: what the script reads from files is kept there.
  ///   - isAgain: the journal has what an earlier rehearsal was told.
  func plan(at moment: Timestamp, keepingInputsIn journal: RunJournal? = nil, isAgain: Bool = false) async -> Plan {
    AllocatedMemory.keepLittle()
    let output = TestOutput(schema: SecretSafeSchema.schema)
    var surroundings = Surroundings(
      openInput: { path throws(RunError) in try InputFiles.open(path) },
      saveOutput: { path, contents throws(RunError) in try OutputFiles.save(path, toOutput: { output.add(text: $0) }, contents) },
      environment: ProcessEnvironment.variable, now: Int(moment.microseconds), isInterrupted: { [interruption] in interruption.isAsked },
      emit: { [console] shown in
        // Its failed rows are told with the plan.
        switch shown {
        case .progress: console.emit(shown)
        case .report: break
        default: output.add(shown)
        }
      })
    surroundings.secret = readsSecret
    if let journal { surroundings.openInput = journal.inputs(surroundings) }
    let rehearsal = Rehearsal(
      script, parameters: parameters, pacing: target?.pacing ?? .none, surroundings: surroundings, merges: merges, again: isAgain ? journal : nil,
      fileIdentity: { path in path == "-" ? path : URL(fileURLWithPath: path).resolvingSymlinksInPath().path },
      live: { [target] in
        guard let target else { throw ClientError(.unauthorized, "no organization is chosen") }
        return try await target.connectReading()
      }, twin: { try await Twin($0) })
    var plan = await rehearsal.run()
    AllocatedMemory.giveBack()
    console.endProgress()
    plan.used = used
    plan.target = target?.name ?? ""
    plan.organization = target?.record
    plan.directory = FileManager.default.currentDirectoryPath
    plan.moment = moment
    plan.output = output.text
    return plan
  }
}
