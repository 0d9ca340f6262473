import Foundation
import SecretSafeAPI
import SecretSafeClient
import SecretSafeServer
import Testing

@testable import SafeshCLI

@Suite struct SnapshotTests {
  @Test func theDemoOrganizationComesBackEqual() async throws {
    let first = try await Self.snapshot(of: .demo)
    #expect(first.members.count == 60)
    #expect(first.groups.count == 8)
    #expect(first.policies.count == 4)
    #expect(first.subscription?.passwordManager?.seats == 100)
    #expect(first.members.contains { $0.member.status == .revoked } && first.members.contains { $0.member.status == .staged })
    let read = try OrganizationSnapshot(json: first.json)
    #expect(read == first)
    let second = try await Self.snapshot(of: .snapshot(read))
    #expect(second == first)
    #expect(second.json == first.json)
  }

  @Test func anEmptyOneComesBackEqual() async throws {
    let empty = try await Self.snapshot(of: .empty)
    #expect(empty == OrganizationSnapshot())
    let loaded = try await Self.snapshot(of: .snapshot(try OrganizationSnapshot(json: empty.json)))
    #expect(loaded == empty)
    let least = try OrganizationSnapshot(json: Array(#"{"snapshot": 1}"#.utf8))
    #expect(least == empty)
  }

  /// The API does not show what a revoked member was.
  @Test func aRevokedMemberGetsTheStatusFromBefore() async throws {
    let text = """
      {"snapshot": 1, "members": [
        {"id": "00000000-0000-4000-8000-000000000001", "email": "a@example.net", "status": "revoked", "type": "user"},
        {"id": "00000000-0000-4000-8000-000000000002", "email": "B@example.net", "status": "revoked", "type": "user",
         "userId": "00000000-0000-4000-8000-000000000012"},
        {"id": "00000000-0000-4000-8000-000000000003", "email": "c@example.net", "status": "revoked", "type": "user",
         "userId": "00000000-0000-4000-8000-000000000013", "statusBefore": "accepted"}
      ]}
      """
    let client = try await EmbeddedServer(.snapshot(try OrganizationSnapshot(json: Array(text.utf8)))).client()
    for member in try await client.members() { try await client.restore(member.id) }
    let members = try await client.members()
    #expect(members.map(\.status) == [.invited, .confirmed, .accepted])
    #expect(members.map(\.email) == ["a@example.net", "b@example.net", "c@example.net"])
    await client.shutdown()
  }

  /// What is wrong is told with its place, and all of it at once.
  @Test(arguments: [
    (#"{"snapshot": 2}"#, ["$.snapshot: version 2 is not known to this safesh, which reads version 1"]),
    (#"{"snapshot": "1"}"#, ["$.snapshot: version '1' is not known to this safesh, which reads version 1"]),
    (#"{"members": []}"#, ["$: this is no snapshot: it has no member 'snapshot' with the version of the format, which is 1"]),
    ("[]", ["$: a snapshot is an object"]),
    ("{\n  \"snapshot\": 1,\n}", ["3:1: no JSON: a member name in quotes is expected"]),
    (
      #"{"snapshot": 1, "member": [], "groups": {}}"#,
      ["$.member: there is no such member; there are collections, groups, members, policies, snapshot, subscription", "$.groups: a list is expected, not an object"]
    ),
    (
      #"{"snapshot": 1, "members": [{"id": "x", "email": "kim", "status": "confirmd", "type": "user", "permissions": ["manageUsers"]}]}"#,
      [
        "$.members[0].id: an id as 6ba7b810-9dad-41d1-80b4-00c04fd430c8 is expected, not 'x'", "$.members[0].email: 'kim' is no e-mail address",
        "$.members[0].status: 'confirmd' is none of revoked, invited, accepted, confirmed, staged",
        "$.members[0].permissions: only a member of type custom has permissions",
      ]
    ),
    (
      #"""
      {"snapshot": 1,
       "members": [
         {"id": "00000000-0000-4000-8000-000000000001", "email": "kim@example.net", "status": "confirmed", "type": "manager", "statusBefore": "invited"},
         {"id": "00000000-0000-4000-8000-000000000002", "email": "lou@example.net", "status": "confirmed", "type": "user",
          "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "access": "write"}, {"access": "edit"}]},
         {"id": "00000000-0000-4000-8000-000000000002", "email": "Lou@example.net", "status": "confirmed", "type": "user"}],
       "groups": [{"id": "00000000-0000-4000-8000-0000000000a1", "name": " ", "members": ["00000000-0000-4000-8000-000000000009"]}]}
      """#,
      [
        "$.members[0].statusBefore: only a revoked member has a status from before", "$.members[0].type: 'manager' is none of owner, admin, user, custom",
        "$.members[1].collections[0].access: 'write' is none of viewHidden, view, editHidden, edit, manage",
        "$.members[1].collections[0].id: no collection of this snapshot has the id 00000000-0000-4000-8000-0000000000c1",
        "$.members[1].collections[1]: 'id' is missing", "$.members[2].id: 00000000-0000-4000-8000-000000000002 is there twice",
        "$.members[2].email: lou@example.net is there twice",
        "$.groups[0].name: a text with something in it is expected; leave it out if there is none",
        "$.groups[0].members[0]: no member of this snapshot has the id 00000000-0000-4000-8000-000000000009",
      ]
    ),
    (
      #"{"snapshot": 1, "policies": [{"id": "00000000-0000-4000-8000-000000000001", "type": "sso", "data": 3}], "subscription": {"passwordManager": {"seats": 0}}}"#,
      [
        "$.policies[0].type: 'sso' is none of ", "$.policies[0].data: an object or null is expected",
        "$.subscription.passwordManager.seats: a whole number from 1 on is expected",
      ]
    ),
  ])
  func mistakesAreToldWithTheirPlaces(text: String, expected: [String]) throws {
    let error = try #require(throws: OrganizationSnapshot.ReadingError.self) { try OrganizationSnapshot(json: Array(text.utf8)) }
    let told = error.problems.map(\.description)
    #expect(told.count == expected.count, "\(told)")
    for (one, other) in zip(told, expected) { #expect(one.hasPrefix(other)) }
  }

  @Test func theExampleOfTheDocumentationIsRead() async throws {
    let text = try String(contentsOf: Command.root.appendingPathComponent("docs/snapshots.md"), encoding: .utf8)
    let example = try #require(text.components(separatedBy: "```json\n").dropFirst().first?.components(separatedBy: "```").first)
    let read = try OrganizationSnapshot(json: Array(example.utf8))
    let loaded = try await Self.snapshot(of: .snapshot(read))
    #expect(loaded.members.map(\.member) == read.members.map(\.member))
    #expect(read.members.last?.statusBeforeRevoked == .accepted)
    #expect(loaded.groups == read.groups && loaded.policies == read.policies && loaded.subscription == read.subscription)
  }

  private static func snapshot(of content: EmbeddedServer.Content) async throws -> OrganizationSnapshot {
    let client = try await EmbeddedServer(content).client()
    let snapshot = try await client.snapshot()
    await client.shutdown()
    return snapshot
  }
}
