/// A body of `application/x-www-form-urlencoded`, or a query in the same form.
struct Form {
  private var values: [String: String] = [:]

  /// The first value of a name counts. What is not valid UTF-8 after decoding is left out; in a query it stays as it was sent, so that it
  /// is refused and not taken for missing. A query's names are in lower case.
  init(_ bytes: some Sequence<UInt8>, isQuery: Bool = false) {
    for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let text = parts.count > 1 ? parts[1] : []
      let sent = isQuery ? String(decoding: text, as: UTF8.self) : nil
      guard let name = Self.decoded(parts[0]), let value = Self.decoded(text) ?? sent else { continue }
      let key = isQuery ? name.lowercased() : name
      if values[key] == nil { values[key] = value }
    }
  }

  /// Nil if it is missing or empty.
  subscript(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Undoes percent-encoding, and `+` for a space unless it is a path.
  static func decoded(_ bytes: some Collection<UInt8>, isPath: Bool = false) -> String? {
    var decoded: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+") where !isPath: decoded.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        // A number may begin with a sign, an escape may not.
        guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
        decoded.append(value)
        rest = rest.dropFirst(2)
      default: decoded.append(byte)
      }
    }
    return String(validating: decoded, as: UTF8.self)
  }
}
