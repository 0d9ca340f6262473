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
  func write(into text: UnsafeMutableBufferPointer<UInt8>) {
    var at = 0
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 {
        text[at] = UInt8(ascii: "-")
        at += 1
      }
      let byte = (index < 8 ? high : low) >> UInt64(56 - index % 8 * 8) & 255
      text[at] = Self.digit(byte >> 4)
      text[at + 1] = Self.digit(byte & 15)
      at += 2
    }
  }

  private static func digit(_ value: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }
}

extension GUID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      write(into: text)
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
