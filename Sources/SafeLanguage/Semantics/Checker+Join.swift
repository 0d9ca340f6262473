/// `expand` and `join`: stages that make rows of rows.
extension Checker {
  /// `expand m = .members`: the row for each element.
  mutating func expand(_ column: Column, _ element: Type, _ span: Span) -> TypedStage? {
    guard case .record(let row) = element else {
      report(.typeMismatch, "'expand' works on rows, this is a list of \(element)", span)
      return nil
    }
    guard let (name, lambda) = named(column, element) else { return nil }
    var type = lambda.body.type
    if type.isOptional {
      reportNull("this may be null, and a list is needed", lambda.body.span, hint: "give a default: ?? []")
      type = mode == .script ? .unknown : type.required
    }
    guard let inner = type.element else {
      report(.typeMismatch, "'expand' repeats the row for each element of a list, this is \(type)", lambda.body.span)
      return nil
    }
    var fields = row.fields
    let place = fields.firstIndex { $0.name == name.text } ?? fields.count
    if place < fields.count {
      refuseReplacing(name, row)
      fields[place].type = inner
    } else {
      fields.append(Field(name.text, inner))
    }
    return TypedStage(
      kind: .expand(lambda, column: place), type: .table(RecordType(fields, resource: row.resource)), span: span, effect: lambda.effect)
  }

  /// `join left r = table on .key, .a == .b`
  mutating func join(_ join: JoinSyntax, _ element: Type, _ span: Span) -> TypedStage? {
    let table = check(join.table)
    guard case .record(let left) = element else {
      report(.typeMismatch, "'join' works on rows, this is a list of \(element)", span)
      return nil
    }
    guard case .table(let right) = table.type else {
      if table.type != .unknown { report(.typeMismatch, "'join' takes a table, this is \(table.type)", table.span) }
      return nil
    }
    var keys: [(left: TypedLambda, right: TypedLambda, type: Type)] = []
    var dropped: Set<String> = []
    for key in join.keys {
      if key.right == nil, !isColumn(key.left) {
        report(.unexpected, "a key of both sides is a column", key.left.span, hint: "write both sides: .a == .b")
        continue
      }
      let a = lambda(over: element, key.left)
      let b = lambda(over: .record(right), key.right ?? key.left)
      [a, b].forEach { refuseWrite($0) }
      guard a.body.type != .unknown, b.body.type != .unknown else { continue }
      guard let type = comparable(a.body.type, b.body.type)?.required, type != .null else {
        report(.typeMismatch, "\(a.body.type) and \(b.body.type) do not compare", key.left.span)
        continue
      }
      guard isOfRow(a, "join"), isOfRow(b, "join") else { continue }
      // A key of the same name comes once. One that the left has not stays, so that `left` can be asked what found nothing.
      if case .rowField(let column) = b.body.kind, left.index(of: right.fields[column].name) != nil { dropped.insert(right.fields[column].name) }
      let folds = a.body.type.required == .email || b.body.type.required == .email
      keys.append((a, b, folds ? .email : type))
    }
    guard keys.count == join.keys.count else { return nil }
    guard let (fields, columns) = columns(left, right, join, dropping: dropped) else { return nil }
    let typed = TypedJoin(keepsLeft: join.keepsLeft, table: table, keys: keys, columns: columns)
    let effect = keys.reduce(table.effect) { $0.joined($1.left.effect).joined($1.right.effect) }
    return TypedStage(kind: .join(typed), type: .table(RecordType(fields, resource: left.resource)), span: span, effect: effect)
  }

  /// Whether an expression is a field, or a method of one: cheap to check twice.
  private func isColumn(_ expression: Expression) -> Bool {
    switch expression.kind {
    // A name is what the prompt takes for a field, and a constant is told of as what it is.
    case .rowField, .name, .text, .bool, .int, .email: true
    case .field(let base, _, _): isColumn(base)
    case .method(let base, _, let arguments, _): arguments.isEmpty && isColumn(base)
    default: false
    }
  }

  /// The left columns, then the right ones but a key that the left has; or the right row under one name.
  private mutating func columns(_ left: RecordType, _ right: RecordType, _ join: JoinSyntax, dropping: Set<String>) -> ([Field], [Int]?)? {
    func made(_ type: Type) -> Type { join.keepsLeft ? type.orNull : type }
    var fields = left.fields
    if let name = join.name {
      if left.index(of: name.text) != nil {
        report(.duplicateName, "the rows have a '\(name.text)' already", name.span, hint: "choose another name")
        return nil
      }
      fields.append(Field(name.text, made(.record(right))))
      return (fields, nil)
    }
    var columns: [Int] = []
    for (index, field) in right.fields.enumerated() where !dropping.contains(field.name) {
      if left.index(of: field.name) != nil {
        if field.isHidden { continue }
        report(.duplicateName, "both sides have a column '\(field.name)'", join.table.span, hint: "keep them apart with a name for the right row: join r = … on …")
        return nil
      }
      fields.append(Field(field.name, made(field.type)))
      columns.append(index)
    }
    return (fields, columns)
  }
}
