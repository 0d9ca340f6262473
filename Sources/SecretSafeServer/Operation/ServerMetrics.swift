import CoreMetrics
import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Synchronization

/// What a server counts of itself, for `GET /metrics`.
public final class ServerMetrics: Sendable {
  private static let requestsName = "safesh_http_requests_total"
  private static let durationName = "safesh_http_request_duration_seconds"
  private static let help = [
    requestsName: "Requests that were answered.",
    durationName: "Time from a request's head to its answer.",
    "safesh_http_requests_in_flight": "Requests that wait for their answer.",
    "safesh_http_requests_limited_total": "Requests refused by the limits.",
    "safesh_faults_total": "Faults made on purpose.",
  ]
  /// Others are counted together, since a caller may invent as many as he likes.
  private static let methods: Set<HTTPRequest.Method> = [.get, .post, .put, .delete, .head, .options, .patch]

  let limited: Counter
  private let inFlight: Meter
  /// Two changes for each request: kept apart from the meter, and shown to it when somebody asks.
  private let running = Atomic<Int>(0)

  private let registry = MetricsRegistry()
  private let started = Timestamp.now()
  private let requests = Mutex<[Request: Series]>([:])

  private struct Request: Hashable {
    let method: String
    let endpoint: String
    let status: Int
  }

  /// What a request is counted in, found together.
  private struct Series {
    let counter: Counter
    let timer: Timer
  }

  public init() {
    inFlight = Meter(label: "safesh_http_requests_in_flight", factory: registry)
    limited = Counter(label: "safesh_http_requests_limited_total", factory: registry)
  }

  /// Makes what libraries count appear as well. Once in a process, by whoever owns it.
  public func bootstrap() { MetricsSystem.bootstrap(registry) }

  func begin() { running.add(1, ordering: .relaxed) }
  func end() { running.subtract(1, ordering: .relaxed) }

  /// `endpoint` is the route's template, never the path of a request.
  func count(method: HTTPRequest.Method, endpoint: String?, status: Int, _ duration: Duration) {
    let method = Self.methods.contains(method) ? method.rawValue : "other"
    // "NotFound" is how the router calls a path that it does not know.
    let endpoint = endpoint.flatMap { $0 == "NotFound" ? nil : $0 } ?? "other"
    let series = requests.withLock { [registry] known in
      let request = Request(method: method, endpoint: endpoint, status: status)
      if let series = known[request] { return series }
      let labels = [("method", method), ("endpoint", endpoint), ("status", String(status))]
      let series = Series(
        counter: Counter(label: Self.requestsName, dimensions: labels, factory: registry),
        timer: Timer(label: Self.durationName, dimensions: [("endpoint", endpoint)], factory: registry))
      known[request] = series
      return series
    }
    series.counter.increment()
    series.timer.recordNanoseconds(duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000)
  }

  func countFault(_ kind: String) { Counter(label: "safesh_faults_total", dimensions: [("kind", kind)], factory: registry).increment() }

  func text(_ store: Store) -> String {
    var text = MetricsText()
    inFlight.set(running.load(ordering: .relaxed))
    text.add(registry, help: Self.help)
    let counts = store.counts
    text.family("safesh_store_commits_total", "counter", "Transactions on disk.")
    text.sample("safesh_store_commits_total", [], String(counts.commits))
    text.family("safesh_store_changes_total", "counter", "Changes in them.")
    text.sample("safesh_store_changes_total", [], String(counts.changes))
    text.family("process_start_time_seconds", "gauge", "When the server started, in seconds since 1970.")
    text.sample("process_start_time_seconds", [], "\(Double(started.microseconds) / 1e6)")
    return text.text
  }
}
