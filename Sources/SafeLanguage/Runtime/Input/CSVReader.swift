/// Reads CSV (RFC 4180: quotes, doubled quotes, quoted line ends, CRLF, a byte order mark) over bytes, with the place of every cell.
///
/// Every row is checked against the type, and all bad rows are told at once. Cells of columns that the type does not name are looked at
/// for their end only.
struct CSVReader: RowReader {
  private var window: ByteWindow
  private let plan: ReadingPlan
  private let type: RecordType
  private let limits: InputLimits
  private var problems = InputProblems()
  /// The cells of the row that was split last.
  private var cells: [CellBytes] = []
  /// The line in which that row begins.
  private var line = 1
  /// `hires.csv:`
  private let prefix: [UInt8]
  /// For each field the number of its column.
  private var columns: [Int] = []
  private var width = 0
  private var rowsRead = 0
  private var hasEnded = false

  /// Where a cell stands in the window, without its quotes.
  private struct CellBytes {
    var start: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>
    var isQuoted: Bool
    /// Whether a quote inside is written twice.
    var hasQuotes: Bool
    var count: Int { end - start }
    /// Its first character in the file.
    var place: UnsafePointer<UInt8> { isQuoted ? start - 1 : start }
  }

  /// `type` is the row's type with the hidden column for the origin last.
  init(_ source: InputSource, name: String, type: RecordType, limits: InputLimits = .standard, windowSize: Int = ByteWindow.standardSize) throws(RunError) {
    self.type = type
    self.limits = limits
    prefix = Array("\(name):".utf8)
    plan = ReadingPlan(.record(type))
    window = try ByteWindow(source, name: name, limit: limits.text, size: windowSize)
    try readHeader()
  }

  /// The names of the columns, for a type that is inferred.
  static func columns(_ source: InputSource, name: String) throws(RunError) -> [String] {
    let reader = try CSVReader(source, name: name, type: RecordType([Field(RecordType.origin, .optional(.text))]))
    return reader.cells.map { reader.text($0) }
  }

  private mutating func readHeader() throws(RunError) {
    guard try split() else { throw RunError(.data, "\(window.name) is empty", hint: "its first line names the columns") }
    let names = cells.map { text($0) }
    var wrong: [String] = []
    for field in plan.records[plan.root.link].fields {
      let found = names.indices.filter { names[$0] == field.name }
      if found.isEmpty {
        let hint = separatorHint(names) ?? Suggestion.nearest(to: field.name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        wrong.append("\(window.name):\(window.position(of: cells[0].place).line):1: there is no column '\(field.name)'\(hint)")
      } else if found.count > 1 {
        wrong.append("\(window.place(cells[found[1]].place)): the column '\(field.name)' comes twice")
      }
      columns.append(found.first ?? 0)
    }
    width = names.count
    if !wrong.isEmpty { throw RunError(.data, wrong.joined(separator: "\n")) }
  }

  /// What separates the cells instead of a comma, where the header looks like one cell.
  private func separatorHint(_ names: [String]) -> String? {
    guard names.count == 1, let sign = names[0].first(where: { ";\t|".contains($0) }) else { return nil }
    return "; the cells are separated by \(sign == "\t" ? "tabs" : "'\(sign)'"), and commas are needed"
  }

  mutating func next(atMost most: Int) throws(RunError) -> Table? {
    if hasEnded { return nil }
    var builder = TableBuilder(type, keeping: [], capacity: min(most, 1024))
    let fields = plan.records[plan.root.link].fields
    let origin = fields.count
    var failure: RunError?
    do throws(RunError) {
      while builder.count < most {
        guard try split() else {
          hasEnded = true
          break
        }
        if cells.count == 1, cells[0].count == 0, !cells[0].isQuoted, width > 1 { continue }
        rowsRead += 1
        if rowsRead > limits.elements { throw window.error(at: cells[0].place, "over \(limits.elements) rows") }
        guard cells.count == width else {
          let found = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
          let told = problems.hasRoom ? "\(window.name):\(window.position(of: cells[0].place).line):1: \(found) where the header has \(width)" : nil
          problems.add(told)
          continue
        }
        let row = builder.addRow()
        for index in 0..<fields.count { row[index] = cell(cells[columns[index]], fields[index].slot, index, builder.arena) }
        if problems.isEmpty { row[origin] = self.origin(builder.arena) } else { builder.dropLast() }
      }
    } catch { failure = error }
    if failure != nil || hasEnded, let error = problems.error(with: failure) { throw error }
    return builder.count > 0 || !hasEnded ? builder.table() : nil
  }

  /// `hires.csv:17`, the line in which the row begins.
  private func origin(_ arena: Arena) -> Cell { arena.text(prefix, line) }

  @inline(__always)
  private mutating func cell(_ cell: CellBytes, _ slot: ReadingPlan.Slot, _ field: Int, _ arena: Arena) -> Cell {
    if cell.count == 0 {
      if slot.isOptional { return .null }
    } else if !cell.hasQuotes {
      if let value = TextCells.cell(cell.start, cell.count, slot, plan, arena) { return value }
    } else {
      let bytes = Array(text(cell).utf8)
      let value = bytes.withUnsafeBufferPointer { bytes in bytes.baseAddress.flatMap { TextCells.cell($0, bytes.count, slot, plan, arena) } }
      if let value { return value }
    }
    let name = plan.records[plan.root.link].fields[field].name
    let shown = cell.count == 0 ? "empty" : "'\(text(cell).prefix(60))'"
    let wanted = type.fields[field].type
    let way = cell.count == 0 ? "; '\(wanted)?' lets it be empty" : ""
    let told = problems.hasRoom ? "\(window.place(cell.place)): column '\(name)': \(shown), expected \(Conversion.form(of: wanted))\(way)" : nil
    problems.add(told)
    return .null
  }

  private func text(_ cell: CellBytes) -> String {
    let bytes = UnsafeBufferPointer(start: cell.start, count: cell.count)
    guard cell.hasQuotes else { return String(decoding: bytes, as: UTF8.self) }
    // Leaves off where somebody asked to stop, which is found before the next part is read.
    // By bytes, since a quote and an accent behind it are one character.
    var undoubled: [UInt8] = []
    undoubled.reserveCapacity(bytes.count)
    var at = 0
    var beat = Beat()
    while at < bytes.count {
      if beat.isLast() { break }
      undoubled.append(bytes[at])
      at += bytes[at] == UInt8(ascii: "\"") ? 2 : 1
    }
    return String(decoding: undoubled, as: UTF8.self)
  }

  // MARK: rows to cells

  /// Splits the next row into cells, which stand until the next call; false at the end.
  private mutating func split() throws(RunError) -> Bool {
    while true {
      let start = window.at
      if start >= window.end, window.isLast { return false }
      line = window.line
      if let seen = try splitInWindow() {
        if seen & Scan.tops != 0, let bad = Scan.invalidUTF8(start, window.at) {
          throw window.error(at: bad, "this is not UTF-8", hint: "save the file as UTF-8")
        }
        return true
      }
      _ = try window.refill(keeping: start)
    }
  }

  /// All bytes of the row or'ed together, or nil if the window ends before the row does.
  private mutating func splitInWindow() throws(RunError) -> UInt64? {
    let end = window.end
    var at = window.at
    var seen: UInt64 = 0
    var lines = 0
    cells.removeAll(keepingCapacity: true)
    while true {
      let start = at
      if at.pointee == UInt8(ascii: "\""), at < end {
        guard let cell = try quoted(&at, &seen) else { return nil }
        lines += Scan.count(10, cell.start, cell.end)
        cells.append(cell)
      } else {
        while true {
          let word = Scan.word(at)
          let stop = Scan.equal(word, UInt8(ascii: ",")) | Scan.equal(word, 10) | Scan.equal(word, 13)
          if stop == 0 {
            seen |= word
            at += 8
            if at < end { continue }
            break
          }
          seen |= Scan.bytes(word, before: stop)
          at += stop.trailingZeroBitCount >> 3
          break
        }
        if at > end { at = end }
        cells.append(CellBytes(start: start, end: at, isQuoted: false, hasQuotes: false))
      }
      if at >= end {
        guard window.isLast else { return nil }
        window.at = end
        window.mark(end, lines: lines)
        return seen
      }
      let byte = at.pointee
      at += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == 13, at >= end, !window.isLast { return nil }
      if byte == 13, at < end, at.pointee == 10 { at += 1 }
      window.at = at
      window.mark(at, lines: lines + (at[-1] == 10 ? 1 : 0))
      return seen
    }
  }

  /// A cell in quotes; afterwards a comma, a line end or the window's end is next. Nil if the window ends before the cell does.
  private func quoted(_ at: inout UnsafePointer<UInt8>, _ seen: inout UInt64) throws(RunError) -> CellBytes? {
    let opening = at
    at += 1
    var hasQuotes = false
    while true {
      let word = Scan.word(at)
      let stop = Scan.equal(word, UInt8(ascii: "\""))
      seen |= word
      at += stop == 0 ? 8 : stop.trailingZeroBitCount >> 3
      if at >= window.end {
        guard window.isLast else { return nil }
        throw window.error(at: opening, "the quote that opens here is not closed")
      }
      if stop == 0 { continue }
      if at + 1 >= window.end, !window.isLast { return nil }
      guard at + 1 < window.end, at[1] == UInt8(ascii: "\"") else { break }
      hasQuotes = true
      at += 2
    }
    let cell = CellBytes(start: opening + 1, end: at, isQuoted: true, hasQuotes: hasQuotes)
    at += 1
    guard at >= window.end || at.pointee == UInt8(ascii: ",") || at.pointee == 10 || at.pointee == 13 else {
      throw window.error(at: at, "text after the closing quote; a quote inside a quoted cell is written twice")
    }
    return cell
  }
}
