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
  public struct Candidate: Sendable, Equatable {
    public var text: String
    /// A line of help.
    public var help: String

    /// As a menu shows it: without the blank that ends it where something follows.
    var label: String { text.hasSuffix(" ") ? String(text.dropLast()) : text }

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

/// The language behind an editor. All are asked between two keys, on the thread that reads, so they answer from what they know; what comes
/// later is told with `EditorWaker`.
public struct EditorHooks {
  /// What stands before an entry; asked anew before each.
  public var prompt: () -> StyledText
  /// Whether Enter runs the text; otherwise it begins a new line.
  public var isComplete: (String) -> Bool
  public var highlight: (String) -> [HighlightSpan]
  /// What could stand at a byte offset.
  public var complete: (String, Int) -> CompletionList
  /// What to show after the text's end where the history knows nothing: the rest of a signature.
  public var hint: (String) -> String?
  public var rightPrompt: (String) -> StyledText?
  /// What the history keeps of an entry; nil keeps nothing.
  public var historyText: (String) -> String?

  public init(
    prompt: @escaping () -> StyledText = { StyledText("> ") }, isComplete: @escaping (String) -> Bool,
    highlight: @escaping (String) -> [HighlightSpan] = { _ in [] },
    complete: @escaping (String, Int) -> CompletionList = { CompletionList(range: $1..<$1, candidates: []) },
    hint: @escaping (String) -> String? = { _ in nil }, rightPrompt: @escaping (String) -> StyledText? = { _ in nil },
    historyText: @escaping (String) -> String? = { $0 }
  ) {
    self.prompt = prompt
    self.isComplete = isComplete
    self.highlight = highlight
    self.complete = complete
    self.hint = hint
    self.rightPrompt = rightPrompt
    self.historyText = historyText
  }
}
