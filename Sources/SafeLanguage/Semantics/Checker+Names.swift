/// Names, fields and relations: what a word stands for where it stands.
extension Checker {
  mutating func name(_ name: String, expecting: Type?, _ span: Span) -> TypedExpression {
    if case .enumeration(let enumeration)? = expecting?.required, let number = enumeration.number(of: name) {
      note(span, .enumCase(name, enumeration))
      return .constant(.symbol(enumeration, number), .enumeration(enumeration), span)
    }
    if let variable = variable(name) {
      note(span, .variable(variable.slot))
      var local = TypedExpression(kind: .local(variable.slot), type: variable.type, span: span, level: variable.level)
      if !variable.isVariable { local.type = narrowedType(local) }
      if !variable.isShared { readsUnshared = true }
      return local
    }
    if let resource = schema.resource(listed: name) {
      note(span, .resource(resource))
      warnOfAll(resource, span)
      return self.resource(resource, span)
    }
    if let field = leniently(name, expecting: expecting, span) { return field }
    unknownName(name, expecting: expecting, span)
    return .missing(span)
  }

  /// A bare field name: at the prompt it is read as `.name`; in a script that is what the error proposes.
  mutating func leniently(_ name: String, expecting: Type?, _ span: Span) -> TypedExpression? {
    guard case .record(let row)? = rows.last?.type, files[file].variables[name] == nil else { return nil }
    let word = Word(text: name, span: Span(span.start + 1, span.end))
    guard visibleIndex(word, row) != nil || relation(name, of: row) != nil else { return nil }
    let fix = Fix(span: span, text: ".\(name)")
    if mode == .prompt, file == 0 {
      rewrites.append(fix)
      return select(word, of: currentRow(span), span)
    }
    var diagnostic = Diagnostic(.unknownName, "there is no variable or resource '\(name)'", span, hint: "did you mean '.\(name)'?")
    diagnostic.fix = fix
    add(diagnostic)
    return .missing(span)
  }

  /// `groups.any(…)` over members asks about all groups, which is seldom meant; `groups["Sales"]` and `groups.find(…)` are.
  mutating func warnOfAll(_ resource: ResourceType, _ span: Span) {
    guard level > 0, !isLookedUp, case .record(let row)? = rows.last?.type, relation(resource.plural, of: row) != nil else { return }
    let message = "'\(resource.plural)' is all of them, whatever the row"
    add(Diagnostic(.unknownName, message, span, hint: "those of the row are '.\(resource.plural)'", severity: .warning))
  }

  /// Whether a bare name can only be meant as a field of the current row.
  func isFieldName(_ expression: Expression) -> Bool {
    guard case .name(let name) = expression.kind, variable(name) == nil, schema.resource(listed: name) == nil,
      case .record(let row)? = rows.last?.type
    else { return false }
    return visibleIndex(Word(text: name, span: expression.span), row) != nil || relation(name, of: row) != nil
  }

  func relation(_ name: String, of row: RecordType) -> Relation? {
    row.resource.flatMap { schema.resource(named: $0) }?.relations.first { $0.name == name }
  }

  /// The case that was meant, or the first ones.
  func casesHint(_ name: String, _ enumeration: EnumType) -> String {
    didYouMean(name, enumeration.cases.map(\.name)) ?? "its cases are \(enumeration.cases.prefix(8).map(\.name).joined(separator: ", "))"
  }

  mutating func currentRow(_ span: Span) -> TypedExpression {
    guard let row = rows.last else {
      report(.noCurrentRow, "there is no current row here", span, hint: "'.field' and 'it' stand in stages, predicates and 'each'")
      return .missing(span)
    }
    return TypedExpression(kind: .row, type: row.type, span: span, level: row.level, row: row.number)
  }

  // MARK: fields

  /// `.field` of a row, a column of a table, or a relation of a resource.
  mutating func select(_ name: Word, of base: TypedExpression, _ span: Span) -> TypedExpression {
    switch base.type {
    case .unknown: return .missing(span)
    case .record(let row): return field(name, row, base, span)
    case .table(let row):
      guard let index = visibleIndex(name, row) else {
        if let relation = relation(name.text, of: row) {
          refuseRelation(relation, ofMany: base, name)
        } else {
          unknownField(name, row, methods: Library.methodNames(on: base.type))
        }
        return .missing(span)
      }
      note(name.span, .field(row.fields[index], of: row.resource ?? "the rows"))
      if let resource = row.resource { fieldsRead[resource, default: []].insert(name.text) }
      return node(.list(of: row.fields[index].type), span, [base]) { .column($0[0], index) }
    case .optional(let inner):
      if case .record = inner {
        reportNull("this may be null, so it may have no '\(name.text)'", base.span, hint: "write '?.\(name.text)', or test it against null")
        guard mode == .prompt else { return .missing(span) }
        var guards: [(slot: Int, value: TypedExpression)] = []
        let value = select(name, of: guarded(base, &guards), span)
        defer { endChain(1) }
        return node(value.type.orNull, span, [chainGuards.last?.value ?? base, value]) { parts in .chain([(guards[0].slot, parts[0])], parts[1]) }
      }
      fallthrough
    default:
      report(
        .unknownField, "\(base.type) has no field '\(name.text)'", name.span,
        hint: methodHint(name.text, base) ?? didYouMean(name.text, Library.methodNames(on: base.type)).map { "\($0) methods end in ()" })
      return .missing(span)
    }
  }

  /// How a method is written that somebody took for a field: `.date.day`.
  private func methodHint(_ name: String, _ base: TypedExpression) -> String? {
    guard let method = Library.methods.first(where: { $0.name == name && $0.accepts(base.type.required) }) else { return nil }
    let before = files[file].source.text(base.span)
    let written = before.utf8.count <= Self.longestBase && !before.contains("\n") ? before : ""
    return "write '\(written).\(name)\(method.parameters.isEmpty ? "()" : "(…)")'"
  }

  /// More is not said again in a hint.
  private static let longestBase = 40

  func visibleIndex(_ name: Word, _ row: RecordType) -> Int? {
    row.index(of: name.text).flatMap { row.fields[$0].isHidden ? nil : $0 }
  }

  mutating func field(_ name: Word, _ row: RecordType, _ base: TypedExpression, _ span: Span) -> TypedExpression {
    // A column that `expand` or `extend` put there stands before the relation of its name.
    if visibleIndex(name, row) == nil, let relation = relation(name.text, of: row) {
      note(name.span, .relation(relation))
      return self.relation(relation, of: base, span)
    }
    guard let index = visibleIndex(name, row) else {
      unknownField(name, row)
      return .missing(span)
    }
    let type = row.fields[index].type
    var result: TypedExpression
    if case .row = base.kind {
      result = TypedExpression(kind: .rowField(index), type: type, span: span, level: base.level, row: base.row)
    } else {
      result = node(type, span, [base]) { .field($0[0], index) }
    }
    result.type = narrowedType(result)
    note(name.span, .field(Field(name.text, result.type), of: row.resource ?? "the row"))
    if let resource = row.resource { fieldsRead[resource, default: []].insert(name.text) }
    return result
  }

  mutating func relation(_ relation: Relation, of base: TypedExpression, _ span: Span) -> TypedExpression {
    guard let target = schema.resource(named: relation.target) else { return .missing(span) }
    let slot = relationSlots
    relationSlots += 1
    var result = TypedExpression(
      kind: .relation(base, relation, slot: slot), type: relation.type(target), span: span, effect: .read, level: base.level)
    if base.level > 0 {
      // Fetched in bulk before the first row, so that the predicate itself does not wait.
      var ofRow = false
      if case .row = base.kind { ofRow = base.level == 1 }
      lambdas[0].relations.append((slot, relation, ofRow))
      result.effect = base.effect
    }
    return result
  }
}
