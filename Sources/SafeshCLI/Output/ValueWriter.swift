internal import SafeLanguage
internal import SafeTerminal

/// Writes values in the output format: as tables here, in the other formats as `save` does.
struct ValueWriter {
  let schema: Schema
  let color: Bool
  /// Columns of the terminal; nil leaves tables uncut.
  let width: Int?
  /// Rows of a table to show; nil for all.
  let limit: Int?

  func text(_ value: Value, _ type: SafeLanguage.`Type`, _ format: OutputFormat, isFirst: Bool) -> String {
    switch format {
    case .table: tableText(value)
    case .csv: (isFirst ? "" : "\n") + ValueText.text(value, .csv)
    case .md: (isFirst ? "" : "\n") + ValueText.text(value, .md)
    case .yaml: (isFirst ? "" : "---\n") + ValueText.text(value, .yaml)
    case .json: ValueText.text(value, .json)
    case .jsonl: ValueText.text(value, .jsonl)
    }
  }

  // MARK: tables

  private func tableText(_ value: Value) -> String {
    switch value {
    case .table(let table): return lines(table).map { $0.rendered(color: color) + "\n" }.joined()
    case .record(let row): return record(row).map { $0.rendered(color: color) + "\n" }.joined()
    case .list, .range:
      let elements = value.elements ?? []
      let shown = limit.map { Array(elements.prefix($0)) } ?? elements
      var text = shown.map { TableLayout.Cell($0.printed).text + "\n" }.joined()
      if shown.count < elements.count { text += "\(elements.count - shown.count) more\n" }
      return text
    default: return value.printed + "\n"
    }
  }

  /// A resource shows what people look at; other rows show all.
  private func columns(_ type: RecordType) -> [Field] {
    guard let resource = type.resource.flatMap({ schema.resource(named: $0) }) else { return type.visible }
    let own = resource.shown.compactMap { name in type.fields.first { $0.name == name } }
    return own + type.visible.filter { resource.row.index(of: $0.name) == nil }
  }

  private func lines(_ table: Table) -> [StyledText] {
    let fields = columns(table.type)
    let places = fields.compactMap { table.type.index(of: $0.name) }
    let layout = TableLayout(columns: fields.map { .init($0.name, alignsRight: isNumber($0.type)) }, width: width, limit: limit)
    return layout.lines((0..<table.count).map { row in places.map { cell(table.value(row, $0)) } })
  }

  private func record(_ row: Row) -> [StyledText] {
    let names = row.type.visible.map(\.name)
    let layout = TableLayout(columns: [.init("field"), .init("value")], width: width)
    return layout.lines(names.map { [TableLayout.Cell($0, .dim), cell(row.value($0))] })
  }

  private func cell(_ value: Value) -> TableLayout.Cell {
    switch value {
    case .null: TableLayout.Cell("null", .dim)
    case .float(let number): TableLayout.Cell(Self.short(number))
    default: TableLayout.Cell(value.printed)
    }
  }

  /// A number with at most four digits behind the point; the other formats have all of them.
  private static func short(_ number: Double) -> String {
    guard number.magnitude < 1e11 else { return "\(number)" }
    let rounded = (number * 10_000).rounded() / 10_000
    return "\(rounded)"
  }

  private func isNumber(_ type: SafeLanguage.`Type`) -> Bool { type.required == .int || type.required == .float }
}
