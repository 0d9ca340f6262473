/// Arguments of methods and functions: by place, by name, left out, repeated.
extension Checker {
  struct Wanted {
    var name: String
    var isRequired: Bool
    var isRepeated: Bool
  }

  /// The arguments of each parameter, in the order of the parameters; nil after an error.
  mutating func matched(_ arguments: [Argument], _ parameters: [Wanted], of name: Word, example: String) -> [[Argument]]? {
    var found = [[Argument]](repeating: [], count: parameters.count)
    var place = 0
    for argument in arguments {
      if let label = argument.label {
        guard let index = parameters.firstIndex(where: { $0.name == label.text }) else {
          let names = parameters.map { "'\($0.name)'" }.joined(separator: " and ")
          report(
            .unknownArgument, "'\(name.text)' has no argument '\(label.text)'", label.span,
            hint: didYouMean(label.text, parameters.map(\.name)) ?? (names.isEmpty ? nil : "it takes \(names)"))
          return nil
        }
        if !found[index].isEmpty, !parameters[index].isRepeated {
          report(.duplicateName, "'\(label.text):' is given twice", label.span)
          return nil
        }
        found[index].append(argument)
        place = parameters[index].isRepeated ? index : max(place, index + 1)
        continue
      }
      guard place < parameters.count else {
        report(
          .unknownArgument, "'\(name.text)' takes \(parameters.isEmpty ? "no argument" : "at most \(parameters.count)")", argument.span,
          hint: parameters.isEmpty ? nil : "as in: \(example)")
        return nil
      }
      if !found[place].isEmpty, !parameters[place].isRepeated {
        report(.duplicateName, "'\(parameters[place].name)' is given twice", argument.span)
        return nil
      }
      found[place].append(argument)
      if !parameters[place].isRepeated { place += 1 }
    }
    for (parameter, given) in zip(parameters, found) where parameter.isRequired && given.isEmpty {
      report(.missingArgument, "'\(name.text)' needs '\(parameter.name)'", name.span, hint: "as in: \(example)")
      return nil
    }
    return found
  }

  /// A Text that not every Text will do for: what is written out is checked here.
  mutating func checkedText(_ value: TypedExpression, _ problem: (String) -> TextProblem?) -> TypedExpression {
    guard case .constant(.text(let text)) = value.kind, let problem = problem(text) else { return value }
    report(.badTextLiteral, problem.message, place(problem.place, of: text, in: value.span))
    return .missing(value.span)
  }

  /// The part of a literal that a part of its text stands in, where that can be told.
  private func place(_ part: Range<Int>?, of text: String, in literal: Span) -> Span {
    let inner = Span(literal.start + 1, literal.end - 1)
    guard let part, inner.end - inner.start == text.utf8.count, files[file].source.text(inner) == text else { return literal }
    return Span(inner.start + part.lowerBound, inner.start + part.upperBound)
  }

  /// The name of a field that the row has, as a text literal; its type is a record of that field alone.
  mutating func fieldName(_ argument: Argument, of receiver: Type) -> (TypedArgument, Type)? {
    let value = check(argument.value)
    guard case .constant(.text(let name)) = value.kind else {
      if value.type != .unknown {
        report(.typeMismatch, "the name of a field is a text that is written out, so that it can be checked", value.span, hint: "as in: \"name\"")
      }
      return nil
    }
    let row: RecordType? =
      switch receiver {
      case .record(let row), .table(let row): row
      default: nil
      }
    guard let row, let field = row.visible.first(where: { $0.name == name }) else {
      let names = row?.visible.map(\.name) ?? []
      report(
        .unknownField, "\(row?.resource ?? "the row") has no field '\(name)'", value.span,
        hint: didYouMean(name, names) ?? "it has \(Self.dotted(names))")
      return nil
    }
    return (.value(value), .record(RecordType([field])))
  }

  /// `list.where(…)`: the stage of that name over the list.
  mutating func staged(
    _ make: ([Expression], Span) -> StageKind, _ method: Method, on base: TypedExpression, _ arguments: [Argument], _ name: Word, _ span: Span
  ) -> TypedExpression? {
    let wanted = method.parameters.map { Wanted(name: $0.name, isRequired: $0.isRequired, isRepeated: $0.isRepeated) }
    guard let found = matched(arguments, wanted, of: name, example: method.example.code),
      let stage = stage(Stage(kind: make(found.flatMap { $0.map(\.value) }, name.span), span: span), base.type)
    else { return nil }
    return pipeline(of: base, [stage], stage.type, span)
  }
}
