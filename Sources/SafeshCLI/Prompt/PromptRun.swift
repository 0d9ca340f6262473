internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeClient
internal import Synchronization

/// The prompt: entries one after another in one session, with its variables and its lists kept.
struct PromptRun: Sendable {
  /// A fetched list is good for so long.
  static let listLifetime: Duration = .seconds(60)

  let options: RunOptions

  func run() async -> ExitStatus {
    Terminal.useLocale()
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    console.display.isPaged = true
    let environment = ProcessInfo.processInfo.environment
    let target: Target
    do {
      target = try Target(options, environment: environment, lifetime: Self.listLifetime, observer: console.observer) { _ in }
    } catch {
      console.message("error: \(error.message)", .error)
      return .notAuthenticated
    }
    let interruption = Interruption()
    let running = RunningCommand()
    Interrupts.install(RunningCommand.signals) { signal, count in
      running.interrupt(signal, count, interruption, console)
    }
    let world = LiveWorld(
      session: SessionSource { try await target.open() },
      surroundings: Surroundings(
        openInput: { path throws(RunError) in try InputFiles.open(path) },
        saveOutput: { path, contents throws(RunError) in try OutputFiles.save(path, toOutput: { console.data($0) }, contents) },
        environment: ProcessEnvironment.variable,
        now: Int(Date().timeIntervalSince1970 * 1_000_000), isInterrupted: { interruption.isAsked },
        confirm: { [options] in options.yes || ["y", "yes"].contains(Question.ask("\($0) [y/N] ") ?? "") }, emit: { console.emit($0) }))
    let prompt = PromptLoop(
      target: target.name, shortTarget: target.shortName, options: options, console: console, world: world, interruption: interruption, running: running)
    let status = await prompt.run(environment)
    await target.close()
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
    default:
      restore.withLock { $0 }?()
      exit(signal == SIGINT ? ExitStatus.interrupted.rawValue : 128 + signal)
    }
  }
}

/// Reads, checks, runs, prints.
private struct PromptLoop {
  let target: String
  let shortTarget: String
  let options: RunOptions
  let console: Console
  let world: LiveWorld
  let interruption: Interruption
  let running: RunningCommand

  func run(_ environment: [String: String]) async -> ExitStatus {
    let schema = SecretSafeSchema.schema
    let session = PromptSession(schema: schema, loader: InputFiles.loader)
    let editor = makeLineEditor(options: editorOptions(environment), hooks: hooks(session, schema), environment: environment)
    let box = EditorBox(editor)
    running.setRestore { box.editor.close() }
    defer {
      running.setRestore(nil)
      editor.close()
    }
    if Terminal.isTerminal(STDIN_FILENO) {
      console.message("safesh on \(target): TAB completes, :help tells more, Ctrl-D leaves", .dim)
    }
    var status = ExitStatus.done
    while true {
      switch editor.readEntry() {
      case .end: return Terminal.isTerminal(STDIN_FILENO) ? .done : status
      case .signal(let number):
        editor.close()
        exit(128 + number)
      case .entry(let text):
        guard !text.allSatisfy(\.isWhitespace) else { continue }
        if let command = Self.command(in: text, variables: session.variables.keys) {
          editor.beginCommand()
          let goesOn = perform(command)
          editor.endCommand()
          if !goesOn { return .done }
          continue
        }
        editor.beginCommand()
        interruption.reset(console)
        let result = await evaluate(text, session)
        if status == .done { status = result }
        editor.endCommand()
        editor.noteOutcome(result == .done ? "ok" : result == .interrupted ? "cancelled" : "error")
      }
    }
  }

  private func evaluate(_ text: String, _ session: PromptSession) async -> ExitStatus {
    let source = SourceFile(name: "prompt", text: text)
    // What was read leniently is shown as a script would have it.
    let echo = { (entry: PromptSession.Entry) in
      if entry.canonicalText != text { console.message("read as: \(entry.canonicalText)", .dim) }
    }
    console.beginProgress()
    let outcome = await session.run(source, in: world, willRun: echo)
    console.endProgress()
    switch outcome {
    case .failure(let errors):
      console.diagnostics(errors.diagnostics, in: source)
      return .usage
    case .success((let result, let warnings)):
      console.diagnostics(warnings, in: source)
      if let error = result.error { console.error(error, in: source) }
      if !result.calls.isEmpty { console.message("done: " + result.calls.map { "\($0.verb) \($0.count)" }.joined(separator: ", "), .ok) }
      return ExitStatus(result)
    }
  }

  /// The command that an entry is. Those words that everybody tries first are one without the colon, too, unless they name a variable.
  private static func command(in text: String, variables: some Sequence<String>) -> String? {
    if text.hasPrefix(":") { return text }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 1, ["help", "quit", "exit"].contains(words[0]), !variables.contains(words[0]) else { return nil }
    return ":" + words[0]
  }

  /// `:quit` and the few that are there; false to leave.
  private func perform(_ text: String) -> Bool {
    switch text.split(whereSeparator: \.isWhitespace).first {
    case ":quit", ":q", ":exit": return false
    case ":more": console.more()
    case ":expand":
      if let shown = console.shown { console.expand(shown.value, shown.type) } else { console.message("there is nothing to show yet", .dim) }
    case ":help", ":h":
      console.message(Self.help)
    default:
      console.message("there is no command '\(text)'; :help lists them", .error)
    }
    return true
  }

  private static let help = """
    members | take 5                                the first five members
    members | where .status == confirmed and not .twoFactorEnabled
    groups["Engineering"].members | select .email   who is in a group
    members | summarize n = count() by .status | sort -.n
    events since: 24h | summarize n = count() by .type
    let admins = members | where .type == admin     a name for a result
    invite ann@acme.com type: user                  invites
    Other verbs: reinvite revoke restore update remove add drop create grant ungrant
    enable disable import
    TAB completes · Ctrl-R searches the history · Ctrl-C clears the line
    :quit or Ctrl-D leaves
    """

  private func editorOptions(_ environment: [String: String]) -> LineEditorOptions {
    let color = options.color.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
    return LineEditorOptions(
      continuation: StyledText("... ", .dim),
      historyFile: BaseDirectory.state.folder(in: environment).map { $0 + "/history" }, usesColor: color)
  }

  private func hooks(_ session: PromptSession, _ schema: Schema) -> EditorHooks {
    EditorHooks(
      prompt: { [shortTarget] in StyledText([(.bold, "safesh"), (.plain, " "), (.ok, shortTarget), (.plain, "> ")]) },
      isComplete: { $0.hasPrefix(":") || !SourceFile(name: "prompt", text: $0).isIncomplete },
      highlight: { text in
        if text.hasPrefix(":") { return [] }
        return Highlighter.roles(text, schema: schema).map { HighlightSpan($0.span.start..<$0.span.end, Style($0.role)) }
      },
      complete: { text, offset in
        let found = Completer(schema: schema, variables: session.variables).candidates(text, at: offset)
        return CompletionList(range: found.range, candidates: found.candidates.map { .init($0.text, help: $0.help) })
      },
      historyText: { text in
        if text.contains("secret(") || text.hasPrefix(" ") { return nil }
        guard !text.hasPrefix(":"), case .success(let entry) = session.check(SourceFile(name: "prompt", text: text)) else { return text }
        return entry.canonicalText
      })
  }
}

/// The editor for the closure that a signal calls, which touches nothing but the terminal's modes.
private final class EditorBox: @unchecked Sendable {
  let editor: any LineEditor
  init(_ editor: any LineEditor) { self.editor = editor }
}

extension Style {
  init(_ role: Highlighter.Role) {
    switch role {
    case .keyword, .stage: self = .keyword
    case .number: self = .number
    case .text: self = .text
    case .field: self = .field
    case .resource, .function: self = .name
    case .comment: self = .comment
    }
  }
}
