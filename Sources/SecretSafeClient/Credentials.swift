/// A client secret, known or to be asked for. It never prints; what sends it asks for `reveal`.
public struct ClientSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private enum Origin: Sendable {
    case text(String)
    case source(Asked)
  }

  private let origin: Origin
  /// What stands for the secret where a token is kept: the secret itself, or the place that it comes from.
  let mark: String

  public init(_ text: String) {
    origin = .text(text)
    mark = text
  }

  /// A secret that costs something to get, a question or a command: it is got at the first token request, and kept in memory.
  ///
  /// - Parameter place: names where it comes from. A token of the same place is used without asking for the secret.
  public init(from place: String, _ obtain: @escaping @Sendable () async throws(ClientError) -> String) {
    origin = .source(Asked(obtain))
    mark = place
  }

  func reveal() async throws(ClientError) -> String {
    switch origin {
    case .text(let text): text
    case .source(let asked): try await asked.text()
    }
  }

  /// The server did not take it, so whoever gave it is asked again.
  func forget() async { if case .source(let asked) = origin { await asked.forget() } }

  private actor Asked {
    private let obtain: @Sendable () async throws(ClientError) -> String
    private var known: String?

    init(_ obtain: @escaping @Sendable () async throws(ClientError) -> String) { self.obtain = obtain }

    func text() async throws(ClientError) -> String {
      if let known { return known }
      let text = try await obtain()
      known = text
      return text
    }

    func forget() { known = nil }
  }

  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where an organization is and the key to it.
public struct Credentials: Sendable {
  public static let variables = ["SAFESH_URL", "SAFESH_CLIENT_ID", "SAFESH_CLIENT_SECRET"]
  /// Where the bases stand apart: the identity service, while `SAFESH_URL` is the API.
  public static let identityVariable = "SAFESH_IDENTITY_URL"

  public var address: ServerAddress
  public var clientID: String
  public var secret: ClientSecret

  public init(address: ServerAddress, clientID: String, secret: ClientSecret) {
    self.address = address
    self.clientID = clientID
    self.secret = secret
  }

  /// Whether the key may do less than everything: `organization.<guid>.<key guid>`.
  var isScoped: Bool { clientID.split(separator: ".").count == 3 }

  /// Reads `SAFESH_URL`, `SAFESH_CLIENT_ID` and `SAFESH_CLIENT_SECRET`; nil if none of them is there. One that is empty is missing.
  ///
  /// - Throws: `unauthorized` if some are set and others missing, or the URL is none: never a silent fall back to another target.
  public static func fromEnvironment(_ environment: [String: String]) throws(ClientError) -> Credentials? {
    let values = variables.map { environment[$0].flatMap { $0.isEmpty ? nil : $0 } }
    if variables.allSatisfy({ environment[$0] == nil }) { return nil }
    guard let url = values[0], let id = values[1], let secret = values[2] else {
      let missing = zip(variables, values).filter { $0.1 == nil }.map(\.0)
      let present = zip(variables, values).filter { $0.1 != nil }.map(\.0)
      if present.isEmpty {
        throw ClientError(.unauthorized, "\(missing.joined(separator: " and ")) are empty; give them values, or unset them for a profile or the sandbox")
      }
      throw ClientError(
        .unauthorized,
        "\(missing.joined(separator: " and ")) \(missing.count == 1 ? "is" : "are") missing, while \(present.joined(separator: " and ")) \(present.count == 1 ? "is" : "are") set; set all three, let a profile hold the rest, or set none of them for the sandbox"
      )
    }
    try check(clientID: id)
    let identity = environment[identityVariable].flatMap { $0.isEmpty ? nil : $0 }
    let address = if let identity { try ServerAddress(identity: identity, api: url) } else { try ServerAddress(url) }
    return Credentials(address: address, clientID: id, secret: ClientSecret(secret))
  }

  /// - Throws: `unauthorized` for a key of a kind that this API does not take.
  public static func check(clientID id: String) throws(ClientError) {
    if id.hasPrefix("user.") {
      throw ClientError(.unauthorized, "the client id is a person's key; take the organization's, which begins with organization.")
    }
  }
}

/// The two bases of a server (`api.md` 1.1), derived from one URL or given apart.
public struct ServerAddress: Sendable, Hashable {
  public let identity: String
  public let api: String
  /// The host with its port, to name the target by.
  public let host: String

  /// `https://host[:port][/path]`; `/identity` and `/api` are appended. Hosts of the cloud have bases of their own.
  public init(_ url: String) throws(ClientError) {
    let base = try Self.base(url)
    if let region = CloudRegion(host: try Self.host(of: base)) {
      self = try ServerAddress(region)
      return
    }
    identity = base + "/identity"
    api = base + "/api"
    host = try Self.host(of: base)
  }

  public init(_ region: CloudRegion) throws(ClientError) {
    try self.init(identity: "https://identity.\(region.domain)", api: "https://api.\(region.domain)")
  }

  /// Bases on hosts of their own.
  public init(identity: String, api: String) throws(ClientError) {
    self.identity = try Self.base(identity)
    self.api = try Self.base(api)
    host = try Self.host(of: self.api)
  }

  /// The URL without spaces around it and slashes at its end, if it is one.
  private static func base(_ url: String) throws(ClientError) -> String {
    var text = url[...]
    while let last = text.last, last == "/" || last.isWhitespace { text.removeLast() }
    text = text.drop(while: \.isWhitespace)
    let scheme = text.prefix { $0 != ":" }.lowercased()
    guard (scheme == "https" || scheme == "http"), text.dropFirst(scheme.count).hasPrefix("://") else {
      throw ClientError(.unauthorized, "'\(shown(url))' is no server URL; it begins with https://")
    }
    if text.utf8.contains(where: { $0 <= 32 || $0 >= 127 || "?#\\\"<>%".utf8.contains($0) }) {
      throw ClientError(.unauthorized, "'\(shown(url))' is no server URL; it holds only letters, digits, '-', '.', ':' and '/'")
    }
    return scheme + text.dropFirst(scheme.count)
  }

  /// `host[:port]`, checked.
  private static func host(of base: String) throws(ClientError) -> String {
    let authority = base.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
    if authority.contains("@") {
      throw ClientError(.unauthorized, "the server URL holds a user name; the key belongs in SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET")
    }
    // An IPv6 address has colons of its own, in brackets.
    let afterAddress = authority.lastIndex(of: "]").map { authority[$0...].dropFirst() } ?? authority.drop { $0 != ":" }
    let name = authority.prefix(authority.count - afterAddress.count)
    if name.isEmpty { throw ClientError(.unauthorized, "'\(base)' names no host") }
    let port = afterAddress.isEmpty ? 443 : afterAddress.first == ":" ? Int(afterAddress.dropFirst()) : nil
    guard let port, (1...65_535).contains(port) else {
      throw ClientError(.unauthorized, "'\(base)' has no valid port; ports are 1 to 65535")
    }
    return String(authority)
  }

  /// A URL for a message, without what may be a password in it.
  private static func shown(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return url }
    return "…" + url[at...]
  }
}
