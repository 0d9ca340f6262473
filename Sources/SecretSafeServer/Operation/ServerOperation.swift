import HTTPTypes
import Hummingbird
import Logging
import SecretSafeAPI
import SecretSafeStore

/// What stands around the API: who calls, what is logged, counted, limited and broken on purpose. What is off costs a request nothing.
struct ServerOperation: Sendable {
  static let loopback = ["127.0.0.0/8", "::1"].compactMap { try? Network($0) }

  var log: Logger?
  var proxies: [Network] = []
  var limits = LimitRules.none
  var faults: FaultSwitch?
  var metrics: ServerMetrics?
  /// Seconds.
  var tokenLifetime = Store.tokenLifetime
  /// Beside this machine.
  var metricsFrom: [Network] = []

  /// From the outside in: the caller's address, which all others need; log and counts, which see what becomes of a request; limits; faults.
  var middlewares: [any RouterMiddleware<ServerContext>] {
    var middlewares: [any RouterMiddleware<ServerContext>] = []
    if !proxies.isEmpty { middlewares.append(ClientAddress(proxies: proxies)) }
    if log != nil || metrics != nil { middlewares.append(Observation(log: log, metrics: metrics)) }
    if limits != .none { middlewares.append(RateLimits(limits, metrics: metrics)) }
    if let faults { middlewares.append(Faults(faults: faults, metrics: metrics)) }
    return middlewares
  }

  func addRoutes(to router: Router<ServerContext>, store: Store) {
    router.get(RouterPath(OperationPath.health)) { _, _ in Health.answer(store, log) }
    router.refuseOthers(than: [.get], at: OperationPath.health)
    if let metrics {
      let networks = Self.loopback + metricsFrom
      router.get(RouterPath(OperationPath.metrics)) { request, context -> Response in
        guard context.isDirect(request, from: networks) else {
          return .text("only from this machine or a network that --metrics-from names\n", status: .forbidden)
        }
        return .text(metrics.text(store), type: MetricsText.contentType)
      }
      router.refuseOthers(than: [.get], at: OperationPath.metrics)
    }
    if let faults { FaultsResource(faults: faults).add(to: router) }
  }
}

extension Router<ServerContext> {
  /// 405 for other methods, which `KnownPaths` says of the API's paths.
  func refuseOthers(than allowed: [HTTPRequest.Method], at path: String) {
    for method in [HTTPRequest.Method.get, .head, .post, .put, .delete, .patch] where !allowed.contains(method) {
      on(RouterPath(path), method: method) { _, _ -> Response in throw Failure.methodNotAllowed(allowed) }
    }
  }
}

enum OperationPath {
  static let health = "/health"
  static let metrics = "/metrics"
  static let faults = "/faults"
  /// Where no fault may stand in the way: one must be able to look at the server, and to switch them off.
  static let withoutFaults: Set<String> = [health, metrics, faults, Routes.apiBase + "/alive", Routes.identityBase + "/alive"]
}

enum Health {
  /// Whether the store can be read.
  static func answer(_ store: Store, _ log: Logger?) -> Response {
    do {
      _ = try store.organization()
      return .json(Array(#"{"status":"ok"}"#.utf8))
    } catch {
      log?.error("the store cannot be read", metadata: ["error": "\(error)"])
      return .json(Array(#"{"status":"the store cannot be read"}"#.utf8), status: .serviceUnavailable)
    }
  }
}
