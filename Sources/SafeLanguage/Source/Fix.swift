/// A text in place of another.
public struct Fix: Hashable, Sendable {
  public var span: Span
  public var text: String

  /// The source with all of these in it; of two that overlap the first.
  public static func applied(_ fixes: [Fix], to source: SourceFile) -> String {
    var text = ""
    var at = 0
    for fix in apart(fixes) {
      text += source.text(at, fix.span.start) + fix.text
      at = fix.span.end
    }
    return text + source.text(at, source.bytes.count)
  }

  /// In their order, of two that overlap the first.
  public static func apart(_ fixes: [Fix]) -> [Fix] {
    var kept: [Fix] = []
    for fix in fixes.sorted(by: { $0.span.start < $1.span.start }) where fix.span.start >= kept.last?.span.end ?? 0 { kept.append(fix) }
    return kept
  }
}
