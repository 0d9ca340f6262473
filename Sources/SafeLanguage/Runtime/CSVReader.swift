/// Reads CSV (RFC 4180: quotes, doubled quotes, quoted line ends, CRLF, a byte order mark) over bytes, with the place of every cell.
///
/// Every row is checked against the type, and all bad rows are told at once.
struct CSVReader {
  /// Bad cells told in one go; the rest is counted.
  static let maximumProblems = 100

  private let bytes: [UInt8]
  private let name: String
  private var at = 0
  private var line = 1
  private var lineStart = 0

  /// The rows of a file as a table; `type` is the row's type with the hidden column for the origin last.
  static func table(_ bytes: [UInt8], name: String, type: RecordType) throws(RunError) -> Table {
    var reader = CSVReader(bytes: bytes, name: name)
    return try reader.table(type)
  }

  private init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      at = 3
      lineStart = 3
    }
  }

  private struct Cell {
    var text: String
    var line: Int
    var column: Int
  }

  private mutating func table(_ type: RecordType) throws(RunError) -> Table {
    guard let header = try record() else { throw RunError(.data, "\(name) is empty", hint: "its first line names the columns") }
    let fields = type.visible
    var places: [Int] = []
    var problems: [String] = []
    for field in fields {
      let found = header.indices.filter { header[$0].text == field.name }
      if found.isEmpty {
        let hint = Suggestion.nearest(to: field.name, among: header.map(\.text)).map { "; did you mean '\($0)'?" } ?? ""
        problems.append("\(name):\(header[0].line):1: there is no column '\(field.name)'\(hint)")
      } else if found.count > 1 {
        problems.append("\(name):\(header[found[1]].line):\(header[found[1]].column): the column '\(field.name)' comes twice")
      }
      places.append(found.first ?? 0)
    }
    if !problems.isEmpty { throw RunError(.data, problems.joined(separator: "\n")) }
    var builder = TableBuilder(type)
    var count = 0
    var beat = Beat()
    while let row = try record() {
      try beat.turn()
      if row.count == 1, row[0].text.isEmpty, header.count > 1 { continue }
      let found = add(row, header.count, fields, places, to: &builder)
      count += found.count
      problems += found.prefix(max(0, Self.maximumProblems - problems.count))
    }
    guard count == 0 else {
      if count > problems.count { problems.append("\(count - problems.count) more") }
      throw RunError(.data, problems.joined(separator: "\n"))
    }
    return builder.table()
  }

  /// Adds a row, or tells what is wrong with it.
  private func add(_ row: [Cell], _ width: Int, _ fields: [Field], _ places: [Int], to builder: inout TableBuilder) -> [String] {
    guard row.count == width else {
      let cells = row.count == 1 ? "1 cell" : "\(row.count) cells"
      return ["\(name):\(row[0].line):1: \(cells) where the header has \(width)"]
    }
    var problems: [String] = []
    var values: [Value] = []
    for (field, place) in zip(fields, places) {
      let cell = row[place]
      if let value = Conversion.value(cell.text, as: field.type) {
        values.append(value)
      } else {
        let shown = cell.text.isEmpty ? "empty" : "'\(cell.text)'"
        problems.append("\(name):\(cell.line):\(cell.column): column '\(field.name)': \(shown), expected \(Conversion.form(of: field.type))")
      }
    }
    if problems.isEmpty { builder.add(values + [.text("\(name):\(row[0].line)")]) }
    return problems
  }

  /// The cells up to the end of the record, or nil at the end of the file.
  private mutating func record() throws(RunError) -> [Cell]? {
    guard at < bytes.count else { return nil }
    var cells: [Cell] = []
    while true {
      cells.append(try cell())
      guard at < bytes.count else { return cells }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == UInt8(ascii: "\r"), at < bytes.count, bytes[at] == UInt8(ascii: "\n") { at += 1 }
      line += 1
      lineStart = at
      return cells
    }
  }

  /// One cell; afterwards a comma, a line end or the end of the file is next.
  private mutating func cell() throws(RunError) -> Cell {
    let (startLine, start) = (line, at)
    let column = column(of: at)
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
      while at < bytes.count, !isEnd(bytes[at]) { at += 1 }
      return Cell(text: try text(bytes[start..<at], startLine, column), line: startLine, column: column)
    }
    var content: [UInt8] = []
    at += 1
    while true {
      guard at < bytes.count else {
        throw RunError(.data, "\(name):\(startLine):\(column): the quote that opens here is not closed")
      }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { break }
        at += 1
      } else if byte == UInt8(ascii: "\n") {
        line += 1
        lineStart = at
      }
      content.append(byte)
    }
    guard at == bytes.count || isEnd(bytes[at]) else {
      throw RunError(
        .data, "\(name):\(line):\(self.column(of: at)): text after the closing quote; a quote inside a quoted cell is written twice")
    }
    return Cell(text: try text(content[...], startLine, column), line: startLine, column: column)
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ line: Int, _ column: Int) throws(RunError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunError(.data, "\(name):\(line):\(column): this is not UTF-8; save the file as UTF-8")
    }
    return text
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The character of a place in its line, from 1.
  private func column(of offset: Int) -> Int {
    bytes[lineStart..<offset].reduce(1) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
  }
}
