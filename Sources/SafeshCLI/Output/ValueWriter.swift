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
    guard let form = format.saved else { return try writeTable(value, look, sink) }
    if !isFirst, form != .json, form != .jsonl { try sink(form == .yaml ? "---\n" : "\n") }
    try ValueText.write(value, form) { part throws(E) in try sink(String(decoding: part, as: UTF8.self)) }
  }

  // MARK: tables

  /// Rows between looks: of the widest, a few milliseconds.
  private static let rowsPerLook = 256
  private static let partSize = 64 << 10

  private func writeTable<E: Error>(_ value: Value, _ look: () throws(E) -> Void, _ sink: (String) throws(E) -> Void) throws(E) {
    var part = ""
    func put(_ line: String) throws(E) {
      part += line + "\n"
      guard part.utf8.count >= Self.partSize else { return }
      try sink(part)
      part = ""
    }
    switch value {
    case .table(let table):
      let fields = columns(table.type)
      let places = fields.compactMap { table.type.index(of: $0.name) }
      let layout = TableLayout(columns: fields.map { .init($0.name, alignsRight: isNumber($0.type)) }, width: width, limit: limit)
      func row(_ index: Int) throws(E) -> [TableLayout.Cell] {
        if index % Self.rowsPerLook == 0 { try look() }
        return places.map { cell(table.value(index, $0)) }
      }
      try layout.lines(of: table.count, row) { line throws(E) in try put(line.rendered(color: color)) }
    case .record(let row): for line in record(row) { try put(line.rendered(color: color)) }
    case .list, .range:
      let (count, shown) = (value.elementCount, min(value.elementCount, limit ?? .max))
      for index in 0..<shown {
        if index % Self.rowsPerLook == 0 { try look() }
        try put(TableLayout.Cell(value.element(index).printed).text)
      }
      if shown < count { try put("\(count - shown) more") }
    default: try put(value.printed)
    }
    try sink(part)
  }

  /// A resource shows what people look at; other rows show all.
  private func columns(_ type: RecordType) -> [Field] {
    guard let resource = type.resource.flatMap({ schema.resource(named: $0) }) else { return type.visible }
    let own = resource.shown.compactMap { name in type.fields.first { $0.name == name } }
    return own + type.visible.filter { resource.row.index(of: $0.name) == nil }
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
