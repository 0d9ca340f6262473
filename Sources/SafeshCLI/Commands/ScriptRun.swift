internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeClient
internal import Synchronization

/// `safesh run` and `safesh -c`: checks a script, runs it, and ends with the status that tells how it went.
struct ScriptRun: Sendable {
  enum Source: Sendable {
    case file(String)
    case text(String)

    func read() throws(RunError) -> SourceFile {
      switch self {
      case .text(let text): SourceFile(name: "-c", text: text)
      case .file(let path): SourceFile(name: path == "-" ? "standard input" : path, bytes: try InputFiles.read(path))
      }
    }
  }

  let options: RunOptions
  let source: Source
  let arguments: [String]

  /// The script's own help, without running it.
  func help() -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    guard let (file, script) = checked(console) else { return .usage }
    console.data(ScriptHelp(path: file.name, program: script.program).text)
    return .done
  }

  /// The script, or nil after everything that is wrong with it was told.
  private func checked(_ console: Console) -> (SourceFile, Script)? {
    let file: SourceFile
    do { file = try source.read() } catch {
      console.message("safesh: \(error.message)", .error)
      return nil
    }
    do { return (file, try Script(file, schema: SecretSafeSchema.schema, loader: InputFiles.loader)) } catch {
      console.diagnostics(error.diagnostics, in: file)
      return nil
    }
  }

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    guard let (file, script) = checked(console) else { return .usage }
    let parameters: [String: Value]
    do { parameters = try ScriptParameters.parse(arguments, script.program.parameters) } catch {
      console.message("safesh: \(file.name): \(error.message)", .error)
      return .usage
    }
    return await run(script, parameters, console)
  }

  private func run(_ script: Script, _ parameters: [String: Value], _ console: Console) async -> ExitStatus {
    let environment = ProcessInfo.processInfo.environment
    // A script that asks for nothing needs no key, and no profile is read for it.
    guard script.program.effect > .pure else { return await evaluate(script, parameters, nil, console, environment) }
    let target: Target
    do {
      target = try Target(options, environment: environment, lifetime: nil, onWait: { console.message($0, .dim) }) { console.target($0) }
    } catch {
      console.message("error: \(error.message)", .error)
      return .notAuthenticated
    }
    if target.isReadOnly, script.program.effect > .read {
      console.message("error: the profile '\(target.shortName)' is read-only, and the script changes something; nothing was sent", .error)
      return .refused
    }
    let status = await evaluate(script, parameters, target, console, environment)
    await target.close()
    return status
  }

  private func evaluate(
    _ script: Script, _ parameters: [String: Value], _ target: Target?, _ console: Console, _ environment: [String: String]
  ) async -> ExitStatus {
    let interruption = Interruption()
    if script.program.effect > .pure { interruption.install(console) }
    let world = LiveWorld(
      session: SessionSource {
        guard let target else { throw ClientError(.unauthorized, "no organization is chosen") }
        return try await target.open()
      },
      surroundings: Surroundings(
        openInput: { path throws(RunError) in try InputFiles.open(path) },
        saveOutput: { path, contents throws(RunError) in try OutputFiles.save(path, toOutput: { console.data($0) }, contents) }, environment: environment,
        now: Int(Date().timeIntervalSince1970 * 1_000_000), isInterrupted: { interruption.isAsked }, confirm: { [options] _ in options.yes },
        emit: { console.emit($0) }))
    let result = await script.run(in: world, parameters: parameters)
    console.clearProgress()
    if let error = result.error { console.error(error, in: script.program.source) }
    return ExitStatus(result)
  }
}

extension ExitStatus {
  /// What ended the run decides.
  init(_ result: RunResult) {
    switch result.error?.reach {
    case nil: self = result.failedRows > 0 ? .rowsFailed : .done
    case .row: self = result.failedRows > 0 ? .rowsFailed : .failed
    case .unreachable: self = .failed
    case .unauthorized: self = .notAuthenticated
    case .stopped: self = .refused
    case .interrupted: self = .interrupted
    }
  }
}

/// Ctrl-C: once stops after the requests in flight, twice ends at once.
final class Interruption: Sendable {
  private let asked = Atomic<Bool>(false)

  var isAsked: Bool { asked.load(ordering: .relaxed) }

  func reset() {
    asked.store(false, ordering: .relaxed)
    Interrupts.reset()
  }

  func install(_ console: Console) {
    Interrupts.install { [self] _, _ in
      if isAsked {
        console.message("aborted; what was sent may have been done", .warning)
        exit(ExitStatus.interrupted.rawValue)
      }
      ask(console)
    }
  }

  func ask(_ console: Console) {
    asked.store(true, ordering: .relaxed)
    console.message("stopping after the requests in flight; Ctrl-C again aborts", .warning)
  }
}
