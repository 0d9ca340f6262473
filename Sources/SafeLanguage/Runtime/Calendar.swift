/// Dates, times and durations in UTC: days and microseconds since 1970-01-01, in the proleptic Gregorian calendar.
public enum Calendar {
  public static let microsecondsPerDay = 86_400_000_000

  static let durationUnits: [(name: String, microseconds: Int)] = [
    ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000), ("w", 604_800_000_000),
  ]

  /// The days that can be written: 0000-01-01 to 9999-12-31. So no sum of days leaves 64 bits.
  static let writable = -719_528...2_932_896

  static func require(days: Int, _ span: Span? = nil) throws(RunError) -> Int {
    if !writable.contains(days) { throw RunError(.arithmetic, "a date lies between the years 0 and 9999", span: span) }
    return days
  }

  static func require(time: Int, _ span: Span) throws(RunError) -> Int {
    _ = try require(days: floorDivision(time, microsecondsPerDay).quotient, span)
    return time
  }

  /// Days since 1970-01-01. Years run from March here, so that the leap day is a year's last.
  public static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  public static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Reads `2026-01-31`.
  public static func date(_ text: String) -> Int? {
    var reader = DigitReader(text)
    guard let day = reader.date(), reader.isAtEnd else { return nil }
    return day
  }

  /// Reads `2026-01-31T10:00:00Z` with up to 7 fractional digits and an offset in place of the `Z`.
  public static func time(_ text: String) -> Int? {
    var reader = DigitReader(text)
    guard let day = reader.date(), reader.skip("T") || reader.skip(" "),
      let hour = reader.number(2), hour < 24, reader.skip(":"), let minute = reader.number(2), minute < 60
    else { return nil }
    var micros = (hour * 60 + minute) * 60_000_000
    if reader.skip(":") {
      guard let second = reader.number(2), second < 60 else { return nil }
      micros += second * 1_000_000
      if reader.skip(".") {
        guard let fraction = reader.fraction() else { return nil }
        micros += fraction
      }
    }
    if !reader.skip("Z") {
      let negative = reader.skip("-")
      guard negative || reader.skip("+"), let hours = reader.number(2), hours < 15, reader.skip(":"),
        let minutes = reader.number(2), minutes < 60
      else { return nil }
      micros += (hours * 60 + minutes) * (negative ? 60_000_000 : -60_000_000)
    }
    guard reader.isAtEnd else { return nil }
    // An offset may lead out of what can be written.
    let time = day * microsecondsPerDay + micros
    return writable.contains(floorDivision(time, microsecondsPerDay).quotient) ? time : nil
  }

  public static func text(date days: Int) -> String {
    let (year, month, day) = civil(days)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  static func text(time micros: Int) -> String { text(clock: micros) + "Z" }

  /// A time as clocks show it that are so many seconds before UTC; it can be read back.
  public static func text(time micros: Int, offset seconds: Int) -> String {
    let minutes = abs(seconds) / 60
    // Zones of long ago were some seconds off, which no offset can say.
    let whole = (seconds < 0 ? -minutes : minutes) * 60
    let (shifted, overflow) = micros.addingReportingOverflow(whole * 1_000_000)
    if overflow || !writable.contains(floorDivision(shifted, microsecondsPerDay).quotient) { return text(time: micros) }
    return text(clock: shifted) + "\(whole < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
  }

  private static func text(clock micros: Int) -> String {
    let (days, rest) = floorDivision(micros, microsecondsPerDay)
    let seconds = rest / 1_000_000
    var text = "\(self.text(date: days))T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    let fraction = rest % 1_000_000
    if fraction != 0 {
      var digits = padded(fraction, 6)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += ".\(digits)"
    }
    return text
  }

  /// The largest unit that divides it: `90s`, `15m`, `24h` as `1d`.
  static func text(duration micros: Int) -> String {
    if micros == 0 { return "0s" }
    for unit in durationUnits.reversed() where micros % unit.microseconds == 0 && unit.name != "w" {
      return "\(micros / unit.microseconds)\(unit.name)"
    }
    return "\(Double(micros) / 1000)ms"
  }

  static func floorDivision(_ a: Int, _ b: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

private struct DigitReader {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { at == bytes.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    guard at + digits <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[at..<at + digits] {
      guard isDigit(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    at += digits
    return value
  }

  /// One to seven digits as microseconds.
  mutating func fraction() -> Int? {
    var value = 0
    var count = 0
    while at < bytes.count, isDigit(bytes[at]) {
      if count < 6 { value = value * 10 + Int(bytes[at] - UInt8(ascii: "0")) }
      count += 1
      at += 1
    }
    guard (1...7).contains(count) else { return nil }
    while count < 6 {
      value *= 10
      count += 1
    }
    return value
  }

  mutating func date() -> Int? {
    guard let year = number(4), skip("-"), let month = number(2), (1...12).contains(month), skip("-"), let day = number(2) else { return nil }
    let days = Calendar.days(year: year, month: month, day: day)
    guard day >= 1, Calendar.civil(days) == (year, month, day) else { return nil }
    return days
  }
}
