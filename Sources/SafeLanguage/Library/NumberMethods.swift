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
    whole("floor", "the whole number below or at it", "(-2.5).floor()", "-3", .down),
    whole("ceil", "the whole number above or at it", "2.1.ceil()", "3", .up),
    Method(
      "int", on: .float, [], "without the digits after the point; null if it does not fit", "2.9.int()", "2",
      type: { _, _ in .optional(.int) }, body: .value { receiver, _ in receiver.double.flatMap { Int(exactly: $0.rounded(.towardZero)) }.map { .int($0) } ?? .null }),
    Method(
      "float", on: .int, [], "as a Float", "2.float()", "2.0", type: { _, _ in .float },
      body: .value { receiver, _ in .float(receiver.double ?? 0) }),
    Method(
      "abs", on: .int, [], "without its sign", "(-2).abs()", "2", type: { _, _ in .int },
      body: .value { receiver, _ throws(RunError) in .int(try magnitude(receiver.integer)) }),
    Method(
      "abs", on: .float, [], "without its sign", "(-2.5).abs()", "2.5", type: { _, _ in .float },
      body: .value { receiver, _ in .float((receiver.double ?? 0).magnitude) }),
    Method(
      "abs", on: .duration, [], "without its sign", "(2h - 3h).abs()", "1h", type: { _, _ in .duration },
      body: .value { receiver, _ throws(RunError) in .duration(try magnitude(receiver.microseconds)) }),
  ]

  private static func whole(_ name: String, _ summary: String, _ code: String, _ result: String, _ rule: FloatingPointRoundingRule) -> Method {
    Method(
      name, on: .float, [], summary, code, result, type: { _, _ in .int },
      body: .value { receiver, _ throws(RunError) in
        if case .int = receiver { return receiver }
        guard let whole = Int(exactly: (receiver.double ?? 0).rounded(rule)) else { throw RunError(.arithmetic, "the number does not fit 64 bits") }
        return .int(whole)
      })
  }

  private static func magnitude(_ value: Int) throws(RunError) -> Int {
    if value == .min { throw RunError(.arithmetic, "the number does not fit 64 bits") }
    return abs(value)
  }

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
