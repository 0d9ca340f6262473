internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// Checks a script, rehearses it, and shows the plan that comes of it.
struct PlanRun: Sendable {
  let options: RunOptions
  let source: ScriptRun.Source
  let arguments: [String]
  /// Where the plan is kept.
  let out: String?

  func run() async -> ExitStatus { await shown().status }

  /// What came of it, with the plan if there is one.
  func shown() async -> (status: ExitStatus, plan: Plan?) {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    guard let (script, used) = checked(console) else { return (.usage, nil) }
    let parameters: [String: Value]
    do { parameters = try ScriptParameters.parse(arguments, script.program.parameters) } catch {
      console.message("safesh: \(script.program.source.name): \(error.message)", .error)
      return (.usage, nil)
    }
    let environment = ProcessInfo.processInfo.environment
    var target: Target?
    do {
      // A script that asks for nothing needs no key, and no profile is read for it.
      if script.program.effect > .pure {
        target = try Target(options, environment: environment, lifetime: nil, observer: console.observer) { console.target($0) }
      }
    } catch {
      console.message("error: \(error.message)", .error)
      return (error.kind == .invalid ? .usage : .notAuthenticated, nil)
    }
    let interruption = Interruption()
    if script.program.effect > .pure { interruption.install(console) }
    let stage = RehearsalRun(script: script, parameters: parameters, used: used, target: target, console: console, interruption: interruption)
    let plan = await stage.plan(at: .now())
    await target?.close()
    return (tell(plan, console), plan)
  }

  /// The script and the files that it uses, or nil after everything that is wrong was told.
  private func checked(_ console: Console) -> (Script, [SourceFile])? {
    let file: SourceFile
    do { file = try source.read() } catch {
      console.message("safesh: \(error.message)", .error)
      return nil
    }
    let used = Mutex<[SourceFile]>([])
    let loader = SourceLoader { path, user throws(RunError) in
      let file = try InputFiles.used(path, by: user)
      used.withLock { files in if !files.contains(file) { files.append(file) } }
      return file
    }
    do { return (try Script(file, schema: SecretSafeSchema.schema, loader: loader), used.withLock { $0 }) } catch {
      console.diagnostics(error.diagnostics, in: file)
      return nil
    }
  }

  private func tell(_ plan: Plan, _ console: Console) -> ExitStatus {
    let status = ExitStatus(plan.result)
    let isData = options.output == .json
    console.data(
      isData ? String(decoding: plan.json(status: Int(status.rawValue), contents: false), as: UTF8.self) + "\n" : PlanText(plan, color: console.colorsOutput).text)
    if let error = plan.result.error { console.error(error, in: plan.script) }
    guard let out else { return status }
    do throws(RunError) {
      try plan.write(to: out, status)
      let canBeApplied = plan.result.error == nil && plan.organization != nil
      console.message("plan: \(out)" + (canBeApplied ? "; 'safesh apply \(out)' carries it out" : ""), .dim)
      return status
    } catch {
      console.message("error: \(error.message)", .error)
      return .failed
    }
  }
}

extension Plan {
  /// It has the content of inputs, so it is for nobody else.
  func write(to path: String, _ status: ExitStatus) throws(RunError) {
    try OutputFiles.save(path, mode: .exactly(0o600), toOutput: { StandardOutput.write($0) }) { sink throws(RunError) in
      do { try write(status: Int(status.rawValue), contents: true) { try sink($0) } } catch { throw error as? RunError ?? RunError(.file, "\(error)") }
      try sink([UInt8(ascii: "\n")])
    }
  }
}
