internal import FoundationEssentials
public import SecretSafeAPI

/// What is known of a server's limits before its first answer.
public enum PacingPreset: Hashable, Sendable {
  /// Nothing: they are learned.
  case learn
  /// There are none, and none are learned. A 429 is waited for all the same.
  case none
  /// These hold, and what answers show beyond them.
  case rules(LimitRules)

  public static let cloud = PacingPreset.rules(.cloud)

  /// Hosts with limits that are known (`api.md` 1.1, 2.7): headers hide the 5 a second, and no limit of POST shows before a POST.
  static let knownHosts: [String: PacingPreset] = ["api.bitwarden.com": .cloud, "api.bitwarden.eu": .cloud]

  /// What the host's name tells; `learn` for one that is not known.
  public init(host: String) {
    let name = host.prefix { $0 != ":" }.lowercased()
    self = Self.knownHosts[name] ?? .learn
  }

  /// `learn`, `none`, `cloud`, or the path of a file of rules as `safesh serve --limits` takes it.
  public init(named name: String) throws(ClientError) {
    switch name {
    case "learn": self = .learn
    case "none": self = .none
    case "cloud": self = .cloud
    default:
      guard let data = FileManager.default.contents(atPath: name) else {
        throw ClientError(.invalid, "pacing: '\(name)' is neither learn, none nor cloud, and no file that can be read")
      }
      do { self = .rules(try LimitRules(json: Array(data))) } catch { throw ClientError(.invalid, "pacing: \(name): \(error.description)") }
    }
  }

  package func limits(for call: PacedCall) -> [RateLimit] {
    guard case .rules(let rules) = self else { return [] }
    return rules.rules(for: call.service, call.method, call.path[...]).map { RateLimit(count: $0.limit, period: $0.period.seconds) }
  }
}
