/// A table that its owner changes while others read what it was before. Confined to its owner.
public struct GrowingTable {
  public private(set) var table: Table
  private let arena: Arena

  /// Goes on from a table.
  public init(_ table: Table) {
    arena = Arena()
    self.table = Table(type: table.type, count: table.count, buffer: table.buffer, arenas: table.arenas + [arena])
  }

  /// Adds a row, in place where nobody did so before.
  public mutating func append(_ values: [Value]) {
    var builder = TableBuilder(extending: table, arena: arena)
    builder.add(values)
    table = builder.table()
  }

  /// A copy of the rows with one of them replaced.
  public mutating func replace(_ row: Int, _ values: [Value]) {
    var copy = table.selecting(Array(0..<table.count))
    for (column, value) in values.enumerated() { copy.buffer.cells[row * copy.buffer.width + column] = arena.cell(value) }
    copy = Table(type: copy.type, count: copy.count, buffer: copy.buffer, arenas: table.arenas)
    table = copy
  }

  /// A copy of the rows without one of them.
  public mutating func remove(_ row: Int) {
    table = table.selecting((0..<table.count).filter { $0 != row })
  }
}
