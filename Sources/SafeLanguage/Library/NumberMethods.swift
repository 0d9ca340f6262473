extension Library {
  static let numberMethods: [Method] = [
    Method(
      "round", on: .float, [.value("digits", .int, isRequired: false)], "rounded, half away from zero, to so many digits after the point",
      "2.345.round(1)", "2.3", type: { _, _ in .float },
      body: .value { receiver, arguments in
        let digits = arguments.first.map { max(-15, min(15, $0.integer)) } ?? 0
        let scale = powerOfTen(digits.magnitude)
        let value = receiver.double ?? 0
        let rounded = digits >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
        return .float(rounded.isFinite ? rounded : value)
      }),
    Method(
      "int", on: .float, [], "without the digits after the point; null if it does not fit", "2.9.int()", "2",
      type: { _, _ in .optional(.int) }, body: .value { receiver, _ in receiver.double.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .int($0) } ?? .null }),
    Method(
      "float", on: .int, [], "as a Float", "2.float()", "2.0", type: { _, _ in .float },
      body: .value { receiver, _ in .float(receiver.double ?? 0) }),
    Method(
      "abs", on: .int, [], "without its sign", "(-2).abs()", "2", type: { _, _ in .int },
      body: .value { receiver, _ throws(RunError) in
        let value = receiver.integer
        if value == .min { throw RunError(.arithmetic, "the number does not fit 64 bits") }
        return .int(abs(value))
      }),
  ]

  static let timeMethods: [Method] = [
    Method(
      "day", on: .time, [], "its date", "2026-01-31T10:00:00Z.day()", "2026-01-31", type: { _, _ in .date },
      body: .value { receiver, _ in .date(Calendar.floorDivision(receiver.microseconds, Calendar.microsecondsPerDay).quotient) }),
    Method(
      "hour", on: .time, [], "its hour, 0 to 23", "2026-01-31T10:00:00Z.hour()", "10", type: { _, _ in .int },
      body: .value { receiver, _ in
        .int(Calendar.floorDivision(receiver.microseconds, Calendar.microsecondsPerDay).remainder / 3_600_000_000)
      }),
  ]

  private static func powerOfTen(_ exponent: UInt) -> Double { (0..<exponent).reduce(1.0) { product, _ in product * 10 } }
}

extension Value {
  var microseconds: Int {
    switch self {
    case .time(let value), .duration(let value): value
    case .date(let value): value &* Calendar.microsecondsPerDay
    default: 0
    }
  }
}
