/// `> file.csv`, as a shell has it. It reads as a comparison and may be one, so it is told only where that is wrong anyway.
extension Checker {
  mutating func greater(_ left: Expression, _ right: Expression, expecting: Type?, _ span: Span) -> TypedExpression {
    let told = diagnostics.count
    let value = comparison(.greater, left, right, span)
    // Where a condition is wanted it was meant as one.
    if expecting?.required == .bool { return value }
    let errors = diagnostics.dropFirst(told).filter { $0.severity == .error }
    // What is wrong with the value before it comes first.
    guard !errors.isEmpty, !errors.contains(where: { $0.span.end <= left.span.end }), let diagnostic = redirection(left, right) else { return value }
    diagnostics.removeLast(diagnostics.count - told)
    add(diagnostic)
    return .missing(span)
  }

  /// A comparison that would be a column without a name. True if it was told.
  mutating func refuseRedirection(_ column: Expression) -> Bool {
    guard case .binary(.greater, let left, let right) = column.kind, let diagnostic = redirection(left, right) else { return false }
    add(diagnostic)
    return true
  }

  private func redirection(_ left: Expression, _ right: Expression) -> Diagnostic? {
    let source = files[file].source
    guard left.span.end <= right.span.start, right.span.end <= source.bytes.count, let path = path(right), endsPipeline(right.span.end) else { return nil }
    let between = source.bytes[left.span.end..<right.span.start]
    guard let sign = between.lastIndex(of: UInt8(ascii: ">")), between[(sign + 1)...].allSatisfy({ $0 == UInt8(ascii: " ") }) else { return nil }
    return .redirection(Span(sign, right.span.end), Value.text(path).literal)
  }

  /// The name of a file in quotes, or bare where it begins with no variable.
  private func path(_ expression: Expression) -> String? {
    if files[file].source.bytes.dropFirst(expression.span.start).first == UInt8(ascii: "(") { return nil }
    if case .text(let text) = expression.kind { return Parser.isFileName(text) ? text : nil }
    guard let name = firstName(expression), variable(name) == nil, endOfPath(expression.span.start) == expression.span.end else { return nil }
    let path = files[file].source.text(expression.span)
    return Parser.isFileName(path) ? path : nil
  }

  /// The `new` of `new-hires.csv`, which reads as a difference.
  private func firstName(_ expression: Expression) -> String? {
    switch expression.kind {
    case .name(let name): name
    case .field(let base, _, _), .binary(.subtract, let base, _), .binary(.divide, let base, _): firstName(base)
    default: nil
    }
  }

  /// Whether a stage could stand there: not inside of parentheses, and not before a block.
  private func endsPipeline(_ place: Int) -> Bool {
    let next = files[file].source.bytes.dropFirst(place).first { !" \t\r".utf8.contains($0) }
    return next.map { "\n;|#".utf8.contains($0) } ?? true
  }
}
