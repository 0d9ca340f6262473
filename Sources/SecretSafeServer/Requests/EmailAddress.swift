/// The address rule of `api.md` 3.2.3: one bare address; ASCII before the `@`, a domain with a dot that ends in a letter.
enum EmailAddress {
  /// UTF-16 units.
  static let limit = 256

  static func isAcceptable(_ text: String) -> Bool {
    // In lower case a text can be longer, and that is what is stored.
    guard text.lowercased().utf16.count <= limit else { return false }
    let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && isLocal(Substring(parts[0]).utf8) && isDomain(parts[1])
  }

  /// The looser rule of the import (`api.md` 6.1): something on both sides of one `@`, and nothing that breaks a line.
  static func isPlausible(_ text: String) -> Bool {
    guard text.lowercased().utf16.count <= limit else { return false }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
      && !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7f }
  }

  private static func isLocal(_ text: Substring.UTF8View) -> Bool {
    text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || marks.contains($0) }
    }
  }

  /// What an atom may hold beside letters and digits (RFC 5322).
  private static let marks = Array("!#$%&'*+-/=?^_`{|}~".utf8)

  private static func isDomain(_ text: Substring.UnicodeScalarView) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = text.last, last.properties.isAlphabetic else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.allSatisfy { $0.isASCII ? isAlphanumeric(UInt8($0.value)) || $0 == "-" : isForeignLetter($0) }
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func isForeignLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
      .decimalNumber:
      true
    default: false
    }
  }
}
