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
    guard !lineEnds, let sign = binaryOperator(current) else { return value }
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
    reportFixed(.unexpected, "'\(sign)' in \(what) stands in parentheses", span, write: "(\(source.text(span)))")
    return Expression(kind: .missing, span: span)
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

  /// A word that only a statement begins with.
  var beginsStatement: Bool {
    switch kind {
    case .keyword(let keyword): [.let, .var, .for, .def, .param, .needs, .use, .test, .assert, .return].contains(keyword)
    default: false
    }
  }
}
