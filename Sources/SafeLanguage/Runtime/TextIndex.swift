internal import Synchronization

/// Finds the rows that may have a certain text in a column without looking at all of them.
///
/// It grows with its rows, so that a list to which each row of an onboarding adds one is still looked through in constant time. Only what may match
/// is found: whoever asks tests the rows, since texts that differ in case are found together, and those beyond ASCII always.
struct TextIndex {
  /// The last row of each hash.
  private var newest: [UInt64: Int32] = [:]
  /// For each row the one before it with the same hash, or -1.
  private var older: [Int32] = []
  /// Case folds there in ways that bytes do not tell: the Kelvin sign is a `k`.
  private var beyondASCII: [Int32] = []

  /// Takes in the rows up to `count`; false where somebody asked to stop.
  fileprivate mutating func extend(over buffer: RowBuffer, _ column: Int, to count: Int) -> Bool {
    older.reserveCapacity(buffer.capacity)
    for row in older.count..<max(older.count, count) {
      if row & 0xffff == 0xffff, Interruption.isRequested { return false }
      let cell = buffer.cells[row * buffer.width + column]
      guard cell.kind == .text, let hash = Self.hash(cell.bytes) else {
        older.append(-1)
        if cell.kind == .text { beyondASCII.append(Int32(row)) }
        continue
      }
      older.append(newest.updateValue(Int32(row), forKey: hash) ?? -1)
    }
    return true
  }

  /// Rows below `count`, in their order.
  fileprivate func rows(_ hash: UInt64, below count: Int) -> [Int] {
    var found: [Int] = []
    var row = newest[hash] ?? -1
    while row >= 0 {
      if row < count { found.append(Int(row)) }
      row = older[Int(row)]
    }
    found.reverse()
    if beyondASCII.isEmpty { return found }
    found += beyondASCII.map(Int.init).prefix { $0 < count }
    return found.sorted()
  }

  /// Of texts that are equal but for their case the same; nil beyond ASCII.
  fileprivate static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      if byte >= 0x80 { return nil }
      let isUpper = byte &- UInt8(ascii: "A") < 26
      hash = (hash ^ UInt64(isUpper ? byte | 0x20 : byte)) &* 0x100_0000_01b3
    }
    return hash
  }
}

/// Those of a buffer's columns, made when somebody looks for a text there for the second time.
struct TextIndexes {
  private var asked: Set<Int> = []
  private var columns: [Int: TextIndex] = [:]

  fileprivate mutating func rows(of table: Table, _ column: Int, _ hash: UInt64) -> [Int]? {
    guard !asked.insert(column).inserted else { return nil }
    guard columns[column, default: TextIndex()].extend(over: table.buffer, column, to: table.count) else { return nil }
    return columns[column]?.rows(hash, below: table.count)
  }
}

extension Table {
  /// Of shorter tables all rows are looked at as fast.
  private static let worthIndexing = 64

  /// The rows among which those are that have the text in the column, in any case of its letters; nil where only looking at all rows tells.
  func rows(thatMayHave text: String, in column: Int) -> [Int]? {
    var text = text
    guard count >= Self.worthIndexing, count <= Int(Int32.max), let hash = text.withUTF8({ TextIndex.hash(UnsafeRawBufferPointer($0)) }) else { return nil }
    return buffer.texts.withLock { texts in
      var indexes = texts ?? TextIndexes()
      // It is changed in place.
      texts = nil
      defer { texts = indexes }
      return indexes.rows(of: self, column, hash)
    }
  }
}
