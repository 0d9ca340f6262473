import Foundation
import Testing

/// `safesh doctor`, TLS and proxies, against the real server and things that are none.
struct DoctorTests {
  private struct Finding: Decodable, CustomStringConvertible {
    var step: String
    var state: String
    var message: String
    var hint: String?
    var description: String { "\(step) \(state): \(message)" + (hint.map { " → \($0)" } ?? "") }
  }

  /// What the doctor finds, by step, and its status.
  private static func examine(
    _ home: Home, _ variables: [String: String], _ options: String...
  ) throws -> (findings: [String: Finding], status: Int32, failed: [String]) {
    let result = try home.start(["doctor", "--output", "json"] + options, variables).wait()
    let findings = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
    #expect(
      findings.map(\.step) == [
        "configuration", "secret", "proxy", "name", "connection", "tls", "identity", "api", "token", "cache", "clock", "limits", "offers",
      ])
    return (Dictionary(findings.map { ($0.step, $0) }) { $1 }, result.status, findings.filter { $0.state == "failed" }.map(\.description))
  }

  @Test func aGoodSetUpAndItsFaults() async throws {
    let home = try Home()
    let server = try ServerProcess(data: home.folder.appendingPathComponent("org.db"), ["--limits", "cloud"])
    let good = server.environment
    func with(_ changes: [String: String]) -> [String: String] { good.merging(changes) { $1 } }
    var found = try Self.examine(home, good)
    #expect(found.status == 0, "\(found)")
    #expect(found.findings["token"]?.message == "good for 3600 s, scope api.organization")
    #expect(found.findings["offers"]?.message == "5 of 6 reads; not here: seats and storage (Only allowed when not self hosted.)")
    #expect(found.findings["limits"]?.message.contains(/^\d+ more GETs of this path in the window of 1m, which ends at 20/) == true, "\(found.findings)")
    #expect(found.findings["clock"]?.state == "ok")
    let text = try home.run("doctor", with: good)
    #expect(text.output.contains("✓ api           \(server.url)/api\n"), "\(text.output)")

    found = try Self.examine(home, with(["SAFESH_CLIENT_SECRET": "wrong"]))
    #expect(found.status == 4)
    #expect(
      found.failed == [
        "token failed: the server rejects the key; check client id and secret (invalid_client) → the secret has 5 characters, while those of keys have 30: copy it again"
      ])
    found = try Self.examine(home, with(["SAFESH_CLIENT_ID": "organization.7"]))
    #expect(found.status == 4)
    #expect(found.findings["token"]?.hint?.hasPrefix("the client id 'organization.7' has not the form organization.") == true)
    found = try Self.examine(home, with(["SAFESH_CLIENT_ID": "organization.00000000-0000-0000-0000-000000000001"]))
    #expect(found.findings["token"]?.hint?.hasPrefix("compare client id and secret with the web safe") == true)
    found = try Self.examine(home, with(["SAFESH_CLIENT_SECRET": ""]))
    #expect(found.status == 4)
    #expect(found.failed.first?.contains("SAFESH_CLIENT_SECRET is missing, while SAFESH_URL and SAFESH_CLIENT_ID are set") == true)

    found = try Self.examine(home, with(["SAFESH_URL": server.url + "/safe"]))
    #expect(found.status == 1)
    #expect(found.findings["api"]?.hint == "the server is at \(server.url): leave out what follows the host")
    found = try Self.examine(home, with(["SAFESH_URL": server.url + "/identity", "SAFESH_IDENTITY_URL": server.url + "/api"]))
    #expect(found.findings["identity"]?.message == "\(server.url)/api is the API, not the identity service")
    #expect(found.findings["api"]?.hint == "the two URLs are swapped: exchange them")
    found = try Self.examine(home, with(["SAFESH_URL": server.url.replacingOccurrences(of: "http:", with: "https:")]))
    #expect(found.findings["tls"]?.message.contains("does not speak TLS on this port") == true)
    #expect(found.findings["token"]?.state == "skipped")
    found = try Self.examine(home, with(["SAFESH_URL": "http://nowhere.invalid"]))
    #expect(found.failed == ["name failed: the host 'nowhere.invalid' is not known → look for a typing error in the URL, and whether this machine's DNS knows the name"])
    let port = try freePort()
    found = try Self.examine(home, with(["SAFESH_URL": "http://127.0.0.1:\(port)"]))
    #expect(found.failed.count == 1)
    #expect(found.failed.first?.hasPrefix("connection failed: nothing listens on 127.0.0.1:\(port) → is the server running") == true)
    found = try Self.examine(home, with(["http_proxy": "http://me:pw@127.0.0.1:\(port)"]))
    #expect(found.failed.first?.hasPrefix("connection failed: the proxy http://127.0.0.1:\(port): nothing listens") == true)
    #expect(found.findings["proxy"]?.message == "http://127.0.0.1:\(port), by http_proxy")
  }

  @Test func whatIsNoSecretSafeIsTold() async throws {
    let home = try Home()
    let page = "<html><title>Welcome to nginx</title></html>"
    let head = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\nConnection: close\r\n\r\n\(page)"
    for (status, expected) in [
      ("404 Not Found", "this is a web server, but no SecretSafe at this path"), ("200 OK", "this is a web server, but no SecretSafe at this path"),
      ("403 Forbidden", "a proxy or bot protection may stand in front of it"), ("502 Bad Gateway", "look at its log"),
      ("301 Moved\r\nLocation: https://elsewhere.example", "set the URL to where the server really is"),
    ] {
      let listener = try await PlainListener("HTTP/1.1 \(status)\r\n\(head)")
      let found = try Self.examine(
        home, ["SAFESH_URL": listener.url, "SAFESH_CLIENT_ID": "organization.1", "SAFESH_CLIENT_SECRET": "x"])
      try await listener.stop()
      #expect(found.status == 1)
      #expect(found.findings["api"]?.hint?.contains(expected) == true, "\(found)")
      #expect(found.findings["token"]?.state == "skipped")
      #expect(found.findings["clock"]?.message.hasSuffix(" s ahead of the server's") == true)
      #expect(found.findings["clock"]?.state == "warning")
    }
    let silent = try await PlainListener("220 mail.example ESMTP\r\n")
    let found = try Self.examine(home, ["SAFESH_URL": silent.url, "SAFESH_CLIENT_ID": "organization.1", "SAFESH_CLIENT_SECRET": "x"])
    try await silent.stop()
    #expect(found.findings["api"]?.state == "failed")
    #expect(found.findings["api"]?.hint?.contains("something else than HTTP") == true, "\(found)")
  }

  @Test func anAuthorityOfOnesOwn() async throws {
    let home = try Home()
    try makeCertificate(in: home.folder, "cert", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    let folder = home.folder.path
    let server = try ServerProcess(
      data: home.folder.appendingPathComponent("org.db"), ["--tls-cert", folder + "/cert.pem", "--tls-key", folder + "/cert.key"])
    let untrusted = try home.run("-c", "members | count", with: server.environment)
    #expect(untrusted.status == 1)
    #expect(
      untrusted.messages.contains("TLS: the server's certificate is not trusted; 'safesh doctor' tells why, and --cacert names its authority"), "\(untrusted.messages)")
    #expect(server.tokenRequests == 0)
    #expect(try home.run("-c", "members | count", "--cacert", "cert.pem", with: server.environment).output == "0\n")
    #expect(try home.run("-c", "members | count", with: server.environment.merging(["SAFESH_CACERT": "cert.pem"]) { $1 }).output == "0\n")
    try home.add("acme", of: server, "--secret-env", "KEY", "--cacert", "cert.pem")
    let key = ["KEY": server.secret]
    #expect(try home.run("-c", "members | count", with: key).output == "0\n")

    var found = try Self.examine(home, key)
    #expect(found.status == 0, "\(found)")
    #expect(found.findings["tls"]?.message.hasPrefix("'safesh test' by 'safesh test', until 20") == true, "\(found)")
    #expect(found.findings["tls"]?.hint?.contains(/^the certificate ends in [12] days: renew it/) == true)
    found = try Self.examine(home, server.environment)
    #expect(found.findings["tls"]?.message.contains("is signed by nobody but itself (SHA-256 ") == true, "\(found)")
    #expect(found.findings["token"]?.message == "the secret goes to no server that is not trusted")

    for (text, reason) in [
      ("", "holds no certificate in PEM form"), ("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", "holds a certificate that cannot be read"),
    ] {
      let path = try home.write(text, to: "broken.pem")
      let broken = try home.run("-c", "members | count", "--cacert", path, with: key)
      #expect(broken.status == 4)
      #expect(broken.messages.contains("the file of authorities, '\(path)', \(reason)"), "\(broken.messages)")
    }
    #expect(try home.run("login", "--cacert", "none.pem", with: key).messages.contains("the file of authorities, 'none.pem', cannot be read"))
  }

  @Test func certificatesOfOtherHostsAndTimes() async throws {
    let home = try Home()
    let folder = home.folder.path
    try makeCertificate(in: home.folder, "other", "subjectAltName=DNS:vault.example.net")
    try makeExpiredCertificate(in: home.folder, "old")
    for (name, expected) in [
      ("other", "the certificate of 'safesh test' is for vault.example.net, and not for 127.0.0.1"), ("old", "the certificate of 'localhost' ended on 2026-02-01"),
    ] {
      let server = try ServerProcess(
        data: home.folder.appendingPathComponent(name), ["--tls-cert", "\(folder)/\(name).pem", "--tls-key", "\(folder)/\(name).key"])
      let found = try Self.examine(home, server.environment, "--cacert", "\(name).pem")
      #expect(found.findings["tls"]?.message == expected, "\(found)")
      #expect(found.status == 1)
    }
  }

  @Test func proxies() async throws {
    let home = try Home()
    try makeCertificate(in: home.folder, "cert", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    let folder = home.folder.path
    let server = try ServerProcess(
      data: home.folder.appendingPathComponent("org.db"), ["--tls-cert", folder + "/cert.pem", "--tls-key", folder + "/cert.key"])
    // "me:p w", as a proxy wants to see it.
    let proxy = try await ConnectProxy(login: "Basic bWU6cCB3")
    let variables = server.environment.merging(["SAFESH_CACERT": "cert.pem"]) { $1 }
    func run(_ changes: [String: String]) throws -> Command.Result { try home.run("-c", "members | count", with: variables.merging(changes) { $1 }) }
    let url = "http://me:p%20w@127.0.0.1:\(proxy.port)"
    let target = String(server.url.dropFirst("https://".count))
    #expect(try run(["HTTPS_PROXY": url]).output == "0\n")
    #expect(!proxy.targets.isEmpty && proxy.targets.allSatisfy { $0 == target }, "\(proxy.targets)")
    let found = try Self.examine(home, variables.merging(["HTTPS_PROXY": url]) { $1 })
    #expect(found.status == 0, "\(found)")
    #expect(found.findings["tls"]?.message == "trusted, through the proxy")
    let count = proxy.targets.count
    for exception in ["*", "127.0.0.1", "localhost 127.0.0.0/8"] { #expect(try run(["HTTPS_PROXY": url, "NO_PROXY": exception]).output == "0\n") }
    #expect(try run(["http_proxy": url]).output == "0\n")
    #expect(proxy.targets.count == count)
    let refused = try run(["ALL_PROXY": "http://127.0.0.1:\(proxy.port)"])
    #expect(refused.status == 1)
    #expect(refused.messages.contains("the proxy http://127.0.0.1:\(proxy.port) wants a user and a password (407)"), "\(refused.messages)")
    for (name, address) in [("HTTPS_PROXY", server.url), ("http_proxy", "http://vault.example.net")] {
      for (login, wish) in [("", "a user and a"), ("me:no@", "another user and")] {
        let way = "http://\(login)127.0.0.1:\(proxy.port)"
        let found = try Self.examine(home, variables.merging(["SAFESH_URL": address, name: way]) { $1 })
        #expect(
          found.failed == [
            "connection failed: the proxy http://127.0.0.1:\(proxy.port) wants \(wish) password (407) → "
              + "\(name)=http://user:password@127.0.0.1:\(proxy.port) gives them, both percent-encoded"
          ])
      }
    }
    #expect(proxy.targets.count == count)
    // The sandbox is in the process.
    #expect(try home.run("-c", "members | count", with: ["HTTPS_PROXY": url, "ALL_PROXY": url]).output == "60\n")
    #expect(proxy.targets.count == count)
    try await proxy.stop()
  }

  // MARK: certificates

  private func makeCertificate(in folder: URL, _ name: String, _ extension: String) throws {
    let made = try Command.run(
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=safesh test", "-addext", `extension`]
        + ["-keyout", "\(folder.path)/\(name).key", "-out", "\(folder.path)/\(name).pem"], executable: "/usr/bin/openssl")
    try #require(made.status == 0, "\(made.messages)")
  }

  private func makeExpiredCertificate(in folder: URL, _ name: String) throws {
    let configuration = """
      [ca]
      default_ca=own
      [own]
      database=index.txt
      serial=serial
      new_certs_dir=.
      policy=any
      default_md=sha256
      x509_extensions=ours
      [any]
      commonName=supplied
      [ours]
      subjectAltName=DNS:localhost,IP:127.0.0.1
      """
    let script = """
      printf '%s\\n' '\(configuration)' >ca.cnf && : >index.txt && echo 01 >serial &&
      openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout \(name).key -out \(name).csr &&
      openssl ca -batch -config ca.cnf -selfsign -keyfile \(name).key -in \(name).csr -startdate 20260101000000Z -enddate 20260201000000Z -notext -out \(name).pem
      """
    let made = try Command.run(["-c", script], in: folder, executable: "/bin/sh")
    try #require(made.status == 0, "\(made.messages)")
  }

  /// A port that nobody listens on.
  private func freePort() throws -> Int {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(file) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, length) == 0 ? getsockname(file, $0, &length) : -1 }
    }
    try #require(status == 0)
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
