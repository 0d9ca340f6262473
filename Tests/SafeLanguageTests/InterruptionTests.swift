import SafeLanguage
import Synchronization
import Testing

/// Whoever asks a run to stop waits for a moment only, wherever it is.
struct InterruptionTests {
  /// Each would run for many seconds.
  static let programs: [(String, String)] = [
    ("a loop", "var n = 0\nfor i in range(10_000_000_000) { n = n + i % 7 }"),
    ("a loop in a loop", "var n = 0\nfor i in range(100_000) { for j in range(100_000) { n = n + j % 3 } }"),
    ("a projection", "range(10_000_000_000).sum(it % 3)"), ("a predicate", "range(10_000_000_000).count(it == 3)"),
    ("where", "range(10_000_000_000) | where it < 0"),
    ("sort", "let t = range(3_000_000) | select n = it * 7_919 % 1_000_003, s = \"prefix {it % 77}\"\nfor i in range(1000) { t | sort .s, -.n | take 1 }"),
    ("join", "let t = range(300_000) | select k = 1, n = it\nt | join u = t on .k | count"),
    ("expand", "range(3_000_000) | select l = range(1000) | expand e = .l | count"),
    ("summarize", "for i in range(1000) { range(1_000_000) | summarize n = count(), s = sum(it) by k = it % 999_983 | count }"),
    ("distinct", "for i in range(1000) { range(10_000_000) | distinct | count }"),
    ("list methods", "let l = range(16_000_000).map(it % 3)\nfor i in range(1000) { l.reverse().zip(l).count() + l.chunk(3).count() + (l.indexOf(5) ?? 0) }"),
    ("join of texts", "let l = range(3_000_000).map(\"ab\")\nfor i in range(1000) { l.join(\",\").length() }"),
    ("texts", "let t = \"ab, \".repeat(1_000_000)\nfor i in range(1000) { t.upper().replace(\"A\", \"b\").split(\",\").count() }"),
    ("membership", "let l = range(10_000).map(it * 2)\nfor i in range(1_000_000) { (l + [1]).any(it in l) }"),
    ("a column", "let t = range(3_000_000) | select n = it\nfor i in range(1000) { t.n.count() }"),
    ("csv", "for i in range(10_000) { csv \"big.csv\" as { a: Int, b: Text } | count }"),
    ("definitions", "def f(n: Int) -> Int { n + 1 }\nvar n = 0\nfor i in range(10_000_000_000) { n = f(n) % 1000 }"),
    ("each", "range(100_000) | each par 2 { range(100_000).sum(it % 3) } | count"),
  ]

  static let world = { @Sendable (deadline: ContinuousClock.Instant) in
    TestWorld(inputs: ["big.csv": Array("a,b\n".utf8) + (0..<50_000).flatMap { Array("\($0),text \($0)\n".utf8) }], isInterrupted: { ContinuousClock.now > deadline })
  }

  @Test(arguments: programs)
  func endsSoon(_ name: String, _ text: String) async throws {
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema)
    let deadline = ContinuousClock.now + .milliseconds(400)
    let result = await script.run(in: Self.world(deadline))
    let late = deadline.duration(to: .now)
    #expect(result.error?.reach == .interrupted, "\(name): \(result.error?.message ?? "ran through")")
    #expect(late > .zero && late < .seconds(1), "\(name): \(late) late")
  }
}
