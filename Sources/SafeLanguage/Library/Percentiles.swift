/// Values by their order, one of which is found without sorting all. Null is left out.
struct OrderedValues {
  private let order: ValueOrder
  private var added = Pieces<Value>()
  private var values: [Value] = []

  init(_ order: ValueOrder) { self.order = order }

  mutating func add(_ value: Value) { if !value.isNull { added.append(value) } }

  /// How many there are. None is added behind this.
  mutating func gather() -> Int {
    if values.isEmpty {
      values = added.joined()
      added = Pieces()
    }
    return values.count
  }

  /// The value that would stand at a place if they were sorted, by Hoare's quickselect. Those that come before it stand before it afterwards.
  /// Leaves off where somebody asked to stop, which the caller finds at its next look.
  mutating func select(_ place: Int) -> Value {
    var (low, high, turns) = (0, values.count - 1, 0)
    var chance: UInt64 = 1
    while low < high {
      // Places that hang on no order which the values may be in: of two rising halves, first, middle and last are about the worst.
      let places = (0..<3).map { _ in
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return low + Int(truncatingIfNeeded: (chance >> 33) % UInt64(high - low + 1))
      }
      let pivot = middle(places[0], places[1], places[2])
      // What comes before the pivot, what is equal to it, what is not looked at yet, what comes after it.
      var (before, at, after) = (low, low, high)
      while at <= after {
        turns &+= 1
        if turns & 0xffff == 0, Interruption.isRequested { return values[place] }
        switch order.precedes(values[at], pivot) {
        case true?:
          values.swapAt(before, at)
          before += 1
          at += 1
        case false?:
          values.swapAt(at, after)
          after -= 1
        case nil: at += 1
        }
      }
      if place < before {
        high = before - 1
      } else if place > after {
        low = after + 1
      } else {
        break
      }
    }
    return values[place]
  }

  /// The middle one of three, which halves better than any one.
  private func middle(_ a: Int, _ b: Int, _ c: Int) -> Value {
    let (a, b, c) = (values[a], values[b], values[c])
    if order.precedes(a, b) == true {
      if order.precedes(b, c) == true { return b }
      return order.precedes(a, c) == true ? c : a
    }
    if order.precedes(a, c) == true { return a }
    return order.precedes(b, c) == true ? c : b
  }
}

/// The middle of numbers is a Float, that of durations a Duration.
struct MedianAccumulator: Accumulator {
  private var ordered: OrderedValues

  init(_ order: ValueOrder) { ordered = OrderedValues(order) }

  mutating func add(_ value: Value) { ordered.add(value) }

  var result: Value {
    mutating get {
      let count = ordered.gather()
      if count == 0 { return .null }
      let upper = ordered.select(count / 2)
      return Self.mean(count % 2 == 1 ? upper : ordered.select(count / 2 - 1), upper)
    }
  }

  /// Halves are summed, for a sum may not fit.
  private static func mean(_ a: Value, _ b: Value) -> Value {
    if case .duration(let x) = a, case .duration(let y) = b { return .duration(x / 2 + y / 2 + (x % 2 + y % 2) / 2) }
    guard let x = a.double, let y = b.double else { return .null }
    return .float(x / 2 + y / 2)
  }
}

/// The value at the nearest rank: one of those that were given.
struct PercentileAccumulator: Accumulator {
  private var ordered: OrderedValues
  private let percent: Double

  init(_ order: ValueOrder, _ percent: Double) {
    ordered = OrderedValues(order)
    self.percent = percent
  }

  mutating func add(_ value: Value) { ordered.add(value) }

  var result: Value {
    mutating get {
      let count = ordered.gather()
      if count == 0 { return .null }
      return ordered.select(min(count - 1, max(0, Int((percent * Double(count) / 100).rounded(.up)) - 1)))
    }
  }

  static let hint = "a percent is a number from 0 to 100"
  static func isPercent(_ value: Double) -> Bool { value >= 0 && value <= 100 }
}
