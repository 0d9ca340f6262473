#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A field of a row in 16 bytes: plain memory, so that rows are copied, compared and filtered without reference counts.
///
/// Texts point into an arena that the row's table keeps; enum cases carry their number beside a pointer to their type.
struct Cell {
  enum Kind: UInt32 {
    case null, bool, int, float, text, symbol, date, time, duration, box
  }

  let kind: Kind
  /// Length of a text in bytes, or the number of an enum case.
  let extra: UInt32
  let bits: UInt64

  static let null = Cell(kind: .null, extra: 0, bits: 0)

  static func bool(_ value: Bool) -> Cell { Cell(kind: .bool, extra: 0, bits: value ? 1 : 0) }
  static func int(_ value: Int) -> Cell { Cell(kind: .int, extra: 0, bits: UInt64(bitPattern: Int64(value))) }
  static func float(_ value: Double) -> Cell { Cell(kind: .float, extra: 0, bits: value.bitPattern) }

  static func text(_ bytes: UnsafeRawBufferPointer) -> Cell {
    Cell(kind: .text, extra: UInt32(bytes.count), bits: UInt64(UInt(bitPattern: bytes.baseAddress)))
  }

  static func symbol(_ type: EnumType, _ number: Int) -> Cell {
    let pointer = UInt(bitPattern: Unmanaged.passUnretained(type).toOpaque())
    return Cell(kind: .symbol, extra: UInt32(bitPattern: Int32(clamping: number)), bits: UInt64(pointer))
  }

  var isNull: Bool { kind == .null }
  var bool: Bool { bits != 0 }
  var int: Int { Int(Int64(bitPattern: bits)) }
  var float: Double { kind == .int ? Double(int) : Double(bitPattern: bits) }
  var number: Int { Int(Int32(bitPattern: extra)) }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(bits)), count: Int(extra))
  }

  var enumType: EnumType? {
    UnsafeRawPointer(bitPattern: UInt(bits)).map { Unmanaged<EnumType>.fromOpaque($0).takeUnretainedValue() }
  }

  var box: Value {
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(bits)) else { return .null }
    return Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue().value
  }

  var value: Value {
    switch kind {
    case .null: .null
    case .bool: .bool(bool)
    case .int: .int(int)
    case .float: .float(float)
    case .text: .text(String(decoding: bytes, as: UTF8.self))
    case .symbol: enumType.map { .symbol($0, number) } ?? .null
    case .date: .date(int)
    case .time: .time(int)
    case .duration: .duration(int)
    case .box: box
    }
  }

  static func == (a: Cell, b: Cell) -> Bool {
    guard a.kind == b.kind else {
      if a.kind == .int && b.kind == .float || a.kind == .float && b.kind == .int { return a.float == b.float }
      return false
    }
    switch a.kind {
    case .null: return true
    case .text: return a.extra == b.extra && (a.bits == b.bits || TextOrder.equal(a.bytes, b.bytes))
    case .symbol: return a.extra == b.extra && a.bits == b.bits
    case .float: return a.float == b.float
    case .box: return a.bits == b.bits || a.box == b.box
    default: return a.bits == b.bits
    }
  }

  /// The order of `sort` for cells of one type; null is last.
  static func precedes(_ a: Cell, _ b: Cell) -> Bool? {
    if a.isNull || b.isNull { return a.isNull == b.isNull ? nil : b.isNull }
    switch a.kind {
    case .int, .float:
      if a.kind == .int, b.kind == .int { return a.int == b.int ? nil : a.int < b.int }
      return a.float == b.float ? nil : a.float < b.float
    case .text: return TextOrder.precedes(a.bytes, b.bytes)
    case .symbol:
      let (x, y) = (a.enumType?.name(of: a.number) ?? "", b.enumType?.name(of: b.number) ?? "")
      return TextOrder.precedes(x, y)
    default: return a.int == b.int ? nil : a.int < b.int
    }
  }
}

/// Texts by code point, which is the order of their UTF-8 bytes; addresses also without case.
enum TextOrder {
  static func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool? {
    let count = min(a.count, b.count)
    if count > 0, let x = a.baseAddress, let y = b.baseAddress {
      let order = memcmp(x, y, count)
      if order != 0 { return order < 0 }
    }
    return a.count == b.count ? nil : a.count < b.count
  }

  static func precedes(_ a: String, _ b: String) -> Bool? {
    var (a, b) = (a, b)
    return a.withUTF8 { a in b.withUTF8 { b in precedes(UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b)) } }
  }

  static func equal(_ a: String, _ b: String) -> Bool { a.utf8.count == b.utf8.count && precedes(a, b) == nil }

  @inline(__always)
  static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    guard a.count == b.count, let x = a.baseAddress, let y = b.baseAddress else { return a.count == b.count }
    return memcmp(x, y, a.count) == 0
  }

  /// Leaves off in a long text where somebody asked to stop, which the caller finds at its next look.
  static func folded(_ text: String) -> String {
    if text.utf8.count < 1 << 16 { return text.lowercased() }
    return Interruption.leavingOff { () throws(RunError) in try TextScan.inParts(text) { $0.lowercased() } } ?? text
  }
}
