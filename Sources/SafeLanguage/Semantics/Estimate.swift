/// What a script will do at most, found without running it. Requests are those of a run without failures: a repeated one is not counted,
/// nor is signing in.
public struct Estimate: Sendable {
  /// A resource that is read, or a file.
  public struct Read: Hashable, Sendable {
    public var name: String
    /// Comes in pages, and nobody knows how many.
    public var isLarge = false
  }

  /// A capability with its cap.
  public struct Write: Hashable, Sendable {
    public var capability: String
    public var cap: Int
    /// How often it is called.
    public var calls: Formula
    /// Whether it takes something away for good.
    public var destroys: Bool
    /// The arguments that its calls name.
    public var arguments: Set<String> = []
  }

  public var requests = Formula()
  public var writes: [Write] = []
  public var reads: [Read] = []
  public var files: [Read] = []
}

/// A number that hangs on how long lists are: `2 + 1 for each row of hires.csv + at most 3 for each part of h.teams`.
public struct Formula: Hashable, Sendable {
  /// A part of the sum: so many requests for each of so many rows.
  public struct Term: Hashable, Sendable {
    public var count: Int
    /// Whether it may be less: it stands behind a condition, or some of it was done already.
    public var isBound: Bool
    public var each: [Repetition]
  }

  /// The most terms that are told apart: what more there is no one would read.
  public static let maximumTerms = 24

  public private(set) var terms: [Term] = []
  /// Whether there is more than the terms say.
  public private(set) var isTruncated = false

  public init() {}

  /// Adds to the term with the same repetitions.
  mutating func add(_ count: Int, isBound: Bool = false, each: [Repetition] = []) {
    guard count > 0 else { return }
    if let index = terms.firstIndex(where: { $0.isBound == isBound && $0.each == each }) {
      let (sum, overflow) = terms[index].count.addingReportingOverflow(count)
      terms[index].count = overflow ? .max : sum
    } else if terms.count < Self.maximumTerms {
      terms.append(Term(count: count, isBound: isBound, each: each))
    } else {
      isTruncated = true
    }
  }

  mutating func add(_ other: Formula, _ change: (Term) -> Term) {
    for term in other.terms.map(change) { add(term.count, isBound: term.isBound, each: term.each) }
    isTruncated = isTruncated || other.isTruncated
  }

  /// The number for lists of these lengths, and whether it is exactly that or at most.
  public func value(_ length: (Repetition) -> Int) -> (count: Int, isExact: Bool) {
    var sum = 0
    for term in terms {
      var product = term.count
      for repetition in term.each {
        let (result, overflow) = product.multipliedReportingOverflow(by: length(repetition))
        product = overflow ? .max : result
      }
      let (result, overflow) = sum.addingReportingOverflow(product)
      sum = overflow ? .max : result
    }
    return (sum, !isTruncated && terms.allSatisfy { !$0.isBound })
  }

  mutating func truncate() { isTruncated = true }

  private func ordered() -> [Term] {
    let first = terms.filter { $0.each.isEmpty }.sorted { !$0.isBound && $1.isBound }
    return first + terms.filter { !$0.each.isEmpty }
  }
}

/// What something is done for each of.
public indirect enum Repetition: Hashable, Sendable {
  case row(file: String)
  /// A row of a resource, in the singular.
  case resource(String)
  /// `part of h.teams`: of all of them together, however many rows there are.
  case element(String, of: String)
  /// So many rows of a resource make a request.
  case page(resource: String, size: Int)
  /// The shorter of two lists.
  case fewer(Repetition, Repetition)
  /// A list that a `def` is given, until it is known which.
  case argument(Int)

  var isBulk: Bool {
    if case .fewer = self { return true }
    return false
  }
}

extension Repetition: CustomStringConvertible {
  public var description: String {
    switch self {
    case .row(let file): "row of \(file)"
    case .resource(let name): name
    case .element(let noun, let list): list.isEmpty ? noun : "\(noun) of \(list)"
    case .page(let resource, let size): "\(size) \(resource)"
    case .fewer(let one, let other): "\(one) or \(other), whichever are fewer"
    case .argument: "element"
    }
  }
}

extension Formula.Term: CustomStringConvertible {
  public var description: String {
    let number = (isBound ? "at most " : "") + (count == .max ? "very many" : "\(count)")
    guard let first = each.first else { return number }
    return each.dropFirst().reduce("\(number) for each \(first)") { text, repetition in "\(text) and each \(repetition)" }
  }
}

extension Formula: CustomStringConvertible {
  public var description: String {
    if terms.isEmpty { return "none" }
    return ordered().map(\.description).joined(separator: " + ") + (isTruncated ? " + more" : "")
  }
}

extension Estimate {
  /// Whether it makes one change at most, of one thing.
  public func isOneChange(in schema: Schema) -> Bool {
    let calls = writes.filter { !$0.calls.terms.isEmpty || $0.calls.isTruncated }
    guard calls.count == 1, let write = calls.first, write.calls.terms.count == 1, !write.calls.isTruncated, let term = write.calls.terms.first else { return false }
    // What is about nothing by itself brings a list of what it changes.
    let isOfOne = schema.verbs.contains { $0.capability == write.capability && $0.subject != .none }
    return isOfOne && term.count == 1 && term.each.isEmpty
  }
}

extension Estimate {
  /// Lines for a person, with what they are about in front.
  public var lines: [(label: String, text: String)] {
    func caps(_ writes: [Write]) -> String { writes.map { "\($0.capability) <= \($0.cap)" }.joined(separator: ", ") }
    func names(_ reads: [Read]) -> String { reads.map { $0.isLarge ? "\($0.name) (could be large)" : $0.name }.joined(separator: ", ") }
    let read = [names(reads), names(files)].filter { !$0.isEmpty }.joined(separator: "; ")
    let lines = [
      ("writes", caps(writes.filter { !$0.destroys })), ("destroys", caps(writes.filter(\.destroys))),
      ("requests", requests.terms.isEmpty ? "" : requests.description), ("reads", read),
    ]
    return lines.filter { !$0.1.isEmpty }.map { (label: $0.0, text: $0.1) }
  }

  /// The same as data.
  public var value: Value {
    func record(_ fields: [(String, Type, Value)]) -> Value { .record(Row(RecordType(fields.map { Field($0.0, $0.1) }), fields.map(\.2))) }
    func formula(_ formula: Formula) -> Value {
      let terms = formula.terms.map { term in
        record([
          ("count", .int, .int(term.count)), ("atMost", .bool, .bool(term.isBound)),
          ("forEach", .list(.text), .list(term.each.map { .text($0.description) })),
        ])
      }
      return record([("text", .text, .text(formula.description)), ("terms", .list(.unknown), .list(terms))])
    }
    func names(_ reads: [Read]) -> Value {
      .list(reads.map { record([("name", .text, .text($0.name)), ("couldBeLarge", .bool, .bool($0.isLarge))]) })
    }
    let writes = writes.map { write in
      record([
        ("capability", .text, .text(write.capability)), ("cap", .int, .int(write.cap)), ("destroys", .bool, .bool(write.destroys)),
        ("calls", .unknown, formula(write.calls)),
      ])
    }
    return record([
      ("writes", .list(.unknown), .list(writes)), ("requests", .unknown, formula(requests)), ("reads", .list(.unknown), names(reads)),
      ("files", .list(.unknown), names(files)),
    ])
  }
}
