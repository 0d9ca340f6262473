/// Verbs of the schema: what they are about, their arguments, and whether the script may call them.
extension Checker {
  mutating func verb(_ verbs: [Verb], _ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    if let first = verbs.first { note(name.span, .verb(first)) }
    let arguments = labelled(arguments, verbs.flatMap(\.parameters))
    if let verb = verbs.first(where: { $0.subject == .none }) {
      return finish(verb, .constant(.null, .null, name.span), arguments[...], name, span)
    }
    guard let first = arguments.first, first.label == nil else {
      report(.missingArgument, "'\(name.text)' needs what it is about", name.span, hint: "as in: \(verbs[0].example)")
      return .missing(span)
    }
    guard let (verb, subject) = subject(verbs, first.value, name) else {
      // Beside what is wrong already, an enum case is not wrong too.
      for argument in arguments.dropFirst() {
        let parameter = verbs.flatMap(\.parameters).first { $0.name == argument.label?.text }
        if verbs.count == 1 || argument.label == nil { _ = check(argument.value, expecting: parameter.flatMap { expectation($0.type) }) }
      }
      return .missing(span)
    }
    return finish(verb, subject, arguments.dropFirst(), name, span)
  }

  private mutating func finish(
    _ verb: Verb, _ subject: TypedExpression, _ arguments: ArraySlice<Argument>, _ name: Word, _ span: Span
  ) -> TypedExpression {
    note(name.span, .verb(verb))
    let named = self.arguments(arguments, verb.parameters, of: name, signature: verb.signature, example: verb.example)
    guard allow(verb, span) else { return .missing(span) }
    let type = verb.result.flatMap { schema.resource(named: $0) }.map { Type.record($0.row) } ?? .nothing
    var result = node(type, span, [subject] + named.map(\.value)) { values in
      .verb(verb, values[0], zip(named, values.dropFirst()).map { ($0.name, $1) })
    }
    result.effect = result.effect.joined(effect(of: verb, subject, named))
    return result
  }

  /// What cannot be told before the run is taken for the worst.
  private func effect(of verb: Verb, _ subject: TypedExpression, _ named: [(name: String, value: TypedExpression)]) -> Effect {
    switch verb.destruction {
    case nil: return verb.effect
    case .argument(let name):
      guard let value = named.first(where: { $0.name == name })?.value else { return verb.effect }
      if case .constant(.bool(false)) = value.kind { return verb.effect }
      return .destroy
    case .cases(let numbers):
      if case .constant(.symbol(_, let number)) = subject.kind, !numbers.contains(number) { return verb.effect }
      return .destroy
    }
  }

  // MARK: subject

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
    if refuseBareKey(expression, .oneOf(subjects(verbs).reversed().map { .row($0.name) })) { return nil }
    let keys = subjects(verbs).filter(\.isNamedByKey).map(\.keyType)
    let value = check(expression, expecting: keys.first ?? .text)
    return subject(verbs, value, name)
  }

  private func subjects(_ verbs: [Verb]) -> [ResourceType] {
    verbs.compactMap { if case .row(let resource) = $0.subject { schema.resource(named: resource) } else { nil } }
  }

  private func verb(_ verbs: [Verb], about resource: String) -> Verb? { verbs.first { $0.subject == .row(resource) } }

  private mutating func subject(_ verbs: [Verb], _ value: TypedExpression, _ name: Word) -> (Verb, TypedExpression)? {
    let wanted = subjects(verbs).map(\.name).joined(separator: " or ")
    switch value.type {
    case .unknown: return nil
    case .record(let row):
      if let verb = verb(verbs, about: row.resource ?? "") { return (verb, value) }
      if row.resource == nil {
        report(
          .lostIdentity, "'\(name.text)' takes a \(wanted), and this row no longer is one", value.span,
          hint: "'select', 'summarize' and 'each' give new rows; '.input' of an 'each' has the old one")
      } else {
        report(.typeMismatch, "'\(name.text)' takes a \(wanted), this is a \(row.resource ?? "row")", value.span)
      }
      return nil
    default:
      for resource in subjects(verbs) {
        if let key = key(of: resource, value), let verb = verb(verbs, about: resource.name) { return (verb, key) }
      }
      if value.type.isOptional {
        report(.maybeNull, "this may be null, and '\(name.text)' needs a \(wanted)", value.span, hint: "test it against null first")
      } else {
        report(.typeMismatch, "'\(name.text)' takes a \(wanted), this is \(value.type)", value.span)
      }
      return nil
    }
  }

  /// The value as the key of a resource that a verb may be given in place of a row, or nil.
  mutating func key(of resource: ResourceType, _ value: TypedExpression) -> TypedExpression? {
    switch resource.keyType {
    case .email where value.type.isText:
      if case .constant(.text(let text)) = value.kind, !Conversion.isEmail(text), !Conversion.isGUID(text) {
        report(.badTextLiteral, "'\(text)' is no e-mail address", value.span)
        return .missing(value.span)
      }
      return value
    case .enumeration(let enumeration):
      if value.type == resource.keyType { return value }
      guard case .constant(.text) = value.kind else { return nil }
      return coerce(value, to: .enumeration(enumeration)) { "\($0)" }
    default: return nil
    }
  }

  /// A write must be named by `needs`, and stand where something is done.
  private mutating func allow(_ verb: Verb, _ span: Span) -> Bool {
    if level > 0 {
      report(.writeInExpression, "'\(verb.name)' cannot stand in a predicate or projection", span, hint: "use 'each'")
    } else {
      need(verb.capability, span, verb: verb.name)
    }
    return level == 0
  }

  /// A write that `needs` must name; in a `def` whoever calls it must.
  mutating func need(_ capability: String, _ span: Span, verb: String) {
    if let definition {
      if definitions[definition].capabilities[capability] == nil { definitions[definition].capabilities[capability] = span }
      return
    }
    guard mode == .script, !isFree, needs[capability] == nil else { return }
    let declared = needs.isEmpty ? "this script may only read" : "'needs' does not name '\(capability)'"
    let diagnostic = Diagnostic(.undeclaredWrite, "\(declared), and '\(verb)' writes", span, hint: "say how often at most: needs \(capability) <= 100")
    if !diagnostics.contains(where: { $0.code == .undeclaredWrite && $0.span == span }) { add(diagnostic) }
  }
}
