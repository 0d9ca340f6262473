/// Everything outside the language: the organization, files, environment, clock, output. The evaluator reaches it here and nowhere else.
///
/// What may be different the next time is asked for with its place, so that a run that is taken up again can be told what it was told before.
public protocol World: Sendable {
  /// The rows of a resource as this run's own writes have left them.
  func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table

  /// The rows that a query asks for, of a resource that is fetched each time. They are exactly those that its arguments and conditions
  /// hold for, so that the limit counts what the script will see.
  func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table

  /// The rows as they are now, whatever was kept.
  func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table

  /// Makes a relation ready: for these rows, or (nil) for every row of its source. In bulk, from the cheaper side.
  func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows

  /// Carries out a write, unless what it asks for is so already.
  func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome

  /// Opens an input file; `-` is standard input.
  func input(_ path: String) throws(RunError) -> InputSource

  /// Replaces a file by what `contents` hands to its sink, whole or not at all; `-` is standard output.
  func save(_ path: String, _ contents: (_ sink: @escaping SaveSink) throws(RunError) -> Void) throws(RunError)

  /// A variable of the environment.
  func environment(_ name: String) -> String?

  /// A variable of the environment that is kept nowhere.
  func secret(_ name: String) -> String?

  /// A new random id.
  func uuid(at site: CallSite) -> String

  /// Microseconds since 1970; stands still during a run.
  var now: Int { get }

  /// True once the person asked to stop.
  var isInterrupted: Bool { get }

  /// Bytes that the process holds; nil where nobody can tell.
  var memoryInUse: Int? { get }

  /// Takes what the script puts out.
  func emit(_ output: Output)

  /// Told of an `each` that writes before its first row, and what each of its rows came to.
  func began(_ each: EachStart)
  func finished(_ row: EachRow)
}

extension World {
  public var memoryInUse: Int? { nil }
  public func secret(_ name: String) -> String? { environment(name) }
  public func began(_ each: EachStart) {}
  public func finished(_ row: EachRow) {}
}

/// Takes a part of what is saved.
public typealias SaveSink = ([UInt8]) throws(RunError) -> Void

/// Answers a relation for rows without waiting.
public protocol RelatedRows: Sendable {
  func rows(of row: Row) throws(RunError) -> Table
}

/// A verb with its arguments, as the script calls it.
public struct VerbCall: Sendable {
  public var verb: Verb
  /// A row, an address, or the value that the verb is about.
  public var subject: Value
  /// By parameter; what the script did not name is not here.
  public var arguments: [String: Value]
  /// Where in the source, and at which turn of the loops around it.
  public var site: CallSite
  private(set) var permitting: @Sendable (Int) throws(RunError) -> Void

  /// - Parameter permitting: counts against the cap of `needs`.
  public init(
    verb: Verb, subject: Value, arguments: [String: Value], site: CallSite, permitting: @escaping @Sendable (Int) throws(RunError) -> Void = { _ in }
  ) {
    (self.verb, self.subject, self.arguments, self.site, self.permitting) = (verb, subject, arguments, site, permitting)
  }

  /// Counts against the cap of `needs`; called before the first request that changes something.
  public func permit(_ count: Int = 1) throws(RunError) { try permitting(count) }

  /// The same call, with somebody who says whether a count is new: a call that is made again counts once.
  public func counting(if isNew: @escaping @Sendable (Int) -> Bool) -> VerbCall {
    var call = self
    call.permitting = { [permitting] count throws(RunError) in if isNew(count) { try permitting(count) } }
    return call
  }
}

extension VerbCall {
  /// The same call, with somebody who may refuse each count before it is made.
  public func guarded(by check: @escaping @Sendable (Int) throws(RunError) -> Void) -> VerbCall {
    var call = self
    call.permitting = { [permitting] count throws(RunError) in
      try check(count)
      try permitting(count)
    }
    return call
  }
}

/// The identity of a call: its place, the calls that led there and the indexes of the loops around it, so that rows may finish in any order.
public struct CallSite: Hashable, Sendable {
  public var span: Span
  /// From the outside: the index of each loop, and the place of each call of a definition.
  public var path: [Int]

  public init(span: Span, path: [Int]) {
    self.span = span
    self.path = path
  }
}

/// The rows that an `each` goes through.
public struct EachStart: Sendable {
  /// That of its rows' calls begins with this path and the row's index.
  public var site: CallSite
  public var rows: Value
  /// Whether a row that fails leaves the others to go on.
  public var rowsAreIndependent: Bool
}

/// What a row of an `each` came to.
public struct EachRow: Sendable {
  public var site: CallSite
  public var index: Int
  public var outcome: EachOutcome
  public var error: RunError?
  public var duration: Duration
}

public struct VerbOutcome: Sendable {
  /// The row that the verb gives, or null.
  public var value: Value
  /// False where it was so already.
  public var changed: Bool

  public init(value: Value, changed: Bool) {
    self.value = value
    self.changed = changed
  }
}

/// What a script puts out.
public enum Output: Sendable {
  /// A line of `print`, for standard output.
  case line(String)
  /// The value of an expression statement, in the output format.
  case value(Value, Type)
  /// Numbers of a table or list to look at; the value itself where the output format is one for data.
  case chart(Value)
  case report(Report)
  /// A message for standard error.
  case warning(String)
  /// A file was written, for whoever sits before it; with how many rows, where it is rows.
  case saved(path: String, rows: Int?)
  case progress(EachProgress)
}

/// How far an `each` has come.
public struct EachProgress: Sendable {
  public var done: Int
  public var failed: Int
  public var total: Int
  public var isFinished: Bool
  /// What is counted.
  public var unit = "rows"
  /// The rows that failed, told once it is finished.
  public var failures: [Report.Failure] = []

  public init(done: Int, failed: Int, total: Int, isFinished: Bool) {
    (self.done, self.failed, self.total, self.isFinished) = (done, failed, total, isFinished)
  }
}

/// What became of a row of `each`.
public enum EachOutcome: Int, Sendable, CaseIterable {
  case ok, unchanged, failed, unknown, notRun

  public var label: String { self == .notRun ? "not run" : "\(self)" }
}

/// The result of an `each`, counted.
public struct Report: Sendable {
  public struct Failure: Sendable {
    /// As `hires.csv:17`, or how people call the row.
    public var place: String
    public var outcome: EachOutcome
    public var reason: String
  }

  public var counts: [EachOutcome: Int] = [:]
  /// Calls that changed something, in the order of their first.
  public var calls: [(verb: String, count: Int)] = []
  public var failures: [Failure] = []
  /// Set where the run ended before every row was done.
  public var isPartial = false

  public init() {}

  public subscript(outcome: EachOutcome) -> Int { counts[outcome] ?? 0 }
}
