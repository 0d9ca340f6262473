/// How often one caller may call one path.
struct LimitRule: Hashable, Sendable {
  enum Service: String, Sendable, CaseIterable {
    case api, identity
  }

  /// As `1m`: the contract shows it to callers.
  struct Period: Hashable, Sendable {
    let text: String
    let seconds: Int

    static let second = Period(text: "1s", seconds: 1)
    static let minute = Period(text: "1m", seconds: 60)
  }

  let service: Service
  /// Nil for every method.
  var method: String?
  /// Below the service's base; nil for every path.
  var path: String?
  let limit: Int
  let period: Period

  func applies(to call: LimitedCall) -> Bool {
    call.service == service && (method == nil || method == call.method) && (path == nil || path.map { $0[...] } == call.path)
  }
}

/// The limits of a server. With none of them, nothing is counted.
public struct LimitRules: Hashable, Sendable {
  let rules: [LimitRule]

  public static let none = LimitRules(rules: [])

  /// Those of the cloud (`api.md` 2.7).
  public static let cloud = LimitRules(
    rules: ["POST", "PUT", "DELETE"].flatMap { method in
      [
        LimitRule(service: .api, method: method, limit: 60, period: .minute),
        LimitRule(service: .api, method: method, limit: 5, period: .second),
      ]
    } + [
      LimitRule(service: .api, method: "GET", limit: 200, period: .minute),
      LimitRule(service: .identity, limit: 60, period: .minute),
      LimitRule(service: .identity, limit: 5, period: .second),
      LimitRule(service: .identity, method: "POST", path: "/connect/token", limit: 10, period: .minute),
    ])

  func rules(for call: LimitedCall) -> [LimitRule] { rules.filter { $0.applies(to: call) } }
}

/// What a limit looks at: the service, the method, and the path below the service's base without slashes that do not count and without
/// percent-encoding.
struct LimitedCall {
  let service: LimitRule.Service
  let method: String
  let path: Substring

  /// Nil for a path of neither service.
  init?(method: String, path: String) {
    let path = Self.normalized(EndpointPaths.decoded(path[...]))
    let services: [(base: String, service: LimitRule.Service)] = [(Routes.apiBase, .api), (Routes.identityBase, .identity)]
    guard let (base, service) = services.first(where: { path.hasPrefix($0.base + "/") }) else { return nil }
    self.service = service
    self.method = method
    self.path = path.dropFirst(base.count)
  }

  private static func normalized(_ path: String) -> String {
    var isPlain = true
    var last: UInt8 = 0
    for byte in path.utf8 {
      if byte == UInt8(ascii: "/"), last == byte { isPlain = false }
      last = byte
    }
    if isPlain, last != UInt8(ascii: "/") { return path }
    return "/" + path.split(separator: "/").joined(separator: "/")
  }
}
