extension Compiler {
  // MARK: comparison

  func compare(_ comparison: Comparison, _ a: TypedExpression, _ b: TypedExpression) -> Code {
    switch comparison {
    case .equal: return .bool(equality(a, b))
    case .notEqual:
      let equal = equality(a, b)
      return .bool { frame throws(RunError) in try !equal(frame) }
    case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(order(comparison, a, b))
    }
  }

  private func equality(_ a: TypedExpression, _ b: TypedExpression) -> Code.Of<Bool> {
    let order = ValueOrder(a.type, beside: b.type)
    let (left, right) = (compile(a), compile(b))
    if case .bool(let quick)? = quickEquality(a, left, b) ?? quickEquality(b, right, a) { return quick }
    switch (left, right) {
    case (.int(let x), .int(let y)): return { frame throws(RunError) in try x(frame) == y(frame) }
    case (.bool(let x), .bool(let y)): return { frame throws(RunError) in try x(frame) == y(frame) }
    case (.float(let x), _) where b.type == .float || b.type == .int:
      let y = right.asFloat
      return { frame throws(RunError) in try x(frame) == y(frame) }
    case (.cell(let x), .cell(let y)) where order.isPlain || order.isOfAddresses:
      if order.isOfAddresses { return { frame throws(RunError) in Folding.equal(try x(frame), try y(frame)) } }
      return { frame throws(RunError) in try x(frame) == y(frame) }
    case (.cell(let x), .value(let y)) where order.isPlain || order.isOfAddresses, (.value(let y), .cell(let x)) where order.isPlain || order.isOfAddresses:
      if order.isOfAddresses { return { frame throws(RunError) in Folding.equal(try x(frame), try y(frame)) } }
      return { frame throws(RunError) in Folding.same(try x(frame), try y(frame)) }
    default:
      let (x, y) = (left.asValue, right.asValue)
      return { frame throws(RunError) in
        let (p, q) = (try x(frame), try y(frame))
        try frame.charge(p.size)
        return try order.equal(p, q)
      }
    }
  }

  /// A value against a constant that is no text, which is most of what filters do.
  private func quickEquality(_ a: TypedExpression, _ code: Code, _ b: TypedExpression) -> Code? {
    // A whole number beside a Float, or a Date beside a Time, has other bits.
    guard case .constant(let constant) = b.kind, case .constant(let wanted) = ConstantCell(constant), a.type.required == b.type.required else { return nil }
    if case .rowField(let column) = a.kind {
      return .bool { frame in
        let cell = frame.row[column]
        return cell.bits == wanted.bits && cell.extra == wanted.extra && cell.kind == wanted.kind
      }
    }
    if case .int(let code) = code, wanted.kind == .int {
      let wanted = wanted.int
      return .bool { frame throws(RunError) in try code(frame) == wanted }
    }
    return nil
  }

  private func order(_ comparison: Comparison, _ a: TypedExpression, _ b: TypedExpression) -> Code.Of<Bool> {
    let (left, right) = (compile(a), compile(b))
    if case .int(let x) = left, case .int(let y) = right {
      switch comparison {
      case .less: return { frame throws(RunError) in try x(frame) < y(frame) }
      case .lessOrEqual: return { frame throws(RunError) in try x(frame) <= y(frame) }
      case .greater: return { frame throws(RunError) in try x(frame) > y(frame) }
      default: return { frame throws(RunError) in try x(frame) >= y(frame) }
      }
    }
    if a.type.isNumber, b.type.isNumber {
      let (x, y) = (left.asFloat, right.asFloat)
      switch comparison {
      case .less: return { frame throws(RunError) in try x(frame) < y(frame) }
      case .lessOrEqual: return { frame throws(RunError) in try x(frame) <= y(frame) }
      case .greater: return { frame throws(RunError) in try x(frame) > y(frame) }
      default: return { frame throws(RunError) in try x(frame) >= y(frame) }
      }
    }
    let (x, y) = (left.asValue, right.asValue)
    let order = ValueOrder(a.type, beside: b.type)
    return { frame throws(RunError) in
      let (p, q) = (try x(frame), try y(frame))
      if p.isNull || q.isNull { return false }
      try frame.charge(p.size)
      let precedes = order.precedes(p, q)
      switch comparison {
      case .less: return precedes == true
      case .lessOrEqual: return precedes != false
      case .greater: return precedes == false
      default: return precedes != true
      }
    }
  }

  // MARK: in, has, starts, ends, matches

  func contains(_ a: TypedExpression, _ b: TypedExpression, _ how: Containment) -> Code {
    let folds = ValueOrder(a.type, beside: b.type).isOfAddresses
    switch how {
    case .inList, .notInList: return membership(a, b, expected: how == .inList, ValueOrder(a.type, beside: b.type.element))
    case .matches: return matches(a, b)
    case .has, .starts, .ends:
      let (x, y) = (compile(a), compile(b))
      if case .cell(let text) = x, case .constant(.text(let part)) = b.kind { return .bool(constant(text, part, how, folds)) }
      if !folds, case .cell(let text) = x, case .cell(let part) = y {
        return .bool { frame throws(RunError) in
          let (text, part) = (try text(frame), try part(frame))
          guard text.kind == .text, part.kind == .text else { return false }
          try frame.charge(text.bytes.count)
          return try Folding.contains(text.bytes, part.bytes, how)
        }
      }
      let (text, part) = (x.asText, y.asText)
      return .bool { frame throws(RunError) in
        var (text, part) = (try text(frame), try part(frame))
        try frame.charge(text.utf8.count)
        if folds { (text, part) = (TextOrder.folded(text), TextOrder.folded(part)) }
        return try TextScan.bytes(of: text) { text throws(RunError) in
          try TextScan.bytes(of: part) { part throws(RunError) in try Folding.contains(text, part, how) }
        }
      }
    }
  }

  /// A text against a constant part; addresses without regard to case.
  private func constant(_ text: @escaping Code.Of<Cell>, _ part: String, _ how: Containment, _ folds: Bool) -> Code.Of<Bool> {
    let (wanted, length) = (folds ? TextOrder.folded(part) : part, part.utf8.count)
    return { frame throws(RunError) in
      let cell = try text(frame)
      guard cell.kind == .text else { return false }
      try frame.charge(cell.bytes.count)
      return try TextScan.bytes(of: wanted) { wanted throws(RunError) in
        if !folds { return try Folding.contains(cell.bytes, wanted, how) }
        // Letter by letter only where that is not long.
        if cell.bytes.count &* length < 1 << 16, let found = Folding.containsFolded(cell.bytes, wanted, how) { return found }
        return try TextScan.bytes(of: TextOrder.folded(String(decoding: cell.bytes, as: UTF8.self))) { text throws(RunError) in
          try Folding.contains(text, wanted, how)
        }
      }
    }
  }

  private func membership(_ a: TypedExpression, _ b: TypedExpression, expected: Bool, _ order: ValueOrder) -> Code {
    let (value, list) = (compile(a).asValue, compile(b).asValue)
    // A list that was worked out before the first row is made a set once.
    if case .local(let slot) = b.kind, b.level == 0, let cache = newCache() {
      return .bool { frame throws(RunError) in
        let value = try value(frame)
        return try cache.contains(order.key(value), in: frame.fallible(slot), order) == expected
      }
    }
    if case .list(let elements) = b.kind, elements.allSatisfy({ if case .constant = $0.kind { true } else { false } }) {
      let values = Set(
        elements.compactMap { element -> Value? in
          guard case .constant(let value) = element.kind else { return nil }
          return order.key(value)
        })
      return .bool { frame throws(RunError) in
        let value = try value(frame)
        return values.contains(order.key(value)) == expected
      }
    }
    return .bool { frame throws(RunError) in
      let (value, list) = (try value(frame), try list(frame))
      if let isIn = list.holds(value) { return isIn == expected }
      let wanted = order.key(value)
      for index in 0..<list.elementCount {
        try frame.tick()
        if order.key(list.element(index)) == wanted { return expected }
      }
      return !expected
    }
  }

  private func matches(_ a: TypedExpression, _ b: TypedExpression) -> Code {
    let (value, span) = (compile(a), b.span)
    let text = value.asText
    if case .constant(.text(let source)) = b.kind, let pattern = try? Pattern(source) {
      guard case .cell(let cell) = value else { return .bool { frame throws(RunError) in try pattern.matches(try text(frame)) } }
      return .bool { frame throws(RunError) in
        let cell = try cell(frame)
        guard cell.kind == .text else { return false }
        return try pattern.matches(cell.bytes)
      }
    }
    let (source, cache) = (compile(b).asText, PatternCache())
    return .bool { frame throws(RunError) in
      let source = try source(frame)
      do throws(RunError) { return try cache.pattern(source).matches(try text(frame)) } catch { throw error.at(span) }
    }
  }

  // MARK: arithmetic

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
    return .value { frame throws(RunError) in
      let (p, q) = (try x(frame), try y(frame))
      if p.isNull || q.isNull { return .null }
      try frame.charge(p.size &+ q.size)
      return try Self.fitted(try Self.combined(operation, p, q, span), type)
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
        var (values, beat) = ([Value](), Beat())
        values.reserveCapacity(p.elementCount + q.elementCount)
        for list in [p, q] {
          for index in 0..<list.elementCount {
            try beat.turn()
            values.append(list.element(index))
          }
        }
        return .list(values)
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

/// A constant whose cell can be compared bit by bit.
private enum ConstantCell {
  case constant(Cell)
  case other

  init(_ value: Value) {
    switch value {
    case .bool(let value): self = .constant(.bool(value))
    case .int(let value): self = .constant(.int(value))
    case .symbol(let type, let number): self = .constant(.symbol(type, number))
    default: self = .other
    }
  }
}

extension Value {
  /// Whether a whole number is in a range, without going through it; nil for others.
  fileprivate func holds(_ value: Value) -> Bool? {
    guard case .range(let start, let end) = self, case .int(let number) = value else { return nil }
    return number >= start && number < end
  }
}

/// A list made a set, once each time a predicate begins its rows.
final class SetCache {
  private var values: Set<Value>?

  func reset() { values = nil }

  func contains(_ value: Value, in list: Value, _ order: ValueOrder) throws(RunError) -> Bool {
    if let isIn = list.holds(value) { return isIn }
    if let values { return values.contains(value) }
    var (values, beat) = (Set<Value>(minimumCapacity: list.elementCount), Beat())
    for index in 0..<list.elementCount {
      try beat.turn()
      values.insert(order.key(list.element(index)))
    }
    self.values = values
    return values.contains(value)
  }
}
