/// A 128-bit identifier, written in lower case with hyphens (`api.md` 2.1).
public struct GUID: Hashable, Sendable, Comparable {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A random identifier (version 4).
  public static func random() -> GUID {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// A version 4 identifier from the given source of randomness.
  public static func random(using generator: inout some RandomNumberGenerator) -> GUID {
    GUID(
      high: generator.next() & 0xffff_ffff_ffff_0fff | 0x4000,
      low: generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
  }

  /// Reads the form `8-4-4-4-12` in either case; nil for anything else.
  public init?(_ text: Substring) { self.init(String(text)) }

  /// The same. One that is generic would be compiled for no type in particular outside of this module.
  public init?(_ text: String) {
    var text = text
    guard let id = text.withUTF8(Self.read) else { return nil }
    self = id
  }

  private static func read(_ text: UnsafeBufferPointer<UInt8>) -> GUID? {
    guard text.count == 36 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for position in 0..<36 {
      let byte = text[position]
      if position == 8 || position == 13 || position == 18 || position == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard let value = hexadecimalValue(byte) else { return nil }
        high = high << 4 | low >> 60
        low = low << 4 | UInt64(value)
      }
    }
    return GUID(high: high, low: low)
  }

  public static func < (a: GUID, b: GUID) -> Bool {
    a.high == b.high ? a.low < b.low : a.high < b.high
  }

  /// Writes the 36 ASCII bytes of the text form.
  func write(into text: UnsafeMutableRawPointer) {
    let parts = (Self.digits(high >> 32), Self.digits(high), Self.digits(low >> 32), Self.digits(low))
    text.storeBytes(of: parts.0.bigEndian, as: UInt64.self)
    text.storeBytes(of: UInt32(parts.1 >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
    text.storeBytes(of: UInt32(truncatingIfNeeded: parts.1).bigEndian, toByteOffset: 14, as: UInt32.self)
    text.storeBytes(of: UInt32(parts.2 >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
    text.storeBytes(of: UInt32(truncatingIfNeeded: parts.2).bigEndian, toByteOffset: 24, as: UInt32.self)
    text.storeBytes(of: parts.3.bigEndian, toByteOffset: 28, as: UInt64.self)
    for place in [8, 13, 18, 23] { text.storeBytes(of: UInt8(ascii: "-"), toByteOffset: place, as: UInt8.self) }
  }

  /// The eight hexadecimal digits of the lower half, the first one in the highest byte: all at once, by moving each half byte into a byte.
  private static func digits(_ value: UInt64) -> UInt64 {
    var digits = value & 0xffff_ffff
    digits = (digits << 16 | digits) & 0x0000_ffff_0000_ffff
    digits = (digits << 8 | digits) & 0x00ff_00ff_00ff_00ff
    digits = (digits << 4 | digits) & 0x0f0f_0f0f_0f0f_0f0f
    // One in each byte that is a letter: from there to the letters it is 39 further than to the digits.
    let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return digits + 0x3030_3030_3030_3030 + letters * 39
  }
}

extension GUID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      text.baseAddress.map { write(into: $0) }
      return 36
    }
  }
}

extension GUID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = GUID(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no identifier")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

let hexadecimalDigits = Array("0123456789abcdef".utf8)

func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
