import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import Testing

/// How many requests each relation costs, in both directions: never one for each row.
struct RelationTests {
  @Test(arguments: [
    // Of 60 members, 8 groups are asked; of one member, that member.
    ("members | where .groups.count() > 1 | count", ["Groups_GetMemberIds": 8, "Groups_List": 1, "Members_List": 1]),
    ("members[alice@acme.com].groups.count()", ["Members_GetGroupIds": 1, "Groups_List": 1, "Members_List": 1]),
    ("groups | where .members.count() > 9 | count", ["Groups_GetMemberIds": 8, "Groups_List": 1, "Members_List": 1]),
    ("groups[\"Sales\"].members.count()", ["Groups_GetMemberIds": 1, "Groups_List": 1, "Members_List": 1]),
    ("members | where .collections.count() > 1 | count", ["Collections_List": 1, "Members_List": 1]),
    ("members[backup@acme.com].collections.access", ["Collections_List": 1, "Members_List": 1]),
    ("collections | where .members.count() > 1 | count", ["Collections_List": 1, "Members_List": 1]),
    ("groups | select .name, n = .collections.count()", ["Collections_List": 1, "Groups_List": 1]),
    ("collections | select .externalId, n = .groups.count()", ["Collections_List": 1, "Groups_List": 1]),
    // Blocks and loops read for the rows around them.
    ("for m in members { let n = m.groups.count() }", ["Groups_GetMemberIds": 8, "Groups_List": 1, "Members_List": 1]),
    ("members | each m par 8 { m.groups.count() } | count", ["Groups_GetMemberIds": 8, "Groups_List": 1, "Members_List": 1]),
    ("for m in members | take 2 { let n = m.groups.count() }", ["Members_GetGroupIds": 2, "Groups_List": 1, "Members_List": 1]),
    ("groups | where .members.any(.collections.count() > 0) | count", ["Groups_GetMemberIds": 8, "Groups_List": 1, "Members_List": 1, "Collections_List": 1]),
  ])
  func costs(_ text: String, _ expected: [String: Int]) async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(text)
      #expect(found.error == "")
      #expect(Dictionary(found.requests.map { ($0, 1) }, uniquingKeysWith: +) == expected)
    }
  }

  @Test func groupsAreReadFromTheMembersWhereThoseAreFewer() async throws {
    try await withSandbox { sandbox in
      for member in try await sandbox.client.members().dropFirst(3) where member.type != .owner { try await sandbox.client.removeMember(member.id) }
      let left = try await sandbox.client.members().count
      #expect(left < 8)
      let found = try await sandbox.evaluate("groups | where .members.count() > 0 | select .name | sort .name")
      #expect(found.count("Members_GetGroupIds") == left && found.count("Groups_GetMemberIds") == 0, "\(found.requests)")
      #expect(found.output == [#"[{ name: "Finance" }, { name: "Operations" }, { name: "People" }]"#])
    }
  }

  @Test func bothSidesTellTheSame() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let a = members.map(.groups.count()).sum()
        let b = groups.map(.members.count()).sum()
        print "{a == b and a > 60}"
        print "{members.map(.collections.count()).sum() == collections.map(.members.count()).sum()}"
        print "{groups.map(.collections.count()).sum() == collections.map(.groups.count()).sum()}"
        members[backup@acme.com].collections | select .externalId, .access
        collections["finance/payroll"].members | select .email, .access
        collections["infra/production"].groups | select .name, .access
        """)
      #expect(found.error == "")
      #expect(
        found.output.prefix(5) == [
          "true", "true", "true", #"[{ externalId: "infra/production", access: viewHidden }, { externalId: "infra/network", access: view }]"#,
          #"[{ email: "cyrus@acme.com", access: view }, { email: "emil@acme.com", access: editHidden }]"#,
        ], "\(found.output)")
    }
  }

  @Test func relationsFollowOwnWritesDuringTheirRead() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let g = groups["Sales"]
        range(60) | each i par 16 {
          if i % 2 == 0 { members.map(.groups.count()).sum() } else { add members[i] to: g ; 0 }
        } on error collect | where not .ok | count
        g.members.count() == members.count(.groups.any(.name == "Sales"))
        """, needs: "needs groups.addMember <= 60\n")
      #expect(found.output == ["0", "true"], "\(found.output) \(found.error)")
      let ids = try await sandbox.client.memberIDs(ofGroup: try #require(try await sandbox.client.groups().first { $0.name == "Sales" }).id)
      let known = try await sandbox.evaluate("groups[\"Sales\"].members.count()")
      #expect(known.output == ["\(ids.count)"] && known.requests == [])
    }
  }
}
