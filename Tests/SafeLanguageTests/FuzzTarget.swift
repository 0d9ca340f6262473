import SafeLanguage
import Synchronization

/// What takes any bytes: libFuzzer calls it (`scripts/fuzz`), and `FuzzTests` with what that found. A new reader is a case here.
enum FuzzTarget: String, CaseIterable, Sendable {
  case lexer, parser, checker, completer, run, csv

  /// Whether it runs programs, which may wait.
  var runs: Bool { self == .run || self == .csv }

  func run(_ bytes: [UInt8]) async {
    switch self {
    case .run: await Self.runScript(bytes)
    case .csv: _ = await Self.readers[self]?.run(in: Self.world(["in": bytes]))
    default: feed(bytes)
    }
  }

  /// For those that do not wait.
  func feed(_ bytes: [UInt8]) {
    let source = SourceFile(name: "fuzz.safe", bytes: bytes)
    switch self {
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
    case .run, .csv: break
    }
  }

  /// A script for each reader, whose file `in` is the input.
  private static let readers: [FuzzTarget: Script] = {
    let texts: [(FuzzTarget, String)] = [
      (.csv, "csv \"in\" as { a: Text, b: Int?, c: Email?, d: Date?, \"e f\": Mood?, g: Bool?, h: Float?, i: Time?, j: Duration? } | count")
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
