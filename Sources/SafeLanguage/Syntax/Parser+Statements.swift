extension Parser {
  /// statements = { statement (newline | ";") }
  mutating func statements(until isEnd: (Token) -> Bool) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while accept(.semicolon) {}
      if isEnd(current) || current.isEnd { return statements }
      let start = at
      if !statements.isEmpty, refuseLeadingOperator() || refuseCloser() { continue }
      if refuseForeignStatement() {
        advance()
        skipToNextStatement(isEnd)
        continue
      }
      statements.append(statement())
      if at == start {
        // It was told that nothing begins like this.
        advance()
        skipToNextStatement(isEnd)
        continue
      }
      if current.isEnd || isEnd(current) || current.lineBefore || current.isSign(.semicolon) { continue }
      unexpected("expected the end of the statement", hint: operatorHint)
      skipToNextStatement(isEnd)
    }
  }

  /// What an operator of another language is called here.
  private var operatorHint: String? {
    switch current.kind {
    case .sign(.assign): "'==' compares"
    case .sign(.dot): Self.commaHint
    case .name where following.isSign(.assign): Self.commaHint
    case .keyword(.by): "'by' stands in 'summarize': summarize n = count() by .field"
    case .keyword where current.beginsStatement: "a statement ends with its line, or with ';'"
    case .name("is") where following.isKeyword(.not): "write '!='"
    case .name(let name): operatorHint(name)
    default: nil
    }
  }

  /// What a word may mean that stands behind a whole value.
  func operatorHint(_ name: String) -> String? {
    ForeignWords.operators[name] ?? Suggestion.nearest(to: name, among: ["has", "starts", "ends", "matches", "and", "or", "in"]).map { "did you mean '\($0)'?" }
  }

  /// After an error the next line is tried, so that one mistake makes one error.
  private mutating func skipToNextStatement(_ isEnd: (Token) -> Bool) {
    var braces = 0
    while !current.isEnd {
      if braces == 0, isEnd(current) || current.lineBefore || current.isSign(.semicolon) { return }
      if current.isSign(.openBrace) { braces += 1 }
      if current.isSign(.closeBrace) { braces = max(0, braces - 1) }
      advance()
    }
  }

  /// statement = let | var | for | param | needs | def | return | use | assert | fail | test | assignment | pipeline
  private mutating func statement() -> Statement {
    let start = current.span.start
    marks?.statements.insert(start)
    let meant = foreignKeyword()
    let kind: StatementKind =
      switch current.kind {
      case .keyword(.let): declaration(isVariable: false)
      case .keyword(.var): declaration(isVariable: true)
      case .keyword(.for): loop()
      case .name where meant == .for: loop()
      case .name where meant != nil: declaration(isVariable: meant == .var)
      case .keyword(.param): param()
      case .keyword(.needs): needs()
      case .keyword(.def): definition()
      case .keyword(.return): returning()
      case .keyword(.use): use()
      case .keyword(.assert): assertion()
      case .keyword(.test): test()
      case .name("fail") where beginsFailure: failure()
      case .name where following.isSign(.assign) || following.isSign(.addAssign): assignment()
      default: .expression(pipeline())
      }
    return Statement(kind: kind, span: Span(start, max(start, previousEnd)))
  }

  /// let = ("let" | "var") name [":" type] "=" pipeline
  private mutating func declaration(isVariable: Bool) -> StatementKind {
    advance()
    guard let name = expectName("a name") else { return .missing }
    let type = accept(.colon) ? self.type() : nil
    guard expect(.assign, "after the name") else { return .missing }
    return .declare(name, isVariable: isVariable, type, pipeline())
  }

  /// assignment = name ("=" | "+=") pipeline
  private mutating func assignment() -> StatementKind {
    guard let name = expectName("a name") else { return .missing }
    let adds = advance().isSign(.addAssign)
    return .assign(name, adds: adds, pipeline())
  }

  /// for = "for" name "in" pipeline block
  private mutating func loop() -> StatementKind {
    advance()
    guard let name = expectName("a name") else { return .missing }
    guard accept(.in) else {
      unexpected("expected 'in' after the name")
      return .missing
    }
    let list = inHead { $0.pipeline() }
    return .loop(name, list, block())
  }

  /// param = "param" name ":" type ["=" pipeline]
  private mutating func param() -> StatementKind {
    let start = advance().span.start
    guard let name = expectName("the parameter's name") else { return .missing }
    guard expect(.colon, "and a type after the parameter's name") else { return .missing }
    let type = self.type()
    let value = accept(.assign) ? pipeline() : nil
    return .param(name, type, value, documentation: documentation.of(start, behind: [previousEnd]))
  }

  /// needs = "needs" need { "," need }; need = word "." word "<=" integer
  private mutating func needs() -> StatementKind {
    advance()
    var needs: [NeedSyntax] = []
    repeat {
      guard let resource = expectWord("what the script may write, as 'members.invite'"), expect(.dot, "after '\(resource.text)'"),
        let verb = expectWord("a verb")
      else { return .needs(needs) }
      let capability = Word(text: "\(resource.text).\(verb.text)", span: resource.span.joined(verb.span))
      guard accept(.lessOrEqual), case .int(let cap) = current.kind else {
        unexpected("expected '<=' and how often at most after '\(capability.text)'", hint: "as in '\(capability.text) <= 100'")
        return .needs(needs)
      }
      advance()
      needs.append(NeedSyntax(capability: capability, cap: cap, span: Span(resource.span.start, previousEnd)))
    } while accept(.comma)
    return .needs(needs)
  }

  /// block = "{" statements "}"
  mutating func block() -> Block {
    let start = current.span.start
    if current.isSign(.openBrace) { marks?.braces[start] = .block }
    guard expect(.openBrace, "and a block", hint: current.isName { $0 == "then" || $0 == "do" } ? ForeignWords.closerHint : nil) else {
      return Block(statements: [], span: Span(start, start))
    }
    return nested(Block(statements: [], span: Span(start, start))) { parser in
      let body = parser.inLines { $0.statements(until: { $0.isSign(.closeBrace) }) }
      parser.expect(.closeBrace, "at the end of the block")
      return Block(statements: body, span: Span(start, parser.previousEnd))
    }
  }

  /// type = (name | "[" type "]" | "{" name ":" type { "," … } "}") ["?"]
  mutating func type() -> TypeSyntax {
    let start = current.span.start
    var kind: TypeSyntax.Kind
    if accept(.openBracket) {
      let element = nested(TypeSyntax(kind: .named("Text"), span: current.span)) { parser in parser.inBrackets { $0.type() } }
      expect(.closeBracket, "after the element's type")
      kind = .list(element)
    } else if accept(.openBrace) {
      marks?.braces[start] = .type
      kind = .record(
        nested([]) { parser in
          let fields = parser.inBrackets { $0.typeFields() }
          parser.expect(.closeBrace, "after the fields")
          return fields
        })
    } else {
      guard let name = expectWord("a type") else { return TypeSyntax(kind: .named("?"), span: Span(start, start)) }
      kind = .named(name.text)
    }
    if accept(.question) { kind = .optional(TypeSyntax(kind: kind, span: Span(start, previousEnd))) }
    return TypeSyntax(kind: kind, span: Span(start, previousEnd))
  }

  private mutating func typeFields() -> [(name: Word, type: TypeSyntax)] {
    var fields: [(name: Word, type: TypeSyntax)] = []
    while !current.isSign(.closeBrace), !current.isEnd {
      guard let name = unquotedName(before: .colon) ?? fieldName("a field"), expect(.colon, "after the field's name") else { break }
      fields.append((name, type()))
      guard accept(.comma) || accept(.semicolon) || current.lineBefore else { break }
    }
    return fields
  }

  /// Any word, or any quoted text.
  mutating func fieldName(_ what: String) -> Word? {
    if case .text(let segments) = current.kind {
      let span = advance().span
      return Word(text: plainText(segments) ?? "", span: span)
    }
    return expectWord(what)
  }

  /// A text without expressions in it.
  func plainText(_ segments: [Token.Segment]) -> String? {
    var text = ""
    for segment in segments {
      guard case .characters(let characters) = segment else { return nil }
      text += characters
    }
    return text
  }
}
