internal import SafeLanguage
internal import SafeTerminal

/// The numbers of a table as bars, or over days and times as lines, one column of numbers after another.
struct ChartText {
  /// More are not compared by looking.
  private static let mostRows = 50
  private static let fewestRows = 5

  let schema: Schema
  let canvas: Canvas

  private var cells: CellText { CellText(zone: canvas.zone) }

  private var nothing: [StyledText] { [StyledText(TableLayout.cut("no rows to draw", canvas.chartWidth), .dim)] }

  /// Rows that fit on the screen with what stands around them.
  private var limit: Int {
    guard let rows = canvas.size?.rows else { return Self.mostRows }
    return min(Self.mostRows, max(Self.fewestRows, rows - 4))
  }

  func lines(_ value: Value) -> [StyledText] {
    guard case .table(let table) = value else { return list(value) }
    let columns = ChartColumns(table.type, schema)
    if table.count == 0 { return nothing }
    var lines: [StyledText] = []
    for number in columns.numbers {
      if !lines.isEmpty { lines.append(StyledText("")) }
      if let when = columns.when {
        lines += SeriesText(table, when: when, labels: columns.labels, number: number, canvas, limit: limit).lines
      } else {
        lines += bars(table, columns.labels, number)
      }
    }
    return lines
  }

  private var chart: BarChart { BarChart(width: canvas.chartWidth, limit: limit, drawing: canvas.drawing) }

  private func bars(_ table: Table, _ labels: [Int], _ number: Int) -> [StyledText] {
    let rows = (0..<min(limit, table.count)).map { row in
      let value = table.value(row, number)
      return BarChart.Row(label(table, row, labels), value.drawn, text: cells.text(value))
    }
    let title = labels.map { table.type.fields[$0].name }.joined(separator: " / ")
    return chart.lines(rows, of: table.count, label: title, number: table.type.fields[number].name)
  }

  private func label(_ table: Table, _ row: Int, _ labels: [Int]) -> String {
    labels.isEmpty ? TableLayout.grouped(row + 1) : labels.map { cells.text(table.value(row, $0)) }.joined(separator: " / ")
  }

  /// Numbers without names are called by their places.
  private func list(_ value: Value) -> [StyledText] {
    if value.elementCount == 0 { return nothing }
    let rows = (0..<min(limit, value.elementCount)).map { index in
      let element = value.element(index)
      return BarChart.Row(TableLayout.grouped(index + 1), element.drawn, text: cells.text(element))
    }
    return chart.lines(rows, of: value.elementCount, label: "", number: "")
  }
}

extension Value {
  /// The number that is drawn as a length.
  var drawn: Double? {
    switch self {
    case .int(let value), .duration(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
}
