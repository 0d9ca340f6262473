/// The address rule of `api.md` 3.2.3: one bare address; ASCII before the `@`, a domain with a dot that ends in a letter.
enum EmailAddress {
  /// UTF-16 units.
  static let limit = 256

  static func isAcceptable(_ text: String) -> Bool {
    // In lower case a text can be longer, and that is what is stored.
    guard text.lowercased().utf16.count <= limit else { return false }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && isLocal(parts[0]) && isDomain(parts[1])
  }

  private static func isLocal(_ text: Substring) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty && atom.unicodeScalars.allSatisfy { isASCIIAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains($0) }
    }
  }

  private static func isDomain(_ text: Substring) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = text.unicodeScalars.last, last.properties.isAlphabetic else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.unicodeScalars.allSatisfy { isASCIIAlphanumeric($0) || $0 == "-" || isForeignLetter($0) }
    }
  }

  private static func isASCIIAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
  }

  private static func isForeignLetter(_ scalar: Unicode.Scalar) -> Bool {
    guard !scalar.isASCII else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
      .decimalNumber:
      return true
    default: return false
    }
  }
}
