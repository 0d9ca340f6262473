/// Texts from outside as values, and values as text.
public enum Conversion {
  /// One `@` with text on both sides and no space; the rest is the server's to refuse. Leaves off where somebody asked to stop, which the caller finds at
  /// its next look.
  public static func isEmail(_ text: String) -> Bool {
    var (ats, turns) = (0, 0)
    for byte in text.utf8 {
      if byte <= 32 || byte == 127 { return false }
      if byte == UInt8(ascii: "@") { ats += 1 }
      turns &+= 1
      if turns & 0xfffff == 0, Interruption.isRequested { return false }
    }
    return ats == 1 && text.utf8.first != UInt8(ascii: "@") && text.utf8.last != UInt8(ascii: "@")
  }

  static func isGUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
      index == 8 || index == 13 || index == 18 || index == 23
        ? byte == UInt8(ascii: "-") : isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
  }

  /// A text as a value of the type; nil if it is none. An empty text is null for a `T?`.
  public static func value(_ text: String, as type: Type) -> Value? {
    switch type {
    case .optional(let inner): return text.isEmpty ? .null : value(text, as: inner)
    case .text: return text.isEmpty ? nil : .text(text)
    case .email: return isEmail(text) ? .text(text) : nil
    case .int: return Int(text).map { .int($0) }
    case .float: return Double(text).flatMap { $0.isFinite ? .float($0) : nil }
    case .bool:
      switch text.lowercased() {
      case "true", "yes", "1": return .bool(true)
      case "false", "no", "0": return .bool(false)
      default: return nil
      }
    case .date: return Calendar.date(text).map { .date($0) }
    case .time: return (Calendar.time(text) ?? Calendar.date(text).map { $0 * Calendar.microsecondsPerDay }).map { .time($0) }
    case .duration:
      guard let unit = Calendar.durationUnits.first(where: { text.hasSuffix($0.name) && Int(text.dropLast($0.name.count)) != nil }),
        let count = Int(text.dropLast(unit.name.count))
      else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
      return overflow ? nil : .duration(product)
    case .id: return isGUID(text) ? .text(text.lowercased()) : nil
    case .enumeration(let enumeration): return enumeration.number(of: text).map { .symbol(enumeration, $0) }
    case .unknown: return .text(text)
    default: return nil
    }
  }

  /// How a value of the type is written, for messages.
  public static func form(of type: Type) -> String {
    switch type.required {
    case .text: "a text that is not empty"
    case .email: "an e-mail address"
    case .int: "a whole number"
    case .float: "a number"
    case .bool: "true or false"
    case .date: "a date as 2026-01-31"
    case .time: "a time as 2026-01-31T10:00:00Z"
    case .duration: "a duration as 24h"
    case .id: "an id"
    case .enumeration(let enumeration): "one of \(enumeration.cases.map(\.name).joined(separator: ", "))"
    default: "\(type.required)"
    }
  }
}

extension Value {
  /// As `print` and `{…}` in a text write it.
  public var printed: String {
    switch self {
    case .text(let text): text
    default: literal
    }
  }

  /// As a script would write it; texts in quotes.
  public var literal: String {
    var (text, beat) = ("", Beat())
    write(to: &text, &beat)
    return text
  }

  /// Leaves off where somebody asked to stop, which the caller finds at its next look.
  private func write(to result: inout String, _ beat: inout Beat) {
    switch self {
    case .null: result += "null"
    case .bool(let value): result += value ? "true" : "false"
    case .int(let value): result += String(value)
    case .float(let value): result += "\(value)"
    case .text(let text): Value.quote(text, to: &result)
    case .symbol(let type, let number): result += type.name(of: number)
    case .date(let value): result += Calendar.text(date: value)
    case .time(let value): result += Calendar.text(time: value)
    case .duration(let value): result += Calendar.text(duration: value)
    case .secret: result += "(secret)"
    case .record(let row):
      result += "{ "
      let fields = row.written
      for (place, field) in fields.enumerated() {
        result += (place > 0 ? ", " : "") + Field.written(field.name) + ": "
        field.value.write(to: &result, &beat)
      }
      result += fields.isEmpty ? "}" : " }"
    case .range(let start, let end) where elementCount > Limits.elements: result += "range(\(start), \(end))"
    case .list, .range, .table:
      result += "["
      for index in 0..<elementCount {
        if beat.isLast() { return }
        if index > 0 { result += ", " }
        element(index).write(to: &result, &beat)
      }
      result += "]"
    }
  }

  private static func quote(_ text: String, to result: inout String) {
    result += "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index & 0xffff == 0xffff, Interruption.isRequested { return }
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "{": result += "\\{"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    result += "\""
  }
}
