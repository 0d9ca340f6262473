import Foundation
import Testing

@testable import SafeLanguage

/// Every script there is keeps its meaning when it is laid out, and is laid out once and for all.
struct FormatterTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var testDescription: String { name }
  }

  static let root = CaseTests.folder.resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Scripts of the tests, the example scripts, and what stands between fences in the documents.
  static let samples: [Sample] = {
    var samples = CaseTests.cases.map { Sample(name: "\($0.file):\($0.line)", text: $0.text) }
    samples += CaseTests.libraries.sorted { $0.key < $1.key }.map { Sample(name: $0.key, text: $0.value) }
    samples += files("scripts/examples", "safe").map { Sample(name: $0.lastPathComponent, text: text($0)) }
    for file in files("docs", "md") + [root.appendingPathComponent("README.md")] {
      for (index, part) in text(file).components(separatedBy: "\n```").enumerated() where index % 2 == 1 {
        let code = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first.map(String.init) ?? ""
        samples.append(Sample(name: "\(file.lastPathComponent), block \(index / 2 + 1)", text: code))
      }
    }
    return samples
  }()

  static func files(_ folder: String, _ ending: String) -> [URL] {
    let found = (try? FileManager.default.contentsOfDirectory(at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)) ?? []
    return found.filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
  }

  static func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  /// What is wrong with the layout of a script; nil if all is well or it cannot be read.
  static func problem(_ text: String, width: Int = ScriptFormatter.width) -> String? {
    let source = SourceFile(name: "sample.safe", text: text)
    guard let (once, isSame) = try? ScriptFormatter.laidOut(source, width: width) else { return nil }
    guard isSame else { return "means something else:\n\(text)\n---\n\(once)" }
    guard let (twice, _) = try? ScriptFormatter.laidOut(SourceFile(name: "again.safe", text: once), width: width) else { return "cannot be read again:\n\(once)" }
    return twice == once ? nil : "is laid out anew:\n\(text)\n---\n\(once)\n---\n\(twice)"
  }

  @Test(arguments: samples)
  func keepsItsMeaning(_ sample: Sample) {
    let problem = Self.problem(sample.text)
    #expect(problem == nil, "\(sample.name): \(problem ?? "")")
  }

  // MARK: other layouts

  /// Line ends, spaces and comments wherever they may stand, at widths where everything must be broken.
  @Test(arguments: [1, 2, 3, 4])
  func mutatedLayoutsKeepTheirMeaning(_ seed: UInt64) {
    var random = RobustnessTests.Random(state: seed)
    let spaces = [" ", "  ", "\t", "\n", "\n\n\n", "\r\n", " # why\n", "\n  # why\n", "\n## what\n", " ## what\n", "\n;## what\n", "\n\n## what\n\n", ";", ";\n", ""]
    var (read, problems) = (0, 0)
    for round in 0..<2500 {
      let sample = Self.samples[Int.random(in: 0..<Self.samples.count, using: &random)]
      let source = SourceFile(name: "", text: sample.text)
      var lexer = Lexer(source)
      let tokens = lexer.tokens()
      guard lexer.diagnostics.isEmpty else { continue }
      let rate = [3, 8, 30][round % 3]
      var text = ""
      var end = 0
      for token in tokens {
        let isChanged = Int.random(in: 0..<rate, using: &random) == 0
        let hasComment = source.text(end, token.span.start).contains("#")
        text += isChanged && !hasComment ? spaces[Int.random(in: 0..<spaces.count, using: &random)] : source.text(end, token.span.start)
        text += source.text(token.span)
        end = token.span.end
      }
      let width = [100, 40, 10][round % 7 % 3]
      if let problem = Self.problem(text, width: width) {
        problems += 1
        if problems < 4 { Issue.record("\(sample.name), seed \(seed), width \(width) \(problem)") }
      }
      if (try? ScriptFormatter.laidOut(SourceFile(name: "", text: text))) != nil { read += 1 }
    }
    #expect(problems == 0)
    #expect(read > 800, "only \(read) could be read")
  }

  /// More space where there is some, other indents, and line ends of other systems are the same script.
  @Test func layoutDoesNotHangOnSpaces() throws {
    var random = RobustnessTests.Random(state: 11)
    for sample in Self.samples {
      let source = SourceFile(name: "", text: sample.text)
      guard let expected = try? ScriptFormatter.laidOut(source).text else { continue }
      var lexer = Lexer(source)
      var text = ""
      var end = 0
      for token in lexer.tokens() {
        let gap = source.text(end, token.span.start)
        if !gap.contains("#"), gap.contains("\n") {
          text += String(repeating: "\r\n", count: gap.utf8.count { $0 == UInt8(ascii: "\n") }) + String(repeating: " ", count: Int.random(in: 0..<9, using: &random))
        } else {
          text += gap.isEmpty || gap.contains("#") ? gap : [" ", "   ", "\t", " \t "][Int.random(in: 0..<4, using: &random)]
        }
        text += source.text(token.span)
        end = token.span.end
      }
      let found = try ScriptFormatter.laidOut(SourceFile(name: "", text: text)).text
      #expect(found == expected, "\(sample.name)")
    }
  }

  @Test func thereAreManySamples() {
    let readable = Self.samples.filter { (try? ScriptFormatter.laidOut(SourceFile(name: "", text: $0.text))) != nil }
    #expect(readable.count > 250)
  }
}
