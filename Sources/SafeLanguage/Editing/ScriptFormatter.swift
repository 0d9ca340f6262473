/// Lays scripts out in the one form that all of them have: `safesh fmt`, and editors.
///
/// It works on tokens, with what the parser found them to be: what was written stays, only the space between changes. Where a line ends may
/// mean something, so the result is parsed again; if it did not mean the same, the source would be left as it is.
public enum ScriptFormatter {
  /// Pipelines, blocks and lists that go beyond are broken.
  public static let width = 100

  /// The source in its form; throws what is wrong with it if it cannot be read.
  public static func format(_ source: SourceFile) throws(ScriptErrors) -> String {
    let (text, isSame) = try laidOut(source)
    return isSame ? text : source.text(0, source.bytes.count)
  }

  /// The text, and whether it means what the source does.
  package static func laidOut(_ source: SourceFile, width: Int = ScriptFormatter.width) throws(ScriptErrors) -> (text: String, isSame: Bool) {
    let parsed = Parser.parse(source, marking: true)
    guard parsed.diagnostics.isEmpty else { throw ScriptErrors(source: source, diagnostics: parsed.diagnostics) }
    if let rest = parsed.marks.rest {
      let hint = "an argument that is more than a name or call stands in parentheses"
      throw ScriptErrors(source: source, diagnostics: [Diagnostic(.unexpected, "expected the end of the stage", rest, hint: hint)])
    }
    let text = settled(source, parsed, width)
    let again = Parser.parse(SourceFile(name: source.name, text: text), marking: true)
    let isSame = again.diagnostics.isEmpty && Outline.of(again) == Outline.of(parsed) && comments(again, text) == comments(parsed, source)
    return (text, isSame)
  }

  /// The layout of the layout, until it stays: where a comment breaks a line, what stands on it before may be broken anew.
  private static func settled(_ source: SourceFile, _ parsed: Parser.Parsed, _ width: Int) -> String {
    var layout = Layout(source, parsed)
    layout.breakLongLines(width)
    var text = layout.text
    for _ in 0..<8 {
      let next = SourceFile(name: source.name, text: text)
      let parsed = Parser.parse(next, marking: true)
      guard parsed.diagnostics.isEmpty, parsed.marks.rest == nil else { return text }
      var layout = Layout(next, parsed)
      layout.breakLongLines(width)
      if layout.text == text { return text }
      text = layout.text
    }
    return text
  }

  private static func comments(_ parsed: Parser.Parsed, _ text: String) -> [String] {
    comments(parsed, SourceFile(name: "", text: text))
  }

  private static func comments(_ parsed: Parser.Parsed, _ source: SourceFile) -> [String] {
    parsed.comments.map { LayoutGap.trimmed(source.text($0)) }
  }

  /// Applies what `check` can mend with certainty, again and again until nothing is left of that, but does not lay it out.
  public static func fixed(_ source: SourceFile, schema: Schema, loader: SourceLoader = .none) -> String {
    var source = source
    for _ in 0..<8 {
      let fixes = Checker.check(source, schema: schema, mode: .script, loader: loader).diagnostics.compactMap { $0.source == nil ? $0.fix : nil }
      if fixes.isEmpty { break }
      source = SourceFile(name: source.name, text: Fix.applied(fixes, to: source))
    }
    return source.text(0, source.bytes.count)
  }
}
