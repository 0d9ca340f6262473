/// Turns diagnostics into text with the place underlined.
public struct DiagnosticRenderer: Sendable {
  /// Lines longer than this are cut around the place.
  static let maximumLineWidth = 160
  /// Of a narrower terminal so much is used as well: less of a line tells nothing.
  private static let leastLineWidth = 20

  public var style: @Sendable (_ role: Role, _ text: String) -> String
  /// What a piece of the text is, for whoever colours it.
  public enum Role: Sendable { case error, warning, place, plain }

  /// How wide the terminal is; nil where the text goes elsewhere.
  private let columns: Int?

  /// `style` colours a part; the default leaves it plain.
  public init(columns: Int? = nil, style: @escaping @Sendable (Role, String) -> String = { $1 }) {
    self.columns = columns
    self.style = style
  }

  /// Two to four lines that end in a line feed.
  public func render(_ diagnostic: Diagnostic, in source: SourceFile) -> String {
    let head = style(diagnostic.severity == .error ? .error : .warning, "\(diagnostic.severity)[\(diagnostic.code.rawValue)]")
    return "\(head): \(diagnostic.message)\n" + place(diagnostic.span, diagnostic.hint, in: diagnostic.source ?? source)
  }

  /// An error of the run: its message, and the place in the script if it has one.
  public func render(_ error: RunError, in source: SourceFile) -> String {
    let lines = error.message.split(separator: "\n").map { "\(style(.error, "error")): \($0)\n" }.joined()
    guard let span = error.span else { return lines + (error.hint.map { "  \($0)\n" } ?? "") }
    return lines + place(span, error.hint, in: error.source ?? source)
  }

  /// The source line with the place underlined.
  private func place(_ span: Span, _ hint: String?, in source: SourceFile) -> String {
    let (line, column) = source.position(span.start)
    let range = source.lineRange(line)
    let before = Self.shown(source.text(range.start, min(span.start, range.end)))
    let inside = Self.shown(source.text(span.start, min(span.end, range.end)))
    let after = Self.shown(source.text(min(max(span.end, range.start), range.end), range.end))
    let margin = String(repeating: " ", count: String(line).count)
    // The last column stays free: terminals differ in what they do behind it.
    let width = columns.map { min(Self.maximumLineWidth, max(Self.leastLineWidth, $0 - margin.count - 6)) } ?? Self.maximumLineWidth
    let isWhole = before.unicodeScalars.count + inside.unicodeScalars.count + after.unicodeScalars.count <= width
    let cut = isWhole ? 0 : max(0, before.unicodeScalars.count - width / 2)
    let lead = cut > 0 ? "…" + Self.dropping(before, cut) : before
    let marked = Self.prefix(inside, width - lead.unicodeScalars.count)
    let room = width - lead.unicodeScalars.count - marked.unicodeScalars.count
    let tail = after.unicodeScalars.count > room ? Self.prefix(after, room) + "…" : after
    let marks = String(repeating: "^", count: max(1, marked.unicodeScalars.count))
    let pad = String(repeating: " ", count: lead.unicodeScalars.count)
    var text = "  \(source.name):\(line):\(column)\n"
    text += "  \(line) | \(lead)\(marked)\(tail)\n"
    text += "  \(margin) | \(pad)\(style(.place, marks))"
    if let hint { text += " \(hint)" }
    return text + "\n"
  }

  /// All of them, one below the other, with the lines of the source that they are about.
  public func render(_ diagnostics: [Diagnostic], in source: SourceFile) -> String {
    diagnostics.map { render($0, in: source) }.joined(separator: "\n")
  }

  /// Tabs as one space and other control characters as `?`, so that the underline stands where it should.
  private static func shown(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: scalars.append(" ")
      case 0..<32, 127..<160: scalars.append("?")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func dropping(_ text: String, _ count: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(count)))
  }

  private static func prefix(_ text: String, _ count: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(count)))
  }
}
