internal import Foundation
internal import SecretSafeClient

/// The way to a server and its two bases, looked at once.
struct Visit {
  let address: ServerAddress
  let probe: Probe
  let proxies: ProxySettings
  /// What is wrong with the clocks, once there was an answer.
  private(set) var clock: Finding?

  /// A base behind which the certificate ends so soon is worth a word.
  private static let soon = 14 * 86_400
  /// How often a limit is waited for, and for how many seconds at most.
  private static let (mostTries, longestWait) = (3, 5)
  /// Seconds that clocks may differ.
  private static let clockTolerance = 60

  init(address: ServerAddress, probe: Probe, proxies: ProxySettings) {
    (self.address, self.probe, self.proxies) = (address, probe, proxies)
  }

  private typealias Way = (host: String, port: Int, proxy: Proxy?)

  /// One for each host, in the order of the bases.
  private func ways() throws(ClientError) -> [Way] {
    var ways: [Way] = []
    for url in [address.identity, address.api] {
      guard let way = try probe.way(to: url) else { continue }
      if !ways.contains(where: { $0.host == way.host && $0.port == way.port }) { ways.append(way) }
    }
    return ways
  }

  // MARK: proxy, name, connection

  func way() async -> [Finding] {
    let ways: [Way]
    do { ways = try self.ways() } catch { return [.failed(.proxy, error.message, "correct the variable, or unset it")] }
    let name = await name(ways)
    if name.state == .failed { return [proxy(ways), name] }
    return [proxy(ways), name, await connection(ways)]
  }

  private func proxy(_ ways: [Way]) -> Finding {
    let variable = proxies.variable(for: address.api)
    guard let proxy = ways.compactMap(\.proxy).first else {
      return .ok(.proxy, variable.map { "none: NO_PROXY excepts the server from \($0)" } ?? "none")
    }
    return .ok(.proxy, "\(proxy)" + (variable.map { ", by \($0)" } ?? "") + (ways.contains { $0.proxy == nil } ? ", for one of the two bases" : ""))
  }

  private func name(_ ways: [Way]) async -> Finding {
    var known: [String] = []
    for way in ways {
      let addresses = await Probe.addresses(of: way.host)
      if addresses.isEmpty {
        let hint = way.proxy == nil ? "look for a typing error in the URL, and whether this machine's DNS knows the name" : "correct the variable of the proxy"
        return .failed(.name, "the host '\(way.host)'\(way.proxy == nil ? "" : " of the proxy") is not known", hint)
      }
      if addresses != [way.host] { known.append("\(way.host) is \(addresses.prefix(3).joined(separator: ", "))") }
    }
    return .ok(.name, known.isEmpty ? "none to look up" : known.joined(separator: "; "))
  }

  private func connection(_ ways: [Way]) async -> Finding {
    for way in ways {
      do throws(TransportFailure) { try await probe.connect(to: way.host, port: way.port) } catch {
        if let proxy = way.proxy {
          return .failed(.connection, "the proxy \(proxy): \(error.message)", "start the proxy, correct its variable, or except the server with NO_PROXY")
        }
        return .failed(.connection, error.message, "is the server running, and is '\(way.port)' its port? Behind a proxy set HTTPS_PROXY")
      }
    }
    for base in [address.identity, address.api] {
      guard let proxy = try? probe.way(to: base)?.proxy else { continue }
      do throws(TransportFailure) { _ = try await probe.get(base + "/alive") } catch {
        // What else may be wrong behind the proxy is for the next steps.
        guard error.wantsProxyLogin else { continue }
        let place = String(proxy.description.drop { $0 != "/" }.dropFirst(2))
        return .failed(
          .connection, error.message, "\(proxies.variable(for: base) ?? "HTTPS_PROXY")=http://user:password@\(place) gives them, both percent-encoded")
      }
    }
    return .ok(.connection, ways.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }.joined(separator: ", ") + " takes connections")
  }

  // MARK: TLS and the bases

  mutating func bases() async -> [Finding] {
    let trust = await tls()
    if trust.state == .failed { return [trust, .skipped(.identity, "there is no trusted connection"), .skipped(.api, "there is no trusted connection")] }
    return [trust, await identity(), await api()]
  }

  private func tls() async -> Finding {
    var notes: [String] = []
    var ends: Int?
    for base in Set([address.identity, address.api]).sorted() {
      guard base.hasPrefix("https:") else {
        let host = base.drop { $0 != "/" }.dropFirst(2)
        if ["127.", "localhost", "[::1]"].contains(where: host.hasPrefix) { continue }
        return .warning(.tls, "none: \(base) is read by everybody on the way, the secret too", "take https://")
      }
      let way = try? probe.way(to: base)
      let certificate: Probe.Certificate?
      do throws(TransportFailure) {
        certificate = if let way, way.proxy == nil { try await probe.certificate(of: way.host, port: way.port) } else { nil }
      } catch { return .failed(.tls, error.message, "take http://, or the port that speaks TLS") }
      do throws(TransportFailure) { _ = try await probe.get(base + "/alive") } catch {
        if case .unusable(let text) = error { return untrusted(certificate, way?.host ?? "", text) }
      }
      if let certificate {
        ends = min(ends ?? .max, certificate.ends)
        let note = "'\(certificate.subject)' by '\(certificate.issuer)', until \(Self.day(certificate.ends))"
        if !notes.contains(note) { notes.append(note) }
      } else if !notes.contains("trusted, through the proxy") {
        notes.append("trusted, through the proxy")
      }
    }
    if notes.isEmpty { return .ok(.tls, "none, on this machine") }
    let text = notes.joined(separator: "; ")
    if let ends, ends - Self.now < Self.soon { return .warning(.tls, text, "the certificate ends in \(max(0, (ends - Self.now) / 86_400)) days: renew it at the server") }
    return .ok(.tls, text)
  }

  private func untrusted(_ certificate: Probe.Certificate?, _ host: String, _ text: String) -> Finding {
    guard let certificate else { return .failed(.tls, text, "--cacert FILE names the authority") }
    let who = "the certificate of '\(certificate.subject)'"
    if certificate.ends < Self.now { return .failed(.tls, "\(who) ended on \(Self.day(certificate.ends))", "renew it at the server; is this machine's clock right?") }
    if certificate.begins > Self.now {
      return .failed(.tls, "\(who) begins only on \(Self.day(certificate.begins))", "is this machine's clock right, and that of who made it?")
    }
    if text.contains("not for this host") {
      return .failed(
        .tls, "\(who) is for \(certificate.hosts.isEmpty ? "no host" : certificate.hosts.joined(separator: ", ")), and not for \(host)",
        "use a name that it is for in the URL, or give the server a certificate for this one")
    }
    if certificate.isSelfIssued {
      return .failed(
        .tls, "\(who) is signed by nobody but itself (SHA-256 \(certificate.fingerprint))",
        "if that is the server's, as its administrator tells you by the fingerprint, save it as a PEM file and name that with --cacert, SAFESH_CACERT or in the profile")
    }
    return .failed(
      .tls,
      "\(who) is signed by '\(certificate.issuer)', whom this machine does not trust"
        + (certificate.chainLength == 1 ? "; the server sends no other certificate with it" : ""),
      "name the PEM file of that authority with --cacert, SAFESH_CACERT or in the profile")
  }

  private mutating func identity() async -> Finding {
    let (base, other) = (address.identity, address.api)
    let look: Probe.Look
    do throws(TransportFailure) { look = try await self.look(base + Self.tokenPath) } catch { return unreachable(.identity, base, error) }
    if Self.isIdentity(look) { return .ok(.identity, base) }
    if let members = try? await self.look(base + Self.membersPath), Self.isAPI(members) {
      return .failed(.identity, "\(base) is the API, not the identity service", "the two URLs are swapped: exchange them")
    }
    if look.isOtherKind { return .warning(.identity, "\(base) does not show itself", "the token step decides") }
    return await absent(.identity, base, look, "no identity service", "/identity" + Self.tokenPath, Self.isIdentity, isOne: other.hasSuffix("/api"))
  }

  private mutating func api() async -> Finding {
    let base = address.api
    let look: Probe.Look
    do throws(TransportFailure) { look = try await self.look(base + Self.membersPath) } catch { return unreachable(.api, base, error) }
    if Self.isAPI(look) { return .ok(.api, base) }
    if look.isOtherKind { return .warning(.api, "\(base) has no members: another kind of server", "it may offer no more than the import") }
    if let token = try? await self.look(base + Self.tokenPath), Self.isIdentity(token) {
      return .failed(.api, "\(base) is the identity service, not the API", "the two URLs are swapped: exchange them")
    }
    return await absent(.api, base, look, "no API", "/api" + Self.membersPath, Self.isAPI, isOne: address.identity.hasSuffix("/identity"))
  }

  private static let tokenPath = "/connect/token"
  private static let membersPath = "/public/members"

  /// A GET of the token endpoint is refused in a way of its own.
  private static func isIdentity(_ look: Probe.Look) -> Bool { [400, 405, 415].contains(look.status) && !look.isPage }

  /// Without a token nobody is let in.
  private static func isAPI(_ look: Probe.Look) -> Bool { look.status == 401 && !look.isPage }

  /// Says what is there in place of a base, and whether the server is above it.
  private func absent(
    _ step: Finding.Step, _ base: String, _ look: Probe.Look, _ what: String, _ path: String, _ isRight: (Probe.Look) -> Bool, isOne: Bool
  ) async -> Finding {
    if (300..<400).contains(look.status) {
      return .failed(step, "\(base) leads elsewhere\(look.header("Location").map { ", to \($0)" } ?? "") (\(look.status))", "set the URL to where the server really is")
    }
    if look.status >= 500 { return .failed(step, "\(base) answers \(look.summary)", "the server, or what stands before it, is out of order: look at its log") }
    let root = Self.root(of: base)
    if isOne, let above = try? await probe.get(root + path), isRight(above) {
      return .failed(step, "there is \(what) at \(base) (\(look.summary))", "the server is at \(root): leave out what follows the host")
    }
    let isProxy = [403, 407, 429].contains(look.status)
    return .failed(
      step, "there is \(what) at \(base) (\(look.summary))",
      isProxy
        ? "a proxy or bot protection may stand in front of it"
        : "this is a web server, but no SecretSafe at this path: take the URL of its start page, as https://vault.example.net")
  }

  private func unreachable(_ step: Finding.Step, _ base: String, _ failure: TransportFailure) -> Finding {
    let isPlain = base.hasPrefix("http:")
    return .failed(
      step, "\(base): \(failure.message)", isPlain ? "does something else than HTTP listen there, as TLS? Then it is https://" : "does something else listen there?")
  }

  private static func root(of url: String) -> String {
    let scheme = url.prefix { $0 != "/" } + "//"
    return String(scheme) + url.dropFirst(scheme.count).prefix { $0 != "/" }
  }

  // MARK: the clock

  /// A look that tells the time as well.
  private mutating func look(_ url: String) async throws(TransportFailure) -> Probe.Look {
    var look = try await probe.get(url)
    // A server with limits may have had enough for this second.
    var tries = 1
    while look.status == 429, tries < Self.mostTries {
      try? await Task.sleep(for: .seconds(min(look.retryAfter ?? 1, Self.longestWait)))
      look = try await probe.get(url)
      tries += 1
    }
    if clock == nil {
      clock = look.date.map { compare($0 - Self.now) } ?? .skipped(.clock, "the server tells no time")
    }
    return look
  }

  private func compare(_ ahead: Int) -> Finding {
    if abs(ahead) <= 2 { return .ok(.clock, "as the server's") }
    let text = "this machine's clock is \(abs(ahead)) s \(ahead > 0 ? "behind" : "ahead of") the server's"
    return abs(ahead) <= Self.clockTolerance ? .ok(.clock, text) : .warning(.clock, text, "set it: certificates, tokens and events go by it (timedatectl)")
  }

  private static var now: Int { Int(Date().timeIntervalSince1970) }

  private static func day(_ seconds: Int) -> String {
    let date = Date(timeIntervalSince1970: Double(seconds))
    return date.formatted(.iso8601.year().month().day())
  }
}
