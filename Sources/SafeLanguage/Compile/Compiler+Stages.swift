/// A stage: what it fetches first, and what it then does with the whole list.
struct CompiledStage {
  enum Body {
    case now((Frame, Value) throws(RunError) -> Value)
    case waiting((Frame, Value) async throws(RunError) -> Value)
  }

  let lambdas: [CompiledLambda]
  /// Other values that it needs, by slot.
  let values: [(slot: Int, value: Evaluation)]
  let body: Body

  init(_ lambdas: [CompiledLambda], values: [(slot: Int, value: Evaluation)] = [], _ body: @escaping (Frame, Value) throws(RunError) -> Value) {
    self.lambdas = lambdas
    self.values = values
    self.body = .now(body)
  }

  init(_ lambdas: [CompiledLambda], values: [(slot: Int, value: Evaluation)] = [], waiting body: @escaping (Frame, Value) async throws(RunError) -> Value) {
    self.lambdas = lambdas
    self.values = values
    self.body = .waiting(body)
  }

  func run(_ frame: Frame, _ source: Value) async throws(RunError) -> Value {
    try frame.charge(source.size)
    for (slot, value) in values { frame.locals[slot] = try await value.run(frame) }
    for lambda in lambdas { try await lambda.prepare(frame, over: source) }
    switch body {
    case .now(let body): return try frame.withSavedRow { () throws(RunError) in try body(frame, source) }
    case .waiting(let body): return try await body(frame, source)
    }
  }

  func runSync(_ frame: Frame, _ source: Value) throws(RunError) -> Value {
    try frame.charge(source.size)
    for case (let slot, .now(let value)) in values { frame.locals[slot] = try value(frame) }
    for lambda in lambdas { try lambda.prepareSync(frame) }
    guard case .now(let body) = body else { return .null }
    return try frame.withSavedRow { () throws(RunError) in try body(frame, source) }
  }
}

extension Compiler {
  func pipeline(_ source: TypedExpression, _ stages: [TypedStage]) -> Code {
    let (source, stages, isMade) = (compile(source).asValue, stages.map { stage($0) }, source.isMade)
    return .value { frame throws(RunError) in
      var value = try source(frame)
      do throws(RunError) {
        for (place, stage) in stages.enumerated() {
          let done = try stage.runSync(frame, value)
          Interruption.letGo(value, isMade: isMade || place > 0)
          value = done
        }
      } catch {
        Interruption.hold(value, after: error)
        throw error
      }
      return value
    }
  }

  func waitingPipeline(_ source: TypedExpression, _ stages: [TypedStage]) -> Waiting {
    if let fused = fusedPipeline(source, stages) { return fused }
    let (source, stages, isMade) = (evaluation(of: source), stages.map { stage($0) }, source.isMade)
    return { frame async throws(RunError) in
      var value = try await source.run(frame)
      do throws(RunError) {
        for (place, stage) in stages.enumerated() {
          let done = try await stage.run(frame, value)
          Interruption.letGo(value, isMade: isMade || place > 0)
          value = done
        }
      } catch {
        Interruption.hold(value, after: error)
        throw error
      }
      return value
    }
  }

  func stage(_ stage: TypedStage) -> CompiledStage {
    let made = self.made(stage)
    guard stage.needsList else { return made }
    let span = stage.span
    switch made.body {
    case .now(let body):
      return CompiledStage(made.lambdas, values: made.values) { frame, source throws(RunError) in
        do throws(RunError) { try source.requireList() } catch { throw error.at(span) }
        return try body(frame, source)
      }
    case .waiting(let body):
      return CompiledStage(
        made.lambdas, values: made.values,
        waiting: { frame, source async throws(RunError) in
          do throws(RunError) { try source.requireList() } catch { throw error.at(span) }
          return try await body(frame, source)
        })
    }
  }

  private func made(_ stage: TypedStage) -> CompiledStage {
    switch stage.kind {
    case .filter(let lambda): return filter(self.lambda(lambda), RowProbe(lambda, self), stage.span)
    case .project(let columns): return project(columns, stage.type, stage.span)
    case .sort(let keys): return sort(keys.map { ($0.descending, self.lambda($0.key)) }, keys.map(\.key.body.type))
    case .take(let count): return slice(count, stage.span) { count, total in 0..<min(count, total) }
    case .skip(let count): return slice(count, stage.span) { count, total in min(count, total)..<total }
    case .distinct(let keys): return distinct(keys, ValueOrder(stage.type.element ?? .unknown))
    case .summarize(let keys, let aggregates, let columns, let reads): return summarize(keys, aggregates, columns, reads, stage.type)
    case .expand(let lambda, let column): return expand(lambda, column: column, stage.type)
    case .join(let join): return self.join(join, stage.type)
    case .apply(let slot, let call): return apply(slot, call)
    case .each(let each): return self.each(each, stage)
    case .report:
      return CompiledStage([]) { frame, value throws(RunError) in
        try frame.run.checkInterrupt()
        if case .table(let table) = value { frame.run.world.emit(.report(Report(table))) }
        return .null
      }
    case .chart:
      return CompiledStage([]) { frame, value throws(RunError) in
        frame.run.world.emit(.chart(value))
        return .null
      }
    case .print:
      return CompiledStage([]) { frame, value throws(RunError) in
        let text = value.printed
        try frame.run.checkInterrupt()
        frame.run.world.emit(.line(text))
        return .null
      }
    case .save(let path, let format): return saveStage(path, format, stage.span)
    case .method(let method, let arguments):
      let inner = methodStage(method, arguments, stage.type, stage.span)
      let type = stage.type
      guard case .now(let body) = inner.body else { return inner }
      return CompiledStage(inner.lambdas, values: inner.values) { frame, value throws(RunError) in try Self.fitted(try body(frame, value), type) }
    }
  }

  /// A call with the list as its first argument.
  private func apply(_ slot: Int, _ call: TypedExpression) -> CompiledStage {
    switch evaluation(of: call) {
    case .now(let code):
      return CompiledStage([]) { frame, source throws(RunError) in
        frame.locals[slot] = source
        return try code(frame)
      }
    case .waiting(let code):
      return CompiledStage(
        [],
        waiting: { frame, source async throws(RunError) in
          frame.locals[slot] = source
          return try await code(frame)
        })
    }
  }

  /// A method over a list, with what its predicate fetches first.
  func methodStage(_ method: Method, _ arguments: [TypedArgument], _ type: Type, _ span: Span) -> CompiledStage {
    var values: [(slot: Int, value: Evaluation)] = []
    var lambdas: [CompiledLambda] = []
    for argument in arguments {
      switch argument {
      case .value(let value): values.append((temporary(), evaluation(of: value)))
      case .row(let lambda): lambdas.append(self.lambda(lambda))
      }
    }
    let slots = values.map(\.slot)
    switch method.body {
    case .value, .typed, .comparing, .pattern, .stage:
      let body = valueBody(method, arguments, type)
      return CompiledStage(lambdas, values: values) { frame, receiver throws(RunError) in
        try frame.charge(receiver.size)
        do throws(RunError) { return try body(receiver, slots.map { frame.locals[$0] }) } catch { throw error.at(span) }
      }
    case .rows(let body):
      let code = lambdas.first.map { $0.isPredicate ? Code.bool($0.body.asBool) : $0.body }
      let (order, probe) = (ValueOrder(type), probe(arguments))
      return CompiledStage(lambdas, values: values) { frame, receiver throws(RunError) in
        try frame.withSavedRow { () throws(RunError) in
          var loop = RowLoop(frame: frame, source: receiver, argument: code, probe, order)
          do throws(RunError) { return try body(&loop) } catch { throw error.at(span) }
        }
      }
    }
  }

  // MARK: where, take, skip, distinct

  private func filter(_ lambda: CompiledLambda, _ probe: RowProbe?, _ span: Span) -> CompiledStage {
    let condition = lambda.body.asBool
    return CompiledStage([lambda]) { frame, source throws(RunError) in
      let isRange = if case .range = source { true } else { false }
      var kept: [Int] = []
      let candidates = try probe?.rows(of: source, frame)
      try Self.forEachRow(of: source, among: candidates, frame) { index throws(RunError) in
        if try condition(frame) { kept.append(index) }
        if isRange { try Limits.require(elements: kept.count, span) }
      }
      return try source.selecting(kept)
    }
  }

  /// `candidates` are the rows to look at; nil for all.
  static func forEachRow(
    of source: Value, among candidates: [Int]? = nil, _ frame: Frame, _ body: (Int) throws(RunError) -> Void
  ) throws(RunError) {
    if case .table(let table) = source {
      guard table.count > 0 else { return }
      let (base, width) = (table.row(0), table.type.fields.count)
      frame.setRow(table, 0)
      if let candidates {
        for index in candidates {
          try frame.tick()
          frame.move(to: index, base, width)
          try body(index)
        }
        return
      }
      for index in 0..<table.count {
        try frame.tick()
        frame.move(to: index, base, width)
        try body(index)
      }
    } else {
      for index in 0..<source.elementCount {
        try frame.tick()
        frame.setElement(source.element(index))
        try body(index)
      }
    }
  }

  private func slice(_ count: TypedExpression, _ span: Span, _ range: @escaping (Int, Int) -> Range<Int>) -> CompiledStage {
    let slot = temporary()
    return CompiledStage([], values: [(slot, evaluation(of: count))]) { frame, source throws(RunError) in
      let count = frame.locals[slot].integer
      guard count >= 0 else { throw RunError(.index, "the number of rows cannot be negative", span: span) }
      let range = range(count, source.elementCount)
      return try source.slice(range)
    }
  }

  private func distinct(_ keys: [TypedLambda], _ order: ValueOrder) -> CompiledStage {
    let lambdas = keys.map { lambda($0) }
    let reader = KeyReader(zip(keys, lambdas).map { ($1.body, $0.body.type) })
    return CompiledStage(lambdas) { frame, source throws(RunError) in
      var kept: [Int] = []
      var seen = KeyIndex(width: max(1, keys.count))
      defer { Interruption.letGo(seen, size: seen.count) }
      if keys.isEmpty {
        try Self.forEachRow(of: source, frame) { index throws(RunError) in
          let known = seen.count
          seen.candidate[0] = frame.scratch.cell(order.key(frame.current))
          if seen.insert() == known { kept.append(index) }
        }
        return try source.selecting(kept)
      }
      try Self.forEachRow(of: source, frame) { index throws(RunError) in
        let known = seen.count
        _ = try reader.read(frame, into: &seen)
        if seen.insert() == known { kept.append(index) }
      }
      return try source.selecting(kept)
    }
  }

  // MARK: select, extend

  private func project(_ columns: [TypedStage.ProjectedColumn], _ type: Type, _ span: Span) -> CompiledStage {
    guard case .table(let row) = type else { return CompiledStage([]) { _, source in source } }
    enum Source {
      case kept(Int)
      case cell(Code.Of<Cell>)
      case value(Code.Of<Value>)
    }
    var lambdas: [CompiledLambda] = []
    let sources = columns.map { column -> Source in
      switch column {
      case .kept(let index): return .kept(index)
      case .computed(let typed):
        let lambda = self.lambda(typed)
        lambdas.append(lambda)
        if case .cell(let code) = lambda.body { return .cell(code) }
        return .value(lambda.body.asValue)
      }
    }
    let constants = constants
    return CompiledStage(lambdas) { frame, source throws(RunError) in
      try Limits.require(rows: source.elementCount, width: row.fields.count, span)
      var arenas: [Arena] = [constants]
      if case .table(let table) = source { arenas += table.arenas }
      var builder = TableBuilder(row, keeping: arenas, capacity: source.elementCount)
      try Self.forEachRow(of: source, frame) { _ throws(RunError) in
        if case .record(let current) = frame.current, current.table.arenas.count > 0, case .list = source { builder.keep(current.table.arenas) }
        let cells = builder.addRow()
        for (target, column) in sources.enumerated() {
          switch column {
          case .kept(let index): cells[target] = frame.row[index]
          case .cell(let code): cells[target] = try code(frame)
          case .value(let code):
            let value = try code(frame)
            if case .text(let text) = value { try frame.charge(text.utf8.count) }
            cells[target] = builder.cell(value)
          }
        }
      }
      return .table(builder.table())
    }
  }
}

extension Value {
  func selecting(_ indexes: [Int]) throws(RunError) -> Value {
    if case .table(let table) = self { return .table(try table.picking(indexes)) }
    var beat = Beat()
    return .list(
      try .building(indexes.count) { values throws(RunError) in
        for index in indexes {
          try beat.turn()
          values.append(element(index))
        }
      })
  }
}

extension TypedStage {
  /// Whether it makes something for each element of a range, which then must not be too long.
  fileprivate var needsList: Bool {
    switch kind {
    case .project, .sort, .distinct, .expand, .join, .each: true
    default: false
    }
  }
}
