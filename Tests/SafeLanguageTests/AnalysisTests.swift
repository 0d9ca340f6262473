import Testing

@testable import SafeLanguage

/// What an editor is told. `▮` in a script is the place that is asked about.
struct AnalysisTests {
  private func analysis(_ marked: String) -> (analysis: Analysis, offset: Int) {
    let parts = marked.split(separator: "▮", omittingEmptySubsequences: false)
    let source = SourceFile(name: "script.safe", text: parts.joined())
    return (Analysis(source, schema: TestWorld.schema, loader: CaseTests.loader), parts[0].utf8.count)
  }

  @Test(arguments: [
    ("peo▮ple | count", "people: [Person]"), ("people | wh▮ere .age > 1", "where CONDITION"), ("people | where .a▮ge > 1", ".age: Int"),
    ("people | where .mood == ca▮lm", "calm: Mood"), ("people | where .teams▮.count() > 1", ".teams: [Team]"),
    ("people.cou▮nt()", "count(condition?) -> Int"), ("people | cou▮nt", "count(condition?)"), ("ran▮ge(3)", "range(start: Int, end: Int?) -> [Int]"),
    ("let x = people.first()\nx▮", "let x: Person?"), ("for p in people { print p▮.email }", "p: Person"),
    ("param days: Int = 3 ## how many\nday▮s + 1", "how many"), ("let a = 1\n## Twice.\ndef twice(n: Int) -> Int { n * 2 }\ntwi▮ce(3)", "Twice."),
    ("def twice(n: Int) -> Int { ▮n * 2 }", "an argument"), ("needs people.gr▮eet <= 3", "greets a person"),
    ("needs people.greet <= 3\ngree▮t ann@acme.com", "greet PERSON times:"), ("people | summarize n = cou▮nt() by .mood", "an aggregate"),
    ("use \"lib.safe\" as lib\nl▮ib.address(\"a\")", "`address(…)`"), ("use \"lib.safe\" as lib\nlib.add▮ress(\"a\")", "def address(name: Text"),
    ("le▮t x = 1", "a name for a value"), ("let m: Mo▮od = calm", "calm, busy, away"), ("people | select .nick, x = .nick.le▮ngth()", ""),
  ])
  func tellsWhatAWordIs(_ marked: String, _ expected: String) {
    let (analysis, offset) = analysis(marked)
    let text = analysis.hover(at: offset)?.text ?? ""
    #expect(expected.isEmpty ? text.isEmpty : text.contains(expected), "\(marked): \(text)")
  }

  @Test(arguments: [
    ("let «x» = 1\nprint (x▮ + 1)", ""), ("var «x» = 1\nx▮ = 2", ""), ("for «p» in people { print p▮.email }", ""), ("people | each «p» { p▮.email }", ""),
    ("def «f»(n: Int) -> Int { n }\nf▮(1)", ""), ("def f(«n»: Int) -> Int { n▮ }", ""), ("try { 1 // 0 } catch «e» { print e▮.kind }", ""),
    ("use \"lib.safe\" as lib\nlib.addr▮ess(\"a\")", "lib.safe:address"), ("use \"lib.safe\" as lib\nlib.dom▮ain", "lib.safe:domain"),
    ("use \"li▮b.safe\" as lib", "lib.safe:"), ("people▮ | count", "nothing"),
  ])
  func findsDeclarations(_ marked: String, _ expected: String) {
    let plain = marked.replacing("«", with: "").replacing("»", with: "")
    let (analysis, offset) = analysis(plain)
    let place = analysis.definition(at: offset)
    switch expected {
    case "nothing": #expect(place == nil)
    case "":
      let before = marked.replacing("▮", with: "").split(separator: "«", omittingEmptySubsequences: false)[0]
      #expect(place?.source.name == "script.safe")
      #expect(place?.span.start == before.utf8.count, "\(marked)")
    default: #expect(place.map { "\($0.source.name):\($0.source.text($0.span))" } == expected, "\(marked)")
    }
  }

  @Test(
    arguments: [
      ("let peers = people\nlet x = pee▮", ["peers"], []), ("people | ex▮", ["extend", "expand"], []), ("people | jo▮", ["join"], []),
      ("let a = people | where .age > 3\na | where .m▮", ["mood"], []), ("people | where .mood == ▮", ["calm", "busy"], []),
      ("def older(p: Person, than: Int) -> Bool { p.▮ }", ["age", "email"], []), ("def older(p: Person) -> Bool { true }\nol▮", ["older"], []),
      ("def older(p: Person, than: Int) -> Bool { p.age > than }\nolder(▮)", ["p:", "than:"], []),
      ("use \"lib.safe\" as lib\nlib.▮", ["address", "domain"], ["people"]), ("use \"lib.safe\" as lib\nlib.address(▮", ["name:", "at:"], []),
      ("needs ▮", ["people.greet", "people.hire"], ["let"]), ("needs people.▮", ["greet", "hire"], ["let"]), ("param x: ▮", ["Text", "Mood", "Person"], ["let"]),
      ("def f(a: ▮", ["Int"], ["let"]), ("let r = csv \"a.csv\" as { email: ▮", ["Email"], ["let"]), ("▮", ["def", "use", "needs", "param", "test", "let"], []),
      ("if true {\n  ▮\n}", ["let", "return"], ["def", "needs"]), ("for p in people { p.▮ }", ["age"], []), ("for p in people { }\np▮", ["people"], ["p"]),
      ("needs people.greet <= 1\npeople | each x { greet x ▮ }", ["times:"], []), ("let n = 1\nlet q = \"n▮", [], ["n"]),
      ("for t in people | where .▮", ["age"], []), ("let x: Int = people | where .▮", ["age"], []), ("greet ann@acme.com times: 1\nx▮", [], ["times:"]),
      ("people | where (\npeople | sort .ag▮", ["age"], []), ("teams | each t {\n  let n = people | count\n  .▮\n}", ["name"], ["age"]),
    ] as [(String, [String], [String])])
  func completes(_ marked: String, _ expected: [String], _ unexpected: [String]) {
    let (analysis, offset) = analysis(marked)
    let found = analysis.completions(at: offset).candidates.map(\.text)
    for word in expected { #expect(found.contains(word), "\(marked): \(found)") }
    for word in unexpected { #expect(!found.contains(word), "\(marked): \(found)") }
  }

  @Test func outlineHasWhatIsDeclared() {
    let (analysis, _) = analysis("use \"lib.safe\" as lib\nparam n: Int = 1\nlet x = 1\ndef f(a: Int) -> Int { a }\ntest \"t\" { }\nx")
    #expect(analysis.items.map(\.name) == ["lib", "n", "x", "f", "t"])
    #expect(analysis.items[3].detail == "f(a: Int) -> Int")
  }

  @Test func aLargeScriptIsCheckedInNoTime() {
    let line = "let m%d = people | where .age > 3 and not (.email ends \"@acme.com\") | select .email, .name, years = .age + 1 | sort .email\n"
    let text = (0..<1000).map { line.replacing("%d", with: "\($0)") }.joined()
    let start = ContinuousClock.now
    let analysis = Analysis(SourceFile(name: "large.safe", text: text), schema: TestWorld.schema, loader: .none)
    let time = start.duration(to: .now)
    #expect(analysis.diagnostics.isEmpty && time < .seconds(5), "\(time)")
    let begin = ContinuousClock.now
    _ = analysis.completions(at: text.utf8.count)
    #expect(begin.duration(to: .now) < .seconds(3))
  }
}
