extension Compiler {
  /// Groups by keys without making a value of any row: a key's cells are hashed where they stand.
  func summarize(_ keys: [TypedLambda], _ aggregates: [TypedAggregate], _ columns: [TypedExpression], _ type: Type) -> CompiledStage {
    guard case .table(let row) = type else { return CompiledStage([]) { _, source in source } }
    let keyLambdas = keys.map { lambda($0) }
    let reader = KeyReader(zip(keys, keyLambdas).map { ($1.body, $0.body.type) })
    let keyCodes = keyLambdas.map { $0.body.asValue }
    let arguments = aggregates.map { $0.argument.map { lambda($0) } }
    let columnCodes = columns.map { compile($0).asValue }
    let columnTypes = columns.map(\.type)
    let makers = zip(aggregates, arguments).map { groupAggregate($0.aggregate, $1?.body) }
    return CompiledStage(keyLambdas + arguments.compactMap { $0 }) { frame, source throws(RunError) in
      var index = KeyIndex(width: keys.count)
      /// The keys as they stood where they first appeared, which may differ in case from what is compared.
      var shown: [[Value]] = []
      let groups = makers.map { $0() }
      func addGroup() throws(RunError) {
        var values: [Value] = []
        for code in keyCodes { values.append(try code(frame)) }
        shown.append(values)
        for group in groups { group.addGroup() }
      }
      if keys.isEmpty { try addGroup() }
      try Self.forEachRow(of: source, frame) { _ throws(RunError) in
        var group = 0
        if !keys.isEmpty {
          _ = try reader.read(frame, into: &index)
          guard let found = index.insert() else { throw RunError(.limit, "more than \(Int32.max) groups") }
          group = found
          if group == shown.count { try addGroup() }
        }
        for aggregate in groups { try aggregate.add(to: group, frame) }
      }
      var builder = TableBuilder(row, keeping: [], capacity: shown.count)
      for (group, key) in shown.enumerated() {
        try frame.tick()
        for (aggregate, state) in zip(aggregates, groups) { frame.locals[aggregate.slot] = state.result(group) }
        var values = key
        for (code, type) in zip(columnCodes, columnTypes) { values.append(try Self.fitted(try code(frame), type)) }
        builder.add(values)
      }
      return .table(builder.table())
    }
  }

  /// Counts and sums of whole numbers stay numbers; other aggregates take values.
  private func groupAggregate(_ aggregate: Aggregate, _ argument: Code?) -> () -> any GroupAggregate {
    switch (aggregate.name, argument) {
    case ("count", nil): return { GroupCount(condition: nil) }
    case ("count", let condition?): return { GroupCount(condition: condition.asBool) }
    case ("sum", .int(let value)?): return { GroupSum(value: value) }
    default:
      let value = argument?.asValue ?? { _ in .bool(true) }
      return { GroupAccumulators(aggregate: aggregate, value: value) }
    }
  }
}

/// An aggregate of all groups of a `summarize`.
protocol GroupAggregate: AnyObject {
  func addGroup()
  func add(to group: Int, _ frame: Frame) throws(RunError)
  func result(_ group: Int) -> Value
}

final class GroupCount: GroupAggregate {
  private let condition: Code.Of<Bool>?
  private var counts: [Int] = []

  init(condition: Code.Of<Bool>?) { self.condition = condition }

  func addGroup() { counts.append(0) }
  func add(to group: Int, _ frame: Frame) throws(RunError) { if try condition?(frame) ?? true { counts[group] += 1 } }
  func result(_ group: Int) -> Value { .int(counts[group]) }
}

final class GroupSum: GroupAggregate {
  private let value: Code.Of<Int>
  private var sums: [Int] = []

  init(value: @escaping Code.Of<Int>) { self.value = value }

  func addGroup() { sums.append(0) }

  func add(to group: Int, _ frame: Frame) throws(RunError) {
    let (sum, overflow) = sums[group].addingReportingOverflow(try value(frame))
    if overflow { throw RunError(.arithmetic, "the sum does not fit 64 bits") }
    sums[group] = sum
  }

  func result(_ group: Int) -> Value { .int(sums[group]) }
}

final class GroupAccumulators: GroupAggregate {
  private let aggregate: Aggregate
  private let value: Code.Of<Value>
  private var accumulators: [any Accumulator] = []

  init(aggregate: Aggregate, value: @escaping Code.Of<Value>) {
    self.aggregate = aggregate
    self.value = value
  }

  func addGroup() { accumulators.append(aggregate.start()) }
  func add(to group: Int, _ frame: Frame) throws(RunError) { try accumulators[group].add(try value(frame)) }
  func result(_ group: Int) -> Value { accumulators[group].result }
}
