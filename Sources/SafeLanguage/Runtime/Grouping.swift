/// What `summarize` works out, compiled.
struct GroupingPlan {
  let keys: [Code]
  let keyTypes: [Type]
  let aggregates: [TypedAggregate]
  let arguments: [Code?]
  let columns: [Code.Of<Value>]
  let columnTypes: [Type]
  let row: RecordType
}

/// Rows put into groups, portion by portion, without making a value of any: a key's cells are hashed where they stand. Groups stand in
/// the order in which they appeared.
final class Grouping {
  private let plan: GroupingPlan
  private let reader: KeyReader
  private let keyCodes: [Code.Of<Value>]
  private let states: [any GroupAggregate]
  private var index: KeyIndex
  /// The keys as they stood where they first appeared, which may differ in case from what is compared.
  private var shown: [[Value]] = []

  init(_ plan: GroupingPlan) {
    self.plan = plan
    reader = KeyReader(zip(plan.keys, plan.keyTypes).map { ($0, $1) })
    keyCodes = plan.keys.map(\.asValue)
    states = zip(plan.aggregates, plan.arguments).map { Self.state($0, $1) }
    index = KeyIndex(width: plan.keys.count)
    if plan.keys.isEmpty { begin([]) }
  }

  /// Counts and sums of whole numbers stay numbers; other aggregates take values.
  private static func state(_ typed: TypedAggregate, _ argument: Code?) -> any GroupAggregate {
    switch (typed.aggregate.name, argument) {
    case ("count", nil): return GroupCount(condition: nil)
    case ("count", let condition?): return GroupCount(condition: condition.asBool)
    case ("sum", .int(let value)?): return GroupSum(value: value)
    default: return GroupAccumulators(typed, argument?.asValue ?? { _ in .bool(true) })
    }
  }

  deinit {
    // Each key is an array of its own.
    Interruption.letGo(shown, size: shown.count)
    Interruption.letGo(index, size: index.count)
  }

  private func begin(_ key: [Value]) {
    shown.append(key)
    for state in states { state.addGroup() }
  }

  func add(_ source: Value, _ frame: Frame) throws(RunError) {
    try Compiler.forEachRow(of: source, frame) { _ throws(RunError) in
      let group = plan.keys.isEmpty ? 0 : try group(frame)
      for (place, state) in states.enumerated() {
        do throws(RunError) { try state.add(to: group, frame) } catch { throw error.at(plan.aggregates[place].span) }
      }
    }
  }

  private func group(_ frame: Frame) throws(RunError) -> Int {
    _ = try reader.read(frame, into: &index)
    guard let group = index.insert() else { throw RunError(.limit, "more than \(Int32.max) groups") }
    if group == shown.count {
      var key: [Value] = []
      for code in keyCodes { key.append(try code(frame)) }
      begin(key)
    }
    return group
  }

  func table(_ frame: Frame) throws(RunError) -> Table {
    var builder = TableBuilder(plan.row, keeping: [], capacity: shown.count)
    for (group, key) in shown.enumerated() {
      try frame.tick()
      for (aggregate, state) in zip(plan.aggregates, states) { frame.locals[aggregate.slot] = state.result(group) }
      var values = key
      for (code, type) in zip(plan.columns, plan.columnTypes) { values.append(try Compiler.fitted(try code(frame), type)) }
      builder.add(values)
    }
    return builder.table()
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
    if overflow { throw SumAccumulator.overflow }
    sums[group] = sum
  }

  func result(_ group: Int) -> Value { .int(sums[group]) }
}

final class GroupAccumulators: GroupAggregate {
  private let start: () -> any Accumulator
  private let value: Code.Of<Value>
  private var accumulators: [any Accumulator] = []

  init(_ typed: TypedAggregate, _ value: @escaping Code.Of<Value>) {
    let order = ValueOrder(typed.argument?.body.type ?? .bool)
    start = { typed.aggregate.start(order, typed.percent) }
    self.value = value
  }

  deinit {
    // Some of them hold all values of their groups.
    if !accumulators.isEmpty, Interruption.isRequested { Interruption.hold(accumulators) } else { Interruption.letGo(accumulators, size: accumulators.count) }
  }

  func addGroup() { accumulators.append(start()) }
  func add(to group: Int, _ frame: Frame) throws(RunError) { try accumulators[group].add(try value(frame)) }
  func result(_ group: Int) -> Value { accumulators[group].result }
}

extension TableBuilder {
  /// Adds the rows of a table with a copy of their texts, so that what they were read into can go.
  mutating func append(copying table: Table) {
    for index in 0..<table.count {
      let source = table.row(index)
      let row = addRow()
      for column in 0..<type.fields.count {
        let cell = source[column]
        switch cell.kind {
        case .text: row[column] = .text(UnsafeRawBufferPointer(start: arena.add(cell.bytes), count: cell.bytes.count))
        case .box: row[column] = arena.cell(cell.box)
        default: row[column] = cell
        }
      }
    }
  }
}
