extension Parser {
  private var missing: Expression { Expression(kind: .missing, span: current.span) }

  /// pipeline = (command | expression) { "|" stage }
  mutating func pipeline() -> Expression {
    nested { parser in
      let start = parser.current.span.start
      let head = parser.startsCommand ? parser.command() : parser.expression()
      var stages: [Stage] = []
      while parser.accept(.pipe) { stages.append(parser.stage()) }
      if stages.isEmpty { return head }
      return Expression(kind: .pipeline(head, stages), span: Span(start, parser.previousEnd))
    }
  }

  // MARK: command form

  /// A name followed by a space and an argument is a call.
  private var startsCommand: Bool {
    guard case .name = current.kind else { return false }
    let next = following
    return next.spaceBefore && !(next.lineBefore && bracketDepth == 0) && startsArgument(next, after: at + 1)
  }

  /// An argument starts with a literal, name, `.field`, `(` or `[`, or is `name: value`.
  func startsArgument(_ token: Token, after index: Int) -> Bool {
    switch token.kind {
    case .name, .int, .float, .text, .duration, .date, .time, .email, .guid: true
    case .keyword(.true), .keyword(.false), .keyword(.null), .keyword(.it): true
    case .keyword: tokens[min(index + 1, tokens.count - 1)].isSign(.colon)
    case .sign(.openParenthesis), .sign(.openBracket): true
    case .sign(.dot):
      tokens[min(index + 1, tokens.count - 1)].word != nil && !tokens[min(index + 1, tokens.count - 1)].spaceBefore
        || isText(tokens[min(index + 1, tokens.count - 1)])
    default: false
    }
  }

  private func isText(_ token: Token) -> Bool {
    if case .text = token.kind { return true }
    return false
  }

  /// command = name argument { argument } ["as" type]
  private mutating func command() -> Expression {
    let start = current.span.start
    guard let name = expectName("a command") else { return missing }
    let arguments = commandArguments { $0.operand($1, of: "an argument") }
    let call = Expression(kind: .call(name, arguments, isCommand: true), span: Span(start, previousEnd))
    return typed(call)
  }

  /// A call with the type that follows it: call ["as" type]
  private mutating func typed(_ call: Expression) -> Expression {
    guard current.isKeyword(.as), !lineEnds else { return call }
    // Behind what reads no file a column's name is meant.
    if inColumn, case .call(let name, _, _) = call.kind, !InputFormat.allCases.contains(where: { $0.rawValue == name.text }) { return call }
    advance()
    let type = self.type()
    return Expression(kind: .typed(call, type), span: Span(call.span.start, previousEnd))
  }

  mutating func commandArguments(_ whole: (inout Parser, Expression) -> Expression = { $1 }) -> [Argument] {
    var arguments: [Argument] = []
    while !lineEnds, startsArgument(current, after: at) {
      var argument = commandArgument()
      argument.value = whole(&self, argument.value)
      arguments.append(argument)
    }
    return arguments
  }

  /// argument = [word ":"] postfix
  private mutating func commandArgument() -> Argument {
    if current.word != nil, following.isSign(.colon), let label = expectWord("an argument") {
      advance()
      let isRecord = current.isSign(.openBrace)
      return Argument(label: label, value: isRecord ? record() : signedPostfix())
    }
    return Argument(label: nil, value: postfix())
  }

  /// A named argument may be a negative number.
  private mutating func signedPostfix() -> Expression {
    guard current.isSign(.minus) else { return postfix() }
    let start = advance().span.start
    marks?.signs.insert(start)
    let operand = postfix()
    return Expression(kind: .negate(operand), span: Span(start, operand.span.end))
  }

  // MARK: operators

  /// expression = or
  mutating func expression() -> Expression { nested { $0.or() } }

  /// or = and { "or" and }
  private mutating func or() -> Expression {
    var left = and()
    while accept(.or), isLow(left) { left = binary(.or, left, and()) }
    return left
  }

  /// and = not { "and" not }
  private mutating func and() -> Expression {
    var left = not()
    while accept(.and), isLow(left) { left = binary(.and, left, not()) }
    return left
  }

  /// not = "not" not | comparison
  private mutating func not() -> Expression {
    guard current.isKeyword(.not) else { return comparison() }
    let start = advance().span.start
    return nested { parser in
      let operand = parser.not()
      return Expression(kind: .not(operand), span: Span(start, operand.span.end))
    }
  }

  /// comparison = coalesce [operator coalesce], without chaining
  private mutating func comparison() -> Expression {
    let left = coalesce()
    guard !lineEnds, let first = comparisonOperator() else { return left }
    let result = binary(first, left, coalesce())
    let place = current.span
    guard !lineEnds, comparisonOperator() != nil else { return result }
    report(.unexpected, "comparisons do not chain", place, hint: "join two with 'and'")
    _ = coalesce()
    return result
  }

  private mutating func comparisonOperator() -> BinaryOperator? {
    let found: BinaryOperator? =
      switch current.kind {
      case .sign(.equal): .equal
      case .sign(.notEqual): .notEqual
      case .sign(.less): .less
      case .sign(.lessOrEqual): .lessOrEqual
      case .sign(.greater): .greater
      case .sign(.greaterOrEqual): .greaterOrEqual
      case .keyword(.in): .in
      case .keyword(.has): .has
      case .keyword(.starts): .starts
      case .keyword(.ends): .ends
      case .keyword(.matches): .matches
      case .keyword(.not) where following.isKeyword(.in): .notIn
      default: foreignComparison()
      }
    if found != nil { advance() }
    if found == .notIn { advance() }
    return found
  }

  /// What other languages write for a comparison: told, and read as that.
  private mutating func foreignComparison() -> BinaryOperator? {
    let found: BinaryOperator
    if let last = diagnostics.last, last.span == current.span { return nil }
    switch current.kind {
    case .sign(.assign): found = .equal
    case .name("contains"): found = .has
    case .name("startswith"), .name("startsWith"): found = .starts
    case .name("endswith"), .name("endsWith"): found = .ends
    case .name("like"): found = .matches
    case .name("is"): found = .equal
    default: return nil
    }
    let word = source.text(current.span)
    if case .name = current.kind, !startsArgument(following, after: at + 1) { return nil }
    reportFixed(.unexpected, "'\(word)' is no comparison here", current.span, write: found.rawValue)
    return found
  }

  /// coalesce = sum { "??" sum }
  private mutating func coalesce() -> Expression {
    var left = sum()
    while !lineEnds, accept(.doubleQuestion), isLow(left) { left = binary(.coalesce, left, sum()) }
    return left
  }

  /// sum = product { ("+" | "-") product }
  private mutating func sum() -> Expression {
    var left = product()
    while !lineEnds, current.isSign(.plus) || current.isSign(.minus), isLow(left) {
      left = binary(advance().isSign(.plus) ? .add : .subtract, left, product())
    }
    return left
  }

  /// product = unary { ("*" | "/" | "//" | "%") unary }
  private mutating func product() -> Expression {
    var left = unary()
    while !lineEnds, isLow(left) {
      let operation: BinaryOperator? =
        switch current.kind {
        case .sign(.times): .multiply
        case .sign(.divide): .divide
        case .sign(.floorDivide): .floorDivide
        case .sign(.remainder): .remainder
        default: nil
        }
      guard let operation else { return left }
      advance()
      left = binary(operation, left, unary())
    }
    return left
  }

  /// unary = "-" unary | postfix
  mutating func unaryOperand() -> Expression { unary() }

  private mutating func unary() -> Expression {
    guard current.isSign(.minus) else { return postfix() }
    let start = advance().span.start
    marks?.signs.insert(start)
    return nested { parser in
      let operand = parser.unary()
      return Expression(kind: .negate(operand), span: Span(start, operand.span.end))
    }
  }

  private func binary(_ operation: BinaryOperator, _ left: Expression, _ right: Expression) -> Expression {
    Expression(kind: .binary(operation, left, right), span: left.span.joined(right.span))
  }

  // MARK: postfix

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

  private mutating func selection(of left: Expression) -> Expression {
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
  private mutating func arguments() -> [Argument] {
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
  private mutating func primary() -> Expression {
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

  private mutating func call(_ name: Word) -> Expression {
    advance()
    guard current.isSign(.openParenthesis), !current.spaceBefore else {
      return Expression(kind: .name(name.text), span: name.span)
    }
    let arguments = self.arguments()
    return typed(Expression(kind: .call(name, arguments, isCommand: false), span: Span(name.span.start, previousEnd)))
  }

  private mutating func rowField() -> Expression {
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

  private mutating func parenthesized() -> Expression {
    let start = advance().span.start
    let inner = inBrackets { $0.pipeline() }
    // Where it should have ended nobody knows, so nothing more is said of it.
    let isClosed = close(.closeParenthesis, "after the expression")
    return Expression(kind: isClosed ? inner.kind : .missing, span: Span(start, previousEnd))
  }

  private mutating func list() -> Expression {
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
  private mutating func record() -> Expression {
    let start = advance().span.start
    marks?.braces[start] = .record
    let entries: [RecordEntry] = nested([]) { parser in
      parser.inBrackets { parser in
        var entries: [RecordEntry] = []
        while !parser.current.isSign(.closeBrace), !parser.current.isEnd {
          guard let name = parser.fieldName("a field"), parser.expect(.colon, "after the field's name") else { break }
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
  private mutating func conditional() -> Expression {
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
  private mutating func attempt() -> Expression {
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

  private mutating func text(_ segments: [Token.Segment]) -> Expression {
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
  private mutating func interpolated(_ code: [Token]) -> Expression {
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
