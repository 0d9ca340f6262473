/// Values as CSV, JSON, JSON lines, YAML, a Markdown table or a page of HTML, in parts, so that a large list is never whole in memory as text.
///
/// What a cell holds is written as it is: a text that a spreadsheet would take for a formula too, since it must read back the same.
public struct ValueText {
  private static let partSize = 64 << 10

  private let format: SaveFormat
  /// Whether values stand before it in the same text.
  private let isFollowing: Bool
  /// How a time is written in the forms that people read; nil for UTC.
  let time: ((Int) -> String)?
  private var bytes: [UInt8] = []
  private var rows = 0
  /// Of elements inside of rows: what writes them leaves off where somebody asked to stop, which the caller finds at its next look.
  var beat = Beat()

  public init(_ format: SaveFormat, isFollowing: Bool = false, time: ((Int) -> String)? = nil) {
    self.format = format
    self.isFollowing = isFollowing
    self.time = format == .md || format == .html ? time : nil
  }

  /// The whole text of a value.
  public static func text(_ value: Value, _ format: SaveFormat, isFollowing: Bool = false, time: ((Int) -> String)? = nil) -> String {
    var all: [UInt8] = []
    write(value, format, isFollowing: isFollowing, time: time) { all += $0 }
    return String(decoding: all, as: UTF8.self)
  }

  /// Writes a value part by part, each of whole characters.
  public static func write<E: Error>(
    _ value: Value, _ format: SaveFormat, isFollowing: Bool = false, time: ((Int) -> String)? = nil, to sink: ([UInt8]) throws(E) -> Void
  ) throws(E) {
    var text = ValueText(format, isFollowing: isFollowing, time: time)
    guard let type = value.listType else {
      text.whole(value)
      return try sink(text.bytes)
    }
    text.begin(type)
    for index in 0..<value.elementCount {
      text.row(value.element(index))
      if text.isPart {
        try sink(text.bytes)
        text.bytes.removeAll(keepingCapacity: true)
      }
    }
    text.end()
    try sink(text.bytes)
  }

  /// Whether as much has gathered as is written at once.
  var isPart: Bool { bytes.count >= Self.partSize }

  // MARK: a list, row by row

  /// What stands in front of the rows; nil is a list of other values than rows.
  mutating func begin(_ type: RecordType?) {
    switch format {
    case .csv: line(type.map { $0.visible.map(\.name) } ?? ["value"]) { $0.csv($1) }
    case .md:
      let fields = type?.visible ?? [Field("value", .unknown)]
      markdown(fields.map(\.name))
      append("|")
      for field in fields { append(field.type.required.isDrawn ? " ---: |" : " --- |") }
      append("\n")
    case .json: append("[")
    case .jsonl, .yaml: break
    case .html:
      if !isFollowing { page() }
      htmlHead(type?.visible ?? [Field("value", .unknown)])
    }
  }

  mutating func row(_ value: Value) {
    rows += 1
    switch format {
    case .csv: line(cells(value)) { $0.csv($1) }
    case .md: markdown(cells(value))
    case .html: htmlRow(value)
    case .json:
      append(rows == 1 ? "\n  " : ",\n  ")
      json(value)
    case .jsonl:
      json(value)
      append("\n")
    case .yaml:
      append("- ")
      yaml(value, indent: 2, isInline: true)
    }
  }

  mutating func end() {
    if format == .json { append(rows == 0 ? "]\n" : "\n]\n") }
    if format == .yaml, rows == 0 { append("[]\n") }
    if format == .html { append("</tbody>\n</table>\n") }
  }

  /// What was written since the last time.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// A value that is no list. In CSV and Markdown a record is a table of one row.
  private mutating func whole(_ value: Value) {
    switch (format, value) {
    case (.csv, .record(let row)), (.md, .record(let row)):
      begin(row.type)
      self.row(value)
    case (.csv, _), (.md, _): line(cells(value)) { $0.csv($1) }
    case (.html, _):
      if !isFollowing { page() }
      htmlValue(value)
    case (.json, _), (.jsonl, _):
      json(value)
      append("\n")
    case (.yaml, _): yaml(value, indent: 0, isInline: false)
    }
  }

  // MARK: CSV, Markdown

  /// The fields of a row as texts. Null is empty; lists and records are JSON.
  private func cells(_ value: Value) -> [String] {
    guard case .record(let row) = value else { return [cell(value)] }
    return row.type.fields.indices.filter { !row.type.fields[$0].isHidden }.map { cell(row.table.value(row.index, $0)) }
  }

  func cell(_ value: Value) -> String {
    switch value {
    case .null: ""
    case .time(let moment): time?(moment) ?? value.printed
    case .list, .range, .table, .record: Self.text(value, compactly: true)
    default: value.printed
    }
  }

  private mutating func line(_ cells: [String], _ write: (inout ValueText, String) -> Void) {
    let start = bytes.count
    for (index, cell) in cells.enumerated() {
      if index > 0 { append(",") }
      write(&self, cell)
    }
    // A line with nothing on it would be no row.
    if bytes.count == start { append("\"\"") }
    append("\n")
  }

  private mutating func csv(_ text: String) {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }) else { return append(text) }
    append("\"")
    append(text) { $0 == UInt8(ascii: "\"") ? "\"\"" : nil }
    append("\"")
  }

  private mutating func markdown(_ cells: [String]) {
    append("|")
    for cell in cells {
      append(" ")
      append(cell) { byte in
        switch byte {
        case UInt8(ascii: "|"): "\\|"
        case UInt8(ascii: "\\"): "\\\\"
        case 10: "<br>"
        case 13: ""
        default: nil
        }
      }
      append(" |")
    }
    append("\n")
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// A text in which some bytes are written otherwise. Leaves off where somebody asked to stop, which the caller finds at its next look.
  mutating func append(_ text: String, escaping escape: (UInt8) -> String?) {
    var text = text
    text.withUTF8 { text in
      var start = 0
      for (at, byte) in text.enumerated() {
        if at & 0x3_ffff == 0x3_ffff, Interruption.isRequested { return }
        guard let other = escape(byte) else { continue }
        bytes.append(contentsOf: text[start..<at])
        append(other)
        start = at + 1
      }
      bytes.append(contentsOf: text[start...])
    }
  }
}

extension Value {
  /// For a list the type of its rows, in which nil stands for other elements; nil for what is no list.
  fileprivate var listType: RecordType?? {
    switch self {
    case .table(let table): .some(table.type)
    case .list, .range: .some(nil)
    default: nil
    }
  }
}
