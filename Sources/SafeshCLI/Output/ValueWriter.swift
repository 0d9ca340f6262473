internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// Writes values as tables, JSON, JSON lines or CSV.
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
    case .json: JSONText.pretty(value) + "\n"
    case .jsonl: jsonLines(value)
    case .csv: (isFirst ? "" : "\n") + csv(value)
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

  // MARK: JSON lines, CSV

  private func jsonLines(_ value: Value) -> String {
    guard let elements = value.elements else { return JSONText.compact(value) + "\n" }
    return elements.map { JSONText.compact($0) + "\n" }.joined()
  }

  private func csv(_ value: Value) -> String {
    switch value {
    case .table(let table):
      let fields = table.type.visible.map(\.name)
      let places = fields.compactMap { table.type.index(of: $0) }
      // A line with nothing on it would be no row.
      let rows = (0..<table.count).map { row in places.map { csvCell(table.value(row, $0)) }.joined(separator: ",") }.map { $0.isEmpty ? "\"\"" : $0 }
      return ([fields.map(quoted).joined(separator: ",")] + rows).map { $0 + "\n" }.joined()
    case .record(let row): return csv(.table(row.table.rows([row.index])))
    case .list, .range: return (["value"] + (value.elements ?? []).map { csvCell($0) }).map { $0 + "\n" }.joined()
    default: return csvCell(value) + "\n"
    }
  }

  /// Null is an empty cell; lists and records are JSON.
  private func csvCell(_ value: Value) -> String {
    switch value {
    case .null: ""
    case .list, .range, .table, .record: quoted(JSONText.compact(value))
    default: quoted(value.printed)
    }
  }

  private func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

/// Values as JSON: enums by name, dates and times as text, a record with all its fields in their order.
enum JSONText {
  static func compact(_ value: Value) -> String {
    var writer = JSONWriter()
    write(value, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A list of rows with one on each line, so that it can be read and compared; everything else on one.
  static func pretty(_ value: Value) -> String {
    guard let elements = value.elements, !elements.isEmpty else { return compact(value) }
    return "[\n" + elements.map { "  " + compact($0) }.joined(separator: ",\n") + "\n]"
  }

  private static func write(_ value: Value, to writer: inout JSONWriter) {
    switch value {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .int(let value): writer.int(value)
    case .float(let value): writer.double(value)
    case .record(let row):
      writer.object { object in
        for (name, value) in row.written {
          object.key(name)
          write(value, to: &object)
        }
      }
    case .list, .range, .table: writer.array(value.elements ?? []) { write($1, to: &$0) }
    default: writer.string(value.printed)
    }
  }
}
