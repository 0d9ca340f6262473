/// Lines as they come, for pipes and terminals that can do nothing. Prompts only a terminal.
public final class PlainLineEditor: LineEditor {
  private let options: LineEditorOptions
  private let hooks: EditorHooks
  private let prompts: Bool
  public let waker = EditorWaker()

  public init(options: LineEditorOptions, hooks: EditorHooks) {
    self.options = options
    self.hooks = hooks
    prompts = Terminal.isTerminal(0)
  }

  public func readEntry() -> LineResult {
    var text = ""
    while true {
      if prompts { Terminal.write((text.isEmpty ? hooks.prompt() : options.continuation).plain, to: 1) }
      guard let line = readLine(strippingNewline: true) else { return text.isEmpty ? .end : .entry(text) }
      text += text.isEmpty ? line : "\n" + line
      if hooks.isComplete(text) { return .entry(text) }
    }
  }

  public func beginCommand() {}
  public func endCommand() {}
  public func lendTerminal() {}
  public func takeTerminal() {}
  public func noteOutcome(_ outcome: String) {}
  public var historyEntries: [HistoryEntry] { [] }
  public func close() {}
}
