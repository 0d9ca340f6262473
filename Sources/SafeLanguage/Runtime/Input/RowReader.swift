/// Rows of an input in portions, so that a stage may be done with some before the next are read.
protocol RowReader: PortionReader {
  /// The next rows, none at the end. Throws when all has been read and any row was bad.
  mutating func next(atMost most: Int) throws(RunError) -> Table?
}

/// Elements of an input in portions: rows, or lines.
protocol PortionReader {
  /// The next elements, nil at the end.
  mutating func portion(atMost most: Int) throws(RunError) -> Value?
}

extension RowReader {
  mutating func portion(atMost most: Int) throws(RunError) -> Value? { try next(atMost: most).map { .table($0) } }

  /// All rows as one table.
  mutating func all() throws(RunError) -> Table? { try next(atMost: .max) }
}

extension ReadingPlan {
  /// A place in a value as a script would write it: `.data[3].email`. In front of the fields of a row stands its index, unless its line says it.
  func text(of path: [Int], isRows: Bool, hidesRow: Bool) -> String {
    var text = ""
    var slot = root
    for (depth, step) in path.enumerated() {
      if isRows, depth == 0 {
        if !hidesRow { text += "[\(step)]" }
        slot = Slot(kind: .record, isOptional: false, link: root.link)
        continue
      }
      switch slot.kind {
      case .record:
        let field = records[slot.link].fields[step]
        text += Self.isWord(field.name) ? ".\(field.name)" : ".\"\(field.name)\""
        slot = field.slot
      case .table:
        text += "[\(step)]"
        slot = Slot(kind: .record, isOptional: false, link: slot.link)
      case .list:
        text += "[\(step)]"
        slot = slots[slot.link]
      default: return text
      }
    }
    return text
  }

  /// How a value is written, for messages.
  func form(of slot: ReadingPlan.Slot) -> String {
    switch slot.kind {
    case .text: "a text"
    case .email: Conversion.form(of: .email)
    case .int: Conversion.form(of: .int)
    case .float: Conversion.form(of: .float)
    case .bool: Conversion.form(of: .bool)
    case .date: Conversion.form(of: .date)
    case .time: Conversion.form(of: .time)
    case .duration: Conversion.form(of: .duration)
    case .id: Conversion.form(of: .id(""))
    case .symbol: Conversion.form(of: .enumeration(enumerations[slot.link].type)) + ", or its number"
    case .null: "null"
    case .list, .table: "a list"
    case .record: "an object"
    }
  }

  private static func isWord(_ name: String) -> Bool {
    name.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") || ($0 | 0x20) &- UInt8(ascii: "a") < 26 } && name.utf8.first.map { !isDigit($0) } == true
  }
}

/// The keys of objects in the order in which they came last: objects of one list mostly agree, so a key is known at a glance.
final class KeyOrder {
  private static let words = 8
  private static let most = 256

  private var keys: [UInt64] = []
  private var entries: [(length: Int, lastMask: UInt64, field: Int)] = []

  /// The field of the key at a place if it is the one that stood there before, with the length of key, quotes and colon.
  @inline(__always)
  func match(_ place: Int, _ at: UnsafePointer<UInt8>) -> (field: Int, length: Int)? {
    guard place < entries.count else { return nil }
    let entry = entries[place]
    let last = (entry.length - 1) >> 3
    let base = place * Self.words
    for index in 0..<last where Scan.word(at + index * 8) != keys[base + index] { return nil }
    if (Scan.word(at + last * 8) ^ keys[base + last]) & entry.lastMask != 0 { return nil }
    return (entry.field, entry.length)
  }

  /// Remembers a key: `length` bytes with quotes and colon.
  func remember(_ place: Int, _ start: UnsafePointer<UInt8>, _ length: Int, _ field: Int) {
    guard place < Self.most, place <= entries.count, length <= Self.words * 8 else { return }
    if place == entries.count {
      entries.append((0, 0, 0))
      keys += [UInt64](repeating: 0, count: Self.words)
    }
    var bytes = [UInt8](repeating: 0, count: Self.words * 8)
    for index in 0..<length { bytes[index] = start[index] }
    bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for index in 0..<Self.words { keys[place * Self.words + index] = Scan.word(base + index * 8) }
    }
    let rest = length & 7
    entries[place] = (length, rest == 0 ? .max : (1 << UInt64(rest * 8)) - 1, field)
  }
}
