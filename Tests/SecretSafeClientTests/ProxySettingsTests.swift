import Testing

@testable import SecretSafeClient

@Suite struct ProxySettingsTests {
  private static func way(_ url: String, _ environment: [String: String]) throws -> String? {
    try ProxySettings(environment: environment).proxy(for: url)?.description
  }

  @Test(
    arguments: [
      ("https://a.b", ["HTTPS_PROXY": "http://p:3128"], "http://p:3128"), ("https://a.b", ["https_proxy": "p", "HTTPS_PROXY": "q"], "http://p:1080"),
      ("https://a.b", ["ALL_PROXY": "socks5://p"], "socks5://p:1080"), ("https://a.b", ["http_proxy": "p:1"], nil),
      ("http://a.b", ["http_proxy": "p:1"], "http://p:1"), ("http://a.b", ["HTTP_PROXY": "p:1"], nil), ("http://a.b", ["HTTPS_PROXY": "p:1"], nil),
      ("http://a.b", ["all_proxy": "http://[::1]:3128/"], "http://[::1]:3128"), ("https://a.b", ["HTTPS_PROXY": ""], nil),
      ("https://localhost:8087/api", ["HTTPS_PROXY": "p:1"], "http://p:1"),
    ] as [(String, [String: String], String?)])
  func theVariableOfTheScheme(_ url: String, _ environment: [String: String], _ expected: String?) throws {
    #expect(try Self.way(url, environment) == expected)
  }

  @Test(arguments: [
    ("a.b.example", "example", true), ("a.b.example", ".b.example", true), ("a.b.example", "A.B.EXAMPLE.", true), ("a.b.example", "x, b.example", true),
    ("a.b.example", "x b.example", true), ("ab.example", "b.example", false), ("example", ".example", true), ("a.b", "*", true), ("a.b", "*.b", false),
    ("a.b", "", false), ("a.b", "x,*", false), ("127.0.0.1", "127.0.0.0/8", true), ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "0.0.1", false),
    ("10.9.8.7", "10.9.8.0/29", true), ("10.9.8.8", "10.9.8.0/29", false), ("10.9.8.7", "10.9.8.7/33", false), ("10.9.8.7", "0.0.0.0/0", true),
    ("[fd00::7]", "fd00::/8", true), ("[fd00::7]", "[fd00::7]", true), ("[fe00::7]", "fd00::/8", false), ("a.b", "a.b:443", false),
  ])
  func exceptions(_ host: String, _ list: String, _ isExcepted: Bool) throws {
    #expect((try Self.way("https://\(host):8443/x", ["HTTPS_PROXY": "p", "NO_PROXY": list]) == nil) == isExcepted)
  }

  @Test func theLoginIsDecodedAndNotShown() throws {
    let proxy = try #require(try ProxySettings(environment: ["HTTPS_PROXY": "http://me%40corp:p%3Aw@p.example:8080"]).proxy(for: "https://a.b"))
    #expect(proxy.login == .init(user: "me@corp", password: "p:w"))
    #expect("\(proxy)" == "http://p.example:8080")
  }

  @Test(arguments: ["https://p", "ftp://p", "http://", "http://p:0", "http://p:x", "socks5://me:pw@p", "http://[::1"])
  func whatIsNoProxyIsToldWhenItIsNeeded(_ text: String) throws {
    let settings = ProxySettings(environment: ["HTTPS_PROXY": text])
    let error = #expect(throws: ClientError.self) { try settings.proxy(for: "https://a.b") }
    #expect(error?.message.hasPrefix("the proxy of HTTPS_PROXY ") == true)
    #expect(error?.message.contains("pw") == false)
    #expect(try settings.proxy(for: "http://a.b") == nil)
  }

  @Test(arguments: [
    ("https://vault.bitwarden.eu", "https://api.bitwarden.eu", "https://identity.bitwarden.eu"),
    ("https://API.bitwarden.com/", "https://api.bitwarden.com", "https://identity.bitwarden.com"),
    ("https://vault.example.com", "https://vault.example.com/api", "https://vault.example.com/identity"),
  ])
  func theCloudsHaveTheirBases(_ url: String, _ api: String, _ identity: String) throws {
    let address = try ServerAddress(url)
    #expect(address.api == api)
    #expect(address.identity == identity)
  }
}
