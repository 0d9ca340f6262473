import Crypto
import FoundationEssentials

/// A random text of 256 bits that a browser keeps in a cookie, and what proves that a form comes from a page shown to that browser.
public struct SessionToken: Hashable, Sendable {
  public let text: String

  public init() { text = Secrets.token() }

  /// Nil for what cannot be one.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == Secrets.tokenLength, text.utf8.allSatisfy({ Secrets.isTokenByte($0) }) else { return nil }
    self.text = String(text)
  }

  /// What a form carries. It tells nothing of the token, so that a page that leaks does not leak the session.
  public var formToken: String { hexadecimal(formCode) }

  /// Takes the same time wherever they differ.
  public func accepts(formToken: String) -> Bool {
    guard let given = Data(hexadecimal: formToken) else { return false }
    return Secrets.areEqual(given, formCode)
  }

  var hash: Data { Secrets.hash(text) }

  private var formCode: Data {
    Data(HMAC<SHA256>.authenticationCode(for: Data("form".utf8), using: SymmetricKey(data: Data(text.utf8))))
  }
}

func hexadecimal(_ bytes: Data) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

extension Data {
  /// Nil for anything but pairs of digits.
  init?(hexadecimal text: some StringProtocol) {
    let digits = text.utf8.map { Int(String(UnicodeScalar($0)), radix: 16) ?? -1 }
    guard digits.count.isMultiple(of: 2), !digits.contains(-1) else { return nil }
    self.init(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }
}
