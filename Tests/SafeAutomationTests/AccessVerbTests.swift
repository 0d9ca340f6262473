import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import Testing

/// Verbs about collections and who may see them.
struct AccessVerbTests {
  @Test func accessIsGivenChangedAndTaken() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let c = collections["finance/payroll"]
        grant c to: alice@acme.com access: view
        grant c to: members[alice@acme.com] access: manage
        grant c to: groups["Sales"] access: editHidden
        print "{c.members.count()} {c.groups.count()}"
        print "{members[alice@acme.com].collections.find(.externalId == "finance/payroll")?.access.text() ?? "none"}"
        print "{groups["Sales"].collections.find(.id == c.id)?.access.text() ?? "none"}"
        ungrant c from: alice@acme.com
        ungrant(c, from: groups["Sales"])
        print "{c.members.count()} {c.groups.count()}"
        """)
      #expect(found.error == "")
      #expect(found.output[1...2] == ["manage", "editHidden"])
      let counts = found.output.compactMap { line in line.split(separator: " ").compactMap { Int($0) } }.filter { $0.count == 2 }
      #expect(counts.count == 2 && counts[0][0] == counts[1][0] + 1 && counts[0][1] == counts[1][1] + 1, "\(found.output)")
      #expect(found.result.calls.map { "\($0.verb) \($0.count)" } == ["grant 3", "ungrant 2"])
      #expect(found.writes == ["Members_Put", "Members_Put", "Collections_Put", "Members_Put", "Collections_Put"])
    }
  }

  @Test func whatIsSoAlreadyIsNotSent() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let c = collections["infra/production"]
        grant c to: backup@acme.com access: viewHidden
        ungrant c from: hugo@acme.com
        ungrant c from: groups["Sales"]
        update c externalId: "infra/production"
        update c groups: c.groups
        update alice@acme.com collections: alice@acme.com.collections
        """.replacing("alice@acme.com.collections", with: "members[alice@acme.com].collections"))
      #expect(found.error == "" && found.result.calls.isEmpty && found.writes == [], "\(found.error) \(found.writes)")
    }
  }

  @Test func aCollectionIsChangedAndRemoved() async throws {
    try await withSandbox { sandbox in
      let before = try #require(try await sandbox.client.collections().first { $0.externalId == "infra/production" })
      let found = try await sandbox.evaluate(
        """
        let c = update collections["infra/production"] externalId: "prod"
        print c.externalId
        update c groups: [{ id: groups["Sales"].id, access: edit }]
        print c.groups.name
        print groups["Sales"].collections.any(.externalId == "prod")
        update collections["prod"] externalId: null
        print collections.count(.externalId == null)
        let n = collections.count()
        remove c
        remove c
        print (n - collections.count())
        print members[alice@acme.com].collections.count()
        """)
      #expect(found.error == "")
      #expect(found.output.filter { !$0.hasPrefix("{") } == ["prod", #"["Sales"]"#, "true", "1", "1", "0"], "\(found.output)")
      #expect(found.count("Collections_Delete") == 1)
      #expect(before.groups?.isEmpty == false)
      #expect(try await sandbox.client.collections().contains { $0.id == before.id } == false)
    }
  }

  @Test func changingTheExternalIdKeepsTheGroups() async throws {
    try await withSandbox { sandbox in
      let before = try #require(try await sandbox.client.collections().first { $0.externalId == "infra/production" })
      _ = try await sandbox.evaluate("update collections[\"infra/production\"] externalId: \"p\"")
      let after = try await sandbox.client.collection(before.id)
      #expect(after.externalId == "p" && after.groups == before.groups && before.groups?.isEmpty == false)
    }
  }

  /// Each reads afresh under the object's lock, so none takes back what another did.
  @Test func writesToOneObjectDoNotOverlap() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let c = collections["finance/payroll"]
        let n = c.groups.count()
        groups | each g par 8 { grant c to: g access: view } | count
        print c.groups.count()
        collections | each c par 8 { grant c to: hugo@acme.com access: edit } | count
        print (members[hugo@acme.com].collections.count() == collections.count())
        groups | each g par 8 { add hugo@acme.com to: g } | count
        print members[hugo@acme.com].groups.count()
        """, needs: "needs collections.grant <= 99, groups.addMember <= 9\n")
      #expect(found.error == "")
      #expect(found.output.count == 6 && found.output[1] == "8" && found.output[3] == "true" && found.output[5] == "8", "\(found.output)")
      let hugo = try #require(try await sandbox.client.members().first { $0.email == "hugo@acme.com" })
      let collections = try await sandbox.client.collections()
      let payroll = collections.first { $0.externalId == "finance/payroll" }
      #expect(hugo.collections?.count == collections.count && payroll?.groups?.count == 8)
      #expect(try await sandbox.client.groupIDs(ofMember: hugo.id).count == 8)
    }
  }

  @Test func somebodyElsesChangeInBetweenIsKept() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.evaluate("members | count")
      var hugo = try #require(try await sandbox.client.members().first { $0.email == "hugo@acme.com" })
      let other = try #require(try await sandbox.client.collections().first { $0.externalId == "sales/crm" })
      hugo = try await sandbox.client.updateMember(
        hugo.id, MemberBody(type: .user, externalId: "theirs", permissions: nil, collections: [Association(id: other.id, access: .manage)]))
      let found = try await sandbox.evaluate("grant collections[\"finance/payroll\"] to: hugo@acme.com access: view\nmembers[hugo@acme.com].externalId")
      #expect(found.output == ["\"theirs\""], "\(found.error)")
      let after = try await sandbox.client.member(hugo.id)
      #expect(after.externalId == "theirs" && Set(after.collections?.map(\.access) ?? []) == [.manage, .view])
    }
  }

  @Test func aMemberIsUpdatedInOneCall() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let p = collections["sales/crm"]
        update hugo@acme.com type: admin groups: [groups["Sales"], groups["Design"]] collections: [{ id: p.id, access: manage }]
        let m = members[hugo@acme.com]
        print "{m.type} {m.groups.name.join(",")} {m.collections.access.count()}"
        update groups["Sales"] collections: [{ id: p.id, access: view }]
        print p.groups.find(.name == "Sales")?.access
        """)
      #expect(found.error == "")
      #expect(found.output.filter { !$0.hasPrefix("{") } == ["admin Design,Sales 1", "view"], "\(found.output)")
      #expect(found.writes == ["Members_Put", "Groups_Put"])
    }
  }

  @Test func removeKnowsWhatItTakes() async throws {
    for text in [
      "remove policies[singleOrg]", "remove \"Engineering\"", "grant alice@acme.com to: groups[\"Sales\"] access: view",
      "grant collections[\"x\"] to: policies[singleOrg] access: view",
    ] {
      let error = #expect(throws: ScriptErrors.self, "\(text)") {
        _ = try Script(SourceFile(name: "t", text: LiveWorldTests.Sandboxed.needs + text), schema: SecretSafeSchema.schema)
      }
      #expect(error?.diagnostics.count == 1, "\(text): \(error?.diagnostics.map(\.message) ?? [])")
    }
    let text = LiveWorldTests.Sandboxed.needs + "remove groups[\"x\"]\nremove collections[\"x\"]\nremove alice@acme.com\nremove members[alice@acme.com]"
    #expect(try Script(SourceFile(name: "t", text: text), schema: SecretSafeSchema.schema).program.effect == .destroy)
  }

  @Test func capsCountChangesOnly() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let c = collections["infra/production"]
        range(5) | each { grant c to: backup@acme.com access: viewHidden } | count
        try { grant c to: hugo@acme.com access: view } catch e { print "caught" }
        grant c to: liam@acme.com access: view
        """, needs: "needs collections.grant <= 1\n")
      #expect(found.result.error?.reach == .stopped && found.error.contains("collections.grant <= 1"), "\(found.error)")
      #expect(found.output == ["5"] && found.writes == ["Members_Put"])
    }
  }
}
