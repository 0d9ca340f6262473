import Dispatch
import Synchronization
import Testing

@testable import SafeLanguage

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

  /// What is prepared, and one operation that is long: repeated, so that it goes on for seconds.
  static let operations: [(prepare: String, operation: String)] = {
    let text = "let t = \"ab, \".repeat(1_000_000)"
    let list = "let l = range(500_000).map(it % 3)"
    let nested = "let l = range(700).map(range(700).map(it))\nlet m = range(700).map(range(700).map(it))"
    let table = "let t = range(300_000) | select n = it, s = \"same prefix {it}\""
    let repeated = [
      (text, "t.upper().length()"), (text, "t.trim().length()"), (text, "t.replace(\"b,\", \"x\").length()"), (text, "t.split(\",\").count()"),
      (text, "t.lines().count()"),
      (text, "t.indexOf(\"zz\")"), (text, "t.slice(10, 3_000_000).length()"), (text, "t.padLeft(9_000_000).length()"), (text, "t has \"b,b\""), (text, "t == t + \"\""),
      (text, "\"{t}\".length()"), (text, "hash(t)"), (text, "base64(t).length()"), (text, "fromBase64(base64(t))"), (text, "t matches '(a|b)+x'"),
      (text, "t.captureAll('b').count()"),
      (text, "t.replaceMatches('[b,]+', \"\").length()"), (list, "l == l.reverse().reverse()"), (nested, "l == m"), (nested, "l.indexOf([1])"),
      (nested, "(l + m).distinct().count()"),
      (nested, "l.flatten().count()"), (list, "(l + l).count()"), (list, "l.chunk(3).count()"), (list, "l.zip(l).count()"), (list, "(l | skip 1 | take 400_000).count()"),
      (list, "l.min()"),
      (list, "l.sort().count()"), (list, "l.distinct().count()"), (list, "l.text().length()"), (list, "l.join(\",\").length()"), (list, "range(3).any(it + 7 in l)"),
      (table, "(t | sort .s | count)"),
      (table, "(t | sort -.s, .n | count)"), (table, "(t | distinct .s | count)"), (table, "(t | distinct | count)"), (table, "t.s.count()"),
      (table, "(t | summarize c = count(), m = max(.s), l = list(.n), d = dcount(.s) by k = .n % 7 | count)"), (table, "(t | summarize c = count() by .s | count)"),
      (table, "(t | join r = t on .n | count)"), (table, "(t | select m = .n + 1, s = \"{.n}\" | count)"), (table, "(t | skip 1 | count)"),
      ("let l = range(3_000_000)", "l.text().length()"), ("let l = range(3_000_000)", "\"{l}\".length()"),
      ("let t = \" \".repeat(5_000_000) + \"b\" + \" \".repeat(5_000_000)", "t.trim().length()"), ("let t = \" \".repeat(10_000_000)", "t.int()"),
      ("", "\"ab\".repeat(30_000_000).length()"), ("let l = range(2).map(range(700_000).map(it))", "l.flatten().count()"),
      ("let l = range(2_000_000).map(it % 3)", "l.skip(1).count()"), ("let l = range(2_000_000).map(it % 3)", "l.take(1_900_000).count()"),
      (list, "(l.reverse() + []).count()"), ("let l = range(2_000_000).map(it % 3)\nlet m = l.map(it)", "l == m"),
      (table, "t.without(\"s\").count()"), (table, "t.text().length()"),
    ].map { ($0, "for i in range(100_000) { let x = \($1) }") }
    let once = ["csv", "json", "jsonl", "yaml", "md"].map { (table, "for i in range(100_000) { t | save \"o.\($0)\" }") }
    let longText = ["csv", "json", "jsonl", "yaml", "md"].map {
      ("let t = [{ a: \"a,\\\"|\".repeat(2_000_000) }]", "for i in range(100_000) { t | save \"o.\($0)\" }")
    }
    return repeated + once + longText + [
      ("let l = range(3_000_000)", "for i in range(100_000) { print l }"),
      (list, "for i in range(100_000) { { l: l } | save \"o.json\" }"),
      ("let t = \"a\".repeat(4_000_000)\nlet u = \"a\".repeat(40_000) + \"b\"", "for i in range(1000) { let x = t has u }"),
      ("let t = range(5_000) | select n = it, k = 1", "t | join r = t on .k | count"), ("let t = range(5_000) | select n = it", "t | expand e = range(3000) | count"),
      ("", "for i in range(100_000) { csv \"big.csv\" as { a: Int, b: Text } | where .a < 0 | count }"),
      ("", "for i in range(100_000) { lines \"big.csv\" | where it has \"zz\" | count }"),
      ("", "for i in range(100_000) { (json \"big.json\" as [Int]).count() }"), ("", "for i in range(100_000) { (yaml \"small.yaml\" as [Int]).count() }"),
      ("", "range(10_000_000) | each par 2 { range(1000).sum(it % 3) } | count"),
    ]
  }()

  static let inputs: [String: [UInt8]] = [
    "big.csv": Array("a,b\n".utf8) + (0..<100_000).flatMap { Array("\($0),text \($0)\n".utf8) },
    "big.json": Array("[".utf8) + (0..<300_000).flatMap { Array("\($0),".utf8) } + Array("1]".utf8), "small.yaml": (0..<500).flatMap { Array("- \($0)\n".utf8) },
    "large.yaml": (0..<100_000).flatMap { Array("- \($0)\n".utf8) },
    "escapes.json": Array(#"{"t":""#.utf8) + (0..<500_000).flatMap { _ in Array(#"\n"#.utf8) } + Array(#""}"#.utf8),
  ]

  @Test(arguments: operations)
  func endsSoonInside(_ prepare: String, _ operation: String) async throws {
    let script = try Script(SourceFile(name: "t.safe", text: "\(prepare)\nprint \"go\"\n\(operation)"), schema: TestWorld.schema)
    let world = StoppingWorld(TestWorld(inputs: Self.inputs))
    let result = await script.run(in: world)
    let late = try #require(world.asked).duration(to: .now)
    #expect(result.error?.reach == .interrupted, "\(operation): \(result.error?.message ?? "ran through")")
    #expect(late > .zero && late < .milliseconds(500), "\(operation): \(late) late")
  }

  /// One step that is long by itself, and how many looks it takes at least.
  static let steps: [(prepare: String, step: String, looks: Int)] = [
    ("let a = { l: range(500_000).map(it) }\nlet b = { l: range(500_000).map(it) }", "assert a == b", 400),
    ("let a = [[{ l: range(500_000).map(it) }]]\nlet b = [[{ l: range(500_000).map(it) }]]", "assert a == b", 400),
    ("let a = { n: 1, e: range(300_000).map(ann@acme.com) }\nlet b = { n: 1, e: range(300_000).map(ANN@acme.com) }", "assert a == b", 200),
    ("let t = \"a\".repeat(8_000_000)", "let e = t.email()", 7),
    // Lists as keys, in optional fields, and beside addresses.
    ("let g = [range(500_000).map(it), range(500_000).map(it)]", "let n = g.distinct().count()", 400),
    (
      "let l = range(500_000).map(it)\nlet t = [{ a: l, b: l.map(it) }] | select x = if .a == [1] { null } else { .a }, y = if .a == [1] { null } else { .b }",
      "let n = t.count(.x == .y)", 400
    ),
    ("let e = range(300_000).map(ANN@acme.com)", "let b = e in [range(300_000).map(ann@acme.com)]", 500),
    // Many lists, each of which is short.
    ("let g = range(700).map(range(700))", "let t = g.text()", 400), ("let g = range(700).map(range(700))", "let t = \"{g}\"", 400),
    ("let g = [{ g: range(700).map(range(700)) }]", "g | save \"o.json\"", 400), ("let g = [{ g: range(700).map(range(700)) }]", "g | save \"o.yaml\"", 400),
    ("let g = range(70).map(range(70).map(range(100).map([it])))", "g", 400),
    // Bytes of which nothing is made.
    ("let t = \"a\".repeat(8_000_000)", "let b = t matches 'b+c'", 25),
    ("", "let n = (yaml \"large.yaml\" as [Int]).count()", 90),
    ("", "let n = (json \"escapes.json\" as { t: Text }).t.length()", 450),
  ]

  @Test(arguments: steps)
  func aLongStepLooksWhetherToStop(_ prepare: String, _ step: String, _ looks: Int) async throws {
    let script = try Script(SourceFile(name: "t.safe", text: "\(prepare)\nprint \"go\"\n\(step)"), schema: TestWorld.schema)
    let world = LookingWorld(TestWorld(inputs: Self.inputs))
    let result = await script.run(in: world)
    #expect(result.error == nil, "\(result.error?.message ?? "")")
    #expect(world.looks >= looks, "\(step): \(world.looks) looks")
  }

  /// A value that was left off halfway is none: nothing is put out of it, written, or kept.
  @Test(arguments: [
    ("let g = range(700).map(range(700))", "print g"), ("let g = range(700).map(range(700))", "g | print"),
    ("let g = [{ g: range(700).map(range(700)) }]", "g | save \"o.json\""), ("let g = [{ g: range(700).map(range(700)) }]", "g | save \"o.yaml\""),
    ("let g = range(700).map(range(700))", "assert g == []"), ("let g = [range(500_000).map(it), range(500_000).map(it)]", "print g.distinct().count()"),
    ("let g = [range(500_000).map(it)]", "print (range(500_000).map(it) in g)"), ("", "csv \"nested.csv\" as { a: Text } | select g = range(300_000) | save \"o.json\""),
  ])
  func whatLeftOffGoesNowhere(_ prepare: String, _ operation: String) async throws {
    let script = try Script(SourceFile(name: "t.safe", text: "\(prepare)\nprint \"go\"\n\(operation)"), schema: TestWorld.schema)
    let whole = StoppedWorld(atLook: .max, TestWorld(inputs: ["nested.csv": Array("a\nx\n".utf8)]))
    _ = await script.run(in: whole)
    #expect(whole.looks > 100)
    for part in [2, 3, 5] {
      let world = StoppedWorld(atLook: whole.looks / part, TestWorld(inputs: ["nested.csv": Array("a\nx\n".utf8)]))
      let result = await script.run(in: world)
      #expect(result.error?.reach == .interrupted)
      #expect(world.output == ["go"])
      #expect(world.world.state.withLock { $0.saved.isEmpty })
    }
  }

  @Test func aVariableIsAsItWasIfItsNewValueWasStopped() async throws {
    let session = PromptSession(schema: TestWorld.schema)
    let inputs = ["large.yaml": Self.inputs["large.yaml"] ?? []]
    func run(_ text: String, in world: any World) async throws -> RunResult {
      try await session.run(SourceFile(name: "prompt", text: text), in: world).get().0
    }
    let free = TestWorld(inputs: inputs)
    #expect(try await run("let g = [range(500_000).map(it), range(500_000).map(it)]; var n = 7", in: free).error == nil)
    for entry in ["n = g.distinct().count()", "let m = g.distinct().count()"] {
      #expect(try await run(entry, in: StoppedWorld(atLook: 300, isCounting: true)).error?.reach == .interrupted)
    }
    #expect(try await run("print n", in: free).error == nil)
    #expect(free.output == ["7"])
    guard case .failure = await session.run(SourceFile(name: "prompt", text: "print m"), in: free) else {
      Issue.record("m was kept")
      return
    }
    // What looks for the type of a file is stopped, too.
    guard
      case .failure(let errors) = await session.run(
        SourceFile(name: "prompt", text: "yaml \"large.yaml\""), in: StoppedWorld(atLook: 20, TestWorld(inputs: inputs), isCounting: true))
    else {
      Issue.record("the type was found")
      return
    }
    #expect(errors.diagnostics.map(\.message) == ["interrupted"])
  }

  @Test func whatCannotBeStoppedIsNotWaitedFor() throws {
    let end = DispatchSemaphore(value: 0)
    let world = StoppedWorld(atLook: 3, isCounting: true)
    let error = Interruption.$world.withValue(world) {
      do throws(RunError) {
        try Interruption.apart { end.wait() }
        return RunError?.none
      } catch { return error }
    }
    #expect(error?.reach == .interrupted)
    end.signal()
    #expect(try Interruption.apart { 42 } == 42)
  }

  /// A table of keys that could not be made larger still holds what it holds.
  @Test func keysStayWhereGrowingWasStopped() {
    let world = StoppedWorld(atLook: 1, isCounting: true)
    var index = KeyIndex(width: 1, places: 1 << 8)
    func insert(_ number: Int) -> Int? {
      index.candidate[0] = .int(number)
      return index.insert()
    }
    for number in 0..<128 { #expect(insert(number) == number) }
    Interruption.$world.withValue(world) { for number in 128..<200 { #expect(insert(number) == number) } }
    #expect(world.looks > 0)
    for number in 0..<1000 { #expect(insert(number) == number) }
  }

  /// Before as many elements as there are in lists of lists of lists were hashed.
  @Test func listsInListsAreHashedByTheirBeginning() async throws {
    let world = TestWorld()
    let script = try Script(
      SourceFile(
        name: "t.safe",
        text: """
          let g = range(1100).map(range(1100).map(range(1100)))
          print [g, g].distinct().count()
          print [[[1, 2], [3]], [[1, 2], [4]], [[1, 2], [3]]].distinct().count()
          print [{ a: 1, b: "x" }, { a: 2, b: "x" }, { a: 1, b: "x" }].distinct().count()
          """), schema: TestWorld.schema)
    let began = ContinuousClock.now
    #expect(await script.run(in: world).error == nil)
    #expect(world.output == ["1", "2", "2"])
    #expect(began.duration(to: .now) < .seconds(60))
    #expect(Set<Value>([.list([.int(1), .int(2)]), .range(1, 3), .list([.float(1), .float(2)])]).count == 1)
  }

  @Test func piecesAreOneArrayInTheEnd() {
    for count in [0, 1, 1 << 16, (1 << 16) + 1, 200_000] {
      var pieces = Pieces<Int>()
      for number in 0..<count { pieces.append(number) }
      #expect(pieces.count == count)
      #expect(pieces.joined().elementsEqual(0..<count))
      guard count > 0 else { continue }
      pieces[count / 2] = -1
      #expect(pieces[count / 2] == -1 && pieces[count - 1] == (count == 1 ? -1 : count - 1))
    }
  }

  private final class Witness: Sendable {}

  @Test func whatARunNeedsNoMoreIsFreedSoonByAnother() async throws {
    weak var held: Witness?
    func letGo(_ count: Int) {
      let witness = Witness()
      held = witness
      Interruption.letGo([witness], size: count)
    }
    letGo(10)
    #expect(held == nil)
    letGo(1_000_000)
    #expect(held != nil)
    for _ in 0..<500 where held != nil { try await Task.sleep(for: .milliseconds(10)) }
    #expect(held == nil)
  }

  @Test func whatAStoppedRunHeldIsFreedByNobodyWhoIsWaitedFor() {
    weak var held: Witness?
    func build(_ count: Int, _ reach: RunError.Reach) {
      let witness = Witness()
      held = witness
      do throws(RunError) {
        _ = try [Witness].building { elements throws(RunError) in
          for _ in 0..<count { elements.append(witness) }
          throw RunError(.refused, "ended", reach: reach)
        }
      } catch {}
    }
    build(10_000, .interrupted)
    #expect(held != nil)
    build(10_000, .row)
    #expect(held == nil)
    build(10, .interrupted)
    #expect(held == nil)
  }
}
