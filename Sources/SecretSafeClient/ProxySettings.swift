internal import Glibc

/// A proxy, as a variable of the environment names it.
public struct Proxy: Sendable, Hashable, CustomStringConvertible {
  enum Kind: Sendable { case http, socks }

  let kind: Kind
  public let host: String
  public let port: Int
  let login: Login?

  struct Login: Sendable, Hashable {
    var user: String
    var password: String
  }

  /// The port where the URL has none; curl's.
  static let defaultPort = 1080

  /// Where it is, without the login.
  public var description: String { "\(kind == .http ? "http" : "socks5")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// `[scheme://][user:password@]host[:port]`
  init(_ text: String, variable: String) throws(ClientError) {
    func failure(_ what: String) -> ClientError {
      ClientError(.unreachable, "the proxy of \(variable) \(what); it is written as http://proxy.example.net:3128")
    }
    var rest = text[...]
    var scheme = "http"
    if let end = rest.firstRange(of: "://") {
      scheme = rest[..<end.lowerBound].lowercased()
      rest = rest[end.upperBound...]
    }
    switch scheme {
    case "http": kind = .http
    case "socks5", "socks5h": kind = .socks
    case "https": throw failure("is spoken to over TLS, which is not done here")
    default: throw failure("is of an unknown kind, '\(scheme)'")
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var login: Login?
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      login = Login(user: Self.decoded(parts[0]), password: parts.count > 1 ? Self.decoded(parts[1]) : "")
      rest = rest[rest.index(after: at)...]
    }
    if kind == .socks, login != nil { throw failure("is SOCKS with a login, which is not done here") }
    self.login = login
    let parts = HostAndPort(rest)
    guard let parts, !parts.host.isEmpty else { throw failure("names no host and port") }
    host = parts.host
    port = parts.port ?? Self.defaultPort
  }

  /// Percent-encoded bytes as what they stand for.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
        let low = rest.dropFirst().first.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
      {
        bytes.append(UInt8(high * 16 + low))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// `host`, `host:port`, `[address]:port`; the host comes without brackets.
struct HostAndPort {
  let host: String
  let port: Int?

  init?(_ text: Substring) {
    var rest = text
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
    } else {
      host = String(rest.prefix { $0 != ":" })
      rest = rest.dropFirst(host.count)
    }
    if rest.isEmpty {
      port = nil
    } else {
      guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65_535).contains(number) else { return nil }
      port = number
    }
  }

  /// Of a URL that was checked.
  init?(url: String) { self.init(url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }) }
}

/// Which proxy a request goes through, by the variables that curl knows and as curl reads them.
public struct ProxySettings: Sendable {
  private let environment: [String: String]

  /// No proxy, whatever the environment says.
  public static let none = ProxySettings(environment: [:])

  public init(environment: [String: String]) {
    self.environment = environment.filter { Self.variables.contains($0.key) && !$0.value.isEmpty }
  }

  /// `HTTP_PROXY` is none of them: a CGI script gets it from whoever sends a header `Proxy`.
  private static let variables: Set<String> = [
    "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
  ]

  /// The proxy for a URL; nil goes straight.
  public func proxy(for url: String) throws(ClientError) -> Proxy? {
    guard let variable = variable(for: url), let text = environment[variable] else { return nil }
    if let host = HostAndPort(url: url)?.host, isExcepted(host) { return nil }
    return try Proxy(text, variable: variable)
  }

  /// The variable that says so, be the host excepted or not.
  public func variable(for url: String) -> String? {
    let own = url.hasPrefix("https:") ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    return (own + ["all_proxy", "ALL_PROXY"]).first { environment[$0] != nil }
  }

  /// Whether `NO_PROXY` has a host: `*`, the host, a domain above it, an address, or a network that an address is in.
  func isExcepted(_ host: String) -> Bool {
    guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
    if list == "*" { return true }
    let host = host.hasSuffix(".") ? String(host.dropLast()).lowercased() : host.lowercased()
    let address = Self.address(host)
    return list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }).contains { entry in
      if let address { return Self.contains(entry, address) }
      var domain = entry.lowercased()[...]
      if domain.first == "." { domain = domain.dropFirst() }
      if domain.last == "." { domain = domain.dropLast() }
      return !domain.isEmpty && (host == domain || host.hasSuffix("." + domain))
    }
  }

  private static func contains(_ entry: Substring, _ address: [UInt8]) -> Bool {
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let network = Self.address(parts[0].filter { $0 != "[" && $0 != "]" }), network.count == address.count else { return false }
    guard parts.count == 2 else { return network == address }
    guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits) else { return false }
    return (0..<bits).allSatisfy { bit in
      let difference: UInt8 = network[bit / 8] ^ address[bit / 8]
      return difference & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  /// The bytes of an address; nil for a name.
  static func address(_ text: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if inet_pton(family, text, &bytes) == 1 { return bytes }
    }
    return nil
  }
}
