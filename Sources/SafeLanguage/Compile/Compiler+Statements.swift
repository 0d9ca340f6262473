/// A block of statements. Without effects it runs without waiting, many times faster.
struct CompiledBlock {
  enum Step {
    case now(Code.Of<Value>)
    /// Without waiting, and without a value: null.
    case act(Code.Of<Void>)
    case waiting((Frame) async throws(RunError) -> Value)

    func run(_ frame: Frame) async throws(RunError) -> Value {
      switch self {
      case .now(let code): return try code(frame)
      case .act(let code):
        try code(frame)
        return .null
      case .waiting(let code): return try await code(frame)
      }
    }
  }

  let steps: [Step]
  /// Whether a `return` may end it before its last step.
  let mayReturn: Bool
  private let value: Code.Of<Value>
  private let act: Code.Of<Void>

  init(steps: [Step], mayReturn: Bool) {
    self.steps = steps
    self.mayReturn = mayReturn
    act = Act.composed(steps.compactMap(Act.init), mayReturn: mayReturn)
    value =
      if case .now(let last)? = steps.last {
        Self.value(of: last, after: steps.count > 1 ? Act.composed(steps.dropLast().compactMap(Act.init), mayReturn: mayReturn) : nil, mayReturn)
      } else {
        { [act] frame throws(RunError) in
          try act(frame)
          return .null
        }
      }
  }

  var isPure: Bool {
    steps.allSatisfy { if case .waiting = $0 { false } else { true } }
  }

  /// The value of the last expression, or null.
  func run(_ frame: Frame) async throws(RunError) -> Value {
    var value = Value.null
    for step in steps {
      value = try await step.run(frame)
      if mayReturn, frame.returned != nil { break }
    }
    return value
  }

  /// Of a pure block.
  func runSync(_ frame: Frame) throws(RunError) -> Value { try value(frame) }

  /// Of a pure block whose value nobody looks at.
  func perform(_ frame: Frame) throws(RunError) { try act(frame) }

  private static func value(of last: @escaping Code.Of<Value>, after act: Code.Of<Void>?, _ mayReturn: Bool) -> Code.Of<Value> {
    guard let act else { return last }
    return { frame throws(RunError) in
      try act(frame)
      if mayReturn, frame.returned != nil { return .null }
      return try last(frame)
    }
  }
}

/// A step that does not wait, without its value. In a struct of its own, since a closure that lies in an array or an optional is called
/// through a thunk each time.
private struct Act {
  let run: Code.Of<Void>

  init?(_ step: CompiledBlock.Step) {
    switch step {
    case .act(let code): run = code
    case .now(let code): run = { frame throws(RunError) in _ = try code(frame) }
    case .waiting: return nil
    }
  }

  /// One after the other; of few it holds them directly, since going through an array counts references.
  static func composed(_ acts: [Act], mayReturn: Bool) -> Code.Of<Void> {
    switch acts.count {
    case 0: return { _ in }
    case 1: return acts[0].run
    case 2:
      let (first, second) = (acts[0].run, acts[1].run)
      return { frame throws(RunError) in
        try first(frame)
        if mayReturn, frame.returned != nil { return }
        try second(frame)
      }
    default:
      return { frame throws(RunError) in
        for act in acts {
          try act.run(frame)
          if mayReturn, frame.returned != nil { return }
        }
      }
    }
  }
}

extension Compiler {
  /// A block whose value is asked for, or one that is run for what it does.
  func block(_ block: TypedBlock, discarding: Bool = false) -> CompiledBlock {
    let last = block.statements.count - 1
    let steps = block.statements.enumerated().map { index, statement in step(statement, discarding: discarding || index < last) }
    return CompiledBlock(steps: steps, mayReturn: block.mayReturn)
  }

  func step(_ statement: TypedStatement, discarding: Bool = false) -> CompiledBlock.Step {
    switch statement.kind {
    case .store(let slot, let value): return store(slot, value)
    case .loop(let slot, let list, let body): return loop(slot, list, body, statement)
    case .expression(let value, let isShown):
      if discarding, !isShown, let act = act(value) { return act }
      return self.expression(value, isShown)
    case .return(let value): return returning(value)
    case .assertion(let condition, let message): return assertion(condition, message, statement.span)
    case .failure(let message): return failure(message, statement.span)
    }
  }

  private func store(_ slot: Int, _ value: TypedExpression) -> CompiledBlock.Step {
    if value.effect == .pure { return .act(setting(slot, compile(value), isMade: value.isMade)) }
    let (isNumber, code, isMade) = (program.numberSlots.contains(slot), evaluation(of: value), value.isMade)
    return .waiting { frame async throws(RunError) in
      let value = try await code.run(frame)
      if isNumber {
        frame.setNumber(slot, value)
      } else {
        Interruption.letGo(frame.locals[slot], isMade: isMade)
        frame.locals[slot] = value
      }
      return .null
    }
  }

  /// Puts a value into a variable, as a number where it is one.
  func setting(_ slot: Int, _ value: Code, isMade: Bool = false) -> (Frame) throws(RunError) -> Void {
    guard program.numberSlots.contains(slot) else {
      let code = value.asValue
      if !isMade { return { frame throws(RunError) in frame.locals[slot] = try code(frame) } }
      return { frame throws(RunError) in
        let value = try code(frame)
        Interruption.letGo(frame.locals[slot])
        frame.locals[slot] = value
      }
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

  /// A condition whose branches are run for what they do.
  private func act(_ value: TypedExpression) -> CompiledBlock.Step? {
    guard value.effect == .pure, case .conditional(let test, let yes, let no) = value.kind else { return nil }
    let (condition, then) = (compile(test).asBool, block(yes, discarding: true))
    guard let otherwise = no.map({ block($0, discarding: true) }) else {
      return .act { frame throws(RunError) in
        if try condition(frame) { try then.perform(frame) }
      }
    }
    return .act { frame throws(RunError) in
      if try condition(frame) { try then.perform(frame) } else { try otherwise.perform(frame) }
    }
  }

  private func expression(_ value: TypedExpression, _ isShown: Bool) -> CompiledBlock.Step {
    let (type, span, isMade) = (value.type, value.span, value.isMade)
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
      do throws(RunError) {
        try frame.run.checkInterrupt()
        if frame.run.keepsShown { frame.shown = (value, type) }
        frame.run.world.emit(.value(value, type))
        // What puts it out leaves off where somebody asks to stop.
        try frame.run.checkInterrupt()
      } catch {
        Interruption.hold(value, after: error)
        throw error
      }
      Interruption.letGo(value, isMade: isMade)
      return value
    }
  }

  private func loop(_ slot: Int, _ list: TypedExpression, _ body: TypedBlock, _ statement: TypedStatement) -> CompiledBlock.Step {
    let body = block(body, discarding: true)
    if let fused = fusedLoop(slot, list, body) { return fused }
    let isMade = list.isMade
    let list = evaluation(of: list)
    let isNumber = program.numberSlots.contains(slot)
    if body.isPure, case .now(let list) = list {
      return .act { frame throws(RunError) in
        let elements = try list(frame)
        if isNumber, case .range(let start, let end) = elements { return try Self.count(from: start, to: end, in: slot, body, frame) }
        do throws(RunError) {
          for index in 0..<elements.elementCount {
            try frame.tick()
            if isNumber { frame.setNumber(slot, elements.element(index)) } else { frame.locals[slot] = elements.element(index) }
            do throws(RunError) { try body.perform(frame) } catch { throw error.inLoop(elements.element(index), at: index) }
            if body.mayReturn, frame.returned != nil { break }
          }
          Interruption.letGo(elements, isMade: isMade)
        } catch {
          Interruption.hold(elements, after: error)
          throw error
        }
      }
    }
    return .waiting { frame async throws(RunError) in
      let elements = try await list.run(frame)
      frame.path.append(0)
      defer { frame.path.removeLast() }
      do throws(RunError) {
        for index in 0..<elements.elementCount {
          try frame.run.checkInterrupt()
          frame.path[frame.path.count - 1] = index
          if isNumber { frame.setNumber(slot, elements.element(index)) } else { frame.locals[slot] = elements.element(index) }
          do throws(RunError) { _ = try await body.run(frame) } catch { throw error.inLoop(elements.element(index), at: index) }
          if body.mayReturn, frame.returned != nil { break }
        }
        Interruption.letGo(elements, isMade: isMade)
      } catch {
        Interruption.hold(elements, after: error)
        throw error
      }
      return .null
    }
  }

  /// A loop over numbers, without the list of them.
  private static func count(from start: Int, to end: Int, in slot: Int, _ body: CompiledBlock, _ frame: Frame) throws(RunError) {
    var number = start
    while number < end {
      try frame.tick()
      frame.numbers[slot] = UInt64(bitPattern: Int64(number))
      try body.perform(frame)
      if body.mayReturn, frame.returned != nil { break }
      number += 1
    }
  }
}
