/// What operators stand between: literals, names, calls, brackets, `if` and `try`, with the fields and calls behind them.
extension Parser {
  /// postfix = primary { "." word ["(" arguments ")"] | "?." … | "[" expression "]" }, with no space before
  mutating func postfix() -> Expression {
    var left = primary()
    while !current.spaceBefore {
      guard isLow(left) else { return left }
      if current.isSign(.dot) || current.isSign(.questionDot) {
        left = selection(of: left)
      } else if current.isSign(.openBracket) {
        advance()
        let index = inBrackets { $0.pipeline() }
        close(.closeBracket, "after the index")
        left = Expression(kind: .index(left, index), span: Span(left.span.start, previousEnd))
      } else {
        break
      }
    }
    return left
  }

  /// selection = ("." | "?.") (word | text) [arguments]
  mutating func selection(of left: Expression) -> Expression {
    let optional = advance().isSign(.questionDot)
    guard let name = fieldName("a field or method after '.'") else {
      return Expression(kind: .missing, span: left.span)
    }
    guard current.isSign(.openParenthesis), !current.spaceBefore else {
      return Expression(kind: .field(left, name, optional: optional), span: left.span.joined(name.span))
    }
    let arguments = self.arguments()
    return Expression(kind: .method(left, name, arguments, optional: optional), span: Span(left.span.start, previousEnd))
  }

  /// arguments = "(" [[word ":"] pipeline { "," … }] ")"
  mutating func arguments() -> [Argument] {
    let start = advance().span.start
    marks?.calls.insert(start)
    let arguments = inBrackets { parser in
      var arguments: [Argument] = []
      while !parser.current.isSign(.closeParenthesis), !parser.current.isEnd {
        let start = parser.at
        var label: Word?
        if parser.current.word != nil, parser.following.isSign(.colon) {
          label = parser.expectWord("an argument")
          parser.advance()
        }
        arguments.append(Argument(label: label, value: parser.pipeline()))
        guard parser.accept(.comma), parser.at > start else { break }
      }
      return arguments
    }
    close(.closeParenthesis, "after the arguments")
    return arguments
  }

  /// primary = literal | name | call | "it" | "." word | "(" pipeline ")" | list | record | if | try
  mutating func primary() -> Expression {
    let token = current
    func leaf(_ kind: ExpressionKind) -> Expression {
      advance()
      return Expression(kind: kind, span: token.span)
    }
    switch token.kind {
    case .int(let value): return leaf(.int(value))
    case .float(let value): return leaf(.float(value))
    case .duration(let value): return leaf(.duration(value))
    case .date(let value): return leaf(.date(value))
    case .time(let value): return leaf(.time(value))
    case .email(let value): return leaf(.email(value))
    case .guid(let value): return leaf(.guid(value))
    case .keyword(.true): return leaf(.bool(true))
    case .keyword(.false): return leaf(.bool(false))
    case .keyword(.null): return leaf(.null)
    case .keyword(.it): return leaf(.it)
    case .text(let segments): return text(segments)
    case .name(let name): return call(Word(text: name, span: token.span))
    case .keyword(.if): return conditional()
    case .keyword(.try): return attempt()
    case .sign(.dot): return rowField()
    case .sign(.openParenthesis): return parenthesized()
    case .sign(.openBracket): return list()
    case .sign(.openBrace) where !inHead: return record()
    default:
      let isStatement = bracketDepth > 0 && token.beginsStatement
      unexpected("expected an expression", hint: isStatement ? "a statement stands on a line of its own: write '\(source.text(token.span)) …' before" : nil)
      return missing
    }
  }

  /// call = name [arguments ["as" type]]
  mutating func call(_ name: Word) -> Expression {
    advance()
    guard current.isSign(.openParenthesis), !current.spaceBefore else {
      return Expression(kind: .name(name.text), span: name.span)
    }
    let arguments = self.arguments()
    return typed(Expression(kind: .call(name, arguments, isCommand: false), span: Span(name.span.start, previousEnd)))
  }

  /// row field = "." (word | text) [arguments]
  mutating func rowField() -> Expression {
    let start = advance().span.start
    guard !current.spaceBefore, let name = fieldName("a field after '.'") else {
      if current.spaceBefore { unexpected("expected a field after '.'") }
      return missing
    }
    guard current.isSign(.openParenthesis), !current.spaceBefore else {
      return Expression(kind: .rowField(name), span: Span(start, previousEnd))
    }
    // `.trim()` on the row itself.
    let arguments = self.arguments()
    let row = Expression(kind: .it, span: Span(start, start + 1))
    return Expression(kind: .method(row, name, arguments, optional: false), span: Span(start, previousEnd))
  }

  /// parenthesized = "(" pipeline ")"
  mutating func parenthesized() -> Expression {
    let start = advance().span.start
    let inner = inBrackets { $0.pipeline() }
    // Where it should have ended nobody knows, so nothing more is said of it.
    let isClosed = close(.closeParenthesis, "after the expression")
    return Expression(kind: isClosed ? inner.kind : .missing, span: Span(start, previousEnd))
  }

  /// list = "[" [pipeline { "," … }] "]"
  mutating func list() -> Expression {
    let start = advance().span.start
    let elements = inBrackets { parser in
      var elements: [Expression] = []
      while !parser.current.isSign(.closeBracket), !parser.current.isEnd {
        elements.append(parser.expression())
        guard parser.accept(.comma) else { break }
      }
      return elements
    }
    close(.closeBracket, "after the list")
    return Expression(kind: .list(elements), span: Span(start, previousEnd))
  }

  /// record = "{" [name ":" pipeline { "," … }] "}"
  mutating func record() -> Expression {
    let start = advance().span.start
    marks?.braces[start] = .record
    let entries: [RecordEntry] = nested([]) { parser in
      parser.inBrackets { parser in
        var entries: [RecordEntry] = []
        while !parser.current.isSign(.closeBrace), !parser.current.isEnd {
          guard let name = parser.unquotedName(before: .colon) ?? parser.fieldName("a field"), parser.expect(.colon, "after the field's name") else { break }
          entries.append(RecordEntry(name: name, value: parser.pipeline()))
          guard parser.accept(.comma) || parser.current.lineBefore else { break }
        }
        return entries
      }
    }
    close(.closeBrace, "after the record")
    return Expression(kind: .record(entries), span: Span(start, previousEnd))
  }

  /// if = "if" pipeline block ["else" (if | block)]
  mutating func conditional() -> Expression {
    let start = advance().span.start
    let condition = inHead { $0.pipeline() }
    let then = block()
    var otherwise: Block?
    let isElseIf = acceptElseIf()
    if isElseIf || accept(.else) {
      if isElseIf || current.isKeyword(.if) {
        let inner = nested { $0.conditional() }
        otherwise = Block(statements: [Statement(kind: .expression(inner), span: inner.span)], span: inner.span)
      } else {
        otherwise = block()
      }
    }
    return Expression(kind: .conditional(condition, then, otherwise), span: Span(start, previousEnd))
  }

  /// try = "try" block ["catch" name block]
  mutating func attempt() -> Expression {
    let start = advance().span.start
    let body = block()
    var name: Word?
    var recovery: Block?
    if acceptCatch() {
      if case .name = current.kind { name = expectName("a name") }
      recovery = block()
    }
    return Expression(kind: .attempt(body, name, recovery), span: Span(start, previousEnd))
  }

  // MARK: texts

  /// text = characters and, in braces, pipelines
  mutating func text(_ segments: [Token.Segment]) -> Expression {
    let span = advance().span
    if let plain = plainText(segments) { return Expression(kind: .text(plain), span: span) }
    var parts: [TextPart] = []
    for segment in segments {
      switch segment {
      case .characters(let characters): parts.append(.characters(characters))
      case .code(let code): parts.append(.expression(interpolated(code)))
      }
    }
    return Expression(kind: .interpolation(parts), span: span)
  }

  /// Parses the tokens inside the braces of a text.
  mutating func interpolated(_ code: [Token]) -> Expression {
    let (outer, position) = (tokens, at)
    (tokens, at) = (code, 0)
    defer { (tokens, at) = (outer, position) }
    let count = diagnostics.count
    if current.isEnd {
      let braces = Span(current.span.start - 1, current.span.start + 1)
      report(.unexpected, "there is nothing between the braces of the text", braces, hint: "write '\\{' for the character")
      return Expression(kind: .missing, span: braces)
    }
    let expression = inBrackets { $0.pipeline() }
    if !current.isEnd { unexpected("expected '}' after the expression in a text") }
    for index in diagnostics.indices.dropFirst(count) { diagnostics[index].isIncomplete = false }
    return expression
  }
}
