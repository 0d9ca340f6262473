/// `def`, `return`, `use`, `assert`, `test`: what stands at the top level of a file, and calls of it.
extension Checker {
  /// Definitions whose trees would stand higher than this upon one another, and upon the statement that calls the first, are refused: a call
  /// takes the stack of its whole body.
  static let maximumCallHeight = Parser.maximumHeight
  /// Files that use one another deeper than this are refused.
  static let maximumUseDepth = 16

  // MARK: collecting

  /// Finds the definitions and used files of a file before any statement is checked, since they may stand anywhere in it.
  mutating func collect(_ block: Block) {
    for statement in block.statements {
      switch statement.kind {
      case .use(let path, let name): use(path, as: name)
      case .define(let syntax): define(syntax)
      default: break
      }
    }
  }

  private mutating func define(_ syntax: DefinitionSyntax) {
    let name = syntax.name
    if isBuiltin(name.text) {
      report(.duplicateName, "'\(name.text)' is part of the language", name.span, hint: "choose another name")
    } else if files[file].definitions[name.text] != nil, mode == .script {
      report(.duplicateName, "'\(name.text)' is defined twice", name.span, hint: "choose another name")
    }
    files[file].definitions[name.text] = definitions.count
    note(name.span, .definition(definitions.count))
    definitions.append(Definition(syntax: syntax, file: file, source: files[file].source))
    signature(of: definitions.count - 1)
  }

  private func isBuiltin(_ name: String) -> Bool {
    callableNames.contains(name) || Library.aggregate(name) != nil || Library.stage(name) != nil
      || Library.methods.contains { $0.receiver == .list && $0.name == name } || schema.resource(listed: name) != nil
  }

  private mutating func signature(of index: Int) {
    let syntax = definitions[index].syntax
    var parameters: [Definition.Parameter] = []
    for parameter in syntax.parameters {
      if parameters.contains(where: { $0.name == parameter.name.text }) {
        report(.duplicateName, "the parameter '\(parameter.name.text)' comes twice", parameter.name.span)
      }
      if parameter.value == nil, parameters.count > 0, syntax.parameters[parameters.count - 1].value != nil {
        report(.missingArgument, "'\(parameter.name.text)' follows one with a default, so it needs one too", parameter.name.span)
      }
      let type = self.type(parameter.type)
      parameters.append(Definition.Parameter(name: parameter.name.text, type: type, slot: declareNumber(newSlot(), type)))
    }
    definitions[index].parameters = parameters
    definitions[index].result = syntax.result.map { type($0) }
  }

  // MARK: use

  private mutating func use(_ path: Word, as name: Word) {
    if files[file].modules[name.text] != nil, mode == .script {
      return report(.duplicateName, "'\(name.text)' is used twice", name.span, hint: "choose another name")
    }
    if schema.resource(listed: name.text) != nil { return report(.duplicateName, "'\(name.text)' is a resource", name.span, hint: "choose another name") }
    guard using.count < Self.maximumUseDepth else {
      return report(.tooDeep, "files use one another more than \(Self.maximumUseDepth) deep", path.span)
    }
    do throws(RunError) {
      let source = try loader.load(path.text, from: files[file].source)
      if using.contains(source.name) {
        return report(.badUse, "'\(path.text)' uses this file itself", path.span, hint: "move what both need into a third file")
      }
      let known = files.indices.dropFirst().first { files[$0].source.name == source.name }
      let module = known ?? load(source)
      files[file].modules[name.text] = module
      note(path.span, .module(module))
      note(name.span, .module(module))
    } catch {
      report(.badUse, error.message, path.span, hint: error.hint)
    }
  }

  /// The file that a name before a dot means.
  func module(_ base: Expression) -> Int? {
    guard case .name(let name) = base.kind, variable(name) == nil else { return nil }
    return files[file].modules[name]
  }

  /// `names.f(x)`
  mutating func call(_ name: Word, of module: Int, _ arguments: [Argument], _ span: Span) -> TypedExpression {
    note(Span(span.start, name.span.start - 1), .module(module))
    guard let index = files[module].definitions[name.text] else {
      report(
        .unknownFunction, "'\(files[module].source.name)' defines no '\(name.text)'", name.span,
        hint: didYouMean(name.text, Array(files[module].definitions.keys).sorted()))
      return .missing(span)
    }
    return invoke(index, arguments, name, span)
  }

  /// `names.x`
  mutating func value(_ name: Word, of module: Int, _ span: Span) -> TypedExpression {
    note(Span(span.start, name.span.start - 1), .module(module))
    guard let variable = files[module].variables[name.text] else {
      let hint =
        files[module].definitions[name.text] == nil
        ? didYouMean(name.text, Array(files[module].variables.keys).sorted()) : "'\(name.text)' is called: write '\(name.text)(…)'"
      report(.unknownName, "'\(files[module].source.name)' has no '\(name.text)'", name.span, hint: hint)
      return .missing(span)
    }
    note(name.span, .variable(variable.slot))
    return TypedExpression(kind: .local(variable.slot), type: variable.type, span: span)
  }

  /// Checks a used file: definitions, uses and pure `let`s.
  private mutating func load(_ source: SourceFile) -> Int {
    let place = files.count
    files.append(FileScope(source: source))
    using.append(source.name)
    defer { using.removeLast() }
    let parsed = Parser.parse(source)
    let outer = file
    let values = apart { checker in
      checker.file = place
      defer { checker.file = outer }
      checker.scopes = [[:]]
      checker.diagnostics += parsed.diagnostics.map { $0.from(source) }
      checker.collect(parsed.program)
      return parsed.program.statements.compactMap { checker.sharedStatement($0) }
    }
    prelude += values
    return place
  }

  /// A statement of a used file.
  private mutating func sharedStatement(_ statement: Statement) -> TypedStatement? {
    switch statement.kind {
    case .declare(_, isVariable: false, _, _):
      let typed = self.statement(statement, isTop: true)
      files[file].variables = scopes[0]
      if let typed, typed.effect > .pure {
        report(.badUse, "a used file has only values that are worked out without reading anything", statement.span, hint: "make it a 'def'")
      }
      return typed
    case .define, .use, .missing, .test: return nil
    default:
      report(.badUse, "a used file has only 'def', 'use' and 'let'", statement.span, hint: "move this into a 'def'")
      return nil
    }
  }

  // MARK: bodies

  /// Checks something that sees nothing of what is around it.
  mutating func apart<T>(_ body: (inout Checker) -> T) -> T {
    let (scopes, rows, lambdas, narrowed) = (scopes, rows, lambdas, narrowed)
    let (parDepth, aggregates, definition, reads) = (parDepth, aggregates, definition, readsUnshared)
    let (guardDepth, chainGuards) = (guardDepth, chainGuards)
    self.scopes = [files[file].variables.filter { $0.value.isShared }]
    (self.rows, self.lambdas, self.narrowed, self.parDepth, self.aggregates, self.definition) = ([], [], [[]], 0, nil, nil)
    (self.guardDepth, self.chainGuards) = (0, [])
    defer {
      (self.scopes, self.rows, self.lambdas, self.narrowed) = (scopes, rows, lambdas, narrowed)
      (self.parDepth, self.aggregates, self.definition, self.readsUnshared) = (parDepth, aggregates, definition, reads)
      (self.guardDepth, self.chainGuards) = (guardDepth, chainGuards)
    }
    return body(&self)
  }

  /// Checks a definition's body, unless that was done; false where it calls itself.
  private mutating func ensureChecked(_ index: Int, _ name: Word) -> Bool {
    switch definitions[index].state {
    case .checked: return true
    case .checking:
      report(.recursion, "'\(name.text)' calls itself, and every script ends", name.span, hint: "run over a list with 'for' or 'each'")
      return false
    case .unchecked: break
    }
    let height = definitions[index].height
    guard checkingHeight + height <= Self.maximumCallHeight else { return tooDeep(name) }
    checkingHeight += height
    defer { checkingHeight -= height }
    definitions[index].state = .checking
    let outer = file
    file = definitions[index].file
    apart {
      $0.defaults(of: index)
      $0.body(of: index)
    }
    file = outer
    definitions[index].state = .checked
    return true
  }

  /// Checks a definition that nobody called.
  mutating func check(definition index: Int) { _ = ensureChecked(index, definitions[index].syntax.name) }

  func typed(_ definition: Definition) -> TypedDefinition {
    TypedDefinition(name: definition.name, slots: definition.parameters.map(\.slot), body: definition.body, source: definition.source)
  }

  private mutating func tooDeep(_ name: Word) -> Bool {
    report(.tooDeep, "definitions call one another too deeply", name.span, hint: "what they do stands \(Self.maximumCallHeight) levels deep at most, all together")
    return false
  }

  private mutating func defaults(of index: Int) {
    for (place, parameter) in definitions[index].syntax.parameters.enumerated() {
      guard let expression = parameter.value, place < definitions[index].parameters.count else { continue }
      let type = definitions[index].parameters[place].type
      let value = coerce(check(expression, expecting: type), to: type) { "'\(parameter.name.text)' is \(type), this is \($0)" }
      if value.effect > .pure { report(.writeInExpression, "a default is worked out without reading anything", value.span) }
      definitions[index].parameters[place].value = value
    }
  }

  private mutating func body(of index: Int) {
    let syntax = definitions[index].syntax
    definition = index
    scopes.append([:])
    for (parameter, word) in zip(definitions[index].parameters, syntax.parameters) {
      if schema.resource(listed: parameter.name) != nil {
        report(.duplicateName, "'\(parameter.name)' is a resource", word.name.span, hint: "choose another name")
      }
      noteDeclaration(parameter.slot, word.name, parameter.type, .parameter)
      scopes[scopes.count - 1][parameter.name] = Variable(slot: parameter.slot, type: parameter.type, isVariable: false, level: 0, parDepth: 0)
    }
    var block = self.block(syntax.body, expecting: definitions[index].result)
    if let result = definitions[index].result, !block.alwaysReturns {
      if case .expression(let value, let isShown)? = block.statements.last?.kind, value.type != .nothing, value.type != .null {
        let fitted = coerce(value, to: result) { "'\(syntax.name.text)' gives \(result), this is \($0)" }
        block.statements[block.statements.count - 1].kind = .expression(fitted, isShown: isShown)
      } else {
        let end = Span(syntax.body.span.end - 1, syntax.body.span.end)
        report(.noValue, "'\(syntax.name.text)' gives \(result), and may end here without a value", end, hint: "end it with 'return' and a value")
      }
    }
    definitions[index].body = block
  }

  /// `return` and its value.
  mutating func returning(_ value: Expression?, _ span: Span) -> TypedStatement? {
    guard let definition, level == 0, rows.isEmpty else {
      if let value { _ = check(value) }
      let hint = definition == nil ? nil : "the value of a block is its last expression"
      report(.unexpected, definition == nil ? "'return' stands in a 'def'" : "'return' does not leave a row", span, hint: hint)
      return nil
    }
    let (name, result) = (definitions[definition].name, definitions[definition].result)
    guard let value else {
      if let result { report(.noValue, "'\(name)' gives \(result)", span, hint: "write the value after 'return'") }
      return TypedStatement(kind: .return(nil), span: span, effect: .pure)
    }
    guard let result else {
      let checked = check(value)
      report(.noValue, "'\(name)' gives nothing", checked.span, hint: "write '-> \(checked.type)' after its parameters")
      return nil
    }
    let checked = coerce(check(value, expecting: result), to: result) { "'\(name)' gives \(result), this is \($0)" }
    return TypedStatement(kind: .return(checked), span: span, effect: checked.effect)
  }

  // MARK: calls

  /// The place of a definition that the name means in this file.
  func definition(named name: String) -> Int? { files[file].definitions[name] }

  mutating func invoke(_ index: Int, _ arguments: [Argument], _ name: Word, _ span: Span, first: TypedExpression? = nil) -> TypedExpression {
    note(name.span, .definition(index))
    let parameters = definitions[index].parameters
    let signature = definitions[index].signature
    var values: [TypedExpression?] = Array(repeating: nil, count: parameters.count)
    var position = 0
    var misnamed = false
    if let first {
      guard let parameter = parameters.first else {
        report(.unknownArgument, "'\(name.text)' takes no argument", name.span)
        return .missing(span)
      }
      values[0] = coerce(first, to: parameter.type) { "'\(parameter.name)' is \(parameter.type), this is \($0)" }
      position = 1
    }
    for argument in arguments {
      var place = position
      if let label = argument.label {
        guard let found = parameters.firstIndex(where: { $0.name == label.text }) else {
          report(.unknownArgument, "'\(name.text)' has no argument '\(label.text)'", label.span, hint: didYouMean(label.text, parameters.map(\.name)) ?? signature)
          _ = check(argument.value)
          misnamed = true
          continue
        }
        place = found
      } else {
        position += 1
      }
      guard place < parameters.count else {
        report(.unknownArgument, "'\(name.text)' takes \(parameters.isEmpty ? "no argument" : "at most \(parameters.count)")", argument.span, hint: signature)
        return .missing(span)
      }
      let parameter = parameters[place]
      if values[place] != nil { report(.duplicateName, "'\(parameter.name)' is given twice", argument.span) }
      values[place] = coerce(check(argument.value, expecting: parameter.type), to: parameter.type) { "'\(parameter.name)' is \(parameter.type), this is \($0)" }
    }
    guard ensureChecked(index, name) else { return .missing(span) }
    for (place, parameter) in definitions[index].parameters.enumerated() where values[place] == nil {
      values[place] = parameter.value
      if parameter.value == nil, !misnamed { report(.missingArgument, "'\(name.text)' needs '\(parameter.name)'", name.span, hint: signature) }
    }
    return finish(index, values.compactMap { $0 }, name, span)
  }

  private mutating func finish(_ index: Int, _ values: [TypedExpression], _ name: Word, _ span: Span) -> TypedExpression {
    let called = definitions[index]
    guard values.count == called.parameters.count else { return .missing(span) }
    if let definition {
      definitions[definition].height = max(definitions[definition].height, definitions[definition].syntax.height + called.height)
      if definitions[definition].height > Self.maximumCallHeight, !tooDeep(name) { return .missing(span) }
      definitions[definition].speaks = definitions[definition].speaks || called.speaks
    } else if checkingHeight + called.height > Self.maximumCallHeight, !tooDeep(name) {
      return .missing(span)
    }
    for (capability, place) in called.capabilities.sorted(by: { $0.key < $1.key }) {
      need(capability, called.file == 0 && file == 0 ? place : span, verb: name.text)
    }
    var result = node(called.result ?? .nothing, span, values) { .invoke(index, $0) }
    result.effect = result.effect.joined(called.effect)
    if level > 0 {
      if called.effect >= .write || called.speaks {
        report(.writeInExpression, "'\(name.text)' writes or prints, so it cannot stand in a predicate or projection", span, hint: "use 'each' or 'for'")
        return .missing(span)
      }
      if result.effect > .pure, result.level > 0 {
        report(.writeInExpression, "'\(name.text)' fetches anew for each row", span, hint: "fetch once before, and give it the result")
        return .missing(span)
      }
    }
    return result
  }

  // MARK: assert, test

  mutating func assertion(_ condition: Expression, _ message: Expression?, _ span: Span) -> TypedStatement {
    let checked = self.condition(condition)
    let text = message.map { coerce(check($0, expecting: .text), to: .text) { "the message is a Text, this is \($0)" } }
    // What holds after it is known as if it were an `if`.
    narrowed[narrowed.count - 1].formUnion(facts(checked).whenTrue)
    let effect = checked.effect.joined(text?.effect ?? .pure)
    return TypedStatement(kind: .assertion(checked, message: text), span: span, effect: effect)
  }

  mutating func test(_ title: Word, _ snapshot: Word?, _ block: Block, _ span: Span) {
    if tests.contains(where: { $0.title == title.text }) { report(.duplicateName, "a test has this title already", title.span, hint: "choose another title") }
    let body = apart { checker in
      checker.isFree = true
      defer { checker.isFree = false }
      return checker.block(block)
    }
    tests.append(CheckedProgram.Test(title: title.text, snapshot: snapshot?.text, span: span, body: body))
  }
}
