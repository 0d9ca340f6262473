/// What `summarize` works out, compiled.
struct GroupingPlan {
  let keys: [Code]
  let keyTypes: [Type]
  let aggregates: [TypedAggregate]
  let arguments: [Code?]
  let columns: [Code.Of<Value>]
  let columnTypes: [Type]
  let row: RecordType

  /// Whether keys can be compared as cells: lists and records are compared by content, addresses without case, Floats also with Ints.
  var hasPlainKeys: Bool {
    keyTypes.allSatisfy { type in
      switch type.required {
      case .text, .id, .int, .bool, .date, .time, .duration, .enumeration: true
      default: false
      }
    }
  }
}

/// Rows put into groups, portion by portion; groups in the order in which they appeared.
final class Grouping {
  private let plan: GroupingPlan
  private let keyCells: [Code.Of<Cell>]
  private let keyValues: [Code.Of<Value>]
  private let argumentValues: [Code.Of<Value>?]
  private var accumulators: [[any Accumulator]] = []
  /// The keys of each group: plain ones as cells, others as values.
  private var cells = CellGroups(width: 0)
  private var groups: [[Value]: Int] = [:]
  private var shown: [[Value]] = []

  init(_ plan: GroupingPlan) {
    self.plan = plan
    keyCells = plan.keys.map(\.asCell)
    keyValues = plan.keys.map(\.asValue)
    argumentValues = plan.arguments.map { $0?.asValue }
    cells = CellGroups(width: plan.keys.count)
    if plan.keys.isEmpty { begin() }
  }

  private func begin() { accumulators.append(plan.aggregates.map { $0.aggregate.start() }) }

  func add(_ source: Value, _ frame: Frame) throws(RunError) {
    let isPlain = plan.hasPlainKeys
    try Compiler.forEachRow(of: source, frame) { _ throws(RunError) in
      let group = plan.keys.isEmpty ? 0 : isPlain ? try plainGroup(frame) : try group(frame)
      if group == accumulators.count { begin() }
      for index in plan.aggregates.indices {
        let value = try argumentValues[index]?(frame) ?? .bool(true)
        try accumulators[group][index].add(value)
      }
    }
  }

  private func plainGroup(_ frame: Frame) throws(RunError) -> Int {
    for (index, code) in keyCells.enumerated() { cells.wanted[index] = try code(frame) }
    return cells.group()
  }

  private func group(_ frame: Frame) throws(RunError) -> Int {
    var key: [Value] = []
    for code in keyValues { key.append(try code(frame)) }
    let folded = zip(key, plan.keyTypes).map { $1.required == .email ? Folding.folded($0) : $0 }
    if let known = groups[folded] { return known }
    groups[folded] = shown.count
    shown.append(key)
    return shown.count - 1
  }

  func table(_ frame: Frame) throws(RunError) -> Table {
    var builder = TableBuilder(plan.row, keeping: [], capacity: accumulators.count)
    for group in accumulators.indices {
      for (index, aggregate) in plan.aggregates.enumerated() { frame.locals[aggregate.slot] = accumulators[group][index].result }
      var values = plan.keys.isEmpty ? [] : plan.hasPlainKeys ? cells.key(group) : shown[group]
      for (code, type) in zip(plan.columns, plan.columnTypes) { values.append(Compiler.fitted(try code(frame), type)) }
      builder.add(values)
    }
    return builder.table()
  }
}

/// Keys of cells in a table with open places.
struct CellGroups {
  private let width: Int
  private let arena = Arena()
  private var keys: [Cell] = []
  /// The group at each place, -1 where there is none; its size is a power of two and at most half are taken.
  private var places = [Int32](repeating: -1, count: 64)
  private(set) var count = 0
  /// The key that is looked for.
  var wanted: [Cell]

  init(width: Int) {
    self.width = width
    wanted = [Cell](repeating: .null, count: width)
  }

  func key(_ group: Int) -> [Value] { keys[group * width..<(group + 1) * width].map(\.value) }

  /// The group of the wanted key, which is the next new one if it is not there yet.
  mutating func group() -> Int {
    var place = hash(wanted[...]) & (places.count - 1)
    while true {
      let group = Int(places[place])
      if group < 0 { break }
      if isWanted(group) { return group }
      place = (place + 1) & (places.count - 1)
    }
    places[place] = Int32(count)
    for cell in wanted { keys.append(cell.kind == .text ? .text(UnsafeRawBufferPointer(start: arena.add(cell.bytes), count: cell.bytes.count)) : cell) }
    count += 1
    if count * 2 > places.count { grow() }
    return count - 1
  }

  private func isWanted(_ group: Int) -> Bool {
    for index in 0..<width where !(keys[group * width + index] == wanted[index]) { return false }
    return true
  }

  private mutating func grow() {
    places = [Int32](repeating: -1, count: places.count * 4)
    for group in 0..<count {
      var place = hash(keys[group * width..<(group + 1) * width]) & (places.count - 1)
      while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
      places[place] = Int32(group)
    }
  }

  private func hash(_ cells: ArraySlice<Cell>) -> Int {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    for cell in cells {
      hash = (hash ^ UInt64(cell.kind.rawValue) ^ UInt64(cell.extra) << 8) &* 0xff51_afd7_ed55_8ccd
      if cell.kind == .text {
        for byte in cell.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      } else {
        hash = (hash ^ cell.bits) &* 0xc4ce_b9fe_1a85_ec53
      }
      hash ^= hash >> 32
    }
    return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
  }
}

extension TableBuilder {
  /// Adds the rows of a table with a copy of their texts, so that what they were read into can go.
  mutating func append(copying table: Table) {
    for index in 0..<table.count {
      let source = table.row(index)
      let row = addRow()
      for column in 0..<type.fields.count {
        let cell = source[column]
        switch cell.kind {
        case .text: row[column] = .text(UnsafeRawBufferPointer(start: arena.add(cell.bytes), count: cell.bytes.count))
        case .box: row[column] = arena.cell(cell.box)
        default: row[column] = cell
        }
      }
    }
  }
}
