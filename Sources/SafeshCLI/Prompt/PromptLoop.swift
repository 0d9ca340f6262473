internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// The prompt: entries one after another in one session, with its variables, its lists and its runs. It is confined to the task that runs it.
final class PromptLoop {
  let environment: [String: String]
  var options: RunOptions
  let console: Console
  private(set) var place: PromptPlace
  let schema = SecretSafeSchema.schema
  let session: PromptSession
  let interruption = Interruption()
  let secrets = KnownSecrets()
  private let foreground = Foreground()
  private let running = RunningCommand()
  private let passing = PassingRuns()
  private(set) var editor: (any LineEditor)?

  var log = SessionLog()
  var recording: Recording?
  /// The last line that was no command.
  var lastLine: String?
  var isTimed = false
  var tour: Tour?
  var isLeaving = false
  /// Whether lists that are at hand may be other than the organization's.
  private var hasWritten = false
  /// Whether a question of this entry was answered with no.
  var isDeclined = false

  init(_ options: RunOptions, environment: [String: String]) throws(ClientError) {
    self.options = options
    self.environment = environment
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    console.display.isPaged = true
    self.console = console
    place = try PromptPlace(options, environment: environment, observer: foreground.telling(console.observer), passing: passing)
    session = PromptSession(schema: SecretSafeSchema.schema, loader: InputFiles.loader)
    noteKey()
  }

  /// No line is kept that holds the key's own secret.
  private func noteKey() { if let secret = place.target.knownSecret(environment) { secrets.add(secret) } }

  func close() async {
    await place.target.close()
    passing.remove()
  }

  var isTerminal: Bool { Terminal.isTerminal(STDIN_FILENO) }

  // MARK: entries

  func run() async -> ExitStatus {
    Interrupts.install(RunningCommand.signals) { [running, interruption, console] signal, count in
      running.interrupt(signal, count, interruption, console)
    }
    if isTerminal { console.messageText(banner.map { $0.rendered(color: console.colorsMessages) + "\n" }.joined()) }
    let editor = makeLineEditor(options: editorOptions, hooks: PromptHooks(self).hooks, environment: environment)
    self.editor = editor
    let box = EditorBox(editor)
    running.setRestore { [passing] in
      box.editor.close()
      passing.remove()
    }
    defer {
      running.setRestore(nil)
      editor.close()
      self.editor = nil
    }
    beginFetching()
    var status = ExitStatus.done
    while !isLeaving {
      switch editor.readEntry() {
      case .end: isLeaving = true
      case .signal(let number): running.leave(number)
      case .entry(let text):
        guard !text.allSatisfy(\.isWhitespace) else { continue }
        editor.beginCommand()
        interruption.reset(console)
        console.forgetReports()
        isDeclined = false
        let started = ContinuousClock.now
        foreground.begin()
        let result = await perform(text)
        foreground.end()
        // Also of a line that was refused while the lists are fetched.
        console.endProgress()
        if isTimed { console.message(Self.time(ContinuousClock.now - started), .dim) }
        if status == .done { status = result }
        if hasWritten { renewLists() }
        hasWritten = false
        editor.endCommand()
        editor.noteOutcome(outcome(result))
      }
    }
    return isTerminal ? .done : status
  }

  /// The word for the history.
  private func outcome(_ status: ExitStatus) -> String {
    switch status {
    case .done: "ok"
    case .interrupted: "cancelled"
    case .refused where isDeclined: "declined"
    default: HistoryEntry.failed
    }
  }

  private func perform(_ text: String) async -> ExitStatus {
    if let (command, argument) = PromptCommand.parse(text, variables: session.variables.keys) {
      guard let command else {
        let name = text.prefix { !$0.isWhitespace }
        let nearest = Suggestion.nearest(to: String(name.dropFirst()), among: PromptCommand.all.map(\.name))
        console.message("there is no command '\(name)'" + (nearest.map { ", did you mean ':\($0)'?" } ?? "; :help lists them"), .error)
        return .usage
      }
      let status = await command.body(self, argument)
      noteForTour(text, status)
      return status
    }
    lastLine = text
    let result = await evaluate(text)
    noteForTour(text, result)
    return result
  }

  /// Checks and runs a line.
  func evaluate(_ text: String) async -> ExitStatus {
    let source = SourceFile(name: "prompt", text: text)
    switch session.check(source, in: LiveWorld(session: place.session, surroundings: surroundings)) {
    case .failure(let errors):
      tell(errors.diagnostics, in: source)
      return .usage
    case .success(let entry):
      // What was read leniently is shown as a script would have it.
      if entry.canonicalText != text { console.message("read as: \(entry.canonicalText)", .dim) }
      console.diagnostics(entry.warnings, in: source)
      return await run(entry)
    }
  }

  private func run(_ entry: PromptSession.Entry) async -> ExitStatus {
    guard entry.effect <= .read else { return await write(entry) }
    let result = await read(entry.script)
    session.take(entry, result)
    await noteDone(entry, result, nil)
    return ExitStatus(result)
  }

  /// Runs what changes nothing.
  func read(_ script: Script, _ parameters: [String: Value] = [:]) async -> RunResult {
    let world = LiveWorld(session: place.session, surroundings: surroundings)
    console.beginProgress()
    let result = await script.run(in: world, parameters: parameters)
    console.endProgress()
    if let error = result.error { console.error(error, in: script.program.source) }
    await place.lists.update()
    return result
  }

  private func write(_ entry: PromptSession.Entry) async -> ExitStatus {
    let outcome = await perform(entryWrite(entry.script, isScript: false))
    if let result = outcome.result {
      session.take(entry, result)
      await noteDone(entry, result, outcome.run)
    }
    return outcome.status
  }

  func entryWrite(_ script: Script, isScript: Bool) -> EntryWrite {
    EntryWrite(
      script: script, isScript: isScript, place: place, options: options, environment: environment, console: console, interruption: interruption,
      readsSecret: readsSecret)
  }

  /// Carries out what changes something, and remembers the run.
  ///
  /// - Parameter undoes: the run that it takes back.
  func perform(_ write: EntryWrite, undoes: RunRecord? = nil) async -> EntryWrite.Outcome {
    console.beginProgress()
    let outcome = await write.run()
    console.endProgress()
    isDeclined = outcome.isDeclined
    let way = outcome.run == nil || undoes != nil ? "" : write.script.program.effect == .destroy ? "; :undo brings back what can be" : "; :undo takes it back"
    if let result = outcome.result, !console.done(result, way), outcome.status == .done, undoes == nil { console.message("unchanged", .dim) }
    if let run = outcome.run, undoes == nil, hasChanged(run, outcome.result) { log.changed(run) }
    if let undoes {
      switch outcome.status {
      case .done:
        log.tookBack(undoes.id, whichTookBack: undoes.undoes)
        recording?.log.tookBack(undoes.id, whichTookBack: undoes.undoes)
      case .rowsFailed: log.leave(undoes.id)
      default: break
      }
      writeRecording()
    }
    await place.lists.update()
    hasWritten = true
    return outcome
  }

  /// Whether a run has something to take back. A call that failed may have come half of its way.
  private func hasChanged(_ run: RunID, _ result: RunResult?) -> Bool {
    if result?.calls.isEmpty == false { return true }
    guard let folder = try? place.store(environment)?.find(run.description), let undo = try? UndoScript(folder) else { return false }
    return undo.text != nil || !undo.lost.isEmpty
  }

  private func noteDone(_ entry: PromptSession.Entry, _ result: RunResult, _ run: RunID?) async {
    await place.lists.update()
    guard result.error == nil, result.failedRows == 0 else { return }
    let done = SessionScript.Entry(text: entry.canonicalText, changes: result.changes)
    log.worked(done, run)
    recording?.log.worked(done, run)
    writeRecording()
  }

  // MARK: what a run may use

  var surroundings: Surroundings {
    let (console, interruption, options) = (console, interruption, options)
    var surroundings = Surroundings(
      openInput: { path throws(RunError) in try InputFiles.open(path) },
      saveOutput: { path, contents throws(RunError) in try console.save(path, contents) },
      environment: ProcessEnvironment.variable, now: Int(Date().timeIntervalSince1970 * 1_000_000), isInterrupted: { interruption.isAsked },
      confirm: { _ in options.yes }, emit: { console.emit($0) })
    surroundings.secret = readsSecret
    return surroundings
  }

  /// Secrets are remembered, so that no line is kept that holds one.
  var readsSecret: @Sendable (String) -> String? {
    { [secrets] name in
      let value = ProcessEnvironment.variable(name)
      if let value { secrets.add(value) }
      return value
    }
  }

  // MARK: choices

  /// Goes to another organization.
  func choose(_ options: RunOptions) async throws(ClientError) {
    let place = try PromptPlace(options, environment: environment, observer: foreground.telling(console.observer), passing: passing)
    await self.place.target.close()
    self.options = options
    self.place = place
    noteKey()
    beginFetching()
  }

  func tell(_ diagnostics: [Diagnostic], in source: SourceFile) {
    console.diagnostics(diagnostics, in: source)
    guard let first = diagnostics.first(where: { $0.severity == .error }) else { return }
    console.message(":help \(HelpText.topic(of: first, in: source, HelpIndex(schema))) tells more", .dim)
  }

  private static func time(_ duration: Duration) -> String {
    let milliseconds = Double(duration.components.seconds) * 1_000 + Double(duration.components.attoseconds) / 1e15
    return milliseconds < 10 ? "\((milliseconds * 100).rounded() / 100) ms" : milliseconds < 10_000 ? "\(Int(milliseconds)) ms" : "\(Int(milliseconds / 100) / 10) s"
  }
}
