/// A compiled `def`. Its parameters and variables have slots of their own in every frame, since no definition calls itself.
struct CompiledDefinition {
  let slots: [Int]
  let body: CompiledBlock
  let source: SourceFile
  /// Which parameters are kept as numbers.
  let areNumbers: [Bool]

  func enter(_ frame: Frame, _ arguments: [Value]) {
    for (place, value) in arguments.enumerated() {
      if areNumbers[place] { frame.setNumber(slots[place], value) } else { frame.locals[slots[place]] = value }
    }
  }

  /// The value of the `return` that ended the body, or of its last expression.
  func leave(_ frame: Frame, _ value: Value) -> Value {
    guard let returned = frame.returned else { return value }
    frame.returned = nil
    return returned
  }
}

extension Compiler {
  func definition(_ index: Int) -> CompiledDefinition {
    if let known = definitions[index] { return known }
    let typed = program.definitions[index]
    // Its body outlives the predicate that it is first called in, so it must not keep what belongs to one.
    let compiled = apartFromPredicates {
      CompiledDefinition(
        slots: typed.slots, body: block(typed.body), source: typed.source, areNumbers: typed.slots.map { program.numberSlots.contains($0) })
    }
    definitions[index] = compiled
    return compiled
  }

  /// A call that touches nothing outside.
  func invoke(_ index: Int, _ arguments: [TypedExpression]) -> Code {
    let called = definition(index)
    if !arguments.contains(where: \.calls) {
      // No argument can be overwritten by the working out of the next.
      let settings = zip(called.slots, arguments).map { setting($0, compile($1)) }
      return .value { frame throws(RunError) in
        for setting in settings { try setting(frame) }
        do throws(RunError) { return called.leave(frame, try called.body.runSync(frame)) } catch { throw error.from(called.source) }
      }
    }
    let arguments = arguments.map { compile($0).asValue }
    return .value { frame throws(RunError) in
      var values: [Value] = []
      values.reserveCapacity(arguments.count)
      for argument in arguments { values.append(try argument(frame)) }
      called.enter(frame, values)
      do throws(RunError) { return called.leave(frame, try called.body.runSync(frame)) } catch { throw error.from(called.source) }
    }
  }

  func waitingInvoke(_ index: Int, _ arguments: [TypedExpression], _ span: Span) -> Waiting {
    let (called, arguments) = (definition(index), arguments.map { evaluation(of: $0) })
    return { frame async throws(RunError) in
      var values: [Value] = []
      for argument in arguments { values.append(try await argument.run(frame)) }
      called.enter(frame, values)
      // A call in the body is identified by where the body was called, too.
      frame.path.append(span.start)
      defer { frame.path.removeLast() }
      do throws(RunError) { return called.leave(frame, try await called.body.run(frame)) } catch { throw error.from(called.source) }
    }
  }

  func returning(_ value: TypedExpression?) -> CompiledBlock.Step {
    switch value.map({ evaluation(of: $0) }) ?? .now({ _ in .null }) {
    case .now(let code): return .act { frame throws(RunError) in frame.returned = try code(frame) }
    case .waiting(let code):
      return .waiting { frame async throws(RunError) in
        frame.returned = try await code(frame)
        return .null
      }
    }
  }

  func failure(_ message: TypedExpression, _ span: Span) -> CompiledBlock.Step {
    switch evaluation(of: message) {
    case .now(let text): return .act { frame throws(RunError) in throw RunError(.invalid, try text(frame).string, span: span) }
    case .waiting(let text): return .waiting { frame async throws(RunError) in throw RunError(.invalid, try await text(frame).string, span: span) }
    }
  }

  /// Of a comparison that does not hold both sides are told.
  func assertion(_ condition: TypedExpression, _ message: TypedExpression?, _ span: Span) -> CompiledBlock.Step {
    var sides: [(slot: Int, value: Evaluation)] = []
    var condition = condition
    if case .compare(let comparison, let a, let b) = condition.kind {
      let parts = [a, b].map { part -> TypedExpression in
        let slot = temporary()
        sides.append((slot, evaluation(of: part)))
        return TypedExpression(kind: .local(slot), type: part.type, span: part.span)
      }
      condition = TypedExpression(kind: .compare(comparison, parts[0], parts[1]), type: .bool, span: condition.span)
    }
    let (holds, text, place) = (evaluation(of: condition), message.map { evaluation(of: $0) }, condition.span)
    let source = program.source
    let finish = { (frame: Frame, message: Value?) throws(RunError) -> Never in
      let values = sides.map { frame.locals[$0.slot].literal }
      try frame.run.checkInterrupt()
      throw RunError(
        .assert, message?.string ?? "this does not hold: \(source.text(place))", span: place,
        hint: values.isEmpty ? nil : "left is \(values[0]), right is \(values[1])")
    }
    if case .now(let holds) = holds, sides.allSatisfy({ if case .now = $0.value { true } else { false } }) {
      return .act { [sides] frame throws(RunError) in
        for case (let slot, .now(let value)) in sides { frame.locals[slot] = try value(frame) }
        if case .bool(true) = try holds(frame) { return }
        guard case .now(let text)? = text else { try finish(frame, nil) }
        try finish(frame, try text(frame))
      }
    }
    return .waiting { [sides] frame async throws(RunError) in
      for (slot, value) in sides { frame.locals[slot] = try await value.run(frame) }
      if case .bool(true) = try await holds.run(frame) { return .null }
      guard let text else { try finish(frame, nil) }
      try finish(frame, try await text.run(frame))
    }
  }
}

extension TypedExpression {
  /// Whether working it out may call a definition.
  fileprivate var calls: Bool {
    switch kind {
    case .constant, .local, .row, .rowField: false
    case .field(let base, _), .not(let base), .negate(let base), .toFloat(let base): base.calls
    case .compare(_, let a, let b), .arithmetic(_, let a, let b), .and(let a, let b), .or(let a, let b): a.calls || b.calls
    default: true
    }
  }
}
