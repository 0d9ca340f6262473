import Foundation
import SafeAutomation
import SafeLanguage
import SecretSafeClient
import Synchronization
import Testing

@testable import SafeTerminal
@testable import SafeshCLI

/// How values look at several widths, without a terminal. The goldens are `Goldens/shown.txt`:
///
///     === 20 plain
///     [{ a: 1 }]
///     ---
///     what stands on the screen
///
/// `SAFESH_WRITE_GOLDENS=1` writes them anew, for somebody to look at.
struct ShownTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/shown.txt")

  struct Golden: Sendable, CustomTestStringConvertible {
    var width: Int
    var isPlain: Bool
    var script: String
    var text: String
    var testDescription: String { "\(width) \(script.prefix(60))" }
  }

  static let goldens: [Golden] = {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "=== ").dropFirst().compactMap { part in
      let (head, rest) = split(part, at: "\n")
      let (script, shown) = split(rest, at: "\n---\n")
      let words = head.split(separator: " ")
      guard let width = words.first.flatMap({ Int($0) }) else { return nil }
      return Golden(width: width, isPlain: words.contains("plain"), script: script, text: shown)
    }
  }()

  private static func split(_ text: String, at mark: String) -> (String, String) {
    guard let found = text.range(of: mark) else { return (text, "") }
    return (String(text[..<found.lowerBound]), String(text[found.upperBound...]))
  }

  /// What a script that asks for nothing puts out, and its values.
  static func outputs(_ script: String) async throws -> [Output] {
    let source = SourceFile(name: "t.safe", text: script)
    let outputs = Mutex<[Output]>([])
    let compiled: Script
    do { compiled = try Script(source, schema: SecretSafeSchema.schema) } catch {
      Issue.record(Comment(rawValue: DiagnosticRenderer().render(error.diagnostics, in: source)))
      throw error
    }
    let world = LiveWorld(
      session: SessionSource { throw ClientError(.unauthorized, "there is no organization here") },
      surroundings: Surroundings(
        openInput: { path throws(RunError) in throw RunError(.file, "there is no file '\(path)'") }, saveOutput: { _, _ throws(RunError) in },
        environment: { _ in nil }, now: 0, isInterrupted: { false }, emit: { output in outputs.withLock { $0.append(output) } }))
    let result = await compiled.run(in: world)
    #expect(result.error == nil, "\(result.error?.message ?? "")")
    return outputs.withLock { $0 }
  }

  static func shown(_ script: String, width: Int?, isPlain: Bool = false) async throws -> String {
    let canvas = Canvas(size: width.map { ($0, 24) }, drawing: isPlain ? .ascii : .blocks)
    let writer = ValueWriter(schema: SecretSafeSchema.schema, canvas: canvas)
    return try await outputs(script).map { output in
      switch output {
      case .value(let value, _): writer.text(value, .table, isFirst: true)
      case .chart(let value): writer.chart(value)
      default: ""
      }
    }.joined()
  }

  @Test func thereAreGoldensForAllWidths() { #expect(Set(Self.goldens.map(\.width)) == [20, 80, 200]) }

  @Test(arguments: goldens) func looksAsItDid(_ golden: Golden) async throws {
    let found = try await Self.shown(golden.script, width: golden.width, isPlain: golden.isPlain)
    for line in found.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= golden.width, "\(line)") }
    if ProcessInfo.processInfo.environment["SAFESH_WRITE_GOLDENS"] == nil { #expect(found == golden.text.trimmingSuffix("\n") + "\n", "\(found)") }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["SAFESH_WRITE_GOLDENS"] != nil)) func writesGoldens() async throws {
    var text = ""
    for golden in Self.goldens {
      let shown = try await Self.shown(golden.script, width: golden.width, isPlain: golden.isPlain)
      text += "=== \(golden.width)\(golden.isPlain ? " plain" : "")\n\(golden.script)\n---\n\(shown)\n"
    }
    try Data(text.utf8).write(to: Self.file)
  }

  @Test func withoutATerminalATableHasNoBarsAndIsNotCut() async throws {
    let script = #"[{ t: "a", n: 1 }, { t: "b", n: 1 }, { t: "a", n: 1 }] | summarize n = count() by .t"#
    #expect(try await Self.shown(script, width: nil) == "t  n\n─  ─\na  2\nb  1\n")
    #expect(try await Self.shown(script, width: 80).contains("█"))
    #expect(try await Self.shown(script + " | sort .n | take 2", width: 80).contains("█"))
    #expect(try await Self.shown(script + " | extend m = .n * 2", width: 80).contains("█"))
    #expect(try await !Self.shown(script + " | extend n = .n * 2", width: 80).contains("█"), "it is no count any more")
    #expect(try await !Self.shown(script + " | take 1", width: 80).contains("█"), "there is nothing to compare")
  }

  @Test(arguments: [1, 7, 20, 79, 200]) func chartsOfManyRowsFit(_ width: Int) async throws {
    let scripts = [
      "range(10000) | select id = \"row {it}\", n = it * it | chart", "range(10000) | select d = 2000-01-01 + 1d * it, n = it % 7 | chart",
      "range(10000) | select d = 2000-01-01 + 1d * it, t = \"kind {it % 3}\", n = it % 7, m = it | chart", "[] | chart",
      "range(10000) | select h = 2000-01-01T00:00:00Z + 1h * it, n = it | chart", "range(300) | chart",
    ]
    for script in scripts {
      for isPlain in [true, false] {
        let text = try await Self.shown(script, width: width, isPlain: isPlain)
        for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= width, "\(line)") }
      }
    }
  }
}

extension String {
  /// Without so many of these at its end as there are.
  fileprivate func trimmingSuffix(_ end: Character) -> String {
    var text = self[...]
    while text.last == end { text.removeLast() }
    return String(text)
  }
}
