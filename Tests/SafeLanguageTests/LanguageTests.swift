import SafeLanguage
import Synchronization
import Testing

/// Behaviour that is not one line's output: parallel rows, relations in bulk, the tables of the library.
struct LanguageTests {
  private func run(_ text: String, in world: TestWorld = TestWorld()) async throws -> RunResult {
    try await Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema).run(in: world)
  }

  @Test func parRunsSoManyAtOnce() async throws {
    let world = TestWorld()
    let text = "needs people.greet <= 99\nrange(40) | each par 8 { greet ann@acme.com } | report"
    let result = try await run(text, in: world)
    #expect(result.error == nil)
    let most = world.state.withLock { $0.mostRunning }
    #expect(most > 4 && most <= 8, "at most \(most) ran at once")
  }

  @Test func whatNamesNothingOfTheSchemaMakesNoneOfItsTables() async throws {
    let made = Mutex<[String]>([])
    @Sendable func noted<T: Sendable>(_ table: String, _ value: T) -> T {
      made.withLock { $0.append(table) }
      return value
    }
    let (enumerations, resources, verbs) = (TestWorld.schema.enumerations, TestWorld.schema.resources, TestWorld.schema.verbs)
    func tables(_ text: String) async throws -> [String] {
      made.withLock { $0 = [] }
      let schema = Schema(enumerations: noted("enumerations", enumerations), resources: noted("resources", resources), verbs: noted("verbs", verbs))
      let result = try await Script(SourceFile(name: "t.safe", text: text), schema: schema).run(in: TestWorld())
      #expect(result.error == nil)
      return made.withLock { $0 }
    }
    #expect(try await tables("1 + 1") == [])
    #expect(try await tables("\"a {1.5}\".upper() == \"A 1.5\"") == [])
    #expect(try await tables("people | count\npeople | count") == ["resources"])
  }

  @Test func equalKeysRunOneAfterAnother() async throws {
    let world = TestWorld()
    _ = try await run("needs people.greet <= 99\nrange(20) | each i par 8 key (i % 2) { greet ann@acme.com } | report", in: world)
    #expect(world.state.withLock { $0.mostRunning } == 2)
  }

  @Test func relationsAreFetchedOnceForAllRows() async throws {
    let world = TestWorld()
    _ = try await run("people | where .teams.count() > 1 and .teams.any(.name == \"Red\") | count", in: world)
    #expect(world.state.withLock { $0.relationReads } == 2)
  }

  @Test func resultsKeepTheOrderOfTheRows() async throws {
    let world = TestWorld()
    _ = try await run("needs people.greet <= 99\n(range(30) | each i par 8 { greet ann@acme.com times: i; i }).value == range(30)", in: world)
    #expect(world.output.last == "true")
  }

  @Test func aFailedRowIsCounted() async throws {
    let result = try await run("[1, 0] | each i { 1 // i } on error collect | count")
    #expect(result.error == nil)
    #expect(result.failedRows == 1)
  }

  @Test func theCapHoldsAcrossParallelRows() async throws {
    let world = TestWorld()
    let result = try await run("needs people.greet <= 5\nrange(40) | each par 8 { greet ann@acme.com } on error collect | report", in: world)
    #expect(result.error?.reach == .stopped)
    #expect(world.output.filter { $0.hasPrefix("greeted") }.count == 5)
  }

  @Test func parametersReplaceDefaults() async throws {
    let world = TestWorld()
    let script = try Script(SourceFile(name: "t.safe", text: "#!/x\n## Adds.\n## Once.\nparam n: Int = 1   ## how many\nn + 1"), schema: TestWorld.schema)
    #expect(script.program.documentation == "Adds.\nOnce.")
    #expect(script.program.parameters.map(\.documentation) == ["how many"])
    _ = await script.run(in: world, parameters: ["n": .int(41)])
    #expect(world.output == ["42"])
  }

  @Test func secretsDoNotPrint() async throws {
    let world = TestWorld()
    #expect(throws: ScriptErrors.self) { _ = try Script(SourceFile(name: "t", text: "print secret(\"CITY\")"), schema: TestWorld.schema) }
    _ = try await run("secret(\"CITY\")", in: world)
    #expect(world.output == ["(secret)"])
  }

  @Test func aPromptKeepsItsVariables() async {
    let world = TestWorld()
    let session = PromptSession(schema: TestWorld.schema)
    for text in ["let x = 20", "let y = x + 1", "y * 2", "let x = \"again\"", "x"] {
      guard case .success((let result, _)) = await session.run(SourceFile(name: "prompt", text: text), in: world) else {
        Issue.record("'\(text)' is refused")
        return
      }
      #expect(result.error == nil)
    }
    #expect(world.output == ["42", "\"again\""])
  }

  @Test func documentationStandsAboveOrBehindWhatItIsAbout() throws {
    let text = """
      ## Of the script,
      ## in two lines.
      param a: Int ## of a
      ## of b,
      ## and more
      param b: Int
      param c: Int
      """
    let program = try Script(SourceFile(name: "doc.safe", text: text), schema: TestWorld.schema).program
    #expect(program.documentation == "Of the script,\nin two lines.")
    #expect(program.parameters.map(\.documentation) == ["of a", "of b,\nand more", ""])
  }

  @Test func thePromptReadsBareFieldNamesAsFields() async {
    let session = PromptSession(schema: TestWorld.schema)
    let world = TestWorld()
    var canonical = ""
    let source = SourceFile(name: "prompt", text: "people | where mood == calm and age > 1 | select name, n = nick ?? \"-\"")
    guard case .success((let result, _)) = await session.run(source, in: world, willRun: { canonical = $0.canonicalText }) else {
      Issue.record("the entry is refused")
      return
    }
    #expect(result.error == nil)
    #expect(canonical == "people | where .mood == calm and .age > 1 | select .name, n = .nick ?? \"-\"")
    #expect(world.output == [#"[{ name: "Ann", n: "-" }]"#])
  }

  @Test func aPromptKeepsItsFunctions() async {
    let session = PromptSession(schema: TestWorld.schema)
    let world = TestWorld()
    for text in ["let base = 10", "def f(n: Int) -> Int { base + n }", "f(1)", "def f(n: Int) -> Int { 1 // n }", "f(2)", "f(0)"] {
      _ = await session.run(SourceFile(name: "prompt", text: text), in: world)
    }
    #expect(world.output == ["11", "0"])
  }

  @Test func aFailedEntryLeavesTheVariablesAsTheyWere() async {
    let session = PromptSession(schema: TestWorld.schema)
    let world = TestWorld()
    for text in ["let x = 1", "let x = 1 // 0", "x"] { _ = await session.run(SourceFile(name: "prompt", text: text), in: world) }
    #expect(world.output == ["1"])
  }

  @Test func nullIsAWarningAtThePrompt() async {
    let world = TestWorld()
    let session = PromptSession(schema: TestWorld.schema)
    guard case .success((_, let warnings)) = await session.run(SourceFile(name: "prompt", text: "people | where .nick.upper() == \"A\" | count"), in: world) else {
      Issue.record("refused")
      return
    }
    #expect(warnings.map(\.code) == [.maybeNull])
    #expect(world.output == ["1"])
  }

  @Test(arguments: [
    ("people | wh", "where"), ("people | where .em", "email"), ("people | where .mood == b", "busy"), ("peo", "people"), ("gre", "greet"),
    ("greet ann@acme.com ti", "times:"), ("hire a@b.c mood: c", "calm"), ("people.find(.na", "name"), ("x.fi", "find("), ("people | each p { gre", "greet"),
    ("people[ann@acme.com].ni", "nick"), ("people | select .name | where .n", "name"), ("people | where .teams.any(.na", "name"),
    ("visits ", "since:"), ("visits(si", "since:"), ("visits since: 3d b", "by:"), ("visits | where .person?.na", "name"), ("rooms[bu", "busy"), ("close bu", "busy"),
    ("close calm da", "data:"), ("load ", "people:"), ("office.ci", "city"),
  ])
  func completes(_ text: String, _ expected: String) {
    let completer = Completer(schema: TestWorld.schema, variables: ["x": .list(.int)])
    let found = completer.candidates(text, at: text.utf8.count).candidates.map(\.text)
    #expect(found.contains(expected), "\(found)")
  }

  /// Where a value of an enumeration is wanted, nothing stands in the way of its cases but what gives one.
  @Test(arguments: [
    ("people | where .mood == ", true), ("greet ann@acme.com times: ", false), ("hire a@b.c mood: ", true), ("rooms[", true), ("people | where .name == ", false),
  ])
  func completesValuesByType(_ text: String, _ isEnumeration: Bool) {
    let variables: [String: Type] = ["x": .list(.int), "usual": .optional(.enumeration(TestWorld.mood))]
    let found = Completer(schema: TestWorld.schema, variables: variables).candidates(text, at: text.utf8.count).candidates.map(\.text)
    if isEnumeration { #expect(found == ["calm", "busy", "away", "usual"]) } else { #expect(found.contains("people") && found.contains("x"), "\(found)") }
  }

  @Test(arguments: ["\"people | wh", "# peo", "people | select .email | where .mo"])
  func completesNothingWhereNothingFits(_ text: String) {
    #expect(Completer(schema: TestWorld.schema, variables: [:]).candidates(text, at: text.utf8.count).candidates.isEmpty)
  }

  /// The underline stands under its place on a terminal of any width, behind wide characters too, and nothing goes on in the next row.
  @Test(arguments: 30...140) func theUnderlineStandsUnderItsPlace(_ columns: Int) throws {
    let text = "[\"日本語\"] | where it == \"日本語日本語\" and it starts \"x\" and it == four and it starts \"yyyyyyyyyy\" | count"
    let source = SourceFile(name: "prompt", text: text)
    var renderer = DiagnosticRenderer()
    renderer.columns = columns
    let cells: @Sendable (Unicode.Scalar) -> Int = { $0.value > 0x3000 ? 2 : $0.value == 0x301 ? 0 : 1 }
    renderer.cells = cells
    let place = try #require(text.firstRange(of: "four"))
    let span = Span(text.utf8.distance(from: text.startIndex, to: place.lowerBound), text.utf8.distance(from: text.startIndex, to: place.upperBound))
    let lines = renderer.render(Diagnostic(.unknownName, "there is no 'four'", span), in: source).split(separator: "\n").map { Array($0.unicodeScalars) }
    func width(_ scalars: some Sequence<Unicode.Scalar>) -> Int { scalars.reduce(0) { $0 + cells($1) } }
    #expect(width(lines[2]) < columns)
    let start = try #require(lines[3].firstIndex(of: "^"))
    var column = 0
    let shown = lines[2].drop { scalar in
      column += cells(scalar)
      return column <= width(lines[3][..<start])
    }
    #expect(shown.starts(with: "four".unicodeScalars) && lines[3][start...].prefix(5).count { $0 == "^" } == 4, "\(lines)")
  }

  /// A sum that does not fit is told with the place of the aggregate.
  @Test(arguments: ["sum(.n)", "sum(.d)", "avg(.d)"])
  func aSumThatDoesNotFitHasAPlace(_ aggregate: String) async throws {
    let row = "{ n: 9_223_372_036_854_775_807, d: 9_000_000_000_000_000ms }"
    let text = "[\(row), \(row)] | summarize s = \(aggregate)"
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema)
    let error = await script.run(in: TestWorld()).error
    #expect(error?.message == "the sum does not fit 64 bits" && error?.hint != nil)
    #expect(error?.span?.start == text.utf8.count - aggregate.utf8.count && error?.span?.end == text.utf8.count)
  }
}
