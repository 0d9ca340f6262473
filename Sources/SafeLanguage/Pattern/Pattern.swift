/// A regular expression of `matches`, `capture` and their like. It goes by code point, in time that grows with the text and the pattern
/// alone. Confined to one task.
final class Pattern {
  let source: String
  private let program: PatternProgram
  private lazy var test = PatternMachine(program, groups: 0)
  private lazy var search = PatternMachine(program, groups: program.groups + 1)

  init(_ source: String) throws(PatternError) {
    program = try PatternProgram(source)
    self.source = source
  }

  /// For a pattern that was not known when the script was checked.
  convenience init(running source: String) throws(RunError) {
    do throws(PatternError) { try self.init(source) } catch {
      let character = String(decoding: Array(source.utf8)[..<error.place.lowerBound], as: UTF8.self).unicodeScalars.count + 1
      throw RunError(.data, "'\(source)' is no regular expression: \(error.message), at character \(character)")
    }
  }

  /// What is wrong with a pattern, or nil.
  static func problem(_ source: String) -> TextProblem? {
    do throws(PatternError) {
      _ = try PatternProgram(source)
      return nil
    } catch { return TextProblem("this is no regular expression: \(error.message)", at: error.place) }
  }

  func matches(_ bytes: UnsafeRawBufferPointer) throws(RunError) -> Bool { try test.find(bytes) != nil }

  func matches(_ text: String) throws(RunError) -> Bool {
    try TextScan.bytes(of: text) { bytes throws(RunError) in try matches(bytes) }
  }

  /// The number of a group that the pattern has; the first, if none is named.
  func group(_ wanted: Value) throws(RunError) -> Int {
    let count = program.groups
    guard case .int(let group) = wanted else { return min(1, count) }
    if group < 0 || group > count {
      let hint = count == 0 ? "put a part of it into parentheses" : "it has 1 to \(count), and 0 for the whole match"
      throw RunError(.index, "the pattern has no group \(group)", hint: hint)
    }
    return group
  }

  /// A group of the first match; nil without a match, and where the group took no part in it.
  func first(in text: String, group: Int) throws(RunError) -> String? {
    try TextScan.bytes(of: text) { bytes throws(RunError) in
      try search.find(bytes).flatMap { Self.text(bytes, $0[2 * group]..<$0[2 * group + 1]) }
    }
  }

  func all(in text: String, group: Int) throws(RunError) -> [Value] {
    try TextScan.bytes(of: text) { bytes throws(RunError) in
      try .building { found throws(RunError) in
        try each(in: bytes) { match in if let text = Self.text(bytes, match[2 * group]..<match[2 * group + 1]) { found.append(.text(text)) } }
      }
    }
  }

  /// What stands between the matches.
  func between(in text: String) throws(RunError) -> [String] {
    try TextScan.bytes(of: text) { bytes throws(RunError) in
      try .building { parts throws(RunError) in
        var start = 0
        try each(in: bytes) { match in
          parts.append(Self.text(bytes, start..<match[0]) ?? "")
          start = match[1]
        }
        parts.append(Self.text(bytes, start..<bytes.count) ?? "")
      }
    }
  }

  /// All matches, none of them in another.
  private func each(in bytes: UnsafeRawBufferPointer, _ use: ([Int]) -> Void) throws(RunError) {
    var at = 0
    while at <= bytes.count, let match = try search.find(bytes, from: at) {
      use(match)
      at = match[1]
      guard match[0] == match[1] else { continue }
      // Behind an empty match the next character.
      at += 1
      while at < bytes.count, bytes[at] & 0xc0 == 0x80 { at += 1 }
    }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
    range.lowerBound < 0 ? nil : String(decoding: bytes[range], as: UTF8.self)
  }
}

/// The last pattern that was compiled: a pattern that is worked out is mostly the same for every row. Confined to one task.
final class PatternCache {
  private var pattern: Pattern?

  init(_ pattern: Pattern? = nil) { self.pattern = pattern }

  func pattern(_ source: String) throws(RunError) -> Pattern {
    if let pattern, TextOrder.equal(pattern.source, source) { return pattern }
    let pattern = try Pattern(running: source)
    self.pattern = pattern
    return pattern
  }
}
