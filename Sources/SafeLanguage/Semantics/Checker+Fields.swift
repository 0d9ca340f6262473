/// What is said of a field that the row does not have, and of one that is written in a way in which it cannot be found.
extension Checker {
  /// The fields and relations of a row, each once: a column may have taken a relation's place.
  func fieldNames(of row: RecordType) -> [String] {
    let fields = row.visible.map(\.name)
    let relations = row.resource.flatMap { schema.resource(named: $0) }?.relations.map(\.name) ?? []
    return fields + relations.filter { !fields.contains($0) }
  }

  /// `.name, ."e-mail"`
  static func dotted(_ names: [String], most: Int = 12) -> String {
    names.prefix(most).map { ".\(Field.written($0))" }.joined(separator: ", ") + (names.count > most ? ", …" : "")
  }

  /// The field that was meant by a name, with its dot.
  func meantField(_ name: String, _ row: RecordType) -> String? {
    Suggestion.nearest(to: name, among: fieldNames(of: row)).map { "did you mean '.\(Field.written($0))'?" }
      ?? comparedWith.flatMap { field(row, comparedWith: $0) }.map { "did you mean '.\(Field.written($0))'?" }
  }

  /// The place is the field with its dot, which stands directly before it.
  mutating func unknownField(_ name: Word, _ row: RecordType, methods: [String] = []) {
    if refuseUnquoted(name, row, hasDot: true) { return }
    let span = Span(name.span.start - 1, name.span.end)
    let names = fieldNames(of: row)
    var hint = methods.contains(name.text) ? "it is a method: write '.\(name.text)()'" : meantField(name.text, row)
    if hint == nil, row.resource == nil, let wider = schema.resources.first(where: { $0.row.index(of: name.text) != nil }), names.count < wider.row.fields.count {
      hint = "the row has \(Self.dotted(names, most: 10))"
    }
    report(
      .unknownField, "\(row.resource ?? "the row") has no field '\(name.text)'", span, hint: hint ?? (names.isEmpty ? nil : "it has \(Self.dotted(names))"))
  }

  /// A field whose name is more than a word, without its quotes: `.e-mail` reads as `.e - mail`. True if it was told.
  mutating func refuseUnquoted(_ name: Word, _ row: RecordType, hasDot: Bool) -> Bool {
    let source = files[file].source
    let start = name.span.start
    guard source.text(name.span) == name.text else { return false }
    let fitting = row.visible.map(\.name).filter { field in
      guard !Field.isWord(field), field.hasPrefix(name.text), start + field.utf8.count <= source.bytes.count else { return false }
      if let next = source.bytes.dropFirst(start + field.utf8.count).first, isWord(next) || next >= 0x80 { return false }
      return source.bytes[start..<start + field.utf8.count].elementsEqual(field.utf8)
    }
    guard let field = fitting.max(by: { $0.utf8.count < $1.utf8.count }) else { return false }
    let span = Span(hasDot ? start - 1 : start, start + field.utf8.count)
    let written = ".\(Field.written(field))"
    var diagnostic = Diagnostic(.unknownField, "\(row.resource ?? "the row") has no field '\(name.text)'", span, hint: "write '\(written)'")
    diagnostic.fix = Fix(span: span, text: written)
    add(diagnostic)
    return true
  }

  /// `row["name"]`, as other languages have it.
  mutating func refuseFieldByIndex(_ name: String, _ row: RecordType, of base: TypedExpression, _ span: Span) {
    let names = fieldNames(of: row)
    guard names.contains(name) else {
      let hint = Suggestion.nearest(to: name, among: names).map { "did you mean '.\(Field.written($0))'?" }
      report(.unknownField, "\(row.resource ?? "the row") has no field '\(name)'", span, hint: hint ?? "it has \(Self.dotted(names))")
      return
    }
    let written = "\(files[file].source.text(base.span))\(base.type.isOptional ? "?." : ".")\(Field.written(name))"
    var diagnostic = Diagnostic(.typeMismatch, "a field of a row stands behind a dot", span, hint: "write '\(written)'")
    diagnostic.fix = Fix(span: span, text: written)
    add(diagnostic)
  }

  /// `groups.collections`: a relation of each row, where a list of rows stands.
  mutating func refuseRelation(_ relation: Relation, ofMany base: TypedExpression, _ name: Word) {
    let one = String(relation.name.prefix(1))
    var hint = relation.isOne ? "write '| select .\(relation.name)'" : "write '| expand \(one) = .\(relation.name)', and then 'select' what you want of '.\(one)'"
    // In a stage both lists hang on the row, which is repeated for the first of them before.
    if case .relation(_, let first, _) = base.kind, base.level > 0, !relation.isOne {
      let outer = String(first.name.prefix(1))
      hint = "repeat the row before: | expand \(outer) = .\(first.name) | expand \(one) = .\(outer).\(relation.name)"
    }
    report(
      .unknownField, "'.\(relation.name)' is of one \(relation.source), and this is a list of them", Span(name.span.start - 1, name.span.end), hint: hint)
  }
}
