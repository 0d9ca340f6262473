extension Checker {
  mutating func pipeline(_ source: Expression, _ stages: [Stage], _ span: Span) -> TypedExpression {
    let base = check(source)
    requireValue(base)
    var type = base.type == .nothing ? Type.unknown : base.type
    if type.isOptional, !stages.isEmpty {
      reportNull("this may be null, and a list is needed", base.span, hint: "give a default with '??'")
      type = mode == .script ? .unknown : type.required
    }
    var typed: [TypedStage] = []
    // Each stage has the type that the one before gives: also what its `where` found not to be null. Behind a broken one nothing is told.
    for stage in stages {
      guard let next = self.stage(stage, type) else {
        type = .unknown
        continue
      }
      typed.append(next)
      type = bounded(next.type, next.span)
    }
    return pipeline(of: base, typed, type, span)
  }

  /// A list through stages that are checked. In a predicate the list is worked out before, where only a stage depends on the row.
  mutating func pipeline(of base: TypedExpression, _ stages: [TypedStage], _ type: Type, _ span: Span) -> TypedExpression {
    var (base, stages, start) = (base, stages, 0)
    // `(a | b) | c` and `a.b().c()` are `a | b | c`, unless `c` alone depends on the row of a predicate.
    if case .pipeline(let source, let before) = base.kind, level == 0 || stages.allSatisfy({ stageLevel($0) <= base.level }) {
      start = before.count
      stages = before + stages
      base = source
    }
    let (source, level) = (pushingDown(&stages, from: start, into: base), base.level)
    var result = TypedExpression(kind: .pipeline(source, stages), type: type, span: span, effect: base.effect, level: level)
    for stage in stages {
      result.effect = result.effect.joined(stage.effect)
      if self.level > 0 { result.level = max(result.level, stageLevel(stage)) }
    }
    if result.level > level, base.effect > .pure {
      let list = hoisted(source)
      result.kind = .pipeline(list, stages)
      result.effect = stages.reduce(list.effect) { $0.joined($1.effect) }
    }
    if self.level > 0, result.effect > .pure, result.level > 0 {
      report(.writeInExpression, "this is fetched anew for each row", span, hint: "fetch it once before, with 'let'")
    }
    return result
  }

  private func stageLevel(_ stage: TypedStage) -> Int {
    func of(_ lambda: TypedLambda) -> Int { lambda.hoisted.reduce(lambda.outerLevel) { max($0, $1.value.level) } }
    switch stage.kind {
    case .filter(let lambda): return of(lambda)
    case .project(let columns):
      return columns.reduce(0) { if case .computed(let lambda) = $1 { max($0, of(lambda)) } else { $0 } }
    case .sort(let keys): return keys.reduce(0) { max($0, of($1.key)) }
    case .take(let value), .skip(let value): return value.level
    case .distinct(let keys): return keys.reduce(0) { max($0, of($1)) }
    case .summarize(let keys, let aggregates, _, _):
      return (keys + aggregates.compactMap(\.argument)).reduce(0) { max($0, of($1)) }
    case .method(_, let arguments):
      return arguments.reduce(0) { if case .row(let lambda) = $1 { max($0, of(lambda)) } else if case .value(let value) = $1 { max($0, value.level) } else { $0 } }
    case .expand(let lambda, _): return of(lambda)
    case .join(let join): return join.keys.reduce(join.table.level) { max($0, of($1.left), of($1.right)) }
    case .apply(_, let call): return call.level
    case .each, .report, .chart, .print, .save: return 0
    }
  }

  mutating func stage(_ stage: Stage, _ type: Type) -> TypedStage? {
    if type == .nothing {
      report(.noValue, "the stage before gives nothing", stage.span, hint: "let it be the last, and begin a new pipeline")
      return nil
    }
    if case .missing = stage.kind { return nil }
    if case .call(let name, let arguments, let rest) = stage.kind {
      let count = diagnostics.count
      let typed = call(name, arguments, rest, type, stage.span)
      if let rest, diagnostics.count == count {
        report(.unexpected, "expected the end of the stage", rest, hint: "an argument that is more than a name or call stands in parentheses")
      }
      return typed
    }
    guard let element = type.element else {
      report(.typeMismatch, "a stage works on a list, this is \(type)", stage.span)
      return nil
    }
    switch stage.kind {
    case .filter(let condition): return filter(condition, type, element, stage.span)
    case .select(let columns): return select(columns, element, stage.span)
    case .extend(let columns): return extend(columns, element, stage.span)
    case .sort(let keys): return sort(keys, type, element, stage.span)
    case .take(let count): return counted(count, "take", type, stage.span) { .take($0) }
    case .skip(let count): return counted(count, "skip", type, stage.span) { .skip($0) }
    case .distinct(let keys): return distinct(keys, type, element, stage.span)
    case .summarize(let columns, let keys): return summarize(columns, by: keys, element, stage.span)
    case .expand(let column): return expand(column, element, stage.span)
    case .join(let join): return self.join(join, element, stage.span)
    case .each(let each): return self.each(each, element, stage.span)
    case .call, .missing: return nil
    }
  }

  func made(_ kind: TypedStage.Kind, _ type: Type, _ span: Span, _ lambdas: [TypedLambda]) -> TypedStage {
    TypedStage(kind: kind, type: type, span: span, effect: lambdas.reduce(.pure) { $0.joined($1.effect) })
  }

  // MARK: where, sort, take, skip, distinct

  private mutating func filter(_ condition: Expression, _ type: Type, _ element: Type, _ span: Span) -> TypedStage {
    let lambda = predicate(over: element, condition)
    refuseWrite(lambda)
    var type = type
    if case .table(var row) = type {
      for path in facts(lambda.body).whenTrue {
        let prefix = "r\(lambda.row)."
        if path.hasPrefix(prefix), let column = Int(path.dropFirst(prefix.count)) { row.fields[column].type = row.fields[column].type.required }
      }
      type = .table(row)
    }
    return made(.filter(lambda), type, span, [lambda])
  }

  private mutating func sort(_ keys: [SortKey], _ type: Type, _ element: Type, _ span: Span) -> TypedStage {
    var typed: [(descending: Bool, key: TypedLambda)] = []
    for key in keys {
      let lambda = lambda(over: element, key.value)
      refuseWrite(lambda)
      guard isOfRow(lambda, "sort") else { continue }
      if !lambda.body.type.required.isOrdered, lambda.body.type != .null {
        report(.typeMismatch, "\(lambda.body.type) has no order", lambda.body.span)
      }
      typed.append((key.descending, lambda))
    }
    return made(.sort(typed), type, span, typed.map(\.key))
  }

  private mutating func counted(
    _ count: Expression, _ name: String, _ type: Type, _ span: Span, _ kind: (TypedExpression) -> TypedStage.Kind
  ) -> TypedStage {
    let value = coerce(check(count, expecting: .int), to: .int) { "'\(name)' takes an Int, this is \($0)" }
    return TypedStage(kind: kind(value), type: type, span: span, effect: value.effect)
  }

  private mutating func distinct(_ keys: [Expression], _ type: Type, _ element: Type, _ span: Span) -> TypedStage {
    let lambdas = keys.map { lambda(over: element, $0) }
    lambdas.forEach { refuseWrite($0) }
    return made(.distinct(lambdas.filter { isOfRow($0, "distinct") }), type, span, lambdas)
  }

  /// A key that is the same for every row is a mistake, mostly a name in quotes.
  mutating func isOfRow(_ key: TypedLambda, _ stage: String) -> Bool {
    if key.body.level > lambdas.count || key.body.type == .unknown { return true }
    let hint =
      if case .constant(.text(let text)) = key.body.kind, text.utf8.allSatisfy({ isWord($0) }), !text.isEmpty { "did you mean '.\(text)'?" } else {
        "write a field, as in .email"
      }
    report(.noCurrentRow, "a key of '\(stage)' is worked out of the row, and this is the same for all", key.body.span, hint: hint)
    return false
  }

  // MARK: select, extend

  private mutating func select(_ columns: [Column], _ element: Type, _ span: Span) -> TypedStage? {
    var fields: [Field] = []
    var projected: [TypedStage.ProjectedColumn] = []
    var lambdas: [TypedLambda] = []
    for column in columns {
      guard let (name, lambda) = named(column, element) else { continue }
      if fields.contains(where: { $0.name == name.text }) {
        report(.duplicateName, "the column '\(name.text)' comes twice", name.span, hint: otherName(for: column, among: fields))
        continue
      }
      fields.append(Field(name.text, lambda.body.type))
      projected.append(.computed(lambda))
      lambdas.append(lambda)
    }
    if case .record(let row) = element {
      for (index, field) in row.fields.enumerated() where field.isHidden {
        fields.append(field)
        projected.append(.kept(index))
      }
    }
    return made(.project(projected), .table(RecordType(fields)), span, lambdas)
  }

  private mutating func extend(_ columns: [Column], _ element: Type, _ span: Span) -> TypedStage? {
    guard case .record(let row) = element else {
      report(.typeMismatch, "'extend' works on rows, this is a list of \(element)", span, hint: "use 'select'")
      return nil
    }
    var fields = row.fields
    var projected = fields.indices.map { TypedStage.ProjectedColumn.kept($0) }
    var lambdas: [TypedLambda] = []
    var given: Set<String> = []
    for column in columns {
      guard let (name, lambda) = named(column, element) else { continue }
      if !given.insert(name.text).inserted {
        report(.duplicateName, "the column '\(name.text)' comes twice", name.span)
        continue
      }
      lambdas.append(lambda)
      if let index = row.index(of: name.text) {
        refuseReplacing(name, row)
        fields[index] = Field(name.text, lambda.body.type)
        projected[index] = .computed(lambda)
      } else {
        fields.append(Field(name.text, lambda.body.type))
        projected.append(.computed(lambda))
      }
    }
    return made(.project(projected), .table(RecordType(fields, resource: row.resource, counts: row.counts.subtracting(given))), span, lambdas)
  }

  /// Rows that are resources keep the fields of those; a column that the script added may be put in the place of.
  mutating func refuseReplacing(_ name: Word, _ row: RecordType) {
    guard let resource = row.resource.flatMap({ schema.resource(named: $0) }), resource.row.index(of: name.text) != nil else { return }
    report(
      .duplicateName, "'\(name.text)' is a field of \(row), and stays as it is while the rows are \(row)s", name.span,
      hint: "give it another name, or 'select' first")
  }

  /// A column with its name: given, or the last word of its path.
  mutating func named(_ column: Column, _ element: Type) -> (Word, TypedLambda)? {
    let lambda = lambda(over: element, column.value)
    requireValue(lambda.body)
    refuseWrite(lambda)
    if lambda.body.type == .nothing { return nil }
    if let name = column.name { return (name, lambda) }
    if let name = lastWord(of: column.value) { return (name, lambda) }
    // What is not known has been told of.
    if lambda.body.type == .unknown || refuseRedirection(column.value) { return nil }
    report(.columnNeedsName, "a computed column needs a name", column.value.span, hint: "write: name = …")
    return nil
  }

  /// Another name for a column that is called like one before: `.groups.name` is the name of a group.
  private func otherName(for column: Column, among fields: [Field]) -> String {
    guard column.name == nil, case .field(let base, _, _) = column.value.kind, let owner = lastWord(of: base)?.text else { return "give it another name: new = …" }
    let one = owner.count > 2 && owner.hasSuffix("s") ? String(owner.dropLast()) : owner
    let name = Field.isWord(one) && !fields.contains { $0.name == one } ? one : "new"
    return "give it another name: \(name) = \(files[file].source.text(column.value.span))"
  }

  func lastWord(of expression: Expression) -> Word? {
    switch expression.kind {
    case .rowField(let name): name
    case .field(_, let name, _): name
    // A bare field name, which only the prompt lets pass.
    case .name(let name) where variable(name) == nil: Word(text: name, span: expression.span)
    default: nil
    }
  }

  // MARK: each

  private mutating func each(_ each: EachSyntax, _ element: Type, _ span: Span) -> TypedStage? {
    refuseInPredicate("'each'", span)
    let par = each.par.map { expression in
      coerce(check(expression, expecting: .int), to: .int) { "'par' takes an Int, this is \($0)" }
    }
    if case .constant(.int(let count))? = par?.kind, count < 1 {
      report(.typeMismatch, "'par' takes a number from 1", par?.span ?? span)
    }
    let result: (slot: Int?, key: TypedLambda?, block: TypedBlock) = inScope { checker in
      let key = each.key.map { expression in
        checker.lambda(over: element) { checker in
          // The row's name stands for the current row in the key, too.
          if let name = each.rowName { return checker.named(name, element) { $0.check(expression) } }
          return checker.check(expression)
        }
      }
      if let key { checker.refuseWrite(key) }
      if par != nil { checker.parDepth += 1 }
      let slot = each.rowName.map { checker.declare($0, element, as: .row) }
      let block = checker.inRow(element) { $0.block(each.block) }
      if par != nil { checker.parDepth -= 1 }
      return (slot, key, block)
    }
    var onError = TypedEach.OnError.stop
    if let word = each.onError {
      if let found = TypedEach.OnError(rawValue: word.text) {
        onError = found
      } else {
        report(.unexpected, "'on error' takes stop, skip or collect", word.span, hint: didYouMean(word.text, TypedEach.OnError.allCases.map(\.rawValue)))
      }
    }
    let input: Type = element
    let row = RecordType([
      Field("ok", .bool), Field("value", result.block.type.orNull), Field("error", .optional(.record(schema.errorType))),
      Field("input", input), Field("origin", .optional(.text)), Field(RecordType.outcome, .int), Field(RecordType.calls, .text),
    ])
    let kind = TypedEach(rowSlot: result.slot, par: par, key: result.key, block: result.block, onError: onError)
    return TypedStage(kind: .each(kind), type: .table(row), span: span, effect: result.block.effect.joined(.read))
  }

  /// The row's name inside the key of `each`, which is a predicate over the row.
  private mutating func named(_ name: Word, _ element: Type, _ body: (inout Checker) -> TypedExpression) -> TypedExpression {
    let slot = newSlot()
    noteDeclaration(slot, name, element, .row)
    scopes[scopes.count - 1][name.text] = Variable(slot: slot, type: element, isVariable: false, level: level, parDepth: parDepth)
    defer { scopes[scopes.count - 1][name.text] = nil }
    let value = body(&self)
    let row = TypedExpression(kind: .row, type: element, span: name.span, level: level)
    return TypedExpression(kind: .bind(slot, row, value), type: value.type, span: value.span, effect: value.effect, level: level)
  }

  // MARK: commands after |

  private mutating func call(_ name: Word, _ arguments: [Argument], _ rest: Span?, _ type: Type, _ span: Span) -> TypedStage? {
    if ["report", "print", "chart"].contains(name.text) { return rest == nil ? saying(name, arguments, type, span) : nil }
    if name.text == "save" {
      if rest != nil, refuseBarePath(behind: name) || arguments.first.map({ refuseBarePath($0.value, of: "save") }) == true { return nil }
      return rest == nil ? saveStage(arguments, type, name, span) : nil
    }
    if type == .unknown, Library.methods.contains(where: { $0.name == name.text }) { return nil }
    if let method = Library.method(name.text, on: type) {
      if rest != nil { return nil }
      note(name.span, .method(method, of: type, gives: nil))
      guard let typed = self.arguments(of: method, type, arguments, name) else { return nil }
      guard let result = method.result(type, typed.types) else {
        report(.typeMismatch, "'\(method.name)' does not work on \(type)", span)
        return nil
      }
      var effect = Effect.pure
      for argument in typed.arguments {
        switch argument {
        case .value(let value): effect = effect.joined(value.effect)
        case .row(let lambda): effect = effect.joined(lambda.effect)
        }
      }
      return TypedStage(kind: .method(method, typed.arguments), type: result, span: span, effect: effect)
    }
    if let index = definition(named: name.text) {
      let slot = newSlot()
      let source = TypedExpression(kind: .local(slot), type: type, span: span, level: level)
      let call = invoke(index, arguments, name, span, first: source)
      return TypedStage(kind: .apply(slot: slot, call), type: call.type, span: span, effect: call.effect)
    }
    let verbs = schema.verbs.filter { $0.name == name.text }
    if !verbs.isEmpty {
      report(.typeMismatch, "'\(name.text)' takes one row at a time", name.span, hint: "write: each { \(name.text) it }")
      return nil
    }
    let names = Library.stages.map(\.name) + ["print"] + Library.methodNames(on: type)
    let stages = "after '|' stand \(Library.stages.map(\.name).joined(separator: ", ")), functions and methods"
    report(
      .unknownStage, "there is no stage '\(name.text)'", name.span, hint: ForeignWords.stageHints[name.text] ?? didYouMean(name.text, names) ?? stages)
    return nil
  }

  /// `| report`, `| chart` and `| print`, which take the list and nothing else.
  private mutating func saying(_ name: Word, _ arguments: [Argument], _ type: Type, _ span: Span) -> TypedStage? {
    if let argument = arguments.first {
      report(
        .unknownArgument, "'\(name.text)' takes what stands before the '|', and nothing else", argument.span,
        hint: name.text == "print" ? "write it in a line of its own: print \"…\"" : "leave it out")
      return nil
    }
    if name.text == "report" { return reportStage(type, span) }
    if name.text == "chart" { return chartStage(type, span) }
    refuseInPredicate("'print'", span)
    if !type.required.isPrintable {
      report(.typeMismatch, "a \(type) has no text", span)
      return nil
    }
    return TypedStage(kind: .print, type: .nothing, span: span, effect: .read)
  }
}
