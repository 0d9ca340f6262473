/// What a file defines, uses and tests, and the statements that end a function, a test or a run.
extension Parser {
  /// def = "def" name "(" [name ":" type ["=" pipeline] { "," … }] ")" ["->" type] block
  mutating func definition() -> StatementKind {
    let start = advance().span.start
    guard let name = expectName("the function's name") else { return .missing }
    let bracket = current.span.start
    marks?.calls.insert(bracket)
    guard expect(.openParenthesis, "and the parameters after '\(name.text)'") else { return .missing }
    let parameters = inBrackets { $0.definitionParameters() }
    guard expect(.closeParenthesis, "after the parameters") else { return .missing }
    let result = accept(.arrow) ? type() : nil
    let end = previousEnd
    let body = block()
    // Behind the parenthesis or brace that opens, at the end of the head, or of the whole if that is one line.
    var ends = [bracket + 1, end, body.span.start + 1]
    if source.line(at: body.span.start) == source.line(at: body.span.end) { ends.append(body.span.end) }
    let documentation = documentation.of(start, behind: ends, sharesOpening: true)
    return .define(DefinitionSyntax(name: name, parameters: parameters, result: result, body: body, documentation: documentation))
  }

  private mutating func definitionParameters() -> [DefinitionSyntax.Parameter] {
    var parameters: [DefinitionSyntax.Parameter] = []
    while !current.isSign(.closeParenthesis), !current.isEnd {
      guard let name = expectName("a parameter's name"), expect(.colon, "and a type after '\(name.text)'") else { break }
      let type = self.type()
      parameters.append(DefinitionSyntax.Parameter(name: name, type: type, value: accept(.assign) ? pipeline() : nil))
      guard accept(.comma) else { break }
    }
    return parameters
  }

  /// return = "return" [pipeline]
  mutating func returning() -> StatementKind {
    advance()
    if current.isEnd || lineEnds || current.isSign(.closeBrace) || current.isSign(.semicolon) { return .return(nil) }
    return .return(pipeline())
  }

  /// use = "use" text "as" name
  mutating func use() -> StatementKind {
    advance()
    guard let path = literalText("the path of a file, in quotes, after 'use'") else { return .missing }
    guard accept(.as) else {
      unexpected("expected 'as' and a name for the file", hint: "as in: use \"lib/names.safe\" as names")
      return .missing
    }
    guard let name = expectName("a name for the file") else { return .missing }
    return .use(path: path, name: name)
  }

  /// assert = "assert" pipeline ["," pipeline]
  mutating func assertion() -> StatementKind {
    advance()
    let condition = pipeline()
    return .assertion(condition, message: accept(.comma) ? pipeline() : nil)
  }

  /// Whether `fail` begins a statement here, and is not a name that the script has given.
  var beginsFailure: Bool {
    !declared.contains("fail") && !following.lineBefore && startsArgument(following, after: at + 1)
      && (following.spaceBefore || following.isSign(.openParenthesis))
  }

  /// fail = "fail" pipeline
  mutating func failure() -> StatementKind {
    advance()
    return .failure(pipeline())
  }

  /// test = "test" text ["with" text] block
  mutating func test() -> StatementKind {
    advance()
    guard let title = literalText("the test's title, in quotes, after 'test'") else { return .missing }
    var snapshot: Word?
    if current.word == "with" {
      advance()
      snapshot = literalText("the path of a snapshot, in quotes, after 'with'")
    }
    return .test(title: title, snapshot: snapshot, block())
  }

  /// A text without expressions in it.
  private mutating func literalText(_ what: String) -> Word? {
    guard case .text(let segments) = current.kind, let text = plainText(segments) else {
      unexpected("expected \(what)")
      return nil
    }
    return Word(text: text, span: advance().span)
  }
}
