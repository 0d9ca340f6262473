import Foundation
import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// The organization's key and the scoped ones.
@Suite struct WebSafeKeyTests {
  private static let path = "/settings/organization/key"

  @Test(arguments: Way.allCases) func rotationEndsTheOldKeyAtOnce(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let browser = try await WebBrowser.signedIn(server)
      let before = try await browser.get(Self.path)
      #expect(before.text.contains("organization.\(guid(1))"))
      #expect(!before.text.contains(server.key.clientSecret))
      #expect(try await server.status("/members", token: server.token) == 200)

      let made = try #require(browser.field("made"))
      let wrong = try await browser.post(Self.path, ["password": "wrong wrong wrong", "made": made])
      #expect(wrong.status == 400 && wrong.text.contains("nothing was changed"))
      #expect(try await server.status("/members", token: server.token) == 200)

      let answer = try await browser.post(Self.path, ["password": WebBrowser.password, "made": made])
      #expect(answer.status == 200 && answer.headers[.cacheControl] == "no-store")
      let secret = try #require(answer.text.firstMatch(of: /<dt>Secret<\/dt><dd><code class="whole">([A-Za-z0-9]{30})</).map { String($0.1) })
      #expect(try await server.status("/members", token: server.token) == 401)
      let old = "grant_type=client_credentials&client_id=\(server.key.clientID)&client_secret=\(server.key.clientSecret)"
      #expect(try await server.requestToken(old).status == 400)
      let new = "grant_type=client_credentials&client_id=\(server.key.clientID)&client_secret=\(secret)"
      #expect(try await server.requestToken(new).status == 200)

      // A reload sends the same form again: it neither rotates nor shows anything.
      let again = try await browser.post(Self.path, ["password": WebBrowser.password, "made": made])
      #expect(again.status == 400 && again.text.contains("replaced already") && !again.text.contains(secret))
      #expect(try await server.requestToken(new).status == 200)
      #expect(try await !browser.get(Self.path).text.contains(secret))
    }
  }

  @Test func secretIsNotInTheFile() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appendingPathComponent("org.db").path
    let store = try Store.open(.file(file))
    let organization = try await store.createOrganization(name: "Ours")
    let owner = try await store.change(organization) { try $0.createOwner(email: "owner@example.net", name: nil) }
    try await store.setPassword(organization, owner, WebBrowser.password)
    let token = try await store.openSession(
      try #require(try store.owners(email: "owner@example.net", password: WebBrowser.password).first), from: Origin())
    let key = try await store.rotateKey(organization, madeAt: nil, from: Origin())
    let scoped = try await store.addKey(organization, name: "sync", scopes: .membersRead, expires: nil)
    for secret in [token.text, key.clientSecret, scoped.clientSecret, WebBrowser.password] {
      for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
        let bytes = try Data(contentsOf: directory.appendingPathComponent(name))
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
      }
    }
    try store.close()
  }

  @Test func scopedKeysAreMadeAndRevoked() async throws {
    try await TestServer.run(.router) { server in
      let path = "/settings/organization/keys"
      let browser = try await WebBrowser.signedIn(server)
      try await browser.get(path)
      let id = try #require(browser.field("id"))
      let scope = "scope.api.organization.members.read"
      for (fields, problem) in [
        (["name": "sync", scope: "on", "password": "wrong wrong wrong"], "The password is wrong"),
        (["name": "sync", "password": WebBrowser.password], "at least one scope"),
        (["name": " ", scope: "on", "password": WebBrowser.password], "1 to 200 characters"),
        (["name": "sync", scope: "on", "expires": "2020-01-01", "password": WebBrowser.password], "in the future"),
        (["name": "sync", scope: "on", "expires": "soon", "password": WebBrowser.password], "is written as"),
      ] {
        let answer = try await browser.post(path, fields.merging(["id": id]) { $1 })
        #expect(answer.status == 400 && answer.text.contains(problem), "\(problem)")
      }
      #expect(try server.store.keys(server.organization).count == 1)

      let fields = ["id": id, "name": "sync <b>", scope: "on", "expires": "2099-12-31", "password": WebBrowser.password]
      let answer = try await browser.post(path, fields)
      let secret = try #require(answer.text.firstMatch(of: /<dt>Secret<\/dt><dd><code class="whole">([A-Za-z0-9]{30})</).map { String($0.1) })
      let form = "grant_type=client_credentials&client_id=organization.\(guid(1)).\(id)&client_secret=\(secret)"
      let token: TokenAnswer = try await server.requestToken(form).decoded()
      #expect(try await server.status("/members", token: token.accessToken) == 200)
      #expect(try await server.status("/groups", token: token.accessToken) == 403)
      let again = try await browser.post(path, fields)
      #expect(again.status == 400 && again.text.contains("made already") && !again.text.contains(secret))

      let list = try await browser.get(path).text
      #expect(list.contains("sync &lt;b&gt;") && list.contains("2099-12-31") && !list.contains(secret))
      #expect(try await browser.post("\(path)/\(id)/revoke").headers[.location] == "\(path)?done=key")
      #expect(try await server.status("/members", token: token.accessToken) == 401)
      #expect(try await browser.post("\(path)/\(id)/revoke").status == 404)
      let events: EventPage = try await server.send(.get, "/events").decoded()
      #expect(events.data.prefix(2).map(\.type.rawValue) == [1691, 1690])
      #expect(events.data.prefix(2).allSatisfy { $0.actingUserId == guid(40) })
    }
  }
}
