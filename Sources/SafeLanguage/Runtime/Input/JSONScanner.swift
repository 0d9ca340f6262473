/// The tokens of JSON (RFC 8259) over a moving window. What is skipped is checked as strictly as what is read, but nothing is made of it.
struct JSONScanner {
  /// Bytes that stand in the window before a token is looked at, so that only texts and long numbers meet the window's end.
  private static let lookahead = 32

  var window: ByteWindow
  let limits: InputLimits
  /// Objects and lists that are open.
  private(set) var depth = 0
  /// Of those that `skip` opened, which are objects.
  private var isObject: [Bool]
  /// The spelling of the last text or number, without quotes; stands until the next token is looked at.
  private(set) var tokenStart: UnsafePointer<UInt8>
  private(set) var tokenEnd: UnsafePointer<UInt8>
  /// Whether the last text has a backslash.
  private(set) var hasEscapes = false

  init(_ window: ByteWindow, limits: InputLimits) {
    self.window = window
    self.limits = limits
    isObject = [Bool](repeating: false, count: limits.depth + 1)
    tokenStart = window.at
    tokenEnd = window.at
  }

  var tokenLength: Int { tokenEnd - tokenStart }
  var isAtEnd: Bool { window.isLast && window.at >= window.end }

  // MARK: tokens

  /// The next byte that is not white space; it stays to be read. 0 at the end.
  @inline(__always)
  mutating func peek() throws(RunError) -> UInt8 {
    if window.end - window.at >= Self.lookahead || window.isLast {
      let byte = window.at.pointee
      if byte > 0x20 { return byte }
    }
    return try peekFurther()
  }

  private mutating func peekFurther() throws(RunError) -> UInt8 {
    while true {
      var at = window.at
      while true {
        let byte = at.pointee
        guard byte == 0x20 || byte == 10 || byte == 13 || byte == 9 else { break }
        at += 1
        if byte == 10 { window.mark(at) }
      }
      window.at = at
      if window.isLast || window.end - at >= Self.lookahead { return at < window.end ? max(1, at.pointee) : 0 }
      _ = try window.refill(keeping: at)
    }
  }

  @inline(__always)
  mutating func advance() { window.at += 1 }

  /// Reads a text behind its opening quote.
  @inline(__always)
  mutating func text() throws(RunError) {
    var start = window.at
    var at = start
    var seen: UInt64 = 0
    hasEscapes = false
    while true {
      let word = Scan.word(at)
      let stop = Scan.equal(word, UInt8(ascii: "\"")) | Scan.equal(word, UInt8(ascii: "\\")) | Scan.control(word)
      if stop == 0 {
        seen |= word
        at += 8
        continue
      }
      seen |= Scan.bytes(word, before: stop)
      at += stop.trailingZeroBitCount >> 3
      if at.pointee == UInt8(ascii: "\"") { break }
      at = try unusual(at, &start)
    }
    tokenStart = start
    tokenEnd = at
    window.at = at + 1
    if seen & Scan.tops != 0 {
      window.hasWideCharacters = true
      try checkUTF8()
    }
    if at - start > limits.text { throw window.error(at: start, "a text of over \(limits.text) bytes") }
  }

  /// A backslash, a control character or the window's end inside a text. Gives where to go on.
  private mutating func unusual(_ place: UnsafePointer<UInt8>, _ start: inout UnsafePointer<UInt8>) throws(RunError) -> UnsafePointer<UInt8> {
    var at = place
    let isEscape = at < window.end && at.pointee == UInt8(ascii: "\\")
    if at >= window.end || isEscape && window.end - at < 6, !window.isLast {
      let offset = at - start
      start = try window.refill(keeping: start)
      at = start + offset
      // The token is gone on with as if it began here.
      window.at = start
      if !isEscape || window.end - at < 6, !window.isLast { return at }
    }
    guard at < window.end else { throw window.error(at: start - 1, "the quote that opens here is not closed") }
    guard at.pointee == UInt8(ascii: "\\") else {
      if at.pointee >= 0x20 { return at }
      throw window.error(at: at, "a control character stands in a text", hint: "write it as an escape: \\n, \\t, \\u001f")
    }
    hasEscapes = true
    switch at[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "t"):
      return at + 2
    case UInt8(ascii: "u") where JSONText.unit(at + 2) != nil: return at + 6
    default: throw window.error(at: at, "this escape is none of JSON's", hint: "a backslash itself is written \\\\")
    }
  }

  private func checkUTF8() throws(RunError) {
    if let bad = Scan.invalidUTF8(tokenStart, tokenEnd) { throw window.error(at: bad, "this is not UTF-8", hint: "save the file as UTF-8") }
  }

  /// Reads a number and gives it if it is whole and fits 64 bits.
  mutating func number() throws(RunError) -> Int? {
    while true {
      let start = window.at
      var at = start
      let isNegative = at.pointee == UInt8(ascii: "-")
      if isNegative { at += 1 }
      let digits = at
      var value = 0
      var fits = true
      while true {
        let digit = at.pointee &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        if at - digits >= 18 {
          let (product, overflow) = value.multipliedReportingOverflow(by: 10)
          let (sum, over) = isNegative ? product.subtractingReportingOverflow(Int(digit)) : product.addingReportingOverflow(Int(digit))
          fits = fits && !overflow && !over
          value = sum
        } else {
          value = isNegative ? value &* 10 &- Int(digit) : value &* 10 &+ Int(digit)
        }
        at += 1
      }
      var isGood = at > digits && (digits.pointee != UInt8(ascii: "0") || at == digits + 1)
      if at.pointee == UInt8(ascii: ".") {
        fits = false
        at += 1
        let fraction = at
        while at.pointee &- UInt8(ascii: "0") < 10 { at += 1 }
        isGood = isGood && at > fraction
      }
      if at.pointee | 0x20 == UInt8(ascii: "e") {
        fits = false
        at += 1
        if at.pointee == UInt8(ascii: "+") || at.pointee == UInt8(ascii: "-") { at += 1 }
        let exponent = at
        while at.pointee &- UInt8(ascii: "0") < 10 { at += 1 }
        isGood = isGood && at > exponent
      }
      if at >= window.end, !window.isLast {
        _ = try window.refill(keeping: start)
        continue
      }
      guard isGood else { throw window.error(at: start, "this is no number", hint: "as in -1, 0.5 or 1e9") }
      (tokenStart, tokenEnd, window.at) = (start, at, at)
      return fits ? value : nil
    }
  }

  /// The last number as a Float; nil if it is beyond what one holds.
  var float: Double? {
    let text = String(decoding: UnsafeBufferPointer(start: tokenStart, count: tokenLength), as: UTF8.self)
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Reads `true`, `false` or `null`.
  @inline(__always)
  mutating func literal() throws(RunError) -> UInt8 {
    let at = window.at
    let word = UInt32(truncatingIfNeeded: Scan.word(at))
    switch word {
    case 0x6575_7274: window.at += 4  // true
    case 0x6c6c_756e: window.at += 4  // null
    case 0x736c_6166 where at[4] == UInt8(ascii: "e"): window.at += 5  // fals
    default: throw unexpected()
    }
    (tokenStart, tokenEnd) = (at, window.at)
    return at.pointee
  }

  /// What the next token, which is none that fits, is instead.
  func unexpected(_ wanted: String = "a value") -> RunError {
    if isAtEnd { return window.error(at: window.at, "the text ends where \(wanted) is expected") }
    let length = min(12, window.end - window.at)
    let found = String(decoding: UnsafeBufferPointer(start: window.at, count: length), as: UTF8.self)
    let word = found.prefix { $0.isLetter || $0.isNumber }
    return window.error(at: window.at, "expected \(wanted), found '\(word.isEmpty ? String(found.prefix(1)) : String(word))'")
  }

  // MARK: objects and lists

  /// Counts an object or list that opens, behind its bracket.
  mutating func enter() throws(RunError) {
    depth += 1
    if depth > limits.depth { throw window.error(at: window.at - 1, "over \(limits.depth) lists and objects inside one another") }
  }

  mutating func leave() { depth -= 1 }

  /// Reads the colon behind a key.
  mutating func colon() throws(RunError) {
    guard try peek() == UInt8(ascii: ":") else { throw unexpected("':'") }
    advance()
  }

  /// Reads a key and its colon and makes nothing of them.
  private mutating func skipKey() throws(RunError) {
    guard try peek() == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
    advance()
    try text()
    try colon()
  }

  /// Reads a value and makes nothing of it.
  mutating func skip() throws(RunError) {
    let outer = depth
    while true {
      switch try peek() {
      case UInt8(ascii: "\""):
        advance()
        try text()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
      case UInt8(ascii: "{"):
        advance()
        try enter()
        isObject[depth] = true
        if try peek() != UInt8(ascii: "}") {
          try skipKey()
          continue
        }
      case UInt8(ascii: "["):
        advance()
        try enter()
        isObject[depth] = false
        if try peek() != UInt8(ascii: "]") { continue }
      default: _ = try literal()
      }
      // Behind a value: close what ends here.
      while depth > outer {
        let byte = try peek()
        if byte == UInt8(ascii: ",") {
          advance()
          if isObject[depth] { try skipKey() }
          break
        }
        guard byte == (isObject[depth] ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw unexpected(isObject[depth] ? "',' or '}'" : "',' or ']'") }
        advance()
        leave()
      }
      if depth == outer { return }
    }
  }
}

/// The texts of JSON with their escapes resolved.
enum JSONText {
  /// The 16 bits of four hexadecimal digits.
  static func unit(_ digits: UnsafePointer<UInt8>) -> UInt16? {
    var value: UInt16 = 0
    for index in 0..<4 {
      let byte = digits[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  /// The characters of a text whose escapes are known to be spelled right; nil where half a surrogate pair stands.
  static func unescaped(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) throws(RunError) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(end - start)
    var at = start
    var beat = Beat()
    while at < end {
      try beat.turn()
      guard at.pointee == UInt8(ascii: "\\") else {
        bytes.append(at.pointee)
        at += 1
        continue
      }
      switch at[1] {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "b"): bytes.append(8)
      case UInt8(ascii: "f"): bytes.append(12)
      case UInt8(ascii: "u"):
        guard var code = unit(at + 2).map(UInt32.init) else { return nil }
        at += 4
        if code & 0xfc00 == 0xd800 {
          guard end - at >= 8, at[2] == UInt8(ascii: "\\"), at[3] == UInt8(ascii: "u"), let low = unit(at + 4), low & 0xfc00 == 0xdc00 else { return nil }
          code = 0x10000 + (code & 0x3ff) << 10 + UInt32(low & 0x3ff)
          at += 6
        }
        guard let scalar = Unicode.Scalar(code) else { return nil }
        bytes += Array(String(Character(scalar)).utf8)
      default: bytes.append(at[1])
      }
      at += 2
    }
    return bytes
  }
}
