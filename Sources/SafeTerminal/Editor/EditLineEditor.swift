internal import CLibedit
internal import Glibc

/// The editor of a terminal: libedit turns keys into edits, all that is seen and all that waits is ours.
///
/// libedit runs on a private terminal of one row, where its own display can do no harm, and asks `nextKey` for every character. Before that
/// blocks, the screen is painted. Its functions that crash, draw or cut long lines are rebound to ours, whatever key they are on.
public final class EditLineEditor: LineEditor {
  /// Longer entries take no more text.
  static let maximumEntry = KeyReader.maximumPaste - 1

  enum Verdict { case editing, accepted, left }

  /// Who takes the keys: libedit, or what stands around the line for a while.
  enum Mode {
    case line
    case menu(CompletionMenu)
    case search(HistorySearch)
    case paste(PasteGate)
  }

  let options: LineEditorOptions
  let hooks: EditorHooks
  let terminal: RawTerminal
  private(set) var editor: OpaquePointer?
  var painter: ScreenPainter
  /// Whether the terminal breaks rows anew that a resize made too long.
  let rewraps: Bool
  var reader = KeyReader()
  /// Keys that libedit has not taken yet.
  var keys: [UInt32] = []
  var readKeys: [KeyReader.Key] = []
  var mode = Mode.line
  /// What the next private key does to the line: libedit's buffer must not grow while it asks for a key.
  var edit: (text: [UInt32], cursor: Int)?
  var verdict = Verdict.editing
  var signal: Int32?
  var bindings = ""
  let isVi: Bool
  var prompt = StyledText("")
  var history = EntryHistory()
  private let historyFile: HistoryFile?
  /// The entry that was read last and where in the file it is, until its outcome is told.
  private var noted: (entry: HistoryEntry, place: off_t?)?
  var undo = UndoStack()
  /// A line below the entry until the next key.
  var note: StyledText?
  /// Where nothing could be completed, which may change when the hooks learn more.
  var awaited: (text: [UInt32], cursor: Int)?
  /// The column that Up and Down keep to, and where they left the cursor.
  var goal: (column: Int, text: [UInt32], cursor: Int)?
  var beeps = false
  /// Typed digits of a repeat count; a count of millions would be inserted.
  var countDigits = 0
  var longest = 0
  var roomForYank = 1000

  init?(options: LineEditorOptions, hooks: EditorHooks, environment: [String: String]) {
    guard let terminal = RawTerminal() else { return nil }
    self.options = options
    self.hooks = hooks
    self.terminal = terminal
    let size = Terminal.size(1)
    painter = ScreenPainter(columns: size.columns, rows: size.rows, usesColor: options.usesColor)
    rewraps = Rewrapping.isKnown(environment)
    historyFile = options.historyFile.map { HistoryFile(path: $0) }
    let rc = KeyBindings.editrc(environment)
    isVi = rc.isVi
    if let lines = historyFile?.load() { history = EntryHistory(lines) }
    let me = Unmanaged.passUnretained(self).toOpaque()
    editor = clibedit_open(
      me,
      { client, key in
        guard let client, let key else { return 0 }
        return Unmanaged<EditLineEditor>.fromOpaque(client).takeUnretainedValue().nextKey(key)
      },
      { client, number in
        guard let client, let function = EditFunction(number: Int(number)) else { return EditResult.error }
        return Unmanaged<EditLineEditor>.fromOpaque(client).takeUnretainedValue().perform(function)
      })
    guard let editor else { return nil }
    bindings = KeyBindings.install(editor, isVi: isVi, editrc: rc.lines)
    terminal.open()
  }

  deinit { if let editor { clibedit_close(editor) } }

  /// Touches the terminal alone, since a signal closes the editor from a thread of its own.
  public func close() { terminal.close() }

  public func beginCommand() { terminal.runCommand() }

  public func endCommand() {
    measure()
    terminal.edit()
    // What was typed behind a command that was cancelled stands in the line, and Enter is pressed again.
    if Interrupts.isInterrupted, let text = TypedAhead.text(terminal.takeUnread() + TypedAhead.take()) { readKeys.append(.paste(text)) }
    Interrupts.reset()
  }

  public func lendTerminal() { terminal.lend() }

  public func takeTerminal() {
    measure()
    terminal.edit()
  }

  func measure() {
    let size = Terminal.size(1)
    (painter.columns, painter.rows) = (size.columns, size.rows)
  }

  public func readEntry() -> LineResult {
    guard let editor else { return .end }
    verdict = .editing
    mode = .line
    painter.forget()
    prompt = hooks.prompt()
    noted = nil
    var count: Int32 = 0
    let accepted = clibedit_edit(editor, &count)
    // NULL stands for the end and for an accepted line that is empty.
    guard verdict == .accepted || (verdict == .editing && accepted != nil) else {
      Terminal.write(painter.moveBelow(), to: 1)
      return signal.map { .signal($0) } ?? .end
    }
    var text = Array(UnsafeBufferPointer(start: accepted, count: max(0, Int(count))))
    // Some of vi's commands end by a newline of libedit's own.
    if verdict != .accepted, text.last == 10 { text.removeLast() }
    finish(text, "")
    undo.clear()
    history.leave()
    let entry = EntryText.string(text)
    if !text.isEmpty, let kept = hooks.historyText(entry) {
      let record = HistoryEntry(time: HistoryEntry.timestamp(time(nil)), outcome: nil, text: kept)
      noted = (record, historyFile?.append(record))
      history.add(record)
    }
    return .entry(entry)
  }

  public func noteOutcome(_ outcome: String) {
    guard let (entry, place) = noted else { return }
    noted = nil
    history.note(outcome)
    if let place { historyFile?.note(outcome, of: entry, at: place) }
  }

  public var historyEntries: [HistoryEntry] { history.records }
  public var waker: EditorWaker { terminal.waker }
}

/// Whether a terminal is known to break rows anew when it becomes narrower. Those that cut them are the rest.
enum Rewrapping {
  private static let variables = [
    "TMUX", "VTE_VERSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "ALACRITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION", "GHOSTTY_RESOURCES_DIR",
  ]
  private static let programs: Set<String> = ["iTerm.app", "Apple_Terminal", "vscode", "WezTerm", "ghostty"]

  static func isKnown(_ environment: [String: String]) -> Bool {
    variables.contains { !(environment[$0] ?? "").isEmpty } || programs.contains(environment["TERM_PROGRAM"] ?? "")
      || ["tmux", "alacritty", "foot", "xterm-kitty"].contains { (environment["TERM"] ?? "").hasPrefix($0) }
  }
}
