import Testing

@testable import SafeLanguage

/// The machine of patterns against the standard library's, which tries one way after another: they find the same.
struct PatternTests {
  /// Patterns of a grammar, each with what it is made of.
  struct Generator {
    var random: RobustnessTests.Random

    mutating func pick(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }

    mutating func text() -> String {
      var text = ""
      for _ in 0..<Int.random(in: 0..<11, using: &random) { text += pick(["a", "b", "c", "a", "b", "A", "B", "é", "É", "1", "22", " ", "\n", "_", "-", ".", "ß"]) }
      return text
    }

    mutating func atom(_ depth: Int) -> String {
      switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &random) {
      case 0...2: pick(["a", "b", "c", "é", "1", " ", "A"])
      case 3: pick([".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\.", "\\-", "\\n", "\\x61", "\\u{e9}", "\\p{L}", "\\P{Lu}"])
      case 4: pick(["[abc]", "[^a]", "[a-c1-3]", "[^\\d\\s]", "[é-ö]", "[-a]", "[a-]", "[\\w-]", "[.]", "[^\\n]", "[[:alpha:]_]"])
      case 5: pick(["^", "$", "\\A", "\\z"])
      case 6: pick(["ab", "bc", "aa"])
      case 7: "(\(choice(depth - 1)))"
      case 8: "(?:\(choice(depth - 1)))"
      case 9: "(?i:\(choice(depth - 1)))"
      case 10: "(?<n\(Int.random(in: 0..<1_000_000, using: &random))>\(choice(depth - 1)))"
      default: "(?:\(choice(depth - 1))|\(choice(depth - 1)))"
      }
    }

    mutating func choice(_ depth: Int) -> String {
      var parts: [String] = []
      for _ in 0..<(Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1) { parts.append(sequence(depth)) }
      return parts.joined(separator: "|")
    }

    mutating func sequence(_ depth: Int) -> String {
      var text = ""
      for _ in 0..<Int.random(in: 1..<4, using: &random) {
        let atom = atom(depth)
        text += atom
        if !["^", "$", "\\A", "\\z"].contains(atom), Int.random(in: 0..<3, using: &random) == 0 {
          text += pick(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{1,}", "{2,}?"])
        }
      }
      return text
    }
  }

  /// Whether a part that may match nothing is repeated: how far that goes differs between engines, whether it matches does not.
  private static func repeatsNothing(_ node: PatternNode) -> Bool {
    switch node {
    case .repetition(let inner, _, let most, _): inner.isNullable && most != 0 || repeatsNothing(inner)
    case .capture(_, let inner): repeatsNothing(inner)
    case .sequence(let nodes), .choice(let nodes): nodes.contains { repeatsNothing($0) }
    default: false
    }
  }

  @Test(arguments: 1...4)
  func findsWhatTheStandardLibraryFinds(_ seed: Int) throws {
    var generator = Generator(random: RobustnessTests.Random(state: UInt64(seed)))
    var (compared, matched) = (0, 0)
    for _ in 0..<500 {
      let source = generator.choice(3)
      guard let regex = try? Regex(source).matchingSemantics(.unicodeScalar).wordBoundaryKind(.simple) else { continue }
      guard let pattern = try? Pattern(source) else {
        Issue.record("'\(source)' is no pattern")
        continue
      }
      let comparesPlaces = try !Self.repeatsNothing(PatternParser.parse(source).node)
      for _ in 0..<6 {
        let text = generator.text()
        let wanted = try regex.firstMatch(in: text)
        #expect(try pattern.matches(text) == (wanted != nil), "\(source) in \(text.debugDescription)")
        guard comparesPlaces else { continue }
        for group in 0..<(wanted?.output.count ?? 1) {
          let expected = wanted?.output[group].substring.map { String($0) }
          let found = try pattern.first(in: text, group: group)
          #expect(found == expected, "group \(group) of \(source) in \(text.debugDescription)")
        }
        let all = text.matches(of: regex).compactMap { $0.output[0].substring.map { String($0) } }
        let found = try pattern.all(in: text, group: 0)
        #expect(found == all.map { .text($0) }, "all of \(source) in \(text.debugDescription)")
        compared += 1
        if wanted != nil { matched += 1 }
      }
    }
    #expect(compared > 1500 && matched > 400, "\(compared) compared, \(matched) matched")
  }

  /// Where trying one way after another takes longer than anybody waits.
  @Test(arguments: [("(a+)+$", "a", "b"), ("(a|a)*b", "a", "c"), ("(.*)(.*)(.*)x", "a", ""), ("(a?){30}a{30}$", "a", "b"), ("^(a*)*$", "a", "b"), ("(x+x+)+y", "x", "")])
  func takesTimeAsTheTextIsLong(_ source: String, _ part: String, _ end: String) throws {
    let pattern = try Pattern(source)
    func time(_ count: Int) throws -> Duration {
      let text = String(repeating: part, count: count) + end
      let start = ContinuousClock.now
      let isFound = try pattern.matches(text)
      #expect(!isFound)
      return start.duration(to: .now)
    }
    _ = try time(100)
    let (short, long) = (try time(10_000), try time(100_000))
    #expect(long < short * 40 + .milliseconds(200), "\(short) for 10,000, \(long) for 100,000")
    #expect(long < .seconds(20))
  }

  @Test(arguments: [
    ("(a", "this group is not closed", 0, 1), ("a)b", "this ')' closes no group", 1, 2), ("x[a-", "this '[' is not closed", 1, 2),
    ("[z-a]", "goes from a later character", 1, 4),
    ("a**", "repeats a repetition", 2, 3), ("é*+", "would not give back", 2, 4), ("*a", "nothing to repeat", 0, 1), ("a{3,1}", "3 is more than 1", 1, 6),
    ("a{2000}", "1000 times at most", 2, 6),
    ("(a)\\1", "refers to what a group matched", 3, 5), ("a(?=b)", "looks beyond", 1, 4), ("(?<!a)b", "looks beyond", 0, 4), ("\\q", "'\\q' has no meaning", 0, 2),
    ("\\p{Greek}", "no kind 'Greek'", 0, 8), ("(?z)", "begins no group", 0, 3), ("a\\", "stands before another character", 1, 2), ("[]", "has no character", 0, 2),
    ("[a[b]]", "is written '\\['", 2, 3),
    ("((a{900}){900}){900}", "too large", 0, 20), ("(?<n>a)(?<n>b)", "comes twice", 10, 11), ("^*", "nothing to repeat", 1, 2),
  ])
  func saysWhatIsWrongAndWhere(_ source: String, _ message: String, _ start: Int, _ end: Int) {
    do throws(PatternError) {
      _ = try Pattern(source)
      Issue.record("'\(source)' is a pattern")
    } catch {
      #expect(error.message.contains(message), "\(source): \(error.message)")
      #expect(error.place == start..<end, "\(source): \(error.place)")
    }
  }

  /// Any text is a pattern or told to be none, and what is one ends.
  @Test func nothingCrashesIt() throws {
    var random = RobustnessTests.Random(state: 5)
    let signs = [
      "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", "\\", "a", "b", "-", ",", "1", "2", "?:", "?<n>", "(?i)", "\\b", "é", ":", "[:alpha:]", "\\p", "\\x",
      "\\Q", "#",
    ]
    var good = 0
    for _ in 0..<5000 {
      let source = (0..<Int.random(in: 1..<12, using: &random)).map { _ in signs[Int.random(in: 0..<signs.count, using: &random)] }.joined()
      guard let pattern = try? Pattern(source) else { continue }
      good += 1
      _ = try pattern.all(in: "aab-1é[]{}", group: 0)
      _ = try pattern.between(in: "")
    }
    #expect(good > 500)
    #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 100_000)) }
    let deep = try Pattern(String(repeating: "(?:", count: 99) + "a" + String(repeating: ")*", count: 99))
    let isFound = try deep.matches(String(repeating: "a", count: 1000))
    #expect(isFound)
  }
}
