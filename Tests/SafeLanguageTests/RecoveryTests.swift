import Testing

@testable import SafeLanguage

/// One mistake makes one error, and what stands after it is read.
struct RecoveryTests {
  /// Scripts with one mistake each, and the code of its error.
  static let mistakes: [(text: String, code: String)] = [
    ("people | where", "E004"), ("people | where | count", "E004"), ("people | wher .age > 1 | select .email", "E105"), ("people | | count", "E004"),
    ("people |", "E004"), ("people | select | take 1", "E004"), ("people | sort - | take 1", "E004"), ("people | take | count", "E004"),
    ("people | where .age > | count", "E004"), ("people | where (.age > 1 | count", "E004"), ("people | where .age > 1) | count", "E004"),
    ("people | where .agee > 1 | sort .agee2 | count", "E102 E102"), ("people | summarize n = count( by .mood", "E004"), ("people | join on .email", "E004"),
    ("people | each p { greet p times: }", "E004"), ("let = 3\nlet y = 1\ny", "E004"), ("let x 3\n1", "E004"), ("let x = \nlet y = 2\ny", "E004"),
    ("for x people { print x }\n1", "E004"), ("for x in { print x }\n1", "E004"), ("if { 1 }\n2", "E004"), ("if true 1\n2", "E004"), ("else { 1 }\n2", "E004"),
    ("def f { 1 }\n2", "E004"), ("def f(a) { 1 }\n2", "E004"), ("def f(a: Int -> Int { a }\n2", "E004"), ("def (a: Int) { a }\n2", "E004"),
    ("use lib as lib\n1", "E004"), ("use \"lib.safe\"\n1", "E004"), ("needs people\n1", "E004"), ("needs people.greet\n1", "E004"),
    ("needs people.greet <= many\n1", "E004"), ("param x\n1", "E004"), ("param x: = 1\n2", "E004"), ("test { 1 }\n2", "E004"), ("assert\n", "E004"),
    ("[1, 2\n", "E004"), ("{ a: 1, b }\n", "E004"), ("{ a 1 }\n", "E004"), ("f(1, 2\n", "E104 E004"), ("1 +\n", "E004"), ("1 + * 2", "E004"), ("(1 + 2", "E004"),
    ("1 + 2)", "E004"), ("\"abc", "E002"), ("print \"a {x b\"\n", "E002"), ("'abc\n1", "E002"), ("x = 1", "E101"), ("3 = 4", "E004"), ("people.find(.age > 1", "E004"),
    ("people[ann@acme.com", "E004"), ("people.filter(.age > 1)", "E104"), ("let x: Strin = \"a\"\nx.length()", "E107"), ("print 1 2", "E203"),
    ("people | where .mood == clam", "E103"), ("people | where .mood == \"clam\"", "E103"), ("people | each p par x { p }", "E101"),
    ("people | each p { p } on eror skip", "E004"), ("people | each p { p } on error sikp", "E004"), ("let x = 12abc", "E003"), ("let x = 2026-13-45", "E003"),
    ("try { 1 } catch { 2 } finally { 3 }", "E004"), ("while true { 1 }", "E104"), ("return 1", "E004"), ("null.foo", "E102"), ("let x = if true { 1 } else", "E004"),
    ("people | where not", "E004"), ("people | where .age in [1, 2", "E004"), ("csv \"a.csv\"", "E203"), ("csv \"a.csv\" as Text", "E201"),
    ("csv \"a.csv\" as { a Int }", "E004"),
    ("people |> count", "E004"), ("people.map(x => x.age)", "E101"), ("let x := 1", "E004"), ("var x = 1; x++", "E004"), ("x += ", "E101 E004"),
    ("while true {\n  let x = 1\n  x\n}\n2", "E104"), ("loop { print 1 }", "E104"), ("foreach x in people { print x.email }", "E004"), ("const x = 3\nx", "E004"),
    ("if true { 1 } elif false { 2 } else { 3 }", "E004"), ("if true then 1 else 2\nend", "E004"), ("function f(a) {\n  return a\n}\n1", "E104"),
    ("switch 1 {\n  case 1: print 2\n}\n1", "E104"), ("try { 1 } except e { 2 }", "E004"), ("select .email", "E004"), ("order by .email", "E004"),
    ("from people", "E104"),
    ("people\nwhere .age > 1\ntake 3", "E004 E004"), ("people | project-away .email", "E105"), ("people | mv-expand t = .teams | count", "E105"),
    ("people | where .email in (\"a@x.y\", \"b@x.y\") | count", "E004"), ("people | where .name =~ \"ann\"", "E001"), ("people | where .email in~ [\"a\"]", "E001"),
    ("people | where .email !contains \"ann\"", "E001"), ("people | join kind=leftouter teams on .id", "E004"), ("people | summarize countif(.age > 1)", "E104"),
    ("people | where .age between (1 .. 3)", "E004"), ("people | where (let x = 1) == 1", "E004"), ("let x = (let y = 1)\nx", "E004"), ("let a = 1\n+ 3\n+ 4\na", "E004"),
    ("let t = \"a\"\n  + \"b\"\n  + \"c\"\nprint t", "E004"),
    ("if true {\n  1\n  * 2\n  * 3\n}\n2", "E004"), ("(visits since: today() - 7d by: ann@acme.com)", "E004"),
    ("(visits since: today() - 7d by: ann@acme.com).count()", "E004"),
    ("let v = visits since: today() - 7d by: ann@acme.com\nv.count()", "E004"), ("f(1 2) + 3", "E104"), ("[1 2, 3].count()", "E004"), ("people[0 1].name", "E004"),
    ("{ a: 1 b: 2 }.a", "E004"), ("print 1 + 1\nprint 2", "E004"), ("people | take 1 + 1 | count", "E004"), ("people | sort .age + 1 | count", "E004"),
    ("people | sort .age desc | take 1", "E004"), ("(people | where .age > 1 | take 2 3).count()", "E004"), ("print \"a {1 2} b\"", "E004"),
    ("people | extend x = = 1", "E004"), ("@", "E001"), ("let y = 1\nlet x = $y", "E001"), ("let a = true\na ? 1 : 2", "E004"), ("people | expand", "E004"),
  ]

  private func codes(_ text: String) -> [String] {
    do {
      _ = try Script(SourceFile(name: "mistake.safe", text: text), schema: TestWorld.schema, loader: CaseTests.loader)
      return []
    } catch { return error.diagnostics.map(\.code.rawValue) }
  }

  @Test(arguments: mistakes) func oneMistakeMakesOneError(_ text: String, _ code: String) {
    let found = codes(text).joined(separator: " ")
    #expect(found == code, "\(text)")
  }
}
