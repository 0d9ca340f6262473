extension Checker {
  /// Gives an expression its type. `expecting` lets bare enum cases and text literals be what the place needs.
  mutating func check(_ expression: Expression, expecting: Type? = nil) -> TypedExpression {
    var guards: [(slot: Int, value: TypedExpression)] = []
    var result = link(expression, expecting: expecting, guards: &guards)
    result.type = bounded(result.type, expression.span)
    guard !guards.isEmpty else { return result }
    let own = chainGuards.indices.suffix(guards.count)
    for place in own where chainGuards[place].value.level < result.level {
      chainGuards[place].value = hoisted(chainGuards[place].value, within: place)
    }
    var parts = chainGuards[own].map(\.value) + [result]
    let (level, effect) = settle(&parts)
    endChain(guards.count)
    let kind = TypedKind.chain(zip(guards, parts).map { ($0.slot, $1) }, parts[parts.count - 1])
    return TypedExpression(kind: kind, type: result.type.orNull, span: expression.span, effect: effect, level: level)
  }

  /// The type, if it is none that grew beyond all measure, as records of records that each hold the one before twice do.
  mutating func bounded(_ type: Type, _ span: Span) -> Type {
    if type.isBounded { return type }
    report(.tooDeep, "the type of this has more than \(Type.maximumParts) parts, or more than \(Type.maximumDepth) in one another", span, hint: "keep less in it")
    return .unknown
  }

  /// One link of a chain of fields and methods. `x?.…` puts `x` among the guards and goes on as if it were not null.
  private mutating func link(
    _ expression: Expression, expecting: Type? = nil, guards: inout [(slot: Int, value: TypedExpression)]
  ) -> TypedExpression {
    let span = expression.span
    switch expression.kind {
    case .int(let value): return .constant(.int(value), .int, span)
    case .float(let value): return .constant(.float(value), .float, span)
    case .bool(let value): return .constant(.bool(value), .bool, span)
    case .null: return .constant(.null, .null, span)
    case .text(let text): return .constant(.text(text), .text, span)
    case .duration(let value): return .constant(.duration(value), .duration, span)
    case .date(let value): return .constant(.date(value), .date, span)
    case .time(let value): return .constant(.time(value), .time, span)
    case .email(let text): return .constant(.text(text), .email, span)
    case .guid(let text): return guid(text, expecting: expecting, span)
    case .interpolation(let parts): return interpolation(parts, span)
    case .name(let name): return self.name(name, expecting: expecting, span)
    case .it: return currentRow(span)
    case .rowField(let name): return select(name, of: currentRow(span), span)
    case .field(let base, let name, let optional):
      if let module = module(base) { return value(name, of: module, span) }
      var base = link(base, guards: &guards)
      if optional { base = guarded(base, &guards) }
      return select(name, of: base, span)
    case .method(let base, let name, let arguments, let optional):
      if let module = module(base) { return call(name, of: module, arguments, span) }
      isLookedUp = name.text == "find" || name.text == "where"
      var base = link(base, guards: &guards)
      isLookedUp = false
      if optional { base = guarded(base, &guards) }
      return method(name, of: base, arguments, span)
    case .index(let base, let index): return self.index(base, index, &guards, span)
    case .call(let name, let arguments, _): return unnamedCase(name, arguments, expecting: expecting, span) ?? call(name, arguments, span)
    case .list(let elements): return list(elements, expecting: expecting, span)
    case .record(let entries): return record(entries, expecting: expecting, span)
    case .not(let operand):
      let operand = condition(operand)
      return node(.bool, span, [operand]) { .not($0[0]) }
    case .negate(let operand): return negation(operand, span)
    case .binary(let operation, let left, let right): return binary(operation, left, right, expecting: expecting, span)
    case .pipeline(let source, let stages): return pipeline(source, stages, span)
    case .conditional(let condition, let then, let otherwise): return conditional(condition, then, otherwise, span)
    case .attempt(let body, let name, let recovery): return attempt(body, name, recovery, span)
    case .typed(let call, let type): return input(call, type, span)
    case .missing: return .missing(span)
    }
  }

  /// `x?.`: the value of x in a slot of its own, known not to be null.
  private mutating func guarded(_ base: TypedExpression, _ guards: inout [(slot: Int, value: TypedExpression)]) -> TypedExpression {
    guard base.type.isOptional else { return base }
    let slot = newSlot()
    guards.append((slot, base))
    chainGuards.append((slot, base, level))
    guardDepth += 1
    return TypedExpression(kind: .local(slot), type: base.type.required, span: base.span, level: base.level)
  }

  private mutating func endChain(_ guards: Int) {
    chainGuards.removeLast(guards)
    guardDepth -= guards
  }

  private mutating func guid(_ text: String, expecting: Type?, _ span: Span) -> TypedExpression {
    if case .id? = expecting?.required, let type = expecting?.required { return .constant(.text(text), type, span) }
    return .constant(.text(text), .text, span)
  }

  private mutating func interpolation(_ parts: [TextPart], _ span: Span) -> TypedExpression {
    var values: [TypedExpression] = []
    for case .expression(let expression) in parts { values.append(printable(check(expression))) }
    return node(.text, span, values) { values in
      var rest = values[...]
      return .interpolation(
        parts.map { part in
          if case .characters(let characters) = part { return .characters(characters) }
          return rest.popFirst().map { .expression($0) } ?? .characters("")
        })
    }
  }

  /// What can be part of a text: not null, not secret.
  private mutating func printable(_ value: TypedExpression) -> TypedExpression {
    if value.effect >= .write { report(.writeInExpression, "a write cannot stand in a text", value.span, hint: "do it before, with 'let'") }
    if value.type.isOptional {
      reportNull("this may be null, and a text is needed", value.span, hint: "give a default with '??'")
      return value
    }
    requireValue(value)
    if !value.type.isPrintable, value.type != .nothing { report(.typeMismatch, "a \(value.type) has no text", value.span) }
    return value
  }

  // MARK: names

  private mutating func name(_ name: String, expecting: Type?, _ span: Span) -> TypedExpression {
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
  private mutating func leniently(_ name: String, expecting: Type?, _ span: Span) -> TypedExpression? {
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
  private mutating func warnOfAll(_ resource: ResourceType, _ span: Span) {
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

  private func relation(_ name: String, of row: RecordType) -> Relation? {
    row.resource.flatMap { schema.resource(named: $0) }?.relations.first { $0.name == name }
  }

  /// The case that was meant, or the first ones.
  func casesHint(_ name: String, _ enumeration: EnumType) -> String {
    didYouMean(name, enumeration.cases.map(\.name)) ?? "its cases are \(enumeration.cases.prefix(8).map(\.name).joined(separator: ", "))"
  }

  private mutating func unknownName(_ name: String, expecting: Type?, _ span: Span) {
    // The lexer told of it.
    if !name.utf8.allSatisfy({ isWord($0) }) { return }
    if case .enumeration(let enumeration)? = expecting?.required {
      report(
        .unknownCase, "\(enumeration.name) has no case '\(name)'", span,
        hint: casesHint(name, enumeration))
      return
    }
    if let unseen = files[file].variables[name], !unseen.isShared {
      report(
        .unknownName, "a 'def' or 'test' does not see '\(name)'", span, hint: "it sees params and values that are worked out without reading: give it as an argument")
      return
    }
    var hint = didYouMean(name, visibleNames)
    if files[file].modules[name] != nil { hint = "'\(name)' is a used file: write '\(name).f(…)'" }
    if let enumeration = schema.enumerations.first(where: { $0.number(of: name) != nil }) {
      hint = hint ?? "'\(name)' is a case of \(enumeration.name), which is not expected here"
    } else if callableNames.contains(name) {
      hint = "'\(name)' is called: write '\(name)(…)' or give it an argument"
    }
    report(.unknownName, "there is no variable or resource '\(name)'", span, hint: hint ?? "text stands in quotes")
  }

  private mutating func currentRow(_ span: Span) -> TypedExpression {
    guard let row = rows.last else {
      report(.noCurrentRow, "there is no current row here", span, hint: "'.field' and 'it' stand in stages, predicates and 'each'")
      return .missing(span)
    }
    return TypedExpression(kind: .row, type: row.type, span: span, level: row.level, row: row.number)
  }

  // MARK: fields

  /// `.field` of a row, a column of a table, or a relation of a resource.
  private mutating func select(_ name: Word, of base: TypedExpression, _ span: Span) -> TypedExpression {
    switch base.type {
    case .unknown: return .missing(span)
    case .record(let row): return field(name, row, base, span)
    case .table(let row):
      guard let index = visibleIndex(name, row) else {
        unknownField(name, row, methods: Library.methodNames(on: base.type))
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
        hint: didYouMean(name.text, Library.methodNames(on: base.type)).map { "\($0) methods end in ()" })
      return .missing(span)
    }
  }

  private func visibleIndex(_ name: Word, _ row: RecordType) -> Int? {
    row.index(of: name.text).flatMap { row.fields[$0].isHidden ? nil : $0 }
  }

  private mutating func field(_ name: Word, _ row: RecordType, _ base: TypedExpression, _ span: Span) -> TypedExpression {
    if let relation = relation(name.text, of: row) {
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

  /// The place is the field with its dot, which stands directly before it.
  mutating func unknownField(_ name: Word, _ row: RecordType, methods: [String] = []) {
    let span = Span(name.span.start - 1, name.span.end)
    let relations = row.resource.flatMap { schema.resource(named: $0) }?.relations.map(\.name) ?? []
    let candidates = row.visible.map(\.name) + relations
    var hint = methods.contains(name.text) ? "it is a method: write '.\(name.text)()'" : didYouMean(name.text, candidates, prefix: ".")
    if hint == nil, let other = comparedWith, let field = field(row, comparedWith: other) { hint = "did you mean '.\(field)'?" }
    if hint == nil, row.resource == nil, let wider = schema.resources.first(where: { $0.row.index(of: name.text) != nil }), candidates.count < wider.row.fields.count {
      hint = "the row has \(candidates.prefix(10).map { ".\($0)" }.joined(separator: ", "))"
    }
    let subject = row.resource ?? "the row"
    report(
      .unknownField, "\(subject) has no field '\(name.text)'", span,
      hint: hint ?? (candidates.isEmpty ? nil : "it has \(candidates.prefix(12).map { ".\($0)" }.joined(separator: ", "))"))
  }

  private mutating func relation(_ relation: Relation, of base: TypedExpression, _ span: Span) -> TypedExpression {
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

  // MARK: index

  private mutating func index(
    _ base: Expression, _ index: Expression, _ guards: inout [(slot: Int, value: TypedExpression)], _ span: Span
  ) -> TypedExpression {
    isLookedUp = true
    let base = link(base, guards: &guards)
    isLookedUp = false
    if case .resource(let resource) = base.kind, !resource.keys.isEmpty { return lookup(resource, base, index, span) }
    let checked = check(index, expecting: .int)
    guard let element = base.type.element else {
      report(.typeMismatch, "\(base.type) has no elements", base.span, hint: base.type.isOptional ? "give a default with '??'" : nil)
      return .missing(span)
    }
    let position = coerce(checked, to: .int) { "an index is an Int, this is \($0)" }
    return node(element, span, [base, position]) { .index($0[0], $0[1]) }
  }

  // MARK: lists and records

  private mutating func list(_ elements: [Expression], expecting: Type?, _ span: Span) -> TypedExpression {
    let expected = expecting?.required.element
    var checked = elements.map { literal(check($0, expecting: expected), as: expected) }
    var type = checked.first?.type ?? .null
    for element in checked.dropFirst() {
      guard let wider = common(type, element.type) else {
        report(.typeMismatch, "the list holds \(type), this is \(element.type)", element.span)
        return .missing(span)
      }
      type = wider
    }
    for index in checked.indices {
      requireValue(checked[index])
      checked[index] = coerce(checked[index], to: type) { "the list holds \(type), this is \($0)" }
    }
    return node(checked.isEmpty ? .list(.unknown) : .list(of: type), span, checked) { .list($0) }
  }

  private mutating func record(_ entries: [RecordEntry], expecting: Type?, _ span: Span) -> TypedExpression {
    var fields: [Field] = []
    var values: [TypedExpression] = []
    for entry in entries {
      let value = check(entry.value, expecting: field(entry.name.text, of: expecting))
      requireValue(value)
      if fields.contains(where: { $0.name == entry.name.text }) {
        report(.duplicateName, "the field '\(entry.name.text)' comes twice", entry.name.span)
        continue
      }
      fields.append(Field(entry.name.text, value.type))
      values.append(value)
    }
    let type = RecordType(fields)
    return node(.record(type), span, values) { .record(type, $0) }
  }

  // MARK: blocks

  private mutating func conditional(_ condition: Expression, _ then: Block, _ otherwise: Block?, _ span: Span) -> TypedExpression {
    let checked = self.condition(condition)
    let facts = facts(checked)
    var first = narrowing(facts.whenTrue) { $0.block(then) }
    var second = otherwise.map { block in narrowing(facts.whenFalse) { $0.block(block) } }
    // Branches of different types have no value together, which matters only where one is needed.
    let type = common(first.type, second?.type ?? .null) ?? .nothing
    first = converted(first, to: type)
    second = second.map { converted($0, to: type) }
    return blocks(checked, first, second, type, span)
  }

  private mutating func blocks(_ condition: TypedExpression, _ first: TypedBlock, _ second: TypedBlock?, _ type: Type, _ span: Span) -> TypedExpression {
    var result = node(type, span, [condition]) { .conditional($0[0], first, second) }
    result.effect = result.effect.joined(first.effect).joined(second?.effect ?? .pure)
    result.level = level
    return result
  }

  private mutating func attempt(_ body: Block, _ name: Word?, _ recovery: Block?, _ span: Span) -> TypedExpression {
    var first = block(body)
    var slot: Int?
    var second = recovery.map { block in
      inScope { checker in
        if let name { slot = checker.declare(name, .record(checker.schema.errorType), as: .row) }
        return checker.block(block)
      }
    }
    let type = common(first.type, second?.type ?? .null) ?? .nothing
    first = converted(first, to: type)
    second = second.map { converted($0, to: type) }
    let effect = first.effect.joined(second?.effect ?? .pure)
    return TypedExpression(kind: .attempt(first, slot: slot, second), type: type, span: span, effect: effect, level: level)
  }

  /// A branch whose last expression has the type of both.
  private mutating func converted(_ block: TypedBlock, to type: Type) -> TypedBlock {
    guard case .expression(let value, let isShown)? = block.statements.last?.kind, value.type != .nothing, value.type != type, type != .null, type != .nothing
    else { return block }
    var block = block
    let value2 = coerce(value, to: type) { "the other branch gives \(type), this one \($0)" }
    block.statements[block.statements.count - 1].kind = .expression(value2, isShown: isShown)
    block.type = type
    return block
  }
}
