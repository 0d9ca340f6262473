/// How values of one type become values of another, and what two types have in common.
extension Checker {
  /// The expression as a value of the type, or one error. `message` says what is wrong with the type that it has.
  mutating func coerce(_ expression: TypedExpression, to type: Type, _ message: (Type) -> String) -> TypedExpression {
    if expression.type == .unknown || type == .unknown { return expression }
    if expression.type == .nothing {
      reportNoValue(expression)
      return .missing(expression.span)
    }
    if let fitted = fitted(expression, to: type) { return fitted }
    if expression.type.isOptional, !type.isOptional {
      var value = expression
      value.type = expression.type.required
      if value.type == .null || fitted(value, to: type) != nil {
        reportNull("this may be null, and \(type) is needed", expression.span, hint: "give a default with '??', or test it against null", of: expression)
        return mode == .prompt ? expression : .missing(expression.span)
      }
    }
    report(.typeMismatch, message(expression.type), expression.span, hint: readAs(expression, type) ?? way(from: expression.type, to: type))
    return .missing(expression.span)
  }

  /// A text out of a file is what its column is read as: without `as` every column of CSV is a text.
  func readAs(_ expression: TypedExpression, _ type: Type) -> String? {
    guard expression.type.required == .text, [.int, .float, .bool, .date, .time, .duration, .email].contains(type.required),
      let column = column(expression)
    else { return nil }
    return "read it as one where the file is read: as { \(column): \(type.required) }"
  }

  /// The name of the column of a file that an expression is; nil for everything else.
  func column(_ expression: TypedExpression) -> String? {
    let (row, index): (Type?, Int)
    switch expression.kind {
    case .field(let base, let place): (row, index) = (base.type.required, place)
    case .rowField(let place): (row, index) = (rows.last?.type, place)
    default: return nil
    }
    // Where rows come from is known of files alone.
    guard case .record(let fields)? = row, fields.index(of: RecordType.origin).map({ fields.fields[$0].isHidden }) == true else { return nil }
    return Field.written(fields.fields[index].name)
  }

  /// What to write, so that it fits at once.
  private func way(from: Type, to: Type) -> String? {
    let method: String
    switch (from.required, to.required) {
    case (let from, .text) where from.isPrintable: return "write '.text()' after it, or put it into a text as \"{…}\""
    case (.text, .int): method = "int"
    case (.text, .float): method = "float"
    case (.text, .date): method = "date"
    case (.text, .time): method = "time"
    case (.text, .email): method = "email"
    default: return nil
    }
    // Not every text is one.
    return "write '.\(method)()' after it" + (to.isOptional ? "" : " and then '??' with what stands for none")
  }

  /// What fits without a word: Int as Float, Date as Time, Email as Text, T as T?, a record as one with fewer fields, a text literal
  /// as an address, date, time, id or enum.
  private mutating func fitted(_ expression: TypedExpression, to type: Type) -> TypedExpression? {
    if expression.type == type { return expression }
    var result = expression
    switch (expression.type, type) {
    case (.null, .optional):
      result.type = type
      return result
    case (.optional(let from), .optional(let to)):
      if from == to || from == .unknown { return result }
      if to == .text && from.isText {
        result.type = type
        return result
      }
      if from == .int && to == .float { return node(type, expression.span, [expression]) { .toFloat($0[0]) } }
      if from == .date && to == .time { return node(type, expression.span, [expression]) { .toTime($0[0]) } }
      return nil
    case (_, .optional(let inner)):
      guard var fitted = fitted(expression, to: inner) else { return nil }
      fitted.type = type
      return fitted
    case (.email, .text), (.id, .text):
      result.type = type
      return result
    case (.int, .float):
      if case .constant(.int(let value)) = expression.kind { return .constant(.float(Double(value)), .float, expression.span) }
      return node(type, expression.span, [expression]) { .toFloat($0[0]) }
    case (.date, .time):
      return node(type, expression.span, [expression]) { .toTime($0[0]) }
    case (.text, _):
      guard case .constant(.text(let text)) = expression.kind else { return nil }
      return literal(text, as: type, expression.span)
    case (.list(let from), .list(let to)):
      if case .list(let elements) = expression.kind {
        var fittedElements: [TypedExpression] = []
        for element in elements {
          guard let element = fitted(element, to: to) else { return nil }
          fittedElements.append(element)
        }
        return node(type, expression.span, fittedElements) { .list($0) }
      }
      guard from == .unknown || from == .null || to == .text && from.isText else { return nil }
      result.type = type
      return result
    case (.list(.null), .table), (.list(.unknown), .table):
      return node(type, expression.span, [expression]) { _ in .list([]) }
    case (.table(let from), .table(let to)):
      guard let columns = Self.mapping(from, to) else { return nil }
      return node(type, expression.span, [expression]) { .narrowed($0[0], to, columns) }
    case (.record(let from), .record(let to)):
      if case .record(_, let values) = expression.kind, to.resource == nil {
        var parts: [TypedExpression] = []
        for field in to.fields {
          guard let index = from.index(of: field.name), let part = fitted(values[index], to: field.type) else { return nil }
          parts.append(part)
        }
        return node(type, expression.span, parts) { .record(to, $0) }
      }
      guard let columns = Self.mapping(from, to) else { return nil }
      return node(type, expression.span, [expression]) { .narrowed($0[0], to, columns) }
    default: return nil
    }
  }

  /// For each field of the narrower record its place in the wider one.
  private static func mapping(_ from: RecordType, _ to: RecordType) -> [Int]? {
    if let resource = to.resource, from.resource != resource { return nil }
    var columns: [Int] = []
    for field in to.fields {
      guard let index = from.index(of: field.name) else { return nil }
      let type = from.fields[index].type
      guard type == field.type || type.orNull == field.type || type == .null && field.type.isOptional || type.isText && field.type == .text || type == .unknown else {
        return nil
      }
      columns.append(index)
    }
    return columns
  }

  /// A text literal where an address, date, time, id or enum is expected; checked here.
  private mutating func literal(_ text: String, as type: Type, _ span: Span) -> TypedExpression? {
    switch type {
    case .email:
      guard Conversion.isEmail(text) else {
        report(.badTextLiteral, "'\(text)' is no e-mail address", span)
        return .missing(span)
      }
      return .constant(.text(text), type, span)
    case .date:
      guard let date = Calendar.date(text) else { return bad(text, "date", "as 2026-01-31", span) }
      return .constant(.date(date), type, span)
    case .time:
      if let date = Calendar.date(text) { return .constant(.time(date * Calendar.microsecondsPerDay), type, span) }
      guard let time = Calendar.time(text) else { return bad(text, "time", "as 2026-01-31T10:00:00Z", span) }
      return .constant(.time(time), type, span)
    case .id:
      guard Conversion.isGUID(text) else { return bad(text, "id", "as 8f1d0c55-2b47-4f0e-9a63-1c5e7d9b3a20", span) }
      return .constant(.text(text.lowercased()), type, span)
    case .enumeration(let enumeration):
      guard let number = enumeration.number(of: text) else {
        report(.unknownCase, "\(enumeration.name) has no case '\(text)'", span, hint: casesHint(text, enumeration))
        return .missing(span)
      }
      return .constant(.symbol(enumeration, number), type, span)
    default: return nil
    }
  }

  private mutating func bad(_ text: String, _ what: String, _ form: String, _ span: Span) -> TypedExpression {
    report(.badTextLiteral, "'\(text)' is no \(what)", span, hint: "write it \(form)")
    return .missing(span)
  }

  /// The narrowest type that both fit, or nil.
  func common(_ a: Type, _ b: Type) -> Type? { Self.common(a, b) }

  static func common(_ a: Type, _ b: Type) -> Type? {
    if a == b || b == .unknown { return a }
    if a == .unknown { return b }
    switch (a, b) {
    case (.null, _): return b.orNull
    case (_, .null): return a.orNull
    case (.optional(let x), _): return common(x, b.required)?.orNull
    case (_, .optional(let y)): return common(a, y)?.orNull
    case (.int, .float), (.float, .int): return .float
    case (.date, .time), (.time, .date): return .time
    case (.list(let x), .list(let y)): return common(x, y).map { .list($0) }
    case (.list(.null), .table), (.list(.unknown), .table): return b
    case (.table, .list(.null)), (.table, .list(.unknown)): return a
    case (.record(let x), .record(let y)):
      if mapping(y, x) != nil { return a }
      return mapping(x, y) != nil ? b : common(x, y).map { .record($0) }
    case (.table(let x), .table(let y)):
      if x.fields == y.fields || mapping(y, x) != nil { return a }
      if mapping(x, y) != nil { return b }
      return common(x, y).flatMap { mapping(x, $0) != nil && mapping(y, $0) != nil ? .table($0) : nil }
    default: return a.isText && b.isText ? .text : nil
    }
  }

  /// What values of two types are when they are compared; nil where they never are the same. Ids of different resources are none of one
  /// another, though both are texts.
  func comparable(_ a: Type, _ b: Type) -> Type? { Self.areOfOthers(a.required, b.required) ? nil : common(a, b) }

  private static func areOfOthers(_ a: Type, _ b: Type) -> Bool {
    switch (a, b) {
    case (.id(let x), .id(let y)): return x != y
    case (.record(let x), .record(let y)), (.table(let x), .table(let y)):
      return x.visible.contains { field in
        y.index(of: field.name).map { areOfOthers(field.type.required, y.fields[$0].type.required) } ?? false
      }
    case (.list(let x), .list(let y)): return areOfOthers(x.required, y.required)
    default: return false
    }
  }

  /// Rows with the same fields, each as wide as both need.
  private static func common(_ x: RecordType, _ y: RecordType) -> RecordType? {
    guard x.resource == nil, y.resource == nil, x.fields.map(\.name) == y.fields.map(\.name) else { return nil }
    var fields: [Field] = []
    for (a, b) in zip(x.fields, y.fields) {
      guard let type = common(a.type, b.type) else { return nil }
      fields.append(Field(a.name, type))
    }
    return RecordType(fields)
  }

  /// A place that a test against null can be about.
  func path(_ expression: TypedExpression) -> String? {
    switch expression.kind {
    case .local(let slot): "s\(slot)"
    case .rowField(let column): "r\(expression.row).\(column)"
    case .field(let base, let column): path(base).map { "\($0).\(column)" }
    default: nil
    }
  }

  /// What is not null where the condition holds, and where it does not.
  func facts(_ condition: TypedExpression) -> (whenTrue: Set<String>, whenFalse: Set<String>) {
    switch condition.kind {
    case .compare(let comparison, let a, let b):
      guard let place = isNull(b) ? path(a) : isNull(a) ? path(b) : nil else { return ([], []) }
      switch comparison {
      case .notEqual: return ([place], [])
      case .equal: return ([], [place])
      default: return ([], [])
      }
    case .not(let inner):
      let known = facts(inner)
      return (known.whenFalse, known.whenTrue)
    case .and(let a, let b):
      let (x, y) = (facts(a), facts(b))
      return (x.whenTrue.union(y.whenTrue), x.whenFalse.intersection(y.whenFalse))
    case .or(let a, let b):
      let (x, y) = (facts(a), facts(b))
      return (x.whenTrue.intersection(y.whenTrue), x.whenFalse.union(y.whenFalse))
    default: return ([], [])
    }
  }

  private func isNull(_ expression: TypedExpression) -> Bool {
    if case .constant(.null) = expression.kind { return true }
    return false
  }

  /// The type without `?` where a test against null went before.
  func narrowedType(_ expression: TypedExpression) -> Type {
    guard expression.type.isOptional, let path = path(expression), narrowed.contains(where: { $0.contains(path) }) else { return expression.type }
    return expression.type.required
  }
}
