/// Named arguments of verbs and resources.
extension Checker {
  mutating func arguments(
    _ arguments: ArraySlice<Argument>, _ parameters: [Verb.Parameter], of name: Word, signature: String, example: String
  ) -> [(name: String, value: TypedExpression)] {
    var named: [(name: String, value: TypedExpression)] = []
    var hasUnnamed = false
    for argument in arguments {
      guard let label = argument.label else {
        // What stands behind the first belongs to the same mistake, and so does what is missing then.
        if !hasUnnamed {
          let missing = parameters.filter { parameter in parameter.isRequired && !arguments.contains { $0.label?.text == parameter.name } }
          let hint = missing.count == 1 ? "write '\(missing[0].name):' before it" : signature
          report(.unknownArgument, "'\(name.text)' takes named arguments here", argument.span, hint: hint)
        }
        hasUnnamed = true
        continue
      }
      guard let parameter = parameters.first(where: { $0.name == label.text }) else {
        report(
          .unknownArgument, "'\(name.text)' has no argument '\(label.text)'", label.span, hint: didYouMean(label.text, parameters.map(\.name)) ?? signature)
        _ = check(argument.value)
        continue
      }
      if named.contains(where: { $0.name == label.text }) { report(.duplicateName, "'\(label.text):' is given twice", label.span) }
      let isTold = refuseBareKey(argument.value, parameter.type)
      let value = isTold ? .missing(argument.value.span) : check(argument.value, expecting: expectation(parameter.type))
      named.append((parameter.name, fitted(value, to: parameter.type, parameter.name)))
    }
    for parameter in parameters where parameter.isRequired && !hasUnnamed && !named.contains(where: { $0.name == parameter.name }) {
      report(.missingArgument, "'\(name.text)' needs '\(parameter.name):'", name.span, hint: "as in: \(example)")
    }
    return named
  }

  /// What lets bare enum cases and literals be what the place needs.
  func expectation(_ kind: Verb.Parameter.Kind) -> Type? {
    switch kind {
    case .value(let type): type
    case .row(let resource): schema.resource(named: resource)?.keyType
    case .rows: nil
    case .table(let row): .table(row)
    case .flags(let names): .record(RecordType(names.map { Field($0, .bool) }))
    case .settings(let row): .record(row)
    case .oneOf(let kinds): kinds.lazy.compactMap { if case .value(let type) = $0 { type } else { nil } }.first
    }
  }

  private mutating func fitted(_ value: TypedExpression, to kind: Verb.Parameter.Kind, _ what: String) -> TypedExpression {
    if value.type == .unknown { return value }
    switch kind {
    case .value(let type): return given(coerce(value, to: type) { "'\(what):' is \(type), this is \($0)" }, what)
    case .row(let resource): return row(value, resource) ?? mismatch(value, kind, what)
    case .rows(let resource):
      switch value.type {
      case .table(let row) where row.resource == resource: return value
      case .list(.unknown): return value
      default: return mismatch(value, kind, what)
      }
    case .table(let wanted): return fits(value.type, wanted) ? value : mismatch(value, kind, what)
    case .flags(let names): return settings(value, RecordType(names.map { Field($0, .bool) }), "permission", kind, what)
    case .settings(let row): return settings(value, row, "setting", kind, what)
    case .oneOf(let kinds):
      for kind in kinds where accepts(value, kind) { return fitted(value, to: kind, what) }
      return mismatch(value, kind, what)
    }
  }

  /// A case that is written out and is only read, as a role that servers had once, is refused before anything is asked.
  private mutating func given(_ value: TypedExpression, _ what: String) -> TypedExpression {
    guard case .constant(.symbol(let enumeration, let number)) = value.kind, enumeration.past.contains(enumeration.name(of: number)) else { return value }
    report(
      .typeMismatch, "'\(what):' may not be '\(enumeration.name(of: number))', which is only read", value.span,
      hint: "it may be \(enumeration.given.joined(separator: ", "))")
    return .missing(value.span)
  }

  /// A row of the resource, or the key that does in its place.
  private mutating func row(_ value: TypedExpression, _ resource: String) -> TypedExpression? {
    if case .record(let row) = value.type { return row.resource == resource ? value : nil }
    guard let resource = schema.resource(named: resource), resource.isNamedByKey else { return nil }
    return key(of: resource, value)
  }

  private func fits(_ type: Type, _ wanted: RecordType) -> Bool {
    switch type {
    case .list(.unknown): true
    case .table(let row):
      wanted.fields.allSatisfy { field in
        guard let index = row.index(of: field.name) else { return field.type.isOptional }
        let (given, needed) = (row.fields[index].type.required, field.type.required)
        return given == needed || given == .null || needed == .text && given.isText || given == .list(.unknown) && needed.element != nil
      }
    default: false
    }
  }

  private func accepts(_ value: TypedExpression, _ kind: Verb.Parameter.Kind) -> Bool {
    switch (kind, value.type) {
    case (.row(let resource), .record(let row)): return row.resource == resource
    case (.row(let resource), let type):
      guard let key = schema.resource(named: resource), key.isNamedByKey else { return false }
      return type == key.keyType || type == .text && key.keyType == .email
    case (.value(let wanted), let type) where wanted == type: return true
    case (.value(.time), .date): return true
    case (.value(let wanted), .text):
      guard case .constant(.text(let text)) = value.kind else { return false }
      return Conversion.value(text, as: wanted) != nil
    default: return false
    }
  }

  private mutating func settings(
    _ value: TypedExpression, _ wanted: RecordType, _ noun: String, _ kind: Verb.Parameter.Kind, _ what: String
  ) -> TypedExpression {
    guard case .record(let row) = value.type else { return mismatch(value, kind, what) }
    for field in row.visible {
      guard let index = wanted.index(of: field.name) else {
        report(.unknownField, "there is no \(noun) '\(field.name)'", value.span, hint: didYouMean(field.name, wanted.fields.map(\.name)))
        continue
      }
      let type = wanted.fields[index].type
      if common(field.type, type) != type {
        report(.typeMismatch, "'\(field.name)' is \(type.required), this is \(field.type)", value.span)
      }
    }
    return value
  }

  private mutating func mismatch(_ value: TypedExpression, _ kind: Verb.Parameter.Kind, _ what: String) -> TypedExpression {
    let message = "'\(what):' takes \(kind)"
    if value.type.isOptional {
      report(.maybeNull, "this may be null, and \(message)", value.span, hint: "test it against null first")
    } else {
      report(.typeMismatch, "\(message), this is \(value.type)", value.span, hint: lookupHint(value, kind))
    }
    return .missing(value.span)
  }

  /// How a text that names a row is made the row, as `groups["Red"]`, and one row a list of rows.
  private func lookupHint(_ value: TypedExpression, _ kind: Verb.Parameter.Kind) -> String? {
    let text = files[file].source.text(value.span)
    switch kind {
    case .row(let name):
      guard value.type.isText, let resource = schema.resource(named: name), !resource.keys.isEmpty else { return nil }
      return "write: \(resource.plural)[\(text)]"
    case .rows(let name):
      if case .record(let row) = value.type, row.resource == name { return "write: [\(text)]" }
      guard let resource = schema.resource(named: name), !resource.keys.isEmpty else { return nil }
      if value.type.isText { return "write: [\(resource.plural)[\(text)]]" }
      guard case .list(let element) = value.type, element.required.isText else { return nil }
      guard case .list(let parts) = value.kind else { return "write: \(Parser.receiver(text)).map(\(resource.plural)[it])" }
      return "write: [\(parts.map { "\(resource.plural)[\(files[file].source.text($0.span))]" }.joined(separator: ", "))]"
    case .oneOf(let kinds): return kinds.lazy.compactMap { lookupHint(value, $0) }.last
    default: return nil
    }
  }

  /// The arguments in which a name that has lost its colon, as in `add m to "Red"`, is told. What is wrong with its value, too, is told when that is mended.
  mutating func labelled(_ arguments: [Argument], _ parameters: [Verb.Parameter]) -> [Argument] {
    var result: [Argument] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.label == nil, case .name(let name) = argument.value.kind, variable(name) == nil,
        let parameter = parameters.first(where: { $0.name == name }), let value = rest.first, value.label == nil
      else {
        result.append(argument)
        continue
      }
      rest.removeFirst()
      let text: TypedExpression? = if case .text(let text) = value.value.kind { .constant(.text(text), .text, value.span) } else { nil }
      let lookup = text.flatMap { lookupHint($0, parameter.type) }
      var diagnostic = Diagnostic(
        .unexpected, "a named argument has a colon", argument.span, hint: lookup?.replacing("write: ", with: "write: \(name): ") ?? "write '\(name):'")
      if lookup == nil { diagnostic.fix = Fix(span: argument.span, text: "\(name):") }
      add(diagnostic)
      result.append(Argument(label: Word(text: name, span: argument.span), value: Expression(kind: .missing, span: value.span)))
    }
    return result
  }
}

extension Verb.Parameter.Kind: CustomStringConvertible {
  /// As a message says what an argument takes.
  public var description: String {
    switch self {
    case .value(let type): "\(type.required)"
    case .row(let resource): "a \(resource)"
    case .rows(let resource): "a list of \(resource)s"
    case .table(let row): "rows with \(row.fields.filter { !$0.type.isOptional }.map { ".\($0.name)" }.joined(separator: " and "))"
    case .flags, .settings: "a record"
    case .oneOf(let kinds): kinds.map { "\($0)" }.joined(separator: " or ")
    }
  }
}
