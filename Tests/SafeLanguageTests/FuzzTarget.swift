import SafeLanguage
import Synchronization

/// What takes any bytes: libFuzzer calls it (`scripts/fuzz`), and `FuzzTests` with what that found. A new reader is a case here, and a
/// script in `readers`.
enum FuzzTarget: String, CaseIterable, Sendable {
  case lexer, parser, checker, formatter, completer, run, csv, json, jsonl, yaml, lines

  /// Whether it runs programs, which may wait.
  var runs: Bool { self == .run || Self.readers[self] != nil }

  func run(_ bytes: [UInt8]) async {
    if let reader = Self.readers[self] {
      let result = await reader.run(in: Self.world(["in": bytes]))
      if let error = result.error { _ = DiagnosticRenderer().render(error, in: SourceFile(name: "in", bytes: bytes)) }
    } else {
      await Self.runScript(bytes)
    }
  }

  /// For those that do not wait; gives what is wrong, nil if nothing is.
  func feed(_ bytes: [UInt8]) -> String? {
    let source = SourceFile(name: "fuzz.safe", bytes: bytes)
    switch self {
    case .formatter: return Self.layOut(source)
    case .lexer: _ = Highlighter.roles(String(decoding: bytes, as: UTF8.self), schema: TestWorld.schema)
    case .parser: _ = source.isIncomplete
    case .checker:
      do { _ = try Script(source, schema: TestWorld.schema) } catch { _ = DiagnosticRenderer().render(error.diagnostics, in: source) }
      if case .success(let entry) = PromptSession(schema: TestWorld.schema).check(source) { _ = entry.canonicalText }
    case .completer:
      // The first byte says where the cursor is.
      let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
      let offset = min(Int(bytes.first ?? 0), text.utf8.count)
      _ = Completer(schema: TestWorld.schema, variables: ["x": .int, "t": .table(TestWorld.schema.resources[0].row)]).candidates(text, at: offset)
    default: break
    }
    return nil
  }

  /// Laying out keeps the meaning, and twice is once.
  private static func layOut(_ source: SourceFile) -> String? {
    guard let (text, isSame) = try? ScriptFormatter.laidOut(source) else { return nil }
    guard isSame else { return "means something else: \(text)" }
    guard let again = try? ScriptFormatter.laidOut(SourceFile(name: source.name, text: text)) else { return "cannot be read again: \(text)" }
    return again.text == text ? nil : "changes again: \(text)"
  }

  /// A script for each reader, whose file `in` is the input.
  private static let readers: [FuzzTarget: Script] = {
    let record = "{ a: Text, b: Int?, c: Email?, d: Date?, \"e f\": Mood?, g: Bool?, h: Float?, i: Time?, j: Duration? }"
    let nested = "{ a: Text?, b: [Int]?, c: { d: Float?, e: [{ f: Email }]? }?, \"e f\": Mood?, g: Bool? }"
    let texts: [FuzzTarget: String] = [
      .csv: "csv \"in\" as \(record) | count", .json: "json \"in\" as [\(nested)] | count", .jsonl: "jsonl \"in\" as \(nested) | count",
      .yaml: "yaml \"in\" as [\(nested)] | count", .lines: "lines \"in\" | count",
    ]
    var scripts: [FuzzTarget: Script] = [:]
    for (target, text) in texts { scripts[target] = try? Script(SourceFile(name: "reader.safe", text: text), schema: TestWorld.schema) }
    return scripts
  }()

  /// A script that only reads runs, for so many rows that all it may do is stop.
  private static func runScript(_ bytes: [UInt8]) async {
    let source = SourceFile(name: "fuzz.safe", bytes: bytes)
    guard let script = try? Script(source, schema: TestWorld.schema), script.program.effect <= .read else { return }
    let result = await script.run(in: world(["hires.csv": Array("email,team\nann@acme.com,Red\n".utf8)]))
    if let error = result.error { _ = DiagnosticRenderer().render(error, in: source) }
  }

  private static func world(_ files: [String: [UInt8]]) -> TestWorld {
    let asked = Mutex(0)
    let isInterrupted = { @Sendable in
      asked.withLock { count in
        count += 1
        return count > 1000
      }
    }
    return TestWorld(inputs: files, isInterrupted: isInterrupted)
  }
}
