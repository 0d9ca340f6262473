/// Numbers keys in the order of their first appearance: a hash table over cells, without a text or an array made for each row.
///
/// A key is written into `candidate` and then inserted or looked for. Texts that are kept are copied; those of a candidate need
/// to live only until then.
struct KeyIndex: Sendable {
  private let width: Int
  private let arena = Arena()
  private(set) var count = 0
  /// The cells of all keys, one behind the other.
  private var keys: [Cell] = []
  private var hashes: [UInt64] = []
  /// Open addressing: the number of a key plus one, or 0.
  private var table: [Int32]
  var candidate: [Cell]
  /// Keeps the texts of the candidate where they stand.
  fileprivate var memory: Arena?

  /// With so many places at first, a power of two: there may be an index for each of many groups.
  init(width: Int, places: Int = 64) {
    self.width = width
    table = [Int32](repeating: 0, count: places)
    candidate = [Cell](repeating: .null, count: width)
  }

  /// The number of the candidate, new or known; nil once there are 2³¹ keys.
  mutating func insert() -> Int? {
    let hash = hash()
    let (place, known) = locate(hash)
    if let known { return known }
    guard count < Int(Int32.max) else { return nil }
    for cell in candidate {
      keys.append(cell.kind == .text ? .text(UnsafeRawBufferPointer(start: arena.add(cell.bytes), count: cell.bytes.count)) : kept(cell))
    }
    hashes.append(hash)
    count += 1
    table[place] = Int32(count)
    if count * 2 > table.count { grow() }
    return count - 1
  }

  /// The number of the candidate, if it was inserted.
  func find() -> Int? { locate(hash()).known }

  private func kept(_ cell: Cell) -> Cell { cell.kind == .box ? arena.cell(cell.box) : cell }

  private func locate(_ hash: UInt64) -> (place: Int, known: Int?) {
    let mask = table.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = table[place]
      if entry == 0 { return (place, nil) }
      let key = Int(entry) - 1
      if hashes[key] == hash, isEqual(key) { return (place, key) }
      place = (place + 1) & mask
    }
  }

  private func isEqual(_ key: Int) -> Bool {
    for column in 0..<width where !(keys[key * width + column] == candidate[column]) { return false }
    return true
  }

  /// Large ones are made larger in smaller steps: what has places enough for the longest list then stays below some dozens of milliseconds' memory.
  private mutating func grow() {
    let places = table.count * (table.count < 1 << 20 ? 4 : 2)
    if let larger = Self.table(of: hashes, places: places) { table = larger }
  }

  /// A table with as many places; nil where somebody asked to stop, which whoever goes through the rows finds at the next. The old one still has room.
  private static func table(of hashes: [UInt64], places: Int) -> [Int32]? {
    var table: [Int32] = []
    table.reserveCapacity(places)
    let part = min(places, 1 << 16)
    while table.count < places {
      if Interruption.isRequested { return nil }
      table.append(contentsOf: repeatElement(0, count: part))
    }
    let mask = places - 1
    for (key, hash) in hashes.enumerated() {
      if key & 0xffff == 0xffff, Interruption.isRequested { return nil }
      var place = Int(truncatingIfNeeded: hash) & mask
      while table[place] != 0 { place = (place + 1) & mask }
      table[place] = Int32(key + 1)
    }
    return table
  }

  // MARK: hashing

  private func hash() -> UInt64 {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
    for cell in candidate { hash = Self.mixed(hash ^ Self.hash(cell)) }
    return hash
  }

  /// Equal cells have equal hashes, whole numbers and equal floats too.
  private static func hash(_ cell: Cell) -> UInt64 {
    switch cell.kind {
    case .text: hash(cell.bytes)
    case .int: mixed(Double(cell.int).bitPattern)
    case .float: mixed((cell.float == 0 ? 0 : cell.float).bitPattern)
    case .symbol: mixed(UInt64(cell.extra))
    case .box: UInt64(truncatingIfNeeded: cell.box.hashValue)
    default: mixed(cell.bits &+ UInt64(cell.kind.rawValue) << 56)
    }
  }

  /// Eight bytes at a time.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count) &* 0x9e37_79b9_7f4a_7c15
    var at = 0
    while at + 8 <= bytes.count {
      hash = mixed(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var rest: UInt64 = 0
    while at < bytes.count {
      rest = rest << 8 | UInt64(bytes[at])
      at += 1
    }
    return mixed(hash ^ rest)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let (high, low) = (value ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
    return high ^ low
  }
}

/// Reads the key of the current row: what its columns give, as they compare.
struct KeyReader {
  private let columns: [(code: Code.Of<Cell>, order: ValueOrder)]

  init(_ columns: [(code: Code, type: Type)]) {
    self.columns = columns.map { ($0.code.asCell, ValueOrder($0.type)) }
  }

  /// Into the index's candidate; false where a part is null, which matches nothing in a `join`.
  func read(_ frame: Frame, into index: inout KeyIndex) throws(RunError) -> Bool {
    if index.memory !== frame.scratch { index.memory = frame.scratch }
    var isWhole = true
    for (place, column) in columns.enumerated() {
      let cell = try column.code(frame)
      if cell.isNull { isWhole = false }
      index.candidate[place] = column.order.key(cell, frame.scratch)
    }
    return isWhole
  }
}

extension Folding {
  /// The text in lower case; the same cell where it is so already.
  static func folded(_ cell: Cell, _ memory: Arena) -> Cell {
    let bytes = cell.bytes
    if !bytes.contains(where: { $0 >= 0x80 || ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")) }) { return cell }
    return memory.text(TextOrder.folded(String(decoding: bytes, as: UTF8.self)))
  }
}
