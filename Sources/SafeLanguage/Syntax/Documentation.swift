/// The `##` comments of a source, by what they are about.
struct Documentation {
  private struct Comment {
    let text: String
    let start: Int
    /// Whether it ends a line that begins with something else.
    let isTrailing: Bool
  }

  private let source: SourceFile
  private var lines: [Int: Comment] = [:]
  /// The last line of the block that opens the file; 0 if none does.
  private var openingEnd = 0
  /// The block of `##` lines that opens the file.
  private(set) var ofScript = ""

  init(_ comments: [(span: Span, text: String)], _ source: SourceFile, _ tokens: [Token]) {
    self.source = source
    for (span, text) in comments {
      let line = source.line(at: span.start)
      let before = source.text(source.lineRange(line).start, span.start)
      lines[line] = Comment(text: text, start: span.start, isTrailing: before.contains { !$0.isWhitespace })
    }
    guard let first = comments.first(where: { lines[source.line(at: $0.span.start)]?.isTrailing == false }),
      tokens.first.map({ first.span.start < $0.span.start }) == true
    else { return }
    var block: [String] = []
    var line = source.line(at: first.span.start)
    while let comment = lines[line], !comment.isTrailing {
      block.append(comment.text)
      openingEnd = line
      line += 1
    }
    ofScript = block.joined(separator: "\n")
  }

  /// The comment that ends a line of a statement, its first or its last, or stands in the lines above it. The block that opens the file is the script's; a
  /// `def` directly below it has it too.
  func of(_ span: Span, sharesOpening: Bool = false) -> String {
    let line = source.line(at: span.start)
    for place in [line, source.line(at: span.end)] {
      if let same = lines[place], same.start >= span.start { return same.text }
    }
    var block: [String] = []
    var above = line - 1
    while above > (sharesOpening ? 0 : openingEnd), let comment = lines[above], !comment.isTrailing {
      block.append(comment.text)
      above -= 1
    }
    return block.reversed().joined(separator: "\n")
  }
}
