/// `+ - * / // %` over numbers, texts, lists, dates and durations; what does not fit is an error.
extension Compiler {
  func negate(_ operand: TypedExpression, _ expression: TypedExpression) -> Code {
    let span = expression.span
    switch compile(operand) {
    case .int(let code):
      return .int { frame throws(RunError) in
        let (value, overflow) = (0).subtractingReportingOverflow(try code(frame))
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .float(let code): return .float { frame throws(RunError) in -(try code(frame)) }
    case let code:
      let value = code.asValue
      return .value { frame throws(RunError) in
        switch try value(frame) {
        case .int(let value) where value != .min: return .int(-value)
        case .float(let value): return .float(-value)
        case .duration(let value) where value != .min: return .duration(-value)
        case .null: return .null
        default: throw Self.overflow(span)
        }
      }
    }
  }

  static func overflow(_ span: Span) -> RunError { RunError(.arithmetic, "the result does not fit 64 bits", span: span) }

  /// A Float is a number: past the greatest there is none.
  @inline(__always)
  private static func finite(_ value: Double, _ span: Span) throws(RunError) -> Double {
    if !value.isFinite { throw RunError(.arithmetic, "the result does not fit a Float", span: span) }
    return value
  }

  func arithmetic(_ operation: Arithmetic, _ a: TypedExpression, _ b: TypedExpression, _ expression: TypedExpression) -> Code {
    let (left, right, span) = (compile(a), compile(b), expression.span)
    if expression.type == .int, b.type == .int, case .local(let slot) = a.kind, program.numberSlots.contains(slot),
      let quick = whole(operation, number: slot, right, b, span)
    {
      return quick
    }
    if expression.type == .int, a.type == .int, case .constant(.int(let constant)) = b.kind,
      let quick = whole(operation, left.asInt, constant, span)
    {
      return quick
    }
    if expression.type == .int, a.type == .int, b.type == .int { return .int(whole(operation, left.asInt, right.asInt, span)) }
    if expression.type == .float, a.type.isNumber, b.type.isNumber { return .float(fraction(operation, left.asFloat, right.asFloat, span)) }
    let (x, y, type) = (left.asValue, right.asValue, expression.type)
    let isMade = (left: a.isMade, right: b.isMade)
    return .value { frame throws(RunError) in
      let (p, q) = (try x(frame), try y(frame))
      if p.isNull || q.isNull { return .null }
      try frame.charge(p.size &+ q.size)
      do throws(RunError) {
        let value = try Self.fitted(try Self.combined(operation, p, q, span), type)
        Interruption.letGo(p, isMade: isMade.left)
        Interruption.letGo(q, isMade: isMade.right)
        return value
      } catch {
        Interruption.hold(p, after: error)
        Interruption.hold(q, after: error)
        throw error
      }
    }
  }

  private func whole(_ operation: Arithmetic, _ x: @escaping Code.Of<Int>, _ y: @escaping Code.Of<Int>, _ span: Span) -> Code.Of<Int> {
    switch operation {
    case .add:
      return { frame throws(RunError) in
        let (value, overflow) = try x(frame).addingReportingOverflow(y(frame))
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .subtract:
      return { frame throws(RunError) in
        let (value, overflow) = try x(frame).subtractingReportingOverflow(y(frame))
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .multiply:
      return { frame throws(RunError) in
        let (value, overflow) = try x(frame).multipliedReportingOverflow(by: y(frame))
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .divide, .floorDivide, .remainder:
      return { frame throws(RunError) in
        let (p, q) = (try x(frame), try y(frame))
        if q == 0 { throw RunError(.arithmetic, "division by zero", span: span) }
        if q == -1 {
          if operation == .remainder { return 0 }
          if p == .min { throw Self.overflow(span) }
          return -p
        }
        let (quotient, remainder) = p.quotientAndRemainder(dividingBy: q)
        let isBelow = remainder != 0 && (remainder < 0) != (q < 0)
        if operation == .remainder { return isBelow ? remainder + q : remainder }
        return isBelow ? quotient - 1 : quotient
      }
    }
  }

  /// With a variable on the left and a constant or any number on the right: sums and products of loops.
  private func whole(_ operation: Arithmetic, number slot: Int, _ right: Code, _ b: TypedExpression, _ span: Span) -> Code? {
    if case .constant(.int(let y)) = b.kind {
      switch operation {
      case .multiply:
        return .int { frame throws(RunError) in
          let (value, overflow) = Int(Int64(bitPattern: frame.numbers[slot])).multipliedReportingOverflow(by: y)
          if overflow { throw Self.overflow(span) }
          return value
        }
      case .remainder where y > 0:
        return .int { frame throws(RunError) in
          let remainder = Int(Int64(bitPattern: frame.numbers[slot])) % y
          return remainder < 0 ? remainder + y : remainder
        }
      default: return nil
      }
    }
    guard operation == .add else { return nil }
    let y = right.asInt
    return .int { frame throws(RunError) in
      let number = Int(Int64(bitPattern: frame.numbers[slot]))
      let (value, overflow) = number.addingReportingOverflow(try y(frame))
      if overflow { throw Self.overflow(span) }
      return value
    }
  }

  /// With a constant on the right, which saves a call and the look at zero.
  private func whole(_ operation: Arithmetic, _ x: @escaping Code.Of<Int>, _ y: Int, _ span: Span) -> Code? {
    switch operation {
    case .add:
      return .int { frame throws(RunError) in
        let (value, overflow) = try x(frame).addingReportingOverflow(y)
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .subtract:
      return .int { frame throws(RunError) in
        let (value, overflow) = try x(frame).subtractingReportingOverflow(y)
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .multiply:
      return .int { frame throws(RunError) in
        let (value, overflow) = try x(frame).multipliedReportingOverflow(by: y)
        if overflow { throw Self.overflow(span) }
        return value
      }
    case .floorDivide where y > 0:
      return .int { frame throws(RunError) in
        let (quotient, remainder) = try x(frame).quotientAndRemainder(dividingBy: y)
        return remainder < 0 ? quotient - 1 : quotient
      }
    case .remainder where y > 0:
      return .int { frame throws(RunError) in
        let remainder = try x(frame) % y
        return remainder < 0 ? remainder + y : remainder
      }
    default: return nil
    }
  }

  private func fraction(
    _ operation: Arithmetic, _ x: @escaping Code.Of<Double>, _ y: @escaping Code.Of<Double>, _ span: Span
  ) -> Code.Of<Double> {
    switch operation {
    case .add: return { frame throws(RunError) in try Self.finite(try x(frame) + y(frame), span) }
    case .subtract: return { frame throws(RunError) in try Self.finite(try x(frame) - y(frame), span) }
    case .multiply: return { frame throws(RunError) in try Self.finite(try x(frame) * y(frame), span) }
    case .divide, .floorDivide, .remainder: return { frame throws(RunError) in try Self.lenient(operation, try x(frame), try y(frame), span) }
    }
  }

  /// Arithmetic of values that are not both numbers of a known kind.
  private static func combined(_ operation: Arithmetic, _ p: Value, _ q: Value, _ span: Span) throws(RunError) -> Value {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws(RunError) -> Int {
      if result.overflow { throw overflow(span) }
      return result.partialValue
    }
    switch (operation, p, q) {
    case (.add, .text(let x), .text(let y)):
      try Limits.require(bytes: x.utf8.count + y.utf8.count, span)
      return .text(x + y)
    case (.subtract, .date(let x), .date(let y)): return .duration(try checked((x &- y).multipliedReportingOverflow(by: Calendar.microsecondsPerDay)))
    case (.subtract, .time, .time), (.subtract, .time, .date), (.subtract, .date, .time):
      return .duration(try checked(p.microseconds.subtractingReportingOverflow(q.microseconds)))
    case (.add, .date(let x), .duration(let y)), (.subtract, .date(let x), .duration(let y)):
      guard y % Calendar.microsecondsPerDay == 0 else {
        throw RunError(.data, "a date changes by whole days only", span: span, hint: "write '.time()' for the hours, or use 24h, 2d")
      }
      let days = y / Calendar.microsecondsPerDay
      let date = try checked(operation == .add ? x.addingReportingOverflow(days) : x.subtractingReportingOverflow(days))
      return .date(try Calendar.require(days: date, span))
    case (.add, .time(let x), .duration(let y)): return .time(try Calendar.require(time: try checked(x.addingReportingOverflow(y)), span))
    case (.subtract, .time(let x), .duration(let y)): return .time(try Calendar.require(time: try checked(x.subtractingReportingOverflow(y)), span))
    case (.add, .duration(let x), .duration(let y)): return .duration(try checked(x.addingReportingOverflow(y)))
    case (.subtract, .duration(let x), .duration(let y)): return .duration(try checked(x.subtractingReportingOverflow(y)))
    case (.multiply, .duration(let x), .int(let y)), (.multiply, .int(let y), .duration(let x)):
      return .duration(try checked(x.multipliedReportingOverflow(by: y)))
    case (.divide, .duration(let x), .duration(let y)):
      if y == 0 { throw RunError(.arithmetic, "division by zero", span: span) }
      return .float(Double(x) / Double(y))
    case (.remainder, .duration(let x), .duration(let y)):
      if y == 0 { throw RunError(.arithmetic, "division by zero", span: span) }
      return .duration(Calendar.floorDivision(x, y).remainder)
    default:
      if p.isList, q.isList {
        try Limits.require(elements: min(p.elementCount, Limits.elements + 1) + min(q.elementCount, Limits.elements + 1), span)
        var beat = Beat()
        return .list(
          try .building(p.elementCount + q.elementCount) { values throws(RunError) in
            for list in [p, q] {
              for index in 0..<list.elementCount {
                try beat.turn()
                values.append(list.element(index))
              }
            }
          })
      }
      if let x = p.double, let y = q.double {
        let isWhole = if case .int = p, case .int = q { operation != .divide } else { false }
        if isWhole { return .int(try Self.lenient(operation, p.integer, q.integer, span)) }
        return .float(try Self.finite(try Self.lenient(operation, x, y, span), span))
      }
      return .null
    }
  }

  /// Numbers that may be null at the prompt.
  private static func lenient(_ operation: Arithmetic, _ x: Int, _ y: Int, _ span: Span) throws(RunError) -> Int {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = x.addingReportingOverflow(y)
    case .subtract: result = x.subtractingReportingOverflow(y)
    case .multiply: result = x.multipliedReportingOverflow(by: y)
    case .divide, .floorDivide, .remainder:
      if y == 0 { throw RunError(.arithmetic, "division by zero", span: span) }
      if y == -1 {
        if operation == .remainder { return 0 }
        result = (0).subtractingReportingOverflow(x)
        break
      }
      let (quotient, remainder) = Calendar.floorDivision(x, y)
      return operation == .remainder ? remainder : quotient
    }
    if result.overflow { throw overflow(span) }
    return result.partialValue
  }

  private static func lenient(_ operation: Arithmetic, _ x: Double, _ y: Double, _ span: Span) throws(RunError) -> Double {
    switch operation {
    case .add: return try finite(x + y, span)
    case .subtract: return try finite(x - y, span)
    case .multiply: return try finite(x * y, span)
    case .divide, .floorDivide, .remainder:
      if y == 0 { throw RunError(.arithmetic, "division by zero", span: span) }
      if operation == .divide { return try finite(x / y, span) }
      return try finite(operation == .floorDivide ? (x / y).rounded(.down) : x - y * (x / y).rounded(.down), span)
    }
  }
}
