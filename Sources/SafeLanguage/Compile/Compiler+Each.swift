/// `each`: a block for every row, so many at once, with what became of each row as the result.
extension Compiler {
  /// Rows under way at once, at most: each holds a connection and a compiled copy of the block.
  static let maximumParallel = 256

  func each(_ each: TypedEach, _ stage: TypedStage) -> CompiledStage {
    guard case .table(let type) = stage.type else { return CompiledStage([]) { _, source in source } }
    // Texts that differ in case only lose nothing by waiting, and may be addresses.
    let key = each.key.map { (lambda: lambda($0), order: ValueOrder($0.body.type.required.isText ? .email : $0.body.type)) }
    let parSlot = temporary()
    let par = each.par.map { (slot: parSlot, value: evaluation(of: $0)) }
    let isParallel = each.par != nil
    let sequential = isParallel ? nil : block(each.block)
    let program = program
    let span = stage.span
    return CompiledStage(key.map { [$0.lambda] } ?? [], values: par.map { [$0] } ?? []) { frame, source async throws(RunError) in
      var workers = 1
      if isParallel {
        workers = min(Self.maximumParallel, frame.locals[parSlot].integer)
        guard workers >= 1 else { throw RunError(.index, "'par' takes a number from 1", span: span) }
      }
      let keys = try key.map { key throws(RunError) in try Self.keys(key.lambda, key.order, of: source, frame) }
      let run = EachRun(count: source.elementCount, keys: keys, onError: each.onError, world: frame.run.world)
      let site = each.block.effect > .read ? frame.site(span) : nil
      if let site { frame.run.world.began(EachStart(site: site, rows: source, rowsAreIndependent: each.onError != .stop)) }
      if let sequential {
        await Self.work(run, sequential, each, source, site, frame)
      } else {
        await Self.parallel(run, workers: workers, each, source, site, frame, program)
      }
      return try await Self.finish(run, each, source, type, frame)
    }
  }

  private static func keys(_ key: CompiledLambda, _ order: ValueOrder, of source: Value, _ frame: Frame) throws(RunError) -> [Value] {
    let code = key.body.asValue
    return try frame.withSavedRow { () throws(RunError) in
      try .building(source.elementCount) { keys throws(RunError) in
        for index in 0..<source.elementCount {
          try frame.tick()
          frame.setElement(source.element(index))
          keys.append(order.key(try code(frame)))
        }
      }
    }
  }

  /// One worker: takes rows until there are none. `site` is that of the `each` if its rows are to be told of.
  private static func work(
    _ run: EachRun, _ block: CompiledBlock, _ each: TypedEach, _ source: Value, _ site: CallSite?, _ frame: Frame
  ) async {
    let (row, table, index, element) = (frame.row, frame.table, frame.index, frame.element)
    let outer = frame.calls
    frame.path.append(0)
    var next = await run.next()
    while let index = next {
      let value = source.element(index)
      frame.calls = []
      frame.path[frame.path.count - 1] = index
      frame.setElement(value)
      if let slot = each.rowSlot { frame.locals[slot] = value }
      let start = ContinuousClock.now
      let result = await result(of: block, frame)
      if let site {
        let duration = start.duration(to: .now)
        frame.run.world.finished(EachRow(site: site, index: index, outcome: result.outcome, error: result.error, duration: duration))
      }
      next = await run.next(after: index, result)
    }
    frame.path.removeLast()
    frame.calls = outer
    (frame.row, frame.table, frame.index, frame.element) = (row, table, index, element)
  }

  private static func result(of block: CompiledBlock, _ frame: Frame) async -> EachResult {
    do throws(RunError) {
      let value = try await block.run(frame)
      return EachResult(outcome: frame.calls.isEmpty ? .unchanged : .ok, value: value, calls: frame.calls)
    } catch {
      // What stops the run before the row did anything leaves it as if it had not begun.
      let isStopped = error.reach == .interrupted || error.reach == .stopped && error.kind == .refused
      let outcome: EachOutcome = error.isOutcomeUnknown ? .unknown : isStopped && frame.calls.isEmpty ? .notRun : .failed
      return EachResult(outcome: outcome, error: error, calls: frame.calls)
    }
  }

  /// Workers with frames and compiled copies of their own.
  private static func parallel(
    _ run: EachRun, workers: Int, _ each: TypedEach, _ source: Value, _ site: CallSite?, _ frame: Frame, _ program: CheckedProgram
  ) async {
    let (locals, numbers, related, path, context) = (frame.locals, frame.allNumbers, frame.related, frame.path, frame.run)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<min(workers, max(1, source.elementCount)) {
        group.addTask {
          let compiler = Compiler(program)
          let block = compiler.block(each.block)
          let frame = Frame(run: context, slots: compiler.slots, relations: program.relations)
          frame.adopt(locals: locals, related: related, path: path)
          frame.adopt(numbers: numbers)
          await work(run, block, each, source, site, frame)
        }
      }
    }
  }

  /// The table of results, or the error that ended it.
  private static func finish(_ run: EachRun, _ each: TypedEach, _ source: Value, _ type: RecordType, _ frame: Frame) async throws(RunError) -> Value {
    let end = await run.end { end in
      end.told.compactMap { index, result in
        guard let error = result.error, result.outcome == .failed || result.outcome == .unknown else { return nil }
        let input = source.element(index)
        return .init(place: origin(of: input) ?? Report.name(of: input) ?? "row \(index + 1)", outcome: result.outcome, reason: error.told)
      }
    }
    let told = end.told
    frame.run.countFailedRows(told.count { $0.result.outcome == .failed || $0.result.outcome == .unknown })
    for (_, result) in told { for (verb, count) in result.calls { for _ in 0..<count { frame.countCall(verb) } } }
    if let error = end.error {
      Interruption.hold(end.results, size: end.results.count, after: error)
      if source.elementCount > 1 || error.reach != .row {
        // Of rows that changed nothing, and of those that were not begun, there is nothing to tell but how many they are: so a long run ends soon.
        var report = Report(table(told, source, type, frame))
        report.counts[.unchanged, default: 0] += end.done - told.count
        report.counts[.notRun, default: 0] += source.elementCount - end.done
        report.isPartial = true
        frame.run.world.emit(.report(report))
      }
      throw end.failedRow.map { error.of(source.element($0), at: $0) } ?? error
    }
    let table = try table(end.results, source, type, frame, keepingFailed: each.onError != .skip)
    if each.onError == .skip {
      for (index, result) in told {
        guard let error = result.error else { continue }
        let origin = origin(of: source.element(index)) ?? "row \(index + 1)"
        frame.run.world.emit(.warning("\(origin): \(error.told)"))
      }
    }
    return .table(table)
  }

  private static func origin(of element: Value) -> String? {
    if case .record(let row) = element { return row.origin }
    return nil
  }

  /// The rows that are told of where an `each` is stopped, which is not to be stopped again.
  private static func table(
    _ told: some Collection<(index: Int, result: EachResult)>, _ source: Value, _ type: RecordType, _ frame: Frame
  ) -> Table {
    var builder = TableBuilder(type, keeping: [], capacity: told.count)
    for (index, result) in told { builder.add(row(result, source.element(index), frame)) }
    return builder.table()
  }

  private static func table(
    _ results: Pieces<EachResult?>, _ source: Value, _ type: RecordType, _ frame: Frame, keepingFailed: Bool
  ) throws(RunError) -> Table {
    var beat = Beat()
    var builder = TableBuilder(type, keeping: [], capacity: results.count)
    do throws(RunError) {
      for index in 0..<results.count {
        try beat.turn()
        guard let result = results[index], keepingFailed || result.error == nil else { continue }
        builder.add(row(result, source.element(index), frame))
      }
    } catch {
      Interruption.hold(results, size: results.count, after: error)
      Interruption.hold(builder.table(), size: builder.count, after: error)
      throw error
    }
    Interruption.letGo(results, size: results.count)
    return builder.table()
  }

  private static func row(_ result: EachResult, _ element: Value, _ frame: Frame) -> [Value] {
    let calls = result.calls.map { "\($0.verb):\($0.count)" }.joined(separator: " ")
    return [
      .bool(result.error == nil && result.outcome != .notRun), result.value, result.error?.value(frame) ?? .null, element,
      origin(of: element).map { .text($0) } ?? .null, .int(result.outcome.rawValue), .text(calls),
    ]
  }
}

extension Frame {
  /// Takes over what another frame has, to go on from there.
  func adopt(locals: [Value], related: [(any RelatedRows)?], path: [Int]) {
    for (slot, value) in locals.enumerated() where slot < self.locals.count { self.locals[slot] = value }
    self.related = related
    self.path = path
  }
}

extension Report {
  /// How people call a row that comes from no file: by its address, else by its first text.
  fileprivate static func name(of input: Value) -> String? {
    guard case .record(let row) = input else { return input.isNull ? nil : input.printed }
    let fields = row.type.visible
    let field = fields.first { $0.type.required == .email } ?? fields.first { $0.type.required == .text && row.text($0.name) != nil }
    return field.flatMap { row.text($0.name) }
  }

  /// Where a row comes from, or how people call it.
  public static func place(of input: Value, index: Int) -> String {
    if case .record(let row) = input, let origin = row.origin { return origin }
    return name(of: input) ?? "row \(index + 1)"
  }

  /// Which row it is, by its number, by how people call it and by where it comes from.
  static func description(of input: Value, index: Int) -> String {
    let row = "row \(index + 1)" + (name(of: input).map { ": \($0)" } ?? "")
    guard case .record(let record) = input, let origin = record.origin else { return row }
    return "\(row) (\(origin))"
  }

  /// Counts the result of an `each`.
  init(_ table: Table) {
    self.init()
    for index in 0..<table.count {
      let row = Row(table, index)
      guard case .int(let number) = row.value(RecordType.outcome), let outcome = EachOutcome(rawValue: number) else { continue }
      counts[outcome, default: 0] += 1
      for call in (row.text(RecordType.calls) ?? "").split(separator: " ") {
        let parts = call.split(separator: ":")
        guard parts.count == 2, let count = Int(parts[1]) else { continue }
        let verb = String(parts[0])
        if let place = calls.firstIndex(where: { $0.verb == verb }) { calls[place].count += count } else { calls.append((verb, count)) }
      }
      guard outcome == .failed || outcome == .unknown, case .record(let error) = row.value("error") else { continue }
      let place = Self.place(of: row.value("input"), index: index)
      failures.append(Failure(place: place, outcome: outcome, reason: error.text("message") ?? ""))
    }
  }
}
