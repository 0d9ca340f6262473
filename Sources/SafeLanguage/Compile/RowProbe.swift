/// What a condition asks of a single text field: `.email == m.email`, alone or as the first of several that are joined by `and`.
struct RowProbe {
  private let column: Int
  private let wanted: Code.Of<Value>

  /// Nil for a condition that has to be tried on every row.
  init?(_ lambda: TypedLambda, _ compiler: Compiler) {
    var first = lambda.body
    while case .and(let left, _) = first.kind { first = left }
    guard case .compare(.equal, let a, let b) = first.kind else { return nil }
    for (field, value) in [(a, b), (b, a)] {
      guard case .rowField(let column) = field.kind, field.type.required.isText, value.type.required.isText else { continue }
      switch value.kind {
      case .local, .constant:
        self.column = column
        wanted = compiler.compile(value).asValue
        return
      default: continue
      }
    }
    return nil
  }

  /// The rows on which the condition is to be tried; nil for all.
  func rows(of source: Value, _ frame: Frame) throws(RunError) -> [Int]? {
    guard case .table(let table) = source, table.count > 0, case .text(let text) = try wanted(frame) else { return nil }
    return table.rows(thatMayHave: text, in: column)
  }
}
