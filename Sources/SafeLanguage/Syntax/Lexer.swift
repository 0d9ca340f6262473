/// Source bytes to tokens. Works on UTF-8 bytes, never on `Character`, which is about a hundred times slower.
struct Lexer {
  /// Texts in texts in texts: each level costs stack in the lexer and the parser.
  static let maximumInterpolationDepth = 16

  let source: SourceFile
  private(set) var diagnostics: [Diagnostic] = []
  /// `##` comments by the offset where they begin.
  private(set) var documentation: [(span: Span, text: String)] = []
  private(set) var comments: [Span] = []
  private var foreignNames: Set<String> = []
  /// No address begins before this.
  var plainUntil = 0
  var at: Int
  private let end: Int
  private var depth = 0

  init(_ source: SourceFile) {
    self.source = source
    at = 0
    end = source.bytes.count
  }

  /// Every token up to the end, which is one itself.
  mutating func tokens() -> [Token] {
    if source.bytes.starts(with: "#!".utf8) { skipLine() }
    return tokens(untilClosingBrace: false)
  }

  private mutating func tokens(untilClosingBrace: Bool) -> [Token] {
    var tokens: [Token] = []
    var braces = 0
    while true {
      let before = at
      let line = skipSpace()
      let start = at
      let space = at > before || start == 0
      func token(_ kind: Token.Kind) -> Token {
        Token(kind: kind, span: Span(start, at), spaceBefore: space, lineBefore: line)
      }
      guard at < end else {
        tokens.append(token(.end))
        return tokens
      }
      if untilClosingBrace, braces == 0, byte(0) == UInt8(ascii: "}") {
        tokens.append(token(.end))
        return tokens
      }
      guard let kind = next() else { continue }
      if case .sign(.openBrace) = kind { braces += 1 }
      if case .sign(.closeBrace) = kind { braces -= 1 }
      tokens.append(token(kind))
    }
  }

  func byte(_ offset: Int) -> UInt8 { at + offset < end ? source.bytes[at + offset] : 0 }

  /// A name with letters that none has, told where it first stands.
  mutating func foreignName(_ start: Int) -> Token.Kind {
    while isWord(byte(0)) || byte(0) & 0xc0 == 0x80 || isForeignLetter(0) { at += 1 }
    let name = source.text(start, at)
    if foreignNames.insert(name).inserted {
      report(.badCharacter, "'\(name)' is no name", Span(start, at), hint: "names have letters from a to z, digits and '_'; text stands in quotes")
    }
    return .name(name)
  }

  mutating func report(_ code: Diagnostic.Code, _ message: String, _ span: Span, hint: String? = nil, incomplete: Bool = false) {
    var diagnostic = Diagnostic(code, message, span, hint: hint)
    diagnostic.isIncomplete = incomplete
    diagnostics.append(diagnostic)
  }

  /// Skips white space and comments; true if a line ended.
  private mutating func skipSpace() -> Bool {
    var line = false
    while at < end {
      switch source.bytes[at] {
      case UInt8(ascii: "\n"):
        line = true
        at += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): at += 1
      case 0xef where byte(1) == 0xbb && byte(2) == 0xbf && at == 0: at += 3
      case UInt8(ascii: "#"): skipComment()
      default: return line
      }
    }
    return line
  }

  private mutating func skipComment() {
    let start = at
    skipLine()
    comments.append(Span(start, at))
    guard source.bytes[start...].prefix(2).elementsEqual("##".utf8) else { return }
    var from = start + 2
    while from < at, source.bytes[from] == UInt8(ascii: " ") { from += 1 }
    var to = at
    while to > from, " \r\t".utf8.contains(source.bytes[to - 1]) { to -= 1 }
    documentation.append((Span(start, at), source.text(from, to)))
  }

  private mutating func skipLine() {
    while at < end, source.bytes[at] != UInt8(ascii: "\n") { at += 1 }
  }

  private mutating func next() -> Token.Kind? {
    let first = byte(0)
    if isWord(first) || isForeignLetter(0) { return literalOrWord() }
    if first == UInt8(ascii: "\"") { return text() }
    if first == UInt8(ascii: "'") { return rawText() }
    return sign()
  }

  private mutating func sign() -> Token.Kind? {
    if refuseProgram() { return nil }
    if let word = foreign() { return word }
    for length in [2, 1] where at + length <= end {
      if let sign = Sign(rawValue: source.text(at, at + length)) {
        at += length
        return .sign(sign)
      }
    }
    let start = at
    at += 1
    while at < end, source.bytes[at] & 0xc0 == 0x80 { at += 1 }
    let character = source.text(start, at)
    var hint: String?
    if character == "$" { hint = "variables have no '$'" }
    if let text = typographicText(start, character) { return text }
    if character == "~", start > 0, isWord(source.bytes[start - 1]) {
      hint = "addresses compare without case, of other texts compare .lower()"
    } else if character == "~", byte(0) != UInt8(ascii: "/") {
      report(.badCharacter, "'~' is no operator here", Span(start, at), hint: "write 'has' for a part of a text, or 'matches' for a pattern")
      return .keyword(.has)
    }
    if character == "\u{a0}" { hint = "write an ordinary space" }
    report(.badCharacter, "unexpected character '\(character)'", Span(start, at), hint: hint)
    return nil
  }

  private static let typographicQuotes: Set<String> = ["“", "”", "„", "‘", "’", "«", "»"]

  /// A text in the quotes of a word processor, up to the next of them on the line: told, and read as a text.
  private mutating func typographicText(_ start: Int, _ quote: String) -> Token.Kind? {
    guard Self.typographicQuotes.contains(quote) else { return nil }
    let contentStart = at
    var isClosed = false
    while at < end, source.bytes[at] != UInt8(ascii: "\n"), source.bytes[at] != UInt8(ascii: "\r") {
      // All of these quotes begin with one of two bytes.
      let length = source.bytes[at] == 0xc2 ? 2 : source.bytes[at] == 0xe2 ? 3 : 1
      if length > 1, at + length <= end, Self.typographicQuotes.contains(source.text(at, at + length)) {
        isClosed = true
        break
      }
      at += 1
    }
    let content = source.text(contentStart, at)
    if isClosed { at += source.bytes[at] == 0xc2 ? 2 : 3 }
    var diagnostic = Diagnostic(.badCharacter, "'\(quote)' is no quote here", Span(start, at), hint: "texts stand in straight quotes")
    if isClosed, !content.utf8.contains(where: { "\"\\{".utf8.contains($0) }) { diagnostic.fix = Fix(span: Span(start, at), text: "\"\(content)\"") }
    diagnostics.append(diagnostic)
    return .text(content.isEmpty ? [] : [.characters(content)])
  }

  /// A byte of a letter that no name has: the name is told once, and read as one.
  func isForeignLetter(_ offset: Int) -> Bool {
    guard byte(offset) >= 0x80 else { return false }
    return source.text(at + offset, min(at + offset + 4, source.bytes.count)).unicodeScalars.first.map(\.properties.isAlphabetic) == true
  }

  /// What other languages write for `and`, `or`, `not`: told, and read as that.
  private mutating func foreign() -> Token.Kind? {
    if byte(0) == UInt8(ascii: "<"), byte(1) == UInt8(ascii: ">") {
      let span = Span(at, at + 2)
      at += 2
      var diagnostic = Diagnostic(.badCharacter, "'<>' is no operator here", span, hint: "write '!='")
      diagnostic.fix = Fix(span: span, text: "!=")
      diagnostics.append(diagnostic)
      return .sign(.notEqual)
    }
    if let word = foreignComparison() { return word }
    let (keyword, length): (Keyword, Int)
    switch (byte(0), byte(1)) {
    case (UInt8(ascii: "&"), UInt8(ascii: "&")): (keyword, length) = (.and, 2)
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): (keyword, length) = (.or, 2)
    case (UInt8(ascii: "&"), _): (keyword, length) = (.and, 1)
    case (UInt8(ascii: "!"), let next) where next != UInt8(ascii: "="): (keyword, length) = (.not, 1)
    default: return nil
    }
    let span = Span(at, at + length)
    at += length
    var diagnostic = Diagnostic(.badCharacter, "'\(source.text(span))' is no operator here", span, hint: "write '\(keyword.rawValue)'")
    diagnostic.fix = Fix(span: span, text: keyword == .not ? "not " : keyword.rawValue)
    diagnostics.append(diagnostic)
    return .keyword(keyword)
  }

  /// `!cat file` where a source begins, as other prompts run a program: the line is told, and left out. Before what can only be a value, and before an operator or the line's end, it is a `not`.
  private mutating func refuseProgram() -> Bool {
    guard byte(0) == UInt8(ascii: "!"), isWord(byte(1)), source.bytes[..<at].allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) else { return false }
    var behind = at + 1
    while behind < end, isWord(source.bytes[behind]) { behind += 1 }
    if behind < end, ".([?=".utf8.contains(source.bytes[behind]) { return false }
    while behind < end, source.bytes[behind] == UInt8(ascii: " ") || source.bytes[behind] == UInt8(ascii: "\r") { behind += 1 }
    if behind == end || ["\n", ";", "#", "and ", "or ", "==", "!=", "&&", "||"].contains(where: { source.bytes[behind..<end].starts(with: $0.utf8) }) { return false }
    report(.badCharacter, "'!' runs no program here", Span(at, at + 1), hint: "a program is run outside of safesh; 'not' turns a condition round")
    skipLine()
    return true
  }

  /// `=~ !~ !contains` and their like, as Kusto has them: told, and read as what comes nearest.
  private mutating func foreignComparison() -> Token.Kind? {
    if byte(1) == UInt8(ascii: "~"), byte(0) == UInt8(ascii: "=") || byte(0) == UInt8(ascii: "!") {
      let (span, isEqual) = (Span(at, at + 2), byte(0) == UInt8(ascii: "="))
      at += 2
      report(
        .badCharacter, "'\(source.text(span))' is no operator here", span,
        hint: "write '\(isEqual ? "==" : "!=")': addresses compare without case, of other texts compare .lower()")
      return .sign(isEqual ? .equal : .notEqual)
    }
    guard byte(0) == UInt8(ascii: "!"), isWord(byte(1)) else { return nil }
    var end = at + 1
    while end < source.bytes.count, isWord(source.bytes[end]) { end += 1 }
    let own: [String: Keyword] = [
      "contains": .has, "has": .has, "startswith": .starts, "starts": .starts, "hasprefix": .starts, "endswith": .ends, "ends": .ends, "hassuffix": .ends, "in": .in,
    ]
    guard let keyword = own[source.text(at + 1, end)] else { return nil }
    let span = Span(at, end)
    at = end
    let hint = keyword == .in ? "write 'not in'" : "put 'not' before the comparison: not (.name \(keyword.rawValue) \"an\")"
    report(.badCharacter, "'\(source.text(span))' is no operator here", span, hint: hint)
    return .keyword(keyword)
  }

  // MARK: texts

  /// `"…"` and `"""…"""` with escapes and `{expression}`.
  private mutating func text() -> Token.Kind? {
    let start = at
    let long = byte(1) == UInt8(ascii: "\"") && byte(2) == UInt8(ascii: "\"")
    at += long ? 3 : 1
    var segments: [Token.Segment] = []
    var characters: [UInt8] = []
    func flush() {
      if !characters.isEmpty { segments.append(.characters(String(decoding: characters, as: UTF8.self))) }
      characters.removeAll()
    }
    while true {
      guard at < end, long || source.bytes[at] != UInt8(ascii: "\n") else {
        report(.openText, "this text is not closed", Span(start, at), hint: long ? "end it with \"\"\"" : "end it with \"", incomplete: long)
        return .text(segments)
      }
      switch source.bytes[at] {
      case UInt8(ascii: "\"") where !long:
        at += 1
        flush()
        return .text(segments)
      case UInt8(ascii: "\"") where byte(1) == UInt8(ascii: "\"") && byte(2) == UInt8(ascii: "\""):
        at += 3
        flush()
        return .text(Self.unindented(segments))
      case UInt8(ascii: "\\"): escape(into: &characters)
      case UInt8(ascii: "{"):
        flush()
        guard let code = interpolation() else { return .text(segments) }
        segments.append(.code(code))
      default:
        characters.append(source.bytes[at])
        at += 1
      }
    }
  }

  private mutating func interpolation() -> [Token]? {
    let start = at
    guard depth < Self.maximumInterpolationDepth else {
      report(.tooDeep, "texts nested more than \(Self.maximumInterpolationDepth) deep", Span(start, start + 1))
      at = end
      return nil
    }
    let reported = diagnostics.count
    at += 1
    depth += 1
    let code = tokens(untilClosingBrace: true)
    depth -= 1
    guard at < end else {
      // What follows is a text to the reader, whatever it looked like as code.
      diagnostics.removeSubrange(reported...)
      report(.openText, "this '{' in a text is not closed", Span(start, start + 1), hint: "write '\\{' for the character")
      return nil
    }
    at += 1
    return code
  }

  private mutating func escape(into characters: inout [UInt8]) {
    let start = at
    let letter = byte(1)
    at += 2
    switch letter {
    case UInt8(ascii: "n"): characters.append(10)
    case UInt8(ascii: "t"): characters.append(9)
    case UInt8(ascii: "r"): characters.append(13)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): characters.append(letter)
    case UInt8(ascii: "u") where byte(0) == UInt8(ascii: "{"):
      at += 1
      let digits = at
      while isWord(byte(0)) { at += 1 }
      let scalar = at - digits <= 6 ? UInt32(source.text(digits, at), radix: 16).flatMap(Unicode.Scalar.init) : nil
      let closed = byte(0) == UInt8(ascii: "}")
      if closed { at += 1 }
      guard closed, let scalar else {
        return report(.badLiteral, "no character has this number", Span(start, at), hint: "write '\\u{41}' for 'A'")
      }
      characters.append(contentsOf: String(scalar).utf8)
    default:
      at = min(at, end)
      if letter == UInt8(ascii: "\n") { at -= 1 }
      report(.badLiteral, "unknown escape '\(source.text(start, at))'", Span(start, at), hint: "write '\\\\' for a backslash")
    }
  }

  /// `'…'`: as it stands, on one line.
  private mutating func rawText() -> Token.Kind {
    let start = at
    at += 1
    while at < end, source.bytes[at] != UInt8(ascii: "'"), source.bytes[at] != UInt8(ascii: "\n") { at += 1 }
    let text = source.text(start + 1, at)
    if byte(0) == UInt8(ascii: "'") {
      at += 1
    } else {
      report(.openText, "this text is not closed", Span(start, at), hint: "end it with '")
    }
    return .text(text.isEmpty ? [] : [.characters(text)])
  }

  /// A text over lines loses its first line if that is empty.
  private static func unindented(_ segments: [Token.Segment]) -> [Token.Segment] {
    guard case .characters(let first)? = segments.first, first.utf8.first == UInt8(ascii: "\n") else { return segments }
    return [.characters(String(first.dropFirst()))] + segments.dropFirst()
  }
}

/// Letters, digits and `_`.
func isWord(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
  default: isDigit(byte)
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
