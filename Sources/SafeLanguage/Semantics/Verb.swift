/// A write of the API in command and call form. A verb with several subjects has an entry for each.
public struct Verb: Sendable {
  /// What a verb is about.
  public enum Subject: Hashable, Sendable {
    /// A row of the resource; for one whose key is an address, the address will do.
    case row(String)
    /// The word itself: `create group`.
    case word(String)
    /// A value that is no resource yet: `invite EMAIL`.
    case value(Type)
    /// Nothing: all that it is about is named, as in `import members: …`.
    case none
  }

  /// When a call takes something away that the verb otherwise leaves.
  public enum Destruction: Hashable, Sendable {
    /// Where this argument is true.
    case argument(String)
    /// Where the subject is one of these cases of its key.
    case cases([Int])
  }

  /// The requests of a call, with reading before it and what has to be fetched again after it.
  public struct Cost: Hashable, Sendable {
    /// As few as where all is so already, and as many as where it is not.
    public var requests: ClosedRange<Int>
    /// Arguments that take one more.
    public var more: [String]
    /// An argument of which each row may take one more.
    public var perRow: String?

    public init(_ requests: ClosedRange<Int> = 1...1, more: [String] = [], perRow: String? = nil) {
      self.requests = requests
      self.more = more
      self.perRow = perRow
    }
  }

  /// A named argument.
  public struct Parameter: Sendable {
    public var name: String
    public var type: Kind
    public var isRequired: Bool

    /// What it takes.
    public enum Kind: Hashable, Sendable {
      case value(Type)
      /// A row of the resource; for one whose key is an address, the address will do.
      case row(String)
      /// A list of rows of the resource.
      case rows(String)
      /// A list of rows with at least these fields; one that may be null may be missing.
      case table(RecordType)
      /// A record with any of these fields.
      case flags([String])
      /// A record with any fields of this one; null clears.
      case settings(RecordType)
      /// The first of these that fits.
      case oneOf([Kind])
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
  /// What a call asks of the server.
  public var cost = Cost()
  /// What makes a call destroy where the verb alone does not.
  public var destruction: Destruction?
  /// The resource whose row it gives; nil gives nothing.
  public var result: String?
  public var summary: String
  public var example: String

  public init(
    _ name: String, _ subject: Subject, _ parameters: [Parameter] = [], capability: String, effect: Effect = .write,
    destruction: Destruction? = nil, result: String? = nil, summary: String, example: String
  ) {
    self.name = name
    self.subject = subject
    self.parameters = parameters
    self.capability = capability
    self.effect = effect
    self.destruction = destruction
    self.result = result
    self.summary = summary
    self.example = example
  }

  /// What stands behind the name, as the signature writes it.
  var subjectText: String? {
    switch subject {
    case .row(let resource): resource.uppercased()
    case .word(let word): word
    case .value(let type): "\(type)".uppercased()
    case .none: nil
    }
  }

  /// `invite EMAIL type: externalId: groups:`
  public var signature: String {
    ([name, subjectText].compactMap(\.self) + parameters.map { "\($0.name):" }).joined(separator: " ")
  }
}

extension Verb.Parameter.Kind {
  /// The resources of which it is a row.
  var rows: [String] {
    switch self {
    case .row(let resource): [resource]
    case .oneOf(let kinds): kinds.flatMap(\.rows)
    default: []
    }
  }
}
