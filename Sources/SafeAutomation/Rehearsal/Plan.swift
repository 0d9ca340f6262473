public import SafeLanguage
public import SecretSafeAPI
internal import SecretSafeClient

/// What a script would do to an organization, as its rehearsal showed it.
public struct Plan: Sendable {
  /// The script.
  public let script: SourceFile
  /// The values that were given for its parameters, by name.
  public let parameters: [(name: String, value: Value)]
  /// The files that it uses.
  public var used: [SourceFile] = []
  /// How the organization is called.
  public var target = ""
  /// Where it is; nil for a sandbox that ends with the process.
  public var organization: RunRecord.Target?
  /// The folder from which its paths are seen.
  public var directory = ""
  /// Whether its calls may be sent together.
  public internal(set) var mode = RunRecord.Mode.planned
  /// Tells it from others: a plan is carried out once.
  public let id = GUID.random().description
  /// When it was rehearsed; the script's `now()`.
  public var moment = Timestamp(microseconds: 0)

  /// Files that it read, and those that it would replace.
  public internal(set) var inputs: [PlannedFile] = []
  public internal(set) var saved: [PlannedFile] = []
  /// What it put out, as text.
  public var output = ""

  /// How it ended, with the calls that would change something.
  public internal(set) var result: RunResult
  /// The rows that would fail.
  public internal(set) var failures: [Report.Failure] = []
  /// Where most of the rows would fail; nil for few rows.
  public internal(set) var worstRows: Breaker.Failures?
  public internal(set) var difference = OrganizationDifference(from: OrganizationSnapshot(), to: OrganizationSnapshot())
  /// By endpoint, as the script says them, with the time that they take.
  public internal(set) var requests: [PlannedRequests] = []
  public internal(set) var time = PlannedTime()
  /// The same as they are sent, merged.
  public internal(set) var merged: [PlannedRequests] = []
  public internal(set) var mergedTime = PlannedTime()

  /// What the changes rest on: see `PlannedBasis`.
  public internal(set) var basis: [PlannedBasis] = []

  /// The lists as they were read.
  var read = OrganizationSnapshot()
  var before = OrganizationSnapshot()
  var after = OrganizationSnapshot()
  var parts: Set<SnapshotPart> = []
  var calls = RehearsedCalls()
  /// The changes that it shows.
  var shown = ShownChanges([])
  /// What may be sent before the script says it, and in what order.
  var schedule = AheadSchedule(CallTree(), [])
  var steps: [AheadSchedule.Step] = []
  /// What the script was told that may be different the next time, the organization's lists as changes.
  var reads: [JournalEntry] = []

  init(script: SourceFile, parameters: [(String, Value)], result: RunResult) {
    self.script = script
    self.result = result
    self.parameters = parameters.map { (name: $0.0, value: $0.1) }
  }

  /// Whether its rehearsal came to the script's end, or to what would end the script. Else it was interrupted, or the organization could not be read.
  public var isWhole: Bool { result.error.map { [.row, .stopped].contains($0.reach) } ?? true }

  /// Whether some of its requests are merged.
  public var isMerged: Bool { steps.contains { $0.merges } }

  /// How many calls change something.
  public var changes: Int { result.calls.reduce(0) { $0 + $1.count } }

  /// How many members, groups and collections go for good.
  public var destroyed: Int { difference.changes.count { $0.action == .removed && $0.kind != .policy } }

  /// Whether its changes leave everything as it is, one undoing another, and nothing else comes of them.
  public var cancelsOut: Bool { changes > 0 && difference.isEmpty && irreversible.isEmpty }

  var readChanges: [OrganizationChange] { reads.compactMap { if case .change(let change) = $0 { change } else { nil } } }
  /// Whether carrying it out may change something: what the twin refused, the organization may not.
  public var mayChange: Bool { calls.calls.contains { $0.changed != false } }

  /// Whether an error ended it before there was anything to show.
  public var cameToNothing: Bool { result.error != nil && !mayChange && saved.isEmpty && failures.isEmpty && result.failedRows == 0 }

  /// What it is too much for, in words; nil where nothing was said against it.
  public func excess(over limits: Guards.Limits) -> String? {
    if let most = limits.maxWrites, changes > most { return "the plan makes \(changes) changes, over --max-writes \(most)" }
    if let share = limits.breaker, let worstRows, worstRows.reach(share) { return "\(worstRows) would fail; --breaker off carries it out all the same" }
    return nil
  }

  /// Lets go of what was needed to show it and to agree to it: of a large plan the difference is larger than both of its sides.
  public mutating func reduceToSending() {
    read = OrganizationSnapshot()
    calls.forgetRequests()
    difference = OrganizationDifference(from: read, to: read)
  }

  /// Lets go of all that is not needed to compare it with what was done.
  public mutating func reduceToComparison() {
    (calls, steps, reads) = (RehearsedCalls(), [], [])
    schedule = AheadSchedule(CallTree(), [])
  }

  /// How often an endpoint was carried out.
  func done(_ endpoint: Endpoint) -> Int { requests.first { $0.endpoint == endpoint }?.done ?? 0 }
}
