extension Checker {
  // MARK: methods

  mutating func method(_ name: Word, of base: TypedExpression, _ arguments: [Argument], _ span: Span) -> TypedExpression {
    var base = base
    if base.type == .unknown { return .missing(span) }
    var isNullable = false
    if base.type.isOptional, Library.method(name.text, on: base.type) == nil || name.text == "text" {
      reportNull(
        "this may be null, so '\(name.text)()' has nothing to work on", base.span, hint: "write '?.\(name.text)(…)', give a default with '??', or test it against null")
      if mode == .script { return .missing(span) }
      isNullable = true
      base.type = base.type.required
    }
    guard let method = Library.method(name.text, on: base.type) else {
      let hint = didYouMean(name.text, Library.methodNames(on: base.type)).map { "\($0)" }
      report(.unknownFunction, "\(base.type) has no method '\(name.text)'", name.span, hint: hint)
      return .missing(span)
    }
    guard var result = apply(method, to: base, arguments, name, span) else { return .missing(span) }
    if isNullable { result.type = result.type.orNull }
    return result
  }

  /// A method with its arguments checked, or nil after an error.
  private mutating func apply(_ method: Method, to base: TypedExpression, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression? {
    guard let typed = self.arguments(of: method, base.type, arguments, name) else { return nil }
    guard let type = method.result(base.type, typed.types) else {
      report(.typeMismatch, "'\(method.name)' does not work on \(base.type)\(typed.types.isEmpty ? "" : " with \(typed.types[0])")", span)
      return nil
    }
    var values = [base]
    var lambdaEffect = Effect.pure
    for argument in typed.arguments {
      switch argument {
      case .value(let value): values.append(value)
      case .row(let lambda): lambdaEffect = lambdaEffect.joined(lambda.effect)
      }
    }
    var result = node(type, span, values) { values in
      var rest = values.dropFirst()
      let arguments = typed.arguments.map { argument -> TypedArgument in
        if case .value = argument, let value = rest.popFirst() { return .value(value) }
        return argument
      }
      return .method(method, values[0], arguments)
    }
    for case .row(let lambda) in typed.arguments { result.level = max(result.level, outerLevel(of: lambda)) }
    result.effect = result.effect.joined(lambdaEffect)
    return result
  }

  /// The innermost row outside of a predicate that the predicate depends on.
  private func outerLevel(of lambda: TypedLambda) -> Int {
    lambda.hoisted.reduce(lambda.outerLevel) { max($0, $1.value.level) }
  }

  mutating func arguments(
    of method: Method, _ receiver: Type, _ arguments: [Argument], _ name: Word
  ) -> (arguments: [TypedArgument], types: [Type])? {
    var typed: [TypedArgument] = []
    var types: [Type] = []
    for (index, argument) in arguments.enumerated() {
      guard index < method.parameters.count else {
        report(.unknownArgument, "'\(method.name)' takes \(method.parameters.count == 0 ? "no argument" : "at most \(method.parameters.count)")", argument.span)
        return nil
      }
      let parameter = method.parameters[index]
      if let label = argument.label, label.text != parameter.name {
        report(.unknownArgument, "'\(method.name)' has no argument '\(label.text)'", label.span, hint: "it takes '\(parameter.name)'")
        return nil
      }
      switch parameter.kind {
      case .value(let type):
        let value = coerce(check(argument.value, expecting: type), to: type) { "'\(parameter.name)' is \(type), this is \($0)" }
        typed.append(.value(value))
        types.append(value.type)
      case .element:
        let type = receiver.element ?? .unknown
        let value = coerce(check(argument.value, expecting: type), to: type) { "the list holds \(type), this is \($0)" }
        typed.append(.value(value))
        types.append(value.type)
      case .predicate:
        typed.append(.row(predicate(over: receiver.element ?? .unknown, argument.value)))
        types.append(.bool)
      case .projection:
        let lambda = lambda(over: receiver.element ?? .unknown, argument.value)
        requireValue(lambda.body)
        refuseWrite(lambda)
        typed.append(.row(lambda))
        types.append(lambda.body.type)
      }
    }
    if let missing = method.parameters.dropFirst(arguments.count).first(where: \.isRequired) {
      report(.missingArgument, "'\(method.name)' needs '\(missing.name)'", name.span, hint: "as in: \(method.example.code)")
      return nil
    }
    return (typed, types)
  }

  mutating func refuseWrite(_ lambda: TypedLambda) {
    if lambda.body.effect >= .write {
      report(.writeInExpression, "a write cannot stand in a predicate or projection", lambda.body.span, hint: "use 'each'")
    }
  }

  // MARK: calls

  mutating func call(_ name: Word, _ arguments: [Argument], _ span: Span) -> TypedExpression {
    if let function = Library.function(name.text) { return call(function, arguments, name, span) }
    if aggregates != nil, let aggregate = Library.aggregate(name.text) { return call(aggregate, arguments, name, span) }
    if name.text == "print" { return print(arguments, name, span) }
    if name.text == "report" { return report(arguments, name, span) }
    if let format = InputFormat(rawValue: name.text) { return input(format, arguments, name, span, as: nil) }
    if name.text == "save" { return save(arguments, name, span) }
    let verbs = schema.verbs.filter { $0.name == name.text }
    if !verbs.isEmpty { return verb(verbs, arguments, name, span) }
    unknownCall(name)
    return .missing(span)
  }

  mutating func unknownCall(_ name: Word) {
    let names = callableNames
    var hint = didYouMean(name.text, names)
    if hint == nil, schema.resource(listed: name.text) != nil { hint = "'\(name.text)' is a resource, write '\(name.text) | …'" }
    if hint == nil, variable(name.text) != nil { hint = "'\(name.text)' is a variable and is not called" }
    if hint == nil, Library.methods.contains(where: { $0.name == name.text }) { hint = "'\(name.text)' is a method: write 'x.\(name.text)(…)'" }
    report(.unknownFunction, "there is no function or verb '\(name.text)'", name.span, hint: hint)
  }

  var callableNames: [String] {
    Library.functions.map(\.name) + schema.verbs.map(\.name) + ["print", "report", "save"] + InputFormat.allCases.map(\.rawValue)
  }

  private mutating func call(_ function: Function, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    var values: [TypedExpression] = []
    for (index, argument) in arguments.enumerated() {
      guard index < function.parameters.count else {
        report(.unknownArgument, "'\(function.name)' takes \(function.parameters.count == 0 ? "no argument" : "at most \(function.parameters.count)")", argument.span)
        return .missing(span)
      }
      let parameter = function.parameters[index]
      if let label = argument.label, label.text != parameter.name {
        report(.unknownArgument, "'\(function.name)' has no argument '\(label.text)'", label.span, hint: "it takes '\(parameter.name)'")
      }
      values.append(coerce(check(argument.value, expecting: parameter.type), to: parameter.type) { "'\(parameter.name)' is \(parameter.type), this is \($0)" })
    }
    if let missing = function.parameters.dropFirst(arguments.count).first(where: \.isRequired) {
      report(.missingArgument, "'\(function.name)' needs '\(missing.name)'", name.span, hint: "as in: \(function.example.code)")
      return .missing(span)
    }
    var result = node(function.result, span, values) { .function(function, $0) }
    result.effect = result.effect.joined(function.effect)
    if result.effect > .pure, result.level > 0 {
      report(.writeInExpression, "'\(function.name)' cannot depend on the row here", span)
    }
    return result
  }

  private mutating func print(_ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    guard arguments.count == 1, arguments[0].label == nil else {
      report(.missingArgument, "'print' takes one value", name.span, hint: "put several into one text: print \"{a} {b}\"")
      return .missing(span)
    }
    let value = check(arguments[0].value)
    requireValue(value)
    if !value.type.required.isPrintable { report(.typeMismatch, "a \(value.type) has no text", value.span) }
    refuseInPredicate("'print'", span)
    var result = node(.nothing, span, [value]) { .print($0[0]) }
    result.effect = result.effect.joined(.read)
    return result
  }

  private mutating func report(_ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    guard arguments.count == 1, arguments[0].label == nil else {
      report(.missingArgument, "'report' takes the result of an 'each'", name.span, hint: "as in: report out")
      return .missing(span)
    }
    let source = check(arguments[0].value)
    let stage = reportStage(source.type, span)
    var result = node(.nothing, span, [source]) { .pipeline($0[0], stage.map { [$0] } ?? []) }
    result.effect = result.effect.joined(.read)
    return result
  }

  mutating func reportStage(_ type: Type, _ span: Span) -> TypedStage? {
    refuseInPredicate("'report'", span)
    guard case .table(let row) = type, row.index(of: RecordType.outcome) != nil else {
      if type != .unknown { report(.typeMismatch, "'report' takes the result of an 'each', this is \(type)", span) }
      return nil
    }
    return TypedStage(kind: .report, type: .nothing, span: span, effect: .read)
  }

  mutating func refuseInPredicate(_ what: String, _ span: Span) {
    if level > 0 { report(.writeInExpression, "\(what) cannot stand in a predicate or projection", span, hint: "use 'each' or 'for'") }
  }

  // MARK: aggregates

  private mutating func call(_ aggregate: Aggregate, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    let outer = aggregates
    aggregates = nil
    defer { if aggregates == nil { aggregates = outer } }
    guard arguments.count <= 1, arguments.first?.label == nil else {
      report(.unknownArgument, "'\(aggregate.name)' takes one argument", name.span)
      return .missing(span)
    }
    var lambda: TypedLambda?
    if let argument = arguments.first {
      guard let row = rows.last?.type else { return .missing(span) }
      switch aggregate.argument {
      case .none:
        report(.unknownArgument, "'\(aggregate.name)' takes no argument", argument.span)
        return .missing(span)
      case .optionalCondition: lambda = predicate(over: row, argument.value)
      case .number, .ordered, .any:
        let value = self.lambda(over: row, argument.value)
        let type = value.body.type.required
        if aggregate.argument == .number, !type.isNumber, type != .duration, type != .unknown {
          report(.typeMismatch, "'\(aggregate.name)' takes numbers, this is \(value.body.type)", value.body.span)
        } else if aggregate.argument == .ordered, !type.isOrdered {
          report(.typeMismatch, "\(type) has no order", value.body.span)
        }
        lambda = value
      }
      if let lambda { refuseWrite(lambda) }
    } else if aggregate.argument != .optionalCondition && aggregate.argument != .none {
      report(.missingArgument, "'\(aggregate.name)' needs a value", name.span, hint: "as in: \(aggregate.name)(.field)")
      return .missing(span)
    }
    let slot = newSlot()
    aggregates = (outer ?? []) + [TypedAggregate(aggregate: aggregate, argument: lambda, slot: slot)]
    return TypedExpression(kind: .local(slot), type: aggregate.result(lambda?.body.type), span: span)
  }

  // MARK: verbs

  mutating func verb(_ verbs: [Verb], _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    guard let first = arguments.first, first.label == nil else {
      report(.missingArgument, "'\(name.text)' needs what it is about", name.span, hint: "as in: \(verbs[0].example)")
      return .missing(span)
    }
    guard let (verb, subject) = subject(verbs, first.value, name) else {
      for argument in arguments.dropFirst() where verbs.count == 1 || argument.label == nil { _ = check(argument.value) }
      return .missing(span)
    }
    return finish(verb, subject, arguments.dropFirst(), name, span)
  }

  mutating func finish(_ verb: Verb, _ subject: TypedExpression, _ arguments: ArraySlice<Argument>, _ name: Word, _ span: Span) -> TypedExpression {
    let named = parameters(of: verb, arguments, name)
    guard allow(verb, span) else { return .missing(span) }
    let type = verb.result.flatMap { schema.resource(named: $0) }.map { Type.record($0.row) } ?? .nothing
    var result = node(type, span, [subject] + named.map(\.value)) { values in
      .verb(verb, values[0], zip(named, values.dropFirst()).map { ($0.name, $1) })
    }
    result.effect = result.effect.joined(verb.effect)
    return result
  }

  /// The verb whose subject fits what stands there.
  private mutating func subject(_ verbs: [Verb], _ expression: Expression, _ name: Word) -> (Verb, TypedExpression)? {
    if case .name(let word) = expression.kind, let verb = verbs.first(where: { $0.subject == .word(word) }) {
      return (verb, .constant(.null, .null, expression.span))
    }
    if let verb = verbs.first, case .word(let word) = verb.subject {
      report(.unexpected, "'\(name.text)' is followed by '\(word)'", expression.span, hint: "as in: \(verb.example)")
      return nil
    }
    if let verb = verbs.first, case .value(let type) = verb.subject {
      let value = coerce(check(expression, expecting: type), to: type) { "'\(verb.name)' takes \(type), this is \($0)" }
      return (verb, value)
    }
    let value = check(expression, expecting: .email)
    return subject(verbs, value, name).map { ($0, value) }
  }

  mutating func subject(_ verbs: [Verb], _ value: TypedExpression, _ name: Word) -> Verb? {
    switch value.type {
    case .unknown: return nil
    case .record(let row):
      if let verb = verbs.first(where: { $0.subject == .row(row.resource ?? "") }) { return verb }
      let wanted = verbs.compactMap { if case .row(let resource) = $0.subject { resource } else { nil } }.joined(separator: " or ")
      if row.resource == nil {
        report(
          .lostIdentity, "'\(name.text)' takes a \(wanted), and this row no longer is one", value.span,
          hint: "'select', 'summarize' and 'each' give new rows; '.input' of an 'each' has the old one")
      } else {
        report(.typeMismatch, "'\(name.text)' takes a \(wanted), this is a \(row.resource ?? "row")", value.span)
      }
      return nil
    case let type where type.isText:
      if let verb = verbs.first(where: { if case .row(let resource) = $0.subject { schema.resource(named: resource)?.keys.contains("email") == true } else { false } }) {
        if case .constant(.text(let text)) = value.kind, !Conversion.isEmail(text), !Conversion.isGUID(text) {
          report(.badTextLiteral, "'\(text)' is no e-mail address", value.span)
          return nil
        }
        return verb
      }
      fallthrough
    default:
      let wanted = verbs.compactMap { if case .row(let resource) = $0.subject { resource } else { nil } }.joined(separator: " or ")
      if value.type.isOptional {
        report(.maybeNull, "this may be null, and '\(name.text)' needs a \(wanted)", value.span, hint: "test it against null first")
      } else {
        report(.typeMismatch, "'\(name.text)' takes a \(wanted), this is \(value.type)", value.span)
      }
      return nil
    }
  }

  private mutating func parameters(of verb: Verb, _ arguments: ArraySlice<Argument>, _ name: Word) -> [(name: String, value: TypedExpression)] {
    var named: [(name: String, value: TypedExpression)] = []
    for argument in arguments {
      guard let label = argument.label else {
        report(.unknownArgument, "'\(verb.name)' takes named arguments after the first", argument.span, hint: verb.signature)
        continue
      }
      guard let parameter = verb.parameters.first(where: { $0.name == label.text }) else {
        report(
          .unknownArgument, "'\(verb.name)' has no argument '\(label.text)'", label.span, hint: didYouMean(label.text, verb.parameters.map(\.name)) ?? verb.signature)
        _ = check(argument.value)
        continue
      }
      if named.contains(where: { $0.name == label.text }) { report(.duplicateName, "'\(label.text):' is given twice", label.span) }
      named.append((parameter.name, self.value(argument.value, for: parameter)))
    }
    for parameter in verb.parameters where parameter.isRequired && !named.contains(where: { $0.name == parameter.name }) {
      report(.missingArgument, "'\(verb.name)' needs '\(parameter.name):'", name.span, hint: "as in: \(verb.example)")
    }
    return named
  }

  private mutating func value(_ expression: Expression, for parameter: Verb.Parameter) -> TypedExpression {
    let what = parameter.name
    switch parameter.type {
    case .value(let type):
      return coerce(check(expression, expecting: type), to: type) { "'\(what):' is \(type), this is \($0)" }
    case .row(let resource):
      let value = check(expression)
      if case .record(let row) = value.type, row.resource == resource { return value }
      mismatch(value, "'\(what):' takes a \(resource)")
      return .missing(value.span)
    case .rows(let resource):
      let value = check(expression)
      switch value.type {
      case .table(let row) where row.resource == resource: return value
      case .list(.unknown): return value
      default:
        mismatch(value, "'\(what):' takes a list of \(resource)s")
        return .missing(value.span)
      }
    case .table(let wanted):
      let value = check(expression)
      switch value.type {
      case .list(.unknown): return value
      case .table(let row) where wanted.fields.allSatisfy({ field in row.index(of: field.name).map { row.fields[$0].type.required == field.type.required } == true }):
        return value
      default:
        mismatch(value, "'\(what):' takes rows with \(wanted.fields.map { ".\($0.name)" }.joined(separator: " and "))")
        return .missing(value.span)
      }
    case .flags(let names):
      let value = check(expression)
      guard case .record(let row) = value.type else {
        mismatch(value, "'\(what):' takes a record")
        return .missing(value.span)
      }
      for field in row.visible {
        if !names.contains(field.name) {
          report(.unknownField, "there is no permission '\(field.name)'", value.span, hint: didYouMean(field.name, names))
        } else if field.type != .bool {
          report(.typeMismatch, "'\(field.name)' is true or false, this is \(field.type)", value.span)
        }
      }
      return value
    }
  }

  private mutating func mismatch(_ value: TypedExpression, _ message: String) {
    if value.type == .unknown { return }
    if value.type.isOptional {
      report(.maybeNull, "this may be null, and \(message)", value.span, hint: "test it against null first")
    } else {
      report(.typeMismatch, "\(message), this is \(value.type)", value.span)
    }
  }

  /// A write must be named by `needs`, and stand where something is done.
  mutating func allow(_ verb: Verb, _ span: Span) -> Bool {
    if level > 0 {
      report(.writeInExpression, "'\(verb.name)' cannot stand in a predicate or projection", span, hint: "use 'each'")
    } else if mode == .script, needs[verb.capability] == nil {
      let declared = needs.isEmpty ? "this script may only read" : "'needs' does not name '\(verb.capability)'"
      report(.undeclaredWrite, "\(declared)", span, hint: "say how often at most: needs \(verb.capability) <= 100")
    }
    return level == 0
  }
}
