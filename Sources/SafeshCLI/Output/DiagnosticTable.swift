internal import SafeLanguage

/// What is wrong with scripts as a table, for `--output json` and its like: lines and characters from 1, offsets in bytes from 0.
struct DiagnosticTable {
  private static let fix = RecordType([Field("offset", .int), Field("endOffset", .int), Field("text", .text)])

  private static let row = RecordType([
    Field("file", .text), Field("line", .int), Field("column", .int), Field("endLine", .int), Field("endColumn", .int), Field("offset", .int),
    Field("endOffset", .int), Field("severity", .text), Field("code", .text), Field("message", .text), Field("hint", .optional(.text)),
    Field("fix", .optional(.record(fix))),
  ])

  private var builder = TableBuilder(row)

  /// What is wrong with a used file has that file's name and places.
  mutating func add(_ diagnostics: [Diagnostic], in source: SourceFile) {
    for diagnostic in diagnostics {
      let source = diagnostic.source ?? source
      let (start, end) = (source.position(diagnostic.span.start), source.position(diagnostic.span.end))
      let fix = diagnostic.fix.map { Value.record(Row(Self.fix, [.int($0.span.start), .int($0.span.end), .text($0.text)])) }
      builder.add([
        .text(source.name), .int(start.line), .int(start.column), .int(end.line), .int(end.column), .int(diagnostic.span.start),
        .int(diagnostic.span.end), .text(diagnostic.severity.rawValue), .text(diagnostic.code.rawValue), .text(diagnostic.message),
        diagnostic.hint.map { .text($0) } ?? .null, fix ?? .null,
      ])
    }
  }

  var value: Value { .table(builder.table()) }
  var type: SafeLanguage.`Type` { .table(Self.row) }
}
