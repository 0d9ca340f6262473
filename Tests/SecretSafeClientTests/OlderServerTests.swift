import SecretSafeAPI
import Testing

@testable import SecretSafeClient
@testable import SecretSafeServer

/// Servers that lack an endpoint (`api.md` 3.2.8, 9, 10), told apart from missing objects.
@Suite struct OlderServerTests {
  private static func run(without missing: [Endpoint], _ body: (Client) async throws -> Void) async throws {
    let sandbox = try await Sandbox.start(file: nil, endpoints: Endpoint.all.filter { !missing.contains($0) })
    let client = Client(
      Credentials(address: try ServerAddress(sandbox.server.url), clientID: sandbox.clientID, secret: ClientSecret(sandbox.clientSecret)),
      options: Bench.options)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.shutdown()
    await sandbox.server.stop()
    try result.get()
  }

  @Test func anEndpointThatIsMissingIsNamed() async throws {
    try await Self.run(without: [.membersRevoke, .membersRestore, .groupsGetMemberIds, .groupsPutMemberIds, .policiesList, .organizationPutSubscription]) { client in
      let member = try #require(try await client.members().last)
      let group = try #require(try await client.groups().first)
      let errors = [
        await failure { () async throws(ClientError) in try await client.revoke(member.id) },
        await failure { () async throws(ClientError) in try await client.restore(member.id) },
        await failure { () async throws(ClientError) in try await client.memberIDs(ofGroup: group.id) },
        await failure { () async throws(ClientError) in try await client.policies() },
        await failure { () async throws(ClientError) in try await client.updateSubscription(Subscription(passwordManager: .init(seats: 200), secretsManager: nil)) },
      ]
      #expect(errors.map { $0?.kind } == Array(repeating: .unsupported, count: 5))
      #expect(errors.map { $0?.status } == [404, 404, 404, 404, 405])
      #expect(errors[0]?.message.hasPrefix("this server does not offer 'suspend a member' (POST /public/members/{id}/revoke: 404)") == true)
      #expect(errors.allSatisfy { $0?.isOutcomeUnknown == false })
    }
  }

  @Test func aMissingObjectIsNoMissingEndpoint() async throws {
    try await Self.run(without: [.membersRevoke, .groupsGetMemberIds]) { client in
      let errors = [
        await failure { () async throws(ClientError) in try await client.revoke(.random()) },
        await failure { () async throws(ClientError) in try await client.memberIDs(ofGroup: .random()) },
        await failure { () async throws(ClientError) in try await client.collection(.random()) },
        await failure { () async throws(ClientError) in try await client.restore(.random()) },
      ]
      #expect(errors.map { $0?.kind } == Array(repeating: .notFound, count: 4))
      let unsaved = try await client.policy(.fillAssist)
      #expect(unsaved == nil)
    }
  }

  @Test func onlyTheImportIsThere() async throws {
    try await Self.run(without: Endpoint.all.filter { $0 != .organizationImport }) { client in
      let twice = ImportBody(
        members: [.init(email: "a@b.co", externalId: "x"), .init(email: "A@b.co", externalId: "y")], groups: [], overwriteExisting: false)
      let refused = await failure { () async throws(ClientError) in try await client.importDirectory(twice) }
      #expect(refused?.kind == .invalid && refused?.message == "Members[1].Email: The address 'a@b.co' is that of Members[0] too.")
      try await client.importDirectory(ImportBody(members: [.init(email: "a@b.co", externalId: "x")], groups: [], overwriteExisting: false))
      let members = await failure { () async throws(ClientError) in try await client.members() }
      #expect(members?.kind == .unsupported)
      let member = await failure { () async throws(ClientError) in try await client.revoke(.random()) }
      // Neither the call nor the object can be had, so that the object counts as missing.
      #expect(member?.kind == .notFound)
    }
  }
}
