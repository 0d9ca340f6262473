extension Library {
  static let standardAggregates: [Aggregate] = [
    Aggregate(name: "count", argument: .optionalCondition, summary: "the rows, or those the condition holds for", result: { _ in .int }) {
      CountAccumulator()
    },
    Aggregate(name: "sum", argument: .number, summary: "the sum, null left out", result: { $0?.required ?? .int }) { SumAccumulator() },
    Aggregate(name: "min", argument: .ordered, summary: "the least, null left out", result: { ($0 ?? .int).required.orNull }) {
      ExtremeAccumulator(least: true)
    },
    Aggregate(name: "max", argument: .ordered, summary: "the greatest, null left out", result: { ($0 ?? .int).required.orNull }) {
      ExtremeAccumulator(least: false)
    },
    Aggregate(name: "avg", argument: .number, summary: "the mean, null left out", result: { _ in .optional(.float) }) { MeanAccumulator() },
    Aggregate(name: "first", argument: .any, summary: "the first row's value", result: { ($0 ?? .null).orNull }) { FirstAccumulator() },
    Aggregate(name: "last", argument: .any, summary: "the last row's value", result: { ($0 ?? .null).orNull }) { LastAccumulator() },
    Aggregate(name: "list", argument: .any, summary: "the values of all rows", result: { Type.list(of: $0 ?? .null) }) { ListAccumulator() },
    Aggregate(name: "dcount", argument: .any, summary: "how many different values, null left out", result: { _ in .int }) {
      DistinctAccumulator()
    },
  ]
}

struct CountAccumulator: Accumulator {
  private var count = 0
  mutating func add(_ value: Value) {
    if case .bool(false) = value { return }
    count += 1
  }
  var result: Value { .int(count) }
}

struct SumAccumulator: Accumulator {
  private var whole = 0
  private var float = 0.0
  private var isFloat = false
  private var isDuration = false

  mutating func add(_ value: Value) throws(RunError) {
    switch value {
    case .int(let value): try add(value)
    case .duration(let value):
      isDuration = true
      try add(value)
    case .float(let value):
      isFloat = true
      float += value
    default: break
    }
  }

  private mutating func add(_ value: Int) throws(RunError) {
    let (sum, overflow) = whole.addingReportingOverflow(value)
    if overflow { throw RunError(.arithmetic, "the sum does not fit 64 bits") }
    whole = sum
  }

  var result: Value { isFloat ? .float(float + Double(whole)) : isDuration ? .duration(whole) : .int(whole) }
}

struct ExtremeAccumulator: Accumulator {
  let least: Bool
  private(set) var result = Value.null

  init(least: Bool) { self.least = least }

  mutating func add(_ value: Value) {
    if value.isNull { return }
    if result.isNull || Value.precedes(value, result) == least { result = value }
  }
}

struct MeanAccumulator: Accumulator {
  private var sum = 0.0
  private var count = 0

  mutating func add(_ value: Value) {
    guard let number = value.double else { return }
    sum += number
    count += 1
  }

  var result: Value { count == 0 ? .null : .float(sum / Double(count)) }
}

struct FirstAccumulator: Accumulator {
  private var value: Value?
  mutating func add(_ value: Value) { if self.value == nil { self.value = value } }
  var result: Value { value ?? .null }
}

struct LastAccumulator: Accumulator {
  private(set) var result = Value.null
  mutating func add(_ value: Value) { result = value }
}

struct ListAccumulator: Accumulator {
  private var values: [Value] = []
  mutating func add(_ value: Value) { values.append(value) }
  var result: Value { .list(values) }
}

struct DistinctAccumulator: Accumulator {
  private var values: Set<Value> = []
  mutating func add(_ value: Value) { if !value.isNull { values.insert(value) } }
  var result: Value { .int(values.count) }
}
