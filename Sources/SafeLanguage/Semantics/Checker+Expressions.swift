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
  mutating func link(
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
  mutating func guarded(_ base: TypedExpression, _ guards: inout [(slot: Int, value: TypedExpression)]) -> TypedExpression {
    guard base.type.isOptional else { return base }
    let slot = newSlot()
    guards.append((slot, base))
    chainGuards.append((slot, base, level))
    guardDepth += 1
    return TypedExpression(kind: .local(slot), type: base.type.required, span: base.span, level: base.level)
  }

  mutating func endChain(_ guards: Int) {
    chainGuards.removeLast(guards)
    guardDepth -= guards
  }

  mutating func guid(_ text: String, expecting: Type?, _ span: Span) -> TypedExpression {
    if case .id? = expecting?.required, let type = expecting?.required { return .constant(.text(text), type, span) }
    return .constant(.text(text), .text, span)
  }

  mutating func interpolation(_ parts: [TextPart], _ span: Span) -> TypedExpression {
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
  mutating func printable(_ value: TypedExpression) -> TypedExpression {
    if value.effect >= .write { report(.writeInExpression, "a write cannot stand in a text", value.span, hint: "do it before, with 'let'") }
    if value.type.isOptional {
      reportNull("this may be null, and a text is needed", value.span, hint: "give a default with '??'", of: value)
      return value
    }
    requireValue(value)
    if !value.type.isPrintable, value.type != .nothing { report(.typeMismatch, "a \(value.type) has no text", value.span) }
    return value
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
      if case .record(let row) = base.type.required, case .constant(.text(let name)) = checked.kind {
        refuseFieldByIndex(name, row, of: base, span)
        return .missing(span)
      }
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
