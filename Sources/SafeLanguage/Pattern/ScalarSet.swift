/// Characters (code points) that a part of a pattern takes: single ones, ranges and kinds, or all others.
struct ScalarSet: Sendable {
  /// A kind of characters, by their properties.
  indirect enum Kind: Sendable {
    case digit, word, space
    case categories(Set<Unicode.GeneralCategory>)
    case alphabetic, uppercase, lowercase
    case set(ScalarSet)
    case not(Kind)

    func holds(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .digit: scalar.properties.generalCategory == .decimalNumber
      case .word:
        switch scalar.properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: true
        default: scalar.properties.isAlphabetic
        }
      case .space: scalar.properties.isWhitespace
      case .categories(let categories): categories.contains(scalar.properties.generalCategory)
      case .alphabetic: scalar.properties.isAlphabetic
      case .uppercase: scalar.properties.isUppercase
      case .lowercase: scalar.properties.isLowercase
      case .set(let set): set.contains(scalar.value)
      case .not(let kind): !kind.holds(scalar)
      }
    }
  }

  private var ranges: [ClosedRange<UInt32>] = []
  private var kinds: [Kind] = []
  private var foldsCase = false
  private var isNegated = false
  /// What holds for ASCII, worked out once.
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(ranges: [ClosedRange<UInt32>] = [], kinds: [Kind] = [], foldsCase: Bool = false, isNegated: Bool = false) {
    (self.ranges, self.kinds, self.foldsCase, self.isNegated) = (ranges, kinds, foldsCase, isNegated)
    for value in 0..<UInt32(128) where holds(value) {
      if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
    }
  }

  static let lineEnds: [ClosedRange<UInt32>] = [0x0a...0x0d, 0x85...0x85, 0x2028...0x2029]

  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 64 { return low >> UInt64(value) & 1 == 1 }
    if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
    return holds(value)
  }

  /// Whether a character beyond ASCII may be in it.
  var reachesBeyondASCII: Bool { isNegated || foldsCase || !kinds.isEmpty || ranges.contains { $0.upperBound > 127 } }

  private func holds(_ value: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return isNegated }
    if includes(scalar) { return !isNegated }
    if foldsCase {
      for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
        let scalars = text.unicodeScalars
        if scalars.count == 1, let other = scalars.first, other != scalar, includes(other) { return !isNegated }
      }
    }
    return isNegated
  }

  private func includes(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) } || kinds.contains { $0.holds(scalar) }
  }
}

extension ScalarSet.Kind {
  /// `\p{Lu}` and `[:alpha:]`, by name; nil for one that there is not.
  init?(named name: String) {
    switch name.lowercased() {
    case "alpha", "alphabetic": self = .alphabetic
    case "digit": self = .digit
    case "alnum": self = .set(ScalarSet(kinds: [.alphabetic, .digit]))
    case "word": self = .word
    case "space", "white_space", "whitespace": self = .space
    case "upper", "uppercase": self = .uppercase
    case "lower", "lowercase": self = .lowercase
    case "punct": self = .categories(Self.categories["P", default: []].union(Self.categories["S", default: []]))
    case "blank": self = .set(ScalarSet(ranges: [9...9], kinds: [.categories([.spaceSeparator])]))
    case "cntrl": self = .categories([.control])
    case "xdigit": self = .set(ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66]))
    default:
      guard let categories = Self.categories[name] else { return nil }
      self = .categories(categories)
    }
  }

  private static let categories: [String: Set<Unicode.GeneralCategory>] = {
    var all: [String: Set<Unicode.GeneralCategory>] = [
      "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter], "Lm": [.modifierLetter], "Lo": [.otherLetter], "Mn": [.nonspacingMark],
      "Mc": [.spacingMark], "Me": [.enclosingMark], "Nd": [.decimalNumber], "Nl": [.letterNumber], "No": [.otherNumber], "Pc": [.connectorPunctuation],
      "Pd": [.dashPunctuation], "Ps": [.openPunctuation], "Pe": [.closePunctuation], "Pi": [.initialPunctuation], "Pf": [.finalPunctuation],
      "Po": [.otherPunctuation], "Sm": [.mathSymbol], "Sc": [.currencySymbol], "Sk": [.modifierSymbol], "So": [.otherSymbol], "Zs": [.spaceSeparator],
      "Zl": [.lineSeparator], "Zp": [.paragraphSeparator], "Cc": [.control], "Cf": [.format], "Co": [.privateUse], "Cn": [.unassigned],
    ]
    for (name, categories) in all { all[String(name.prefix(1)), default: []].formUnion(categories) }
    return all
  }()
}
