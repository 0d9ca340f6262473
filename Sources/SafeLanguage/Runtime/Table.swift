internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Rows with the same fields: cells side by side, row by row, and the arenas that their texts are in.
///
/// A table never changes. A longer one may share its rows: rows are only ever added behind the last one.
public struct Table: @unchecked Sendable {
  public let type: RecordType
  public let count: Int
  let buffer: RowBuffer
  let arenas: [Arena]

  /// No rows.
  public static func empty(_ type: RecordType) -> Table { TableBuilder(type).table() }

  /// The very same rows, which costs nothing to say.
  public func isSame(as other: Table) -> Bool { buffer === other.buffer && count == other.count }

  func row(_ index: Int) -> UnsafePointer<Cell> { UnsafePointer(buffer.cells + index * buffer.width) }

  func cell(_ row: Int, _ column: Int) -> Cell { buffer.cells[row * buffer.width + column] }

  /// The value of a field.
  public func value(_ row: Int, _ column: Int) -> Value { cell(row, column).value }

  /// The values of a column.
  func values(_ column: Int) throws(RunError) -> [Value] {
    var beat = Beat()
    return try .building(count) { values throws(RunError) in
      for row in 0..<count {
        try beat.turn()
        values.append(value(row, column))
      }
    }
  }

  /// The rows at these indexes, in their order.
  func selecting(_ indexes: [Int]) -> Table {
    let width = buffer.width
    let rows = RowBuffer(width: width, capacity: indexes.count)
    for (target, source) in indexes.enumerated() {
      (rows.cells + target * width).update(from: buffer.cells + source * width, count: width)
    }
    rows.used = indexes.count
    return Table(type: type, count: indexes.count, buffer: rows, arenas: arenas)
  }

  /// The same for many rows, which can be stopped.
  func picking(_ indexes: [Int]) throws(RunError) -> Table {
    let width = buffer.width
    let rows = RowBuffer(width: width, capacity: indexes.count)
    var beat = Beat()
    for (target, source) in indexes.enumerated() {
      try beat.turn()
      (rows.cells + target * width).update(from: buffer.cells + source * width, count: width)
    }
    rows.used = indexes.count
    return Table(type: type, count: indexes.count, buffer: rows, arenas: arenas)
  }

  /// Some columns of the rows, as rows of a narrower type.
  func selecting(_ range: Range<Int>, _ columns: [Int], _ type: RecordType) throws(RunError) -> Table {
    var builder = TableBuilder(type, keeping: arenas, capacity: range.count)
    var beat = Beat()
    for index in range {
      try beat.turn()
      let cells = builder.addRow()
      for (target, source) in columns.enumerated() { cells[target] = cell(index, source) }
    }
    return builder.table()
  }

  func slice(_ range: Range<Int>) -> Table {
    if range.lowerBound == 0 { return Table(type: type, count: range.count, buffer: buffer, arenas: arenas) }
    return selecting(Array(range))
  }
}

/// A row of a table.
public struct Row: Sendable, Hashable {
  public let table: Table
  public let index: Int

  public init(_ table: Table, _ index: Int) {
    self.table = table
    self.index = index
  }

  public var type: RecordType { table.type }

  /// The value of the field of that name; null if there is none.
  public func value(_ name: String) -> Value {
    table.type.index(of: name).map { table.value(index, $0) } ?? .null
  }

  /// The text of the field of that name; nil if it is none.
  public func text(_ name: String) -> String? {
    if case .text(let text) = value(name) { return text }
    return nil
  }

  /// What is written of it: every visible field, but of a sparse record those that have a value.
  public var written: [(name: String, value: Value)] {
    type.fields.enumerated().compactMap { column, field in
      let value = table.value(index, column)
      return field.isHidden || type.isSparse && value.isNull ? nil : (field.name, value)
    }
  }

  /// `hires.csv:17`, if the row came from somewhere.
  public var origin: String? { text(RecordType.origin) }

  /// Whether it is known by its id.
  var isIdentified: Bool { identity != nil }

  private var identity: Value? {
    guard table.type.resource != nil, let column = table.type.index(of: "id") else { return nil }
    // A policy that was never saved has none, and is known by its content.
    let id = table.value(index, column)
    return id.isNull ? nil : id
  }

  public static func == (a: Row, b: Row) -> Bool {
    if let x = a.identity, let y = b.identity { return a.type.resource == b.type.resource && x == y }
    let (x, y) = (a.type.visible, b.type.visible)
    return x.count == y.count && x.allSatisfy { field in y.contains { $0.name == field.name } && a.value(field.name) == b.value(field.name) }
  }

  public func hash(into hasher: inout Hasher) { Value.record(self).hash(into: &hasher) }

  func hash(into hasher: inout Hasher, atMost most: Int) {
    if let identity { return identity.hash(into: &hasher) }
    // Fields count in any order, as they do for `==`.
    var sum = 0
    for field in type.visible {
      var inner = hasher
      inner.combine(field.name)
      value(field.name).hash(into: &inner, atMost: most)
      sum &+= inner.finalize()
    }
    hasher.combine(sum)
  }
}

/// The cells of rows. Only one writer adds, behind what anybody reads.
final class RowBuffer: @unchecked Sendable {
  let width: Int
  /// Changed only while nobody else has the buffer.
  @exclusivity(unchecked) private(set) var capacity: Int
  @exclusivity(unchecked) private(set) var cells: UnsafeMutablePointer<Cell>
  /// How many rows are taken, by whichever table is the longest.
  var used = 0
  let texts = Mutex<TextIndexes?>(nil)

  init(width: Int, capacity: Int) {
    self.width = width
    self.capacity = capacity
    cells = Self.memory(nil, width * capacity)
  }

  deinit {
    if capacity * width * MemoryLayout<Cell>.stride > Interruption.little { Interruption.free([UnsafeMutableRawPointer(cells)]) } else { free(cells) }
  }

  /// Makes room for more rows. Large memory is given another place and not copied, which for millions of rows would take long.
  func grow(to capacity: Int) {
    cells = Self.memory(cells, width * capacity)
    self.capacity = capacity
  }

  private static func memory(_ old: UnsafeMutablePointer<Cell>?, _ count: Int) -> UnsafeMutablePointer<Cell> {
    guard let memory = realloc(old, max(1, count) * MemoryLayout<Cell>.stride) else { preconditionFailure("there is no memory for \(count) cells") }
    return memory.bindMemory(to: Cell.self, capacity: max(1, count))
  }
}

/// Makes a table row by row. Confined to one task.
public struct TableBuilder {
  public let type: RecordType
  private var buffer: RowBuffer
  private var sources: [Arena]
  let arena: Arena
  public private(set) var count: Int

  public init(_ type: RecordType) {
    self.init(type, keeping: [])
  }

  /// For rows whose cells point into these arenas too.
  init(_ type: RecordType, keeping sources: [Arena], capacity: Int = 16, firstChunk: Int = Arena.firstChunkOfMany) {
    self.type = type
    self.sources = sources
    buffer = RowBuffer(width: type.fields.count, capacity: capacity)
    arena = Arena(firstChunk: firstChunk)
    count = 0
  }

  /// Goes on behind the last row of a table, in place where no other table did so before.
  init(extending table: Table, arena: Arena) {
    type = table.type
    sources = table.arenas.filter { $0 !== arena }
    self.arena = arena
    count = table.count
    buffer = table.buffer
    if buffer.used != count { move(capacity: max(16, count * 2)) }
  }

  /// Adds a row and gives its cells to be filled; they start as null.
  mutating func addRow() -> UnsafeMutablePointer<Cell> {
    if count == buffer.capacity { move(capacity: max(16, count * 2)) }
    let row = buffer.cells + count * buffer.width
    row.initialize(repeating: .null, count: buffer.width)
    count += 1
    buffer.used = count
    return row
  }

  /// Adds a row of values in the order of the fields.
  public mutating func add(_ values: [Value]) {
    let row = addRow()
    for (column, value) in values.prefix(buffer.width).enumerated() { row[column] = cell(value) }
  }

  mutating func dropLast() {
    count -= 1
    buffer.used = count
  }

  mutating func keep(_ arenas: [Arena]) {
    for arena in arenas where arena !== self.arena && !sources.contains(where: { $0 === arena }) { sources.append(arena) }
  }

  func cell(_ value: Value) -> Cell { arena.cell(value) }

  /// The rows so far.
  public func table() -> Table { Table(type: type, count: count, buffer: buffer, arenas: sources + [arena]) }

  private mutating func move(capacity: Int) {
    if buffer.used == count, isKnownUniquelyReferenced(&buffer) { return buffer.grow(to: capacity) }
    let larger = RowBuffer(width: buffer.width, capacity: capacity)
    larger.cells.update(from: buffer.cells, count: count * buffer.width)
    larger.used = count
    buffer = larger
  }
}

extension Arena {
  /// The value as a cell whose text or box is kept here.
  func cell(_ value: Value) -> Cell {
    switch value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .float(let value): return .float(value)
    case .symbol(let type, let number): return .symbol(type, number)
    case .date(let value): return Cell(kind: .date, extra: 0, bits: UInt64(bitPattern: Int64(value)))
    case .time(let value): return Cell(kind: .time, extra: 0, bits: UInt64(bitPattern: Int64(value)))
    case .duration(let value): return Cell(kind: .duration, extra: 0, bits: UInt64(bitPattern: Int64(value)))
    case .text(let text): return self.text(text)
    case .list, .range, .record, .table, .secret:
      return Cell(kind: .box, extra: 0, bits: UInt64(UInt(bitPattern: keep(value).toOpaque())))
    }
  }

  func text(_ text: String) -> Cell {
    var text = text
    return text.withUTF8 { bytes in
      let pointer = add(UnsafeRawBufferPointer(bytes))
      return .text(UnsafeRawBufferPointer(start: pointer, count: bytes.count))
    }
  }
}

extension Row {
  /// A record of its own, as a table of one row.
  public init(_ type: RecordType, _ values: [Value]) {
    var builder = TableBuilder(type, keeping: [], capacity: 1, firstChunk: Arena.firstChunkOfOne)
    builder.add(values)
    self.init(builder.table(), 0)
  }
}

extension Table {
  /// The rows at these indexes, in their order.
  public func rows(_ indexes: [Int]) -> Table { selecting(indexes) }
}
