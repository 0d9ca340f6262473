/// `==`, `<` and their like, as direct as the types of both sides allow.
extension Compiler {
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
      return { frame throws(RunError) in
        let (p, q) = (try x(frame), try y(frame))
        if p.kind == .text, p.extra == q.extra { try frame.charge(Int(p.extra)) }
        return p == q
      }
    case (.cell(let x), .value(let y)) where order.isPlain || order.isOfAddresses, (.value(let y), .cell(let x)) where order.isPlain || order.isOfAddresses:
      if order.isOfAddresses { return { frame throws(RunError) in Folding.equal(try x(frame), try y(frame)) } }
      return { frame throws(RunError) in Folding.same(try x(frame), try y(frame)) }
    default:
      let (x, y) = (left.asValue, right.asValue)
      let isMade = (left: a.isMade, right: b.isMade)
      return { frame throws(RunError) in
        let (p, q) = (try x(frame), try y(frame))
        try frame.charge(p.size)
        let isEqual = try order.equal(p, q)
        Interruption.letGo(p, isMade: isMade.left)
        Interruption.letGo(q, isMade: isMade.right)
        return isEqual
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
