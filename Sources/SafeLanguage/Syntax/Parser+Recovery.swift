/// What the parser does after a mistake, so that it is one error: it finds where the part that is wrong ends, and goes on behind it.
extension Parser {
  /// Reports unless the closing sign is there; what stands before the sign, if it comes later, belongs to the mistake.
  @discardableResult
  mutating func close(_ sign: Sign, _ where: String) -> Bool {
    if accept(sign) { return true }
    unexpected("expected '\(sign.rawValue)' \(`where`)", hint: closingHint(sign))
    if let end = closing(sign) { at = end + 1 }
    return false
  }

  private func closingHint(_ sign: Sign) -> String? {
    if current.isSign(.comma) { return sign == .closeParenthesis ? "a list stands in brackets, as [1, 2]" : nil }
    return startsArgument(current, after: at) && !current.lineBefore ? Self.commaHint : nil
  }

  static let commaHint = "a ',' stands between two"

  /// Where the bracket that is open is closed, if it is closed before anything that can only be behind it.
  private func closing(_ sign: Sign) -> Int? {
    var depth = 0
    for index in at..<tokens.count {
      let token = tokens[index]
      if depth == 0, token.isSign(sign) { return index }
      if token.isEnd || token.lineBefore && token.beginsStatement { return nil }
      if token.isOpening { depth += 1 }
      if token.isClosing { depth -= 1 }
      if depth < 0 { return nil }
    }
    return nil
  }

  /// A value where only a postfix expression may stand: with an operator behind it, it needs parentheses. What it is made of is read all the
  /// same, and told as one mistake.
  mutating func operand(_ value: Expression, of what: String) -> Expression {
    guard !refuseRedirection(isOperand: true), !lineEnds, let sign = binaryOperator(current) else { return value }
    // The sign of the next key or argument is no operator: it has a space before it and none behind.
    if sign == "-", current.spaceBefore, !following.spaceBefore { return value }
    if diagnostics.last.map({ $0.span.end >= value.span.start }) == true { return value }
    while !lineEnds, binaryOperator(current) != nil {
      let isNot = advance().isKeyword(.not)
      if isNot { advance() }
      guard startsOperand else { break }
      _ = unaryOperand()
    }
    let span = Span(value.span.start, previousEnd)
    if sign == "-" || sign == "/", Self.isFileName(source.text(span)), !source.text(span).contains(where: \.isWhitespace) {
      reportFixed(.unexpected, "a path is a text, and stands in quotes", span, write: Value.text(source.text(span)).literal)
    } else if let hint = wordHint(sign, value, span, what) {
      report(.unexpected, "'\(sign)' in \(what) stands in parentheses", span, hint: hint)
    } else {
      reportFixed(.unexpected, "'\(sign)' in \(what) stands in parentheses", span, write: "(\(source.text(span)))")
    }
    return Expression(kind: .missing, span: span)
  }

  /// What else words with a `-` or `/` and no space between them may be: the name of a field, as `.e-mail`.
  private func wordHint(_ sign: String, _ value: Expression, _ span: Span, _ what: String) -> String? {
    guard sign == "-" || sign == "/" else { return nil }
    let text = source.text(span)
    if text.contains(where: \.isWhitespace) { return nil }
    guard sign == "-" else { return nil }
    let base: String
    let name: Int
    switch value.kind {
    case .rowField(let word): (base, name) = (".", word.span.start)
    case .field(_, let word, _): (base, name) = (source.text(value.span.start, word.span.start), word.span.start)
    case .name where what == "a key": (base, name) = (".", value.span.start)
    default: return nil
    }
    // Behind a number there is a difference.
    guard source.bytes[min(value.span.end + 1, source.bytes.count - 1)] > UInt8(ascii: "9"), Field.isWord(source.text(name, value.span.end)), !text.contains("\"") else {
      return nil
    }
    return "write '(\(text))', or '\(base)\"\(source.text(name, span.end))\"' for a field of that name"
  }

  /// The text of a value as it stands before a dot: in parentheses if the dot would bind a part of it alone.
  static func receiver(_ text: String) -> String {
    var lexer = Lexer(SourceFile(name: "", text: text))
    var depth = 0
    for (index, token) in lexer.tokens().enumerated() where !token.isEnd {
      if token.isClosing { depth -= 1 }
      if depth == 0, !token.isClosing {
        let isJoined = index == 0 || !token.spaceBefore && !token.lineBefore
        guard isJoined, !token.isOperator else { return "(\(text))" }
      }
      if token.isOpening { depth += 1 }
    }
    return text
  }

  static func isFileName(_ text: String) -> Bool { SaveFormat(path: text) != nil || text.hasSuffix(".txt") || text.hasSuffix(".log") }

  /// `> file.csv`, as a shell has it, where it cannot be a comparison: told, and passed over. What may be one is told by the checker.
  /// - Parameter isOperand: whether no operator may stand here.
  mutating func refuseRedirection(isOperand: Bool = false) -> Bool {
    guard current.isSign(.greater), !lineEnds, !following.lineBefore else { return false }
    let isPath = ["/", "./", "../"].contains { source.bytes.dropFirst(following.span.start).starts(with: $0.utf8) }
    guard isPath || isOperand && !following.isSign(.dot) && !following.isSign(.openParenthesis) else { return false }
    var end = at + 1
    if isText(following) {
      end += 1
    } else {
      while !tokens[end].isEnd, end == at + 1 || !tokens[end].spaceBefore, !tokens[end].isSign(.pipe), !tokens[end].isSign(.semicolon) { end += 1 }
    }
    guard end > at + 1, tokens[end].isEnd || tokens[end].lineBefore || tokens[end].isSign(.pipe) || tokens[end].isSign(.semicolon) else { return false }
    let path = source.text(following.span.start, tokens[end - 1].span.end)
    let bare = isText(following) ? String(path.dropFirst().dropLast()) : path
    guard Self.isFileName(bare), !bare.contains("\"") else { return false }
    diagnostics.append(.redirection(Span(current.span.start, tokens[end - 1].span.end), "\"\(bare)\""))
    at = end
    return true
  }

  /// A field's name that is more than a word and has lost its quotes, as in `{ e-mail: Text }`: told, and read as if it had them.
  /// - Parameter isTight: whether no space may stand in it, where two words in a row are something else.
  mutating func unquotedName(before sign: Sign, isTight: Bool = false) -> Word? {
    guard current.word != nil, !following.isSign(sign) else { return nil }
    var end = at + 1
    while end < tokens.count, end - at < 12, !tokens[end].lineBefore, tokens[end].isPartOfName, !isTight || !tokens[end].spaceBefore { end += 1 }
    guard end > at + 1, end < tokens.count, tokens[end].isSign(sign) else { return nil }
    let span = current.span.joined(tokens[end - 1].span)
    let text = source.text(span)
    reportFixed(.unexpected, "a field's name that is more than a word stands in quotes", span, write: "\"\(text)\"")
    at = end
    return Word(text: text, span: span)
  }

  private var startsOperand: Bool {
    startsArgument(current, after: at) || current.isSign(.minus) || current.isSign(.openBrace) && !inHead
  }

  private func binaryOperator(_ token: Token) -> String? {
    switch token.kind {
    case .sign(let sign):
      switch sign {
      case .plus, .minus, .times, .divide, .floorDivide, .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .doubleQuestion: sign.rawValue
      default: nil
      }
    case .keyword(let keyword):
      switch keyword {
      case .and, .or, .has, .starts, .ends, .matches: keyword.rawValue
      case .not where following.isKeyword(.in): "not in"
      default: nil
      }
    default: nil
    }
  }

  /// A line that begins with an operator: those after it that do so too are the same mistake.
  mutating func refuseLeadingOperator() -> Bool {
    guard current.lineBefore, !current.isSign(.minus), let sign = binaryOperator(current), at > 0 else { return false }
    report(
      .unexpected, "a line does not begin with '\(sign)'", current.span,
      hint: "a newline ends a statement: put '\(sign)' at the end of the line before, or parentheses around all")
    repeat {
      repeat { advance() } while !current.isEnd && !current.lineBefore && !current.isSign(.closeBrace)
    } while binaryOperator(current) != nil && current.lineBefore
    return true
  }
}

extension Token {
  fileprivate var isOpening: Bool { isSign(.openParenthesis) || isSign(.openBracket) || isSign(.openBrace) }
  fileprivate var isClosing: Bool { isSign(.closeParenthesis) || isSign(.closeBracket) || isSign(.closeBrace) }

  /// A sign that neither belongs to a path of names nor opens anything.
  fileprivate var isOperator: Bool {
    guard case .sign = kind else { return false }
    return !isOpening && !isClosing && !isSign(.dot) && !isSign(.questionDot)
  }

  fileprivate var isPartOfName: Bool {
    if case .int = kind { return true }
    return word != nil || isSign(.minus) || isSign(.divide)
  }

  /// A word that only a statement begins with.
  var beginsStatement: Bool {
    switch kind {
    case .keyword(let keyword): [.let, .var, .for, .def, .param, .needs, .use, .test, .assert, .return].contains(keyword)
    default: false
    }
  }
}

extension Diagnostic {
  /// Of `> file.csv` at a place, with the path as a literal.
  static func redirection(_ span: Span, _ path: String) -> Diagnostic {
    var diagnostic = Diagnostic(.unexpected, "'>' compares, and writes no file", span, hint: "write '| save \(path)'")
    diagnostic.fix = Fix(span: span, text: "| save \(path)")
    return diagnostic
  }
}
