/// An operator as data for the reference; the grammar is in `Parser+Expressions`, the types in `Checker+Operators`.
public struct OperatorEntry: Sendable {
  /// As they are written; those of one entry bind alike.
  public let signs: String
  public let summary: String
  public let examples: [(code: String, result: String)]

  init(_ signs: String, _ summary: String, _ examples: [(String, String)]) {
    self.signs = signs
    self.summary = summary
    self.examples = examples
  }
}

extension Library {
  /// The loosest first.
  static let standardOperators: [OperatorEntry] = [
    OperatorEntry("|", "a list through a stage, or a value into a command as its first argument", [("[3, 1, 2] | sort it | take 1", "[1]")]),
    OperatorEntry("or", "true where one side is; the right is not looked at where the left is", [("1 > 2 or 2 > 1", "true")]),
    OperatorEntry("and", "true where both sides are", [("1 < 2 and 2 < 1", "false")]),
    OperatorEntry("not", "true where its operand is not", [("not 1 > 2", "true")]),
    OperatorEntry(
      "== !=", "the same content: numbers across Int and Float, an Email without case, a text beside it too; null is equal to null",
      [
        ("[1, 2] == [1.0, 2]", "true"), (#"ann@acme.com == "Ann@ACME.com""#, "true"), ("null == null", "true"),
      ]),
    OperatorEntry(
      "< <= > >=", "the order of numbers, texts (by code point), dates, durations, enums (by name), false before true",
      [
        (#""Zoe" < "ann""#, "true"), ("2026-01-31 < 2026-02-01", "true"),
      ]),
    OperatorEntry("in, not in", "whether a list has the value", [("2 in [1, 2]", "true"), (#""x" not in ["y"]"#, "true")]),
    OperatorEntry(
      "has", "whether a text has a text in it, with case (an Email without), or a list a value",
      [(#""hello" has "ell""#, "true"), (#""hello" has "Ell""#, "false"), ("[1, 2] has 3", "false")]),
    OperatorEntry("starts ends", "whether a text begins or ends so, with case (an Email without)", [(#""hires.csv" ends ".csv""#, "true")]),
    OperatorEntry("matches", "whether a regular expression is found in a text, with case unless it begins with `(?i)`", [(#""a1" matches '^[a-z]\d$'"#, "true")]),
    OperatorEntry("??", "a default where the left is null; of the right's type", [("[1, 2].find(it > 5) ?? 0", "0")]),
    OperatorEntry(
      "+", "the sum; joins texts, and lists; Date + whole days, Time + Duration",
      [
        (#""a" + "b""#, #""ab""#), ("[1] + [2, 3]", "[1, 2, 3]"), ("2026-01-31 + 1d", "2026-02-01"),
      ]),
    OperatorEntry("-", "the difference; Date − Date and Time − Time are a Duration", [("2026-03-01 - 2026-02-01", "28d")]),
    OperatorEntry("*", "the product, of a Duration and an Int too", [("3 * 20m", "1h")]),
    OperatorEntry("/", "a Float; of two Durations how often the second goes into the first", [("7 / 2", "3.5"), ("36h / 1d", "1.5")]),
    OperatorEntry("// %", "rounded down, and what is left", [("-7 // 2", "-4"), ("-7 % 2", "1")]),
    OperatorEntry("-x", "the number below zero", [("-(2 + 3)", "-5")]),
    OperatorEntry(
      "x.f x?.f", "a field of a record, the column of a table; `?.` makes the rest of its chain null where `x` is",
      [
        ("[{ a: 1 }, { a: 2 }].a", "[1, 2]"), ("[{ a: 1 }].find(.a > 5)?.a", "null"),
      ]),
    OperatorEntry("x[i]", "an element, the first is 0; of a resource by name, address or id", [("[10, 20][1]", "20")]),
    OperatorEntry("x.m(…) f(…)", "a method, a function; the last arguments can be named", [(#""7".padLeft(3, with: "0")"#, #""007""#)]),
  ]
}

/// A type of values as data for the reference.
public struct TypeEntry: Sendable {
  public let name: String
  public let summary: String
  /// Expressions of the type and what they print.
  public let examples: [(code: String, result: String)]

  init(_ name: String, _ summary: String, _ examples: [(String, String)]) {
    self.name = name
    self.summary = summary
    self.examples = examples
  }
}

extension Library {
  static let standardTypes: [TypeEntry] = [
    TypeEntry(
      "Text", #"`"…"` with `\n \t \r \" \\ \{ \} \u{41}` and `{expression}` inside, `'…'` as it stands, `"""…"""` over lines; at most 64 MiB"#,
      [(#""{1 + 1} \u{41}""#, #""2 A""#), (#"'\d{4}'"#, #""\\d\{4}""#)]),
    TypeEntry("Int", "64 bits; too much is an error of the run", [("1_000 * 3", "3000")]),
    TypeEntry("Float", "a number with digits after the point; an Int fits it", [("0.5 + 1", "1.5")]),
    TypeEntry("Bool", "`true` and `false`", [("1 < 2", "true")]),
    TypeEntry("Date", "a day", [("2026-01-31", "2026-01-31")]),
    TypeEntry("Time", "an instant in UTC; a Date fits it, as its first", [("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z")]),
    TypeEntry("Duration", "in `ms s m h d w`", [("24h + 30m", "1470m"), ("500ms + 500ms", "1s")]),
    TypeEntry("Email", "stands bare; one `@` with text on both sides and no space; fits a Text", [("ann@acme.com", #""ann@acme.com""#)]),
    TypeEntry("Secret", "never prints", [(#"secret("CITY")"#, "(secret)")]),
    TypeEntry("[T]", "a list; at most 16,777,216 elements, but for `range`, which is as long as it likes", [("[1, 2.5]", "[1.0, 2.5]")]),
    TypeEntry("{ a: T }", "a record; a list of records is a table; one with more fields fits where fewer are needed", [(#"{ name: "x", n: 1 }.name"#, #""x""#)]),
    TypeEntry("T?", "a T or null", [("[1].find(it > 5)", "null")]),
  ]
}
