/// What stands between two tokens: line ends, comments, semicolons.
struct LayoutGap {
  struct Comment {
    var text: String
    /// Line feeds before it; without any it stands behind a token.
    var lines: Int
  }

  var comments: [Comment] = []
  /// Line feeds before the token, after the last comment.
  var lines = 0
  var hasSemicolon = false

  var hasLine: Bool { lines > 0 || comments.contains { $0.lines > 0 } }

  static func trimmed(_ text: String) -> String {
    var bytes = text.utf8[...]
    while let last = bytes.last, " \t\r".utf8.contains(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The gaps before each token and after the last one.
  static func all(_ source: SourceFile, _ tokens: [(span: Span, isSeparator: Bool)], _ comments: [Span]) -> [LayoutGap] {
    var gaps: [LayoutGap] = []
    var gap = LayoutGap()
    var at = 0
    var next = 0
    // The first line of a script may name its interpreter, which the lexer passes over.
    if source.bytes.starts(with: "#!".utf8) {
      at = source.lineRange(1).end
      gap.comments.append(Comment(text: trimmed(source.text(0, at)), lines: 0))
    }
    func lines(_ start: Int, _ end: Int) -> Int {
      start < end ? source.bytes[start..<end].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } : 0
    }
    for (span, isSeparator) in tokens + [(Span(source.bytes.count, source.bytes.count), false)] {
      // Comments in the expressions of a text are part of the text.
      while next < comments.count, comments[next].start < at { next += 1 }
      while next < comments.count, comments[next].start < span.start {
        let before = gap.lines + lines(at, comments[next].start)
        gap.comments.append(Comment(text: trimmed(source.text(comments[next])), lines: before))
        gap.lines = 0
        at = comments[next].end
        next += 1
      }
      gap.lines += lines(at, span.start)
      at = span.end
      if isSeparator {
        gap.hasSemicolon = true
        continue
      }
      gaps.append(gap)
      gap = LayoutGap()
    }
    return gaps
  }
}
