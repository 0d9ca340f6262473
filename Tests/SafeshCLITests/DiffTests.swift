import Foundation
import SecretSafeAPI
import Testing

/// `safesh diff`, and snapshots as what a sandbox and a server begin with, on the real program.
@Suite struct DiffTests {
  private static let before = """
    {"snapshot": 1,
     "members": [
       {"id": "00000000-0000-4000-8000-000000000001", "email": "ann@acme.com", "status": "confirmed", "type": "owner"},
       {"id": "00000000-0000-4000-8000-000000000002", "email": "bob@acme.com", "status": "confirmed", "type": "user", "externalId": "hr-2",
        "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "access": "view"}, {"id": "00000000-0000-4000-8000-0000000000c2", "access": "edit"}]},
       {"id": "00000000-0000-4000-8000-000000000003", "email": "cid@acme.com", "status": "confirmed", "type": "user"},
       {"id": "00000000-0000-4000-8000-000000000004", "email": "dan@acme.com", "status": "revoked", "type": "user"}],
     "groups": [
       {"id": "00000000-0000-4000-8000-0000000000a1", "name": "Engineering",
        "members": ["00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003"]},
       {"id": "00000000-0000-4000-8000-0000000000a2", "name": "Sales"}],
     "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "externalId": "infra/prod"}, {"id": "00000000-0000-4000-8000-0000000000c2"}],
     "policies": [{"id": "00000000-0000-4000-8000-0000000000f1", "type": "masterPassword", "enabled": true, "data": {"minLength": 12}}],
     "subscription": {"passwordManager": {"seats": 10}}}
    """

  private static let after = """
    {"snapshot": 1,
     "members": [
       {"id": "00000000-0000-4000-8000-000000000001", "email": "ann@acme.com", "status": "revoked", "type": "owner"},
       {"id": "00000000-0000-4000-8000-000000000002", "email": "bob@acme.com", "status": "confirmed", "type": "custom", "permissions": ["manageUsers"],
        "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "access": "manage"}]},
       {"id": "00000000-0000-4000-8000-000000000004", "email": "dan@acme.com", "status": "invited", "type": "user"},
       {"id": "00000000-0000-4000-8000-000000000005", "email": "eve@acme.com", "status": "invited", "type": "user", "externalId": "hr-5\\u001b[2J"}],
     "groups": [
       {"id": "00000000-0000-4000-8000-0000000000a1", "name": "Engineers", "members": ["00000000-0000-4000-8000-000000000005"],
        "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "access": "view"}]}],
     "collections": [{"id": "00000000-0000-4000-8000-0000000000c1", "externalId": "infra/prod"}],
     "policies": [{"id": "00000000-0000-4000-8000-0000000000f9", "type": "masterPassword", "enabled": true, "data": {"minLength": 14}},
                  {"id": "00000000-0000-4000-8000-0000000000f2", "type": "singleOrg", "enabled": true}],
     "subscription": {"passwordManager": {"seats": 12}}}
    """

  private static func files() throws -> URL {
    let folder = try temporaryFolder()
    try Data(before.utf8).write(to: folder.appendingPathComponent("a.json"))
    try Data(after.utf8).write(to: folder.appendingPathComponent("b.json"))
    return folder
  }

  @Test func whatIsOtherIsToldObjectByObject() throws {
    let folder = try Self.files()
    let result = try Command.run(["diff", "a.json", "b.json"], in: folder)
    #expect(result.status == 1)
    #expect(result.messages.isEmpty)
    #expect(
      result.output == """
        ~ member ann@acme.com
              status: confirmed -> revoked
        ~ member bob@acme.com
              type: user -> custom
              externalId: hr-2 -> null
              permissions: null -> [manageUsers]
            ~ access to infra/prod: view -> manage
        - member cid@acme.com
        ~ member dan@acme.com
              status: revoked -> invited
        + member eve@acme.com
              status: invited
              type: user
              externalId: hr-5\\u{1b}[2J
        ~ group Engineers
              name: Engineering -> Engineers
            + access to infra/prod: view
            - member bob@acme.com
            + member eve@acme.com
        - group Sales
        - collection 00000000-0000-4000-8000-0000000000c2
        ~ policy masterPassword
              data.minLength: 12 -> 14
        + policy singleOrg
              enabled: true
        ~ subscription
              passwordManager.seats: 10 -> 12

        members: 1 invited, 1 changed, 1 revoked, 1 restored, 1 removed
        groups: 1 changed, 1 removed
        memberships: 1 added, 1 dropped
        access: 1 granted, 1 changed
        collections: 1 removed
        policies: 1 enabled, 1 changed
        subscription: 1 changed

        """)
    let colored = try Command.run(["diff", "a.json", "b.json", "--color", "always"], in: folder)
    #expect(colored.output.contains("\u{1b}[1;31m- member cid@acme.com\u{1b}[0m\n"))
    let back = try Command.run(["diff", "b.json", "a.json"], in: folder)
    #expect(back.output.contains("- member eve@acme.com\n") && back.output.contains("+ group Sales\n"), "\(back.output)")
  }

  @Test func theSameAsDataHasIdsAndEveryField() throws {
    let folder = try Self.files()
    let result = try Command.run(["diff", "a.json", "b.json", "--output", "json"], in: folder)
    #expect(result.status == 1)
    let read = try JSONReader.read(Array(result.output.utf8))
    #expect(read["isEqual"] == false)
    #expect(read["counts"]?["members"]?["invited"] == 1)
    guard case .array(let changes)? = read["changes"] else { throw Missing() }
    #expect(changes.count == 11)
    #expect(changes[1]["id"] == "00000000-0000-4000-8000-000000000002")
    #expect(
      changes[1]["access"]
        == [["collection": "00000000-0000-4000-8000-0000000000c1", "name": "infra/prod", "before": "view", "after": "manage"]])
    #expect(changes[2]["action"] == "removed")
  }

  private struct Missing: Error {}

  /// As of diff(1), and each trouble is told.
  @Test func theStatusTellsEqualFromDifferentAndFromTrouble() throws {
    let folder = try Self.files()
    let equal = try Command.run(["diff", "a.json", "a.json"], in: folder)
    #expect(equal.status == 0)
    #expect(equal.output == "no difference\n")
    for (arguments, text) in [
      (["a.json", "none.json"], "there is no file 'none.json'"), (["live", "live"], "only one side can be 'live'"), (["a.json"], "after"),
      (["a.json", "b.json", "-o", "csv"], "not as csv"),
    ] {
      let result = try Command.run(["diff"] + arguments, in: folder)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.messages.contains(text), "\(result.messages)")
    }
    try Data(#"{"snapshot": 1, "members": {}}"#.utf8).write(to: folder.appendingPathComponent("c.json"))
    let wrong = try Command.run(["diff", "a.json", "c.json"], in: folder)
    #expect(wrong.status == 2)
    #expect(wrong.messages == "c.json:$.members: a list is expected, not an object\n")
    let unreachable = try Command.run(
      ["diff", "a.json", "live"], environment: ["SAFESH_URL": "http://127.0.0.1:9", "SAFESH_CLIENT_ID": "organization.x", "SAFESH_CLIENT_SECRET": "y"], in: folder)
    #expect(unreachable.status == 2 || unreachable.status == 4)
  }

  /// A server that begins with a snapshot does not differ from it; what is done there shows, and only reading is needed to see it.
  @Test func aServerBeginsWithASnapshotAndDiffersByWhatIsDone() throws {
    let folder = try Self.files()
    let data = folder.appendingPathComponent("org.db")
    let server = try ServerProcess(data: data, ["--from", folder.path + "/a.json"])
    let same = try Command.run(["diff", "a.json", "live"], environment: server.environment, in: folder)
    #expect(same.status == 0, "\(same.output)\(same.messages)")
    #expect(same.messages.hasPrefix("target: 127.0.0.1:"))
    let run = try Command.run(["--yes", "-c", "needs groups.addMember <= 1\nadd ann@acme.com to: groups[\"Sales\"]"], environment: server.environment, in: folder)
    #expect(run.status == 0, "\(run.messages)")
    let writes = server.log.count { !$0.hasPrefix("GET") && !$0.contains("/connect/token") }
    let changed = try Command.run(["diff", "a.json", "live"], environment: server.environment, in: folder)
    #expect(changed.status == 1)
    #expect(changed.output == "~ group Sales\n    + member ann@acme.com\n\nmemberships: 1 added\n")
    #expect(server.log.count { !$0.hasPrefix("GET") && !$0.contains("/connect/token") } == writes)
    server.stop()
    let again = try Command.run(["serve", "--data", data.path, "--port", "0", "--from", folder.path + "/b.json"])
    #expect(again.status == 1)
    #expect(again.messages.contains("holds an organization already, which a snapshot does not replace"), "\(again.messages)")
    let wrong = try Command.run(["serve", "--data", folder.path + "/new.db", "--from", folder.path + "/none.json"])
    #expect(wrong.status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/new.db"))
  }

  @Test func aSandboxBeginsWithASnapshot() throws {
    let folder = try Self.files()
    let memory = try Command.run(["-c", "members.email", "--sandbox-from", "a.json", "-o", "csv"], in: folder)
    #expect(memory.status == 0)
    #expect(memory.output.contains("dan@acme.com"))
    #expect(memory.messages == "target: sandbox from a.json\n")
    let file = try Command.run(["diff", "a.json", "live", "--sandbox", "s.db", "--sandbox-from", "a.json"], in: folder)
    #expect(file.status == 0, "\(file.output)\(file.messages)")
    let later = try Command.run(["-c", "members | count", "--sandbox", "s.db"], in: folder)
    #expect(later.output == "4\n")
    let again = try Command.run(["-c", "members | count", "--sandbox", "s.db", "--sandbox-from", "a.json"], in: folder)
    #expect(again.status == 2)
    #expect(again.messages.contains("s.db is there already"), "\(again.messages)")
    let missing = try Command.run(["-c", "1", "--sandbox-from", "none.json"], in: folder)
    #expect(missing.status == 2)
    #expect(missing.messages.contains("there is no file 'none.json'"), "\(missing.messages)")
  }
}
