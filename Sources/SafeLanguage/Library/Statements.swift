/// A statement as data: completion, hovering and the reference read this; its grammar is in `Parser+Statements`.
public struct StatementEntry: Sendable {
  /// The word that it begins with.
  public let name: String
  public let syntax: String
  public let summary: String
  /// Whether it stands at the top level of a file only.
  public let isTop: Bool
  /// A script and the lines that it puts out, unless it needs other files or an organization.
  public let example: (code: String, result: String)?

  init(_ name: String, _ syntax: String, _ summary: String, isTop: Bool = false, _ example: (String, String)? = nil) {
    self.name = name
    self.syntax = syntax
    self.summary = summary
    self.isTop = isTop
    self.example = example
  }
}

extension Library {
  static let standardStatements: [StatementEntry] = [
    StatementEntry("let", "let x = …", "a name for a value; `let x: T = …` says its type", ("let x: Float = 3\nx", "3.0")),
    StatementEntry("var", "var x = …", "a name whose value `x = …` and `x += …` set", ("var x = 1\nx += 2\nx", "3")),
    StatementEntry("for", "for x in LIST { … }", "does the block for each element", ("for x in [1, 2] { print x }", "1\n2")),
    StatementEntry(
      "if", "if CONDITION { … } else if CONDITION { … } else { … }", "one of the blocks; an expression too, whose value is the block's last expression",
      (#"let x = if 1 < 2 { "less" } else { "more" }"# + "\nx", #""less""#)),
    StatementEntry(
      "try", "try { … } catch e { … }", "goes on with the second block after an error of the first; an expression too",
      ("let x = try { 1 // 0 } catch e { -1 }\nx", "-1")),
    StatementEntry("print", "print VALUE", "writes a line of text to standard output", (#"print "{1 + 1} groups""#, "2 groups")),
    StatementEntry(
      "assert", "assert CONDITION, \"message\"", "ends the run unless the condition holds",
      (#"try { assert 1 > 2, "too few" } catch e { print e.message }"#, "too few")),
    StatementEntry(
      "fail", "fail \"message\"", "ends the run with an error of the kind `invalid`, unless a `try` or an `each` takes it",
      (#"try { fail "no seats left" } catch e { print "{e.kind}: {e.message}" }"#, "invalid: no seats left")),
    StatementEntry("return", "return VALUE", "ends a `def` with its value", ("def half(n: Int) -> Int { return n // 2 }\nhalf(8)", "4")),
    StatementEntry(
      "def", "def f(a: T, b: T = …) -> T { … }", "a function; without `->` it gives nothing", isTop: true,
      (#"def hello(who: Text, mark: Text = "!") -> Text { "hello {who}{mark}" }"# + "\n" + #"hello("Ann")"#, #""hello Ann!""#)),
    StatementEntry("use", "use \"lib/names.safe\" as names", "what another file defines, as `names.f(x)`; the path is from this file", isTop: true),
    StatementEntry(
      "param", "param name: T = DEFAULT   ## help", "an option of the script, `--name VALUE`; required without a default", isTop: true,
      ("param most: Int = 3   ## how many\nmost", "3")),
    StatementEntry("needs", "needs members.invite <= 100", "what the script may write, and how often at most", isTop: true),
    StatementEntry("refresh", "refresh members", "fetches the list anew, and gives it"),
    StatementEntry(
      "test", "test \"title\" [with \"org.json\"] { … }", "runs with `safesh test` in an organization of its own, without the other statements", isTop: true,
      (#"test "sums" { assert 1 + 1 == 2 }"# + "\nprint \"run\"", "run")),
  ]
}
