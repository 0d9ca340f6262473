/// The type of data that nobody named, which only the prompt asks for: the narrowest that all values fit.
enum InferredType {
  /// The type that both fit: null makes a `T?`, an Int beside a Float a Float, a field that only one record has a `T?`. Nil if there is none.
  static func merged(_ a: Type, _ b: Type) -> Type? {
    if a == b || b == .unknown { return a }
    switch (a, b) {
    case (.unknown, _): return b
    case (.null, _): return b.orNull
    case (_, .null): return a.orNull
    case (.optional(let x), _): return merged(x, b.required)?.orNull
    case (_, .optional(let y)): return merged(a, y)?.orNull
    case (.int, .float), (.float, .int): return .float
    case (.list(.null), .list), (.list(.null), .table): return b
    case (.list, .list(.null)), (.table, .list(.null)): return a
    case (.list(let x), .list(let y)): return merged(x, y).map { Type.list(of: $0) }
    case (.record(let x), .record(let y)): return merged(x, y).map { .record($0) }
    case (.table(let x), .table(let y)): return merged(x, y).map { .table($0) }
    default: return nil
    }
  }

  private static func merged(_ a: RecordType, _ b: RecordType) -> RecordType? {
    var fields: [Field] = []
    for field in a.fields {
      guard let other = b.index(of: field.name).map({ b.fields[$0] }) else {
        fields.append(Field(field.name, field.type.orNull))
        continue
      }
      guard let type = merged(field.type, other.type) else { return nil }
      fields.append(Field(field.name, type))
    }
    for field in b.fields where a.index(of: field.name) == nil { fields.append(Field(field.name, field.type.orNull)) }
    return RecordType(fields)
  }

  static func refused(_ place: String) -> RunError {
    RunError(.data, "\(place): this is of another type than what stands before it", hint: "say with 'as' what is to be read")
  }
}

/// Types of JSON from its values; nothing is kept of the values.
struct JSONInference {
  fileprivate var scan: JSONScanner

  static func type(_ source: InputSource, name: String, form: JSONReader.Form, limits: InputLimits = .standard) throws(RunError) -> Type {
    var inference = JSONInference(scan: JSONScanner(try ByteWindow(source, name: name, limit: limits.text), limits: limits))
    if form != .lines { return try inference.type() }
    var row = Type.unknown
    while try inference.scan.peek() != 0 { row = try inference.merged(row) }
    return row
  }

  /// The type of what was there and of the next value.
  private mutating func merged(_ type: Type) throws(RunError) -> Type {
    _ = try scan.peek()
    scan.window.pin()
    let next = try self.type()
    guard let both = InferredType.merged(type, next) else { throw InferredType.refused(scan.window.pinnedPlace) }
    scan.window.unpin()
    return both
  }

  private mutating func type() throws(RunError) -> Type {
    switch try scan.peek() {
    case UInt8(ascii: "\""):
      scan.advance()
      try scan.text()
      return .text
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let whole = try scan.number()
      return whole == nil ? .float : .int
    case UInt8(ascii: "["): return try list()
    case UInt8(ascii: "{"): return try object()
    default: return try scan.literal() == UInt8(ascii: "n") ? .null : .bool
    }
  }

  private mutating func list() throws(RunError) -> Type {
    scan.advance()
    try scan.enter()
    var element = Type.unknown
    if try scan.peek() != UInt8(ascii: "]") {
      while true {
        element = try merged(element)
        guard try scan.peek() == UInt8(ascii: ",") else { break }
        scan.advance()
      }
    }
    try close(UInt8(ascii: "]"), "',' or ']'")
    return Type.list(of: element == .unknown ? .null : element)
  }

  private mutating func object() throws(RunError) -> Type {
    scan.advance()
    try scan.enter()
    var fields: [Field] = []
    if try scan.peek() != UInt8(ascii: "}") {
      while true {
        guard try scan.peek() == UInt8(ascii: "\"") else { throw scan.unexpected("a key in quotes") }
        scan.advance()
        try scan.text()
        let bytes = try JSONText.unescaped(scan.tokenStart, scan.tokenEnd) ?? []
        let name = String(decoding: bytes, as: UTF8.self)
        try scan.colon()
        fields.removeAll { $0.name == name }
        fields.append(Field(name, try type()))
        guard try scan.peek() == UInt8(ascii: ",") else { break }
        scan.advance()
      }
    }
    try close(UInt8(ascii: "}"), "',' or '}'")
    return .record(RecordType(fields))
  }

  private mutating func close(_ bracket: UInt8, _ wanted: String) throws(RunError) {
    guard try scan.peek() == bracket else { throw scan.unexpected(wanted) }
    scan.advance()
    scan.leave()
  }
}
