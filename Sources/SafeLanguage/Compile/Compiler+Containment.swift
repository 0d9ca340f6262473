/// `in`, `has`, `starts`, `ends` and `matches`.
extension Compiler {
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
    let (wanted, length, memory) = (constants.text(folds ? TextOrder.folded(part) : part), part.utf8.count, constants)
    return { frame throws(RunError) in
      defer { withExtendedLifetime(memory) {} }
      let cell = try text(frame)
      guard cell.kind == .text else { return false }
      try frame.charge(cell.bytes.count)
      if !folds { return try Folding.contains(cell.bytes, wanted.bytes, how) }
      // Letter by letter only where that is not long.
      if cell.bytes.count &* length < 1 << 16, let found = Folding.containsFolded(cell.bytes, wanted.bytes, how) { return found }
      return try TextScan.bytes(of: TextOrder.folded(String(decoding: cell.bytes, as: UTF8.self))) { text throws(RunError) in
        try Folding.contains(text, wanted.bytes, how)
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
    let isMade = b.isMade
    return .bool { frame throws(RunError) in
      let (value, list) = (try value(frame), try list(frame))
      if let isIn = list.holds(value) { return isIn == expected }
      let wanted = order.key(value)
      do throws(RunError) {
        for index in 0..<list.elementCount {
          try frame.tick()
          let element = list.element(index)
          if case .text(let text) = element { try frame.charge(text.utf8.count) }
          if order.key(element) == wanted { return expected }
        }
        // What is compared leaves off where somebody asks to stop.
        if wanted.isList || wanted.row != nil { try frame.run.checkInterrupt() }
        Interruption.letGo(list, isMade: isMade)
      } catch {
        Interruption.hold(list, after: error)
        throw error
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

  deinit { reset() }

  func reset() {
    if let values { Interruption.letGo(values, size: values.count) }
    values = nil
  }

  func contains(_ value: Value, in list: Value, _ order: ValueOrder) throws(RunError) -> Bool {
    if let isIn = list.holds(value) { return isIn }
    if let values { return values.contains(value) }
    var (values, beat) = (Set<Value>(minimumCapacity: list.elementCount), Beat())
    do throws(RunError) {
      for index in 0..<list.elementCount {
        try beat.turn()
        values.insert(order.key(list.element(index)))
      }
    } catch {
      Interruption.hold(values, size: values.count, after: error)
      throw error
    }
    self.values = values
    return values.contains(value)
  }
}
