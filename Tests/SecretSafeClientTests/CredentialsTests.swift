import Testing

@testable import SecretSafeClient

@Suite struct CredentialsTests {
  private static let complete = [
    "SAFESH_URL": "https://vault.example.net", "SAFESH_CLIENT_ID": "organization.1", "SAFESH_CLIENT_SECRET": "s3cret",
  ]

  private static func message(_ environment: [String: String]) -> String? {
    do {
      _ = try Credentials.fromEnvironment(environment)
      return nil
    } catch { return error.kind == .unauthorized ? error.message : "another kind: \(error.kind)" }
  }

  @Test func allOrNone() async throws {
    #expect(try Credentials.fromEnvironment(["HOME": "/root"]) == nil)
    #expect(Self.message(["SAFESH_URL": "", "SAFESH_CLIENT_ID": "", "SAFESH_CLIENT_SECRET": ""])?.contains("are empty") == true)
    let found = try #require(try Credentials.fromEnvironment(Self.complete))
    #expect(found.address.identity == "https://vault.example.net/identity")
    #expect(found.address.api == "https://vault.example.net/api")
    #expect(found.clientID == "organization.1")
    let revealed = try await found.secret.reveal()
    #expect(revealed == "s3cret")
  }

  @Test func whatIsMissingIsNamed() throws {
    #expect(try #require(Self.message(["SAFESH_URL": "https://a.b"])).hasPrefix("SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET are missing"))
    var partial = Self.complete
    partial["SAFESH_CLIENT_SECRET"] = ""
    let message = try #require(Self.message(partial))
    #expect(message.hasPrefix("SAFESH_CLIENT_SECRET is missing, while SAFESH_URL and SAFESH_CLIENT_ID are set"))
    partial["SAFESH_URL"] = nil
    #expect(!(Self.message(partial) ?? "").contains("s3cret"))
  }

  @Test func aPersonsKeyIsToldFromAnOrganizations() throws {
    let environment = Self.complete.merging(["SAFESH_CLIENT_ID": "user.1"]) { $1 }
    #expect(try #require(Self.message(environment)).contains("begins with organization."))
  }

  @Test func theSecretNeverPrints() throws {
    let found = try #require(try Credentials.fromEnvironment(Self.complete))
    var dumped = ""
    dump(found, to: &dumped)
    for text in [
      "\(found)", String(reflecting: found), "\(found.secret)", String(reflecting: found.secret), dumped, "\(Mirror(reflecting: found.secret).children.map { $0 })",
    ] {
      #expect(!text.contains("s3cret"))
    }
  }

  @Test(arguments: [
    ("https://vault.example.net", "https://vault.example.net", "vault.example.net"),
    ("  HTTPS://vault.example.net:8443/safe// ", "https://vault.example.net:8443/safe", "vault.example.net:8443"),
    ("http://127.0.0.1:8087/", "http://127.0.0.1:8087", "127.0.0.1:8087"),
    ("http://[::1]:8087", "http://[::1]:8087", "[::1]:8087"),
    ("http://[::1]", "http://[::1]", "[::1]"),
  ])
  func addresses(url: String, base: String, host: String) throws {
    let address = try ServerAddress(url)
    #expect(address.api == base + "/api")
    #expect(address.identity == base + "/identity")
    #expect(address.host == host)
  }

  @Test func basesMayStandApart() throws {
    let address = try ServerAddress(identity: "https://identity.example.com/", api: "https://api.example.com/")
    #expect(address.identity == "https://identity.example.com")
    #expect(address.api == "https://api.example.com")
    #expect(address.host == "api.example.com")
  }

  @Test(arguments: [
    ("", "begins with https://"), ("vault.example.net", "begins with https://"), ("ftp://vault", "begins with https://"),
    ("https:/vault", "begins with https://"), ("https://", "begins with https://"), ("https:///api", "names no host"),
    ("https://:443", "names no host"), ("https://me:pw@vault", "SAFESH_CLIENT_SECRET"), ("https://vault:0", "no valid port"),
    ("https://vault:99999", "no valid port"), ("https://vault:", "no valid port"), ("https://vault:8x", "no valid port"),
    ("https://[::1]8087", "no valid port"), ("https://va ult", "holds only"), ("https://vault?x=1", "holds only"),
    ("https://vault#x", "holds only"), ("https://vault\u{0}", "holds only"), ("https://väult.example.net", "holds only"),
  ])
  func whatIsNoAddressIsRefused(url: String, reason: String) throws {
    let error = #expect(throws: ClientError.self) { try ServerAddress(url) }
    let message = try #require(error?.message)
    #expect(message.contains(reason))
    #expect(!message.contains("pw"))
  }
}
