/// Reads a regular expression. Its grammar is that of Perl without what no machine can match in linear time: references to groups, and
/// looking ahead or behind.
struct PatternParser {
  /// Each level costs stack in the parser and the compiler.
  static let maximumDepth = 100
  /// Of `{n,m}`: the part is compiled so many times.
  static let maximumRepeat = 1000

  private let scalars: [Unicode.Scalar]
  /// The byte at which each scalar begins, and the end.
  private let bytes: [Int]
  private var at = 0
  private var depth = 0
  private(set) var groups = 0
  private(set) var names: [String] = []
  private var flags = Flags()

  private struct Flags {
    var foldsCase = false
    var isMultiline = false
    var dotTakesAll = false
    var isExtended = false
  }

  static func parse(_ source: String) throws(PatternError) -> (node: PatternNode, groups: Int) {
    var parser = PatternParser(source)
    let node = try parser.choice()
    if parser.at < parser.scalars.count { throw parser.error("this ')' closes no group; '\\)' is the character", from: parser.at) }
    return (node, parser.groups)
  }

  private init(_ source: String) {
    scalars = Array(source.unicodeScalars)
    var bytes = [0]
    for scalar in scalars { bytes.append(bytes[bytes.count - 1] + UTF8.width(scalar)) }
    self.bytes = bytes
  }

  private var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }
  private func peek(_ offset: Int) -> Unicode.Scalar? { at + offset < scalars.count ? scalars[at + offset] : nil }

  private mutating func accept(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  private func error(_ message: String, from start: Int, to end: Int? = nil) -> PatternError {
    let (from, to) = (min(start, scalars.count), min(max(end ?? at, start + 1), scalars.count))
    return PatternError(message: message, place: bytes[from]..<max(bytes[to], bytes[from]))
  }

  // MARK: structure

  /// choice = sequence { "|" sequence }
  private mutating func choice() throws(PatternError) -> PatternNode {
    var choices = [try sequence()]
    while accept("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  /// sequence = { atom [quantifier] }
  private mutating func sequence() throws(PatternError) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if flags.isExtended, scalar.properties.isWhitespace || scalar == "#" {
        skipExtended()
        continue
      }
      let start = at
      guard let atom = try atom() else { continue }
      nodes.append(try quantified(atom, start))
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func skipExtended() {
    if current == "#" {
      while let scalar = current, scalar != "\n" {
        _ = scalar
        at += 1
      }
    } else {
      at += 1
    }
  }

  /// quantifier = ("*" | "+" | "?" | "{" n ["," [m]] "}") ["?"]
  private mutating func quantified(_ node: PatternNode, _ start: Int) throws(PatternError) -> PatternNode {
    let place = at
    guard let (least, most) = try quantifier() else { return node }
    if case .assertion = node, scalars[start] != "(" { throw error("there is nothing to repeat before '\(text(place, at))'", from: place) }
    let isGreedy = !accept("?")
    if current == "+" {
      throw error("'\(text(place, at + 1))' would not give back what it took, which is not supported: leave out the last '+'", from: place, to: at + 1)
    }
    let next = at
    if try quantifier() != nil { throw error("'\(text(next, at))' repeats a repetition: put that into '(?:…)'", from: next) }
    return .repetition(node, least: least, most: most, isGreedy: isGreedy)
  }

  private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
    if accept("*") { return (0, nil) }
    if accept("+") { return (1, nil) }
    if accept("?") { return (0, 1) }
    let start = at
    guard accept("{") else { return nil }
    let least = try number()
    var most = least
    if accept(",") { most = try number() }
    // Otherwise the brace is a character.
    guard accept("}"), least != nil || text(start, at) != "{}" && most != nil else {
      at = start
      return nil
    }
    let hasComma = scalars[start..<at].contains(",")
    if let most, let least, most < least { throw error("\(least) is more than \(most)", from: start) }
    return (least ?? 0, hasComma ? most : least)
  }

  private mutating func number() throws(PatternError) -> Int? {
    let start = at
    while let scalar = current, ("0"..."9").contains(scalar) {
      _ = scalar
      at += 1
    }
    if at == start { return nil }
    guard let number = Int(text(start, at)), number <= Self.maximumRepeat else {
      throw error("a part is repeated \(Self.maximumRepeat) times at most, or without end by '*' and '+'", from: start)
    }
    return number
  }

  private func text(_ start: Int, _ end: Int) -> String { String(String.UnicodeScalarView(scalars[start..<min(end, scalars.count)])) }

  // MARK: atoms

  /// Nil for what stands for nothing by itself, such as flags.
  private mutating func atom() throws(PatternError) -> PatternNode? {
    let start = at
    guard let scalar = current else { return nil }
    switch scalar {
    case "*", "+", "?": throw error("there is nothing to repeat before '\(scalar)'; '\\\(scalar)' is the character", from: start)
    case "(": return try group()
    case "[": return .set(try set())
    case "\\": return try escape()
    default: break
    }
    if let _ = try quantifier() { throw error("there is nothing to repeat before '\(text(start, at))'", from: start) }
    at += 1
    switch scalar {
    case ".": return .set(flags.dotTakesAll ? ScalarSet(isNegated: true) : ScalarSet(ranges: ScalarSet.lineEnds, isNegated: true))
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    default: return character(scalar)
    }
  }

  private func character(_ scalar: Unicode.Scalar) -> PatternNode {
    flags.foldsCase ? .set(ScalarSet(ranges: [scalar.value...scalar.value], foldsCase: true)) : .scalar(scalar.value)
  }

  /// group = "(" ["?:" | "?<" name ">" | "?" flags ":"] choice ")"
  private mutating func group() throws(PatternError) -> PatternNode? {
    let start = at
    at += 1
    let outer = flags
    var number: Int?
    if accept("?#") {
      while let scalar = current, scalar != ")" {
        _ = scalar
        at += 1
      }
      guard accept(")") else { throw error("this comment is not closed", from: start, to: start + 3) }
      return nil
    }
    for look in ["?=", "?!", "?<=", "?<!"] where accept(look) {
      throw error("'(\(look)' looks beyond what is matched, which is not supported: match that too, and take a group of it", from: start)
    }
    if accept("?>") { throw error("'(?>' would not give back what it took, which is not supported: write '(?:'", from: start) }
    if accept("?:") {
    } else if accept("?<") || accept("?P<") {
      let place = at
      while let scalar = current, scalar.isASCII, scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar) {
        _ = scalar
        at += 1
      }
      let name = text(place, at)
      guard !name.isEmpty, accept(">") else { throw error("a group's name has letters, digits and '_', and ends with '>'", from: place) }
      if names.contains(name) { throw error("the group '\(name)' comes twice", from: place, to: at - 1) }
      names.append(name)
      groups += 1
      number = groups
    } else if accept("?") {
      let place = at
      guard try readFlags() else { throw error("'(?\(text(place, place + 1))' begins no group; flags are i, m, s and x", from: start, to: place + 1) }
      // To the end of the group around.
      if accept(")") { return nil }
      guard accept(":") else { throw error("expected ':' or ')' after the flags", from: at, to: at + 1) }
    } else {
      groups += 1
      number = groups
    }
    depth += 1
    if depth > Self.maximumDepth { throw error("groups are nested more than \(Self.maximumDepth) deep", from: start) }
    let node = try choice()
    depth -= 1
    guard accept(")") else { throw error("this group is not closed", from: start, to: start + 1) }
    flags = outer
    return number.map { .capture($0, node) } ?? node
  }

  private mutating func readFlags() throws(PatternError) -> Bool {
    var isOn = true
    let start = at
    while let scalar = current {
      switch scalar {
      case "-": isOn = false
      case "i": flags.foldsCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotTakesAll = isOn
      case "x": flags.isExtended = isOn
      default: return at > start
      }
      at += 1
    }
    return at > start
  }

  // MARK: escapes

  private mutating func escape() throws(PatternError) -> PatternNode? {
    let start = at
    guard let letter = peek(1) else { throw error("a '\\' stands before another character; '\\\\' is the character", from: start) }
    if let kind = try kind() { return .set(ScalarSet(kinds: [kind])) }
    at += 2
    switch letter {
    case "A": return .assertion(.textStart)
    case "z": return .assertion(.textEnd)
    case "Z": return .assertion(.textEndBeforeNewline)
    case "b": return .assertion(.wordBoundary)
    case "B": return .assertion(.noWordBoundary)
    case "R": return .choice([.sequence([.scalar(13), .scalar(10)]), .set(ScalarSet(ranges: ScalarSet.lineEnds))])
    case "Q":
      var nodes: [PatternNode] = []
      while let scalar = current, !accept("\\E") {
        at += 1
        nodes.append(character(scalar))
      }
      return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    case "1"..."9", "k", "g": throw error("'\\\(letter)' refers to what a group matched, which is not supported: take the groups and compare them", from: start)
    default:
      at = start
      return character(try scalar())
    }
  }

  /// `\d \w \s \h \N \p{…}` and their opposites; nil for another escape.
  private mutating func kind() throws(PatternError) -> ScalarSet.Kind? {
    let start = at
    guard let letter = peek(1) else { return nil }
    let kind: ScalarSet.Kind
    switch letter {
    case "d", "D": kind = .digit
    case "w", "W": kind = .word
    case "s", "S": kind = .space
    case "h", "H": kind = .set(ScalarSet(ranges: [9...9], kinds: [.categories([.spaceSeparator])]))
    case "v", "V": kind = .set(ScalarSet(ranges: ScalarSet.lineEnds))
    case "N": kind = .not(.set(ScalarSet(ranges: ScalarSet.lineEnds)))
    case "p", "P":
      at += 2
      let isLong = accept("{")
      let isNegated = isLong && accept("^")
      let place = at
      if isLong {
        while let scalar = current, scalar != "}" {
          _ = scalar
          at += 1
        }
      } else {
        at = min(at + 1, scalars.count)
      }
      let name = text(place, at)
      guard let found = ScalarSet.Kind(named: name), !isLong || accept("}") else {
        throw error("there is no kind '\(name)' of characters; there are L Lu Ll M N Nd P S Z C, alpha, upper, lower, digit, space", from: start)
      }
      return isNegated != (letter == "P") ? .not(found) : found
    default: return nil
    }
    at += 2
    return "DWSHV".unicodeScalars.contains(letter) ? .not(kind) : kind
  }

  /// A character, by itself or escaped.
  private mutating func scalar() throws(PatternError) -> Unicode.Scalar {
    let start = at
    guard let first = current else { throw error("expected a character", from: start) }
    at += 1
    guard first == "\\" else { return first }
    guard let letter = current else { throw error("a '\\' stands before another character; '\\\\' is the character", from: start) }
    at += 1
    switch letter {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "f": return "\u{c}"
    case "a": return "\u{7}"
    case "e": return "\u{1b}"
    case "0": return "\0"
    case "x", "u":
      let isLong = accept("{")
      let place = at
      let width = isLong ? 8 : letter == "x" ? 2 : 4
      while let digit = current, digit.properties.isASCIIHexDigit, at - place < width {
        _ = digit
        at += 1
      }
      guard let value = UInt32(text(place, at), radix: 16), let scalar = Unicode.Scalar(value), isLong ? accept("}") : at - place == width else {
        throw error("a character by its number is written as \\x41, \\u00e9 or \\u{1F600}", from: start)
      }
      return scalar
    default:
      if letter.isASCII, letter.properties.isAlphabetic || ("0"..."9").contains(letter) {
        throw error("'\\\(letter)' has no meaning", from: start)
      }
      return letter
    }
  }

  // MARK: sets

  /// set = "[" ["^"] { character ["-" character] | kind | "[:" name ":]" } "]"
  private mutating func set() throws(PatternError) -> ScalarSet {
    let start = at
    at += 1
    let isNegated = accept("^")
    var ranges: [ClosedRange<UInt32>] = []
    var kinds: [ScalarSet.Kind] = []
    while let first = current, first != "]" {
      let place = at
      if accept("[:") {
        let isOther = accept("^")
        let name = at
        while let scalar = current, scalar != ":" {
          _ = scalar
          at += 1
        }
        let word = text(name, at)
        guard let kind = ScalarSet.Kind(named: word), accept(":]") else { throw error("there is no kind '\(word)' of characters", from: place) }
        kinds.append(isOther ? .not(kind) : kind)
        continue
      }
      if first == "[" { throw error("a '[' inside of '[…]' is written '\\['", from: place) }
      if accept("&&") || accept("--") || accept("~~") { throw error("'\(text(place, at))' between sets is not supported", from: place) }
      if first == "\\", let kind = try kind() {
        kinds.append(kind)
        if current == "-", peek(1) != "]" { throw error("a kind of characters begins no range; '\\-' is the character", from: at, to: at + 1) }
        continue
      }
      let low = first == "\\" && peek(1) == "b" ? backspace() : try scalar()
      guard current == "-", let end = peek(1), end != "]" else {
        ranges.append(low.value...low.value)
        continue
      }
      at += 1
      let high = try scalar()
      if high < low { throw error("'\(text(place, at))' goes from a later character to an earlier one", from: place) }
      ranges.append(low.value...high.value)
    }
    guard accept("]") else { throw error("this '[' is not closed", from: start, to: start + 1) }
    if ranges.isEmpty, kinds.isEmpty { throw error("'\(text(start, at))' has no character; '\\]' is one", from: start) }
    return ScalarSet(ranges: ranges, kinds: kinds, foldsCase: flags.foldsCase, isNegated: isNegated)
  }

  private mutating func backspace() -> Unicode.Scalar {
    at += 2
    return "\u{8}"
  }
}
