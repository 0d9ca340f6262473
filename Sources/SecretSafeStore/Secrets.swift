import Crypto
import FoundationEssentials

/// Random credentials and their hashes.
enum Secrets {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

  /// 30 letters and digits, 178 bits.
  static func clientSecret() -> String { random(30) }

  /// Opaque text of 256 bits.
  static func token() -> String { random(tokenLength) }

  static let tokenLength = 43

  static func isTokenByte(_ byte: UInt8) -> Bool { alphabet.contains(Character(UnicodeScalar(byte))) }

  private static func random(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
  }

  /// Asks for eight at a time: each time is a call of the system.
  static func bytes(_ count: Int) -> Data {
    var generator = SystemRandomNumberGenerator()
    var bytes = Data(capacity: count + 7)
    while bytes.count < count { withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) } }
    return bytes.prefix(count)
  }

  static func hash(_ text: some StringProtocol) -> Data { Data(digest(String(text))) }

  static func digest(_ text: String) -> SHA256.Digest {
    var hash = SHA256()
    var text = text
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return hash.finalize()
  }

  /// Takes the same time wherever they differ.
  static func areEqual(_ a: Data, _ b: Data) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
