internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

/// A value as it stands in a table or a chart.
struct CellText: Sendable {
  let zone: LocalZone?
  /// Nil where rows inside of a value are written with all their fields.
  var schema: Schema?

  func cell(_ value: Value) -> TableLayout.Cell {
    value.isNull ? TableLayout.Cell("null", .dim) : TableLayout.Cell(text(value))
  }

  func text(_ value: Value) -> String {
    switch value {
    case .float(let number): Self.short(number)
    case .time(let moment): time?(moment) ?? value.printed
    case .record(let row): name(row) ?? value.printed
    case .table(let table): names(table) ?? value.printed
    default: value.printed
    }
  }

  /// A row of a resource by what it is called: a cell has room for no more.
  private func name(_ row: Row) -> String? {
    guard let resource = row.type.resource.flatMap({ schema?.resource(named: $0) }) else { return nil }
    return resource.keys.lazy.filter { row.type.index(of: $0) != nil }.map { row.value($0) }.first { !$0.isNull }?.printed
  }

  /// Nil if one has no name, or there are more than anybody reads in a cell.
  private func names(_ table: Table) -> String? {
    guard (1...Self.mostNames).contains(table.count) else { return nil }
    var names: [String] = []
    for index in 0..<table.count {
      guard let name = name(Row(table, index)) else { return nil }
      names.append(name)
    }
    return "[\(names.joined(separator: ", "))]"
  }

  private static let mostNames = 1000

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
