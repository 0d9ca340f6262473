internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

/// A value as it stands in a table or a chart.
struct CellText: Sendable {
  let zone: LocalZone?

  func cell(_ value: Value) -> TableLayout.Cell {
    value.isNull ? TableLayout.Cell("null", .dim) : TableLayout.Cell(text(value))
  }

  func text(_ value: Value) -> String {
    switch value {
    case .float(let number): Self.short(number)
    case .time(let moment): time?(moment) ?? value.printed
    default: value.printed
    }
  }

  /// How a time is written; nil for UTC.
  var time: ((Int) -> String)? {
    guard let zone else { return nil }
    return { moment in Calendar.text(time: moment, offset: zone.offset(at: moment / 1_000_000)) }
  }

  /// A number with at most four digits behind the point; the other formats have all of them.
  static func short(_ number: Double) -> String {
    guard number.magnitude < 1e11 else { return "\(number)" }
    let rounded = (number * 10_000).rounded() / 10_000
    return "\(rounded)"
  }
}
