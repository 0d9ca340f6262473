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
    /// What a `def` sees too: a parameter, or a `let` that is worked out without reading anything.
    var isShared = false
  }

  /// A current row: that of an `each` block or of a predicate.
  struct RowContext {
    var type: Type
    var level: Int
    /// No other row has it: what is known not to be null is known of this one, and rows of blocks in blocks share a level.
    var number: Int
  }

  let schema: Schema
  let mode: CheckMode
  var diagnostics: [Diagnostic] = []
  var scopes: [[String: Variable]] = [[:]]
  var slots = 0
  var relationSlots = 0
  /// The slots of variables that are set more than once.
  var mutable: Set<Int> = []
  /// Variables that are always a number or truth value.
  var numberSlots: Set<Int> = []
  var rows: [RowContext] = []
  private var rowCount = 0
  var lambdas: [TypedLambda] = []
  /// How many conditions stand around, each of which may keep what is checked from being worked out.
  var guardDepth = 0
  /// The slots of values that were worked out before what guards them: what such a one failed with is told where it is first used.
  var fallible: Set<Int> = []
  /// The values before `?.` in the chains around, and how many predicates stand around them.
  var chainGuards: [(slot: Int, value: TypedExpression, level: Int)] = []
  var narrowed: [Set<String>] = [[]]
  var parDepth = 0
  var needs: [String: Int] = [:]
  var parameters: [CheckedProgram.Parameter] = []
  /// While the base of an index, `find` or `where` is checked, which says itself which of all are meant.
  var isLookedUp = false
  /// Where aggregates may stand: the columns of `summarize`.
  var aggregates: [TypedAggregate]?
  /// The script itself, and the files that it uses.
  var files: [FileScope] = []
  var file = 0
  var definitions: [Definition] = []
  /// The definition whose body this is.
  var definition: Int?
  /// How high the trees stand upon one another of the statement and the definitions that are being checked.
  var checkingHeight = 0
  var using: [String] = []
  /// The values of used files, which stand before the script.
  var prelude: [TypedStatement] = []
  var tests: [CheckedProgram.Test] = []
  /// In a test nothing needs to be named by `needs`.
  var isFree = false
  /// The fields that are named, by resource.
  var fieldsRead: [String: Set<String>] = [:]
  /// Set where a value depends on one that a `def` does not see.
  var readsUnshared = false
  /// What the prompt read as if it were written in full.
  var rewrites: [Fix] = []
  /// What the field that is looked for is compared with, which tells what it may be.
  var comparedWith: ExpressionKind?
  /// What names mean, for an editor.
  var symbols: SymbolIndex?
  var loader: SourceLoader
  /// At the prompt the type of a file, by what is in it.
  var inferring: ((InputFormat, String) throws(RunError) -> Type)?

  init(schema: Schema, mode: CheckMode, loader: SourceLoader = .none) {
    self.schema = schema
    self.mode = mode
    self.loader = loader
    files = [FileScope(source: SourceFile(name: "", bytes: []))]
  }

  var level: Int { lambdas.count }

  // MARK: diagnostics

  mutating func report(_ code: Diagnostic.Code, _ message: String, _ span: Span, hint: String? = nil) {
    add(Diagnostic(code, message, span, hint: hint))
  }

  mutating func add(_ diagnostic: Diagnostic) { diagnostics.append(file == 0 ? diagnostic : diagnostic.from(files[file].source)) }

  /// What may be null: an error in a script, a warning at the prompt.
  ///
  /// - Parameter value: what may be null; of a column of a file it is told how it is none.
  mutating func reportNull(_ message: String, _ span: Span, hint: String, of value: TypedExpression? = nil) {
    var hint = hint
    if let value, let name = column(value) { hint += "; if no cell is empty, read it as { \(name): \(value.type.required) }" }
    let severity: Diagnostic.Severity = mode == .script ? .error : .warning
    add(Diagnostic(.maybeNull, message, span, hint: hint, severity: severity))
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

  mutating func declare(
    _ name: Word, _ type: Type, isVariable: Bool = false, isShared: Bool = false, as kind: SymbolIndex.Declaration.Kind? = nil
  ) -> Int {
    if schema.resource(listed: name.text) != nil {
      report(.duplicateName, "'\(name.text)' is a resource", name.span, hint: "choose another name")
    } else if scopes[scopes.count - 1][name.text] != nil, mode == .script {
      report(.duplicateName, "'\(name.text)' is declared twice", name.span, hint: "choose another name, or declare it with 'var' and set it")
    }
    let slot = newSlot()
    noteDeclaration(slot, name, type, kind ?? (isVariable ? .var : .let))
    if isVariable { mutable.insert(slot) }
    scopes[scopes.count - 1][name.text] = Variable(
      slot: slot, type: type, isVariable: isVariable, level: level, parDepth: parDepth, isShared: isShared)
    return slot
  }

  /// Declares what a statement of its own sets, so that its value may be kept as a number.
  mutating func declareNumber(_ slot: Int, _ type: Type) -> Int {
    if mode == .script, [.int, .float, .bool].contains(type) { numberSlots.insert(slot) }
    return slot
  }

  mutating func inScope<T>(_ body: (inout Checker) -> T) -> T {
    scopes.append([:])
    defer { scopes.removeLast() }
    return body(&self)
  }

  mutating func inRow<T>(_ type: Type, _ body: (inout Checker) -> T) -> T {
    rowCount += 1
    rows.append(RowContext(type: type, level: level, number: rowCount))
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

  /// A node whose second part is worked out only where the first says so.
  mutating func guardedNode(
    _ type: Type, _ span: Span, _ first: TypedExpression, _ second: TypedExpression, _ kind: (TypedExpression, TypedExpression) -> TypedKind
  ) -> TypedExpression {
    var second = second
    if second.level < first.level { second = guarded { $0.hoisted(second) } }
    return node(type, span, [first, second]) { kind($0[0], $0[1]) }
  }

  /// Moves a value out, to where the innermost row that it depends on is known; `within` is how many guards of chains stand around it.
  mutating func hoisted(_ value: TypedExpression, within: Int? = nil) -> TypedExpression {
    for index in lambdas.indices where value.level > 0 && index >= value.level {
      lambdas[index].outerLevel = max(lambdas[index].outerLevel, value.level)
    }
    guard !value.isTrivial, value.level < lambdas.count else { return value }
    let slot = newSlot()
    if guardDepth > lambdas[value.level].guardDepth { fallible.insert(slot) }
    let known = knowing(value, within ?? chainGuards.count)
    lambdas[value.level].hoisted.append((slot, known))
    return TypedExpression(kind: .local(slot), type: value.type, span: value.span, effect: .pure, level: value.level)
  }

  /// A value that is worked out before the chain that it stands in, with what the chain would have put into slots for it.
  private mutating func knowing(_ value: TypedExpression, _ count: Int) -> TypedExpression {
    let places = chainGuards.indices.prefix(count).filter { chainGuards[$0].level > value.level && chainGuards[$0].value.level <= value.level }
    if places.isEmpty { return value }
    for place in places { chainGuards[place].value = hoisted(chainGuards[place].value, within: place) }
    let known = places.map { chainGuards[$0] }
    var chain = value
    chain.kind = .chain(known.map { ($0.slot, $0.value) }, value)
    chain.effect = known.reduce(value.effect) { $0.joined($1.value.effect) }
    return chain
  }

  /// Checks what is only worked out if something before it says so: what moves out of it must not fail in its place.
  mutating func guarded<T>(_ body: (inout Checker) -> T) -> T {
    guardDepth += 1
    defer { guardDepth -= 1 }
    return body(&self)
  }

  /// Checks a predicate or projection over elements of a type.
  mutating func lambda(over element: Type, _ body: (inout Checker) -> TypedExpression) -> TypedLambda {
    lambdas.append(TypedLambda(body: .missing(Span(0, 0)), row: rowCount + 1, guardDepth: guardDepth))
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
  static func check(
    _ source: SourceFile, schema: Schema, mode: CheckMode, loader: SourceLoader
  ) -> (program: CheckedProgram?, diagnostics: [Diagnostic]) {
    var checker = Checker(schema: schema, mode: mode, loader: loader)
    let (program, diagnostics) = checker.program(source)
    return (program, diagnostics)
  }

  /// Checks a script in the scope that earlier entries of a prompt left.
  mutating func program(_ source: SourceFile) -> (program: CheckedProgram?, diagnostics: [Diagnostic]) {
    let parsed = Parser.parse(source)
    diagnostics = []
    prelude = []
    rewrites = []
    tests = []
    files[0] = FileScope(source: source, definitions: files[0].definitions, modules: files[0].modules, variables: scopes[0])
    using = [source.name]
    collectNeeds(parsed.program)
    collect(parsed.program)
    let statements = parsed.program.statements.compactMap { statement in
      let typed = self.statement(statement, isTop: true)
      files[0].variables = scopes[0]
      return typed
    }
    // What nobody calls is checked all the same; tests come last, when all that they see is known.
    for index in definitions.indices { check(definition: index) }
    for statement in parsed.program.statements {
      guard case .test(let title, let snapshot, let block) = statement.kind else { continue }
      checkingHeight = block.height
      test(title, snapshot, block, statement.span)
      checkingHeight = 0
    }
    let found = diagnostics.filter { $0.source != nil } + Self.merged(parsed.diagnostics, diagnostics.filter { $0.source == nil }, source)
    let warnings = found.filter { $0.severity == .warning }
    guard warnings.count == found.count else { return (nil, found) }
    let all = prelude + statements
    let program = CheckedProgram(
      statements: all, slots: slots, relations: relationSlots, source: source, documentation: parsed.documentation,
      parameters: parameters, needs: needs, effect: all.reduce(.pure) { $0.joined($1.effect) }, warnings: warnings, mode: mode,
      schema: schema, definitions: definitions.map { typed($0) }, shared: Set(files[0].variables.values.filter(\.isShared).map(\.slot)), tests: tests,
      rewrites: rewrites, mutable: mutable, numberSlots: numberSlots, fallible: fallible, fieldsRead: fieldsRead)
    return (program, found)
  }

  /// What parser and checker found, in order. On one line they mostly tell of the same mistake: then an unknown name before the place where the parser
  /// stopped says more than that, and that says more than a type.
  private static func merged(_ spelling: [Diagnostic], _ meaning: [Diagnostic], _ source: SourceFile) -> [Diagnostic] {
    let line = { (diagnostic: Diagnostic) in source.line(at: diagnostic.span.start) }
    let misspelled = Set(spelling.map(line))
    let meaning = meaning.filter { $0.code.rawValue < "E2" || !misspelled.contains(line($0)) }
    let spelling = spelling.filter { error in
      error.code != .unexpected || error.isIncomplete || !meaning.contains { $0.span.start < error.span.start && line($0) == line(error) }
    }
    return (spelling + meaning).sorted { $0.span.start < $1.span.start }
  }
}
