/// A line as it is typed: its pieces, what is wrong with its names, and what it will do if it is right.
public struct LineAnalysis {
  /// The pieces that are something, by byte offsets, in their order.
  public let roles: [(span: Span, role: Highlighter.Role)]
  /// Names that mean nothing. One that is not whole yet, at the end, is not among them.
  public let unknown: [Span]
  /// Nil while something is wrong with it.
  public let entry: PromptSession.Entry?

  /// Longer texts are pasted, not typed: they are checked when they run.
  private static let longest = 1 << 14

  public init(_ text: String, in session: PromptSession, schema: Schema) {
    roles = Highlighter.roles(text, schema: schema)
    guard text.utf8.count <= Self.longest else {
      (unknown, entry) = ([], nil)
      return
    }
    let source = SourceFile(name: "prompt", text: text)
    switch session.check(source, isTyped: true) {
    case .success(let entry):
      self.entry = entry
      unknown = []
    case .failure(let errors):
      entry = nil
      let end = text.utf8.count
      let found = errors.diagnostics.filter { $0.source == nil && $0.severity == .error && $0.code.isAboutName }.map(\.span)
      let completer = session.completer
      unknown = found.filter { span in
        if span.end == end { return completer.candidates(text, at: end).candidates.isEmpty }
        guard text.utf8.dropFirst(span.end).allSatisfy({ $0 == UInt8(ascii: " ") }) else { return true }
        // A verb that waits for what it is done to means something.
        let name = source.text(span)
        return !completer.candidates(text, at: span.end).candidates.contains { $0.text == name }
      }
    }
  }
}

extension Diagnostic.Code {
  /// Whether it is about a name that nothing has.
  var isAboutName: Bool {
    switch self {
    case .unknownName, .unknownField, .unknownCase, .unknownFunction, .unknownStage, .unknownArgument, .unknownType: true
    default: false
    }
  }
}
