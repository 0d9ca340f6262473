import Foundation
import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

@Suite struct KeyTests {
  @Test func keyHasTheContractsForm() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(guid(7), name: "Acme")
    let key = try await store.issueKey(organization, .organization)
    #expect(key.clientID == "organization.00000000-0000-0000-0000-000000000007")
    #expect(key.clientSecret.wholeMatch(of: /[A-Za-z0-9]{30}/) != nil)
  }

  @Test func anOrganizationComesWithItsKeyOrNotAtAll() async throws {
    let store = try Store.open(.memory)
    await #expect(throws: (any Error).self) {
      try await store.createOrganization(name: "Acme") { change in
        _ = try change.createOwner(email: "owner@example.net", name: nil)
        _ = try change.createOwner(email: "owner@example.net", name: nil)
      }
    }
    #expect(try store.organizations().isEmpty)
    let made = try await store.createOrganization(name: "Acme") { _ = try $0.createOwner(email: "owner@example.net", name: nil) }
    #expect(try store.organizations().map(\.members) == [1])
    #expect(try store.scopes(organization: made.organization.id, key: nil, secret: made.key.clientSecret) == .organization)
  }

  @Test func onlyHashesAreStored() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let key = try await store.issueKey(organization, .organization)
      let token = try #require(try await store.issueToken(organization: organization.id, secret: key.clientSecret)).text
      try store.close()
      let file = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(file.range(of: Data(key.clientSecret.utf8)) == nil)
      #expect(file.range(of: Data(token.utf8)) == nil)
    }
  }

  @Test func newKeyEndsOldSecretAndTokens() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    let old = try await store.issueKey(organization, .organization)
    let sandbox = try await store.issueKey(organization, .sandbox)
    let oldToken = try #require(try await store.issueToken(organization: organization.id, secret: old.clientSecret)).text
    let sandboxToken = try #require(try await store.issueToken(organization: organization.id, secret: sandbox.clientSecret)).text
    #expect(try store.grant(token: oldToken)?.organization == organization)

    let new = try await store.issueKey(organization, .organization)
    #expect(try await store.issueToken(organization: organization.id, secret: old.clientSecret) == nil)
    #expect(try store.grant(token: oldToken)?.organization == nil)
    #expect(try await store.issueToken(organization: organization.id, secret: new.clientSecret) != nil)
    #expect(try store.grant(token: sandboxToken)?.organization == organization)
  }

  @Test func tokenEndsAfterAnHour() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    let key = try await store.issueKey(organization, .organization)
    let token = try #require(try await store.issueToken(organization: organization.id, secret: key.clientSecret)).text
    try await store.writer.queue.write { try $0.execute(sql: "UPDATE tokens SET expires = expires - 3599000000") }
    #expect(try store.grant(token: token)?.organization == organization)
    try await Task.sleep(for: .milliseconds(1100))
    #expect(try store.grant(token: token)?.organization == nil)
  }

  @Test func comparisonSeesEveryByte() {
    let a = Secrets.hash("a")
    for index in a.indices {
      var b = a
      b[index] ^= 1
      #expect(!Secrets.areEqual(a, b))
    }
    #expect(Secrets.areEqual(a, Secrets.hash("a")))
  }
}
