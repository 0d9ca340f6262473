internal import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// A call of a verb as a rehearsal saw it.
struct RehearsedCall: Sendable {
  let key: CallKey
  let call: VerbCall
  /// What the twin answered; its ids of new objects are those of no organization.
  let outcome: Result<VerbResult, RunError>
  /// What it asked for of single objects. The lists that it looks at are those of all calls.
  let requests: [PlannedRequest]

  var result: VerbResult? { try? outcome.get() }
}

/// One request of a rehearsal.
struct PlannedRequest: Sendable {
  let endpoint: Endpoint
  /// Below the API's base.
  let path: String
}

/// Collects the requests of one call.
final class CallRequests: Sendable {
  private let state = Mutex<[PlannedRequest]>([])

  var all: [PlannedRequest] { state.withLock { $0 } }

  func add(_ request: PlannedRequest) { state.withLock { $0.append(request) } }
}

/// Everything that a script did in its rehearsal, in an order in which nothing stands before what it had to wait for.
struct RehearsedCalls: Sendable {
  var calls: [RehearsedCall] = []
  var order = CallTree()
  /// It looked at a list afresh: what is sent ahead of its turn would be seen too early.
  var refreshes = false
}

/// The changes that a plan shows.
struct ShownChanges: Sendable {
  /// Calls that change something.
  private let changing: Set<CallKey>
  /// Calls that were so already.
  private let unchanged: Set<CallKey>
  /// What changes something. Of several rows that say the same any may come first.
  private let words: Set<CallWords>

  init(_ calls: [RehearsedCall]) {
    let changing = calls.filter { $0.result?.changed == true }
    self.changing = Set(changing.map(\.key))
    unchanged = Set(calls.filter { $0.result?.changed == false }.map(\.key))
    words = Set(changing.map { CallWords($0.call) })
  }

  func has(_ key: CallKey, _ words: CallWords) -> Bool { changing.contains(key) || unchanged.contains(key) && self.words.contains(words) }
}
