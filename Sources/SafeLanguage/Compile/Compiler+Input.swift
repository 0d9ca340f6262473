/// Reading and saving. Rows and lines of a file go through the stages behind it in portions, where nobody can tell: then a file of any size needs
/// the memory of what the stages keep.
extension Compiler {
  func input(_ format: InputFormat, _ path: TypedExpression, _ type: Type, _ span: Span) -> Waiting {
    let path = evaluation(of: path)
    return { frame async throws(RunError) in
      let input = Input(format: format, type: type, path: try await path.run(frame).string, world: frame.run.world)
      do throws(RunError) { return try input.value() } catch { throw error.at(span) }
    }
  }

  // MARK: rows in portions

  /// A pipeline of rows from a file whose first stages can be done portion by portion; nil for any other.
  func fusedPipeline(_ source: TypedExpression, _ stages: [TypedStage]) -> Waiting? {
    guard let (rows, rest) = rowStream(source, stages) else { return nil }
    var remaining = rest
    let finish: (Frame, String) throws(RunError) -> Value
    if let next = rest.first, let (lambdas, plan) = grouping(next) {
      remaining = rest.dropFirst()
      finish = { frame, path throws(RunError) in
        let groups = Grouping(plan)
        try rows.run(frame, path, prepare: lambdas) { portion throws(RunError) in try groups.add(portion, frame) }
        return .table(try groups.table(frame))
      }
    } else if case .method(let method, let arguments)? = rest.first?.kind, method.name == "count", arguments.isEmpty {
      // A condition of `count` is a step before.
      remaining = rest.dropFirst()
      finish = { frame, path throws(RunError) in
        var count = 0
        try rows.run(frame, path) { portion throws(RunError) in count += portion.elementCount }
        return .int(count)
      }
    } else if case .save(let file, let format)? = rest.first?.kind, case .table(let row) = rows.type, file.effect == .pure, format.map({ $0.effect == .pure }) ?? true {
      remaining = rest.dropFirst()
      let save = self.save(file, format, rest[rest.startIndex].span)
      finish = { frame, path throws(RunError) in
        try save.rows(frame, type: row) { sink throws(RunError) in
          try rows.run(frame, path) { portion throws(RunError) in if case .table(let table) = portion { try sink(table) } }
        }
        return .null
      }
    } else {
      guard !rows.isWhole else { return nil }
      finish = { frame, path throws(RunError) in
        guard case .table(let row) = rows.type else {
          var kept = Pieces<Value>()
          do throws(RunError) {
            try rows.run(frame, path) { portion throws(RunError) in
              for index in 0..<portion.elementCount { kept.append(portion.element(index)) }
            }
          } catch {
            Interruption.hold(kept, size: kept.count, after: error)
            throw error
          }
          return .list(kept.joined())
        }
        var kept = TableBuilder(row)
        try rows.run(frame, path) { portion throws(RunError) in if case .table(let table) = portion { kept.append(copying: table) } }
        return .table(kept.table())
      }
    }
    let path = rows.path
    let (span, others) = (source.span, remaining.map { stage($0) })
    return { frame async throws(RunError) in
      let file = try await path.run(frame).string
      var value: Value
      do throws(RunError) { value = try finish(frame, file) } catch { throw error.at(span) }
      do throws(RunError) {
        for stage in others {
          let done = try await stage.run(frame, value)
          Interruption.letGo(value)
          value = done
        }
      } catch {
        Interruption.hold(value, after: error)
        throw error
      }
      return value
    }
  }

  /// `for` over rows of a file, where the block has no effect: no row need be kept.
  func fusedLoop(_ slot: Int, _ list: TypedExpression, _ body: CompiledBlock) -> CompiledBlock.Step? {
    let found: (rows: RowStream, rest: ArraySlice<TypedStage>)?
    switch list.kind {
    case .input: found = rowStream(list, [])
    case .pipeline(let source, let stages): found = rowStream(source, stages)
    default: found = nil
    }
    guard body.isPure, let found, found.rest.isEmpty else { return nil }
    let (rows, path, span) = (found.rows, found.rows.path, list.span)
    return .waiting { frame async throws(RunError) in
      let file = try await path.run(frame).string
      // A bad row is told before the block has been run for any, so what it set meanwhile is taken back.
      let (locals, numbers) = (frame.locals, frame.allNumbers)
      let failure: RunError?
      do throws(RunError) {
        failure = try rows.runToEnd(frame, file) { portion throws(RunError) in
          for index in 0..<portion.elementCount {
            // After a `return` the rest is looked through for bad rows only.
            if frame.returned != nil { return }
            try frame.tick()
            frame.locals[slot] = portion.element(index)
            try body.perform(frame)
          }
        }
      } catch {
        (frame.locals, frame.returned) = (locals, nil)
        frame.adopt(numbers: numbers)
        throw error.at(span)
      }
      if let failure { throw failure }
      return .null
    }
  }

  /// The rows of a file through as many of the stages as take them one by one, and the stages that are left.
  private func rowStream(_ source: TypedExpression, _ stages: [TypedStage]) -> (RowStream, ArraySlice<TypedStage>)? {
    guard case .input(let format, let path, var type) = source.kind, Input.hasPortions(format, type) else { return nil }
    let (whole, file) = (type, evaluation(of: path))
    var steps: [RowStream.Step] = []
    var rest = stages[...]
    func stream() -> RowStream { RowStream(format, whole, file, steps, type) }
    // A stage that asks the world for something waits until the file is known to be good.
    while let next = rest.first, next.effect == .pure {
      switch next.kind {
      case .filter, .project: steps.append(.rows(stage(next)))
      case .take(let count): steps.append(.take(compile(count).asInt, next.span))
      case .skip(let count): steps.append(.skip(compile(count).asInt, next.span))
      case .method(let method, let arguments):
        guard method.name == "count", case .row(let condition)? = arguments.first else { return (stream(), rest) }
        steps.append(.rows(stage(TypedStage(kind: .filter(condition), type: type, span: next.span, effect: next.effect))))
        let count = TypedStage(kind: .method(method, []), type: next.type, span: next.span, effect: next.effect)
        return (stream(), [count] + rest.dropFirst())
      default: return (stream(), rest)
      }
      type = next.type
      rest = rest.dropFirst()
    }
    return (stream(), rest)
  }

  /// A stage that groups without asking for anything.
  private func grouping(_ stage: TypedStage) -> ([CompiledLambda], GroupingPlan)? {
    guard stage.effect == .pure, case .summarize(let keys, let aggregates, let columns, _) = stage.kind, case .table(let row) = stage.type else { return nil }
    return groupingPlan(keys, aggregates, columns, row)
  }

  // MARK: save

  func saveStage(_ path: TypedExpression, _ format: TypedExpression?, _ span: Span) -> CompiledStage {
    let save = self.save(path, format, span)
    return CompiledStage([], values: [(save.pathSlot, save.path)] + (save.format.map { [(save.formatSlot, $0)] } ?? [])) { frame, value throws(RunError) in
      try save.value(value, frame)
      return .null
    }
  }

  private func save(_ path: TypedExpression, _ format: TypedExpression?, _ span: Span) -> Saving {
    Saving(path: evaluation(of: path), format: format.map { evaluation(of: $0) }, pathSlot: temporary(), formatSlot: temporary(), span: span)
  }
}

/// A file to be replaced by what a pipeline gives.
private struct Saving {
  let path: Evaluation
  let format: Evaluation?
  let pathSlot: Int
  let formatSlot: Int
  let span: Span

  /// The path, and the format that was said or is told by its ending.
  private func target(_ frame: Frame) throws(RunError) -> (path: String, format: SaveFormat) {
    let path = frame.locals[pathSlot].string
    if case .symbol(_, let number) = frame.locals[formatSlot], format != nil { return (path, SaveFormat.allCases[number]) }
    guard let format = SaveFormat(path: path) else { throw RunError(.file, SaveFormat.refusal(of: path), span: span, hint: SaveFormat.hint) }
    return (path, format)
  }

  func value(_ value: Value, _ frame: Frame) throws(RunError) {
    let target = try target(frame)
    do throws(RunError) {
      try frame.run.world.save(target.path) { sink throws(RunError) in
        try ValueText.write(value, target.format) { part throws(RunError) in try put(part, sink, frame) }
      }
    } catch { throw error.at(span) }
    frame.run.world.emit(.saved(path: target.path, rows: value.isList ? value.elementCount : nil))
  }

  /// Writes a part, which is some milliseconds' work. What made it leaves off where somebody asks to stop, and half of a value is not written.
  private func put(_ part: [UInt8], _ sink: SaveSink, _ frame: Frame) throws(RunError) {
    try frame.run.checkInterrupt()
    try sink(part)
  }

  /// Rows as they come.
  func rows(_ frame: Frame, type: RecordType, _ rows: ((Table) throws(RunError) -> Void) throws(RunError) -> Void) throws(RunError) {
    if case .now(let code) = path { frame.locals[pathSlot] = try code(frame) }
    if case .now(let code)? = format { frame.locals[formatSlot] = try code(frame) }
    let target = try target(frame)
    var count = 0
    do throws(RunError) {
      try frame.run.world.save(target.path) { sink throws(RunError) in
        var text = ValueText(target.format)
        text.begin(type)
        try rows { table throws(RunError) in
          count += table.count
          for index in 0..<table.count {
            text.row(.record(Row(table, index)))
            if text.isPart { try put(text.take(), sink, frame) }
          }
        }
        text.end()
        try put(text.take(), sink, frame)
      }
    } catch { throw error.at(span) }
    frame.run.world.emit(.saved(path: target.path, rows: count))
  }
}
