import Testing

@testable import SafeLanguage

/// What the form of a script is.
struct FormatterFormTests {
  private func format(_ text: String) throws -> String { try ScriptFormatter.format(SourceFile(name: "form.safe", text: text)) }

  @Test(arguments: [
    ("let   x=1+2 *3", "let x = 1 + 2 * 3\n"),
    ("x -1\ny - -1", "x - 1\ny - -1\n"),
    ("-\n-\n3", "- -3\n"),
    ("bob@acme.ca.  text()", "bob@acme.ca. text()\n"),
    ("greet   bob@acme.ca   .o", "greet bob@acme.ca .o\n"),
    ("f (a)\nf(a)\nprint( a )", "f (a)\nf(a)\nprint(a)\n"),
    ("pick .a\nx .a", "pick .a\nx .a\n"),
    ("people|where.age>1 and not(.age==3)|sort -.age,.name", "people | where .age > 1 and not (.age == 3) | sort -.age, .name\n"),
    ("x[0]\nf [0]", "x[0]\nf [0]\n"),
    ("needs members . invite<=3,groups.addMember<=4", "needs members.invite <= 3, groups.addMember <= 4\n"),
    ("def f (a:Text,b:Int=1)->Text?{a}", "def f(a: Text, b: Int = 1) -> Text? { a }\n"),
    ("let r={a:1,\"b c\":[1,2]}\nr.\"b c\"", "let r = { a: 1, \"b c\": [1, 2] }\nr.\"b c\"\n"),
    ("let t = csv f as {a:Text;b:Int?}", "let t = csv f as { a: Text, b: Int? }\n"),
    ("if a{1}\nelse   if b {2} else{3}", "if a { 1 } else if b { 2 } else { 3 }\n"),
    ("if a {\n1 }", "if a {\n  1\n}\n"),
    ("try {\nf()\n}\ncatch e\n{ print e.kind }", "try {\n  f()\n} catch e {\n  print e.kind\n}\n"),
    ("a; b;;c\nd;", "a; b; c\nd\n"),
    ("for x in y {a;b\nc}", "for x in y {\n  a\n  b\n  c\n}\n"),
    ("f(a\n,b,\nc)", "f(a, b,\n  c)\n"),
    ("people |\nwhere .a | take 1", "people\n| where .a\n| take 1\n"),
    ("let x = people\n| take 1", "let x = people\n  | take 1\n"),
    ("let x = (people\n| take 1\n)", "let x = (people\n  | take 1\n)\n"),
    ("print \"a  {x  +  1}  b\"   # it  stays", "print \"a  {x  +  1}  b\"  # it  stays\n"),
    ("print \"\"\"\n  a  \n b\"\"\"", "print \"\"\"\n  a  \n b\"\"\"\n"),
    ("\n\n\na\n\n\n\nb\n\n", "a\n\nb\n"),
    ("for x in y {\n\n  # c\n  f x\n\n}", "for x in y {\n  # c\n  f x\n}\n"),
    ("a   # one\nlonger   # two\n\nb #three", "a       # one\nlonger  # two\n\nb  #three\n"),
    ("\n  #! no interpreter\n1\n", " #! no interpreter\n1\n"),
    ("#!/usr/bin/env safesh\n##  doc\r\n\r\nlet a = 1\r\n", "#!/usr/bin/env safesh\n##  doc\n\nlet a = 1\n"),
    ("people\n# why\n| take 1   # last\n#end", "people\n# why\n| take 1  # last\n#end\n"),
    ("let x = a and\nb\nor c", "let x = a and\n  b\n  or c\n"),
    (";;;##b", "##b\n"),
    ("\u{feff};## of all\n\n1", "## of all\n\n1\n"),
    ("1\n; ## how many\nparam n: Int", "1\n## how many\nparam n: Int\n"),
    ("def f() { a ## why\n}", "def f() {\n  a  ## why\n}\n"),
    ("def\nf() ## what\n{ a } ## end", "def f()  ## what\n  { a }  ## end\n"),
    ("people | mv-expand", "people | mv-expand\n"),
    ("", ""),
    ("# only this", "# only this\n"),
  ])
  func hasOneForm(_ text: String, _ expected: String) throws {
    let found = try format(text)
    #expect(found == expected)
  }

  @Test func longLinesAreBroken() throws {
    let long = String(repeating: "x", count: 60)
    let pipeline = try format("people | where .\(long) == 1 | select .email, .name, .\(long) | count")
    #expect(pipeline == "people\n| where .\(long) == 1\n| select .email, .name, .\(long)\n| count\n")
    let each = try format("let out = people | each p par 8 { print \"\(long)\"; print \"\(long)\" } on error collect")
    #expect(each == "let out = people | each p par 8 {\n  print \"\(long)\"\n  print \"\(long)\"\n} on error collect\n")
    let call = try format("f(\(long), { a: 1, b: [1, 2] }, \(long))")
    #expect(call == "f(\n  \(long),\n  { a: 1, b: [1, 2] },\n  \(long)\n)\n")
    let branches = try format("if a { f \"\(long)\" } else if b { f \"\(long)\" } else { c }")
    #expect(branches == "if a {\n  f \"\(long)\"\n} else if b {\n  f \"\(long)\"\n} else {\n  c\n}\n")
    let needs = try format("needs " + (1...6).map { "members.invite\($0) <= 200" }.joined(separator: ", "))
    #expect(needs.hasPrefix("needs members.invite1 <= 200,\n  members.invite2 <= 200,\n"))
  }

  @Test(arguments: ["let x = ", "people | wher .a == }", "f(1", "x | count 1 + 2", "let x = 1 && 2"])
  func whatCannotBeReadIsLeftAlone(_ text: String) {
    #expect(throws: ScriptErrors.self) { try format(text) }
  }

  @Test(arguments: [
    ("people | where mood == calm && age > 3 | select email", "people | where .mood == calm and .age > 3 | select .email"),
    ("people | where !(.age > 3)", "people | where not (.age > 3)"),
  ])
  func fixesWhatIsCertain(_ text: String, _ expected: String) throws {
    let fixed = ScriptFormatter.fixed(SourceFile(name: "fix.safe", text: text), schema: TestWorld.schema)
    let found = try format(fixed)
    #expect(found == expected + "\n")
    _ = try Script(SourceFile(name: "fixed.safe", text: found), schema: TestWorld.schema)
  }

  @Test func aLargeScriptTakesLittleTime() throws {
    let line = "people | where .age > 3 and not (.email ends \"@acme.com\") | select .email, .name, years = .age + 1 | sort .email\n"
    let text = String(repeating: line, count: 1000)
    let start = ContinuousClock.now
    _ = try format(text)
    let time = start.duration(to: .now)
    #expect(time < .seconds(8), "1000 lines took \(time)")
  }
}
