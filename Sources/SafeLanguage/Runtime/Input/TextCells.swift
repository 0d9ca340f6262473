/// Texts from outside as cells, without a `String` for each.
enum TextCells {
  /// A text as a value of the kind; nil if it is none. Nulls and the emptiness of texts are the caller's.
  @inline(__always)
  static func cell(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ slot: ReadingPlan.Slot, _ plan: ReadingPlan, _ arena: Arena) -> Cell? {
    switch slot.kind {
    case .text: return arena.text(bytes, count)
    case .email: return isEmail(bytes, count) ? arena.text(bytes, count) : nil
    case .symbol:
      let names = plan.enumerations[slot.link]
      return names.number(bytes, count).map { .symbol(names.type, $0) }
    case .int: return int(bytes, count).map { .int($0) }
    default: return other(bytes, count, slot, arena)
    }
  }

  private static func other(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ slot: ReadingPlan.Slot, _ arena: Arena) -> Cell? {
    if slot.kind == .date, count == 10, let days = date(bytes) { return Cell(kind: .date, extra: 0, bits: UInt64(bitPattern: Int64(days))) }
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    guard let value = Conversion.value(text, as: type(slot.kind)) else { return nil }
    return arena.cell(value)
  }

  private static func type(_ kind: ReadingPlan.Kind) -> Type {
    switch kind {
    case .float: .float
    case .bool: .bool
    case .date: .date
    case .time: .time
    case .duration: .duration
    case .id: .id("")
    default: .nothing
    }
  }

  /// As `Conversion.isEmail`: one `@` with text on both sides, no space and no control character.
  static func isEmail(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count >= 3, bytes[0] != UInt8(ascii: "@"), bytes[count - 1] != UInt8(ascii: "@") else { return false }
    var ats = 0
    var bad = false
    for byte in UnsafeBufferPointer(start: bytes, count: count) {
      ats &+= byte == UInt8(ascii: "@") ? 1 : 0
      bad = bad || byte <= 32 || byte == 127
    }
    return ats == 1 && !bad
  }

  static func int(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    let isNegative = count > 0 && bytes[0] == UInt8(ascii: "-")
    let first = isNegative || count > 0 && bytes[0] == UInt8(ascii: "+") ? 1 : 0
    guard count > first else { return nil }
    var value = 0
    for index in first..<count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, over) = isNegative ? product.subtractingReportingOverflow(Int(digit)) : product.addingReportingOverflow(Int(digit))
      if overflow || over { return nil }
      value = sum
    }
    return value
  }

  /// Days of `2026-01-31`.
  private static func date(_ bytes: UnsafePointer<UInt8>) -> Int? {
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), let year = int(bytes, 4), let month = int(bytes + 5, 2), let day = int(bytes + 8, 2),
      bytes[0] >= UInt8(ascii: "0"), bytes[5] >= UInt8(ascii: "0"), bytes[8] >= UInt8(ascii: "0"), (1...12).contains(month), day >= 1
    else { return nil }
    let days = Calendar.days(year: year, month: month, day: day)
    return day <= 28 || Calendar.civil(days) == (year, month, day) ? days : nil
  }
}

extension Arena {
  @inline(__always)
  func text(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Cell {
    .text(UnsafeRawBufferPointer(start: add(UnsafeRawBufferPointer(start: bytes, count: count)), count: count))
  }

  /// A place in a file: what stands before the line, and the line.
  func text(_ prefix: [UInt8], _ line: Int) -> Cell {
    var digits = 1
    var rest = line / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    let count = prefix.count + digits
    let memory = reserve(count)
    prefix.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: prefix.count) } }
    rest = line
    for index in 1...digits {
      memory.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: count - index, as: UInt8.self)
      rest /= 10
    }
    return .text(UnsafeRawBufferPointer(start: memory, count: count))
  }
}
