/// Writes JSON by hand: members in the order of the contract, null where there is no value, which JSONEncoder leaves out.
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// Writes `{ … }` around what the body writes.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    try body(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Writes `[ … ]` with one element for each of `elements`.
  public mutating func array<S: Sequence>(
    _ elements: S, _ body: (inout JSONWriter, S.Element) throws -> Void
  ) rethrows {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    for element in elements { try body(&self, element) }
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes a member's name; its value must follow.
  public mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A name of our own, which is known to need no escape: most of what is written are such names.
  private mutating func key(literal name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  public mutating func member(_ name: StaticString, _ value: String?) {
    key(literal: name)
    if let value { string(value) } else { null() }
  }

  public mutating func member(_ name: StaticString, _ value: Int?) {
    key(literal: name)
    if let value { int(value) } else { null() }
  }

  public mutating func member(_ name: StaticString, _ value: Timestamp?) {
    key(literal: name)
    if let value { string(value.description) } else { null() }
  }

  public mutating func member(_ name: StaticString, _ value: JSONValue?) {
    key(literal: name)
    if let value { value.write(to: &self) } else { null() }
  }

  public mutating func member(_ name: StaticString, _ value: Bool) {
    key(literal: name)
    bool(value)
  }

  public mutating func member(_ name: StaticString, _ value: GUID?) {
    key(literal: name)
    if let value { id(value) } else { null() }
  }

  public mutating func member(_ name: StaticString, _ value: [Association]?) {
    key(literal: name)
    guard let value else { return null() }
    array(value) { $0.association($1) }
  }

  public mutating func member(_ name: StaticString, _ value: [GUID]?) {
    key(literal: name)
    guard let value else { return null() }
    array(value) { $0.id($1) }
  }

  public mutating func null() { literal("null") }
  public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  public mutating func int(_ value: Int) { raw(String(value)) }
  /// A number in JSON's own spelling, written as it is.
  public mutating func number(_ digits: String) { raw(digits) }

  /// A finite number in the shortest form that reads back the same; null for what JSON cannot say.
  public mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    if value == value.rounded(), value.magnitude < 1e15 { raw(String(Int(value)) + ".0") } else { raw("\(value)") }
  }

  public mutating func id(_ value: GUID) {
    separate()
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 38) { text in
      text[0] = UInt8(ascii: "\"")
      value.write(into: UnsafeMutableBufferPointer(rebasing: text[1..<37]))
      text[37] = UInt8(ascii: "\"")
      bytes.append(contentsOf: text)
    }
    needsComma = true
  }

  public mutating func string(_ value: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { text in
      // Most texts need no escape and go in as a whole.
      if text.contains(where: Self.needsEscape) { escape(text) } else { bytes.append(contentsOf: text) }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7f:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(hexadecimalDigits[Int(byte >> 4)])
        bytes.append(hexadecimalDigits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
  }

  private mutating func association(_ value: Association) {
    object {
      $0.member("id", value.id)
      $0.member("readOnly", value.readOnly)
      $0.member("hidePasswords", value.hidePasswords)
      $0.member("manage", value.manage)
    }
  }

  private mutating func literal(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func raw(_ text: String) {
    separate()
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }
}

/// Has one JSON form on the wire.
public protocol JSONWritable {
  func write(to writer: inout JSONWriter)
}

extension JSONWritable {
  /// The JSON text as UTF-8.
  public var json: [UInt8] {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.bytes
  }
}
