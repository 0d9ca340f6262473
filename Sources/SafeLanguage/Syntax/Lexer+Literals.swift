/// Numbers, dates, times, durations, bare addresses and ids, names. Addresses, ids and dates come before names and operators.
extension Lexer {
  mutating func literalOrWord() -> Token.Kind {
    if let address = address() { return address }
    if let id = guid() { return id }
    if isDigit(byte(0)) { return date() ?? number() }
    let start = at
    while isWord(byte(0)) { at += 1 }
    if isForeignLetter(0) { return foreignName(start) }
    let word = source.text(start, at)
    return Keyword(rawValue: word).map { .keyword($0) } ?? .name(word)
  }

  /// `a-b@acme.com`: an address runs as far as its domain's letters and digits.
  private mutating func address() -> Token.Kind? {
    // What was read for a word before ends the same way.
    if at < plainUntil { return nil }
    var length = 0
    while isLocalPart(byte(length)) { length += 1 }
    guard byte(length) == UInt8(ascii: "@"), isWord(byte(length + 1)) else {
      plainUntil = at + length
      return nil
    }
    length += 1
    var last = length
    while isWord(byte(length)) || byte(length) == UInt8(ascii: ".") || byte(length) == UInt8(ascii: "-") {
      if isWord(byte(length)) { last = length }
      length += 1
    }
    let start = at
    at += last + 1
    return .email(source.text(start, at))
  }

  private func isLocalPart(_ byte: UInt8) -> Bool { isWord(byte) || ".%+-".utf8.contains(byte) }

  private mutating func guid() -> Token.Kind? {
    for index in 0..<36 {
      let hyphen = index == 8 || index == 13 || index == 18 || index == 23
      guard hyphen ? byte(index) == UInt8(ascii: "-") : isHexadecimal(byte(index)) else { return nil }
    }
    guard !isWord(byte(36)) else { return nil }
    at += 36
    return .guid(source.text(at - 36, at).lowercased())
  }

  private func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
  }

  /// `2026-01-31` or `2026-01-31T10:00:00Z`.
  private mutating func date() -> Token.Kind? {
    for index in 0..<10 {
      guard index == 4 || index == 7 ? byte(index) == UInt8(ascii: "-") : isDigit(byte(index)) else { return nil }
    }
    guard !isDigit(byte(10)) else { return nil }
    let start = at
    at += 10
    if byte(0) == UInt8(ascii: "T"), isDigit(byte(1)) {
      while isWord(byte(0)) || byte(0) == UInt8(ascii: ":") || (byte(0) == UInt8(ascii: ".") && isDigit(byte(1)))
        || ((byte(0) == UInt8(ascii: "+") || byte(0) == UInt8(ascii: "-")) && isDigit(byte(1)))
      { at += 1 }
      let text = source.text(start, at)
      if let time = Calendar.time(text) { return .time(time) }
      report(.badLiteral, "'\(text)' is no time", Span(start, at), hint: "write it as 2026-01-31T10:00:00Z")
      return .time(0)
    }
    let text = source.text(start, at)
    if let date = Calendar.date(text) { return .date(date) }
    report(.badLiteral, "'\(text)' is no date", Span(start, at), hint: "write it as 2026-01-31")
    return .date(0)
  }

  /// The text of a number as an error shows it: who writes a thousand digits knows which.
  private func shortened(_ start: Int, _ end: Int) -> String {
    end - start > 40 ? source.text(start, start + 20) + "…" : source.text(start, end)
  }

  private mutating func number() -> Token.Kind {
    let start = at
    while isDigit(byte(0)) || byte(0) == UInt8(ascii: "_") { at += 1 }
    var isFloat = false
    if byte(0) == UInt8(ascii: "."), isDigit(byte(1)) {
      isFloat = true
      at += 1
      while isDigit(byte(0)) || byte(0) == UInt8(ascii: "_") { at += 1 }
    }
    let digits = source.text(start, at).filter { $0 != "_" }
    let unitStart = at
    while isWord(byte(0)) { at += 1 }
    let unit = source.text(unitStart, at)
    if unit.isEmpty {
      if isFloat, let value = Double(digits), value.isFinite { return .float(value) }
      if let value = Int(digits) { return .int(value) }
      report(.badLiteral, "'\(shortened(start, at))' does not fit 64 bits", Span(start, at))
      return .int(0)
    }
    guard let factor = Calendar.durationUnits.first(where: { $0.name == unit })?.microseconds else {
      report(.badLiteral, "'\(source.text(start, at))' is no number", Span(start, at), hint: "durations end in ms, s, m, h, d or w")
      return .int(0)
    }
    if !isFloat, let count = Int(digits) {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      if !overflow { return .duration(product) }
      report(.badLiteral, "'\(shortened(start, at))' does not fit 64 bits", Span(start, at), hint: "a duration has at most \(Int.max / 1_000_000 / 86400) days")
      return .duration(0)
    }
    report(.badLiteral, "'\(source.text(start, at))' is no duration", Span(start, at), hint: "write a whole number before the unit")
    return .duration(0)
  }
}
