/// Stages and relations: what is fetched in bulk, and what is done for each row.
extension Estimator {
  mutating func pipeline(_ source: TypedExpression, _ stages: [TypedStage]) {
    expression(source)
    var current = elements(of: source)
    for stage in stages {
      if stage.effect > .pure { self.stage(stage, over: current) }
      current = elements(after: stage, current)
    }
  }

  private mutating func stage(_ stage: TypedStage, over elements: Elements) {
    func each(_ lambdas: [TypedLambda?]) { for case let lambda? in lambdas { self.lambda(lambda, over: elements) } }
    switch stage.kind {
    case .filter(let lambda), .expand(let lambda, _): each([lambda])
    case .project(let columns): each(columns.map { if case .computed(let lambda) = $0 { lambda } else { nil } })
    case .sort(let keys): each(keys.map(\.key))
    case .take(let count), .skip(let count): expression(count)
    case .distinct(let keys): each(keys)
    case .summarize(let keys, let aggregates, let columns, let reads):
      for (_, value) in reads { expression(value) }
      each(keys + aggregates.map(\.argument))
      for column in columns { expression(column) }
    case .join(let join):
      expression(join.table)
      each(join.keys.map(\.left))
      let right = self.elements(of: join.table)
      for key in join.keys { lambda(key.right, over: right) }
    case .each(let each):
      if let par = each.par { expression(par) }
      if let key = each.key { lambda(key, over: elements) }
      inLoop(Loop(elements: elements, slot: each.rowSlot, isRow: true)) { $0.block(each.block) }
    case .apply(let slot, let call):
      lists[slot] = elements
      expression(call)
    case .method(_, let arguments): for argument in arguments { self.argument(argument, over: elements) }
    case .save(let path, _): expression(path)
    case .report, .chart, .print: break
    }
  }

  // MARK: relations

  /// A relation of many rows, fetched at once: from the rows, or from the list that it leads to, whichever are fewer.
  mutating func bulk(_ relation: Relation, _ elements: Elements) {
    read(relation.target)
    guard relation.isFetchedPerRow else {
      // It is part of the lists at its ends, of which the rows come from one.
      if !relation.isOne { conditionally { $0.read(relation.source) } }
      return
    }
    let (source, target) = (Repetition.resource(noun(relation.source)), Repetition.resource(noun(relation.target)))
    let isFirst = related[relation.ends] == nil
    guard !complete.contains(relation.ends), related[relation.ends, default: []].insert(elements.each).inserted else { return }
    if elements.each == [source], elements.count == 1, !elements.isBound, conditions == 0 { complete.insert(relation.ends) }
    let isBound = elements.isBound || !isFirst || conditions > 0
    if elements.each.isEmpty {
      body.requests.add(elements.count, isBound: true)
    } else if elements.each.count == 1, elements.count == 1, elements.through < 0, elements.each != [target] {
      body.requests.add(1, isBound: isBound || elements.each != [source], each: [Self.fewer(elements.each[0], target)])
    } else {
      body.requests.add(1, isBound: true, each: [Self.fewer(source, target)])
    }
  }

  private static func fewer(_ a: Repetition, _ b: Repetition) -> Repetition { a.description < b.description ? .fewer(a, b) : .fewer(b, a) }

  /// A relation of one row. In a loop the rows around are fetched too, since they will be asked for next.
  mutating func single(_ relation: Relation, of base: TypedExpression) {
    guard loops.isEmpty, !isInDefinition else {
      let elements = loop(of: base).map { loops[$0].elements }
      return bulk(relation, elements ?? Elements(each: [.resource(noun(relation.source))], isBound: true))
    }
    guard relation.isFetchedPerRow else { return bulk(relation, .number(1)) }
    read(relation.target)
    let isFirst = related[relation.ends] == nil
    if complete.contains(relation.ends) { return }
    related[relation.ends, default: []].insert([.element("row", of: source.text(base.span))])
    count(1, isBound: !isFirst)
  }
}

extension Relation {
  fileprivate var ends: Set<String> { [source, target] }
}
