import Foundation
import Testing

@testable import SafeLanguage

/// However high the tree of a script is, what walks it fits the stack: it is an error, or it is checked, laid out and run.
struct DepthTests {
  /// Frames of a debug build are many times as large.
  #if DEBUG
    static let stack = 8 << 20
  #else
    static let stack = 1 << 20
  #endif

  /// What an expression can be put into.
  static let wrappers: [(name: String, open: String, close: String)] = [
    ("plus", "1 + ", ""), ("chain", "", " + 1"), ("bracket", "(", ")"), ("list", "[", "][0]"), ("record", "{ a: ", " }.a"), ("minus", "-(", ")"),
    ("default", "(null ?? ", ")"), ("method", "(", ").abs()"), ("map", "[1].map(", ").sum()"), ("where", "[1].where(it > ", ").count()"),
    ("stage", "([1] | where it > ", " | count)"), ("select", "([{ a: 1 }] | select b = ", " | count)"), ("if", "(if 1 > ", " { 1 } else { 2 })"),
    ("block", "(if true { ", " } else { 2 })"), ("try", "(try { ", " } catch { 2 })"), ("call", "f(", ")"), ("text", "\"{", "}\".length()"),
    ("and", "[true and 1 > ", "].count()"), ("each", "([1] | each { ", " } | count)"), ("loop", "(if true { for i in [1] { let y = ", " }\n 1 } else { 2 })"),
  ]
  static let definition = "def f(n: Int) -> Int { n }\n"

  /// Runs on a thread with a stack of that size.
  static func onSmallStack(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let thread = Thread {
        body()
        continuation.resume()
      }
      thread.stackSize = stack
      thread.start()
    }
  }

  /// Everything that is done with a script.
  static func walk(_ text: String) async {
    await onSmallStack {
      let source = SourceFile(name: "deep.safe", text: text)
      _ = Outline.of(Parser.parse(source, marking: true))
      _ = try? ScriptFormatter.format(source)
      guard let program = try? Script(source, schema: TestWorld.schema).program else { return }
      _ = program.estimate
      let compiler = Compiler(program)
      let steps = program.statements.map { compiler.step($0) }
      let frame = Frame(run: RunContext(world: TestWorld(), program: program), slots: compiler.slots, relations: program.relations)
      for step in steps {
        switch step {
        case .now(let code): _ = try? code(frame)
        case .act(let code): try? code(frame)
        case .waiting: break
        }
      }
    }
  }

  @Test(arguments: wrappers.map(\.name))
  func oneKindInsideItself(_ name: String) async throws {
    let wrapper = try #require(Self.wrappers.first { $0.name == name })
    for count in [10, 40, 60, 80, 100, 130, 170, 200, 250, 500, 1000] {
      let inner = String(repeating: wrapper.open, count: count) + "1" + String(repeating: wrapper.close, count: count)
      await Self.walk(Self.definition + "let x = " + inner)
    }
  }

  @Test(arguments: 0..<8)
  func mixtures(_ seed: Int) async {
    var random = RobustnessTests.Random(state: UInt64(seed))
    for _ in 0..<25 {
      var text = "1"
      let (kinds, most) = (Int.random(in: 1...4, using: &random), Int.random(in: 20...300, using: &random))
      let chosen = (0..<kinds).compactMap { _ in Self.wrappers.randomElement(using: &random) }
      for place in 0..<most {
        let wrapper = chosen[place * chosen.count / most]
        // Runs of the same, one inside the other, and links on each.
        text = wrapper.open + text + wrapper.close
        if place % 20 == 0 { text += String(repeating: " + 1", count: Int.random(in: 0...30, using: &random)) }
      }
      await Self.walk(Self.definition + "let x = " + text)
    }
  }

  @Test func bracketsAroundChains() async throws {
    var text = "1"
    for _ in 0..<40 { text = "(" + text + String(repeating: " + 1", count: 499) + ")" }
    await Self.walk(text)
    let errors = #expect(throws: ScriptErrors.self) { _ = try Script(SourceFile(name: "deep.safe", text: text), schema: TestWorld.schema) }
    #expect(errors?.diagnostics.map(\.code) == [.tooDeep])
  }

  @Test(arguments: [0, 20, 120, 240])
  func definitionsThatCallOneAnother(_ links: Int) async {
    for count in [2, 30, 70] {
      let definitions = (0..<count).map { n in
        "def f\(n)(n: Int) -> Int { \(n + 1 < count ? "f\(n + 1)(n)" : "1")\(String(repeating: " + n", count: links)) }\n"
      }
      for ordered in [definitions, definitions.reversed()] { await Self.walk(ordered.joined() + "let x = f0(1)" + String(repeating: " + 1", count: links)) }
    }
  }

  @Test func whatIsUsualIsTaken() throws {
    let chain = "let n = 1\nn" + String(repeating: " + n", count: 200)
    let nested = "let x = " + String(repeating: "(", count: 40) + "1" + String(repeating: ")", count: 40)
    let calls = (0..<20).map { "def f\($0)(n: Int) -> Int { \($0 < 19 ? "f\($0 + 1)(n)" : "n") }\n" }.joined()
    for text in [chain, nested, calls] { _ = try Script(SourceFile(name: "usual.safe", text: text), schema: TestWorld.schema) }
  }
}
