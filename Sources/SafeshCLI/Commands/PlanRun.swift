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

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    guard let (script, used) = checked(console) else { return .usage }
    let parameters: [String: Value]
    do { parameters = try ScriptParameters.parse(arguments, script.program.parameters) } catch {
      console.message("safesh: \(script.program.source.name): \(error.message)", .error)
      return .usage
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
      return error.kind == .invalid ? .usage : .notAuthenticated
    }
    let plan = await rehearsed(script, parameters, used, target, console, environment)
    await target?.close()
    return tell(plan, console)
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

  private func rehearsed(
    _ script: Script, _ parameters: [String: Value], _ used: [SourceFile], _ target: Target?, _ console: Console, _ environment: [String: String]
  ) async -> Plan {
    let interruption = Interruption()
    if script.program.effect > .pure { interruption.install(console) }
    let output = TestOutput(schema: SecretSafeSchema.schema)
    let now = Timestamp.now()
    let rehearsal = Rehearsal(
      script, parameters: parameters, pacing: target?.pacing ?? .none,
      surroundings: Surroundings(
        openInput: { path throws(RunError) in try InputFiles.open(path) },
        saveOutput: { path, contents throws(RunError) in try OutputFiles.save(path, toOutput: { output.add(text: $0) }, contents) },
        environment: ProcessEnvironment.variable, now: Int(now.microseconds), isInterrupted: { interruption.isAsked },
        emit: { shown in
          // Its failed rows are told with the plan.
          switch shown {
          case .progress: console.emit(shown)
          case .report: break
          default: output.add(shown)
          }
        }),
      fileIdentity: { path in path == "-" ? path : URL(fileURLWithPath: path).resolvingSymlinksInPath().path },
      live: {
        guard let target else { throw ClientError(.unauthorized, "no organization is chosen") }
        return try await target.connectReading()
      }, twin: { try await Twin($0) })
    var plan = await rehearsal.run()
    console.endProgress()
    plan.used = used
    plan.target = target?.name ?? ""
    plan.moment = now
    plan.output = output.text
    return plan
  }

  private func tell(_ plan: Plan, _ console: Console) -> ExitStatus {
    let status = ExitStatus(plan.result)
    let isData = options.output == .json
    console.data(
      isData ? String(decoding: plan.json(status: Int(status.rawValue), contents: false), as: UTF8.self) + "\n" : PlanText(plan, color: console.colorsOutput).text)
    if let error = plan.result.error { console.error(error, in: plan.script) }
    guard let out else { return status }
    do {
      // It has the content of inputs, so it is for nobody else.
      let bytes = plan.json(status: Int(status.rawValue), contents: true) + [UInt8(ascii: "\n")]
      let file = try FileReplacement(of: out, mode: .exactly(0o600))
      try file.write(bytes)
      try file.finish()
      console.message("plan: \(out)", .dim)
      return status
    } catch {
      console.message("safesh: '\(out)' cannot be written: \(error)", .error)
      return .failed
    }
  }
}
