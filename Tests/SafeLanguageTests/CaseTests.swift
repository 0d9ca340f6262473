import Foundation
import SafeLanguage
import Testing

/// Runs the small scripts under `Cases`. A case is a run of lines that ends in an expectation:
///
///     [1, 2].sum()            # => 3
///     people | where .stauts  # E102 did you mean '.status'
///     1 // 0                  # fails division by zero
///
/// Several `# =>` lines expect several outputs; an empty line ends a case.
struct CaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var file: String
    var line: Int
    var text: String
    var outputs: [String] = []
    var errors: [(line: Int, code: String, hint: String)] = []
    var failure: String?

    var testDescription: String { "\(file):\(line)" }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

  /// What the cases read, from `Cases/data`.
  static let files: [String: String] = {
    let urls = (try? FileManager.default.contentsOfDirectory(at: folder.appendingPathComponent("data"), includingPropertiesForKeys: nil)) ?? []
    return Dictionary(uniqueKeysWithValues: urls.map { ($0.lastPathComponent, (try? String(contentsOf: $0, encoding: .utf8)) ?? "") })
  }()

  static let cases: [Case] = {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "safe" }.sorted { $0.path < $1.path }.flatMap { read($0) } + documented
  }()

  /// The examples of `docs/language.md` that read and save files; the others run against an organization, in `LanguagePageTests`.
  static let documented: [Case] = {
    let page = folder.resolvingSymlinksInPath().appendingPathComponent("../../../docs/language.md").standardizedFileURL
    var (isInside, isAboutFiles) = (false, false)
    let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").components(separatedBy: "\n").map { line in
      if line.hasPrefix("## ") { isAboutFiles = ["## Input", "## Save"].contains(line) }
      if line.hasPrefix("```") {
        isInside = line == "```safe"
        return ""
      }
      return isInside && isAboutFiles ? line : ""
    }
    return read(lines, "language.md")
  }()

  static func read(_ url: URL) -> [Case] {
    read(((try? String(contentsOf: url, encoding: .utf8)) ?? "").components(separatedBy: "\n") + [""], url.lastPathComponent)
  }

  static func read(_ lines: [String], _ file: String) -> [Case] {
    var cases: [Case] = []
    var current: Case?
    for (index, line) in lines.enumerated() {
      if line.allSatisfy(\.isWhitespace) {
        if let found = current { cases.append(found) }
        current = nil
        continue
      }
      var item = current ?? Case(file: file, line: index + 1, text: "")
      let inside = item.text.split(separator: "\n", omittingEmptySubsequences: false).count
      if let mark = line.range(of: "# => ") {
        item.outputs.append(String(line[mark.upperBound...]))
      } else if let mark = line.range(of: "# fails ") {
        item.failure = String(line[mark.upperBound...])
      } else if let mark = line.range(of: #"# E\d\d\d"#, options: .regularExpression) {
        let code = String(line[mark].dropFirst(2))
        item.errors.append((item.text.isEmpty ? 1 : inside, code, String(line[mark.upperBound...]).trimmingCharacters(in: .whitespaces)))
      }
      let code = line.range(of: #"\s*# (=>|fails|E\d\d\d).*$"#, options: .regularExpression).map { String(line[..<$0.lowerBound]) } ?? String(line)
      item.text += code + "\n"
      current = item
    }
    return cases
  }

  /// What the cases may use.
  static let libraries = [
    "lib.safe": """
    ## Names and places.
    use "places.safe" as places
    let domain = "acme.com"
    def address(name: Text, at: Text = domain) -> Email? { return "{name.lower()}@{at}".email() }
    def broken(n: Int) -> Int { 1 // n }
    def welcome(p: Person) { greet p times: 1 }
    def workplace(p: Person) -> Text { places.of(p) }

    """,
    "places.safe": "def of(p: Person) -> Text { if p.email ends \"acme.com\" { \"Acme\" } else { \"elsewhere\" } }\n",
    "wrong.safe": "let x: Int = \"a\"\n", "prints.safe": "print 1\n",
    "circle.safe": "use \"circle2.safe\" as c\n", "circle2.safe": "use \"circle.safe\" as c\n",
    "reads.safe": "let n = people.count()\n",
  ]

  static let loader = SourceLoader { path, _ throws(RunError) in
    guard let text = libraries[path] else { throw RunError(.file, "there is no file '\(path)'") }
    return SourceFile(name: path, text: text)
  }

  @Test(arguments: cases)
  func behaves(_ item: Case) async {
    let place = "\(Self.folder.path)/\(item.file):\(item.line)"
    let source = SourceFile(name: "case.safe", text: item.text)
    let world = TestWorld(files: Self.files)
    do {
      let script = try Script(source, schema: TestWorld.schema, loader: Self.loader)
      #expect(item.errors.isEmpty, "expected errors at \(place)")
      let result = await script.run(in: world)
      if let failure = item.failure {
        #expect(result.error?.message.contains(failure) == true, "\(place): \(result.error?.message ?? "no error")")
      } else {
        #expect(result.error == nil, "\(place): \(result.error?.message ?? "")")
      }
      #expect(world.output == item.outputs, "\(place)")
    } catch {
      let rendered = DiagnosticRenderer().render(error.diagnostics, in: source)
      let found = error.diagnostics.map { "\($0.source == nil ? source.position($0.span.start).line : 1) \($0.code.rawValue)" }
      #expect(found == item.errors.map { "\($0.line) \($0.code)" }, "\(place)\n\(rendered)")
      for (expected, diagnostic) in zip(item.errors, error.diagnostics) where !expected.hint.isEmpty {
        #expect("\(diagnostic.message); \(diagnostic.hint ?? "")".contains(expected.hint), "\(place)\n\(rendered)")
      }
    }
  }

  @Test func everyFileHasCases() { #expect(Self.cases.count > 100 && Self.documented.count > 5) }
}
