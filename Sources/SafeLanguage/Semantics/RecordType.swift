/// A field of a record, or a column of a table.
public struct Field: Hashable, Sendable {
  public var name: String
  public var type: Type

  public init(_ name: String, _ type: Type) {
    self.name = name
    self.type = type
  }

  /// Columns that only the runtime knows, such as where a row came from; no script can spell their names.
  public var isHidden: Bool { name.utf8.first == UInt8(ascii: "#") }

  /// The name as a script writes it behind a dot or before a colon: in quotes where it is more than a word, as `"e-mail"`.
  public var written: String { Self.written(name) }

  static func written(_ name: String) -> String { isWord(name) ? name : Value.text(name).literal }

  static func isWord(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { SafeLanguage.isWord($0) }
  }
}

/// The fields of a row in their order, and the resource that the row still is.
public struct RecordType: Sendable {
  public var fields: [Field]
  /// The resource's name while the rows keep their identity.
  public var resource: String?
  /// Of many possible fields a row has a few, as of the settings of policies: what is null is not written.
  public var isSparse: Bool
  /// Columns that say how many: a terminal draws them. It is about how they look, and no part of what the type is.
  public var counts: Set<String>

  public init(_ fields: [Field], resource: String? = nil, isSparse: Bool = false, counts: Set<String> = []) {
    self.fields = fields
    self.resource = resource
    self.isSparse = isSparse
    self.counts = counts
  }

  public var visible: [Field] { fields.filter { !$0.isHidden } }

  /// The place of a field; nil if there is none of that name.
  public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

  /// `hires.csv:17`: follows a row through every stage but `summarize`.
  static let origin = "#origin"
  /// What became of a row of `each`, as an `EachOutcome`.
  static let outcome = "#outcome"
  /// The calls of a row of `each` that changed something, as `invite:1 add:2`.
  static let calls = "#calls"
}

extension RecordType: Hashable {
  public static func == (a: RecordType, b: RecordType) -> Bool { a.fields == b.fields && a.resource == b.resource && a.isSparse == b.isSparse }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(fields)
    hasher.combine(resource)
    hasher.combine(isSparse)
  }
}

extension RecordType: CustomStringConvertible {
  public var description: String {
    if let resource { return resource }
    return "{ " + visible.map { "\($0.written): \($0.type)" }.joined(separator: ", ") + " }"
  }
}
