/// Texts as other systems want them. All go by the text's UTF-8 bytes.
extension Library {
  static let encodingFunctions: [Function] = [
    Function(
      name: "hash",
      parameters: [
        .init(name: "text", type: .text, isRequired: true),
        .init(name: "algorithm", type: .text, isRequired: false) { $0 == "sha256" ? nil : TextProblem("there is no algorithm '\($0)', it is \"sha256\"") },
      ],
      result: .text, effect: .pure, summary: "the SHA-256 of a text, in hexadecimal digits",
      example: (#"hash("abc")"#, #""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#)
    ) { _, _, arguments throws(RunError) in .text(try SHA256.hexadecimal(Array(arguments[0].string.utf8))) },
    Function(
      name: "base64", parameters: [.init(name: "text", type: .text, isRequired: true)], result: .text, effect: .pure,
      summary: "a text in Base64", example: (#"base64("naïve")"#, #""bmHDr3Zl""#)
    ) { _, _, arguments throws(RunError) in
      let bytes = Array(arguments[0].string.utf8)
      try Limits.require(bytes: bytes.count / 3 * 4 + 4)
      return .text(try Base64.encoded(bytes))
    },
    Function(
      name: "fromBase64", parameters: [.init(name: "text", type: .text, isRequired: true)], result: .optional(.text), effect: .pure,
      summary: "the text that is in Base64, or null where it is none", example: (#"fromBase64("bmHDr3Zl")"#, #""naïve""#)
    ) { _, _, arguments throws(RunError) in
      try Base64.decoded(Array(arguments[0].string.utf8)).flatMap { String(validating: $0, as: UTF8.self) }.map { .text($0) } ?? .null
    },
    Function(
      name: "uuid", parameters: [], result: .text, effect: .read,
      summary: "a new random id; in a predicate or projection one for all rows, in the block of an `each` one for each",
      example: ("uuid().length()", "36")
    ) { world, site, _ in .text(world.uuid(at: site)) },
  ]
}

/// RFC 4648, with `+`, `/` and padding.
package enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encoded(_ bytes: [UInt8]) throws(RunError) -> String {
    var beat = Beat()
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 3 * 4 + 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      try beat.turn()
      let count = min(3, bytes.count - start)
      var bits = UInt32(bytes[start]) << 16
      if count > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { bits |= UInt32(bytes[start + 2]) }
      for index in 0..<4 {
        text.append(index <= count ? digits[Int(bits >> UInt32(18 - 6 * index)) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless it is whole groups of four digits, padded at the end.
  package static func decoded(_ text: [UInt8]) throws(RunError) -> [UInt8]? {
    var beat = Beat()
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard padding == 0 || text.last == UInt8(ascii: "=") else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, byte) in text.dropLast(padding).enumerated() {
      try beat.turn()
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | value
      if index % 4 == 3 {
        for shift in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
        bits = 0
      }
    }
    if padding == 1 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
    } else if padding == 2 {
      bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
