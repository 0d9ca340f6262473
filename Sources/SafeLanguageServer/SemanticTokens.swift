internal import SafeLanguage

/// The roles of a source's pieces in the protocol's form: five numbers for each, relative to the one before.
enum SemanticTokens {
  static let types = ["keyword", "number", "string", "property", "class", "function", "comment"]

  static func data(_ analysis: Analysis) -> [Int] {
    let source = analysis.source
    // A text has the pieces of its expressions in it, so the later one counts.
    var painted = [UInt8](repeating: 0, count: source.bytes.count)
    for (span, role) in analysis.roles {
      for at in span.start..<min(span.end, painted.count) { painted[at] = UInt8(type(role) + 1) }
    }
    var data: [Int] = []
    var last = (line: 0, character: 0)
    var position = UTF16Position(source)
    var at = 0
    while at < painted.count {
      let start = at
      let isLineEnd = source.bytes[at] == UInt8(ascii: "\n") || source.bytes[at] == UInt8(ascii: "\r")
      at += 1
      guard painted[start] > 0, !isLineEnd else { continue }
      while at < painted.count, painted[at] == painted[start], source.bytes[at] != UInt8(ascii: "\n"), source.bytes[at] != UInt8(ascii: "\r") { at += 1 }
      let begin = position.moved(to: start)
      let end = position.moved(to: at)
      data += [begin.line - last.line, begin.line == last.line ? begin.character - last.character : begin.character]
      data += [end.character - begin.character, Int(painted[start]) - 1, 0]
      last = begin
    }
    return data
  }

  private static func type(_ role: Highlighter.Role) -> Int {
    switch role {
    case .keyword, .stage: 0
    case .number: 1
    case .text: 2
    case .field: 3
    case .resource: 4
    case .function: 5
    case .comment: 6
    }
  }
}
