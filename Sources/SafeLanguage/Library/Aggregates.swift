extension Library {
  static let standardAggregates: [Aggregate] = [
    Aggregate(name: "count", argument: .optionalCondition, summary: "the rows, or those the condition holds for", result: { _ in .int }) {
      _, _ in CountAccumulator()
    },
    Aggregate(name: "sum", argument: .number, summary: "the sum, null left out", result: { $0?.required ?? .int }) { _, _ in SumAccumulator() },
    Aggregate(name: "min", argument: .ordered, summary: "the least, null left out", result: { ($0 ?? .int).required.orNull }) { order, _ in
      ExtremeAccumulator(least: true, order)
    },
    Aggregate(name: "max", argument: .ordered, summary: "the greatest, null left out", result: { ($0 ?? .int).required.orNull }) { order, _ in
      ExtremeAccumulator(least: false, order)
    },
    Aggregate(name: "avg", argument: .number, summary: "the mean, null left out", result: { MeanAccumulator.type(of: $0 ?? .float) }) { _, _ in
      MeanAccumulator()
    },
    Aggregate(
      name: "median", argument: .number, summary: "the middle one, of an even number the mean of both, null left out",
      result: { MeanAccumulator.type(of: $0 ?? .float) }
    ) { order, _ in
      MedianAccumulator(order)
    },
    Aggregate(
      name: "percentile", argument: .percent, summary: "the least value that so many percent of all are at most, null left out",
      result: { ($0 ?? .int).required.orNull }
    ) { order, percent in
      PercentileAccumulator(order, percent)
    },
    Aggregate(name: "first", argument: .any, summary: "the first row's value", result: { ($0 ?? .null).orNull }) { _, _ in FirstAccumulator() },
    Aggregate(name: "last", argument: .any, summary: "the last row's value", result: { ($0 ?? .null).orNull }) { _, _ in LastAccumulator() },
    Aggregate(name: "list", argument: .any, summary: "the values of all rows", result: { Type.list(of: $0 ?? .null) }) { _, _ in ListAccumulator() },
    Aggregate(name: "dcount", argument: .any, summary: "how many different values, null left out", result: { _ in .int }) { order, _ in
      DistinctAccumulator(order)
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
      float = try Self.finite(float + value)
    default: break
    }
  }

  private mutating func add(_ value: Int) throws(RunError) {
    let (sum, overflow) = whole.addingReportingOverflow(value)
    if overflow { throw isDuration ? RunError(.arithmetic, "the sum does not fit 64 bits", hint: "sum fewer") : Self.overflow }
    whole = sum
  }

  static let overflow = RunError(.arithmetic, "the sum does not fit 64 bits", hint: "sum them as Float, as in sum(.n.float())")

  /// Floats have an end, too.
  static func finite(_ sum: Double) throws(RunError) -> Double {
    if !sum.isFinite { throw RunError(.arithmetic, "the sum does not fit a Float", hint: "sum fewer, or smaller ones") }
    return sum
  }

  var result: Value { isFloat ? .float(float + Double(whole)) : isDuration ? .duration(whole) : .int(whole) }
}

struct ExtremeAccumulator: Accumulator {
  private let least: Bool
  private let order: ValueOrder
  private(set) var result = Value.null
  private var key = Value.null

  init(least: Bool, _ order: ValueOrder) {
    self.least = least
    self.order = order
  }

  /// Of equal ones the first.
  mutating func add(_ value: Value) {
    if value.isNull { return }
    let key = order.key(value)
    if self.key.isNull || Value.precedes(key, self.key) == least { (result, self.key) = (value, key) }
  }
}

/// The mean of numbers is a Float; that of durations a Duration, to the microsecond.
struct MeanAccumulator: Accumulator {
  private var sum = 0.0
  private var count = 0
  private var isDuration = false
  private var durations = SumAccumulator()

  static func type(of values: Type) -> Type { .optional(values.required == .duration ? .duration : .float) }

  mutating func add(_ value: Value) throws(RunError) {
    if case .duration = value {
      isDuration = true
      try durations.add(value)
    } else {
      guard let number = value.double else { return }
      sum = try SumAccumulator.finite(sum + number)
    }
    count += 1
  }

  var result: Value {
    if count == 0 { return .null }
    return isDuration ? .duration(durations.result.microseconds.roundedDivision(by: count)) : .float(sum / Double(count))
  }
}

extension Int {
  /// To the nearest whole number, half away from zero.
  fileprivate func roundedDivision(by count: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: count)
    guard remainder.magnitude >= UInt(count) - remainder.magnitude else { return quotient }
    return remainder < 0 ? quotient - 1 : quotient + 1
  }
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
  private var values = Pieces<Value>()
  mutating func add(_ value: Value) { values.append(value) }
  var result: Value { .list(values.joined()) }
}

struct DistinctAccumulator: Accumulator {
  private let order: ValueOrder
  private var keys = KeyIndex(width: 1, places: 8)
  /// Holds a key while it is looked for.
  private var memory = Arena(firstChunk: Arena.firstChunkOfOne)
  private var turns = 0

  init(_ order: ValueOrder) { self.order = order }

  mutating func add(_ value: Value) throws(RunError) {
    if value.isNull { return }
    turns &+= 1
    if turns & 0xfff == 0 { memory = Arena() }
    keys.candidate[0] = memory.cell(order.key(value))
    if keys.insert() == nil { throw RunError(.limit, "more than \(Int32.max) different values") }
  }

  var result: Value { .int(keys.count) }
}
