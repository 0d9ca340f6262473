/// What the parser found tokens to be, by where they start, as far as the layout of a source hangs on it.
struct TokenMarks {
  enum Brace { case block, record, type }

  /// The first tokens of statements.
  var statements: Set<Int> = []
  /// Each `-` that stands before one value, not between two.
  var signs: Set<Int> = []
  var braces: [Int: Brace] = [:]
  /// What goes on with the word before it, as in `mv-expand`.
  var inWords: Set<Int> = []
  /// The parentheses of arguments and parameters.
  var calls: Set<Int> = []
  /// What is left over behind a stage that takes no more; only the checker knows what is wrong with it.
  var rest: Span?
}
