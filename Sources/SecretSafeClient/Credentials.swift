/// A client secret. It never prints; what sends it asks for `reveal`.
public struct ClientSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String
  public init(_ text: String) { self.text = text }
  func reveal() -> String { text }
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where an organization is and the key to it.
public struct Credentials: Sendable {
  public static let variables = ["SAFESH_URL", "SAFESH_CLIENT_ID", "SAFESH_CLIENT_SECRET"]

  public var address: ServerAddress
  public var clientID: String
  public var secret: ClientSecret

  public init(address: ServerAddress, clientID: String, secret: ClientSecret) {
    self.address = address
    self.clientID = clientID
    self.secret = secret
  }

  /// Reads `SAFESH_URL`, `SAFESH_CLIENT_ID` and `SAFESH_CLIENT_SECRET`; nil if none of them is set.
  ///
  /// - Throws: `unauthorized` if some are set and others missing, or the URL is none: never a silent fall back to another target.
  public static func fromEnvironment(_ environment: [String: String]) throws(ClientError) -> Credentials? {
    let values = variables.map { environment[$0].flatMap { $0.isEmpty ? nil : $0 } }
    if values.allSatisfy({ $0 == nil }) { return nil }
    guard let url = values[0], let id = values[1], let secret = values[2] else {
      let missing = zip(variables, values).filter { $0.1 == nil }.map(\.0)
      let present = zip(variables, values).filter { $0.1 != nil }.map(\.0)
      throw ClientError(
        .unauthorized,
        "\(missing.joined(separator: " and ")) \(missing.count == 1 ? "is" : "are") missing, while \(present.joined(separator: " and ")) \(present.count == 1 ? "is" : "are") set; set all three, or none of them for the sandbox"
      )
    }
    return Credentials(address: try ServerAddress(url), clientID: id, secret: ClientSecret(secret))
  }
}

/// The two bases of a server (`api.md` 1.1), derived from one URL or given apart.
public struct ServerAddress: Sendable, Hashable {
  public let identity: String
  public let api: String
  /// The host with its port, to name the target by.
  public let host: String

  /// `https://host[:port][/path]`; `/identity` and `/api` are appended.
  public init(_ url: String) throws(ClientError) {
    let base = try Self.base(url)
    identity = base + "/identity"
    api = base + "/api"
    host = try Self.host(of: base)
  }

  /// Bases on hosts of their own.
  public init(identity: String, api: String) throws(ClientError) {
    self.identity = try Self.base(identity)
    self.api = try Self.base(api)
    host = try Self.host(of: self.api)
  }

  private static func base(_ url: String) throws(ClientError) -> String {
    var text = String(url.drop { $0 == " " })
    while text.hasSuffix("/") || text.hasSuffix(" ") { text.removeLast() }
    let lowered = text.lowercased()
    guard lowered.hasPrefix("https://") || lowered.hasPrefix("http://") else {
      throw ClientError(.unauthorized, "'\(shown(url))' is no server URL; it begins with https://")
    }
    if text.utf8.contains(where: { $0 <= 32 || $0 == 127 }) || text.contains("?") || text.contains("#") {
      throw ClientError(.unauthorized, "'\(shown(url))' is no server URL; it has no spaces, '?' or '#'")
    }
    return text
  }

  private static func host(of base: String) throws(ClientError) -> String {
    let rest = base.drop { $0 != ":" }.dropFirst(3)
    let host = String(rest.prefix { $0 != "/" })
    if host.isEmpty { throw ClientError(.unauthorized, "'\(base)' names no host") }
    if host.contains("@") { throw ClientError(.unauthorized, "the server URL holds a user name; the key belongs in SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET") }
    return host
  }

  /// A URL for a message, without what may be a password in it.
  private static func shown(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return url }
    return "…" + url[at...]
  }
}
