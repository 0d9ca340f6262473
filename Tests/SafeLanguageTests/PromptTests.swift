import SafeLanguage
import Testing

/// What the prompt reads otherwise than a script: null is a warning, bare fields are fields, writes need no `needs`.
struct PromptTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var entries: [String]
    var output: [String]
    var warnings: [Diagnostic.Code] = []
    /// The last entry as a script would have it.
    var canonical: String?
    var testDescription: String { entries.joined(separator: "; ") }

    init(_ entries: String..., gives output: [String], warns warnings: [Diagnostic.Code] = [], canonical: String? = nil) {
      self.entries = entries
      self.output = output
      self.warnings = warnings
      self.canonical = canonical
    }
  }

  static let cases = [
    Case("people | where mood == calm | count", gives: ["1"], canonical: "people | where .mood == calm | count"),
    Case(
      "people | where age > 30 and mood != calm | select name", gives: [#"[{ name: "Ann" }]"#], canonical: "people | where .age > 30 and .mood != calm | select .name"),
    Case("people | sort -age | take 1 | select age", gives: ["[{ age: 41 }]"], canonical: "people | sort -.age | take 1 | select .age"),
    Case("people | summarize n = count() by mood | count", gives: ["4"], canonical: "people | summarize n = count() by .mood | count"),
    Case("people.where(age > 40).count()", gives: ["2"], canonical: "people.where(.age > 40).count()"),
    Case("let age = 26", "people | where age > 30 | count", gives: ["0"]),
    Case("people | where .nick.upper() == \"A\" | count", gives: ["1"], warns: [.maybeNull]),
    Case("people | where .nick.length() > 1 | count", gives: ["1"], warns: [.maybeNull, .maybeNull]),
    Case("people.map(.nick.upper())", gives: [#"[null, "BOBBY", null, "A"]"#], warns: [.maybeNull]),
    Case("people.map(.nick.slice(0, 1))", gives: [#"[null, "b", null, "a"]"#], warns: [.maybeNull]),
    Case("people | where .nick starts \"b\" | count", gives: ["1"], warns: [.maybeNull]),
    Case("people | where .nick?.upper() == \"A\" | count", gives: ["1"]),
    Case("let n: Int? = null", "n + 1", gives: ["null"], warns: [.maybeNull]),
    Case("let n: Int? = null", "n > 1", gives: ["false"], warns: [.maybeNull]),
    Case("let n: Int? = null", "n == null", gives: ["true"]),
    Case("greet ann@acme.com", gives: ["greeted ann@acme.com"]),
    Case("people | where age == 30 | each { greet it times: 2 } | report", gives: ["greeted Bob@acme.com", "report: ok 1, greet 1"]),
    Case("let x = 1", "let x = \"one\"", "x.upper()", gives: [#""ONE""#]),
    Case("var n = 1", "n += 2", "n", gives: ["3"]),
    Case("def double(n: Int) -> Int { n * 2 }", "double(4)", gives: ["8"]),
    Case("[1, 2].zip([\"a\", \"b\"])", gives: [#"[{ left: 1, right: "a" }, { left: 2, right: "b" }]"#]),
    Case("people | where teams.any(.name == \"Red\") | count", gives: ["4"], warns: [.unknownName]),
    Case("people | where .teams.any(it == teams[\"Red\"]) | count", gives: ["3"]),
    Case("people | where .teams.any(it == teams.find(.name == \"Red\")) | count", gives: ["3"]),
    Case("\"a\".repeat(3)", "uuid() == uuid()", gives: [#""aaa""#, "false"]),
    Case("1 + 1", "_ * 21", "_", gives: ["2", "42", "42"]),
    Case("people | where .age > 30 | select .age", "_ | count", "_ + 1", gives: ["[{ age: 41 }, { age: 41 }]", "2", "3"]),
    Case("1; 2; 3", "_", gives: ["1", "2", "3", "3"]),
    Case("5", "let x = 7", "_", gives: ["5", "5"]),
    Case("let x = 1", "let x = x + 1", "def f() -> Int { x }", "f()", "let x = 10", "f() + x", gives: ["2", "12"]),
  ]

  /// What an entry failed with, after entries that ended well or badly.
  private func failure(of entries: String...) async -> String? {
    let (world, session) = (TestWorld(), PromptSession(schema: TestWorld.schema))
    var failure: String?
    for text in entries {
      failure = if case .success((let result, _)) = await session.run(SourceFile(name: "prompt", text: text), in: world) { result.error?.message } else { "not run" }
    }
    return failure
  }

  @Test func anAssertionThatFailedTellsNothing() async throws {
    let (world, session) = (TestWorld(), PromptSession(schema: TestWorld.schema))
    for text in ["let x: Int? = null", "assert x != null"] { _ = await session.run(SourceFile(name: "prompt", text: text), in: world) }
    guard case .success(let entry) = session.check(SourceFile(name: "prompt", text: "x + 1")) else {
      Issue.record("an entry that may be null is a warning")
      return
    }
    #expect(entry.warnings.map(\.code) == [.maybeNull])
  }

  @Test func anEntryCanBeRunMoreThanOnceOverTheSameValues() async throws {
    let (world, session) = (TestWorld(), PromptSession(schema: TestWorld.schema))
    _ = await session.run(SourceFile(name: "prompt", text: "var n = 1"), in: world)
    guard case .success(let entry) = session.check(SourceFile(name: "prompt", text: "n += 1; n")) else {
      Issue.record("the entry is right")
      return
    }
    _ = await entry.script.run(in: world)
    let result = await entry.script.run(in: world)
    #expect(world.output == ["2", "2"])
    session.take(entry, result)
    _ = await session.run(SourceFile(name: "prompt", text: "n"), in: world)
    #expect(world.output == ["2", "2", "2"])
  }

  @Test func whatWasRefusedLeavesNoName() async {
    let session = PromptSession(schema: TestWorld.schema)
    _ = session.check(SourceFile(name: "prompt", text: "let later = 1"))
    #expect(session.variables["later"] == nil)
    _ = await session.run(SourceFile(name: "prompt", text: "1; 1 // 0; let never = 2"), in: TestWorld())
    #expect(session.variables["never"] == nil && session.variables["_"] == .int)
  }

  @Test func theLeastNumberHasNoOpposite() async {
    let failure = await failure(of: "let m: Int? = -9223372036854775807 - 1", "m // -1")
    #expect(failure == "the result does not fit 64 bits")
  }

  @Test(arguments: cases)
  func anEntryIsRead(_ item: Case) async {
    let world = TestWorld()
    let session = PromptSession(schema: TestWorld.schema)
    var (warnings, canonical): ([Diagnostic.Code], String) = ([], "")
    for text in item.entries {
      let source = SourceFile(name: "prompt", text: text)
      switch await session.run(source, in: world, willRun: { canonical = $0.canonicalText }) {
      case .success((let result, let found)):
        #expect(result.error == nil, "\(result.error?.message ?? "")")
        warnings = found.map(\.code)
      case .failure(let errors):
        Issue.record("\(DiagnosticRenderer().render(errors.diagnostics, in: source))")
      }
    }
    #expect(world.output == item.output)
    #expect(warnings == item.warnings)
    if let expected = item.canonical { #expect(canonical == expected) }
  }
}
