/// A body of `application/x-www-form-urlencoded`.
struct Form {
  private var values: [String: String] = [:]

  /// The first value of a name counts. What is not valid UTF-8 after decoding is left out.
  init(_ bytes: some Sequence<UInt8>, lowercasingNames: Bool = false) {
    for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : []) else { continue }
      let key = lowercasingNames ? name.lowercased() : name
      if values[key] == nil { values[key] = value }
    }
  }

  /// Nil if it is missing or empty.
  subscript(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Undoes percent-encoding, and `+` for a space.
  static func decoded(_ bytes: some Collection<UInt8>) -> String? {
    var decoded: [UInt8] = []
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        // A sign is no digit, although `UInt8` reads one.
        guard rest.count >= 2, let first = rest.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
          let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        else { return nil }
        decoded.append(value)
        rest = rest.dropFirst(2)
      default: decoded.append(byte)
      }
    }
    return String(validating: decoded, as: UTF8.self)
  }
}
