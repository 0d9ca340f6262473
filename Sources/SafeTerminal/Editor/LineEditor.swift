public struct LineEditorOptions: Sendable {
  public var continuation: StyledText
  /// Kept between runs, with mode 0600; nil keeps nothing.
  public var historyFile: String?
  public var usesColor: Bool

  public init(continuation: StyledText, historyFile: String?, usesColor: Bool) {
    self.continuation = continuation
    self.historyFile = historyFile
    self.usesColor = usesColor
  }
}

public enum LineResult: Sendable, Equatable {
  case entry(String)
  /// Ctrl-D, or the end of the input.
  case end
  case signal(Int32)
}

/// Reads entries from a person or a pipe.
public protocol LineEditor: AnyObject {
  func readEntry() -> LineResult
  /// A command runs now: Ctrl-C is a signal again, and what is typed is kept for later.
  func beginCommand()
  func endCommand()
  /// The terminal is another program's for a while, as it was found.
  func lendTerminal()
  func takeTerminal()
  /// What came of the entry that was read last (`ok`, `error`, `cancelled`), for the history.
  func noteOutcome(_ outcome: String)
  /// All that is remembered, the latest last.
  var historyEntries: [HistoryEntry] { get }
  var waker: EditorWaker { get }
  /// Gives the terminal back as it was.
  func close()
}

extension LineEditor {
  /// What the hooks know has changed. From another thread it is `waker` that may be kept and called.
  public func wake() { waker.wake() }
}

/// The editor for where standard input comes from; plain without a terminal, with `TERM=dumb` or `SAFESH_PLAIN=1`.
public func makeLineEditor(options: LineEditorOptions, hooks: EditorHooks, environment: [String: String]) -> any LineEditor {
  let term = environment["TERM"] ?? ""
  let isPlain = term.isEmpty || term == "dumb" || !(environment["SAFESH_PLAIN"] ?? "").isEmpty
  if !isPlain, Terminal.isTerminal(0), Terminal.isTerminal(1), let editor = EditLineEditor(options: options, hooks: hooks, environment: environment) {
    return editor
  }
  return PlainLineEditor(options: options, hooks: hooks)
}
