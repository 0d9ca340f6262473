extension Checker {
  mutating func collectNeeds(_ block: Block) {
    for statement in block.statements {
      guard case .needs(let found) = statement.kind else { continue }
      for need in found {
        let name = need.capability.text
        if !schema.capabilities.contains(name) {
          report(.badNeeds, "there is no capability '\(name)'", need.capability.span, hint: didYouMean(name, schema.capabilities))
        } else if needs[name] != nil {
          report(.badNeeds, "'\(name)' is named twice", need.capability.span)
        }
        needs[name] = need.cap
      }
    }
  }

  mutating func statement(_ statement: Statement, isTop: Bool) -> TypedStatement? {
    let span = statement.span
    if isTop { checkingHeight = statement.kind.height }
    defer { if isTop { checkingHeight = 0 } }
    func typed(_ kind: TypedStatement.Kind, _ effect: Effect) -> TypedStatement { TypedStatement(kind: kind, span: span, effect: effect) }
    switch statement.kind {
    case .declare(let name, let isVariable, let written, let value):
      let type = written.map { self.type($0) }
      readsUnshared = false
      var checked = check(value, expecting: type)
      if let type { checked = coerce(checked, to: type) { "'\(name.text)' is \(type), this is \($0)" } }
      requireValue(checked)
      let isShared = isTop && !isVariable && checked.effect == .pure && !readsUnshared
      let slot = declareNumber(declare(name, type ?? checked.type, isVariable: isVariable, isShared: isShared), type ?? checked.type)
      return typed(.store(slot: slot, checked), checked.effect)
    case .assign(let name, let adds, let value):
      return assignment(name, adds: adds, value, span)
    case .loop(let name, let list, let block):
      return loop(name, list, block, span)
    case .expression(let expression):
      let checked = check(expression)
      return typed(.expression(checked, isShown: isTop && isShown(checked)), checked.effect)
    case .param(let name, let written, let value, let documentation):
      return parameter(name, written, value, documentation, span, isTop: isTop)
    case .needs:
      if !isTop { report(.badNeeds, "'needs' stands at the top level only", span) }
      return nil
    case .define(let syntax):
      if !isTop { report(.unexpected, "'def' stands at the top level only", syntax.name.span) }
      return nil
    case .return(let value):
      return returning(value, span)
    case .use(let path, _):
      if !isTop { report(.unexpected, "'use' stands at the top level only", path.span) }
      return nil
    case .assertion(let condition, let message):
      return assertion(condition, message, span)
    case .failure(let message):
      let text = coerce(check(message, expecting: .text), to: .text) { "the message is a Text, this is \($0)" }
      return TypedStatement(kind: .failure(text), span: span, effect: text.effect)
    case .test(let title, _, _):
      if !isTop { report(.unexpected, "'test' stands at the top level only", title.span) }
      return nil
    case .missing:
      return nil
    }
  }

  /// An expression statement prints its value; an `if` or `try` does not.
  private func isShown(_ expression: TypedExpression) -> Bool {
    switch expression.kind {
    case .conditional, .attempt, .refresh: false
    default: expression.type != .nothing
    }
  }

  mutating func requireValue(_ expression: TypedExpression) {
    if expression.type == .nothing { reportNoValue(expression) }
  }

  mutating func reportNoValue(_ expression: TypedExpression) {
    var hint: String?
    switch expression.kind {
    case .conditional(_, let a, let b?) where a.type != .null && b.type != .null, .attempt(let a, _, let b?) where a.type != .null && b.type != .null:
      hint = "one way it is \(a.type), the other \(b.type)"
    default: break
    }
    report(.noValue, "this gives no value", expression.span, hint: hint)
  }

  private mutating func assignment(_ name: Word, adds: Bool, _ value: Expression, _ span: Span) -> TypedStatement? {
    guard let variable = variable(name.text) else {
      _ = check(value)
      report(.unknownName, "there is no variable '\(name.text)'", name.span, hint: didYouMean(name.text, visibleNames) ?? "declare it with 'var'")
      return nil
    }
    note(name.span, .variable(variable.slot))
    var checked = check(value, expecting: variable.type)
    if !variable.isVariable {
      report(.notAssignable, "'\(name.text)' was declared with 'let'", name.span, hint: "declare it with 'var'")
    } else if variable.level < level {
      report(.writeInExpression, "a predicate or projection sets no variable from outside", name.span, hint: "use 'for'")
    } else if variable.parDepth < parDepth {
      report(
        .notAssignable, "'\(name.text)' cannot be set by rows that run at the same time", name.span,
        hint: "leave out 'par', or give the value as the block's last expression")
    }
    guard adds else {
      checked = coerce(checked, to: variable.type) { "'\(name.text)' is \(variable.type), this is \($0)" }
      return TypedStatement(kind: .store(slot: variable.slot, checked), span: span, effect: checked.effect)
    }
    let old = TypedExpression(kind: .local(variable.slot), type: variable.type, span: name.span, level: variable.level)
    var sum = arithmetic(.add, old, checked, span)
    sum = coerce(sum, to: variable.type) { "'\(name.text)' is \(variable.type), this makes it \($0)" }
    return TypedStatement(kind: .store(slot: variable.slot, sum), span: span, effect: sum.effect)
  }

  private mutating func loop(_ name: Word, _ list: Expression, _ block: Block, _ span: Span) -> TypedStatement {
    var checked = check(list)
    if checked.type.required.element == nil {
      report(.typeMismatch, "'for' runs over a list, this is \(checked.type)", checked.span)
      checked.type = .unknown
    } else {
      checked = coerce(checked, to: checked.type.required) { "'for' runs over a list, this is \($0)" }
    }
    let element = checked.type.required.element ?? .unknown
    let (slot, body) = inScope { checker in
      let slot = checker.declareNumber(checker.declare(name, element, as: .row), element)
      return (slot, checker.block(block))
    }
    return TypedStatement(kind: .loop(slot: slot, checked, body), span: span, effect: checked.effect.joined(body.effect))
  }

  /// A block with a scope of its own.
  mutating func block(_ block: Block, expecting: Type? = nil) -> TypedBlock {
    inScope { checker in
      // Whether it is begun, and how far it is gone through, is known when it runs.
      checker.guardDepth += 1
      defer { checker.guardDepth -= 1 }
      return checker.narrowing([]) { checker in
        let last = block.statements.count - 1
        var statements = block.statements.enumerated().compactMap { index, statement -> TypedStatement? in
          // The last expression is the block's value, so a bare case or a text literal may be what is wanted.
          if index == last, let expecting, case .expression(let expression) = statement.kind {
            let checked = checker.check(expression, expecting: expecting)
            return TypedStatement(kind: .expression(checked, isShown: false), span: statement.span, effect: checked.effect)
          }
          return checker.statement(statement, isTop: false)
        }
        let alwaysReturns = statements.last?.alwaysReturns ?? false
        var type = alwaysReturns ? Type.unknown : .null
        if !alwaysReturns, case .expression(let last, _)? = statements.last?.kind { type = last.type == .nothing ? .null : last.type }
        if checker.level > 0 {
          for index in statements.indices { statements[index] = checker.settled(statements[index]) }
        }
        return TypedBlock(
          statements: statements, type: type, effect: statements.reduce(.pure) { $0.joined($1.effect) },
          mayReturn: statements.contains(where: \.mayReturn), alwaysReturns: alwaysReturns)
      }
    }
  }

  /// In a predicate what a statement fetches is fetched before the first row.
  private mutating func settled(_ statement: TypedStatement) -> TypedStatement {
    var statement = statement
    func pure(_ value: TypedExpression, _ checker: inout Checker) -> TypedExpression {
      value.effect > .pure && value.level == 0 ? checker.hoisted(value) : value
    }
    switch statement.kind {
    case .store(let slot, let value): statement.kind = .store(slot: slot, pure(value, &self))
    case .expression(let value, let isShown): statement.kind = .expression(pure(value, &self), isShown: isShown)
    case .loop(let slot, let list, let body): statement.kind = .loop(slot: slot, pure(list, &self), body)
    case .return, .assertion, .failure: break
    }
    if case .store(_, let value) = statement.kind { statement.effect = value.effect }
    if case .expression(let value, _) = statement.kind { statement.effect = value.effect }
    return statement
  }

  private mutating func parameter(
    _ name: Word, _ written: TypeSyntax, _ value: Expression?, _ documentation: String, _ span: Span, isTop: Bool
  ) -> TypedStatement? {
    if !isTop { report(.unexpected, "'param' stands at the top level only", span) }
    let type = self.type(written)
    if !type.required.isWrittenOnCommandLine {
      report(
        .typeMismatch, "a parameter cannot be \(type)", written.span,
        hint: "use Text, Email, Int, Float, Bool, Date, Time, Duration, an enum or a list of them")
    }
    if CheckedProgram.reservedOptions.contains(CheckedProgram.optionName(of: name.text)) {
      report(.duplicateName, "'--\(CheckedProgram.optionName(of: name.text))' is an option of 'safesh run'", name.span, hint: "choose another name")
    }
    if let other = parameters.first(where: { $0.name != name.text && CheckedProgram.optionName(of: $0.name) == CheckedProgram.optionName(of: name.text) }) {
      report(.duplicateName, "'--\(CheckedProgram.optionName(of: name.text))' is the option of '\(other.name)' already", name.span, hint: "choose another name")
    }
    let checked = value.map { check($0, expecting: type) }.map { coerce($0, to: type) { "'\(name.text)' is \(type), this is \($0)" } }
    let slot = declare(name, type, isShared: true, as: .param)
    parameters.append(
      CheckedProgram.Parameter(
        name: name.text, type: type, documentation: documentation, isRequired: checked == nil && !type.isOptional,
        defaultText: value.map { files[file].source.text($0.span) }, slot: slot))
    guard let checked else { return nil }
    return TypedStatement(kind: .store(slot: slot, checked), span: span, effect: checked.effect)
  }

  /// A written type.
  mutating func type(_ syntax: TypeSyntax) -> Type {
    switch syntax.kind {
    case .optional(let inner): return type(inner).orNull
    case .list(let element): return Type.list(of: type(element))
    case .record(let fields):
      var seen: [Field] = []
      for field in fields {
        if seen.contains(where: { $0.name == field.name.text }) {
          report(.duplicateName, "the field '\(field.name.text)' comes twice", field.name.span)
        } else {
          seen.append(Field(field.name.text, type(field.type)))
        }
      }
      return .record(RecordType(seen))
    case .named(let name):
      if let found = namedTypes[name] {
        note(syntax.span, .type(found))
        return found
      }
      if name != "?" { report(.unknownType, "there is no type '\(name)'", syntax.span, hint: didYouMean(name, Array(namedTypes.keys).sorted())) }
      return .unknown
    }
  }

  private var namedTypes: [String: Type] {
    var types: [String: Type] = [
      "Text": .text, "Int": .int, "Float": .float, "Bool": .bool, "Date": .date, "Time": .time, "Duration": .duration, "Email": .email,
      "Secret": .secret, "Null": .null,
    ]
    for enumeration in schema.enumerations { types[enumeration.name] = .enumeration(enumeration) }
    for resource in schema.resources {
      types[resource.name] = .record(resource.row)
    }
    for name in schema.identified { types[name + "Id"] = .id(name) }
    return types
  }
}

extension Type {
  /// Whether an option of a command can be of this type.
  fileprivate var isWrittenOnCommandLine: Bool {
    switch self {
    case .text, .email, .int, .float, .bool, .date, .time, .duration, .enumeration, .id, .unknown: true
    case .list(let element): element != .bool && element.element == nil && element.isWrittenOnCommandLine
    default: false
    }
  }
}

extension TypedStatement {
  /// Whether a `return` in it may end the block around it.
  var mayReturn: Bool {
    switch kind {
    case .return: true
    case .loop(_, _, let body): body.mayReturn
    case .expression(let value, _): value.mayReturn
    case .store(_, let value): value.mayReturn
    case .assertion, .failure: false
    }
  }

  /// Whether nothing behind it in its block is ever done.
  var alwaysReturns: Bool {
    switch kind {
    case .return, .failure: true
    case .expression(let value, _):
      switch value.kind {
      case .conditional(_, let then, let otherwise?): then.alwaysReturns && otherwise.alwaysReturns
      case .attempt(let body, _, let recovery?): body.alwaysReturns && recovery.alwaysReturns
      default: false
      }
    default: false
    }
  }
}

extension TypedExpression {
  var mayReturn: Bool {
    switch kind {
    case .conditional(_, let then, let otherwise): then.mayReturn || otherwise?.mayReturn == true
    case .attempt(let body, _, let recovery): body.mayReturn || recovery?.mayReturn == true
    default: parts.contains { $0.mayReturn }
    }
  }
}

extension CheckedProgram {
  /// The options of `safesh run`, which no parameter may be named like.
  public static let reservedOptions: Set<String> = [
    "help", "version", "output", "color", "yes", "sandbox", "sandbox-from", "profile", "cacert", "check", "timeout", "out",
    "local-time",
  ]

  /// `max_n` and `maxN` are `--max-n` on the command line.
  public static func optionName(of parameter: String) -> String {
    var name = ""
    for letter in parameter {
      if letter == "_" {
        name += "-"
      } else if letter.isUppercase, let last = name.last, last != "-" {
        name += "-" + letter.lowercased()
      } else {
        name += letter.lowercased()
      }
    }
    return name
  }
}
