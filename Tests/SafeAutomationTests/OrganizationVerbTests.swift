import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import Testing

/// Verbs about policies, the subscription, and the whole directory.
struct OrganizationVerbTests {
  // MARK: policies

  @Test func enableKeepsWhatIsNotNamed() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let p = enable masterPassword data: { minLength: 16, requireUpper: null }
        print p.data?.minLength
        print policies[masterPassword].data?.minComplexity
        enable requireSso
        print policies[requireSso].enabled
        disable policies[maximumVaultTimeout]
        print policies[maximumVaultTimeout].data?.minutes
        enable organizationUserNotification data: { header: "Note", showAfterEveryLogin: true }
        """)
      #expect(found.error == "")
      #expect(found.output.filter { !$0.hasPrefix("{") } == ["16", "3", "true", "60"], "\(found.output)")
      #expect(found.writes == ["Policies_Put", "Policies_Put", "Policies_Put", "Policies_Put"])
      let policies = try await sandbox.client.policies()
      #expect(policies.first { $0.type == .masterPassword }?.data == ["enforceOnLogin": false, "minComplexity": 3, "minLength": 16])
      #expect(policies.first { $0.type == .maximumVaultTimeout }.map { !$0.enabled && $0.data?["minutes"] == 60 } == true)
      #expect(policies.first { $0.type == .organizationUserNotification }?.data == ["header": "Note", "showAfterEveryLogin": true])
    }
  }

  @Test func aPolicyThatIsSoAlreadyIsNotSent() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        enable masterPassword
        enable masterPassword data: { minLength: 14, minComplexity: 3, requireLower: null }
        enable policies[singleOrg]
        disable passwordGenerator
        disable requireSso
        print (policies[requireSso].id == null)
        """)
      #expect(found.error == "" && found.writes == [] && found.result.calls.isEmpty, "\(found.error) \(found.writes)")
      #expect(found.output.last == "true")
    }
  }

  @Test func whomAPolicyPutsOutIsSeen() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let before = members.count(.status == revoked)
        try { enable twoFactorAuthentication } catch e { print "{e.kind}" }
        print "{members.count(.status == revoked) > before}"
        """)
      #expect(found.error == "")
      let revoked = try await sandbox.client.members().count { $0.status == .revoked }
      #expect(found.output.contains(revoked > 4 ? "true" : "refused"), "\(found.output)")
    }
    func effect(_ text: String) throws -> Effect {
      try Script(SourceFile(name: "t", text: "needs policies.update <= 1\n" + text), schema: SecretSafeSchema.schema).program.effect
    }
    #expect(try effect("enable singleOrg") == .destroy && effect("enable twoFactorAuthentication") == .destroy)
    #expect(try effect("enable requireSso") == .write && effect("disable singleOrg") == .write)
    #expect(try effect("for p in policies { enable p }") == .destroy)
  }

  @Test func policiesThatTheServerLinksAreReadAgain() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        policies | count
        enable sendControls data: { disableSend: true }
        print policies[sendControls].data?.disableSend
        print policies[disableSend].enabled
        disable disableSend
        print policies[sendControls].data?.disableSend
        """)
      #expect(found.error == "")
      #expect(found.output.filter { !$0.hasPrefix("{") } == ["4", "true", "true", "false"], "\(found.output)")
      #expect(found.count("Policies_List") == 3)
    }
  }

  @Test func aSettingOfAnotherPolicyIsAnError() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate("enable maximumVaultTimeout data: { minLength: 3 }")
      #expect(found.result.error?.kind == .invalid && found.error.contains("no setting 'minLength'") && found.writes == [])
    }
    for text in ["enable masterPassword data: { minLenght: 3 }", "enable masterPassword data: { minLength: \"3\" }", "enable masterPasswrd"] {
      let error = #expect(throws: ScriptErrors.self) {
        _ = try Script(SourceFile(name: "t", text: "needs policies.update <= 1\n" + text), schema: SecretSafeSchema.schema)
      }
      #expect(error?.diagnostics.count == 1, "\(text)")
    }
  }

  @Test func settingsFromParallelRowsAreAllKept() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        range(4) | each i par 4 {
          if i == 0 { enable masterPassword data: { minLength: 15 } }
          else if i == 1 { enable masterPassword data: { requireLower: true } }
          else if i == 2 { enable masterPassword data: { requireNumbers: true } }
          else { enable masterPassword data: { enforceOnLogin: true } }
        } | count
        """)
      #expect(found.error == "")
      #expect(
        try await sandbox.client.policy(.masterPassword)?.data
          == ["enforceOnLogin": true, "minComplexity": 3, "minLength": 15, "requireLower": true, "requireNumbers": true, "requireUpper": true])
    }
  }

  // MARK: subscription

  @Test func theSubscriptionIsChangedAfterAYes() async throws {
    try await withSandbox { sandbox in
      let refused = try await sandbox.evaluate("subscription.passwordManager.seats\nupdate subscription seats: 120 storage: 10")
      #expect(refused.result.error?.reach == .stopped && refused.writes == [], "\(refused.error)")
      #expect(refused.output.last == "asked: change the subscription from 100 seats to 120 and 5 GB of storage to 10? this can cost money")

      let done = try await sandbox.evaluate("let s = update subscription seats: 120\ns.passwordManager\nsubscription.passwordManager.storage", answer: true)
      #expect(done.output.suffix(2) == ["{ seats: 120, maxAutoScaleSeats: null, storage: 5 }", "5"], "\(done.error)")
      #expect(done.count("Organization_PutSubscription") == 1)

      let again = try await sandbox.evaluate("update subscription seats: 120 storage: 5")
      #expect(again.error == "" && again.writes == [] && again.result.calls.isEmpty && !again.output.contains { $0.hasPrefix("asked") })

      let low = try await sandbox.evaluate("try { update subscription seats: 3 } catch e { print e.message }\nupdate subscription storage: 0", answer: true)
      #expect(low.output.contains { $0.contains("Remove some members first") } && low.result.error?.kind == .invalid, "\(low.output)")
      #expect(low.count("Organization_PutSubscription") == 1)
    }
  }

  // MARK: import

  private static let script = """
    import members: [{ email: alice@acme.com, externalId: "hr-1001" }, { email: new1@acme.com, externalId: "n-1" }, { email: new2@acme.com, externalId: "n-2" }] groups: [{ name: "Fresh", externalId: "g-1", memberExternalIds: ["n-1", "hr-1001"] }]
    """

  @Test func anImportBringsMembersAndGroups() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        "print \"{members.count()} {groups.count()}\"\n" + Self.script + "\nprint \"{members.count()} {groups.count()} {groups[\"g-1\"].members.email}\"",
        needs: "needs organization.import <= 3\n")
      #expect(found.error == "")
      #expect(found.output == ["60 8", #"62 9 ["alice@acme.com", "new1@acme.com"]"#], "\(found.output)")

      let again = try await sandbox.evaluate(Self.script, needs: "needs organization.import <= 1\n")
      #expect(again.error == "" && again.writes == [] && again.result.calls.isEmpty, "\(again.error) \(again.writes)")

      let grown = try await sandbox.evaluate(Self.script.replacing("[\"n-1\", ", with: "[\"n-2\", \"n-1\", ") + "\nprint groups[\"g-1\"].members.count()")
      #expect(grown.output == ["3"] && grown.writes == ["Organization_Import"])
    }
  }

  @Test func anImportCountsItsMembersAndWhomItRemoves() async throws {
    try await withSandbox { sandbox in
      let over = try await sandbox.evaluate(Self.script, needs: "needs organization.import <= 2\n")
      #expect(over.result.error?.reach == .stopped && over.writes == [])
      // 60 people: 7 without an external id, 3 owners (a fourth is invited), and one is listed.
      let removed = try await sandbox.client.members().filter { $0.externalId != nil && $0.type != .owner && $0.externalId != "hr-1008" }.count
      let text = "import members: [{ email: hugo@acme.com, externalId: \"hr-1008\" }] overwrite: true"
      let short = try await sandbox.evaluate(text, needs: "needs organization.import <= \(removed)\n")
      #expect(short.result.error?.reach == .stopped && short.writes == [], "\(short.error)")
      let done = try await sandbox.evaluate(text + "\nmembers.count()", needs: "needs organization.import <= \(removed + 1)\n")
      #expect(done.output == ["\(60 - removed)"], "\(done.error)")
    }
  }

  @Test func aListedMemberIsRemovedOrAdopted() async throws {
    try await withSandbox { sandbox in
      let text = """
        import members: [{ email: hugo@acme.com, externalId: "hr-1008", deleted: true }, { email: viktor@acme.com, externalId: "hr-9", deleted: false }]
        print "{members.any(.email == hugo@acme.com)} {members[viktor@acme.com].externalId ?? "none"}"
        """
      #expect(try await sandbox.evaluate(text).output == ["false hr-9"])
      let again = try await sandbox.evaluate(text)
      #expect(again.writes == [] && again.error == "")
    }
  }

  @Test(arguments: [
    ("import overwrite: true", ErrorKind.refused, "would remove every member"),
    ("import members: [{ email: a@acme.com, externalId: null }]", .invalid, "row 1 of 'members:' has no externalId"),
    ("import members: [{ email: a@acme.com, externalId: \"1\" }, { email: A@acme.com, externalId: \"2\" }]", .invalid, "is that of Members[0] too"),
    ("import groups: [{ name: \"\", externalId: \"1\", memberExternalIds: [] }]", .invalid, "has no name"),
  ])
  func whatCannotBeRightIsNotSent(_ text: String, _ kind: ErrorKind, _ message: String) async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(text)
      #expect(found.result.error?.kind == kind && found.error.contains(message), "\(found.error)")
      #expect(found.writes == [])
    }
  }

  @Test func theEffectOfAnImportFollowsItsArguments() throws {
    func effect(_ text: String) throws -> Effect {
      let start = "param all: Bool = false\nneeds organization.import <= 1\nlet m = [{ email: a@acme.com, externalId: \"1\" }]\n"
      return try Script(SourceFile(name: "t", text: start + text), schema: SecretSafeSchema.schema).program.effect
    }
    #expect(try effect("import members: m") == .write && effect("import members: m overwrite: false") == .write)
    #expect(try effect("import members: m overwrite: true") == .destroy && effect("import(members: m, overwrite: all)") == .destroy)
  }

  @Test func nothingElseIsWrittenDuringAnImport() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        range(12) | each i par 6 {
          if i == 3 { import members: [{ email: new1@acme.com, externalId: "n-1" }] }
          else { add hugo@acme.com to: groups[i % 8] }
        } | where not .ok | count
        members[hugo@acme.com].groups.count()
        members.any(.email == new1@acme.com)
        """, needs: "needs organization.import <= 3, groups.addMember <= 99\n")
      #expect(found.output == ["0", "8", "true"], "\(found.output) \(found.error)")
    }
  }

  @Test func invitationsCarryPermissions() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let m = invite new@acme.com type: custom permissions: { manageUsers: true, accessReports: true } collections: [{ id: collections["sales/crm"].id, access: view }]
        print "{m.permissions?.manageUsers ?? false} {m.permissions?.manageSso ?? true} {m.collections.access}"
        remove m
        remove m
        """)
      #expect(found.output == ["true false [view]"], "\(found.output) \(found.error)")
      #expect(found.writes == ["Members_Post", "Members_Delete"])
    }
  }
}
