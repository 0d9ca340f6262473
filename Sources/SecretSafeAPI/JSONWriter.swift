/// Writes JSON by hand: members in the order of the contract, null where there is no value, which JSONEncoder leaves out.
public struct JSONWriter: Sendable {
  /// What was written, and room for what comes. Filled by address: an array's own methods cost more than the few bytes that most calls write.
  private var room: [UInt8]
  private var count = 0
  private var needsComma = false

  public init(reserving capacity: Int = 1024) { room = Array(repeating: 0, count: max(64, capacity)) }

  /// What was written.
  public var bytes: [UInt8] { Array(room[..<count]) }

  /// Gives what was written, once it is so many bytes, and goes on behind it.
  public mutating func drained(from size: Int) -> [UInt8]? {
    if count < size { return nil }
    defer { count = 0 }
    return bytes
  }

  private mutating func append(_ size: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
    if room.count - count < size { room += repeatElement(0, count: max(room.count, size)) }
    room.withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { write(start + count) }
    }
    count += size
  }

  private mutating func append(_ byte: Unicode.Scalar) {
    append(1) { $0.storeBytes(of: UInt8(ascii: byte), as: UInt8.self) }
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    append(text.count) { place in
      if let start = text.baseAddress { place.copyMemory(from: start, byteCount: text.count) }
    }
  }

  /// Writes `{ … }` around what the body writes.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    separate()
    append("{")
    needsComma = false
    try body(&self)
    append("}")
    needsComma = true
  }

  /// Writes `[ … ]` with one element for each of `elements`.
  public mutating func array<S: Sequence>(
    _ elements: S, _ body: (inout JSONWriter, S.Element) throws -> Void
  ) rethrows {
    separate()
    append("[")
    needsComma = false
    for element in elements { try body(&self, element) }
    append("]")
    needsComma = true
  }

  /// Writes a member's name; its value must follow.
  public mutating func key(_ name: String) {
    string(name)
    append(":")
    needsComma = false
  }

  /// A name of our own, which is known to need no escape: most of what is written are such names.
  private mutating func key(literal name: StaticString) {
    separate()
    name.withUTF8Buffer { name in
      append(name.count + 3) { place in
        place.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        if let start = name.baseAddress { (place + 1).copyMemory(from: start, byteCount: name.count) }
        place.storeBytes(of: UInt8(ascii: "\""), toByteOffset: name.count + 1, as: UInt8.self)
        place.storeBytes(of: UInt8(ascii: ":"), toByteOffset: name.count + 2, as: UInt8.self)
      }
    }
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
    append(38) { place in
      place.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
      value.write(into: place + 1)
      place.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 37, as: UInt8.self)
    }
    needsComma = true
  }

  public mutating func string(_ value: String) {
    separate()
    append("\"")
    var value = value
    value.withUTF8 { text in
      // Most texts need no escape and go in as a whole.
      if text.contains(where: Self.needsEscape) { escape(text) } else { append(text) }
    }
    append("\"")
    needsComma = true
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var escaped: [UInt8] = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): escaped += "\\\"".utf8
      case UInt8(ascii: "\\"): escaped += "\\\\".utf8
      case UInt8(ascii: "\n"): escaped += "\\n".utf8
      case UInt8(ascii: "\r"): escaped += "\\r".utf8
      case UInt8(ascii: "\t"): escaped += "\\t".utf8
      case 0..<0x20, 0x7f:
        escaped += "\\u00".utf8
        escaped.append(hexadecimalDigits[Int(byte >> 4)])
        escaped.append(hexadecimalDigits[Int(byte & 15)])
      default: escaped.append(byte)
      }
    }
    escaped.withUnsafeBufferPointer { append($0) }
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
    text.withUTF8Buffer { append($0) }
    needsComma = true
  }

  private mutating func raw(_ text: String) {
    separate()
    var text = text
    text.withUTF8 { append($0) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { append(",") }
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
