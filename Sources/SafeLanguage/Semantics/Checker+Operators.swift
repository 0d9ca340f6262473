extension Checker {
  mutating func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression, expecting: Type?, _ span: Span
  ) -> TypedExpression {
    switch operation {
    case .and, .or: return logical(operation, left, right, span)
    case .greater: return greater(left, right, expecting: expecting, span)
    case .equal, .notEqual, .less, .lessOrEqual, .greaterOrEqual: return comparison(operation, left, right, span)
    case .in, .notIn: return membership(operation, left, right, span)
    case .has, .starts, .ends, .matches: return containment(operation, left, right, span)
    case .coalesce: return coalesce(left, right, expecting: expecting, span)
    case .add: return arithmetic(.add, check(left), check(right), span)
    case .subtract: return arithmetic(.subtract, check(left), check(right), span)
    case .multiply: return arithmetic(.multiply, check(left), check(right), span)
    case .divide: return arithmetic(.divide, check(left), check(right), span)
    case .floorDivide: return arithmetic(.floorDivide, check(left), check(right), span)
    case .remainder: return arithmetic(.remainder, check(left), check(right), span)
    }
  }

  private mutating func logical(_ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span) -> TypedExpression {
    let first = condition(left)
    let known = facts(first)
    let second = guarded { $0.narrowing(operation == .and ? known.whenTrue : known.whenFalse) { $0.condition(right) } }
    return guardedNode(.bool, span, first, second) { operation == .and ? .and($0, $1) : .or($0, $1) }
  }

  /// Checks both sides; a bare enum case or a text literal takes the type of the other side.
  private mutating func sides(_ left: Expression, _ right: Expression) -> (TypedExpression, TypedExpression) {
    if isBareName(left), !isBareName(right) {
      let second = check(right)
      return (other(left, second), second)
    }
    let outer = comparedWith
    comparedWith = right.kind
    let first = check(left)
    comparedWith = outer
    return (first, other(right, first))
  }

  /// The one field that a comparison with this could be about.
  func field(_ row: RecordType, comparedWith other: ExpressionKind) -> String? {
    let fitting = row.visible.filter { field in
      switch (other, field.type.required) {
      case (.name(let name), .enumeration(let type)): variable(name) == nil && type.number(of: name) != nil
      case (.email, .email), (.bool, .bool), (.date, .date), (.date, .time), (.time, .time), (.duration, .duration): true
      default: false
      }
    }
    return fitting.count == 1 ? fitting[0].name : nil
  }

  /// The other side of a comparison. Beside what is wrong already, an enum case is not wrong too.
  private mutating func other(_ expression: Expression, _ known: TypedExpression) -> TypedExpression {
    if known.type == .unknown, isBareName(expression), case .name(let name) = expression.kind,
      schema.enumerations.contains(where: { $0.number(of: name) != nil })
    {
      return .missing(expression.span)
    }
    return check(expression, expecting: known.type)
  }

  private func isBareName(_ expression: Expression) -> Bool {
    if case .name(let name) = expression.kind { return variable(name) == nil && schema.resource(listed: name) == nil }
    return false
  }

  mutating func comparison(_ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span) -> TypedExpression {
    var (a, b) = sides(left, right)
    if a.type == .unknown || b.type == .unknown { return node(.bool, span, [a, b]) { .compare(.equal, $0[0], $0[1]) } }
    requireValue(a)
    requireValue(b)
    if a.type == .nothing || b.type == .nothing { return .missing(span) }
    let isEquality = operation == .equal || operation == .notEqual
    (a, b) = (literal(a, like: b), literal(b, like: a))
    guard let type = comparable(a.type, b.type) else {
      report(.typeMismatch, "\(a.type) and \(b.type) do not compare", span, hint: comparisonHint(a, b))
      return .missing(span)
    }
    if !isEquality {
      guard type.required.isOrdered || type == .null else {
        report(.typeMismatch, "\(type.required) has no order", span)
        return .missing(span)
      }
      for side in [a, b] where side.type.isOptional {
        reportNull("this may be null, which has no order", side.span, hint: "give a default with '??', or test it against null")
        if mode == .script { return .missing(span) }
      }
    }
    if type.required == .time {
      a = coerce(a, to: a.type.isOptional ? .optional(.time) : .time) { "\($0)" }
      b = coerce(b, to: b.type.isOptional ? .optional(.time) : .time) { "\($0)" }
    }
    let kind: Comparison =
      switch operation {
      case .equal: .equal
      case .notEqual: .notEqual
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      default: .greaterOrEqual
      }
    return node(.bool, span, [a, b]) { .compare(kind, $0[0], $0[1]) }
  }

  /// A text literal beside a date, time, id or enum is one; beside an address it stays as it is.
  private mutating func literal(_ expression: TypedExpression, like other: TypedExpression) -> TypedExpression {
    literal(expression, as: other.type)
  }

  /// A text literal as what the place needs, where a text can be that.
  mutating func literal(_ expression: TypedExpression, as type: Type?) -> TypedExpression {
    guard let type = type?.required, case .constant(.text) = expression.kind, expression.type == .text else { return expression }
    switch type {
    case .date, .time, .id, .enumeration: return coerce(expression, to: type) { "\($0)" }
    default: return expression
    }
  }

  private func comparisonHint(_ a: TypedExpression, _ b: TypedExpression) -> String? {
    if let hint = readAs(a, b.type) ?? readAs(b, a.type) { return hint }
    if case .enumeration = a.type.required { return "its cases are written bare, as in '== confirmed'" }
    if a.type.isText && b.type.required.isNumber || b.type.isText && a.type.required.isNumber { return "write '.int()' after the text, or '.text()' after the number" }
    return nil
  }

  private mutating func membership(_ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span) -> TypedExpression {
    var value: TypedExpression
    var list: TypedExpression
    if isBareName(left), !isFieldName(left) {
      list = check(right)
      value = check(left, expecting: list.type.element)
    } else {
      value = check(left)
      list = check(right, expecting: .list(value.type.required))
    }
    if value.type == .unknown || list.type == .unknown { return .missing(span) }
    guard let element = list.type.element else {
      report(.typeMismatch, "'in' takes a list, this is \(list.type)", list.span, hint: list.type.isText ? "a text has a text: 'a has b'" : nil)
      return .missing(span)
    }
    guard comparable(value.type, element) != nil else {
      report(.typeMismatch, "\(value.type) is in no list of \(element)", span)
      return .missing(span)
    }
    return node(.bool, span, [value, list]) { .contains($0[0], $0[1], operation == .in ? .inList : .notInList) }
  }

  /// `has starts ends matches`
  private mutating func containment(_ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ span: Span) -> TypedExpression {
    let base = check(left)
    let part = check(right, expecting: base.type.element ?? .text)
    if base.type == .unknown || part.type == .unknown { return .missing(span) }
    for side in [base, part] where side.type.isOptional {
      reportNull("this may be null", side.span, hint: "give a default with '??', or test it against null")
      if mode == .script { return .missing(span) }
    }
    if operation == .has, let element = base.type.element {
      guard comparable(element, part.type) != nil else {
        report(.typeMismatch, "a list of \(element) has no \(part.type)", span, hint: rowsHint(element, part))
        return .missing(span)
      }
      return node(.bool, span, [part, base]) { .contains($0[0], $0[1], .inList) }
    }
    guard base.type.required.isText, part.type.required.isText else {
      report(.typeMismatch, "'\(operation.rawValue)' takes two texts, these are \(base.type) and \(part.type)", span)
      return .missing(span)
    }
    if operation == .matches {
      if checkedText(part, Pattern.problem).type == .unknown { return .missing(span) }
    }
    let kind: Containment =
      switch operation {
      case .has: .has
      case .starts: .starts
      case .ends: .ends
      default: .matches
      }
    return node(.bool, span, [base, part]) { .contains($0[0], $0[1], kind) }
  }

  /// How rows are asked for a text: by the field that it is most likely about.
  private func rowsHint(_ element: Type, _ part: TypedExpression) -> String? {
    guard case .record(let row) = element, part.type.required.isText else { return nil }
    let keys = ["name"] + (row.resource.flatMap { schema.resource(named: $0)?.keys } ?? [])
    guard let field = keys.first(where: { key in row.visible.contains { $0.name == key && $0.type.required.isText } }) else { return nil }
    return "write: .any(.\(field) == \(files[file].source.text(part.span)))"
  }

  private mutating func coalesce(_ left: Expression, _ right: Expression, expecting: Type?, _ span: Span) -> TypedExpression {
    let value = check(left, expecting: expecting)
    var fallback = guarded { $0.check(right, expecting: expecting ?? value.type.required) }
    requireValue(fallback)
    // A default that is no address makes a text of both.
    if value.type.required == .email, case .constant(.text(let text)) = fallback.kind, Conversion.isEmail(text) {
      fallback = coerce(fallback, to: .email) { "\($0)" }
    }
    fallback = literal(fallback, like: value)
    warnOfDefault(for: value, left.span)
    if value.type == .unknown || fallback.type == .unknown || fallback.type == .nothing { return .missing(span) }
    guard let type = common(value.type.required == .null ? fallback.type : value.type.required, fallback.type) else {
      report(.typeMismatch, "the default is \(fallback.type) where \(value.type.required) is needed", fallback.span)
      return .missing(span)
    }
    let a = coerce(value, to: type.orNull) { "\($0)" }
    let b = coerce(fallback, to: type) { "\($0)" }
    return guardedNode(type, span, a, b) { .coalesce($0, $1) }
  }

  /// What is never null needs no default; who writes one mostly takes it for something that may be.
  private mutating func warnOfDefault(for value: TypedExpression, _ span: Span) {
    guard !value.type.isOptional, value.type != .unknown, value.type != .nothing else { return }
    var hint = "leave '??' out"
    if case .lookup(let resource, _, _) = value.kind {
      hint = "an index fails where there is none; to look for one: \(resource.plural).find(.\(resource.keys.first ?? "id") == …)"
    } else if case .index = value.kind {
      hint = "an index fails where there is no such element; the first or null is .first()"
    }
    add(Diagnostic(.maybeNull, "this is never null, and its default is never used", span, hint: hint, severity: .warning))
  }

  mutating func negation(_ operand: Expression, _ span: Span) -> TypedExpression {
    let value = check(operand)
    switch value.kind {
    case .constant(.int(let number)) where number != .min: return .constant(.int(-number), .int, span)
    case .constant(.float(let number)): return .constant(.float(-number), .float, span)
    default: break
    }
    let fitted = notNull(value, "a number")
    guard fitted.type.required.isNumber || fitted.type.required == .duration || fitted.type == .unknown else {
      report(.typeMismatch, "'-' takes a number, this is \(value.type)", value.span)
      return .missing(span)
    }
    return node(fitted.type, span, [fitted]) { .negate($0[0]) }
  }

  /// In a script a missing value is an error; at the prompt the result is null too.
  private mutating func notNull(_ value: TypedExpression, _ what: String) -> TypedExpression {
    guard value.type.isOptional else { return value }
    reportNull("this may be null, and \(what) is needed", value.span, hint: "give a default with '??', or test it against null")
    return mode == .script ? .missing(value.span) : value
  }

  mutating func arithmetic(_ operation: Arithmetic, _ left: TypedExpression, _ right: TypedExpression, _ span: Span) -> TypedExpression {
    let a = notNull(left, "a value")
    let b = notNull(right, "a value")
    if a.type == .unknown || b.type == .unknown { return .missing(span) }
    guard let type = arithmeticType(operation, a.type.required, b.type.required) else {
      report(.typeMismatch, "'\(sign(operation))' does not take \(a.type) and \(b.type)", span, hint: arithmeticHint(operation, a, b))
      return .missing(span)
    }
    if case .table(let row) = type, let lost = lostColumn(a.type.required, b.type.required, row) {
      report(
        .typeMismatch, "the rows of one side have a column '\(lost)', those of the other have not", span,
        hint: "choose the same on both with 'select', or add one: extend \(lost) = null")
      return .missing(span)
    }
    let isNullable = a.type.isOptional || b.type.isOptional
    return node(isNullable ? type.orNull : type, span, [a, b]) { .arithmetic(operation, $0[0], $0[1]) }
  }

  /// A column of one side that the rows of both together would not have.
  private func lostColumn(_ a: Type, _ b: Type, _ row: RecordType) -> String? {
    for case .table(let side) in [a, b] {
      if let lost = side.visible.first(where: { row.index(of: $0.name) == nil }) { return lost.name }
    }
    return nil
  }

  private func arithmeticType(_ operation: Arithmetic, _ a: Type, _ b: Type) -> Type? {
    switch (operation, a, b) {
    case (.divide, let a, let b) where a.isNumber && b.isNumber: .float
    case (_, .int, .int): .int
    case (_, let a, let b) where a.isNumber && b.isNumber: .float
    case (.add, let a, let b) where a.isText && b.isText: .text
    case (.add, .list, _), (.add, .table, _): b.element == nil ? nil : common(a, b)
    case (.subtract, .date, .date), (.subtract, .time, .time), (.subtract, .date, .time), (.subtract, .time, .date): .duration
    case (.add, .date, .duration), (.subtract, .date, .duration): .date
    case (.add, .time, .duration), (.subtract, .time, .duration): .time
    case (.add, .duration, .duration), (.subtract, .duration, .duration), (.remainder, .duration, .duration): .duration
    case (.multiply, .duration, .int), (.multiply, .int, .duration): .duration
    case (.divide, .duration, .duration): .float
    default: nil
    }
  }

  private func arithmeticHint(_ operation: Arithmetic, _ a: TypedExpression, _ b: TypedExpression) -> String? {
    if [.add, .subtract].contains(operation), [.date, .time].contains(a.type.required), b.type.required == .int {
      guard case .constant(.int(let number)) = b.kind else { return "a number of days is a Duration as \(files[file].source.text(b.span)) * 1d" }
      return "days are written \(number)d, hours \(number)h"
    }
    guard operation == .add, a.type.isText || b.type.isText else { return nil }
    return "put values into a text as \"{…}\""
  }

  private func sign(_ operation: Arithmetic) -> String {
    switch operation {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .remainder: "%"
    }
  }
}
