extension Compiler {
  /// A stable sort. Each key becomes a number that orders as it does, or as its first eight bytes do; only what is equal by that
  /// is compared whole.
  func sort(_ keys: [(descending: Bool, lambda: CompiledLambda)], _ types: [Type]) -> CompiledStage {
    let codes = zip(keys, types).map { key, type in (code: key.lambda.body.asCell, order: ValueOrder(type), descending: key.descending) }
    return CompiledStage(keys.map(\.lambda)) { frame, source throws(RunError) in
      var columns = codes.map { SortColumn(descending: $0.descending, order: $0.order, capacity: source.elementCount) }
      defer { Interruption.letGo(columns, size: source.elementCount) }
      try Self.forEachRow(of: source, frame) { _ throws(RunError) in
        for index in columns.indices { try columns[index].add(try codes[index].code(frame), frame) }
      }
      for index in columns.indices { try columns[index].finish() }
      return try source.selecting(try Self.order(columns, count: source.elementCount, frame))
    }
  }

  /// Rows are sorted in runs, so that a person can stop a long sort.
  private static func order(_ columns: [SortColumn], count: Int, _ frame: Frame) throws(RunError) -> [Int] {
    guard let first = columns.first else { return Array(0..<count) }
    var beat = Beat()
    let precedes = { (a: SortEntry, b: SortEntry) -> Bool in
      if a.rank != b.rank { return a.rank < b.rank }
      let (x, y) = (Int(a.row), Int(b.row))
      for column in columns {
        let (p, q) = (column.ranks[x], column.ranks[y])
        if p != q { return p < q }
        if !column.isExact, let precedes = column.precedes(x, y) { return precedes }
      }
      return x < y
    }
    let run = 1 << 13
    var entries: [SortEntry] = try .building(count) { entries throws(RunError) in
      for (row, rank) in first.ranks.enumerated() {
        try beat.turn()
        entries.append(SortEntry(rank: rank, row: Int32(row)))
      }
    }
    var merged: [SortEntry] = []
    defer {
      Interruption.letGo(entries, size: count)
      Interruption.letGo(merged, size: count)
    }
    var start = 0
    while start < count {
      try frame.run.checkInterrupt()
      let end = min(start + run, count)
      entries[start..<end].sort(by: precedes)
      start = end
    }
    var width = run
    while width < count {
      merged.removeAll(keepingCapacity: true)
      merged.reserveCapacity(count)
      var low = 0
      while low < count {
        try frame.run.checkInterrupt()
        let (middle, high) = (min(low + width, count), min(low + 2 * width, count))
        var (left, right) = (low, middle)
        while left < middle, right < high {
          if merged.count & 0xfff == 0 { try frame.run.checkInterrupt() }
          if precedes(entries[right], entries[left]) {
            merged.append(entries[right])
            right += 1
          } else {
            merged.append(entries[left])
            left += 1
          }
        }
        merged.append(contentsOf: entries[left..<middle])
        merged.append(contentsOf: entries[right..<high])
        low = high
      }
      swap(&entries, &merged)
      width *= 2
    }
    return try .building(count) { rows throws(RunError) in
      for entry in entries {
        try beat.turn()
        rows.append(Int(entry.row))
      }
    }
  }
}

private struct SortEntry {
  var rank: UInt64
  var row: Int32
}

/// One key of all rows: a number to order by, and the cells for where that does not tell.
private struct SortColumn {
  private let descending: Bool
  private let order: ValueOrder
  private let memory = Arena()
  private var cells: [Cell] = []
  private(set) var ranks: [UInt64] = []
  /// Whether rows of equal rank are equal.
  private(set) var isExact = true
  /// The numbers of an enum that were seen, with their names.
  private var symbols: [Int: String] = [:]

  init(descending: Bool, order: ValueOrder, capacity: Int) {
    self.descending = descending
    self.order = order
    cells.reserveCapacity(capacity)
    ranks.reserveCapacity(capacity)
  }

  mutating func add(_ cell: Cell, _ frame: Frame) throws(RunError) {
    if cell.kind == .text { try frame.charge(Int(cell.extra)) }
    var cell = order.key(cell, frame.scratch)
    if cell.kind == .text { cell = .text(UnsafeRawBufferPointer(start: memory.add(cell.bytes), count: cell.bytes.count)) }
    if cell.kind == .box { cell = memory.cell(cell.box) }
    cells.append(cell)
    // Null is last both ways.
    ranks.append(cell.isNull ? .max : descending ? ~max(rank(cell), 1) : min(rank(cell), .max - 1))
  }

  /// Whether one row's key comes before another's; nil where they are equal.
  func precedes(_ a: Int, _ b: Int) -> Bool? {
    let (x, y) = (cells[a], cells[b])
    guard let precedes = x.kind == .box || y.kind == .box ? Value.precedes(x.value, y.value) : Cell.precedes(x, y) else { return nil }
    return x.isNull || y.isNull ? precedes : precedes != descending
  }

  /// Cases sort by name: their ranks are their places among the names that were seen.
  mutating func finish() throws(RunError) {
    guard !symbols.isEmpty else { return }
    let sorted = symbols.sorted { TextOrder.precedes($0.value, $1.value) == true }.enumerated()
    let places = Dictionary(uniqueKeysWithValues: sorted.map { ($1.key, UInt64($0) + 1) })
    var beat = Beat()
    for (row, cell) in cells.enumerated() where cell.kind == .symbol {
      try beat.turn()
      let place = places[cell.number] ?? 0
      ranks[row] = descending ? ~place : place
    }
  }

  private mutating func rank(_ cell: Cell) -> UInt64 {
    switch cell.kind {
    case .text:
      isExact = false
      return Self.prefix(cell.bytes)
    case .symbol:
      if symbols[cell.number] == nil { symbols[cell.number] = cell.enumType?.name(of: cell.number) ?? "" }
      return 0
    case .int, .float:
      // Larger whole numbers share a float.
      if cell.kind == .int, cell.int.magnitude > 1 << 53 { isExact = false }
      let bits = cell.float.bitPattern
      return cell.float.isNaN ? .max - 1 : cell.float == 0 ? 1 << 63 : bits >> 63 == 1 ? ~bits : bits | 1 << 63
    default: return UInt64(bitPattern: Int64(cell.int)) ^ 1 << 63
    }
  }

  /// The first eight bytes, the first of them weighing most.
  private static func prefix(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
    var prefix: UInt64 = 0
    for index in 0..<8 { prefix = prefix << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
    return prefix
  }
}
