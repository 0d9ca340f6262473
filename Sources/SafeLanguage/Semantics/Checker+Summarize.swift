/// `summarize`: keys, aggregates, and the columns that are made of them.
extension Checker {
  mutating func summarize(_ columns: [Column], by keys: [Column], _ element: Type, _ span: Span) -> TypedStage? {
    var fields: [Field] = []
    var keyLambdas: [TypedLambda] = []
    for key in keys {
      guard let (name, lambda) = named(Self.namedByMethod(key), element) else { continue }
      if fields.contains(where: { $0.name == name.text }) { report(.duplicateName, "the column '\(name.text)' comes twice", name.span) }
      fields.append(Field(name.text, lambda.body.type))
      keyLambdas.append(lambda)
    }
    let outer = aggregates
    aggregates = []
    var values: [TypedExpression] = []
    var counts: Set<String> = []
    var reads: [(slot: Int, value: TypedExpression)] = []
    for column in columns {
      let value = readingOnce(inRow(element) { $0.aggregateExpression(column.value) }, into: &reads)
      requireValue(value)
      if value.type == .unknown, column.name == nil { continue }
      guard let name = column.name ?? aggregateName(column.value) else {
        report(.columnNeedsName, "a computed column needs a name", column.value.span, hint: "write: name = …")
        continue
      }
      if fields.contains(where: { $0.name == name.text }) {
        report(.duplicateName, "the column '\(name.text)' comes twice", name.span, hint: "give it another name: new = …")
        continue
      }
      fields.append(Field(name.text, value.type))
      values.append(value)
      if !keys.isEmpty, isCount(value) { counts.insert(name.text) }
    }
    let found = aggregates ?? []
    aggregates = outer
    var stage = made(
      .summarize(keys: keyLambdas, aggregates: found, columns: values, reads: reads), .table(RecordType(fields, counts: counts)), span,
      keyLambdas + found.compactMap(\.argument))
    stage.effect = reads.reduce(stage.effect) { $0.joined($1.value.effect) }
    return stage
  }

  /// A key that is a method without arguments is called like it: `by .date.day()` gives the column `day`.
  private static func namedByMethod(_ key: Column) -> Column {
    guard key.name == nil, case .method(_, let name, let arguments, _) = key.value.kind, arguments.isEmpty else { return key }
    return Column(name: name, value: key.value)
  }

  /// The column with what it reads worked out once, before the first group: what holds no aggregate is of no group.
  private mutating func readingOnce(_ value: TypedExpression, into reads: inout [(slot: Int, value: TypedExpression)]) -> TypedExpression {
    if value.effect == .pure { return value }
    if value.effect >= .write {
      report(.writeInExpression, "a write cannot stand in a predicate or projection", value.span, hint: "use 'each'")
      return .missing(value.span)
    }
    let isOfGroup = (aggregates ?? []).contains { value.span.start <= $0.span.start && $0.span.end <= value.span.end }
    if !isOfGroup {
      if value.level < lambdas.count { return hoisted(value) }
      if !lambdas.isEmpty { return value }
      let slot = newSlot()
      reads.append((slot, value))
      return TypedExpression(kind: .local(slot), type: value.type, span: value.span)
    }
    if value.ownEffect > .pure {
      report(.writeInExpression, "this is fetched anew for each group", value.span, hint: "fetch it once before, with 'let'")
      return .missing(value.span)
    }
    var parts: [TypedExpression] = []
    for part in value.parts { parts.append(readingOnce(part, into: &reads)) }
    var rest = parts[...]
    var result = value.mapping { rest.popFirst() ?? $0 }
    result.effect = parts.reduce(.pure) { $0.joined($1.effect) }
    return result
  }

  /// Whether the column is what `count` or `dcount` gives, and nothing is done with it.
  private func isCount(_ value: TypedExpression) -> Bool {
    guard case .local(let slot) = value.kind else { return false }
    return (aggregates ?? []).contains { $0.slot == slot && ["count", "dcount"].contains($0.aggregate.name) }
  }

  /// In `summarize` a field stands in an aggregate only.
  private mutating func aggregateExpression(_ expression: Expression) -> TypedExpression {
    let before = diagnostics.count
    let value = check(expression)
    if diagnostics.count == before, usesRow(value) {
      report(.noCurrentRow, "a column of 'summarize' is made of aggregates", expression.span, hint: "put the field into one, as first(.field), or group by it with 'by'")
      return .missing(expression.span)
    }
    return value
  }

  private func usesRow(_ expression: TypedExpression) -> Bool {
    switch expression.kind {
    case .row, .rowField: true
    default: expression.parts.contains { usesRow($0) }
    }
  }

  /// A lone aggregate is named by its function: `count`, `sum_x`.
  private func aggregateName(_ expression: Expression) -> Word? {
    guard case .call(let name, let arguments, _) = expression.kind else { return nil }
    if let field = arguments.first.flatMap({ lastWord(of: $0.value) }) { return Word(text: "\(name.text)_\(field.text)", span: name.span) }
    return arguments.isEmpty ? name : nil
  }
}
