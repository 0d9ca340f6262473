/// CRC-32 as zlib and Ethernet have it (polynomial 0xEDB88320): tells a line that was torn or changed from a whole one.
enum Checksum {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xff)] ^ sum >> 8 }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// Eight digits.
  static func text(of bytes: some Sequence<UInt8>) -> [UInt8] {
    let sum = of(bytes)
    return (0..<8).map { digits[Int(sum >> UInt32(28 - 4 * $0) & 15)] }
  }
}
