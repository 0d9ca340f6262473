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
  private var changing: Set<CallDigest> = []
  /// Calls that were so already, and of which another says the same and changes something: of such rows any may come first.
  private var unchanged: Set<CallDigest> = []

  init(_ calls: [RehearsedCall]) {
    var same: [Int: [CallDigest]] = [:]
    for call in calls where call.result?.changed == false { same[CallWords(call.call).checksum, default: []].append(CallDigest(call.key)) }
    for call in calls where call.result?.changed == true {
      changing.insert(CallDigest(call.key))
      if !same.isEmpty { unchanged.formUnion(same[CallWords(call.call).checksum] ?? []) }
    }
  }

  func has(_ key: CallKey) -> Bool {
    let digest = CallDigest(key)
    return changing.contains(digest) || unchanged.contains(digest)
  }
}
