#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A moment in UTC, to the microsecond (`api.md` 2.1).
public struct Timestamp: Hashable, Sendable, Comparable {
  /// Since 1970-01-01T00:00:00Z.
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The machine's clock, which may be set back.
  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// For spans of our own, not of callers: it traps beyond 290,000 years.
  public func adding(seconds: Int) -> Timestamp { Timestamp(microseconds: microseconds + Int64(seconds) * 1_000_000) }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 with `Z`, the fraction's trailing zeros dropped.
  public var description: String {
    var text: [UInt8] = []
    append(to: &text, dropsZeros: true)
    return String(decoding: text, as: UTF8.self)
  }

  /// The same with all six digits of the fraction, so that such times stand below each other.
  public func append(to text: inout [UInt8]) { append(to: &text, dropsZeros: false) }

  private func append(to text: inout [UInt8], dropsZeros: Bool) {
    var (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + 1_000_000) }
    var (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    if second < 0 { (days, second) = (days - 1, second + 86_400) }

    // Days to a civil date in the proleptic Gregorian calendar, in eras of 400 years that start on 1 March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

    if 0...9999 ~= year { text.append(number: year, width: 4) } else { text += String(year).utf8 }
    for (mark, number) in [("-", month), ("-", day), ("T", second / 3_600), (":", second / 60 % 60), (":", second % 60)] as [(Unicode.Scalar, Int64)] {
      text.append(UInt8(ascii: mark))
      text.append(number: number, width: 2)
    }
    if fraction > 0 || !dropsZeros {
      text.append(UInt8(ascii: "."))
      text.append(number: fraction, width: 6)
      while dropsZeros, text.last == UInt8(ascii: "0") { text.removeLast() }
    }
    text.append(UInt8(ascii: "Z"))
  }
}

extension Timestamp {
  /// Reads ISO 8601: `2026-03-04`, `2026-03-04T05:06`, with seconds, up to nine digits of a fraction (those behind the
  /// microsecond are dropped), and `Z` or an offset. Without a zone it is UTC; a space may stand for the `T`. Nil for anything else.
  public init?(_ text: some StringProtocol) {
    var reader = TimeReader(bytes: Array(text.utf8))
    guard let microseconds = reader.moment() else { return nil }
    self.init(microseconds: microseconds)
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let moment = Timestamp(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no time")
    }
    self = moment
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

private struct TimeReader {
  let bytes: [UInt8]
  private var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func moment() -> Int64? {
    guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
      (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
    else { return nil }
    var seconds: Int64 = 0
    var fraction: Int64 = 0
    if at < bytes.count {
      // A `+` is a space where a form's encoding was used for a query.
      guard take("T") || take("t") || take(" ") || take("+"), let hour = digits(2), take(":"), let minute = digits(2), hour < 24, minute < 60
      else { return nil }
      seconds = hour * 3_600 + minute * 60
      if take(":") {
        guard let second = digits(2), second < 60 else { return nil }
        seconds += second
        if take(".") {
          guard let digits = fractionDigits() else { return nil }
          fraction = digits
        }
      }
      guard let offset = zone() else { return nil }
      seconds -= offset
    }
    guard at == bytes.count else { return nil }
    return (Self.daysSince1970(year, month, day) * 86_400 + seconds) * 1_000_000 + fraction
  }

  /// Seconds east of UTC: `Z`, nothing, `+01:00`, `+0100`, `+01`. A space before the hours is a `+` that was not encoded.
  private mutating func zone() -> Int64? {
    if at == bytes.count || take("Z") || take("z") { return 0 }
    let isWest: Bool
    if take("-") { isWest = true } else if take("+") || take(" ") { isWest = false } else { return nil }
    guard let hours = digits(2), hours <= 14 else { return nil }
    var minutes: Int64 = 0
    if at < bytes.count {
      _ = take(":")
      guard let given = digits(2), given < 60 else { return nil }
      minutes = given
    }
    return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
  }

  private mutating func fractionDigits() -> Int64? {
    var value: Int64 = 0
    var count = 0
    while at < bytes.count, case let digit = Int64(bytes[at]) - 48, (0...9).contains(digit) {
      if count < 6 { value = value * 10 + digit }
      count += 1
      at += 1
    }
    guard (1...9).contains(count) else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  private mutating func digits(_ count: Int) -> Int64? {
    guard at + count <= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes[at..<at + count] {
      guard (48...57).contains(byte) else { return nil }
      value = value * 10 + Int64(byte) - 48
    }
    at += count
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The way back of `Timestamp.description`.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension [UInt8] {
  /// Appends a number that is not negative and has no more digits than that.
  fileprivate mutating func append(number: Int64, width: Int) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }
}
