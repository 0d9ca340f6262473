/// A piece of the text with a style; bytes are those of its UTF-8.
public struct HighlightSpan: Sendable {
  public var range: Range<Int>
  public var style: Style

  public init(_ range: Range<Int>, _ style: Style) {
    self.range = range
    self.style = style
  }
}

/// What could stand at the cursor.
public struct CompletionList: Sendable {
  public struct Candidate: Sendable {
    public var text: String
    /// A line of help.
    public var help: String

    public init(_ text: String, help: String = "") {
      self.text = text
      self.help = help
    }
  }

  /// The bytes that a candidate takes the place of.
  public var range: Range<Int>
  public var candidates: [Candidate]

  public init(range: Range<Int>, candidates: [Candidate]) {
    self.range = range
    self.candidates = candidates
  }

  /// What all candidates begin with.
  var commonPrefix: String {
    guard let first = candidates.first else { return "" }
    return candidates.dropFirst().reduce(first.text) { prefix, candidate in
      String(zip(prefix, candidate.text).prefix { $0 == $1 }.map(\.0))
    }
  }
}

/// The language behind an editor.
public struct EditorHooks {
  /// Whether Enter runs the text; otherwise it begins a new line.
  public var isComplete: (String) -> Bool
  public var highlight: (String) -> [HighlightSpan]
  /// What could stand at a byte offset.
  public var complete: (String, Int) -> CompletionList
  public var rightPrompt: (String) -> StyledText?
  /// What the history keeps of an entry; nil keeps nothing.
  public var historyText: (String) -> String?

  public init(
    isComplete: @escaping (String) -> Bool, highlight: @escaping (String) -> [HighlightSpan],
    complete: @escaping (String, Int) -> CompletionList, rightPrompt: @escaping (String) -> StyledText? = { _ in nil },
    historyText: @escaping (String) -> String? = { $0 }
  ) {
    self.isComplete = isComplete
    self.highlight = highlight
    self.complete = complete
    self.rightPrompt = rightPrompt
    self.historyText = historyText
  }
}

public struct LineEditorOptions: Sendable {
  public var prompt: StyledText
  public var continuation: StyledText
  /// Kept between runs, with mode 0600; nil keeps nothing.
  public var historyFile: String?
  public var usesColor: Bool

  public init(prompt: StyledText, continuation: StyledText, historyFile: String?, usesColor: Bool) {
    self.prompt = prompt
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
  /// Gives the terminal back as it was.
  func close()
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

/// Lines as they come, for pipes and terminals that can do nothing. Prompts only a terminal.
public final class PlainLineEditor: LineEditor {
  private let options: LineEditorOptions
  private let hooks: EditorHooks
  private let prompts: Bool

  public init(options: LineEditorOptions, hooks: EditorHooks) {
    self.options = options
    self.hooks = hooks
    prompts = Terminal.isTerminal(0)
  }

  public func readEntry() -> LineResult {
    var text = ""
    while true {
      if prompts { Terminal.write((text.isEmpty ? options.prompt : options.continuation).plain, to: 1) }
      guard let line = readLine(strippingNewline: true) else { return text.isEmpty ? .end : .entry(text) }
      text += text.isEmpty ? line : "\n" + line
      if hooks.isComplete(text) { return .entry(text) }
    }
  }

  public func beginCommand() {}
  public func endCommand() {}
  public func close() {}
}
