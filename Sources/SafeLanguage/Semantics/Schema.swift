/// What the language is told of an API: completion, help, the checker, the documentation and the runtime read this one table.
/// To make it takes longer than a small script, which names nothing of it; so each table is made when it is first looked into.
public struct Schema: Sendable {
  private let enumerationTable: Lazy<[EnumType]>
  private let resourceTable: Lazy<[ResourceType]>
  private let verbTable: Lazy<[Verb]>

  public init(
    enumerations: @autoclosure @escaping @Sendable () -> [EnumType], resources: @autoclosure @escaping @Sendable () -> [ResourceType],
    verbs: @autoclosure @escaping @Sendable () -> [Verb]
  ) {
    enumerationTable = Lazy(enumerations)
    resourceTable = Lazy(resources)
    verbTable = Lazy(verbs)
  }

  public var enumerations: [EnumType] { enumerationTable.value }
  public var resources: [ResourceType] { resourceTable.value }
  public var verbs: [Verb] { verbTable.value }

  /// The type of `kind` of what `catch` binds.
  static let errorKind = EnumType(name: "ErrorKind", cases: ErrorKind.named)
  public var errorKind: EnumType { Self.errorKind }

  /// The resource of a type's name, as `Member`.
  public func resource(named name: String) -> ResourceType? { resources.first { $0.name == name } }
  /// The resource of a list's name, as `members`.
  public func resource(listed plural: String) -> ResourceType? { resources.first { $0.plural == plural } }

  /// The fields of an error: what `catch` binds and `.error` of a row of `each` is.
  public var errorType: RecordType {
    RecordType([
      Field("message", .text), Field("kind", .enumeration(errorKind)), Field("status", .optional(.int)),
      Field("origin", .optional(.text)),
    ])
  }

  /// What ids there are ids of: the resources, and what their fields refer to.
  public var identified: [String] {
    var seen = resources.map(\.name)
    for case .id(let name) in resources.flatMap(\.row.fields).map(\.type.required) where !seen.contains(name) { seen.append(name) }
    return seen
  }

  /// Every capability that `needs` may name.
  public var capabilities: [String] {
    var seen: [String] = []
    for verb in verbs where !seen.contains(verb.capability) { seen.append(verb.capability) }
    return seen
  }
}

/// A kind of object that the API lists.
public struct ResourceType: Sendable {
  /// In the singular, as a type: `Member`.
  public var name: String
  /// As the script writes the list: `members`.
  public var plural: String
  public var summary: String
  public var row: RecordType
  public var relations: [Relation]
  /// Fields that `list[…]` looks in, besides the id.
  public var keys: [String]
  /// The fields that a table on a screen shows, in their order there.
  public var shown: [String]
  /// One row instead of a list: `subscription`.
  public var isSingle = false
  /// What narrows the list where it is fetched: `events since: 24h`. Such a list is fetched each time it is asked for.
  public var filters: [Verb.Parameter] = []
  /// Fields and relations that the source compares itself, where a `where` directly after the list says so.
  public var comparable: [String] = []
  /// Rows of a request, where the list comes in pages; nil is one request for all.
  public var pageSize: Int?
  /// The row of a key that the list lacks; without it such a key is an error.
  public var absent: (@Sendable (Value) -> [Value])?

  public init(
    name: String, plural: String, summary: String, fields: [Field], relations: [Relation] = [], keys: [String] = [], shown: [String]
  ) {
    self.name = name
    self.plural = plural
    self.summary = summary
    row = RecordType(fields, resource: name)
    self.relations = relations
    self.keys = keys
    self.shown = shown
  }

  /// What `list[…]` takes, and a verb in place of the row: an address for a member, the type for a policy.
  public var keyType: Type {
    guard let key = keys.first, let index = row.index(of: key) else { return .text }
    return row.fields[index].type.required
  }

  /// Whether a verb takes the key in place of the row; a name would be too easily mistaken.
  var isNamedByKey: Bool {
    switch keyType {
    case .email, .enumeration: true
    default: false
    }
  }

  /// `events since: until:`
  public var signature: String { ([plural] + filters.map { "\($0.name):" }).joined(separator: " ") }
}

/// The way from a row to rows of another resource.
public struct Relation: Hashable, Sendable {
  /// The resource it starts from.
  public var source: String
  public var name: String
  /// The resource it leads to.
  public var target: String
  /// Fields that the rows have besides their own, as `.access`.
  public var fields: [Field]
  /// A row, or null where it is gone, instead of a list.
  public var isOne: Bool
  /// Whether it takes a request for each row, from the side that has fewer; otherwise it is part of the lists.
  public var isFetchedPerRow: Bool

  public init(source: String, name: String, target: String, fields: [Field] = [], isOne: Bool = false, isFetchedPerRow: Bool = false) {
    self.source = source
    self.name = name
    self.target = target
    self.fields = fields
    self.isOne = isOne
    self.isFetchedPerRow = isFetchedPerRow
  }

  /// The type of `.name`.
  func type(_ target: ResourceType) -> Type {
    let row = RecordType(target.row.fields + fields, resource: target.name)
    return isOne ? .optional(.record(row)) : .table(row)
  }
}

/// What kind of thing went wrong during a run; scripts see it as `.kind`.
public enum ErrorKind: Int, Sendable, CaseIterable {
  case notFound, ambiguous, refused, invalid, limit, server, network, file, data, arithmetic, index, assert

  static let named: [(name: String, number: Int)] = [
    ("notFound", notFound.rawValue), ("ambiguous", ambiguous.rawValue), ("refused", refused.rawValue), ("invalid", invalid.rawValue),
    ("limit", limit.rawValue), ("server", server.rawValue), ("network", network.rawValue), ("file", file.rawValue), ("data", data.rawValue),
    ("arithmetic", arithmetic.rawValue), ("index", index.rawValue), ("assert", assert.rawValue),
  ]
}
