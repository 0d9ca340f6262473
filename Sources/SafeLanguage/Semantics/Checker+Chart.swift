/// `| chart`.
extension Checker {
  /// What is drawn are numbers; which thing or time each is of, the other columns say.
  mutating func chartStage(_ type: Type, _ span: Span) -> TypedStage? {
    refuseInPredicate("'chart'", span)
    // What follows from it has been told.
    if level > 0 { return nil }
    let stage = TypedStage(kind: .chart, type: .nothing, span: span, effect: .read)
    switch type.required {
    case .unknown: return stage
    case .list(let element) where element.required.isDrawn || element == .unknown: return stage
    case .table(let row) where row.visible.contains { $0.type.required.isDrawn }: return stage
    case .table(let row):
      let field = row.visible.first { if case .enumeration = $0.type.required { true } else { false } } ?? row.visible.first { $0.type.required.isOrdered }
      let label = field.map { ".\($0.name)" } ?? ".field"
      report(
        .typeMismatch, "'chart' draws numbers, and no column of \(row) is one", span, hint: "count first: summarize n = count() by \(label) | chart")
    default: report(.typeMismatch, "'chart' draws the numbers of a table, this is \(type)", span)
    }
    return nil
  }
}
