/// What a reader looks for, made from a type once: plain numbers, so that nothing is counted or boxed for each value.
final class ReadingPlan: Sendable {
  enum Kind: UInt8 { case text, email, int, float, bool, date, time, duration, id, symbol, null, list, record, table }

  struct Slot {
    var kind: Kind
    var isOptional: Bool
    /// For a symbol its place in `enumerations`, for a list its element in `slots`, for a record or table in `records`.
    var link = 0
  }

  struct Record {
    var type: RecordType
    /// The fields that are read, in the order of the type; hidden ones come behind.
    var fields: [(name: String, slot: Slot)] = []
  }

  let slots: [Slot]
  let enumerations: [CaseNames]
  let records: [Record]
  let root: Slot

  init(_ type: Type) {
    var draft = Draft()
    root = draft.slot(type)
    slots = draft.slots
    enumerations = draft.enumerations
    records = draft.records
  }

  private struct Draft {
    var slots: [Slot] = []
    var enumerations: [CaseNames] = []
    var records: [Record] = []

    mutating func slot(_ type: Type) -> Slot {
      let isOptional = type.isOptional
      switch type.required {
      case .text, .secret, .nothing, .unknown, .optional: return Slot(kind: .text, isOptional: isOptional)
      case .email: return Slot(kind: .email, isOptional: isOptional)
      case .int: return Slot(kind: .int, isOptional: isOptional)
      case .float: return Slot(kind: .float, isOptional: isOptional)
      case .bool: return Slot(kind: .bool, isOptional: isOptional)
      case .date: return Slot(kind: .date, isOptional: isOptional)
      case .time: return Slot(kind: .time, isOptional: isOptional)
      case .duration: return Slot(kind: .duration, isOptional: isOptional)
      case .id: return Slot(kind: .id, isOptional: isOptional)
      case .null: return Slot(kind: .null, isOptional: true)
      case .enumeration(let type):
        enumerations.append(CaseNames(type))
        return Slot(kind: .symbol, isOptional: isOptional, link: enumerations.count - 1)
      case .list(let element):
        slots.append(slot(element))
        return Slot(kind: .list, isOptional: isOptional, link: slots.count - 1)
      case .record(let row): return Slot(kind: .record, isOptional: isOptional, link: record(row))
      case .table(let row): return Slot(kind: .table, isOptional: isOptional, link: record(row))
      }
    }

    private mutating func record(_ type: RecordType) -> Int {
      let fields = type.visible.map { (name: $0.name, slot: slot($0.type)) }
      records.append(Record(type: type, fields: fields))
      return records.count - 1
    }
  }
}

/// The cases of an enumeration by the bytes of their names.
final class CaseNames: @unchecked Sendable {
  let type: EnumType
  /// The names one behind the other, where each begins, and which have a hash; 0xffff is none.
  private let names: [UInt8]
  private let starts: [Int]
  private let numbers: [Int]
  private let buckets: [UInt16]
  private let chain: [UInt16]

  init(_ type: EnumType) {
    self.type = type
    var names: [UInt8] = []
    var starts = [0]
    for name in type.cases.map(\.name) {
      names += Array(name.utf8)
      starts.append(names.count)
    }
    var buckets = [UInt16](repeating: 0xffff, count: 256)
    var chain = [UInt16](repeating: 0xffff, count: type.cases.count)
    names.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for index in type.cases.indices.reversed() where index < 0xffff {
        let bucket = Self.hash(base + starts[index], starts[index + 1] - starts[index])
        chain[index] = buckets[bucket]
        buckets[bucket] = UInt16(index)
      }
    }
    self.names = names
    self.starts = starts
    self.buckets = buckets
    self.chain = chain
    numbers = type.cases.map(\.number)
  }

  private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    guard count > 0 else { return 0 }
    return (count &* 7 &+ Int(bytes[0]) &* 31 &+ Int(bytes[count / 2]) &* 17 &+ Int(bytes[count - 1]) &* 5) & 255
  }

  /// The number of a case, also of `unknown(4711)`.
  func number(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var index = buckets[Self.hash(bytes, count)]
    while index != 0xffff {
      let start = starts[Int(index)]
      if starts[Int(index) + 1] - start == count, names.withUnsafeBufferPointer({ $0.baseAddress.map { Scan.equal($0 + start, bytes, count) } ?? false }) {
        return numbers[Int(index)]
      }
      index = chain[Int(index)]
    }
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    guard text.hasPrefix("unknown("), text.hasSuffix(")"), let number = Int32(text.dropFirst(8).dropLast()) else { return nil }
    return Int(number)
  }
}
