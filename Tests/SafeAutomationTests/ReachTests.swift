import SafeLanguage
import SecretSafeClient
import Testing

@testable import SafeAutomation

/// What a script can come to is found without running it.
struct ReachTests {
  @Test func everyCapabilityIsInTheTable() {
    #expect(Reach.capabilities == Set(SecretSafeSchema.schema.capabilities))
  }

  @Test(
    arguments: [
      ("1 + 1", []), ("members | count", [.members]), ("groups.name", [.groups]), ("events since: 1h | count", []),
      ("needs groups.create <= 1\ncreate group name: \"x\"", [.groups]),
      ("needs groups.create <= 1\ncreate group name: \"x\" collections: groups[\"y\"].collections", [.groups, .collections]),
      ("needs members.invite <= 1\ninvite a@b.cd type: user", [.members, .subscription]),
      ("needs members.invite <= 1\ndef f() { invite a@b.cd type: user groups: groups }\nf()", [.members, .subscription, .groups]),
      ("needs members.restore <= 1\nrestore a@b.cd", [.members, .subscription, .policies]),
      ("needs policies.update <= 1\nenable masterPassword", [.policies]), ("needs policies.update <= 1\nenable singleOrg", [.policies, .members]),
      ("needs collections.grant <= 1\ngrant collections[\"x\"] to: groups[\"y\"] access: view", [.collections, .groups]),
      // What is allowed and never said is not reached.
      ("needs members.invite <= 1\ngroups | count", [.groups]),
    ] as [(String, Set<SnapshotPart>)])
  func itIsWhatTheScriptSays(_ text: String, _ parts: Set<SnapshotPart>) throws {
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: SecretSafeSchema.schema)
    #expect(Reach(script.program).parts == parts)
  }
}
