/// Calls without parentheses: a name, a space, arguments.
extension Parser {
  /// A name followed by a space and an argument is a call.
  var startsCommand: Bool {
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

  func isText(_ token: Token) -> Bool {
    if case .text = token.kind { return true }
    return false
  }

  /// command = name argument { argument } ["as" type]
  mutating func command() -> Expression {
    let start = current.span.start
    guard let name = expectName("a command") else { return missing }
    let arguments = commandArguments { $0.operand($1, of: "an argument") }
    let call = Expression(kind: .call(name, arguments, isCommand: true), span: Span(start, previousEnd))
    return typed(call)
  }

  /// A call with the type that follows it: call ["as" type]
  mutating func typed(_ call: Expression) -> Expression {
    guard current.isKeyword(.as), !lineEnds else { return call }
    // Behind what reads no file a column's name is meant.
    if inColumn, case .call(let name, _, _) = call.kind, !InputFormat.allCases.contains(where: { $0.rawValue == name.text }) { return call }
    advance()
    let type = self.type()
    return Expression(kind: .typed(call, type), span: Span(call.span.start, previousEnd))
  }

  /// arguments of a command = { argument }
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
  mutating func commandArgument() -> Argument {
    if current.word != nil, following.isSign(.colon), let label = expectWord("an argument") {
      advance()
      let isRecord = current.isSign(.openBrace)
      return Argument(label: label, value: isRecord ? record() : signedPostfix())
    }
    return Argument(label: nil, value: postfix())
  }

  /// A named argument may be a negative number.
  mutating func signedPostfix() -> Expression {
    guard current.isSign(.minus) else { return postfix() }
    let start = advance().span.start
    marks?.signs.insert(start)
    let operand = postfix()
    return Expression(kind: .negate(operand), span: Span(start, operand.span.end))
  }
}
