/// A value that a statement holds. In rows the same is a `Cell`.
public enum Value: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  /// Also addresses and ids: their types differ, not their form.
  case text(String)
  case symbol(EnumType, Int)
  /// Days since 1970-01-01.
  case date(Int)
  /// Microseconds since 1970-01-01T00:00:00Z.
  case time(Int)
  /// Microseconds.
  case duration(Int)
  case list([Value])
  case range(Int, Int)
  case record(Row)
  case table(Table)
  case secret(Secret)

  public var isNull: Bool {
    if case .null = self { return true }
    return false
  }
}

/// A text that never prints. What needs it asks for `reveal`.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String
  public init(_ text: String) { self.text = text }
  /// The text itself, for what needs it as a header or a form.
  public func reveal() -> String { text }
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Value: Equatable {
  /// By content, resources by id; numbers across Int and Float. Leaves off in lists where somebody asked to stop.
  public static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.float(let x), .float(let y)): return x == y
    case (.int(let x), .float(let y)): return Double(x) == y
    case (.float(let x), .int(let y)): return x == Double(y)
    case (.text(let x), .text(let y)): return TextOrder.equal(x, y)
    case (.symbol(let s, let x), .symbol(let t, let y)): return s === t && x == y
    case (.date(let x), .date(let y)), (.time(let x), .time(let y)), (.duration(let x), .duration(let y)): return x == y
    case (.date(let x), .time(let y)), (.time(let y), .date(let x)): return x &* Calendar.microsecondsPerDay == y
    case (.record(let x), .record(let y)): return x == y
    default:
      guard a.isList, b.isList, a.elementCount == b.elementCount else { return false }
      if case .range(let x, _) = a, case .range(let y, _) = b { return a.elementCount == 0 || x == y }
      return Interruption.leavingOff { () throws(RunError) in try ValueOrder.plain.equal(a, b) } ?? false
    }
  }
}

extension Value: Hashable {
  public func hash(into hasher: inout Hasher) { hash(into: &hasher, atMost: Self.hashed) }

  /// How many elements are hashed, in lists inside of lists too, and how many bytes of a text: long ones differ early or in their length.
  private static let hashed = 1024

  func hash(into hasher: inout Hasher, atMost most: Int) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(Double(value))
    case .float(let value): hasher.combine(value)
    case .text(var value):
      hasher.combine(value.utf8.count)
      value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0).prefix(Self.hashed))) }
    case .symbol(_, let number): hasher.combine(number)
    case .date(let value): hasher.combine(value &* Calendar.microsecondsPerDay)
    case .time(let value), .duration(let value): hasher.combine(value)
    case .record(let row): row.hash(into: &hasher, atMost: most)
    case .secret: hasher.combine(1)
    case .list, .range, .table:
      let count = min(elementCount, most)
      hasher.combine(elementCount)
      // What is equal has as many elements, whatever form they are in, and so as many are left for each of them.
      for index in 0..<count { element(index).hash(into: &hasher, atMost: max(1, most / count)) }
    }
  }
}

extension Value {
  public var isList: Bool {
    switch self {
    case .list, .range, .table: true
    default: false
    }
  }

  /// The elements of a list, range or table; none of a range that is too long to be a list, which `requireList` tells.
  public var elements: [Value]? {
    switch self {
    case .list(let elements): elements
    case .range(let start, let end): elementCount > Limits.elements ? nil : (start..<max(start, end)).map { .int($0) }
    case .table(let table): (0..<table.count).map { .record(Row(table, $0)) }
    default: nil
    }
  }

  /// How long it takes to go through it: bytes of a text, elements of a list.
  var size: Int {
    if case .text(let text) = self { return text.utf8.count }
    return elementCount
  }

  /// How many elements a list, range or table has.
  public var elementCount: Int {
    switch self {
    case .list(let elements): elements.count
    case .range(let start, let end): max(0, end - start)
    case .table(let table): table.count
    default: 0
    }
  }

  /// Some of the elements that follow one another.
  func slice(_ range: Range<Int>) throws(RunError) -> Value {
    switch self {
    case .table(let table): return .table(range.lowerBound == 0 ? table.slice(range) : try table.picking(Array(range)))
    case .range(let start, _): return .range(start + range.lowerBound, start + range.upperBound)
    case .list(let elements):
      var beat = Beat()
      return .list(
        try .building(range.count) { values throws(RunError) in
          for index in range {
            try beat.turn()
            values.append(elements[index])
          }
        })
    default: return self
    }
  }

  /// The element at an index that is known to be inside.
  public func element(_ index: Int) -> Value {
    switch self {
    case .list(let elements): elements[index]
    case .range(let start, _): .int(start + index)
    case .table(let table): .record(Row(table, index))
    default: .null
    }
  }

  /// The order of `<`, `sort`, `min` for values of one type; null is last; nil where they are equal.
  static func precedes(_ a: Value, _ b: Value) -> Bool? {
    switch (a, b) {
    case (.null, .null): return nil
    case (.null, _): return false
    case (_, .null): return true
    case (.int(let x), .int(let y)), (.duration(let x), .duration(let y)), (.date(let x), .date(let y)), (.time(let x), .time(let y)):
      return x == y ? nil : x < y
    case (.text(let x), .text(let y)): return TextOrder.precedes(x, y)
    case (.symbol(let s, let x), .symbol(let t, let y)): return TextOrder.precedes(s.name(of: x), t.name(of: y))
    case (.bool(let x), .bool(let y)): return x == y ? nil : y
    case (.date(let x), .time(let y)):
      let x = x &* Calendar.microsecondsPerDay
      return x == y ? nil : x < y
    case (.time(let x), .date(let y)):
      let y = y &* Calendar.microsecondsPerDay
      return x == y ? nil : x < y
    default:
      guard let x = a.double, let y = b.double, x != y else { return nil }
      return x < y
    }
  }

  var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
}
