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

  static func bytes(_ count: Int) -> Data {
    var generator = SystemRandomNumberGenerator()
    return Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  static func hash(_ text: some StringProtocol) -> Data {
    var hash = SHA256()
    var text = String(text)
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return Data(hash.finalize())
  }

  /// Takes the same time wherever they differ.
  static func areEqual(_ a: Data, _ b: Data) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
