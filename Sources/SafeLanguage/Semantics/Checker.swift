/// Resolves every name and type of a script before anything runs. One mistake makes one error: what follows from it is `.unknown`, which fits everywhere.
struct Checker {
  struct Variable {
    var slot: Int
    var type: Type
    var isVariable: Bool
    /// The predicate in which it was declared; 0 outside of all.
    var level: Int
    /// Parallel rows may read it but not set it, below this depth of `par`.
    var parDepth: Int
  }

  /// A current row: that of an `each` block or of a predicate.
  struct RowContext {
    var type: Type
    var level: Int
  }

  let schema: Schema
  let mode: CheckMode
  var diagnostics: [Diagnostic] = []
  var scopes: [[String: Variable]] = [[:]]
  var slots = 0
  var relationSlots = 0
  var rows: [RowContext] = []
  var lambdas: [TypedLambda] = []
  var narrowed: [Set<String>] = [[]]
  var parDepth = 0
  var needs: [String: Int] = [:]
  var parameters: [CheckedProgram.Parameter] = []
  /// Where aggregates may stand: the columns of `summarize`.
  var aggregates: [TypedAggregate]?
  /// At the prompt the type of a file, by what is in it.
  var inferring: ((InputFormat, String) throws(RunError) -> Type)?

  init(schema: Schema, mode: CheckMode) {
    self.schema = schema
    self.mode = mode
  }

  var level: Int { lambdas.count }

  // MARK: diagnostics

  mutating func report(_ code: Diagnostic.Code, _ message: String, _ span: Span, hint: String? = nil) {
    diagnostics.append(Diagnostic(code, message, span, hint: hint))
  }

  /// What may be null: an error in a script, a warning at the prompt.
  mutating func reportNull(_ message: String, _ span: Span, hint: String) {
    let severity: Diagnostic.Severity = mode == .script ? .error : .warning
    diagnostics.append(Diagnostic(.maybeNull, message, span, hint: hint, severity: severity))
  }

  func didYouMean(_ name: String, _ candidates: [String], prefix: String = "") -> String? {
    Suggestion.nearest(to: name, among: candidates).map { "did you mean '\(prefix)\($0)'?" }
  }

  // MARK: variables

  func variable(_ name: String) -> Variable? {
    for scope in scopes.reversed() { if let found = scope[name] { return found } }
    return nil
  }

  mutating func newSlot() -> Int {
    slots += 1
    return slots - 1
  }

  mutating func declare(_ name: Word, _ type: Type, isVariable: Bool = false) -> Int {
    if schema.resource(listed: name.text) != nil {
      report(.duplicateName, "'\(name.text)' is a resource", name.span, hint: "choose another name")
    } else if scopes[scopes.count - 1][name.text] != nil, mode == .script {
      report(.duplicateName, "'\(name.text)' is declared twice", name.span, hint: "choose another name, or declare it with 'var' and set it")
    }
    let slot = newSlot()
    scopes[scopes.count - 1][name.text] = Variable(slot: slot, type: type, isVariable: isVariable, level: level, parDepth: parDepth)
    return slot
  }

  mutating func inScope<T>(_ body: (inout Checker) -> T) -> T {
    scopes.append([:])
    defer { scopes.removeLast() }
    return body(&self)
  }

  mutating func inRow<T>(_ type: Type, _ body: (inout Checker) -> T) -> T {
    rows.append(RowContext(type: type, level: level))
    defer { rows.removeLast() }
    return body(&self)
  }

  mutating func narrowing<T>(_ paths: Set<String>, _ body: (inout Checker) -> T) -> T {
    narrowed.append(paths)
    defer { narrowed.removeLast() }
    return body(&self)
  }

  var visibleNames: [String] { scopes.flatMap { $0.keys } + schema.resources.map(\.plural) }

  // MARK: levels

  /// Makes a node's level and effect from its parts. A part that depends on less than the node is worked out once, before the
  /// first row: it moves to the predicate whose rows it does not need.
  mutating func settle(_ parts: inout [TypedExpression]) -> (level: Int, effect: Effect) {
    let level = parts.reduce(0) { max($0, $1.level) }
    if level > 0 {
      for index in parts.indices where parts[index].level < level { parts[index] = hoisted(parts[index]) }
    }
    return (level, parts.reduce(.pure) { $0.joined($1.effect) })
  }

  mutating func node(_ type: Type, _ span: Span, _ parts: [TypedExpression], _ kind: ([TypedExpression]) -> TypedKind) -> TypedExpression {
    var parts = parts
    let (level, effect) = settle(&parts)
    return TypedExpression(kind: kind(parts), type: type, span: span, effect: effect, level: level)
  }

  mutating func hoisted(_ value: TypedExpression) -> TypedExpression {
    for index in lambdas.indices where value.level > 0 && index >= value.level {
      lambdas[index].outerLevel = max(lambdas[index].outerLevel, value.level)
    }
    guard !value.isTrivial, value.level < lambdas.count else { return value }
    let slot = newSlot()
    lambdas[value.level].hoisted.append((slot, value))
    return TypedExpression(kind: .local(slot), type: value.type, span: value.span, effect: .pure, level: value.level)
  }

  /// Checks a predicate or projection over elements of a type.
  mutating func lambda(over element: Type, _ body: (inout Checker) -> TypedExpression) -> TypedLambda {
    lambdas.append(TypedLambda(body: .missing(Span(0, 0))))
    let level = lambdas.count
    var expression = inRow(element) { checker in checker.inScope { body(&$0) } }
    if expression.level < level { expression = hoisted(expression) }
    if expression.effect > .pure, expression.effect < .write {
      report(.writeInExpression, "this is fetched anew for each row", expression.span, hint: "fetch it once before, with 'let'")
    }
    var lambda = lambdas.removeLast()
    lambda.body = expression
    return lambda
  }

  mutating func lambda(over element: Type, _ expression: Expression, expecting: Type? = nil) -> TypedLambda {
    lambda(over: element) { $0.check(expression, expecting: expecting) }
  }

  /// A condition over elements, and what is known not to be null where it holds.
  mutating func predicate(over element: Type, _ expression: Expression) -> TypedLambda {
    lambda(over: element) { $0.condition(expression) }
  }

  mutating func condition(_ expression: Expression) -> TypedExpression {
    let checked = check(expression, expecting: .bool)
    return coerce(checked, to: .bool) { "a condition is a Bool, this is \($0)" }
  }
}

extension Checker {
  /// Checks a whole script.
  static func check(_ source: SourceFile, schema: Schema, mode: CheckMode) -> (program: CheckedProgram?, diagnostics: [Diagnostic]) {
    var checker = Checker(schema: schema, mode: mode)
    let (program, diagnostics) = checker.program(source)
    return (program, diagnostics)
  }

  /// Checks a script in the scope that earlier entries of a prompt left.
  mutating func program(_ source: SourceFile) -> (program: CheckedProgram?, diagnostics: [Diagnostic]) {
    let parsed = Parser.parse(source)
    diagnostics = parsed.diagnostics
    collectNeeds(parsed.program)
    let statements = parsed.program.statements.compactMap { statement($0, isTop: true) }
    let found = diagnostics.sorted { $0.span.start < $1.span.start }
    let warnings = found.filter { $0.severity == .warning }
    guard warnings.count == found.count else { return (nil, found) }
    let program = CheckedProgram(
      statements: statements, slots: slots, relations: relationSlots, source: source, documentation: parsed.documentation,
      parameters: parameters, needs: needs, effect: statements.reduce(.pure) { $0.joined($1.effect) }, warnings: warnings, mode: mode,
      schema: schema)
    return (program, found)
  }
}
