/// A block of statements. Without effects it runs without waiting, many times faster.
struct CompiledBlock {
  enum Step {
    case now(Code.Of<Value>)
    case waiting((Frame) async throws(RunError) -> Value)
  }

  let steps: [Step]

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
    }
    return value
  }

  func runSync(_ frame: Frame) throws(RunError) -> Value {
    var value = Value.null
    for case .now(let code) in steps { value = try code(frame) }
    return value
  }
}

extension Compiler {
  func block(_ block: TypedBlock) -> CompiledBlock { CompiledBlock(steps: block.statements.map { step($0) }) }

  func step(_ statement: TypedStatement) -> CompiledBlock.Step {
    switch statement.kind {
    case .store(let slot, let value): return store(slot, value)
    case .loop(let slot, let list, let body): return loop(slot, list, body, statement)
    case .expression(let value, let isShown): return self.expression(value, isShown)
    }
  }

  private func store(_ slot: Int, _ value: TypedExpression) -> CompiledBlock.Step {
    switch evaluation(of: value) {
    case .now(let code):
      return .now { frame throws(RunError) in
        frame.locals[slot] = try code(frame)
        return .null
      }
    case .waiting(let code):
      return .waiting { frame async throws(RunError) in
        frame.locals[slot] = try await code(frame)
        return .null
      }
    }
  }

  private func expression(_ value: TypedExpression, _ isShown: Bool) -> CompiledBlock.Step {
    let type = value.type
    guard isShown else {
      switch evaluation(of: value) {
      case .now(let code): return .now(code)
      case .waiting(let code): return .waiting(code)
      }
    }
    let code = evaluation(of: value)
    return .waiting { frame async throws(RunError) in
      let value = try await code.run(frame)
      frame.run.world.emit(.value(value, type))
      return value
    }
  }

  private func loop(_ slot: Int, _ list: TypedExpression, _ body: TypedBlock, _ statement: TypedStatement) -> CompiledBlock.Step {
    let body = block(body)
    if let fused = fusedLoop(slot, list, body) { return fused }
    let list = evaluation(of: list)
    if body.isPure, case .now(let list) = list {
      return .now { frame throws(RunError) in
        let elements = try list(frame)
        for index in 0..<elements.elementCount {
          try frame.tick()
          frame.locals[slot] = elements.element(index)
          _ = try body.runSync(frame)
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
        frame.locals[slot] = elements.element(index)
        _ = try await body.run(frame)
      }
      return .null
    }
  }
}
