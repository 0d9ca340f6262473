internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// `safesh` alone: makes a prompt, and ends with the status of its first entry that went wrong.
struct PromptRun: Sendable {
  let options: RunOptions

  func run() async -> ExitStatus {
    Terminal.useLocale()
    let environment = ProcessInfo.processInfo.environment
    let prompt: PromptLoop
    do throws(ClientError) { prompt = try PromptLoop(options, environment: environment) } catch {
      Console(options: options, schema: SecretSafeSchema.schema).message("error: \(error.message)", .error)
      return .notAuthenticated
    }
    let status = await prompt.run()
    await prompt.close()
    return status
  }
}

/// What signals do while a command runs: Ctrl-C asks it to stop, the others leave.
final class RunningCommand: Sendable {
  static let signals: [Int32] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT]

  private let restore = Mutex<(@Sendable () -> Void)?>(nil)

  func setRestore(_ body: (@Sendable () -> Void)?) { restore.withLock { $0 = body } }

  func interrupt(_ signal: Int32, _ count: Int, _ interruption: Interruption, _ console: Console) {
    switch signal {
    case SIGWINCH, SIGCONT: break
    case SIGINT where count == 1: interruption.ask(console)
    default: leave(signal)
    }
  }

  /// Gives the terminal back and ends the process.
  func leave(_ signal: Int32) -> Never {
    restore.withLock { $0 }?()
    exit(signal == SIGINT ? ExitStatus.interrupted.rawValue : 128 + signal)
  }
}

/// The editor for the closure that a signal calls, which touches nothing but the terminal's modes.
final class EditorBox: @unchecked Sendable {
  let editor: any LineEditor
  init(_ editor: any LineEditor) { self.editor = editor }
}
