/// Walks a checked program and counts what it asks of the world. What is pure asks nothing, so it is never looked into.
struct Estimator {
  /// A loop around what is counted.
  struct Loop {
    var elements: Elements
    /// The variable that names the element.
    var slot: Int?
    /// Whether `it` and `.field` are the element.
    var isRow: Bool
  }

  /// What a `def` asks for, counted once: its lists are told by the calls.
  struct Body {
    var requests = Formula()
    var calls: [String: Formula] = [:]
    var accesses: [(access: Access, isCertain: Bool)] = []
  }

  enum Access: Hashable {
    case resource(String)
    case file(String)
  }

  let program: CheckedProgram
  var source: SourceFile
  var body = Body()
  /// What is read, in the order of the first; false while it may not be.
  var accesses: [(access: Access, isCertain: Bool)] = []
  /// The resources among them, and those that need no such request.
  var names: [String] = []
  var large: Set<String> = []
  /// Relations that were fetched: by the resources at their ends, whatever the direction.
  var related: [Set<String>: Set<[Repetition]>] = [:]
  /// Those of which all is known, so that nothing more is asked, from either end.
  var complete: Set<Set<String>> = []
  var loops: [Loop] = []
  /// How many conditions stand around.
  var conditions = 0
  /// What the lists in variables have for elements.
  var lists: [Int: Elements] = [:]
  /// The innermost loop that a variable's value hangs on.
  var reach: [Int: Int] = [:]
  /// Texts in variables that are known.
  var texts: [Int: String] = [:]
  var bodies: [Int: Body] = [:]
  var destroyed: Set<String> = []
  /// The arguments that the calls of a capability name.
  var arguments: [String: Set<String>] = [:]
  /// Lists that were fetched anew: what reads them then needs no request, or (false) may need none.
  private var refreshed: [String: Bool] = [:]
  var isInDefinition = false

  init(_ program: CheckedProgram) {
    self.program = program
    source = program.source
  }

  // MARK: counting

  /// Counts requests at this place, once for each turn of the loops around.
  mutating func count(_ count: Int, isBound: Bool = false, each more: [Repetition] = [], calls capability: String? = nil) {
    var (count, isBound, each) = (count, isBound || conditions > 0, more)
    for loop in loops[outermost...].reversed() {
      let (product, overflow) = count.multipliedReportingOverflow(by: loop.elements.count)
      count = overflow ? .max : product
      isBound = isBound || loop.elements.isBound
      each = loop.elements.each + each
    }
    isBound = isBound || loops[..<outermost].contains(where: \.elements.isBound)
    if let capability {
      body.calls[capability, default: Formula()].add(count, isBound: isBound, each: each)
    } else {
      body.requests.add(count, isBound: isBound, each: each)
    }
  }

  /// The outermost loop that still multiplies: one whose rows all together are counted by a loop inside of it does not.
  private var outermost: Int { loops.reduce(0) { max($0, $1.elements.through + 1) } }

  /// A list that is fetched once and kept.
  mutating func read(_ resource: String) {
    guard let type = program.schema.resource(named: resource) else { return }
    switch refreshed[type.name] {
    case true?: break
    case false?: conditionally { $0.note(.resource(type.plural)) }
    case nil: note(.resource(type.plural))
    }
  }

  mutating func note(_ access: Access) {
    if case .resource(let name) = access, !names.contains(name) { names.append(name) }
    if let index = accesses.firstIndex(where: { $0.access == access }) {
      accesses[index].isCertain = accesses[index].isCertain || conditions == 0
    } else {
      accesses.append((access, conditions == 0))
    }
  }

  mutating func conditionally(_ body: (inout Estimator) -> Void) {
    conditions += 1
    body(&self)
    conditions -= 1
  }

  mutating func inLoop(_ loop: Loop, _ body: (inout Estimator) -> Void) {
    loops.append(loop)
    body(&self)
    loops.removeLast()
  }

  // MARK: statements

  mutating func block(_ block: TypedBlock) { statements(block.statements) }

  /// What follows a statement that may return is done only if it did not.
  mutating func statements(_ statements: [TypedStatement]) {
    let before = conditions
    for statement in statements {
      self.statement(statement)
      if statement.mayReturn { conditions += 1 }
    }
    conditions = before
  }

  private mutating func statement(_ statement: TypedStatement) {
    switch statement.kind {
    case .store(let slot, let value):
      expression(value)
      guard !program.mutable.contains(slot) else { return }
      reach[slot] = through(value)
      if case .constant(.text(let text)) = value.kind { texts[slot] = text }
      // Another list may be given for a parameter.
      if value.type.required.element != nil, !program.parameters.contains(where: { $0.slot == slot }) { lists[slot] = elements(of: value) }
    case .loop(let slot, let list, let body):
      expression(list)
      guard body.effect > .pure else { return }
      var elements = elements(of: list)
      if body.mayReturn { elements.isBound = true }
      inLoop(Loop(elements: elements, slot: slot, isRow: false)) { $0.block(body) }
    case .expression(let value, _): expression(value)
    case .return(let value): if let value { expression(value) }
    case .failure(let message): expression(message)
    case .assertion(let condition, let message):
      expression(condition)
      if let message { conditionally { $0.expression(message) } }
    }
  }

  // MARK: expressions

  mutating func expression(_ expression: TypedExpression) {
    guard expression.effect > .pure else { return }
    switch expression.kind {
    case .resource(let resource): read(resource.name)
    case .refresh(let resource):
      count(1)
      let isCertain = conditions == 0 && loops.isEmpty && !isInDefinition
      refreshed[resource.name] = isCertain || refreshed[resource.name] == true
      if !names.contains(resource.plural) { names.append(resource.plural) }
    case .fetch(let resource, let query): fetch(resource, query)
    case .relation(let base, let relation, _):
      self.expression(base)
      single(relation, of: base)
    case .input(_, let path, _):
      self.expression(path)
      note(.file(name(of: path)))
    case .verb(let verb, let subject, let named):
      self.verb(verb, subject, named)
      if expression.effect == .destroy { destroyed.insert(verb.capability) }
    case .and(let a, let b), .or(let a, let b), .coalesce(let a, let b):
      self.expression(a)
      conditionally { $0.expression(b) }
    case .chain(let guards, let body):
      if let first = guards.first { self.expression(first.value) }
      conditionally { estimator in
        for (_, value) in guards.dropFirst() { estimator.expression(value) }
        estimator.expression(body)
      }
    case .conditional(let condition, let then, let otherwise):
      self.expression(condition)
      conditionally { estimator in
        estimator.block(then)
        if let otherwise { estimator.block(otherwise) }
      }
    case .attempt(let body, _, let recovery):
      block(body)
      if let recovery { conditionally { $0.block(recovery) } }
    case .bind(let slot, let value, let body):
      self.expression(value)
      if value.type.required.element != nil { lists[slot] = elements(of: value) }
      self.expression(body)
    case .method(_, let base, let arguments):
      self.expression(base)
      let elements = elements(of: base)
      for argument in arguments { self.argument(argument, over: elements) }
    case .pipeline(let source, let stages): pipeline(source, stages)
    case .invoke(let index, let values):
      for value in values { self.expression(value) }
      invoke(index, values)
    default: for part in expression.parts { self.expression(part) }
    }
  }

  mutating func argument(_ argument: TypedArgument, over elements: Elements) {
    switch argument {
    case .value(let value): expression(value)
    case .row(let lambda): self.lambda(lambda, over: elements)
    }
  }

  /// What a predicate needs is fetched before its first row, in bulk.
  mutating func lambda(_ lambda: TypedLambda, over elements: Elements) {
    for (_, value) in lambda.hoisted { expression(value) }
    for (_, relation, ofRow) in lambda.relations {
      if !ofRow { read(relation.source) }
      bulk(relation, ofRow ? elements : Elements(each: [.resource(noun(relation.source))]))
    }
  }

  // MARK: what asks

  /// A request for each page, at least one. To look back over years may take one more a year, which no list's length tells.
  private mutating func fetch(_ resource: ResourceType, _ query: TypedQuery) {
    for (name, value) in query.arguments {
      expression(value)
      // A row may be named by its key, which is found in the list.
      guard value.type.required.isText, let parameter = resource.filters.first(where: { $0.name == name }) else { continue }
      for name in parameter.type.rows where value.type == .email { read(name) }
    }
    for condition in query.conditions {
      expression(condition.value)
      if let relation = resource.relations.first(where: { $0.name == condition.field }) { conditionally { $0.read(relation.target) } }
    }
    if let limit = query.limit { expression(limit.value) }
    if !names.contains(resource.plural) { names.append(resource.plural) }
    let size = max(1, resource.pageSize ?? 1)
    if case .constant(.int(let limit))? = query.limit?.value.kind, limit >= 0 {
      // Rows that no source can tell apart are looked through too, so only a list without conditions ends early for sure.
      let pages = limit / size + (limit % size == 0 ? 0 : 1)
      if query.conditions.isEmpty { return count(max(1, pages), isBound: limit > size) }
    }
    large.insert(resource.plural)
    count(1, each: [.page(resource: resource.plural, size: size)])
  }

  private mutating func verb(_ verb: Verb, _ subject: TypedExpression, _ named: [(name: String, value: TypedExpression)]) {
    expression(subject)
    for (_, value) in named { expression(value) }
    arguments[verb.capability, default: []].formUnion(named.map(\.name))
    if case .row(let resource) = verb.subject, subject.type.required.isText { read(resource) }
    var most = verb.cost.requests.upperBound
    for (name, value) in named {
      if verb.cost.more.contains(name) { most += 1 }
      if verb.cost.perRow == name {
        let elements = elements(of: value)
        inLoop(Loop(elements: elements, slot: nil, isRow: false)) { $0.count(1, isBound: true) }
      }
      let rows = verb.parameters.first { $0.name == name }?.type.rows ?? []
      if value.type.required.isText { for resource in rows where program.schema.resource(named: resource)?.keyType == .email { read(resource) } }
    }
    count(most, isBound: verb.cost.requests.lowerBound < most)
    count(1, calls: verb.capability)
  }

  /// A `def` is walked once, and what it asks for is told with the lists of each call.
  private mutating func invoke(_ index: Int, _ values: [TypedExpression]) {
    let definition = program.definitions[index]
    let called = bodies[index] ?? walk(definition)
    bodies[index] = called
    for (access, isCertain) in called.accesses {
      if isCertain { note(access) } else { conditionally { $0.note(access) } }
    }
    let arguments = Dictionary(zip(definition.slots, values.map { elements(of: $0) })) { first, _ in first }
    func add(_ formula: Formula, _ capability: String?) {
      if formula.isTruncated { body.requests.truncate() }
      for term in formula.terms {
        // What is fetched in bulk is kept.
        if capability == nil, term.each.contains(where: \.isBulk) {
          body.requests.add(term.count, isBound: true, each: term.each)
          continue
        }
        var (factor, isBound, each) = (term.count, term.isBound, [Repetition]())
        for repetition in term.each {
          guard case .argument(let slot) = repetition, let elements = arguments[slot] else {
            each.append(repetition)
            continue
          }
          let (product, overflow) = factor.multipliedReportingOverflow(by: elements.count)
          factor = overflow ? .max : product
          isBound = isBound || elements.isBound
          each += elements.each
        }
        count(factor, isBound: isBound, each: each, calls: capability)
      }
    }
    add(called.requests, nil)
    for (capability, formula) in called.calls.sorted(by: { $0.key < $1.key }) { add(formula, capability) }
  }

  private mutating func walk(_ definition: TypedDefinition) -> Body {
    var inner = self
    (inner.body, inner.loops, inner.conditions, inner.accesses) = (Body(), [], 0, [])
    (inner.source, inner.isInDefinition) = (definition.source, true)
    for slot in definition.slots { inner.lists[slot] = Elements(each: [.argument(slot)]) }
    inner.block(definition.body)
    var result = inner.body
    result.accesses = inner.accesses
    (bodies, related, names, large) = (inner.bodies, inner.related, inner.names, inner.large)
    (destroyed, self.arguments) = (inner.destroyed, inner.arguments)
    return result
  }

  // MARK: the whole

  /// What `needs` allows; at the prompt, which has none, what is written at most.
  private var caps: [String: Int] {
    guard program.mode == .prompt else { return program.needs }
    return program.needs.merging(body.calls.mapValues { formula in formula.isTruncated ? .max : formula.value { _ in .max }.count }) { said, _ in said }
  }

  /// A request for each list that is read, and what was counted.
  mutating func estimate() -> Estimate {
    statements(program.statements)
    var estimate = Estimate()
    for (access, isCertain) in accesses {
      switch access {
      case .resource: estimate.requests.add(1, isBound: !isCertain)
      case .file(let name): estimate.files.append(Estimate.Read(name: name))
      }
    }
    estimate.requests.add(body.requests) { $0 }
    estimate.reads = names.map { Estimate.Read(name: $0, isLarge: large.contains($0)) }
    estimate.writes = caps.sorted { $0.key < $1.key }.map { capability, cap in
      Estimate.Write(
        capability: capability, cap: cap, calls: body.calls[capability] ?? Formula(), destroys: destroyed.contains(capability),
        arguments: arguments[capability] ?? [])
    }
    return estimate
  }
}

extension CheckedProgram {
  /// What a run will do at most.
  public var estimate: Estimate {
    var estimator = Estimator(self)
    return estimator.estimate()
  }
}
