internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// The prompt: entries one after another in one session.
struct PromptRun: Sendable {
  let options: RunOptions

  func run() async -> ExitStatus { .done }
}
