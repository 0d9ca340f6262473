internal import SafeLanguage

/// The days or moments of a series in their order, with those between them that have no row.
struct TimeAxis: Sendable, Equatable {
  enum Step: String, Sendable {
    case minute, hour, day, week, month, year
  }

  /// Days or microseconds since 1970, as the keys are.
  let points: [Int]
  /// Nil where the keys are of no even step; then there is nothing between them.
  let step: Step?

  /// Beyond this the points between are more than anybody looks at, and are left out.
  static let longest = 100_000

  /// Days.
  init(days: some Sequence<Int>) {
    let keys = Set(days).sorted()
    let step = Self.step(ofDays: keys)
    self.init(keys, step) { key in
      guard step == .month || step == .year else { return key + (step == .week ? 7 : 1) }
      let (year, month, _) = Calendar.civil(key)
      return step == .year || month == 12 ? Calendar.days(year: year + 1, month: 1, day: 1) : Calendar.days(year: year, month: month + 1, day: 1)
    }
  }

  /// Microseconds.
  init(times: some Sequence<Int>) {
    let keys = Set(times).sorted()
    let steps: [(Step, Int)] = [(.day, Calendar.microsecondsPerDay), (.hour, 3_600_000_000), (.minute, 60_000_000)]
    let found = keys.count > 1 ? steps.first { step in keys.allSatisfy { $0 % step.1 == 0 } } : nil
    self.init(keys, found?.0) { $0 + (found?.1 ?? 1) }
  }

  private init(_ keys: [Int], _ step: Step?, next: (Int) -> Int) {
    var points: [Int] = []
    if let first = keys.first, let last = keys.last, step != nil {
      var key = first
      while key <= last, points.count <= Self.longest {
        points.append(key)
        key = next(key)
      }
    }
    let isWhole = !points.isEmpty && points.last == keys.last
    self.points = isWhole ? points : keys
    self.step = isWhole ? step : nil
  }

  /// The first of each month or year, and Mondays (or other days) only, are not days by chance; the rest are days.
  private static func step(ofDays keys: [Int]) -> Step? {
    guard keys.count > 1 else { return nil }
    let dates = keys.map { Calendar.civil($0) }
    if dates.allSatisfy({ $0.day == 1 && $0.month == 1 }) { return .year }
    if dates.allSatisfy({ $0.day == 1 }) { return .month }
    let areWeeks = keys.count > 2 && keys.allSatisfy { ($0 - keys[0]) % 7 == 0 }
    return areWeeks ? .week : .day
  }

  /// The point of each key.
  var places: [Int: Int] { Dictionary(uniqueKeysWithValues: points.enumerated().map { ($1, $0) }) }
}
