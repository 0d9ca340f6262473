extension Checker {
  // MARK: methods

  mutating func method(_ name: Word, of base: TypedExpression, _ arguments: [Argument], _ span: Span) -> TypedExpression {
    var base = base
    if base.type == .unknown { return .missing(span) }
    var isNullable = false
    if base.type.isOptional, Library.method(name.text, on: base.type) == nil || name.text == "text" {
      reportNull(
        "this may be null, so '\(name.text)()' has nothing to work on", base.span, hint: "write '?.\(name.text)(…)', give a default with '??', or test it against null",
        of: base)
      if mode == .script { return .missing(span) }
      isNullable = true
      base.type = base.type.required
    }
    guard let method = Library.method(name.text, on: base.type) else {
      let names = Library.methodNames(on: base.type)
      var hint = didYouMean(name.text, names)
      if let own = ForeignWords.methods[name.text.lowercased()] {
        if names.contains(own) { hint = "write '.\(own)(…)'" }
        if ["has", "starts", "ends", "+"].contains(own) { hint = "write 'x \(own) y'" }
      }
      if hint == nil, !names.isEmpty { hint = "it has \(names.prefix(16).map { ".\($0)()" }.joined(separator: ", "))" }
      report(.unknownFunction, "\(base.type) has no method '\(name.text)'", name.span, hint: hint)
      return .missing(span)
    }
    note(name.span, .method(method, of: base.type, gives: nil))
    guard var result = apply(method, to: base, arguments, name, span) else { return .missing(span) }
    note(name.span, .method(method, of: base.type, gives: result.type))
    if isNullable { result.type = result.type.orNull }
    return result
  }

  /// A method with its arguments checked, or nil after an error.
  private mutating func apply(_ method: Method, to base: TypedExpression, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression? {
    if case .stage(let make) = method.body { return staged(make, method, on: base, arguments, name, span) }
    guard var typed = self.arguments(of: method, base.type, arguments, name) else { return nil }
    guard let type = method.result(base.type, typed.types) else {
      report(.typeMismatch, "'\(method.name)' does not work on \(base.type)\(typed.types.isEmpty ? "" : " with \(typed.types[0])")", span)
      return nil
    }
    var values: [TypedExpression] = []
    var lambdaEffect = Effect.pure
    for argument in typed.arguments {
      switch argument {
      case .value(let value): values.append(value)
      case .row(let lambda): lambdaEffect = lambdaEffect.joined(lambda.effect)
      }
    }
    values.insert(pushingDown(method, &typed.arguments, into: base), at: 0)
    let given = typed.arguments
    var result = node(type, span, values) { values in
      var rest = values.dropFirst()
      let arguments = given.map { argument -> TypedArgument in
        if case .value = argument, let value = rest.popFirst() { return .value(value) }
        return argument
      }
      return .method(method, values[0], arguments)
    }
    for case .row(let lambda) in given { result.level = max(result.level, outerLevel(of: lambda)) }
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
    let element = receiver.element ?? .unknown
    let wanted = method.parameters.map { Wanted(name: $0.name, isRequired: $0.isRequired, isRepeated: $0.isRepeated) }
    guard let found = matched(arguments, wanted, of: name, example: method.example.code) else { return nil }
    func add(_ value: TypedExpression) {
      typed.append(.value(value))
      types.append(value.type)
    }
    for (index, parameter) in method.parameters.enumerated() {
      guard let argument = found[index].first else {
        // What was left out before something that was not is null.
        if found[index...].contains(where: { !$0.isEmpty }) { add(.constant(.null, .null, name.span)) }
        continue
      }
      switch parameter.kind {
      case .value(let type):
        add(coerce(check(argument.value, expecting: type), to: type) { "'\(parameter.name)' is \(type), this is \($0)" })
      case .checked(let problem):
        add(checkedText(coerce(check(argument.value, expecting: .text), to: .text) { "'\(parameter.name)' is Text, this is \($0)" }, problem))
      case .element:
        add(coerce(check(argument.value, expecting: element), to: element) { "the list holds \(element), this is \($0)" })
      case .list, .record:
        let value = check(argument.value)
        requireValue(value)
        if value.type.isOptional { return maybeNull(value, parameter.name) }
        add(value)
      case .fields:
        for argument in found[index] {
          guard let (name, type) = fieldName(argument, of: receiver) else { return nil }
          typed.append(name)
          types.append(type)
        }
      case .predicate:
        typed.append(.row(predicate(over: element, argument.value)))
        types.append(.bool)
      case .projection:
        let lambda = lambda(over: element, argument.value)
        requireValue(lambda.body)
        refuseWrite(lambda)
        typed.append(.row(lambda))
        types.append(lambda.body.type)
      case .stage: preconditionFailure("a method that is a stage checks its arguments as one")
      }
    }
    return (typed, types)
  }

  private mutating func maybeNull(_ value: TypedExpression, _ name: String) -> (arguments: [TypedArgument], types: [Type])? {
    diagnostics.append(
      Diagnostic(.maybeNull, "this may be null, and '\(name)' is needed", value.span, hint: "give a default with '??', or test it against null"))
    return nil
  }

  mutating func refuseWrite(_ lambda: TypedLambda) {
    if lambda.body.effect >= .write {
      report(.writeInExpression, "a write cannot stand in a predicate or projection", lambda.body.span, hint: "use 'each'")
    }
  }

  // MARK: calls

  mutating func call(_ name: Word, _ arguments: [Argument], _ span: Span) -> TypedExpression {
    if let function = Library.function(name.text) ?? conversion(named: name.text) { return call(function, arguments, name, span) }
    if aggregates != nil, let aggregate = Library.aggregate(name.text) { return call(aggregate, arguments, name, span) }
    if name.text == "print" { return print(arguments, name, span) }
    if name.text == "report" { return report(arguments, name, span) }
    if let format = InputFormat(rawValue: name.text) { return input(format, arguments, name, span, as: nil) }
    if name.text == "save" { return save(arguments, name, span) }
    let verbs = schema.verbs.filter { $0.name == name.text }
    if !verbs.isEmpty { return verb(verbs, arguments, name, span) }
    if let index = definition(named: name.text) { return invoke(index, arguments, name, span) }
    if let resource = schema.resource(listed: name.text) { return fetch(resource, arguments, name, span) }
    if name.text == "refresh" { return refresh(arguments, name, span) }
    unknownCall(name)
    return .missing(span)
  }

  mutating func unknownCall(_ name: Word) {
    let isInSummarize = aggregates != nil
    let names = callableNames + files[file].definitions.keys.sorted() + (isInSummarize ? Library.aggregates.map(\.name) : [])
    var hint = ForeignWords.call(name.text) ?? didYouMean(name.text, names) ?? (Suggestion.abbreviated(name.text, among: names).map { "did you mean '\($0)'?" })
    if hint == nil, variable(name.text) != nil { hint = "'\(name.text)' is a variable and is not called" }
    if hint == nil, !rows.isEmpty, Library.aggregate(name.text) != nil { hint = "aggregates stand in 'summarize', before its 'by'" }
    if hint == nil, Library.methods.contains(where: { $0.name == name.text }) { hint = "'\(name.text)' is a method: write 'x.\(name.text)(…)'" }
    if hint == nil {
      let methods = Library.methods.map(\.name)
      let method = Suggestion.nearest(to: name.text, among: methods) ?? Suggestion.abbreviated(name.text, among: methods)
      hint = method.map { "did you mean the method 'x.\($0)(…)'?" }
    }
    if hint == nil {
      let (list, verb) = (schema.resources.first?.plural, schema.verbs.first?.name)
      hint = "here stands a list\(list.map { " as '\($0)'" } ?? ""), a function as 'today'\(verb.map { ", a verb as '\($0)'" } ?? ""), or a 'def' of the script"
    }
    report(.unknownFunction, "there is no function or verb '\(name.text)'", name.span, hint: hint)
  }

  var callableNames: [String] {
    Library.functions.map(\.name) + schema.verbs.map(\.name) + ["print", "report", "refresh", "save"] + InputFormat.allCases.map(\.rawValue)
      + schema.resources.filter { !$0.filters.isEmpty }.map(\.plural)
  }

  /// `MemberType("admin")`: the case of an enumeration that a text names, or null.
  private func conversion(named name: String) -> Function? {
    guard let enumeration = schema.enumerations.first(where: { $0.name == name }) else { return nil }
    let example = "\(name)(\"\(enumeration.cases.first?.name ?? "")\")"
    return Function(
      name: name, parameters: [.init(name: "text", type: .text, isRequired: true)], result: .optional(.enumeration(enumeration)), effect: .pure,
      summary: "the case with this name, or null", example: (example, enumeration.cases.first?.name ?? "null")
    ) { _, _, values throws(RunError) in Conversion.value(values[0].string, as: .enumeration(enumeration)) ?? .null }
  }

  private mutating func call(_ function: Function, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    note(name.span, .function(function))
    var values: [TypedExpression] = []
    let wanted = function.parameters.map { Wanted(name: $0.name, isRequired: $0.isRequired, isRepeated: false) }
    guard let found = matched(arguments, wanted, of: name, example: function.example.code) else { return .missing(span) }
    for (index, parameter) in function.parameters.enumerated() {
      guard let argument = found[index].first else {
        if found[index...].contains(where: { !$0.isEmpty }) { values.append(.constant(.null, .null, name.span)) }
        continue
      }
      let value = coerce(check(argument.value, expecting: parameter.type), to: parameter.type) { "'\(parameter.name)' is \(parameter.type), this is \($0)" }
      values.append(parameter.problem.map { checkedText(value, $0) } ?? value)
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
    // What follows from it has been told.
    if level > 0 { return .missing(span) }
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
    if let definition { definitions[definition].speaks = true }
    if level > 0 { report(.writeInExpression, "\(what) cannot stand in a predicate or projection", span, hint: "use 'each' or 'for'") }
  }

  // MARK: aggregates

  private mutating func call(_ aggregate: Aggregate, _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    note(name.span, .aggregate(aggregate))
    let outer = aggregates
    aggregates = nil
    defer { if aggregates == nil { aggregates = outer } }
    let isOfPercent = aggregate.argument == .percent
    guard arguments.count <= (isOfPercent ? 2 : 1), arguments.allSatisfy({ $0.label == nil }) else {
      report(.unknownArgument, "'\(aggregate.name)' takes \(isOfPercent ? "a value and a percent" : "one argument")", name.span)
      return .missing(span)
    }
    var percent = 50.0
    if isOfPercent, arguments.count > 0 {
      guard let written = self.percent(arguments.dropFirst().first, name) else { return .missing(span) }
      percent = written
    }
    var lambda: TypedLambda?
    if let argument = arguments.first {
      guard let row = rows.last?.type else { return .missing(span) }
      switch aggregate.argument {
      case .optionalCondition: lambda = predicate(over: row, argument.value)
      case .number, .ordered, .percent, .any:
        let value = self.lambda(over: row, argument.value)
        let type = value.body.type.required
        if aggregate.argument == .number, !type.isNumber, type != .duration, type != .unknown {
          report(.typeMismatch, "'\(aggregate.name)' takes numbers, this is \(value.body.type)", value.body.span)
        } else if aggregate.argument == .ordered || isOfPercent, !type.isOrdered, type != .unknown {
          report(.typeMismatch, "\(type) has no order", value.body.span)
        }
        lambda = value
      }
      if let lambda { refuseWrite(lambda) }
    } else if aggregate.argument != .optionalCondition {
      report(.missingArgument, "'\(aggregate.name)' needs a value", name.span, hint: "as in: \(aggregate.name)(.field\(isOfPercent ? ", 95" : ""))")
      return .missing(span)
    }
    let slot = newSlot()
    aggregates = (outer ?? []) + [TypedAggregate(aggregate: aggregate, argument: lambda, percent: percent, slot: slot, span: span)]
    return TypedExpression(kind: .local(slot), type: aggregate.result(lambda?.body.type), span: span)
  }

  /// The percent of `percentile`, which is a number that is written out; nil after an error.
  private mutating func percent(_ argument: Argument?, _ name: Word) -> Double? {
    guard let argument else {
      report(.missingArgument, "'\(name.text)' needs a percent", name.span, hint: "as in: \(name.text)(.field, 95)")
      return nil
    }
    let value = check(argument.value)
    if value.type == .unknown { return nil }
    guard case .constant(let constant) = value.kind, let percent = constant.double, PercentileAccumulator.isPercent(percent) else {
      report(.typeMismatch, "the percent of '\(name.text)' is a number that is written out, from 0 to 100", value.span, hint: "as in: \(name.text)(.field, 95)")
      return nil
    }
    return percent
  }
}
