/// How often one caller may call one path (`api.md` 2.7). The server counts by it, the client keeps to it.
public struct LimitRule: Hashable, Sendable {
  public enum Service: String, Sendable, CaseIterable {
    case api, identity
  }

  /// As `1m`: the contract shows it to callers.
  public struct Period: Hashable, Sendable {
    public let text: String
    public let seconds: Int

    public static let second = Period(text: "1s", seconds: 1)
    public static let minute = Period(text: "1m", seconds: 60)

    init(text: String, seconds: Int) { (self.text, self.seconds) = (text, seconds) }
  }

  public let service: Service
  /// Nil for every method.
  public var method: String?
  /// Below the service's base; nil for every path.
  public var path: String?
  public let limit: Int
  public let period: Period

  func applies(to service: Service, _ method: String, _ path: Substring) -> Bool {
    service == self.service && (self.method == nil || self.method == method) && (self.path == nil || self.path.map { $0[...] } == path)
  }
}

/// The limits of a server. With none of them, nothing is counted.
public struct LimitRules: Hashable, Sendable {
  public let rules: [LimitRule]

  public static let none = LimitRules(rules: [])

  /// Those of the cloud.
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

  /// Those that hold at once for a method and a path below the service's base.
  public func rules(for service: LimitRule.Service, _ method: String, _ path: Substring) -> [LimitRule] {
    rules.filter { $0.applies(to: service, method, path) }
  }
}
