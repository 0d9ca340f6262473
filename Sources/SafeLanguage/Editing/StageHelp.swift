/// One line on each stage, for completion and for whoever points at one.
enum StageHelp {
  static let all: [(word: String, form: String, help: String)] = [
    ("where", "where CONDITION", "keeps the rows that the condition holds for"),
    ("select", "select .a, b = …", "makes rows of these columns"),
    ("extend", "extend b = …", "adds columns"),
    ("expand", "expand m = .list", "repeats the row for each element of a list"),
    ("sort", "sort .a, -.b", "orders the rows; - for descending, null last"),
    ("take", "take N", "the first rows"),
    ("skip", "skip N", "without the first rows"),
    ("distinct", "distinct [.a]", "each row once, or the first row of each value"),
    ("summarize", "summarize n = count() by .a", "one row for each group"),
    ("join", "join [left] [r =] TABLE on .key, .a == .b", "a row for each match with the table"),
    ("each", "each [x] [par N] [key .a] { … } [on error stop|skip|collect]", "does the block for each row"),
  ]

  static func entry(_ word: String) -> (word: String, form: String, help: String)? { all.first { $0.word == word } }
}

/// The words that begin statements.
enum StatementHelp {
  /// Those that stand at the top level of a file only.
  static let top: Set<String> = ["def", "use", "param", "needs", "test"]

  static let all: [(word: String, help: String)] = [
    ("let", "let x = …   a name for a value"), ("var", "var x = …   a name whose value can be set"),
    ("for", "for x in list { … }   the block for each element"), ("if", "if condition { … } else { … }"),
    ("try", "try { … } catch e { … }   goes on after an error"), ("print", "print \"…\"   writes a line"),
    ("assert", "assert condition, \"message\"   ends the run unless it holds"), ("return", "return x   the value of a 'def'"),
    ("def", "def f(a: Text, b: Int = 1) -> Text { … }   a function"), ("use", "use \"lib/names.safe\" as names   what another file defines"),
    ("param", "param name: Type = default  ## help   an option of the script"), ("needs", "needs members.invite <= 100   what it may write, and how often"),
    ("refresh", "refresh members   fetches the list anew"), ("test", "test \"title\" { … }   runs with 'safesh test'"),
  ]

  static func help(_ word: String) -> String? { all.first { $0.word == word }?.help }
}
