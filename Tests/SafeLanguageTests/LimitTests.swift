import Synchronization
import Testing

@testable import SafeLanguage

/// What grows without end is an error with a place, long before the memory is gone.
struct LimitTests {
  private static let columns = (1...40).map { "c\($0) = it" }.joined(separator: ", ")

  static let programs: [(String, String)] = [
    ("var x = \"ab\"\nfor i in range(100) { x = \"{x}{x}\" }", "a text has at most 64 MiB"),
    ("var x = \"ab\"\nfor i in range(100) { x = x + x }", "a text has at most 64 MiB"),
    ("var x = \"ab\"\nfor i in range(100) { x += x }", "a text has at most 64 MiB"),
    ("var x = [1]\nfor i in range(100) { x = x + x }", "a list has at most 16777216 elements"),
    (
      "let wide = range(2000) | select k = 1, \(columns)\nwide | join u = wide on .k | count",
      "a table of 42 columns has at most 798915 rows"
    ),
    ("let wide = range(2000) | select k = 1, \(columns)\nwide | expand e = range(1_000_000) | count", "a table of 42 columns has at most 798915 rows"),
    ("range(100_000_000) | select n = it | count", "a list has at most 16777216 elements"),
    ("range(10_000_000) | select a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7 | count", "a table of 7 columns has at most 4793490 rows"),
  ]

  @Test(arguments: programs)
  func endsWithALimit(_ text: String, _ message: String) async throws {
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema)
    let result = await script.run(in: TestWorld())
    #expect(result.error?.kind == .limit && result.error?.span != nil, "\(text): \(result.error?.message ?? "ran through")")
    #expect(result.error?.message == message, "\(text)")
  }

  /// As many as the page of the language says, and not one more.
  @Test(arguments: [
    ("\"a\".repeat(67_108_864).length()", "67108864", "\"a\".repeat(67_108_865).length()"),
    ("\"\".padLeft(67_108_864).length()", "67108864", "\"\".padLeft(67_108_865).length()"),
    ("range(16_777_216).chunk(16_777_216).count()", "1", "range(16_777_217).chunk(16_777_216).count()"),
  ])
  func eachLimitIsReachedAndNotPassed(_ most: String, _ result: String, _ tooMuch: String) async throws {
    let world = TestWorld()
    let last = try Script(SourceFile(name: "t.safe", text: most), schema: TestWorld.schema)
    #expect(await last.run(in: world).error == nil)
    #expect(world.output == [result])
    let beyond = try Script(SourceFile(name: "t.safe", text: tooMuch), schema: TestWorld.schema)
    #expect(await beyond.run(in: TestWorld()).error?.kind == .limit)
  }

  @Test func theLimitsAreThoseOfThePage() {
    #expect(Limits.elements == 16_777_216)
    #expect(Limits.textBytes == 64 << 20)
    #expect(Limits.cells == 33_554_432)
    #expect(Limits.memoryBytes == 3 << 30)
    #expect(SourceFile.maximumBytes == 16 << 20)
    #expect((Parser.maximumDepth, Parser.maximumHeight, Checker.maximumCallHeight) == (200, 250, 250))
    #expect(Lexer.maximumInterpolationDepth == 16)
    #expect(Checker.maximumUseDepth == 16)
    #expect(Compiler.maximumParallel == 256)
    #expect((PatternParser.maximumDepth, PatternParser.maximumRepeat, PatternProgram.maximumInstructions) == (100, 1000, 10_000))
    #expect((Type.maximumDepth, Type.maximumParts) == (100, 10_000))
    #expect(InputProblems.maximumTold == 100)
    #expect(Formula.maximumTerms == 24)
  }

  /// Values that are each small enough are too much together; `try` does not go on with them.
  @Test func theRunHasALimitToo() async throws {
    for text in ["try { range(1000).map(\"{it}\".repeat(1_000_000)) } catch { print \"caught\" }", "for i in range(1_000_000_000) { i }"] {
      let script = try Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema)
      let asked = Mutex(0)
      let world = TestWorld(
        inputs: [:],
        memory: {
          asked.withLock { count in
            count += 1
            return count > 3 ? 1 << 40 : 1 << 20
          }
        })
      let result = await script.run(in: world)
      #expect(result.error?.kind == .limit && result.error?.reach == .stopped, "\(text)")
      #expect(world.output == [])
    }
  }
}
