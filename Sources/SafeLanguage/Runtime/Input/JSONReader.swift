/// Reads JSON straight into typed cells: only what the type names, the rest is skipped.
///
/// Every value is checked against the type, and all bad ones are told at once. Of a key that comes twice the last counts.
struct JSONReader: RowReader {
  enum Form { case document, rows, lines }

  private static let absent = Cell(kind: .null, extra: 1, bits: 0)

  private var scan: JSONScanner
  private let plan: ReadingPlan
  private let form: Form
  private var problems = InputProblems()
  /// Where in the value the reader is: the index in a list or the number of a field, from the outside in.
  private var path: [Int] = []
  private var orders: [KeyOrder]
  /// `hires.jsonl:`
  private let prefix: [UInt8]
  private var hasBegun = false
  private var hasEnded = false
  private var rowsRead = 0

  init(_ source: InputSource, name: String, type: Type, form: Form, limits: InputLimits = .standard, windowSize: Int = ByteWindow.standardSize)
    throws(RunError)
  {
    plan = ReadingPlan(type)
    scan = JSONScanner(try ByteWindow(source, name: name, limit: limits.text, size: windowSize), limits: limits)
    self.form = form
    prefix = Array("\(name):".utf8)
    orders = plan.records.map { _ in KeyOrder() }
  }

  // MARK: what is read

  /// The value of a whole document.
  mutating func document() throws(RunError) -> Value {
    var failure: RunError?
    let arena = Arena()
    var cell = Cell.null
    do throws(RunError) {
      if try scan.peek() == 0 { throw scan.window.error(at: scan.window.at, "there is nothing") }
      cell = try self.cell(plan.root, arena)
      if try scan.peek() != 0 { throw scan.unexpected("the end") }
    } catch { failure = error }
    if let error = problems.error(with: failure) { throw error }
    return withExtendedLifetime(arena) { cell.value }
  }

  mutating func next(atMost most: Int) throws(RunError) -> Table? {
    let record = plan.root.link
    var builder = TableBuilder(plan.records[record].type, keeping: [], capacity: min(most, 1024))
    var failure: RunError?
    do throws(RunError) {
      while builder.count < most, try openRow() {
        let line = scan.window.line
        path.append(rowsRead)
        if let row = try row(record, &builder) {
          if problems.isEmpty { row[builder.type.fields.count - 1] = origin(line, builder.arena) } else { builder.dropLast() }
        }
        path.removeLast()
        rowsRead += 1
        if rowsRead > scan.limits.elements { throw scan.window.error(at: scan.window.at, "over \(scan.limits.elements) rows") }
        try closeRow()
      }
    } catch { failure = error }
    if failure != nil || hasEnded, let error = problems.error(with: failure) { throw error }
    return builder.count > 0 || !hasEnded ? builder.table() : nil
  }

  private func origin(_ line: Int, _ arena: Arena) -> Cell { arena.text(prefix, line) }

  /// Goes to the next row; false at the end.
  private mutating func openRow() throws(RunError) -> Bool {
    if hasEnded { return false }
    if form == .lines {
      hasEnded = try scan.peek() == 0
      return !hasEnded
    }
    if hasBegun { return true }
    hasBegun = true
    let byte = try scan.peek()
    if byte == 0 { throw scan.window.error(at: scan.window.at, "there is nothing") }
    if byte != UInt8(ascii: "[") {
      try bad(byte, "a list")
      hasEnded = true
      return false
    }
    scan.advance()
    try scan.enter()
    if try scan.peek() != UInt8(ascii: "]") { return true }
    try end()
    return false
  }

  /// Reads what separates rows.
  private mutating func closeRow() throws(RunError) {
    if form == .lines {
      // Two values on one line would be one row too many or too few.
      var at = scan.window.at
      while at.pointee == 0x20 || at.pointee == 9 || at.pointee == 13 { at += 1 }
      if at < scan.window.end, at.pointee != 10 {
        scan.window.at = at
        throw scan.unexpected("the end of the line")
      }
      return
    }
    switch try scan.peek() {
    case UInt8(ascii: ","): scan.advance()
    case UInt8(ascii: "]"): try end()
    default: throw scan.unexpected("',' or ']'")
    }
  }

  private mutating func end() throws(RunError) {
    scan.advance()
    scan.leave()
    if try scan.peek() != 0 { throw scan.unexpected("the end") }
    hasEnded = true
  }

  // MARK: values

  /// Reads an object as a row and gives its cells; nil if it is none.
  private mutating func row(_ record: Int, _ builder: inout TableBuilder) throws(RunError) -> UnsafeMutablePointer<Cell>? {
    let byte = try scan.peek()
    guard byte == UInt8(ascii: "{") else {
      try bad(byte, "an object")
      return nil
    }
    let cells = builder.addRow()
    try members(record, cells, builder.arena)
    return cells
  }

  /// Reads the members of an object, whose `{` is next, into cells.
  private mutating func members(_ record: Int, _ cells: UnsafeMutablePointer<Cell>, _ arena: Arena) throws(RunError) {
    let fields = plan.records[record].fields
    let order = orders[record]
    for index in 0..<fields.count { cells[index] = Self.absent }
    scan.window.pin()
    scan.advance()
    try scan.enter()
    path.append(0)
    var place = 0
    if try scan.peek() == UInt8(ascii: "}") {
      scan.advance()
    } else {
      while true {
        let field = try key(record, order, place)
        place += 1
        if field < 0 {
          try scan.skip()
        } else {
          path[path.count - 1] = field
          if cells[field].extra != 1 || !cells[field].isNull { problems.forget(path) }
          cells[field] = try cell(fields[field].slot, arena)
        }
        let byte = try scan.peek()
        if byte == UInt8(ascii: ",") {
          scan.advance()
        } else if byte == UInt8(ascii: "}") {
          scan.advance()
          break
        } else {
          throw scan.unexpected("',' or '}'")
        }
      }
    }
    scan.leave()
    for index in 0..<fields.count where cells[index].isNull && cells[index].extra == 1 {
      cells[index] = .null
      guard !fields[index].slot.isOptional else { continue }
      path[path.count - 1] = index
      let told = problems.hasRoom ? "\(scan.window.pinnedPlace): \(pathText): the object has no such key" : nil
      problems.add(told, path: path)
    }
    scan.window.unpin()
    path.removeLast()
  }

  /// Reads a key with its colon; gives the field of that name, -1 if there is none.
  @inline(__always)
  private mutating func key(_ record: Int, _ order: KeyOrder, _ place: Int) throws(RunError) -> Int {
    guard try scan.peek() == UInt8(ascii: "\"") else { throw scan.unexpected("a key in quotes") }
    if let known = order.match(place, scan.window.at) {
      scan.window.at += known.length
      return known.field
    }
    return try newKey(record, order, place)
  }

  private mutating func newKey(_ record: Int, _ order: KeyOrder, _ place: Int) throws(RunError) -> Int {
    scan.advance()
    try scan.text()
    let name: [UInt8]
    if scan.hasEscapes {
      guard let text = try JSONText.unescaped(scan.tokenStart, scan.tokenEnd) else { throw halfPair() }
      name = text
    } else {
      name = Array(UnsafeBufferPointer(start: scan.tokenStart, count: scan.tokenLength))
    }
    let field = plan.records[record].fields.firstIndex { $0.name.utf8.elementsEqual(name) } ?? -1
    let isPlain = !scan.hasEscapes && scan.tokenEnd[1] == UInt8(ascii: ":")
    if isPlain { order.remember(place, scan.tokenStart - 1, scan.tokenLength + 3, field) }
    try scan.colon()
    return field
  }

  private func halfPair() -> RunError {
    scan.window.error(at: scan.tokenStart, "half of a surrogate pair is no character", hint: "both halves stand together: \\ud83d\\ude00")
  }

  /// Reads a value as a cell; null after telling what is wrong.
  private mutating func cell(_ slot: ReadingPlan.Slot, _ arena: Arena) throws(RunError) -> Cell {
    let byte = try scan.peek()
    switch byte {
    case UInt8(ascii: "\""):
      switch slot.kind {
      case .text, .email, .symbol, .date, .time, .duration, .id: return try text(slot, arena)
      default: break
      }
    case UInt8(ascii: "n") where slot.isOptional:
      _ = try scan.literal()
      return .null
    case UInt8(ascii: "t") where slot.kind == .bool, UInt8(ascii: "f") where slot.kind == .bool:
      return .bool(try scan.literal() == UInt8(ascii: "t"))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      switch slot.kind {
      case .int, .float, .symbol: return try number(slot)
      default: break
      }
    case UInt8(ascii: "{") where slot.kind == .record: return try record(slot.link, arena)
    case UInt8(ascii: "[") where slot.kind == .list: return arena.cell(try list(plan.slots[slot.link]))
    case UInt8(ascii: "[") where slot.kind == .table: return arena.cell(try table(slot.link))
    default: break
    }
    try bad(byte, form(of: slot))
    return .null
  }

  private mutating func text(_ slot: ReadingPlan.Slot, _ arena: Arena) throws(RunError) -> Cell {
    scan.advance()
    try scan.text()
    if scan.hasEscapes { return try escapedText(slot, arena) }
    if let cell = TextCells.cell(scan.tokenStart, scan.tokenLength, slot, plan, arena) { return cell }
    let (place, shown) = (scan.tokenStart - 1, scan.tokenLength)
    let text = String(decoding: UnsafeBufferPointer(start: scan.tokenStart, count: min(shown, 60)), as: UTF8.self)
    let told = problems.hasRoom ? "\(scan.window.place(place)): \(pathText): '\(text)', expected \(form(of: slot))" : nil
    problems.add(told, path: path)
    return .null
  }

  private mutating func escapedText(_ slot: ReadingPlan.Slot, _ arena: Arena) throws(RunError) -> Cell {
    guard let bytes = try JSONText.unescaped(scan.tokenStart, scan.tokenEnd) else { throw halfPair() }
    let cell = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { TextCells.cell($0, bytes.count, slot, plan, arena) }
    }
    if let cell { return cell }
    let text = String(decoding: bytes.prefix(60), as: UTF8.self)
    let told = problems.hasRoom ? "\(scan.window.place(scan.tokenStart - 1)): \(pathText): '\(text)', expected \(form(of: slot))" : nil
    problems.add(told, path: path)
    return .null
  }

  private mutating func number(_ slot: ReadingPlan.Slot) throws(RunError) -> Cell {
    let whole = try scan.number()
    switch slot.kind {
    case .int: if let whole { return .int(whole) }
    case .float: if let float = whole.map({ Double($0) }) ?? scan.float { return .float(float) }
    default: if let whole, Int(Int32(truncatingIfNeeded: whole)) == whole { return .symbol(plan.enumerations[slot.link].type, whole) }
    }
    let text = String(decoding: UnsafeBufferPointer(start: scan.tokenStart, count: min(scan.tokenLength, 60)), as: UTF8.self)
    let wanted = slot.kind == .int ? "a whole number of 64 bits" : form(of: slot)
    let told = problems.hasRoom ? "\(scan.window.place(scan.tokenStart)): \(pathText): \(text), expected \(wanted)" : nil
    problems.add(told, path: path)
    return .null
  }

  private mutating func record(_ record: Int, _ arena: Arena) throws(RunError) -> Cell {
    var builder = TableBuilder(plan.records[record].type, keeping: [], capacity: 1)
    try members(record, builder.addRow(), builder.arena)
    return arena.cell(.record(Row(builder.table(), 0)))
  }

  private mutating func list(_ element: ReadingPlan.Slot) throws(RunError) -> Value {
    var values = Pieces<Value>()
    let arena = Arena()
    do throws(RunError) {
      try elements { (reader: inout JSONReader) throws(RunError) in values.append(try reader.cell(element, arena).value) }
    } catch {
      Interruption.hold(values, size: values.count, after: error)
      throw error
    }
    return withExtendedLifetime(arena) { .list(values.joined()) }
  }

  private mutating func table(_ record: Int) throws(RunError) -> Value {
    var builder = TableBuilder(plan.records[record].type)
    try elements { (reader: inout JSONReader) throws(RunError) in
      // After a problem the rows are only checked, so their memory need not grow.
      if try reader.row(record, &builder) != nil, !reader.problems.isEmpty { builder.dropLast() }
    }
    return .table(builder.table())
  }

  /// Reads a list, whose `[` is next.
  private mutating func elements(_ element: (inout JSONReader) throws(RunError) -> Void) throws(RunError) {
    scan.advance()
    try scan.enter()
    path.append(0)
    if try scan.peek() == UInt8(ascii: "]") {
      scan.advance()
    } else {
      var index = 0
      while true {
        path[path.count - 1] = index
        try element(&self)
        index += 1
        if index > scan.limits.elements { throw scan.window.error(at: scan.window.at, "a list of over \(scan.limits.elements) elements") }
        let byte = try scan.peek()
        scan.advance()
        if byte == UInt8(ascii: ",") { continue }
        if byte == UInt8(ascii: "]") { break }
        scan.window.at -= 1
        throw scan.unexpected("',' or ']'")
      }
    }
    path.removeLast()
    scan.leave()
  }

  // MARK: problems

  /// Tells that the next value is of another kind, and skips it.
  private mutating func bad(_ byte: UInt8, _ wanted: String) throws(RunError) {
    let place = problems.hasRoom ? scan.window.place(scan.window.at) : ""
    try scan.skip()
    let found: String
    switch byte {
    case UInt8(ascii: "{"): found = "an object"
    case UInt8(ascii: "["): found = "a list"
    default:
      let text = String(decoding: UnsafeBufferPointer(start: scan.tokenStart, count: min(60, scan.tokenLength)), as: UTF8.self)
      found = byte == UInt8(ascii: "\"") ? "the text '\(text)'" : text
    }
    let told = problems.hasRoom ? "\(place): \(pathText)\(pathText.isEmpty ? "" : ": ")\(found), expected \(wanted)" : nil
    problems.add(told, path: path)
  }

  private func form(of slot: ReadingPlan.Slot) -> String { plan.form(of: slot) }

  /// `.data[3].email`
  private var pathText: String { plan.text(of: path, isRows: form != .document, hidesRow: form == .lines) }
}
