internal import SafeLanguage
internal import SafeTerminal

/// Writes values in the output format: as tables here, in the other formats as `save` does.
struct ValueWriter {
  let schema: Schema
  let canvas: Canvas

  func text(_ value: Value, _ format: OutputFormat, isFirst: Bool) -> String {
    switch format {
    case .table: tableText(value)
    case .csv: (isFirst ? "" : "\n") + ValueText.text(value, .csv)
    case .md: (isFirst ? "" : "\n") + ValueText.text(value, .md, time: cells.time)
    case .html: ValueText.text(value, .html, isFollowing: !isFirst, time: cells.time)
    case .yaml: (isFirst ? "" : "---\n") + ValueText.text(value, .yaml)
    case .json: ValueText.text(value, .json)
    case .jsonl: ValueText.text(value, .jsonl)
    }
  }

  /// The numbers of a value as a chart, in as many lines as there are.
  func chart(_ value: Value) -> String { rendered(ChartText(schema: schema, canvas: canvas).lines(value)) }

  private var cells: CellText { CellText(zone: canvas.zone) }

  private func rendered(_ lines: [StyledText]) -> String { lines.map { $0.rendered(color: canvas.color) + "\n" }.joined() }

  // MARK: tables

  /// A value as a table; of a list the elements of the range, and what is left is not told.
  func tableText(_ value: Value, _ range: Range<Int>? = nil) -> String {
    switch value {
    case .table(let table): return rendered(lines(table, range ?? 0..<table.count))
    case .record(let row): return rendered(record(row))
    case .list, .range:
      let range = range ?? 0..<(value.elements?.count ?? 0)
      return range.map { TableLayout.Cell(cells.text(value.element($0))).text + "\n" }.joined()
    default: return cells.text(value) + "\n"
    }
  }

  private func lines(_ table: Table, _ range: Range<Int>) -> [StyledText] {
    let fields = table.type.shown(schema)
    let places = fields.compactMap { table.type.index(of: $0.name) }
    var layout = TableLayout(columns: fields.map { .init($0.name, alignsRight: $0.type.required.isDrawn) }, width: canvas.size?.columns)
    var rows = range.map { row in places.map { cells.cell(table.value(row, $0)) } }
    addBars(to: &rows, &layout, table, range, places)
    return layout.lines(rows)
  }

  private func record(_ row: Row) -> [StyledText] {
    let names = row.type.visible.map(\.name)
    let layout = TableLayout(columns: [.init("field"), .init("value")], width: canvas.size?.columns)
    return layout.lines(names.map { [TableLayout.Cell($0, .dim), cells.cell(row.value($0))] })
  }

  /// Beside numbers that count, where a terminal has room left, and there are several to compare.
  private func addBars(to rows: inout [[TableLayout.Cell]], _ layout: inout TableLayout, _ table: Table, _ range: Range<Int>, _ places: [Int]) {
    guard let width = layout.width, rows.count > 1, let place = places.firstIndex(where: { table.type.counts.contains(table.type.fields[$0].name) })
    else { return }
    let natural = layout.naturalWidths(rows).reduce(0) { $0 + $1 + TableLayout.gap }
    // A chart that is looked at for its own sake has more; here it stands beside what is read.
    let room = min(width - natural, Self.longestBar)
    guard room >= Self.shortestBar else { return }
    let values = range.map { table.value($0, places[place]).drawn ?? 0 }
    let scale = BarScale(values)
    for (index, value) in values.enumerated() {
      rows[index].insert(TableLayout.Cell(scale.bar(value, cells: room, canvas.drawing).map(\.text).joined(), .number), at: place + 1)
    }
    layout.columns.insert(.init(""), at: place + 1)
  }

  private static let longestBar = 30
  private static let shortestBar = 8
}

extension RecordType {
  /// A resource shows what people look at; other rows show all.
  func shown(_ schema: Schema) -> [Field] {
    guard let resource = resource.flatMap({ schema.resource(named: $0) }) else { return visible }
    let own = resource.shown.compactMap { name in fields.first { $0.name == name } }
    return own + visible.filter { resource.row.index(of: $0.name) == nil }
  }
}
