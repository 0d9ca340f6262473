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
      let before = source.bytes[source.lineRange(line).start..<span.start]
      lines[line] = Comment(text: text, start: span.start, isTrailing: !Self.isEmpty(before))
    }
    // A semicolon separates statements and is none.
    guard let first = comments.first(where: { lines[source.line(at: $0.span.start)]?.isTrailing == false }),
      tokens.first(where: { !$0.isSign(.semicolon) }).map({ first.span.start < $0.span.start }) == true
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

  /// Whether nothing of a script is in the bytes: space, semicolons between statements that are not there, and the mark of UTF-8 that some editors put first.
  private static func isEmpty(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { " \t\r;\u{feff}".utf8.contains($0) }
  }

  /// The comment of a statement: directly behind the first of these places that has one, or else in the lines above. It hangs on words and not on
  /// lines, for these may be laid out anew. The block that opens the file is the script's; a `def` directly below it has it too.
  func of(_ start: Int, behind ends: [Int], sharesOpening: Bool = false) -> String {
    ends.lazy.compactMap { behind($0) }.first ?? above(start, sharesOpening: sharesOpening)
  }

  private func behind(_ end: Int) -> String? {
    guard let comment = lines[source.line(at: end)], comment.start >= end, Self.isEmpty(source.bytes[end..<comment.start]) else { return nil }
    return comment.text
  }

  private func above(_ start: Int, sharesOpening: Bool) -> String {
    let line = source.line(at: start)
    guard Self.isEmpty(source.bytes[source.lineRange(line).start..<start]) else { return "" }
    var block: [String] = []
    var above = line - 1
    while above > (sharesOpening ? 0 : openingEnd), let comment = lines[above], !comment.isTrailing {
      block.append(comment.text)
      above -= 1
    }
    return block.reversed().joined(separator: "\n")
  }
}
