/// A word or sign of the source.
struct Token: Sendable {
  enum Kind: Sendable {
    case name(String)
    case keyword(Keyword)
    case int(Int)
    case float(Double)
    case text([Segment])
    /// Microseconds.
    case duration(Int)
    /// Days since 1970-01-01.
    case date(Int)
    /// Microseconds since 1970-01-01T00:00:00Z.
    case time(Int)
    case email(String)
    case guid(String)
    case sign(Sign)
    case end
  }

  /// A piece of a text: characters, or the tokens of an expression in braces.
  enum Segment: Sendable {
    case characters(String)
    case code([Token])
  }

  let kind: Kind
  let span: Span
  let spaceBefore: Bool
  let lineBefore: Bool

  func isSign(_ sign: Sign) -> Bool {
    if case .sign(sign) = kind { return true }
    return false
  }

  var isEmail: Bool {
    if case .email = kind { return true }
    return false
  }

  func isKeyword(_ keyword: Keyword) -> Bool {
    if case .keyword(keyword) = kind { return true }
    return false
  }

  func isName(_ fits: (String) -> Bool) -> Bool {
    if case .name(let name) = kind { return fits(name) }
    return false
  }

  /// The word, be it a name or reserved: after `.`, before `:` and as a column any word will do.
  var word: String? {
    switch kind {
    case .name(let name): name
    case .keyword(let keyword): keyword.rawValue
    default: nil
    }
  }

  /// The word, or the text in quotes, that stands behind a dot.
  var fieldName: String? {
    guard case .text(let segments) = kind else { return word }
    guard segments.count == 1, case .characters(let name) = segments[0] else { return nil }
    return name
  }
}

/// Words that are no names.
public enum Keyword: String, Sendable, CaseIterable {
  case `let`, `var`, `for`, `in`, `if`, `else`, `try`, `catch`, def, `return`, use, param, needs, test, assert
  case and, or, not, has, starts, ends, matches, by, on, `true`, `false`, null, it, `as`
}

enum Sign: String, Sendable, CaseIterable {
  case pipe = "|"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case dot = "."
  case questionDot = "?."
  case question = "?"
  case doubleQuestion = "??"
  case openParenthesis = "("
  case closeParenthesis = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"
  case assign = "="
  case addAssign = "+="
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case arrow = "->"
}
