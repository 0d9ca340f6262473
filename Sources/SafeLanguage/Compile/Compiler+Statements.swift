/// A block of statements. Without effects it runs without waiting, many times faster.
struct CompiledBlock {
  enum Step {
    case now(Code.Of<Value>)
    case waiting((Frame) async throws(RunError) -> Value)
  }

  let steps: [Step]
  /// Whether a `return` may end it before its last step.
  let mayReturn: Bool
  private let sync: Code.Of<Value>

  init(steps: [Step], mayReturn: Bool) {
    self.steps = steps
    self.mayReturn = mayReturn
    sync = Self.composed(steps, mayReturn: mayReturn)
  }

  var isPure: Bool {
    steps.allSatisfy { if case .now = $0 { true } else { false } }
  }

  /// The value of the last expression, or null.
  func run(_ frame: Frame) async throws(RunError) -> Value {
    var value = Value.null
    for step in steps {
      switch step {
      case .now(let code): value = try code(frame)
      case .waiting(let code): value = try await code(frame)
      }
      if mayReturn, frame.returned != nil { break }
    }
    return value
  }

  func runSync(_ frame: Frame) throws(RunError) -> Value { try sync(frame) }

  /// The steps of a pure block as one closure; of few steps it holds them directly, since going through an array counts references.
  private static func composed(_ steps: [Step], mayReturn: Bool) -> Code.Of<Value> {
    let codes = steps.compactMap { step -> Code.Of<Value>? in
      if case .now(let code) = step { return code }
      return nil
    }
    if codes.count == 1 { return codes[0] }
    if codes.count == 2, !mayReturn {
      let (first, second) = (codes[0], codes[1])
      return { frame throws(RunError) in
        _ = try first(frame)
        return try second(frame)
      }
    }
    return { frame throws(RunError) in
      var value = Value.null
      for code in codes {
        value = try code(frame)
        if mayReturn, frame.returned != nil { break }
      }
      return value
    }
  }
}

extension Compiler {
  func block(_ block: TypedBlock) -> CompiledBlock { CompiledBlock(steps: block.statements.map { step($0) }, mayReturn: block.mayReturn) }

  func step(_ statement: TypedStatement) -> CompiledBlock.Step {
    switch statement.kind {
    case .store(let slot, let value): return store(slot, value)
    case .loop(let slot, let list, let body): return loop(slot, list, body, statement)
    case .expression(let value, let isShown): return self.expression(value, isShown)
    case .return(let value): return returning(value)
    case .assertion(let condition, let message): return assertion(condition, message, statement.span)
    }
  }

  private func store(_ slot: Int, _ value: TypedExpression) -> CompiledBlock.Step {
    if value.effect == .pure {
      let value = compile(value)
      if program.numberSlots.contains(slot), case .int(let code) = value {
        return .now { frame throws(RunError) in
          frame.numbers[slot] = UInt64(bitPattern: Int64(try code(frame)))
          return .null
        }
      }
      let store = setting(slot, value)
      return .now { frame throws(RunError) in
        try store(frame)
        return .null
      }
    }
    let (isNumber, code) = (program.numberSlots.contains(slot), evaluation(of: value))
    return .waiting { frame async throws(RunError) in
      let value = try await code.run(frame)
      if isNumber { frame.setNumber(slot, value) } else { frame.locals[slot] = value }
      return .null
    }
  }

  /// Puts a value into a variable, as a number where it is one.
  func setting(_ slot: Int, _ value: Code) -> (Frame) throws(RunError) -> Void {
    guard program.numberSlots.contains(slot) else {
      let code = value.asValue
      return { frame throws(RunError) in frame.locals[slot] = try code(frame) }
    }
    switch value {
    case .int(let code): return { frame throws(RunError) in frame.numbers[slot] = UInt64(bitPattern: Int64(try code(frame))) }
    case .float(let code): return { frame throws(RunError) in frame.numbers[slot] = try code(frame).bitPattern }
    case .bool(let code): return { frame throws(RunError) in frame.numbers[slot] = try code(frame) ? 1 : 0 }
    default:
      let code = value.asValue
      return { frame throws(RunError) in frame.setNumber(slot, try code(frame)) }
    }
  }

  private func expression(_ value: TypedExpression, _ isShown: Bool) -> CompiledBlock.Step {
    let (type, span) = (value.type, value.span)
    guard isShown else {
      switch evaluation(of: value) {
      case .now(let code): return .now(code)
      case .waiting(let code): return .waiting(code)
      }
    }
    let code = evaluation(of: value)
    return .waiting { frame async throws(RunError) in
      let value = try await code.run(frame)
      do throws(RunError) { try value.requireFinite() } catch { throw error.at(span) }
      frame.run.world.emit(.value(value, type))
      return value
    }
  }

  private func loop(_ slot: Int, _ list: TypedExpression, _ body: TypedBlock, _ statement: TypedStatement) -> CompiledBlock.Step {
    let body = block(body)
    if let fused = fusedLoop(slot, list, body) { return fused }
    let list = evaluation(of: list)
    let isNumber = program.numberSlots.contains(slot)
    if body.isPure, case .now(let list) = list {
      return .now { frame throws(RunError) in
        let elements = try list(frame)
        if isNumber, case .range(let start, let end) = elements { return try Self.count(from: start, to: end, in: slot, body, frame) }
        for index in 0..<elements.elementCount {
          try frame.tick()
          if isNumber { frame.setNumber(slot, elements.element(index)) } else { frame.locals[slot] = elements.element(index) }
          _ = try body.runSync(frame)
          if body.mayReturn, frame.returned != nil { break }
        }
        return .null
      }
    }
    return .waiting { frame async throws(RunError) in
      let elements = try await list.run(frame)
      frame.path.append(0)
      defer { frame.path.removeLast() }
      for index in 0..<elements.elementCount {
        try frame.run.checkInterrupt()
        frame.path[frame.path.count - 1] = index
        if isNumber { frame.setNumber(slot, elements.element(index)) } else { frame.locals[slot] = elements.element(index) }
        _ = try await body.run(frame)
        if body.mayReturn, frame.returned != nil { break }
      }
      return .null
    }
  }

  /// A loop over numbers, without the list of them.
  private static func count(from start: Int, to end: Int, in slot: Int, _ body: CompiledBlock, _ frame: Frame) throws(RunError) -> Value {
    var number = start
    while number < end {
      try frame.tick()
      frame.numbers[slot] = UInt64(bitPattern: Int64(number))
      _ = try body.runSync(frame)
      if body.mayReturn, frame.returned != nil { break }
      number += 1
    }
    return .null
  }
}
