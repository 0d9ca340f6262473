/// Resources: their lists, what narrows a list where it comes from, rows by key, and cases without a name.
extension Checker {
  func resource(_ resource: ResourceType, _ span: Span) -> TypedExpression {
    let kind: TypedKind = resource.filters.isEmpty ? .resource(resource) : .fetch(resource, TypedQuery())
    return TypedExpression(kind: kind, type: resource.isSingle ? .record(resource.row) : .table(resource.row), span: span, effect: .read)
  }

  /// `events since: 24h`
  mutating func fetch(_ resource: ResourceType, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    note(name.span, .resource(resource))
    if refuseMissingPipe(resource, arguments, name) { return .missing(span) }
    guard !resource.filters.isEmpty else {
      report(.unknownArgument, "'\(name.text)' takes no argument", span, hint: "write '\(name.text) | where …'")
      return .missing(span)
    }
    let named = self.arguments(arguments[...], resource.filters, of: name, signature: resource.signature, example: resource.signature)
    if named.contains(where: { $0.value.level > 0 }) {
      report(.writeInExpression, "'\(name.text)' would be fetched for each row", span, hint: "use 'for' or 'each'")
      return .missing(span)
    }
    var result = self.resource(resource, span)
    result.kind = .fetch(resource, TypedQuery(arguments: named))
    result.effect = named.reduce(.read) { $0.joined($1.value.effect) }
    return result
  }

  /// `members where …`, without the `|` between them. True if it was told.
  private mutating func refuseMissingPipe(_ resource: ResourceType, _ arguments: [Argument], _ name: Word) -> Bool {
    guard let first = arguments.first, first.label == nil, case .name(let stage) = first.value.kind, variable(stage) == nil else { return false }
    let list: Type = resource.isSingle ? .record(resource.row) : .table(resource.row)
    let own = ForeignWords.stages[stage] ?? stage
    let isStage = Library.stage(own) != nil
    guard isStage || Library.method(own, on: list) != nil else { return false }
    var diagnostic = Diagnostic(
      .unknownArgument, "'\(stage)' is a \(isStage ? "stage" : "method"), and stands behind '|'", first.span,
      hint: "write '\(name.text) | \(own)\(!isStage || own == "distinct" ? "" : " …")'")
    diagnostic.fix = Fix(span: first.span, text: "| \(own)")
    add(diagnostic)
    return true
  }

  /// `refresh members` gives the list as it is now.
  mutating func refresh(_ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    guard arguments.count == 1, case .name(let list) = arguments[0].value.kind, let resource = schema.resource(listed: list) else {
      report(.missingArgument, "'refresh' takes a resource", arguments.first?.span ?? name.span, hint: "as in: refresh \(schema.resources.first?.plural ?? "members")")
      return .missing(span)
    }
    note(arguments[0].value.span, .resource(resource))
    refuseInPredicate("'refresh'", span)
    if !resource.filters.isEmpty {
      report(.typeMismatch, "'\(list)' is fetched anew each time", arguments[0].span, hint: "leave out 'refresh'")
      return .missing(span)
    }
    var result = self.resource(resource, span)
    result.kind = .refresh(resource)
    return result
  }

  /// `groups["Engineering"]`: by a key of the resource or its id.
  mutating func lookup(_ resource: ResourceType, _ base: TypedExpression, _ key: Expression, _ span: Span) -> TypedExpression {
    var key = check(key, expecting: resource.keyType)
    fieldsRead[resource.name, default: []].formUnion(resource.keys)
    if case .enumeration = resource.keyType, case .constant(.text) = key.kind { key = coerce(key, to: resource.keyType) { "\($0)" } }
    if key.type.isOptional {
      reportNull("this may be null, and a key is needed", key.span, hint: "give a default with '??', or test it against null", of: key)
      if mode == .script { key = .missing(key.span) }
    } else if key.type == .int {
      return node(.record(resource.row), span, [base, key]) { .index($0[0], $0[1]) }
    } else if key.type != .unknown, !key.type.isText, key.type != resource.keyType {
      report(.typeMismatch, "\(resource.plural) are found by \((resource.keys + ["id"]).joined(separator: ", ")), this is \(key.type)", key.span)
    }
    return node(.record(resource.row), span, [base, key]) { .lookup(resource, $0[0], key: $0[1]) }
  }

  /// `unknown(4711)` where an enumeration is expected: a number that has no name.
  mutating func unnamedCase(_ name: Word, _ arguments: [Argument], expecting: Type?, _ span: Span) -> TypedExpression? {
    guard name.text == "unknown", case .enumeration(let enumeration)? = expecting?.required, arguments.count == 1,
      case .int(let number) = number(arguments[0].value)
    else { return nil }
    guard let known = Int32(exactly: number) else {
      report(.badLiteral, "the numbers of cases are \(Int32.min) to \(Int32.max)", arguments[0].span)
      return .missing(span)
    }
    return .constant(.symbol(enumeration, Int(known)), .enumeration(enumeration), span)
  }

  private func number(_ expression: Expression) -> ExpressionKind {
    if case .negate(let operand) = expression.kind, case .int(let number) = operand.kind, number != .min { return .int(-number) }
    return expression.kind
  }

  /// What a field of a record literal is expected to be.
  func field(_ name: String, of type: Type?) -> Type? {
    guard case .record(let row)? = type?.required else { return nil }
    return row.index(of: name).map { row.fields[$0].type }
  }

  // MARK: what the source can do

  /// Hands comparisons of the stages directly after a list, and then a `take`, to where the list comes from. The stages stay: what the
  /// source does spares fetching, and what it cannot do is done here. Those before `start` were handed on already.
  mutating func pushingDown(_ stages: inout [TypedStage], from start: Int = 0, into source: TypedExpression) -> TypedExpression {
    guard case .fetch(let resource, var query) = source.kind else { return source }
    for index in stages.indices.dropFirst(start) where query.isOpen {
      switch stages[index].kind {
      case .filter(var lambda):
        query.isOpen = pushDown(lambda.body, &lambda, resource, &query)
        stages[index].kind = .filter(lambda)
      case .take(let count) where count.level == 0:
        let slot = newSlot()
        query.limit = (slot, count)
        stages[index].kind = .take(TypedExpression(kind: .local(slot), type: .int, span: count.span))
        query.isOpen = false
      case .method(let method, let arguments):
        stages[index].kind = .method(method, pushDown(method, arguments, stages[index].span, resource, &query))
      default: query.isOpen = false
      }
    }
    var source = source
    source.kind = .fetch(resource, query)
    return source
  }

  /// A method that looks at the rows that fit, or at the first of them alone.
  private mutating func pushDown(
    _ method: Method, _ arguments: [TypedArgument], _ span: Span, _ resource: ResourceType, _ query: inout TypedQuery
  ) -> [TypedArgument] {
    var arguments = arguments
    guard ["find", "any", "count", "first"].contains(method.name) else {
      query.isOpen = false
      return arguments
    }
    if case .row(var lambda)? = arguments.first {
      query.isOpen = pushDown(lambda.body, &lambda, resource, &query)
      arguments[0] = .row(lambda)
    }
    if query.isOpen, method.name != "count" { query.limit = (newSlot(), .constant(.int(1), .int, span)) }
    query.isOpen = false
    return arguments
  }

  /// `visits.find(…)` as `visits | find …`: what the method looks at is handed to where the list comes from.
  mutating func pushingDown(_ method: Method, _ arguments: inout [TypedArgument], into base: TypedExpression) -> TypedExpression {
    var (base, stages) = (base, [TypedStage]())
    var source = base
    if case .pipeline(let inner, let before) = base.kind { (source, stages) = (inner, before) }
    guard case .fetch = source.kind else { return base }
    let start = stages.count
    stages.append(TypedStage(kind: .method(method, arguments), type: base.type, span: base.span, effect: .pure))
    source = pushingDown(&stages, from: start, into: source)
    if case .method(_, let handed)? = stages.popLast()?.kind { arguments = handed }
    if stages.isEmpty { return source }
    base.kind = .pipeline(source, stages)
    return base
  }

  /// Takes what it can of a condition; true if that is all of it.
  private mutating func pushDown(
    _ condition: TypedExpression, _ lambda: inout TypedLambda, _ resource: ResourceType, _ query: inout TypedQuery
  ) -> Bool {
    switch condition.kind {
    case .and(let a, let b):
      let first = pushDown(a, &lambda, resource, &query)
      return pushDown(b, &lambda, resource, &query) && first
    case .compare(let comparison, let a, let b):
      guard let comparison = RowComparison(comparison) else { return false }
      if let field = comparableField(a, resource), b.level == 0 {
        push(field, comparison, b, &lambda, &query)
      } else if let field = comparableField(b, resource), a.level == 0 {
        push(field, comparison.turned, a, &lambda, &query)
      } else {
        return false
      }
      return true
    default: return false
    }
  }

  private mutating func push(
    _ field: String, _ comparison: RowComparison, _ value: TypedExpression, _ lambda: inout TypedLambda, _ query: inout TypedQuery
  ) {
    // What the predicate works out before its first row is worked out before the fetch instead.
    if case .local(let slot) = value.kind, let place = lambda.hoisted.firstIndex(where: { $0.slot == slot }) {
      query.conditions.append((field, comparison, slot, lambda.hoisted.remove(at: place).value))
    } else {
      query.conditions.append((field, comparison, newSlot(), value))
    }
  }

  /// `.date`, `.actor` or `.actor?.email` of the row, where the source can compare it.
  private func comparableField(_ expression: TypedExpression, _ resource: ResourceType) -> String? {
    var name: String?
    switch expression.kind {
    case .rowField(let column) where expression.level == level + 1 && resource.row.fields.indices.contains(column): name = resource.row.fields[column].name
    case .relation(let base, let relation, _):
      if case .row = base.kind, base.level == level + 1 { name = relation.name }
    case .chain(let guards, let body):
      guard guards.count == 1, case .relation(let base, let relation, _) = guards[0].value.kind, case .row = base.kind, base.level == level + 1,
        case .field(let row, let column) = body.kind, case .local(guards[0].slot) = row.kind,
        let target = schema.resource(named: relation.target), target.row.fields[column].name == target.keys.first
      else { return nil }
      name = relation.name
    default: return nil
    }
    return name.flatMap { resource.comparable.contains($0) ? $0 : nil }
  }
}

extension RowComparison {
  fileprivate init?(_ comparison: Comparison) {
    switch comparison {
    case .equal: self = .equal
    case .less: self = .less
    case .lessOrEqual: self = .lessOrEqual
    case .greater: self = .greater
    case .greaterOrEqual: self = .greaterOrEqual
    case .notEqual: return nil
    }
  }

  /// With the sides the other way round.
  fileprivate var turned: RowComparison {
    switch self {
    case .equal: .equal
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
