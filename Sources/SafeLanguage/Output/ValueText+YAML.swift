extension ValueText {
  /// A value as a YAML block, with its line end. `isInline` is set where a first line has begun, behind `- `.
  mutating func yaml(_ value: Value, indent: Int, isInline: Bool) {
    switch value {
    case .record(let row) where !row.written.isEmpty:
      var isFirst = isInline
      for (name, value) in row.written {
        if !isFirst { append(String(repeating: " ", count: indent)) }
        isFirst = false
        plain(name)
        append(":")
        member(value, indent: indent)
      }
    case .list, .range, .table:
      if value.elementCount == 0 { return append("[]\n") }
      for index in 0..<value.elementCount {
        if beat.isLast() { return }
        if index > 0 || !isInline { append(String(repeating: " ", count: indent)) }
        append("- ")
        yaml(value.element(index), indent: indent + 2, isInline: true)
      }
    default:
      scalar(value)
      append("\n")
    }
  }

  /// A value behind its key.
  private mutating func member(_ value: Value, indent: Int) {
    switch value {
    case .record(let row) where !row.written.isEmpty:
      append("\n")
      yaml(value, indent: indent + 2, isInline: false)
    case .list, .range, .table:
      append(value.elementCount == 0 ? " " : "\n")
      yaml(value, indent: indent + 2, isInline: false)
    default:
      append(" ")
      scalar(value)
      append("\n")
    }
  }

  private mutating func scalar(_ value: Value) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .int(let value): append(String(value))
    case .float(let value): append(Self.number(value))
    case .record: append("{}")
    case .date, .time: append(value.printed)
    default: plain(value.printed)
    }
  }

  /// Words that YAML of any version takes for something else than text.
  private static let taken: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

  /// A text, in quotes unless nobody could take it for something else.
  private mutating func plain(_ text: String) {
    let isPlain = text.utf8.allSatisfy { isDigit($0) || Self.isLetter($0) || Self.signs.contains($0) } && text.utf8.first.map(Self.isLetter) == true
    if isPlain, !Self.taken.contains(text.lowercased()) { append(text) } else { quoted(text) }
  }

  private static let signs = Array("_@.-".utf8)
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
}
