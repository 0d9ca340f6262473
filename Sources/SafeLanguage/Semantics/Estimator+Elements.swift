/// What a list has for elements, told in the script's own words.
struct Elements {
  var count = 1
  var each: [Repetition] = []
  var isBound = false
  /// The innermost loop around whose rows all together these are the elements of; -1 for none.
  var through = -1

  static func number(_ count: Int, isBound: Bool = false) -> Elements { Elements(count: count, isBound: isBound) }

  var atMost: Elements {
    var result = self
    result.isBound = true
    return result
  }
}

extension Estimator {
  func noun(_ resource: String) -> String { resource.lowercased() }

  mutating func elements(of list: TypedExpression) -> Elements {
    switch list.kind {
    case .constant(let value) where list.type.required.element != nil: return .number(value.elementCount)
    case .list(let values): return .number(values.count)
    case .local(let slot):
      if let known = lists[slot] { return known }
      return program.mutable.contains(slot) ? named(list).atMost : named(list)
    case .resource(let resource), .refresh(let resource): return Elements(each: [.resource(noun(resource.name))])
    case .fetch(let resource, let query):
      if case .constant(.int(let limit))? = query.limit?.value.kind { return .number(max(0, limit), isBound: true) }
      return Elements(each: [.resource(noun(resource.name))])
    case .input(_, let path, _): return Elements(each: [.row(file: name(of: path))])
    case .column(let base, _), .narrowed(let base, _, _): return elements(of: base)
    case .bind(let slot, let value, let body):
      if value.type.required.element != nil { lists[slot] = elements(of: value) }
      return elements(of: body)
    case .coalesce(let a, let b):
      if case .constant(let value) = b.kind, value.elementCount == 0 { return elements(of: a) }
      return named(list)
    case .relation(let base, let relation, _):
      return Elements(each: [.element(noun(relation.target), of: owner(base))], through: through(base))
    case .method(let method, let base, _): return elements(method.name, of: base) ?? named(list)
    case .function(let function, let bounds) where function.name == "range":
      let numbers = bounds.compactMap { if case .constant(.int(let number)) = $0.kind { number } else { nil } }
      guard numbers.count == bounds.count, let last = numbers.last else { return named(list) }
      let (count, overflow) = last.subtractingReportingOverflow(numbers.count == 1 ? 0 : numbers[0])
      return overflow ? named(list) : .number(max(0, count))
    case .pipeline(let source, let stages):
      var current = elements(of: source)
      for stage in stages { current = elements(after: stage, current) }
      return current
    default: return named(list)
    }
  }

  private mutating func elements(_ method: String, of base: TypedExpression) -> Elements? {
    if method == "split" { return Elements(each: [.element("part", of: text(base))], through: through(base)) }
    guard base.type.required.element != nil else { return nil }
    return after(method, elements(of: base))
  }

  /// Methods that give as many elements, or no more.
  private func after(_ method: String, _ elements: Elements) -> Elements? {
    switch method {
    case "map", "sort", "reverse": elements
    case "distinct", "where", "filter", "take", "skip": elements.atMost
    default: nil
    }
  }

  mutating func elements(after stage: TypedStage, _ elements: Elements) -> Elements {
    switch stage.kind {
    case .project, .sort, .report, .chart, .print, .save: return elements
    case .filter, .skip, .distinct: return elements.atMost
    case .take(let count):
      if case .constant(.int(let count)) = count.kind { return .number(max(0, count), isBound: true) }
      return elements.atMost
    case .summarize(let keys, _, _, _): return keys.isEmpty ? .number(1) : elements.atMost
    case .expand(let lambda, _):
      let owner = elements.each.last.map { " of each \($0)" } ?? ""
      return Elements(each: [.element("element", of: text(lambda.body, owner: owner))], isBound: elements.isBound, through: elements.through)
    case .join: return Elements(each: [.element("row", of: "the join")], isBound: true, through: elements.through)
    case .each(let each): return each.onError == .skip ? elements.atMost : elements
    case .apply(let slot, let call):
      lists[slot] = elements
      return self.elements(of: call)
    case .method(let method, _): return after(method.name, elements) ?? Elements(each: [.element("element", of: "")], isBound: true)
    }
  }

  // MARK: words

  private func named(_ list: TypedExpression) -> Elements {
    Elements(each: [.element("element", of: text(list))], through: through(list))
  }

  func name(of path: TypedExpression) -> String {
    switch path.kind {
    case .constant(.text(let name)): return name == "-" ? "standard input" : name
    case .local(let slot): return texts[slot] ?? text(path)
    default: return text(path)
    }
  }

  /// What a relation starts from: `each member`, or as it is written.
  private func owner(_ base: TypedExpression) -> String {
    loop(of: base).flatMap { loops[$0].elements.each.last }.map { "each \($0)" } ?? text(base)
  }

  /// The loop whose element an expression is.
  func loop(of expression: TypedExpression) -> Int? {
    switch expression.kind {
    case .local(let slot): loops.lastIndex { $0.slot == slot }
    case .row: loops.lastIndex(where: \.isRow)
    default: nil
    }
  }

  /// The longest piece of a script that is shown.
  private static var longestText: Int { 40 }

  /// As it is written; a field of the row says whose.
  private func text(_ expression: TypedExpression, owner: String? = nil) -> String {
    if case .coalesce(let a, let b) = expression.kind, case .constant = b.kind { return text(a, owner: owner) }
    var text = source.text(expression.span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if text.count > Self.longestText { text = text.prefix(Self.longestText) + "…" }
    guard text.hasPrefix(".") || text == "it" else { return text }
    let row = loops.last(where: \.isRow)?.elements.each.last.map { " of each \($0)" }
    return text + (owner ?? row ?? "")
  }

  /// The innermost loop that an expression hangs on.
  func through(_ expression: TypedExpression) -> Int {
    switch expression.kind {
    case .local(let slot): loop(of: expression) ?? reach[slot] ?? lists[slot]?.through ?? -1
    case .row, .rowField: loops.lastIndex(where: \.isRow) ?? -1
    default: expression.parts.reduce(-1) { max($0, through($1)) }
    }
  }
}
