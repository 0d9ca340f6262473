/// What is said of a bare name that means nothing where it stands: by what the place takes.
extension Checker {
  mutating func unknownName(_ name: String, expecting: Type?, _ span: Span) {
    // The lexer told of it.
    if !name.utf8.allSatisfy({ isWord($0) }) { return }
    if belongsToLast(span) { return }
    if case .enumeration(let enumeration)? = expecting?.required {
      report(
        .unknownCase, "\(enumeration.name) has no case '\(name)'", span,
        hint: casesHint(name, enumeration))
      return
    }
    if let unseen = files[file].variables[name], !unseen.isShared {
      report(
        .unknownName, "a 'def' or 'test' does not see '\(name)'", span, hint: "it sees params and values that are worked out without reading: give it as an argument")
      return
    }
    if case .record(let row)? = rows.last?.type, refuseUnquoted(Word(text: name, span: span), row, hasDot: false) { return }
    if let aggregate = aggregates == nil ? nil : Library.aggregate(name) {
      report(.unknownName, "'\(name)' is called", span, write: aggregate.argument == .optionalCondition ? "\(name)()" : nil, hint: "write '\(name)(.field)'")
    } else if files[file].modules[name] != nil {
      report(.unknownName, "'\(name)' is a used file", span, hint: "write '\(name).f(…)'")
    } else if InputFormat(rawValue: name) != nil, refuseBarePath(behind: Word(text: name, span: span)) {
      return
    } else if let called = calledHint(name) {
      let isWhole = Library.function(name)?.parameters.contains { $0.isRequired } == false
      report(.unknownName, "'\(name)' is called", span, write: isWhole ? "\(name)()" : nil, hint: called)
    } else {
      let what = rows.isEmpty ? "variable or resource" : "variable, resource or field"
      report(.unknownName, "there is no \(what) '\(name)'", span, hint: nameHint(name, expecting, span))
    }
  }

  /// Reports a name that another text takes the place of, if it is certain which.
  private mutating func report(_ code: Diagnostic.Code, _ message: String, _ span: Span, write text: String?, hint: String) {
    var diagnostic = Diagnostic(code, message, span, hint: text.map { "write '\($0)'" } ?? hint)
    diagnostic.fix = text.map { Fix(span: span, text: $0) }
    add(diagnostic)
  }

  /// How something is called that stands there without its arguments.
  private func calledHint(_ name: String) -> String? {
    guard callableNames.contains(name) || definition(named: name) != nil else { return nil }
    if let verb = schema.verbs.first(where: { $0.name == name }) { return "as in: \(verb.example)" }
    if let format = InputFormat(rawValue: name) { return "as in: \(format.example)" }
    if let function = Library.function(name) { return "as in: \(function.example.code)" }
    return "write '\(name)(…)' or give it an argument"
  }

  /// The name that was meant, or what may stand at the place.
  private func nameHint(_ name: String, _ expecting: Type?, _ span: Span) -> String {
    var fields: [String] = []
    if case .record(let row)? = rows.last?.type { fields = fieldNames(of: row) }
    if let nearest = Suggestion.nearest(to: name, among: fields + visibleNames) {
      return "did you mean '\(fields.contains(nearest) ? "." + Field.written(nearest) : nearest)'?"
    }
    if let kind = expecting?.required, kind.isText { return "text stands in quotes: \"\(name)\"" }
    if case .record(let row)? = rows.last?.type { return rowHint(name, row) }
    if let hint = caseHint(name) { return hint }
    if let nearest = Suggestion.nearest(to: name, among: callableNames) { return "did you mean '\(nearest)'?" }
    if beginsStatement(span), let list = schema.resources.first?.plural {
      return "a line begins with a list as '\(list)'\(schema.verbs.first.map { ", a verb as '\($0.name)'" } ?? ""), or a value"
    }
    return "text stands in quotes"
  }

  private func caseHint(_ name: String) -> String? {
    schema.enumerations.first { $0.number(of: name) != nil }.map { "'\(name)' is a case of \($0.name), which is not expected here" }
  }

  /// What of the row may be meant where none of its fields is called like that.
  private func rowHint(_ name: String, _ row: RecordType) -> String {
    if let meant = meantField(name, row) { return meant }
    let holders = row.visible.filter { field in
      if case .enumeration(let type) = field.type.required { return type.number(of: name) != nil }
      return false
    }
    if holders.count == 1 { return "'\(name)' is a case of '.\(holders[0].written)': write '.\(holders[0].written) == \(name)'" }
    if let hint = caseHint(name) { return hint }
    // `by day`: a part of the row's time.
    if let moment = row.visible.first(where: { [.date, .time].contains($0.type.required) && Library.method(name, on: $0.type.required) != nil }) {
      return "write '.\(moment.written).\(name)()'"
    }
    return "the row has \(Self.dotted(fieldNames(of: row)))"
  }

  /// Whether a name is a part of what was told of just before: the `mail` of `.e-mail` and of `p.e-mail`, the `x` of `/tmp/x`.
  private func belongsToLast(_ span: Span) -> Bool {
    let source = files[file].source
    guard let last = diagnostics.last, [.unknownField, .unknownName].contains(last.code), last.span.start < span.start,
      file == 0 ? last.source == nil : last.source?.name == source.name, span.end <= source.bytes.count
    else { return false }
    if span.end <= last.span.end { return true }
    let between = source.bytes[min(last.span.end, span.start)..<span.start]
    return (between.last == UInt8(ascii: "-") || between.last == UInt8(ascii: "/")) && !between.contains { " \n\t,".utf8.contains($0) }
  }

  private func beginsStatement(_ span: Span) -> Bool {
    let before = files[file].source.bytes.prefix(span.start).last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
    return before.map { "\n;{".utf8.contains($0) } ?? true
  }

  // MARK: words where a key or a path is meant

  /// A word without its quotes where a row is wanted that is found by name: `to: Engineering`. True if it was told.
  mutating func refuseBareKey(_ expression: Expression, _ kind: Verb.Parameter.Kind) -> Bool {
    if case .list(let elements) = expression.kind, case .rows(let name) = kind {
      var isTold = false
      for element in elements where refuseBareKey(element, .row(name)) { isTold = true }
      return isTold
    }
    guard case .name(let name) = expression.kind, variable(name) == nil, schema.resource(listed: name) == nil, !isFieldName(expression),
      files[file].variables[name] == nil, Suggestion.nearest(to: name, among: visibleNames) == nil,
      let form = lookup(Value.text(name).literal, kind)
    else { return false }
    report(.unknownName, "there is no variable or resource '\(name)'", expression.span, write: form, hint: "")
    return true
  }

  /// `groups["Red"]` for the text that names one; nil where the key alone would do, or is of another kind.
  func lookup(_ text: String, _ kind: Verb.Parameter.Kind) -> String? {
    switch kind {
    case .row(let name):
      guard let resource = schema.resource(named: name), resource.keyType == .text, !resource.keys.isEmpty else { return nil }
      return "\(resource.plural)[\(text)]"
    case .rows(let name): return lookup(text, .row(name)).map { "[\($0)]" }
    case .oneOf(let kinds): return kinds.lazy.compactMap { lookup(text, $0) }.last
    default: return nil
    }
  }

  /// `csv /tmp/a.csv`, which reads as a division, `csv ./a.csv`, and so behind `save`. True if it was told.
  mutating func refuseBarePath(behind command: Word) -> Bool {
    let span = command.span
    let behind = files[file].source.text(span.end, min(span.end + 4, files[file].source.bytes.count))
    guard [" /", " ./", " ../"].contains(where: { behind.hasPrefix($0) }) else { return false }
    let end = endOfPath(span.end + 1)
    guard end > span.end + 2 else { return false }
    let written = "\(command.text) \(Value.text(files[file].source.text(span.end + 1, end)).literal)"
    report(.unknownName, "a path is a text, and stands in quotes", Span(span.start, end), write: written, hint: "")
    return true
  }

  func endOfPath(_ start: Int) -> Int {
    let bytes = files[file].source.bytes
    var end = start
    while bytes.indices.contains(end), !" \t\r\n|;,()[]{}\"'".utf8.contains(bytes[end]) { end += 1 }
    return end
  }

  /// A path without its quotes, as in `csv people.csv`. True if it was told.
  mutating func refuseBarePath(_ expression: Expression, of command: String) -> Bool {
    var root = expression
    while case .field(let base, _, _) = root.kind { root = base }
    guard case .name = root.kind else { return false }
    let source = files[file].source
    let end = endOfPath(expression.span.start)
    let path = source.text(expression.span.start, end)
    guard Parser.isFileName(path) else { return false }
    // A field of a variable may be called like an ending.
    var trial = self
    _ = trial.check(expression)
    if trial.diagnostics.count == diagnostics.count { return false }
    let span = Span(expression.span.start, end)
    let literal = Value.text(path).literal
    var diagnostic = Diagnostic(.unknownName, "a path is a text, and stands in quotes", span, hint: "write '\(command) \(literal)'")
    diagnostic.fix = Fix(span: span, text: literal)
    add(diagnostic)
    return true
  }
}
