import Testing

@testable import SafeLanguage

/// What a script or an input can be made of many times over takes time in proportion, or is refused: each of these took minutes once.
@Suite struct GrowthTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// A source of this size.
    let source: @Sendable (Int) -> String
    let size: Int
  }

  static let cases = [
    Case(testDescription: "words that might be addresses", source: { String(repeating: "a-", count: $0) + "a" }, size: 100_000),
    Case(testDescription: "words with dots", source: { "x" + String(repeating: ".a", count: $0) }, size: 100_000),
    Case(testDescription: "typographic quotes", source: { String(repeating: "“a” ", count: $0) }, size: 20_000),
    Case(testDescription: "comparisons in one another", source: { String(repeating: "(", count: $0) + "true" + String(repeating: " == true)", count: $0) }, size: 100),
    Case(
      testDescription: "joins in the keys of joins",
      source: { size in (0..<size).reduce("[{ k: 1 }]") { inner, _ in "[{ k: 1 }] | join [{ k: 1 }] on (\(inner)).k" } }, size: 25),
    Case(
      testDescription: "records that hold the one before twice",
      source: { "let a0 = { a: 1 }\n" + (1...$0).map { "let a\($0) = { a: a\($0 - 1), b: a\($0 - 1) }\n" }.joined() + "a\($0) + 1" }, size: 40),
    Case(testDescription: "lists of lists", source: { "let a0 = 1\n" + (1...$0).map { "let a\($0) = [a\($0 - 1)]\n" }.joined() }, size: 5_000),
    Case(testDescription: "stages that keep their input", source: { "[1]" + String(repeating: " | each { it }", count: $0) }, size: 100),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: cases)
  func aSourceIsCheckedInProportion(_ item: Case) {
    let source = SourceFile(name: "large.safe", text: item.source(item.size))
    let errors = Checker.check(source, schema: TestWorld.schema, mode: .script, loader: .none).diagnostics
    #expect(errors.allSatisfy { $0.message.utf8.count < 700 })
  }

  @Test(.timeLimit(.minutes(1))) func manyRowsOfOneKeyWaitInALine() {
    var schedule = EachSchedule(count: 200_000, keys: Array(repeating: .int(1), count: 200_000))
    var order: [Int] = []
    while let row = schedule.begin() {
      while schedule.begin() != nil {}
      order.append(row)
      schedule.finish(row)
    }
    #expect(order == Array(0..<200_000))
  }

  @Test(.timeLimit(.minutes(1))) func manyStarsInAYAMLTextAreNoAliases() async {
    let world = TestWorld(files: ["in": "a: \"\(String(repeating: "*", count: 2_000_000))\"\n"])
    let stars = try? Script(SourceFile(name: "in.safe", text: "(yaml \"in\" as { a: Text }).a.length()"), schema: TestWorld.schema)
    #expect(await stars?.run(in: world).error == nil)
    #expect(world.output == ["2000000"])
  }
}
