/// Pipelines, and the operators from the loosest to the tightest.
extension Parser {
  var missing: Expression { Expression(kind: .missing, span: current.span) }

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
    guard !refuseRedirection(), !lineEnds, let first = comparisonOperator() else { return left }
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

  /// The operand of a sign that stands where no operator may.
  mutating func unaryOperand() -> Expression { unary() }

  /// unary = "-" unary | postfix
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
}
