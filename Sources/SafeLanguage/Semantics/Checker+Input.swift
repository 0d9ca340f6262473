/// `csv json jsonl yaml lines` and `save`.
extension Checker {
  /// `csv file as { … }`
  mutating func input(_ call: Expression, _ type: TypeSyntax, _ span: Span) -> TypedExpression {
    guard case .call(let name, let arguments, _) = call.kind, let format = InputFormat(rawValue: name.text) else {
      _ = self.type(type)
      report(.typeMismatch, "'as' follows \(InputFormat.allCases.dropLast().map { "'\($0)'" }.joined(separator: ", "))", call.span)
      return .missing(span)
    }
    return input(format, arguments, name, span, as: type)
  }

  mutating func input(_ format: InputFormat, _ arguments: [Argument], _ name: Word, _ span: Span, as written: TypeSyntax?) -> TypedExpression {
    let found = written.map { type($0) }
    guard arguments.count == 1, arguments[0].label == nil else {
      report(.missingArgument, "'\(format)' takes one path", name.span, hint: "as in: \(format.example)")
      return .missing(span)
    }
    if refuseBarePath(arguments[0].value, of: name.text) { return .missing(span) }
    let path = coerce(check(arguments[0].value, expecting: .text), to: .text) { "a path is a Text, this is \($0)" }
    guard let type = inputType(format, path, found, written?.span ?? span, name) else { return .missing(span) }
    if level > 0 { report(.writeInExpression, "a file is not read for each row", span, hint: "read it before, with 'let'") }
    var result = node(type, span, [path]) { .input(format, $0[0], type) }
    result.effect = .read
    return result
  }

  /// What an input gives: of rows with the hidden column for where they came from.
  private mutating func inputType(_ format: InputFormat, _ path: TypedExpression, _ written: Type?, _ place: Span, _ name: Word) -> Type? {
    if format == .lines {
      if written != nil { report(.typeMismatch, "'lines' gives a list of texts and takes no type", place, hint: "as in: \(format.example)") }
      return written == nil ? .list(.text) : nil
    }
    var type: Type
    if let written {
      type = written
    } else if let inferred = inferredType(format, path, name) {
      type = inferred
    } else {
      return nil
    }
    if type == .unknown { return nil }
    if let bad = unreadable(type, format) {
      report(.typeMismatch, bad.message, place, hint: bad.hint)
      return nil
    }
    type = Self.withoutIdentity(type)
    if format.namesRow {
      guard case .record(let row) = type else {
        report(.typeMismatch, "the type of a row stands in braces", place, hint: "as { email: Email }")
        return nil
      }
      type = .table(row)
    }
    if case .table(let row) = type { type = .table(RecordType(row.fields + [Field(RecordType.origin, .optional(.text))])) }
    return type
  }

  /// At the prompt the type may be that of the data, if the path is written out.
  private mutating func inferredType(_ format: InputFormat, _ path: TypedExpression, _ name: Word) -> Type? {
    guard mode == .prompt, case .constant(.text(let file)) = path.kind, file != "-" else {
      if path.type != .unknown { report(.missingArgument, "'\(format)' needs the type of what it reads", name.span, hint: "as in: \(format.example)") }
      return nil
    }
    guard let inferring else { return nil }
    do throws(RunError) { return try inferring(format, file) } catch {
      report(.missingArgument, error.message, path.span, hint: error.hint)
      return nil
    }
  }

  /// What is wrong with a type as that of an input, if anything.
  private func unreadable(_ type: Type, _ format: InputFormat) -> (message: String, hint: String?)? {
    switch type {
    case .optional(let inner): return unreadable(inner, format)
    case .secret, .nothing: return ("\(type) is not read from a file", nil)
    case .list(let element): return unreadable(element, format)
    case .record(let row), .table(let row):
      for field in row.fields {
        if format == .csv {
          switch field.type.required {
          case .list, .record, .table, .null: return ("a column of CSV cannot be \(field.type)", columnHint(field))
          default: break
          }
        }
        if let bad = unreadable(field.type, format) { return bad }
      }
      return nil
    default: return nil
    }
  }

  /// How what a column cannot be is made of the text that it can be.
  private func columnHint(_ field: Field) -> String {
    switch field.type.required {
    case .record(let row):
      guard let resource = row.resource.flatMap({ schema.resource(named: $0) }), !resource.keys.isEmpty else { break }
      return "read it as Text, and take the row by it: \(resource.plural)[r.\(field.written)]"
    case .table(let row):
      guard let resource = row.resource.flatMap({ schema.resource(named: $0) }), !resource.keys.isEmpty else { break }
      return "read it as Text, and take the rows by its parts: r.\(field.written).split(\";\").map(\(resource.plural)[it])"
    case .list: return "read it as Text, and take it apart: r.\(field.written).split(\";\")"
    default: break
    }
    return "read it as Text and take it apart"
  }

  /// A row of a file is not the organization's object, whatever its fields.
  private static func withoutIdentity(_ type: Type) -> Type {
    switch type {
    case .optional(let inner): .optional(withoutIdentity(inner))
    case .list(let element): .list(withoutIdentity(element))
    case .record(let row): .record(withoutIdentity(row))
    case .table(let row): .table(withoutIdentity(row))
    default: type
    }
  }

  private static func withoutIdentity(_ row: RecordType) -> RecordType {
    RecordType(row.visible.map { Field($0.name, withoutIdentity($0.type)) })
  }

  // MARK: save

  /// `save(rows, "file.csv")`, `save rows "file.csv"`
  mutating func save(_ arguments: [Argument], _ name: Word, _ span: Span) -> TypedExpression {
    guard let first = arguments.first, first.label == nil else {
      report(.missingArgument, "'save' takes a value and a path", name.span, hint: "as in: members | save \"members.csv\"")
      return .missing(span)
    }
    let source = check(first.value)
    if level > 0 {
      refuseInPredicate("'save'", span)
      return .missing(span)
    }
    let stage = saveStage(Array(arguments.dropFirst()), source.type, name, span)
    var result = node(.nothing, span, [source]) { .pipeline($0[0], stage.map { [$0] } ?? []) }
    result.effect = result.effect.joined(stage?.effect ?? .read)
    return result
  }

  /// `| save "file.csv"`, `| save "-" format: csv`
  mutating func saveStage(_ arguments: [Argument], _ type: Type, _ name: Word, _ span: Span) -> TypedStage? {
    refuseInPredicate("'save'", span)
    var path: TypedExpression?
    var format: TypedExpression?
    for argument in arguments {
      if argument.label == nil, path == nil, refuseBarePath(argument.value, of: name.text) { return nil }
      if argument.label == nil, path == nil {
        path = coerce(check(argument.value, expecting: .text), to: .text) { "a path is a Text, this is \($0)" }
      } else if argument.label?.text == "format", format == nil {
        let type = Type.enumeration(SaveFormat.enumeration)
        format = coerce(check(argument.value, expecting: type), to: type) { "a format is one of \(SaveFormat.names), this is \($0)" }
      } else {
        report(.unknownArgument, "'save' takes a path and 'format:'", argument.span, hint: "as in: members | save \"members.csv\"")
        return nil
      }
    }
    guard let path else {
      report(.missingArgument, "'save' needs a path", name.span, hint: "as in: members | save \"members.csv\"")
      return nil
    }
    if case .constant(.text(let file)) = path.kind, format == nil, SaveFormat(path: file) == nil {
      report(.badTextLiteral, SaveFormat.refusal(of: file), path.span, hint: SaveFormat.hint)
      return nil
    }
    if type == .nothing || !type.required.isPrintable {
      report(.typeMismatch, "there is nothing to save", span)
      return nil
    }
    let effect = path.effect.joined(format?.effect ?? .pure).joined(.read)
    return TypedStage(kind: .save(path: path, format: format), type: .nothing, span: span, effect: effect)
  }
}
