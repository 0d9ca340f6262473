extension ValueText {
  /// A value as JSON on one line: enums by name, dates and times as text, a record with all its fields in their order.
  static func text(_ value: Value, compactly: Bool) -> String {
    var text = ValueText(.json)
    text.json(value)
    // What left off halfway is put out by nobody, and to make a text of it takes its time.
    if text.isPart, Interruption.isRequested { return "" }
    return String(decoding: text.take(), as: UTF8.self)
  }

  /// The same, for what shows a value on one line.
  public static func json(_ value: Value) -> String { text(value, compactly: true) }

  mutating func json(_ value: Value) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .int(let value): append(String(value))
    case .float(let value): append(Self.number(value))
    case .record(let row):
      append("{")
      var isFirst = true
      for (name, value) in row.written {
        if !isFirst { append(",") }
        isFirst = false
        quoted(name)
        append(":")
        json(value)
      }
      append("}")
    case .list, .range, .table:
      append("[")
      for index in 0..<value.elementCount {
        if beat.isLast() { return }
        if index > 0 { append(",") }
        json(value.element(index))
      }
      append("]")
    default: quoted(value.printed)
    }
  }

  /// A finite number in the shortest form that reads back the same; null for what JSON cannot say.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value)).0" : "\(value)"
  }

  /// A text in quotes, which is the same in JSON and YAML.
  mutating func quoted(_ text: String) {
    append("\"")
    append(text) { byte in
      switch byte {
      case UInt8(ascii: "\""): "\\\""
      case UInt8(ascii: "\\"): "\\\\"
      case 10: "\\n"
      case 13: "\\r"
      case 9: "\\t"
      case 0..<0x20, 0x7f: "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      default: nil
      }
    }
    append("\"")
  }
}
