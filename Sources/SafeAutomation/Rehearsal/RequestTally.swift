internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// Counts what a rehearsal asks of the twin, and keeps why the organization itself could not be read.
final class RequestTally: Sendable {
  struct State {
    /// In the order of their first.
    var requests: [PlannedRequests] = []
    /// What no call asked for by itself: those requests are with the calls.
    var paths: PlannedPaths = [:]
    var failure: ClientError?
  }

  /// Whom the requests of a task are for.
  @TaskLocal static var call: CallRequests?

  private let state = Mutex(State())

  var counts: State { state.withLock { $0 } }

  func sent(_ endpoint: Endpoint, _ path: String, status: Int) {
    let isDone = (200..<300).contains(status)
    // A list is read once for all who look at it.
    let request = PlannedRequest(endpoint, path: path)
    let call = endpoint.method != .get || endpoint.path.contains("{") ? Self.call : nil
    call?.add(request)
    state.withLock { state in
      if call == nil { state.paths[request, default: 0] += 1 }
      let index = state.requests.firstIndex { $0.endpoint == endpoint } ?? state.requests.endIndex
      if index == state.requests.endIndex { state.requests.append(PlannedRequests(endpoint: endpoint)) }
      state.requests[index].count += 1
      if isDone { state.requests[index].done += 1 }
    }
  }

  /// The first is what ended the rehearsal.
  func failed(_ error: ClientError) { state.withLock { $0.failure = $0.failure ?? error } }
}

extension [PlannedRequests] {
  public var writes: [PlannedRequests] { filter(\.isWrite) }
  /// Requests that only read.
  public var reads: Int { filter { !$0.isWrite }.reduce(0) { $0 + $1.count } }

  /// Puts some more to those of their endpoint, or takes some away.
  mutating func add(_ endpoint: Endpoint, _ count: Int) {
    let index = firstIndex { $0.endpoint == endpoint } ?? endIndex
    if index == endIndex { append(PlannedRequests(endpoint: endpoint)) }
    self[index].count += count
    self[index].done += count
    if self[index].count <= 0 { remove(at: index) }
  }
}

/// How often one endpoint was called.
public struct PlannedRequests: Sendable {
  let endpoint: Endpoint
  public var count = 0
  /// Those that were carried out.
  public var done = 0

  /// What the endpoint is for, as `invite a member`.
  public var summary: String { endpoint.summary }
  public var isWrite: Bool { endpoint.method != .get }
}
