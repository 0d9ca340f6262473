/// An expression whose names and types are known. The compiler asks nothing more.
struct TypedExpression: Sendable {
  var kind: TypedKind
  var type: Type
  var span: Span
  var effect: Effect = .pure
  /// The innermost row that it depends on: 0 for none, 1 for the row of the outermost predicate, and so on.
  var level = 0
  /// The number of the row that it is, or is a field of.
  var row = 0

  static func constant(_ value: Value, _ type: Type, _ span: Span) -> TypedExpression {
    TypedExpression(kind: .constant(value), type: type, span: span)
  }

  static func missing(_ span: Span) -> TypedExpression { constant(.null, .unknown, span) }

  /// Whether to work it out twice costs nothing.
  var isTrivial: Bool {
    switch kind {
    case .constant, .local, .row, .rowField: true
    default: false
    }
  }

  /// Whether its value is mostly made here, so that nobody else holds it.
  var isMade: Bool {
    switch kind {
    case .method, .pipeline, .arithmetic, .function, .column, .narrowed, .list, .input: true
    default: false
    }
  }
}

indirect enum TypedKind: Sendable {
  case constant(Value)
  case local(Int)
  /// `it`
  case row
  case rowField(Int)
  case interpolation([TypedPart])
  case field(TypedExpression, Int)
  /// `table.field`: the list of a column.
  case column(TypedExpression, Int)
  /// `x?.…`: the guards are tried in order; the first null makes the whole null.
  case chain([(slot: Int, value: TypedExpression)], TypedExpression)
  case resource(ResourceType)
  /// A list that is fetched each time, narrowed where it comes from.
  case fetch(ResourceType, TypedQuery)
  case refresh(ResourceType)
  case relation(TypedExpression, Relation, slot: Int)
  case lookup(ResourceType, TypedExpression, key: TypedExpression)
  case index(TypedExpression, TypedExpression)
  case list([TypedExpression])
  case record(RecordType, [TypedExpression])
  case not(TypedExpression)
  case negate(TypedExpression)
  case and(TypedExpression, TypedExpression)
  case or(TypedExpression, TypedExpression)
  case compare(Comparison, TypedExpression, TypedExpression)
  case arithmetic(Arithmetic, TypedExpression, TypedExpression)
  case coalesce(TypedExpression, TypedExpression)
  case contains(TypedExpression, TypedExpression, Containment)
  case toFloat(TypedExpression)
  case toTime(TypedExpression)
  case narrowed(TypedExpression, RecordType, [Int])
  case method(Method, TypedExpression, [TypedArgument])
  case function(Function, [TypedExpression])
  case input(InputFormat, TypedExpression, Type)
  /// A call of a `def`, by its place among the program's definitions.
  case invoke(Int, [TypedExpression])
  case verb(Verb, TypedExpression, [(name: String, value: TypedExpression)])
  case print(TypedExpression)
  case pipeline(TypedExpression, [TypedStage])
  case conditional(TypedExpression, TypedBlock, TypedBlock?)
  case attempt(TypedBlock, slot: Int?, TypedBlock?)
  /// The value of the second with the first in a slot.
  case bind(Int, TypedExpression, TypedExpression)
}

/// What narrows a list where it is fetched.
struct TypedQuery: Sendable {
  var arguments: [(name: String, value: TypedExpression)] = []
  /// Taken from the stages directly after; each value goes into a slot, which those stages read, too.
  var conditions: [(field: String, comparison: RowComparison, slot: Int, value: TypedExpression)] = []
  var limit: (slot: Int, value: TypedExpression)?
  /// Whether all that stands behind it so far was handed on whole, so that the next stage can be, too.
  var isOpen = true
}

enum TypedPart: Sendable {
  case characters(String)
  case expression(TypedExpression)
}

enum TypedArgument: Sendable {
  case value(TypedExpression)
  case row(TypedLambda)

  var effect: Effect {
    switch self {
    case .value(let value): value.effect
    case .row(let lambda): lambda.effect
    }
  }
}

enum Comparison: Sendable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }
enum Arithmetic: Sendable { case add, subtract, multiply, divide, floorDivide, remainder }
enum Containment: Sendable { case inList, notInList, has, starts, ends, matches }

/// A predicate or projection: worked out for each row, without waiting.
struct TypedLambda: Sendable {
  var body: TypedExpression
  /// What does not depend on the row, worked out once before the first.
  var hoisted: [(slot: Int, value: TypedExpression)] = []
  /// Relations that it reads, fetched in bulk before the first row; `ofRow` if they start from the row itself.
  var relations: [(slot: Int, relation: Relation, ofRow: Bool)] = []
  /// The innermost row outside of it that it depends on.
  var outerLevel = 0
  /// The number of its row, and how many conditions stand around it; for the checker.
  var row = 0
  var guardDepth = 0

  var effect: Effect { hoisted.reduce(relations.isEmpty ? .pure : .read) { $0.joined($1.value.effect) } }
}

struct TypedBlock: Sendable {
  var statements: [TypedStatement]
  /// The type of the last expression, the block's value.
  var type: Type
  var effect: Effect
  /// Whether a `return` in it may end it early.
  var mayReturn = false
  /// Whether every way through it ends in a `return`.
  var alwaysReturns = false
}

struct TypedStatement: Sendable {
  enum Kind: Sendable {
    case store(slot: Int, TypedExpression)
    case loop(slot: Int, TypedExpression, TypedBlock)
    /// At the top level the value is shown.
    case expression(TypedExpression, isShown: Bool)
    case `return`(TypedExpression?)
    case assertion(TypedExpression, message: TypedExpression?)
    case failure(TypedExpression)
  }

  var kind: Kind
  var span: Span
  var effect: Effect
}

struct TypedEach: Sendable {
  enum OnError: String, Sendable, CaseIterable { case stop, skip, collect }

  var rowSlot: Int?
  var par: TypedExpression?
  var key: TypedLambda?
  var block: TypedBlock
  var onError: OnError
}

struct TypedAggregate: Sendable {
  var aggregate: Aggregate
  var argument: TypedLambda?
  /// Of `percentile`.
  var percent = 50.0
  /// Where the group's value stands while its columns are worked out.
  var slot: Int
  var span: Span
}

struct TypedJoin: Sendable {
  var keepsLeft: Bool
  var table: TypedExpression
  var keys: [(left: TypedLambda, right: TypedLambda, type: Type)]
  /// The right's columns that the result has after the left's; nil puts the right row into one.
  var columns: [Int]?
}

struct TypedStage: Sendable {
  enum Kind: Sendable {
    case filter(TypedLambda)
    /// For each field of the result: an old column, or a new value.
    case project([ProjectedColumn])
    case sort([(descending: Bool, key: TypedLambda)])
    case take(TypedExpression)
    case skip(TypedExpression)
    case distinct([TypedLambda])
    /// `reads` is what the columns ask for, once for all groups.
    case summarize(keys: [TypedLambda], aggregates: [TypedAggregate], columns: [TypedExpression], reads: [(slot: Int, value: TypedExpression)])
    /// Repeats the row for each element; the element takes the column's place, or the last one.
    case expand(TypedLambda, column: Int)
    case join(TypedJoin)
    case each(TypedEach)
    /// A call with the list as its first argument, which stands in the slot.
    case apply(slot: Int, TypedExpression)
    case report
    case chart
    case method(Method, [TypedArgument])
    case print
    case save(path: TypedExpression, format: TypedExpression?)
  }

  enum ProjectedColumn: Sendable {
    case kept(Int)
    case computed(TypedLambda)
  }

  var kind: Kind
  var type: Type
  var span: Span
  var effect: Effect
}

/// A script that may run: checked whole.
public struct CheckedProgram: Sendable {
  /// An option that the script declares with `param`.
  public struct Parameter: Sendable {
    public var name: String
    public var type: Type
    public var documentation: String
    public var isRequired: Bool
    /// The default as it is written.
    public var defaultText: String?
    var slot: Int
  }

  let statements: [TypedStatement]
  let slots: Int
  let relations: Int
  public let source: SourceFile
  public let documentation: String
  public let parameters: [Parameter]
  /// What `needs` allows: capability to cap.
  public let needs: [String: Int]
  public let effect: Effect
  public let warnings: [Diagnostic]
  let mode: CheckMode
  let schema: Schema
  let definitions: [TypedDefinition]
  /// The slots of variables that definitions and tests see.
  let shared: Set<Int>
  public let tests: [Test]
  /// What the prompt read as if it were written in full.
  let rewrites: [Fix]
  /// The slots of variables that are set more than once.
  let mutable: Set<Int>
  /// The slots of variables that hold a number or truth value, which frames keep as bits.
  let numberSlots: Set<Int>
  /// The slots of values whose error, if they had one, is told where they are used.
  let fallible: Set<Int>
  /// The fields of resources' rows that the script names anywhere, by resource: what it does can hang on no others.
  public let fieldsRead: [String: Set<String>]

  /// The source as a script would have it.
  public var canonicalText: String { Fix.applied(rewrites, to: source) }
}

extension CheckedProgram {
  /// A `test` block: runs in an organization of its own, without the script's other statements.
  public struct Test: Sendable {
    public let title: String
    /// The path after `with`, as it is written.
    public let snapshot: String?
    public let span: Span
    let body: TypedBlock
  }
}

/// Scripts are held to every rule; the prompt is lenient about null and needs no `needs`.
public enum CheckMode: Sendable { case script, prompt }
