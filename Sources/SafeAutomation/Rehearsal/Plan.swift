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
  public internal(set) var difference = OrganizationDifference(from: OrganizationSnapshot(), to: OrganizationSnapshot())
  /// By endpoint, as the script says them: nothing is merged.
  public internal(set) var requests: [PlannedRequests] = []
  public internal(set) var time = PlannedTime()

  /// What the changes rest on: see `PlannedBasis`.
  public internal(set) var basis: [PlannedBasis] = []

  var before = OrganizationSnapshot()
  var after = OrganizationSnapshot()
  var parts: Set<SnapshotPart> = []

  init(script: SourceFile, parameters: [(String, Value)], result: RunResult) {
    self.script = script
    self.result = result
    self.parameters = parameters.map { (name: $0.0, value: $0.1) }
  }

  public var writes: [PlannedRequests] { requests.filter(\.isWrite) }
  public var reads: Int { requests.filter { !$0.isWrite }.reduce(0) { $0 + $1.count } }

  /// How often an endpoint was carried out.
  func done(_ endpoint: Endpoint) -> Int { requests.first { $0.endpoint == endpoint }?.done ?? 0 }
}
