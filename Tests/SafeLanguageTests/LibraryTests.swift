import Foundation
import SafeLanguage
import Testing

/// The tables of the library: that their examples are true, that limits hold, and that long lists take no longer than they must.
struct LibraryTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var code: String
    var result: String
    var testDescription: String { "\(name): \(code)" }

    init(_ name: String, _ example: (code: String, result: String)) {
      self.name = name
      code = example.code
      result = example.result
    }
  }

  static let examples: [Example] =
    Library.methods.map { Example($0.name, $0.example) } + Library.functions.map { Example($0.name, $0.example) }
    + Library.stages.map { Example($0.name, $0.example) } + Library.statements.compactMap { entry in entry.example.map { Example(entry.name, $0) } }
    + Library.operators.flatMap { entry in entry.examples.map { Example(entry.signs, $0) } }
    + Library.types.flatMap { entry in entry.examples.map { Example(entry.name, $0) } }

  private func run(_ text: String, in world: TestWorld = TestWorld()) async throws -> (RunResult, [String]) {
    let result = try await Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema).run(in: world)
    return (result, world.output)
  }

  @Test(arguments: examples)
  func anExampleIsTrue(_ example: Example) async throws {
    let (result, output) = try await run(example.code)
    #expect(result.error == nil)
    #expect(output.joined(separator: "\n") == example.result)
  }

  /// With `SAFESH_WRITE_REFERENCE=1` in the environment (`scripts/reference`) the page is written instead of compared.
  @Test func theLanguagePageHasTheTablesOfTheCode() throws {
    let path = CaseTests.folder.resolvingSymlinksInPath().appendingPathComponent("../../../docs/language.md").standardizedFileURL
    let page = try String(contentsOf: path, encoding: .utf8)
    let (filled, missing) = Reference.filled(page)
    #expect(missing.isEmpty, "docs/language.md has no marks for these parts")
    if ProcessInfo.processInfo.environment["SAFESH_WRITE_REFERENCE"] == "1" {
      try filled.write(to: path, atomically: true, encoding: .utf8)
      return
    }
    let different = zip(page.components(separatedBy: "\n"), filled.components(separatedBy: "\n")).first { $0 != $1 }
    #expect(page == filled, "run scripts/reference: it has \(different?.0 ?? "") where the tables say \(different?.1 ?? "")")
  }

  @Test func everyNameStandsForOneThing() {
    for method in Library.methods {
      let others = Library.methods.filter { $0.name == method.name && $0.receiver == method.receiver }
      #expect(others.count == 1, "\(method.name)")
      #expect(method.givenType != "?", "the reference cannot tell what \(method.name) gives")
    }
    #expect(Set(Library.functions.map(\.name)).count == Library.functions.count)
    #expect(Set(Library.stages.map(\.name)).count == Library.stages.count)
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func hashesAsTheStandardDoes(_ text: String, _ digest: String) async throws {
    let (_, output) = try await run("hash(\"\(text)\")")
    #expect(output == ["\"\(digest)\""])
  }

  @Test func hashesLongTexts() async throws {
    let (_, output) = try await run("hash(\"a\".repeat(1_000_000))")
    #expect(output == ["\"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0\""])
  }

  @Test func hashesOfEveryLengthDiffer() async throws {
    let (_, output) = try await run("range(200).map(hash(\"x\".repeat(it))).distinct().count()")
    #expect(output == ["200"])
  }

  /// What is quadratic takes minutes for 200,000 elements; linear is far below the bound.
  @Test(
    arguments: [
      "list.distinct().count()", "list.sort().first()", "list.sort(-it).last()", "list.reverse().count()", "list.where(it % 2 == 0).count()",
      "list.zip(list).count()", "list.chunk(10).count()", "list.chunk(10).flatten().count()", "list.join(\",\").length()", "list.map(it.text()).distinct().count()",
      "list.indexOf(199_999)", "list.skip(199_999).first()", "(list + list).count()", "list.map({ n: it }).where(.n > 5).without(\"n\").count()",
      "list.map(\"a{it}\".capture('(\\d+)') ?? \"\").count()",
    ])
  func longListsAreGoneThroughOnce(_ code: String) async throws {
    let start = ContinuousClock.now
    let (result, output) = try await run("let list = range(200_000).map((it * 7919) % 200_000)\n\(code)")
    #expect(result.error == nil && output.count == 1)
    #expect(ContinuousClock.now - start < .seconds(40), "\(ContinuousClock.now - start)")
  }

  @Test(arguments: [
    "\"x\".repeat(-1)", "[1, 2].chunk(0)", "[\"x\"] | chunk 0", "\"a\".capture('(a)', 2)", "range(20_000_000).map(it)", "[1, 2] | take (0 - 1)",
    "9999-12-31 + 1d", "\"x\".repeat(40_000_000) + \"x\".repeat(40_000_000)", "range(20_000_000) | sort it", "range(20_000_000)",
  ])
  func anErrorOfTheRunHasItsPlace(_ code: String) async throws {
    let source = SourceFile(name: "t.safe", text: "let before = 1\n\(code)")
    let result = await (try Script(source, schema: TestWorld.schema)).run(in: TestWorld())
    let span = try #require(result.error?.span)
    #expect(source.position(span.start).line == 2)
  }

  // MARK: odd input

  private static let texts = [
    #""""#, #""x""#, #""\u{0}\u{1f}""#, #""e\u{301}👩‍💻""#, #""\r\n""#, #""\u{feff} ""#, #"" ,;,, ""#, #""9223372036854775808""#, #""2026-02-30""#, #""((""#, #""'""#,
    #""ab".repeat(5_000)"#,
  ]
  private static let numbers = ["0", "1", "-1", "7", "9_223_372_036_854_775_807", "(-9_223_372_036_854_775_807 - 1)"]
  private static let lists = [
    "[]", "[1]", "[null]", "[1, null, 2.5]", "[\"a\", \"\"]", "[[]]", "[[1], []]", "[{ a: 1 }]", "[{ a: null }]", "range(3)", "range(-3)", "range(10_000_000_000)",
    "people",
  ]

  private static func receivers(_ receiver: Method.Receiver) -> [String] {
    switch receiver {
    case .text: texts + ["ann@acme.com".debugDescription]
    case .list, .table: lists
    case .record: ["{ }", "{ a: 1 }", "{ a: null, b: \"x\" }", "people[0]"]
    case .int: numbers
    case .float: numbers + ["0.5", "(0.0 - 0.5)", "9_999_999_999_999_999_999.0 * 10"]
    case .date: ["2026-01-31", "0000-01-01", "9999-12-31"]
    case .time: ["2026-01-31T10:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
    case .moment: ["2026-01-31", "0000-01-01", "9999-12-31", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"]
    case .duration: ["0s", "-1ms", "106751991d", "(0s - 106751991d)"]
    case .any: texts + numbers + lists + ["null", "{ a: [range(10_000_000_000)] }"]
    }
  }

  private static func arguments(_ parameter: Method.Parameter) -> [String] {
    switch parameter.kind {
    case .value(let type): type == .text ? texts : numbers
    case .checked: texts + [#""yyyy-MM""#, #"'(a)|b'"#, #"'x*'"#]
    case .element: ["1", "null", "\"a\"", "{ a: 1 }"]
    case .list: lists
    case .record: ["{ }", "{ a: 1 }", "{ a: \"x\", c: null }"]
    case .fields: ["\"a\"", "\"\"", "1"]
    case .predicate: ["true", "it == 1", "false"]
    case .projection: ["it", "1", "[it]", "{ b: it }"]
    case .stage: ["it == 1", "it", "-it", "2", "-1", "9_223_372_036_854_775_807"]
    }
  }

  /// Every method on whatever it can be given: a value, an error of the check or of the run, never a crash.
  @Test(arguments: Library.methods.map(\.name))
  func nothingCrashesAMethod(_ name: String) async {
    var ran = 0
    for method in Library.methods where method.name == name {
      var calls = [""]
      for parameter in method.parameters {
        calls = calls.flatMap { call in Self.arguments(parameter).map { call.isEmpty ? $0 : "\(call), \($0)" } }
      }
      for receiver in Self.receivers(method.receiver) {
        for call in method.parameters.isEmpty ? [""] : calls {
          // Through ten thousand million elements it goes for hours, as it is told to.
          if receiver.contains("10_000_000_000"),
            method.parameters.contains(where: { $0.name == "condition" || $0.name == "value" }) || ["sum", "min", "max", "avg"].contains(name)
          {
            continue
          }
          let source = SourceFile(name: "t.safe", text: "let x = \(receiver)\nx.\(name)(\(call))")
          guard let script = try? Script(source, schema: TestWorld.schema) else { continue }
          _ = await script.run(in: TestWorld())
          ran += 1
        }
      }
    }
    #expect(ran > 0)
  }
}
