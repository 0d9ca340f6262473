/// What the language is told of an API: completion, help, the checker, the documentation and the runtime read this one table.
public struct Schema: Sendable {
  public var enumerations: [EnumType]
  public var resources: [ResourceType]
  public var verbs: [Verb]
  /// The type of what `catch` binds: has at least `message` and `kind`.
  public var errorKind: EnumType

  public init(enumerations: [EnumType], resources: [ResourceType], verbs: [Verb]) {
    self.enumerations = enumerations
    self.resources = resources
    self.verbs = verbs
    errorKind = EnumType(name: "ErrorKind", cases: ErrorKind.allCases.enumerated().map { ("\($1)", $0) })
  }

  public func resource(named name: String) -> ResourceType? { resources.first { $0.name == name } }
  public func resource(listed plural: String) -> ResourceType? { resources.first { $0.plural == plural } }

  /// The fields of an error: what `catch` binds and `.error` of a row of `each` is.
  public var errorType: RecordType {
    RecordType([
      Field("message", .text), Field("kind", .enumeration(errorKind)), Field("status", .optional(.int)),
      Field("origin", .optional(.text)),
    ])
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

  public init(
    name: String, plural: String, summary: String, fields: [Field], relations: [Relation], keys: [String], shown: [String]
  ) {
    self.name = name
    self.plural = plural
    self.summary = summary
    row = RecordType(fields, resource: name)
    self.relations = relations
    self.keys = keys
    self.shown = shown
  }
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

  public init(source: String, name: String, target: String, fields: [Field] = []) {
    self.source = source
    self.name = name
    self.target = target
    self.fields = fields
  }
}

/// A write of the API in command and call form. A verb with several subjects has an entry for each.
public struct Verb: Sendable {
  public enum Subject: Hashable, Sendable {
    /// A row of the resource; for one whose key is an address, the address will do.
    case row(String)
    /// The word itself: `create group`.
    case word(String)
    /// A value that is no resource yet: `invite EMAIL`.
    case value(Type)
  }

  public struct Parameter: Sendable {
    public var name: String
    public var type: Kind
    public var isRequired: Bool

    public enum Kind: Hashable, Sendable {
      case value(Type)
      /// A row of the resource.
      case row(String)
      /// A list of rows of the resource.
      case rows(String)
      /// A list of rows with at least these fields.
      case table(RecordType)
      /// A record with any of these fields.
      case flags([String])
    }

    public init(_ name: String, _ type: Kind, isRequired: Bool = false) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
    }
  }

  public var name: String
  public var subject: Subject
  public var parameters: [Parameter]
  public var capability: String
  public var effect: Effect
  /// The resource whose row it gives; nil gives nothing.
  public var result: String?
  public var summary: String
  public var example: String

  public init(
    _ name: String, _ subject: Subject, _ parameters: [Parameter] = [], capability: String, effect: Effect = .write,
    result: String? = nil, summary: String, example: String
  ) {
    self.name = name
    self.subject = subject
    self.parameters = parameters
    self.capability = capability
    self.effect = effect
    self.result = result
    self.summary = summary
    self.example = example
  }

  /// `invite EMAIL type: externalId: groups:`
  public var signature: String {
    let subject =
      switch self.subject {
      case .row(let resource): resource.uppercased()
      case .word(let word): word
      case .value(let type): "\(type)".uppercased()
      }
    return ([name, subject] + parameters.map { "\($0.name):" }).joined(separator: " ")
  }
}

/// What kind of thing went wrong during a run; scripts see it as `.kind`.
public enum ErrorKind: Int, Sendable, CaseIterable {
  case notFound, ambiguous, refused, invalid, limit, server, network, file, data, arithmetic, index, assert
}
