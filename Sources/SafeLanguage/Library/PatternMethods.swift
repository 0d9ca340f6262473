/// What regular expressions find. They go by code point, as lengths and slices do.
extension Library {
  static let patternMethods: [Method] = [
    Method(
      "capture", on: .text, [.checked("pattern", Pattern.problem), .value("group", .int, isRequired: false)],
      "what the first match has in its first group, or in the group of that number; of a pattern without groups the whole match, which is group 0",
      #""ann.lee@acme.com".capture('\.(\w+)@')"#, #""lee""#, type: { _, _ in .optional(.text) },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let group = try pattern.group(arguments.count > 1 ? arguments[1] : .null)
        return pattern.first(in: text, group: group).map { .text($0) } ?? .null
      }),
    Method(
      "captureAll", on: .text, [.checked("pattern", Pattern.problem), .value("group", .int, isRequired: false)],
      "the same of every match, as a list", #""a=1, b=22".captureAll('\d+')"#, #"["1", "22"]"#, type: { _, _ in .list(.text) },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let group = try pattern.group(arguments.count > 1 ? arguments[1] : .null)
        return .list(pattern.all(in: text, group: group).map { .text($0) })
      }),
    Method(
      "replaceMatches", on: .text, [.checked("pattern", Pattern.problem), .value("new", .text)],
      "with every match replaced; `new` is taken as it stands", #""a1b22".replaceMatches('\d+', "-")"#, #""a-b-""#, type: { _, _ in .text },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let parts = pattern.between(in: text)
        try Limits.require(parts.count - 1, times: arguments[1].string.utf8.count)
        return try limited(parts.joined(separator: arguments[1].string))
      }),
  ]
}

/// A regular expression of `matches`, `capture` and their like.
struct Pattern {
  let source: String
  private let regex: Regex<AnyRegexOutput>

  init?(_ source: String) {
    guard let regex = try? Regex(source) else { return nil }
    self.source = source
    self.regex = regex.matchingSemantics(.unicodeScalar)
  }

  /// For a pattern that was not known when the script was checked.
  init(running source: String) throws(RunError) {
    guard let pattern = Pattern(source) else { throw RunError(.data, "'\(source)' is no regular expression") }
    self = pattern
  }

  func matches(_ text: String) -> Bool { (try? regex.firstMatch(in: text)) != nil }

  /// The number of a group that the pattern has; the first, if none is named.
  func group(_ wanted: Value) throws(RunError) -> Int {
    let count = groups
    guard case .int(let group) = wanted else { return min(1, count) }
    if group < 0 || group > count {
      let hint = count == 0 ? "put a part of it into parentheses" : "it has 1 to \(count), and 0 for the whole match"
      throw RunError(.index, "the pattern has no group \(group)", hint: hint)
    }
    return group
  }

  /// Counted in the pattern, since a match alone can tell otherwise.
  private var groups: Int {
    var count = 0
    var inClass = false
    let bytes = Array(source.utf8)
    var at = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\\"): at += 1
      case UInt8(ascii: "["): inClass = true
      case UInt8(ascii: "]"): inClass = false
      case UInt8(ascii: "(") where !inClass:
        let rest = bytes[(at + 1)...].prefix(3)
        let isNamed = rest.starts(with: "?<".utf8) && !rest.starts(with: "?<=".utf8) && !rest.starts(with: "?<!".utf8)
        if rest.first != UInt8(ascii: "?") && rest.first != UInt8(ascii: "*") || isNamed || rest.starts(with: "?P<".utf8) { count += 1 }
      default: break
      }
      at += 1
    }
    return count
  }

  /// A group of the first match; nil without a match, and where the group took no part in it.
  func first(in text: String, group: Int) -> String? {
    guard let match = try? regex.firstMatch(in: text) else { return nil }
    return Self.text(of: match, group)
  }

  func all(in text: String, group: Int) -> [String] { text.matches(of: regex).compactMap { Self.text(of: $0, group) } }

  /// What stands between the matches.
  func between(in text: String) -> [String] {
    var parts: [String] = []
    var start = text.startIndex
    for match in text.matches(of: regex) {
      parts.append(String(text.unicodeScalars[start..<match.range.lowerBound]))
      start = match.range.upperBound
    }
    return parts + [String(text.unicodeScalars[start...])]
  }

  private static func text(of match: Regex<AnyRegexOutput>.Match, _ group: Int) -> String? {
    group < match.output.count ? match.output[group].substring.map { String($0) } : nil
  }

  /// What is wrong with a pattern, or nil.
  static func problem(_ source: String) -> String? {
    do {
      _ = try Regex(source)
      return nil
    } catch {
      return "this is no regular expression: \(error)"
    }
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
