import Foundation
import SafeLanguage
import Testing

/// Any bytes as a script or a CSV give a clear error, never a crash.
struct RobustnessTests {
  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var value = state
      value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
      return value ^ (value >> 33)
    }
  }

  private func check(_ bytes: [UInt8]) {
    let source = SourceFile(name: "fuzz.safe", bytes: bytes)
    do { _ = try Script(source, schema: TestWorld.schema) } catch { _ = DiagnosticRenderer().render(error.diagnostics, in: source) }
    _ = source.isIncomplete
    let text = String(decoding: bytes, as: UTF8.self)
    _ = Highlighter.roles(text, schema: TestWorld.schema)
    _ = Completer(schema: TestWorld.schema, variables: ["x": .int]).candidates(text, at: text.utf8.count)
  }

  @Test func mutatedScriptsDoNotCrash() {
    var random = Random(state: 42)
    let seeds = CaseTests.cases.map { Array($0.text.utf8) }
    let signs = Array("|.,:;(){}[]\"'?=+-*/%<>@#\\ \n$€".utf8)
    for round in 0..<6000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0...(round % 5) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(signs[Int.random(in: 0..<signs.count, using: &random)], at: at)
        case 1 where at < bytes.count: bytes.remove(at: at)
        case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
        default:
          let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
          bytes = Array(bytes[..<at]) + Array(other[Int.random(in: 0...other.count, using: &random)...])
        }
      }
      check(bytes)
    }
  }

  @Test(arguments: ["(", "[", "{", "if true {", "not ", "-", "x.map(", "\"{", "try {", "[[[["])
  func deepNestingIsAnError(_ opening: String) {
    let bytes = Array(String(repeating: opening, count: 50_000).utf8)
    #expect(throws: ScriptErrors.self) { _ = try Script(SourceFile(name: "deep.safe", bytes: bytes), schema: TestWorld.schema) }
  }

  @Test(arguments: [" + 1", " and true", ".trim()", "[0]", " ?? 1", " | count"])
  func longChainsDoNotCrash(_ link: String) {
    check(Array(("x" + String(repeating: link, count: 20_000)).utf8))
  }

  @Test func anyBytesAsCSV() async throws {
    var random = Random(state: 7)
    let alphabet = Array("a,\"\r\n\u{0}é@.;x1".utf8) + [0xff, 0xfe]
    let script = try Script(
      SourceFile(name: "csv.safe", text: "csv \"in.csv\" as { a: Text, b: Int? } | count"), schema: TestWorld.schema)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
      let world = TestWorld(files: ["in.csv": String(decoding: Array("a,b\n".utf8) + bytes, as: UTF8.self)])
      _ = await script.run(in: world)
    }
  }

  @Test(arguments: [
    "json \"in\" as [{ a: Text, b: Int? }] | count", "jsonl \"in\" as { a: Text, b: Int? } | count", "yaml \"in\" as [{ a: Text, b: Int? }] | count",
    "json \"in\" as { a: [Text]? }",
  ])
  func anyBytesAsData(_ text: String) async throws {
    var random = Random(state: 11)
    let script = try Script(SourceFile(name: "data.safe", text: text), schema: TestWorld.schema)
    let pieces = [
      "{", "}", "[", "]", "\"a\":", "\"b\":", ",", "\"x\"", "1", "-", "null", "true", "\n", " ", "\\u12", "\"", "- a: ", "é", "*a", "&a ", "\u{0}", "1e9", ": ",
    ]
    for _ in 0..<1500 {
      let bytes = (0..<Int.random(in: 0..<25, using: &random)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      _ = await script.run(in: TestWorld(files: ["in": bytes]))
    }
  }
}
