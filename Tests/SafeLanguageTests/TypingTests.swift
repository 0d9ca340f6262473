import Synchronization
import Testing

@testable import SafeLanguage

/// What the prompt tells while a line is typed.
struct TypingTests {
  private func session(_ entries: String...) async -> PromptSession {
    let session = PromptSession(schema: TestWorld.schema)
    for text in entries { _ = await session.run(SourceFile(name: "prompt", text: text), in: TestWorld()) }
    return session
  }

  private func entry(_ text: String, in session: PromptSession) throws -> PromptSession.Entry {
    guard case .success(let entry) = session.check(SourceFile(name: "prompt", text: text)) else { throw WrongLine(text: text) }
    return entry
  }

  private struct WrongLine: Error { let text: String }

  private var people: Table { TestWorld().state.withLock { $0.people } }

  // MARK: what it will do

  /// The rows of the list, and how many they are of.
  @Test(arguments: [
    ("people | where .age > 30", 2, 4), ("people | where age > 30", 2, 4), ("people", 4, 4), ("people | take 3", 3, 4), ("people | distinct .name", 3, 4),
    ("people | where .mood == calm | sort -.age | select .email", 1, 4), ("people | sort .age | take 3 | where .age > 28", 2, 4),
    ("people | skip 1 | each { greet it }", 3, 4), ("people | where .age > 30 | count", 2, 4), ("let old = people | where .age > 40", 2, 4),
    ("for p in people | where .age < 30 { greet p }", 1, 4), ("many | where .age > 26", 3, 4), ("people | select .email, n = .age * 2 | where .n > 60", 2, 4),
  ])
  func countsRowsThatAreAtHand(_ line: String, _ count: Int, _ total: Int) async throws {
    let session = await session("let many = people")
    let rows = try #require(try entry(line, in: session).forecast { $0 == "people" ? people : nil }.rows)
    #expect(rows.counted { false }.count == count && rows.total == total, "\(line)")
  }

  @Test(arguments: [
    "1 + 1", "teams | where .name == \"Red\"", "people | where .teams.any(.name == \"Red\")", "people.count()",
    "people | where .email == env(\"CITY\")",
  ])
  func countsNothingThatWouldHaveToBeAskedFor(_ line: String) async throws {
    let entry = try entry(line, in: await session())
    let table = people
    #expect(entry.forecast { $0 == "people" ? table : nil }.rows == nil, "\(line)")
  }

  @Test func aCountThatTakesTooLongIsNone() async throws {
    var builder = TableBuilder(people.type)
    for _ in 0..<500 { for row in 0..<people.count { builder.add((0..<people.type.fields.count).map { people.value(row, $0) }) } }
    let many = builder.table()
    let rows = try #require(try entry("people | where .age > 30", in: await session()).forecast { _ in many }.rows)
    guard case .late(let part) = rows.counted(until: { true }) else { return #expect(Bool(false), "it was not late") }
    #expect(rows.counted { false }.count == 1_000)
    #expect(rows.counted(after: part) { false }.count == 1_000, "the rest of them")
    // Row by row to the end, a few at a time.
    var (outcome, turns) = (RowCount.Outcome.late(RowCount.Part()), 0)
    while case .late(let part) = outcome {
      let looks = Atomic(0)
      outcome = rows.counted(after: part) { looks.add(1, ordering: .relaxed).newValue > 3 }
      turns += 1
    }
    #expect(outcome.count == 1_000 && turns > 5)
  }

  /// A count that was late goes on with what it has, whatever stands before its last condition.
  @Test(arguments: [
    "people | where .age > 30", "people | where .email == \"ANN@acme.com\"", "people | where .email starts \"B\"", "people | where .age > 20 | where .email has \"b@\"",
    "people | sort -.age | take 900 | where .age > 30", "people | where .age > 30 | take 700", "people | where 1_000 / (.age - .age + 7) > 100 and .mood == calm",
  ])
  func aLateCountComesToTheSame(_ line: String) async throws {
    var builder = TableBuilder(people.type)
    for _ in 0..<500 { for row in 0..<people.count { builder.add((0..<people.type.fields.count).map { people.value(row, $0) }) } }
    let many = builder.table()
    let rows = try #require(try entry(line, in: await session()).forecast { _ in many }.rows)
    let expected = try #require(rows.counted { false }.count)
    var (outcome, allowed) = (RowCount.Outcome.late(RowCount.Part()), 3)
    while case .late(let part) = outcome {
      let looks = Atomic(0)
      let most = allowed
      outcome = rows.counted(after: part) { looks.add(1, ordering: .relaxed).newValue > most }
      allowed += 10
    }
    #expect(outcome.count == expected && expected > 0 && expected < many.count, "\(line)")
  }

  @Test func aRowThatFailsLeavesNoCount() async throws {
    let rows = try #require(try entry("people | where 1 / (.age - .age) > 0", in: await session()).forecast { $0 == "people" ? people : nil }.rows)
    guard case .failed = rows.counted(until: { false }) else { return #expect(Bool(false), "it did not fail") }
  }

  /// What is typed behind the stages that say how many rows there are changes nothing; what is typed in them, or what they hang on, does.
  @Test(arguments: [
    ("people | where .age > 3", "people | where .age > 3 ", true), ("people | where .age > 3", "people | where .age > 3 | each { greet it }", true),
    ("people | where .age > 3 | select .name", "people | where .age > 3 | select .email", true), ("people | where .age > 3", "people | where .age > 30", false),
    ("people | where .age > 3", "people | where .age > 3 and .age < 40", false), ("people | where .age > 3", "people | where .age > 3 | take 1", false),
    ("people | take 3", "people | take 2", false), ("people | where .age > 3", "people | where  .age > 3", false),
    ("let n = 1; people | where .age > n", "let n = 2; people | where .age > n", false), ("people | where .name == \"a\"", "people | where .name == \"b\"", false),
    ("for p in people | where .age > 3 { greet p }", "for p in people | where .age > 3 { greet p times: 2 }", true),
    ("people | where .age > x", "people | where .age > x | count", true),
  ])
  func knowsACountByTheWordsItHangsOn(_ line: String, _ other: String, _ same: Bool) async throws {
    let (session, table) = (await session("let x = 30"), people)
    func rows(_ line: String) throws -> RowCount {
      try #require(try entry(line, in: session).forecast { $0 == "people" ? table : nil }.rows)
    }
    #expect(try rows(line).isSame(as: rows(other)) == same && rows(other).isSame(as: rows(line)) == same, "\(line) and \(other)")
  }

  @Test func aCountIsAnotherWhereItsRowsOrVariablesAre() async throws {
    let (session, table) = (await session("let x = 26"), people)
    func rows(_ table: Table) throws -> RowCount { try #require(try entry("people | where .age > x", in: session).forecast { $0 == "people" ? table : nil }.rows) }
    let first = try rows(table)
    #expect(first.isSame(as: try rows(table)))
    #expect(!first.isSame(as: try rows(people)), "fetched anew")
    _ = await session.run(SourceFile(name: "prompt", text: "let x = 30"), in: TestWorld())
    let second = try rows(table)
    #expect(!first.isSame(as: second) && first.counted { false }.count == 3 && second.counted { false }.count == 2)
  }

  @Test(
    arguments: [
      ("greet ann@acme.com", 1), ("people | where .age > 30 | each { greet it }", 2), ("people | each { greet it times: 2 }", 4),
      ("for p in people | take 3 { greet p }", 3), ("greet ann@acme.com; greet ann@acme.com", 2), ("people | each p { for t in p.teams { greet p } }", nil),
      ("visits | each { greet ann@acme.com }", nil),
    ] as [(String, Int?)])
  func tellsHowMuchIsWritten(_ line: String, _ count: Int?) async throws {
    let entry = try entry(line, in: await session())
    let table = people
    var forecast = entry.forecast { $0 == "people" ? table : nil }
    forecast.count(forecast.rows?.counted { false }.count, of: entry.script) { $0 == "people" ? table.count : nil }
    #expect(forecast.effect == .write && forecast.writes.map(\.capability) == ["people.greet"])
    #expect(forecast.writes.first?.count == count, "\(line)")
  }

  @Test(arguments: [
    ("greet ann@acme.com", true), ("let x = people | count\ngreet ann@acme.com", true), ("if 1 < 2 { greet ann@acme.com }", true),
    ("people | each { greet it }", false), ("greet ann@acme.com; greet Bob@acme.com", false), ("load people: [{ email: ann@acme.com, mood: calm }]", false),
    ("people | count", false),
  ])
  func oneChangeIsOneCallOutsideOfLoops(_ line: String, _ expected: Bool) async throws {
    let program = try entry(line, in: await session()).script.program
    #expect(program.estimate.isOneChange(in: TestWorld.schema) == expected, "\(line)")
  }

  // MARK: names

  @Test(arguments: [
    ("people | where .agee > 3", [".agee"]), ("poeple | count", ["poeple"]), ("people | where .mood == clam | count", ["clam"]), ("people | wher .age > 3", ["wher"]),
    ("peop", []), ("people | where .ag", []), ("people | take 3", []), ("people | take", []), ("greet ann@acme.com time: 3", ["time"]), ("\"a\".uppr()", ["uppr"]),
    ("hire ", []), ("hire  ", []), ("poeple ", ["poeple"]), ("peop ", ["peop"]),
  ])
  func namesThatMeanNothingAreFound(_ line: String, _ expected: [String]) async {
    let analysis = LineAnalysis(line, in: await session(), schema: TestWorld.schema)
    let source = SourceFile(name: "", text: line)
    #expect(analysis.unknown.map { source.text($0) } == expected, "\(line)")
  }

  @Test(
    arguments: [
      ("greet ", "PERSON times:"), ("greet ann@acme.com ", "times:"), ("greet ann@acme.com times: 2 ", nil), ("hire ", "EMAIL mood:"),
      ("people | summarize ", "n = count(), s = sum(.a) by .b"),
      ("people | take ", "N"), ("range(", "start: Int, end: Int?)"), ("\"a\".padLeft(", "width: Int, with: Text?)"), ("let ", "x = …"), ("people", nil),
      ("\"greet ", nil),
      ("visits ", "since: by:"), ("people | where .age ", nil),
    ] as [(String, String?)])
  func hintsAtTheRestOfASignature(_ line: String, _ expected: String?) async {
    let hint = await session().completer.signatureHint(line)
    #expect(hint == expected, "\(line)")
  }

  // MARK: live names

  /// `▮` is the place.
  @Test(arguments: [
    ("greet a▮", "ann@acme.com", "greet ann@acme.com"), ("greet ann@o▮", "ann@other.org", "greet ann@other.org"), ("people[▮", "Bob@acme.com", "people[Bob@acme.com"),
    ("people | where .email == b▮", "Bob@acme.com", "people | where .email == Bob@acme.com"), ("teams[▮", "\"Red\"", "teams[\"Red\""),
    ("teams[\"R▮", "Red\"]", "teams[\"Red\"]"), ("teams[\"R▮\"]", "Red", "teams[\"Red\"]"), ("teams['b▮", "Blue']", "teams['Blue']"),
    ("people.find(.name == \"A▮", "Ann\"", "people.find(.name == \"Ann\""), ("csv \"h▮", "hires.csv\"", "csv \"hires.csv\""),
    ("csv ▮", "\"hires.csv\"", "csv \"hires.csv\""),
    ("csv \"lib/▮", "lib/more.csv\"", "csv \"lib/more.csv\""), ("people | save \"h▮", "hires.csv\"", "people | save \"hires.csv\""),
    ("let x = jsonl(\"h▮", "hires.csv\"", "let x = jsonl(\"hires.csv\""),
    ("visits by: e▮", "eve@other.org", "visits by: eve@other.org"),
  ])
  func completesWhatIsThere(_ marked: String, _ expected: String, _ result: String) async {
    let parts = marked.split(separator: "▮", omittingEmptySubsequences: false)
    let (text, offset) = (parts.joined(), parts[0].utf8.count)
    var completer = await session().completer
    completer.live = Self.live
    let found = completer.candidates(text, at: offset)
    #expect(found.candidates.map(\.text).contains(expected), "\(marked): \(found.candidates.prefix(5))")
    let bytes = Array(text.utf8)
    let put = String(decoding: bytes[..<found.range.lowerBound] + Array(expected.utf8) + bytes[found.range.upperBound...], as: UTF8.self)
    #expect(put == result)
  }

  @Test func theServerOfEditorsCompletesByTheSameFunction() {
    var analysis = Analysis(SourceFile(name: "a.safe", text: "let h = csv \"h"), schema: TestWorld.schema, loader: CaseTests.loader)
    analysis.live = Self.live
    #expect(analysis.completions(at: 14).candidates.map(\.text) == ["hires.csv\""])
  }

  private static let live = LiveNames(
    values: { list, field, beginning in
      let table = list == "people" ? TestWorld().state.withLock { $0.people } : list == "teams" ? TestWorld().teams : nil
      guard let table, let column = table.type.index(of: field) else { return [] }
      return (0..<table.count).compactMap { row in
        guard case .text(let text) = table.value(row, column), text.lowercased().hasPrefix(beginning.lowercased()) else { return nil }
        return Completer.Candidate(text: text, help: "")
      }
    },
    files: { beginning in
      ["hires.csv", "lib/", "lib/more.csv"].filter { $0.hasPrefix(beginning) }.map { Completer.Candidate(text: $0, help: "a file") }
    })

  // MARK: history

  @Test(arguments: [
    ("members | take 5", true), ("secret(\"HOME\")", false), ("let x = secret (\"HOME\")", false), ("print \"{secret(\"HOME\")}\"", false),
    ("let password = \"hunter2\"", false),
    ("let apiToken: Text = \"x\"", false), ("let SECRET_key = 'x'", false), ("f(token: \"x\")", false), ("{ \"api token\": \"x\" }", false),
    ("password += \"more\"", false),
    ("let password = env(\"PASSWORD\")", false), ("members | where .token == \"x\"", true), ("let n = 1 # no secret here", true), ("print \"the secret is out\"", true),
    ("let secrets = 3", true), ("print \"value-of-it\"", false), ("# value-of-it", false), ("let tokens = 1; print \"a\"", true),
  ])
  func linesWithSecretsAreNotKept(_ line: String, _ isKept: Bool) {
    var rule = HistoryRule()
    rule.add(secret: "value-of-it")
    rule.add(secret: "5")
    #expect(rule.keeps(line) == isKept, "\(line)")
  }

  // MARK: help

  @Test(arguments: [
    ("greet", "verb"), ("where", "stage"), ("range", "function"), ("padLeft", "method"), ("people", "resource"), ("Person", "resource"), ("E102", "error"),
    ("e102", "error"),
    ("Mood", "enum"), ("Int", "type"), ("let", "statement"), ("csv", "input"), ("writes", "page"), ("dcount", "aggregate"), (".upper()", "method"), ("??", "operator"),
    ("has", "operator"),
  ])
  func everyWordHasATopic(_ name: String, _ kind: String) {
    #expect(HelpIndex(TestWorld.schema).topics(named: name).contains { $0.kind == kind }, "\(name)")
  }

  @Test func aWordThatIsNoneHasANeighbour() {
    let index = HelpIndex(TestWorld.schema)
    #expect(index.topics(named: "summarise").isEmpty && index.nearest(to: "summarise") == "summarize")
    #expect(index.topics(named: "").isEmpty)
  }
}
