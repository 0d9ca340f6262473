/// A table that its owner changes while others read what it was before. Confined to its owner.
///
/// What replaces rows is gathered, and the rows are copied when somebody reads: many changes in a row cost one copy.
public struct GrowingTable {
  private var known: Table
  private let arena: Arena
  private var replaced: [Int: [Value]] = [:]

  /// Goes on from a table.
  public init(_ table: Table) {
    arena = Arena()
    known = Table(type: table.type, count: table.count, buffer: table.buffer, arenas: table.arenas + [arena])
  }

  /// The rows as they are now.
  public var table: Table {
    mutating get {
      if replaced.isEmpty { return known }
      let copy = known.selecting(Array(0..<known.count))
      for (row, values) in replaced {
        for (column, value) in values.enumerated() { copy.buffer.cells[row * copy.buffer.width + column] = arena.cell(value) }
      }
      known = Table(type: copy.type, count: copy.count, buffer: copy.buffer, arenas: known.arenas)
      replaced = [:]
      return known
    }
  }

  /// One row, without a copy of the others.
  public func row(_ row: Int) -> Row {
    guard let values = replaced[row] else { return Row(known, row) }
    return Row(known.type, values)
  }

  /// Adds a row, in place where nobody did so before.
  public mutating func append(_ values: [Value]) {
    var builder = TableBuilder(extending: known, arena: arena)
    builder.add(values)
    known = builder.table()
  }

  /// Puts other values in the place of a row.
  public mutating func replace(_ row: Int, _ values: [Value]) { replaced[row] = values }

  /// Takes rows out; those behind them move up.
  public mutating func remove(_ rows: Set<Int>) {
    let table = table
    known = table.selecting((0..<table.count).filter { !rows.contains($0) })
  }
}
