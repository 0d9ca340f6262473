/// The type of a value, known before anything runs.
public indirect enum Type: Hashable, Sendable {
  case text, email, int, float, bool, date, time, duration, secret, null
  /// The id of a resource; ids of different resources do not compare.
  case id(String)
  case enumeration(EnumType)
  case list(Type)
  /// A row: a record literal, a row of a table, a resource.
  case record(RecordType)
  /// A list of rows with the same fields.
  case table(RecordType)
  case optional(Type)
  /// What a call without a value gives.
  case nothing
  /// What follows from an error; it fits everything, so that one mistake makes one error.
  case unknown

  public var isOptional: Bool {
    switch self {
    case .optional, .null: true
    default: false
    }
  }

  /// The type without the `?`.
  public var required: Type {
    if case .optional(let type) = self { return type }
    return self
  }

  /// The type with a `?`.
  public var orNull: Type {
    switch self {
    case .optional, .null, .unknown, .nothing: self
    default: .optional(self)
    }
  }

  /// The type of the elements of a list or table.
  public var element: Type? {
    switch self {
    case .list(let element): element
    case .table(let row): .record(row)
    case .unknown: .unknown
    default: nil
    }
  }

  static func list(of element: Type) -> Type {
    if case .record(let row) = element { return .table(row) }
    return .list(element)
  }

  var isText: Bool {
    switch self {
    case .text, .email, .id: true
    default: false
    }
  }

  var isNumber: Bool { self == .int || self == .float }

  /// Whether a chart can draw it as a length.
  public var isDrawn: Bool { isNumber || self == .duration }

  /// Whether values have an order: `<`, `sort`, `min`.
  var isOrdered: Bool {
    switch self {
    case .text, .email, .int, .float, .date, .time, .duration, .enumeration, .bool, .id, .unknown: true
    default: false
    }
  }

  /// Whether a value has a text form: interpolation, `print`.
  var isPrintable: Bool {
    switch self {
    case .secret, .nothing: false
    default: true
    }
  }
}

extension Type {
  /// Fields and lists in one type, at most; far above what a script needs, and far below what takes time to compare or to write out.
  static let maximumParts = 10_000
  static let maximumDepth = 100

  /// Whether it has no more parts than a type may have, and is not nested deeper.
  var isBounded: Bool {
    var parts = Self.maximumParts
    return takes(&parts, depth: Self.maximumDepth)
  }

  private func takes(_ parts: inout Int, depth: Int) -> Bool {
    parts -= 1
    guard parts > 0, depth > 0 else { return false }
    switch self {
    case .list(let type), .optional(let type): return type.takes(&parts, depth: depth - 1)
    case .record(let row), .table(let row):
      for field in row.fields where !field.type.takes(&parts, depth: depth - 1) { return false }
      return true
    default: return true
    }
  }
}

extension Type: CustomStringConvertible {
  /// As the script would write it.
  public var description: String {
    switch self {
    case .text: "Text"
    case .email: "Email"
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .date: "Date"
    case .time: "Time"
    case .duration: "Duration"
    case .secret: "Secret"
    case .null: "Null"
    case .id(let resource): "\(resource)Id"
    case .enumeration(let type): type.name
    case .list(let element): "[\(element)]"
    case .record(let row): row.description
    case .table(let row): "[\(row)]"
    case .optional(let type): "\(type)?"
    case .nothing: "nothing"
    case .unknown: "?"
    }
  }
}
