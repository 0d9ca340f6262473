/// Turns diagnostics into text with the place underlined.
public struct DiagnosticRenderer: Sendable {
  /// Lines longer than this are cut around the place.
  static let maximumLineWidth = 160
  /// So much is shown of any line.
  private static let leastLineWidth = 20

  /// Columns of the terminal where there is one: a line that goes on in the next row would part the underline from its place.
  public var columns: Int?
  /// Columns that a character takes.
  public var cells: @Sendable (Unicode.Scalar) -> Int = { _ in 1 }
  public var style: @Sendable (_ role: Role, _ text: String) -> String
  /// What a piece of the text is, for whoever colours it.
  public enum Role: Sendable { case error, warning, place, plain }

  /// `style` colours a part; the default leaves it plain.
  public init(style: @escaping @Sendable (Role, String) -> String = { $1 }) { self.style = style }

  /// Two to four lines that end in a line feed.
  public func render(_ diagnostic: Diagnostic, in source: SourceFile) -> String {
    let head = style(diagnostic.severity == .error ? .error : .warning, "\(diagnostic.severity)[\(diagnostic.code.rawValue)]")
    return "\(head): \(diagnostic.message)\n" + place(diagnostic.span, diagnostic.hint, in: diagnostic.source ?? source)
  }

  /// An error of the run: its message, and the place in the script if it has one.
  public func render(_ error: RunError, in source: SourceFile) -> String {
    let lines = error.message.split(separator: "\n").map { "\(style(.error, "error")): \($0)\n" }.joined()
    let rows = error.rows.map { "  in \($0)\n" }.joined()
    guard let span = error.span else { return lines + (error.hint.map { "  \($0)\n" } ?? "") + rows }
    return lines + place(span, error.hint, in: error.source ?? source) + rows
  }

  /// The source line with the place underlined.
  private func place(_ span: Span, _ hint: String?, in source: SourceFile) -> String {
    let (line, column) = source.position(span.start)
    let range = source.lineRange(line)
    let before = Self.shown(source.text(range.start, min(span.start, range.end)))
    let inside = Self.shown(source.text(span.start, min(span.end, range.end)))
    let after = Self.shown(source.text(min(max(span.end, range.start), range.end), range.end))
    let margin = String(repeating: " ", count: String(line).count)
    let width = columns.map { max(Self.leastLineWidth, min(Self.maximumLineWidth, $0 - margin.count - Self.frame)) } ?? Self.maximumLineWidth
    let lead = end(of: before, max(width / 2, width - total(inside) - total(after)))
    let shown = beginning(of: inside, width - total(lead), ending: "")
    let tail = beginning(of: after, max(0, width - total(lead) - total(shown)), ending: "…")
    let marks = String(repeating: "^", count: max(1, total(shown)))
    let pad = String(repeating: " ", count: total(lead))
    var text = "  \(source.name):\(line):\(column)\n"
    text += "  \(line) | \(lead)\(shown)\(tail)\n"
    text += "  \(margin) | \(pad)\(style(.place, marks))"
    guard let hint else { return text + "\n" }
    let left = margin.count + Self.frame - 1
    guard let columns, left + total(lead) + marks.count + 1 + total(hint) > columns else { return text + " \(hint)\n" }
    let indent = String(repeating: " ", count: left)
    return text + "\n" + lines(of: hint, columns - left).map { indent + $0 + "\n" }.joined()
  }

  /// A text over as many lines as it needs, parted at blanks.
  private func lines(of text: String, _ room: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, total(last) + 1 + total(String(word)) <= room { lines[lines.count - 1] = last + " " + word } else { lines.append(String(word)) }
    }
    return lines
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

  private func total(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + cells($1) } }

  /// The text, or as much of its end as there is room for behind `…`.
  private func end(of text: String, _ room: Int) -> String {
    guard total(text) > room else { return text }
    var taken = 1
    let kept = text.unicodeScalars.reversed().prefix { scalar in
      taken += cells(scalar)
      return taken <= room
    }
    return "…" + String(String.UnicodeScalarView(kept.reversed()))
  }

  /// The text, or as much of its beginning as there is room for.
  private func beginning(of text: String, _ room: Int, ending: String) -> String {
    guard total(text) > room else { return text }
    var taken = ending.unicodeScalars.count
    let kept = text.unicodeScalars.prefix { scalar in
      taken += cells(scalar)
      return taken <= room
    }
    return String(String.UnicodeScalarView(kept)) + (room > 0 ? ending : "")
  }

  /// What stands around the source on its line: `  1 | `, and a column that stays free.
  private static let frame = 6
}
