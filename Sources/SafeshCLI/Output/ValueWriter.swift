internal import SafeLanguage
internal import SafeTerminal

/// Writes values in the output format: as tables here, in the other formats as `save` does.
struct ValueWriter {
  let schema: Schema
  let canvas: Canvas
  /// Whether what is wider than the canvas is cut; a pager scrolls sideways.
  var cuts = true

  /// The whole text.
  func text(_ value: Value, _ format: OutputFormat, isFirst: Bool) -> String {
    var text = ""
    write(value, format, isFirst: isFirst, look: {}, to: { text += $0 })
    return text
  }

  /// Writes a value in parts of whole lines; `look` is called now and then and may end it.
  func write<E: Error>(
    _ value: Value, _ format: OutputFormat, isFirst: Bool, look: () throws(E) -> Void, to sink: (String) throws(E) -> Void
  ) throws(E) {
    guard let form = format.saved else { return try writeTable(value, nil, look, sink) }
    switch form {
    case .csv, .md: if !isFirst { try sink("\n") }
    case .yaml: if !isFirst { try sink("---\n") }
    case .json, .jsonl, .html: break
    }
    try ValueText.write(value, form, isFollowing: !isFirst, time: cells.time) { part throws(E) in try sink(String(decoding: part, as: UTF8.self)) }
  }

  /// The numbers of a value as a chart, in as many lines as there are.
  func chart(_ value: Value) -> String { rendered(ChartText(schema: schema, canvas: canvas).lines(value)) }

  private var cells: CellText { CellText(zone: canvas.zone, schema: schema) }

  private func rendered(_ lines: [StyledText]) -> String { lines.map { $0.rendered(color: canvas.color) + "\n" }.joined() }

  // MARK: tables

  /// A value as a table; of a list the elements of the range, and what is left is not told.
  func tableText(_ value: Value, _ range: Range<Int>? = nil) -> String {
    var text = ""
    writeTable(value, range, {}, { text += $0 })
    return text
  }

  /// Rows between looks: of the widest, a few milliseconds.
  private static let rowsPerLook = 256
  private static let partSize = 64 << 10

  private func writeTable<E: Error>(
    _ value: Value, _ range: Range<Int>?, _ look: () throws(E) -> Void, _ sink: (String) throws(E) -> Void
  ) throws(E) {
    var part = ""
    func put(_ line: String) throws(E) {
      part += line + "\n"
      guard part.utf8.count >= Self.partSize else { return }
      try sink(part)
      part = ""
    }
    switch value {
    case .table(let table): try lines(table, range ?? 0..<table.count, look) { line throws(E) in try put(line.rendered(color: canvas.color)) }
    case .record(let row): for line in record(row) { try put(line.rendered(color: canvas.color)) }
    case .list, .range:
      for index in range ?? 0..<value.elementCount {
        if index % Self.rowsPerLook == 0 { try look() }
        try put(TableLayout.Cell(cells.text(value.element(index))).text)
      }
    default: try put(cells.text(value))
    }
    try sink(part)
  }

  private func lines<E: Error>(
    _ table: Table, _ range: Range<Int>, _ look: () throws(E) -> Void, _ use: (StyledText) throws(E) -> Void
  ) throws(E) {
    let fields = table.type.shown(schema)
    let places = fields.compactMap { table.type.index(of: $0.name) }
    var layout = TableLayout(columns: fields.map { .init($0.name, alignsRight: $0.type.required.isDrawn, isWhole: $0.isWhole) }, width: canvas.size?.columns)
    func anyRow(_ index: Int) throws(E) -> [TableLayout.Cell] {
      if index % Self.rowsPerLook == 0 { try look() }
      return places.map { cells.cell(table.value(index, $0)) }
    }
    func row(_ index: Int) throws(E) -> [TableLayout.Cell] { try anyRow(range.lowerBound + index) }
    let bars = try bars(layout, table, range, places, anyRow)
    if !cuts { layout.width = nil }
    guard let bars else { return try layout.lines(of: range.count, row, use) }
    layout.columns.insert(.init(""), at: bars.place)
    let barred = { (index: Int) throws(E) -> [TableLayout.Cell] in
      var cells = try row(index)
      cells.insert(TableLayout.Cell(bars.texts[index], .number), at: bars.place)
      return cells
    }
    try layout.lines(of: range.count, barred, use)
  }

  private func record(_ row: Row) -> [StyledText] {
    let names = row.type.visible.map(\.name)
    let layout = TableLayout(columns: [.init("field"), .init("value")], width: canvas.size?.columns)
    return layout.lines(names.map { [TableLayout.Cell($0, .dim), cells.cell(row.value($0))] })
  }

  /// Beside numbers that count, where a terminal has room left, and there are several to compare: the column and what is in it. What is shown bit by
  /// bit has one scale.
  private func bars<E: Error>(
    _ layout: TableLayout, _ table: Table, _ range: Range<Int>, _ places: [Int], _ row: (Int) throws(E) -> [TableLayout.Cell]
  ) throws(E) -> (place: Int, texts: [String])? {
    let compared = table.count > Self.mostCompared ? range : 0..<table.count
    guard let width = layout.width, compared.count > 1, let place = places.firstIndex(where: { table.type.counts.contains(table.type.fields[$0].name) })
    else { return nil }
    let natural = try layout.naturalWidths(of: compared.count) { index throws(E) in try row(compared.lowerBound + index) }.reduce(0) { $0 + $1 + TableLayout.gap }
    // A chart that is looked at for its own sake has more; here it stands beside what is read.
    let room = min(width - natural, Self.longestBar)
    guard room >= Self.shortestBar else { return nil }
    func value(_ index: Int) -> Double { table.value(index, places[place]).drawn ?? 0 }
    let scale = BarScale(compared.map(value))
    return (place + 1, range.map { scale.bar(value($0), cells: room, canvas.drawing).map(\.text).joined() })
  }

  /// Where there are more rows, those that are shown together are compared: all of them would be waited for at each screenful.
  private static let mostCompared = 10_000
  private static let longestBar = 30
  private static let shortestBar = 8
}

extension Field {
  /// Whether part of its value is of no use: of a number or a time it is another one, of a case it may be another case, and an id is there to be copied.
  fileprivate var isWhole: Bool {
    if case .enumeration = type.required { return true }
    return type.required.isDrawn || [.date, .time].contains(type.required) || name == "id"
  }
}

extension RecordType {
  /// A resource shows what people look at; other rows show all.
  func shown(_ schema: Schema) -> [Field] {
    guard let resource = resource.flatMap({ schema.resource(named: $0) }) else { return visible }
    let own = resource.shown.compactMap { name in fields.first { $0.name == name } }
    return own + visible.filter { resource.row.index(of: $0.name) == nil }
  }
}
