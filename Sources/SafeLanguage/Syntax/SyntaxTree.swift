/// What the parser makes of the tokens: names are still words, types still written.
indirect enum ExpressionKind: Sendable {
  case int(Int)
  case float(Double)
  case bool(Bool)
  case null
  case text(String)
  case interpolation([TextPart])
  case duration(Int)
  case date(Int)
  case time(Int)
  case email(String)
  case guid(String)
  case name(String)
  case it
  /// `.field` of the current row.
  case rowField(Word)
  /// `x.field`, `x?.field`.
  case field(Expression, Word, optional: Bool)
  case index(Expression, Expression)
  case call(Word, [Argument], isCommand: Bool)
  case method(Expression, Word, [Argument], optional: Bool)
  case list([Expression])
  case record([RecordEntry])
  case negate(Expression)
  case not(Expression)
  case binary(BinaryOperator, Expression, Expression)
  case pipeline(Expression, [Stage])
  case conditional(Expression, Block, Block?)
  case attempt(Block, Word?, Block?)
  /// `csv file as { … }`
  case typed(Expression, TypeSyntax)
  /// What stands where an error was; it takes part in no further error.
  case missing
}

struct Expression: Sendable {
  let kind: ExpressionKind
  let span: Span
  var height: Int

  init(kind: ExpressionKind, span: Span) {
    self.kind = kind
    self.span = span
    height = kind.height + 1
  }
}

struct Word: Sendable, Hashable {
  let text: String
  let span: Span
}

enum TextPart: Sendable {
  case characters(String)
  case expression(Expression)
}

struct RecordEntry: Sendable {
  let name: Word
  let value: Expression
}

struct Argument: Sendable {
  let label: Word?
  var value: Expression

  var span: Span { label.map { $0.span.joined(value.span) } ?? value.span }
}

enum BinaryOperator: String, Sendable {
  case or, and
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case `in`
  case notIn = "not in"
  case has, starts, ends, matches
  case coalesce = "??"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
}

struct Block: Sendable {
  let statements: [Statement]
  let span: Span
  let height: Int

  init(statements: [Statement], span: Span) {
    self.statements = statements
    self.span = span
    height = statements.reduce(0) { max($0, $1.kind.height) } + 1
  }
}

/// A column of `select`, `extend`, `summarize`: named by `name =`, or by what it is.
struct Column: Sendable {
  let name: Word?
  let value: Expression
}

struct SortKey: Sendable {
  let descending: Bool
  let value: Expression
}

struct EachSyntax: Sendable {
  let rowName: Word?
  let par: Expression?
  let key: Expression?
  let block: Block
  let onError: Word?
}

struct JoinSyntax: Sendable {
  /// A row without a match stays, with null.
  let keepsLeft: Bool
  /// `r =` puts the right row under one name.
  let name: Word?
  let table: Expression
  /// `.key`, or `.a == .b`, where the second is the right's.
  let keys: [(left: Expression, right: Expression?)]
}

enum StageKind: Sendable {
  case filter(Expression)
  case select([Column])
  case extend([Column])
  case sort([SortKey])
  case take(Expression)
  case skip(Expression)
  case distinct([Expression])
  case summarize([Column], by: [Column])
  case expand(Column)
  case join(JoinSyntax)
  case each(EachSyntax)
  /// Any command or function, with the list as its first argument.
  /// What is left over after its arguments is an error unless the word is one.
  case call(Word, [Argument], rest: Span?)
  case missing
}

struct Stage: Sendable {
  let kind: StageKind
  let span: Span
}

struct TypeSyntax: Sendable {
  indirect enum Kind: Sendable {
    case named(String)
    case list(TypeSyntax)
    case record([(name: Word, type: TypeSyntax)])
    case optional(TypeSyntax)
  }

  let kind: Kind
  let span: Span
}

struct NeedSyntax: Sendable {
  let capability: Word
  let cap: Int
  let span: Span
}

struct DefinitionSyntax: Sendable {
  struct Parameter: Sendable {
    let name: Word
    let type: TypeSyntax
    let value: Expression?
  }

  let name: Word
  let parameters: [Parameter]
  let result: TypeSyntax?
  let body: Block
  let documentation: String
}

enum StatementKind: Sendable {
  case declare(Word, isVariable: Bool, TypeSyntax?, Expression)
  case assign(Word, adds: Bool, Expression)
  case loop(Word, Expression, Block)
  case expression(Expression)
  case param(Word, TypeSyntax, Expression?, documentation: String)
  case needs([NeedSyntax])
  case define(DefinitionSyntax)
  case `return`(Expression?)
  case use(path: Word, name: Word)
  case assertion(Expression, message: Expression?)
  case failure(Expression)
  case test(title: Word, snapshot: Word?, Block)
  case missing
}

struct Statement: Sendable {
  let kind: StatementKind
  let span: Span
}
