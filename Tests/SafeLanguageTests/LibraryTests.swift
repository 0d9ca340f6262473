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
}
