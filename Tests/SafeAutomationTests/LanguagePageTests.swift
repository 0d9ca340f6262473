import Foundation
import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import Testing

/// `docs/language.md`: its tables are those of the language, and its examples are true. The tables of the schema are in `ReferenceTests`.
struct LanguagePageTests {
  static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/language.md")

  private let schema = SecretSafeSchema.schema

  /// With `SAFESH_WRITE_REFERENCE=1` in the environment (`scripts/reference`) the page is written instead of compared.
  @Test func thePageHasTheTablesOfTheCode() throws {
    let page = try String(contentsOf: Self.page, encoding: .utf8)
    let (filled, missing) = Reference.filled(page)
    #expect(missing.isEmpty, "docs/language.md has no marks for these parts")
    if ProcessInfo.processInfo.environment["SAFESH_WRITE_REFERENCE"] == "1" {
      try filled.write(to: Self.page, atomically: true, encoding: .utf8)
      return
    }
    for (found, expected) in zip(page.components(separatedBy: "\n"), filled.components(separatedBy: "\n")) where found != expected {
      Issue.record("docs/language.md is not as the tables say: run scripts/reference\n\(found)\n\(expected)")
      return
    }
    #expect(page == filled, "run scripts/reference")
  }

  @Test(arguments: Diagnostic.Code.allCases)
  func everyCodeHasAnExampleThatRaisesIt(_ code: Diagnostic.Code) {
    let source = SourceFile(name: "example.safe", text: code.example)
    let problems = problems(of: source)
    #expect(problems.map(\.code) == [code], "\(DiagnosticRenderer().render(problems, in: source))")
    let sentences = code.explanation.components(separatedBy: ". ").count
    #expect(sentences >= 2 && code.explanation.hasSuffix("."), "an explanation has two sentences at least")
  }

  private func problems(of source: SourceFile) -> [Diagnostic] {
    do {
      _ = try Script(source, schema: schema)
      return []
    } catch { return error.diagnostics }
  }

  /// The fenced examples: those with `# =>` and `# E…` beside a line give that, the others are right by the checker.
  static let examples: [String] = {
    let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
    let written = text.components(separatedBy: "<!-- table: errors -->").first ?? ""
    // Those that read and save files run in `CaseTests`.
    let sections = written.components(separatedBy: "\n## ").filter { !$0.hasPrefix("Input\n") && !$0.hasPrefix("Save\n") }
    return sections.joined(separator: "\n## ").components(separatedBy: "\n```").enumerated().compactMap { index, part in
      index % 2 == 1 && part.hasPrefix("safe\n") ? String(part.dropFirst(5)) : nil
    }
  }()

  @Test func thePageHasExamples() { #expect(Self.examples.count > 20) }

  @Test(arguments: examples)
  func anExampleIsTrue(_ text: String) async throws {
    try await withSandbox { sandbox in
      for block in text.components(separatedBy: "\n\n") {
        var (code, expected, errors): (String, [String], [String]) = ("", [], [])
        for line in block.components(separatedBy: "\n") {
          let parts = line.components(separatedBy: "# => ")
          if parts.count > 1 { expected.append(parts[1]) }
          if let mark = line.range(of: #"# E\d\d\d"#, options: .regularExpression) { errors.append(String(line[mark].dropFirst(2))) }
          code += parts[0] + "\n"
        }
        let source = SourceFile(name: "example.safe", text: code)
        let problems = problems(of: source)
        #expect(problems.map(\.code.rawValue) == errors, "\(DiagnosticRenderer().render(problems, in: source))")
        if !problems.isEmpty { continue }
        guard !expected.isEmpty else { continue }
        let found = try await sandbox.evaluate(code, needs: "")
        #expect(found.result.error == nil && found.output == expected, "\(code)\(found.error)")
      }
    }
  }
}
