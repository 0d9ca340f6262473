internal import CLibedit
internal import Glibc

/// The editor of a terminal: libedit turns keys into edits, all that is seen and all that waits is ours.
///
/// libedit runs on a private terminal of one row, where its own display can do no harm, and asks `nextKey` for every character. Before that
/// blocks, the screen is painted. Its functions that crash, draw or cut long lines are rebound to ours, whatever key they are on.
public final class EditLineEditor: LineEditor {
  /// Longer entries take no more text.
  static let maximumEntry = 1 << 20

  private enum Verdict { case editing, accepted, left }

  let options: LineEditorOptions
  let hooks: EditorHooks
  let terminal: RawTerminal
  private var editor: OpaquePointer?
  private var painter: ScreenPainter
  private var reader = KeyReader()
  /// Keys that libedit has not taken yet.
  private var keys: [UInt32] = []
  private var readKeys: [KeyReader.Key] = []
  private var pasted: [UInt32]?
  private var verdict = Verdict.editing
  private var signal: Int32?
  private var bindings = ""
  private let isVi: Bool
  var history = EntryHistory()
  private let historyFile: HistoryFile?
  private var records: [HistoryEntry] = []
  /// Where in the file the latest entry is, until its outcome is told.
  private var noted: (entry: HistoryEntry, place: off_t?)?
  private var prompt = StyledText("")
  var undo = UndoStack()
  var below: [StyledText] = []
  /// Shown in place of the line while something is looked for.
  private var overlay: (text: [UInt32], cursor: Int, match: Range<Int>)?
  private var beeps = false
  /// Typed digits of a repeat count; a count of millions would be inserted.
  private var countDigits = 0
  var longest = 0
  var roomForYank = 1000

  init?(options: LineEditorOptions, hooks: EditorHooks, environment: [String: String]) {
    guard let terminal = RawTerminal() else { return nil }
    self.options = options
    self.hooks = hooks
    self.terminal = terminal
    let size = Terminal.size(1)
    painter = ScreenPainter(columns: size.columns, rows: size.rows, usesColor: options.usesColor)
    historyFile = options.historyFile.map { HistoryFile(path: $0) }
    let rc = KeyBindings.editrc(environment)
    isVi = rc.isVi
    records = historyFile?.load() ?? []
    for entry in records { history.add(entry.text.unicodeScalars.map(\.value)) }
    let me = Unmanaged.passUnretained(self).toOpaque()
    editor = clibedit_open(
      me,
      { client, key in
        guard let client, let key else { return 0 }
        return Unmanaged<EditLineEditor>.fromOpaque(client).takeUnretainedValue().nextKey(key)
      },
      { client, number in
        guard let client, let function = EditFunction(rawValue: Int(number)) else { return EditResult.error }
        return Unmanaged<EditLineEditor>.fromOpaque(client).takeUnretainedValue().perform(function)
      })
    guard let editor else { return nil }
    bindings = KeyBindings.install(editor, isVi: isVi, editrc: rc.lines)
    Interrupts.forwardToEditor(terminal.waker.writing)
    terminal.edit()
  }

  public func close() {
    Interrupts.forwardToEditor(-1)
    terminal.restore()
    if let editor { clibedit_close(editor) }
    editor = nil
  }

  public func beginCommand() {
    Interrupts.forwardToEditor(-1)
    terminal.runCommand()
  }

  public func endCommand() {
    Interrupts.forwardToEditor(terminal.waker.writing)
    let size = Terminal.size(1)
    (painter.columns, painter.rows) = (size.columns, size.rows)
    terminal.edit()
  }

  public func lendTerminal() {
    Interrupts.forwardToEditor(-1)
    terminal.restore()
  }

  public func takeTerminal() { endCommand() }

  public func readEntry() -> LineResult {
    guard let editor else { return .end }
    verdict = .editing
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
    let entry = Self.string(text)
    if !text.isEmpty, let kept = hooks.historyText(entry) {
      let record = HistoryEntry(time: HistoryEntry.timestamp(time(nil)), outcome: nil, text: kept)
      records.append(record)
      noted = (record, historyFile?.append(record))
      history.add(kept.unicodeScalars.map(\.value))
    }
    return .entry(entry)
  }

  public func noteOutcome(_ outcome: String) {
    guard let (entry, place) = noted else { return }
    noted = nil
    records[records.count - 1].outcome = outcome
    if let place { historyFile?.note(outcome, of: entry, at: place) }
  }

  public var historyEntries: [HistoryEntry] { records }
  public var waker: EditorWaker { terminal.waker }

  // MARK: the line

  /// The line being edited.
  var line: (text: [UInt32], cursor: Int) {
    guard let editor else { return ([], 0) }
    var count: Int32 = 0
    var cursor: Int32 = 0
    guard let start = clibedit_line(editor, &count, &cursor) else { return ([], 0) }
    return (Array(UnsafeBufferPointer(start: start, count: Int(count))), Int(cursor))
  }

  func insert(_ text: [UInt32]) -> UInt8 {
    guard let editor, !text.isEmpty, line.text.count + text.count <= Self.maximumEntry else { return EditResult.error }
    return clibedit_insert(editor, text.map { $0 == 0 ? 32 : $0 } + [0]) == 0 ? EditResult.refresh : EditResult.error
  }

  /// Replaces the whole line. `el_deletestr` would overwrite the kill buffer; for an empty line there is only the fatal result.
  func set(_ text: [UInt32], cursor: Int) -> UInt8 {
    guard let editor, !text.isEmpty else { return EditResult.fatal }
    clibedit_replace(editor, text.map { $0 == 0 ? 32 : $0 } + [0])
    clibedit_move(editor, Int32(cursor - line.cursor))
    return EditResult.refresh
  }

  func move(to place: Int) -> UInt8 {
    guard let editor else { return EditResult.error }
    clibedit_move(editor, Int32(place - line.cursor))
    return EditResult.cursor
  }

  func press(_ keys: [UInt32]) -> UInt8 {
    if let editor { clibedit_push(editor, keys + [0]) }
    return EditResult.normal
  }

  func quoted() -> UInt32? {
    guard let editor else { return nil }
    var key: UInt32 = 0
    return clibedit_get(editor, &key) == 1 ? key : nil
  }

  func takePaste() -> [UInt32] {
    defer { pasted = nil }
    return pasted ?? []
  }

  func accept() -> UInt8 {
    verdict = .accepted
    return EditResult.newline
  }

  func leave() -> UInt8 {
    verdict = .left
    return EditResult.endOfFile
  }

  static func string(_ text: [UInt32]) -> String {
    var scalars = String.UnicodeScalarView()
    for value in text { scalars.append(Unicode.Scalar(value) ?? "\u{fffd}") }
    return String(scalars)
  }

  // MARK: the screen

  private func model() -> ScreenModel {
    let (text, cursor) = overlay.map { ($0.text, $0.cursor) } ?? line
    var model = ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: cursor)
    let string = Self.string(text)
    model.styles = styles(text, string)
    if let match = overlay?.match { for index in match where index < model.styles.count { model.styles[index] = .selected } }
    if overlay == nil, cursor == text.count { model.hint = hint }
    model.right = hooks.rightPrompt(string)
    model.below = below
    return model
  }

  /// A style for each character, from spans over bytes.
  private func styles(_ text: [UInt32], _ string: String) -> [Style] {
    let spans = hooks.highlight(string)
    guard !spans.isEmpty else { return [] }
    var styles = [Style](repeating: .plain, count: string.utf8.count + 1)
    for span in spans { for byte in span.range.clamped(to: 0..<styles.count) { styles[byte] = span.style } }
    var byte = 0
    return text.map { value in
      defer { byte += Unicode.Scalar(value).map { UTF8.width($0) } ?? 3 }
      return styles[min(byte, styles.count - 1)]
    }
  }

  var hint: [UInt32] {
    let text = line.text
    return history.hint(for: text) ?? hooks.hint(Self.string(text))?.unicodeScalars.map(\.value) ?? []
  }

  private func refresh() {
    Terminal.write(painter.paint(model()) + (beeps ? "\u{7}" : ""), to: 1)
    beeps = false
  }

  /// Leaves the whole entry on the screen and goes to the row below.
  func finish(_ text: [UInt32], _ after: String) {
    below = []
    var model = ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: text.count)
    model.styles = styles(text, Self.string(text))
    Terminal.write(painter.paint(model, isFinal: true) + after + "\r\n", to: 1)
    painter.forget()
  }

  func clearScreen() {
    Terminal.write("\u{1b}[H\u{1b}[2J", to: 1)
    painter.forget()
  }

  // MARK: keys

  /// What libedit calls for a character: 1, or 0 at the end.
  private func nextKey(_ key: UnsafeMutablePointer<UInt32>) -> Int32 {
    if keys.isEmpty {
      let (text, cursor) = line
      longest = max(longest, text.count)
      undo.remember(text, cursor)
      guard fillKeys() else {
        verdict = .left
        return 0
      }
    }
    key.pointee = keys.removeFirst()
    return 1
  }

  /// Waits for a key that libedit is to have.
  private func fillKeys() -> Bool {
    while keys.isEmpty {
      guard let key = readKey() else { return false }
      if !below.isEmpty, overlay == nil { below = [] }
      give(key)
    }
    return true
  }

  /// One key of the terminal, painting before it waits; nil at the end.
  private func readKey() -> KeyReader.Key? {
    while readKeys.isEmpty {
      if reader.patience == nil, !terminal.hasMore { refresh() }
      switch terminal.read(milliseconds: reader.patience) {
      case .byte(let byte): readKeys += reader.feed(byte)
      case .timeout: readKeys += reader.timeout()
      case .signal(let number): if !take(number) { return nil }
      case .end: return nil
      }
    }
    return readKeys.removeFirst()
  }

  /// A signal while the prompt waits; false to leave.
  private func take(_ number: Int32) -> Bool {
    switch number {
    case Int32(EditorWaker.change): terminal.waker.take()
    case SIGWINCH, SIGCONT:
      if number == SIGCONT { terminal.edit() }
      let size = Terminal.size(1)
      Terminal.write(painter.resize(columns: size.columns, rows: size.rows), to: 1)
    case SIGINT: readKeys.append(.character(3))
    default:
      signal = number
      return false
    }
    return true
  }

  private func give(_ key: KeyReader.Key) {
    switch key {
    case .character(26): suspend()
    case .character(let value):
      countDigits = 0
      keys = [value]
    case .escape: if isVi { keys = [PrivateKey.escape] }
    case .alt(let value):
      if isVi {
        keys = [PrivateKey.escape, value]
      } else if value < 128 {
        countDigits = (48..<58).contains(value) ? countDigits + 1 : 0
        if countDigits <= 4 { keys = [27, value] }
      }
    case .sequence(let sequence): if KeyBindings.isBound(sequence, in: bindings) { keys = sequence }
    case .paste(let text):
      pasted = text
      keys = [PrivateKey.paste]
    }
  }

  private func suspend() {
    Terminal.write(painter.moveBelow(), to: 1)
    terminal.suspend()
    let size = Terminal.size(1)
    (painter.columns, painter.rows) = (size.columns, size.rows)
  }

  // MARK: search

  /// Ctrl-R: what is found stands in place of the line, the pattern below it. Any other key takes it and then acts.
  func search() -> UInt8 {
    var pattern: [UInt32] = []
    var found: (index: Int, at: Int)?
    var result = EditResult.normal
    loop: while true {
      let entry = found.map { history.entries[$0.index] } ?? line.text
      overlay = (entry, found?.at ?? line.cursor, (found?.at ?? 0)..<((found?.at ?? 0) + (found == nil ? 0 : pattern.count)))
      let missed = !pattern.isEmpty && found == nil
      below = [StyledText("\(missed ? "not found" : "search"): \(Self.string(pattern))", .dim)]
      guard let key = readKey() else {
        result = leave()
        break
      }
      switch key {
      case .character(18):
        if let next = history.search(pattern, before: found?.index ?? history.entries.count) { found = next } else { beeps = true }
      case .character(127), .character(8):
        if !pattern.isEmpty { pattern.removeLast() }
        found = history.search(pattern, before: history.entries.count)
      case .character(7): break loop
      case .character(3):
        readKeys.insert(key, at: 0)
        break loop
      case .character(let value) where value >= 32 && pattern.count < 250:
        pattern.append(value)
        found = history.search(pattern, before: found.map { $0.index + 1 } ?? history.entries.count)
      default:
        if key != .escape { readKeys.insert(key, at: 0) }
        if let found { result = set(history.entries[found.index], cursor: history.entries[found.index].count) }
        break loop
      }
    }
    overlay = nil
    below = []
    return result
  }
}
