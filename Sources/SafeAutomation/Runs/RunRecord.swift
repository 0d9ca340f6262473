public import SecretSafeAPI

/// What `run.json` holds of a run: all that is needed to take it up again or to tell of it, but for its journal, inputs and rows. It holds no secret.
public struct RunRecord: Hashable, Sendable {
  /// That of the format. A file of another one is refused, not guessed at.
  public static let version = 1

  /// Rows that failed and are told by `safesh runs show`; all are in the ledger.
  public static let keptFailures = 100

  /// How calls are sent: as they are written, or as a plan shows them, merged or not. An `entry` of the prompt is sent either way; it hangs on what
  /// variables held there, so it is not taken up.
  public enum Mode: String, Sendable, CaseIterable { case direct, planned, unmerged, entry }

  public enum State: String, Sendable, CaseIterable { case rehearsing, carryingOut, finished }

  /// A script or what it uses.
  public struct File: Hashable, Sendable {
    /// As it was given.
    public var path: String
    public var text: String

    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// A parameter as the command line has it; of a list there are several with one name.
  public struct Parameter: Hashable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The organization that the run is for. A run that is taken up with another one is refused.
  public struct Target: Hashable, Sendable {
    /// As messages name it.
    public var name: String
    /// The API's base, or the file of a sandbox behind `file:`.
    public var address: String?
    public var clientID: String?

    /// The profile that was chosen, if it was one.
    public var profile: String?

    /// Before the path of a sandbox's file in `address`.
    public static let filePrefix = "file:"

    public init(name: String, address: String? = nil, clientID: String? = nil, profile: String? = nil) {
      self.name = name
      self.address = address
      self.clientID = clientID
      self.profile = profile
    }

    /// The same organization on the same server, however it was chosen.
    public func isSame(as other: Target) -> Bool { address == other.address && clientID == other.clientID }

    /// The file of a sandbox.
    public var sandboxFile: String? {
      guard let address, address.hasPrefix(Self.filePrefix) else { return nil }
      return String(address.dropFirst(Self.filePrefix.count))
    }
  }

  public struct Calls: Hashable, Sendable {
    public var verb: String
    public var count: Int

    public init(verb: String, count: Int) {
      self.verb = verb
      self.count = count
    }
  }

  public struct Failure: Hashable, Sendable {
    /// As `hires.csv:17`.
    public var place: String
    public var status: LedgerStatus
    public var reason: String

    public init(place: String, status: LedgerStatus, reason: String) {
      self.place = place
      self.status = status
      self.reason = reason
    }
  }

  public var id: RunID
  public var created: Timestamp
  public var script: File
  public var uses: [File] = []
  /// Without those that are secret.
  public var parameters: [Parameter] = []
  public var target: Target
  public var mode: Mode
  /// The plan's own name, of a run that `safesh apply` began.
  public var plan: String?
  public var state: State
  /// Where it was begun: the folder from which its paths are seen.
  public var directory = ""
  /// When it finished, and with what status.
  public var ended: Timestamp?
  public var exitStatus: Int?
  public var counts: [LedgerStatus: Int] = [:]
  /// Calls that changed something, in the order of their first.
  public var calls: [Calls] = []
  /// The first rows that failed or are unknown.
  public var failures: [Failure] = []

  /// A run that begins now.
  public init(created: Timestamp, script: File, target: Target, mode: Mode, state: State = .rehearsing) {
    var generator = SystemRandomNumberGenerator()
    id = RunID(at: created, using: &generator)
    self.created = created
    self.script = script
    self.target = target
    self.mode = mode
    self.state = state
  }

  /// Notes how it ended.
  public mutating func finish(at moment: Timestamp, exitStatus: Int, ledger: Ledger, calls: [Calls]) {
    state = .finished
    ended = moment
    self.exitStatus = exitStatus
    self.calls = calls
    note(ledger)
  }

  /// Notes how far the rows have come.
  public mutating func note(_ ledger: Ledger) {
    counts = ledger.counts
    failures = ledger.failures.prefix(Self.keptFailures).map { Failure(place: $0.place, status: $0.status, reason: $0.reason) }
  }
}
