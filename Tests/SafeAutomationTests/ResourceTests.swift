import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import SecretSafeServer
import Testing

/// The resources of the API as a script sees them.
struct ResourceTests {
  @Test func policiesHaveTheirSettings() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        policies | where .enabled | select .type, .data
        policies[masterPassword].data?.minLength
        policies[requireSso]
        policies["requireSso"].id == null
        policies | where .data?.minutes == 60 | select .type
        let id = policies[singleOrg].id
        if id != null { print policies[id].type }
        """)
      #expect(found.error == "")
      #expect(
        found.output == [
          "[{ type: masterPassword, data: { minComplexity: 3, minLength: 14, requireUpper: true, enforceOnLogin: false } }, "
            + "{ type: singleOrg, data: null }, { type: maximumVaultTimeout, data: { type: \"custom\", minutes: 60, action: \"lock\" } }]",
          "14", "{ id: null, type: requireSso, enabled: false, data: null }", "true", "[{ type: maximumVaultTimeout }]", "singleOrg",
        ])
      #expect(found.requests == ["Policies_List"])
    }
  }

  @Test func settingsThatNobodyKnowsAreKeptAndShown() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.client.savePolicy(.masterPassword, PolicyBody(enabled: true, data: ["newSetting": ["deep": [1, true]], "minComplexity": 4]))
      let found = try await sandbox.evaluate("enable masterPassword data: { minLength: 20 }")
      #expect(found.output.first?.contains("minComplexity: 4, minLength: 20, newSetting: { deep: [1, true] }") == true, "\(found.output) \(found.error)")
      #expect(try await sandbox.client.policy(.masterPassword)?.data?["newSetting"] == ["deep": [1, true]])
    }
  }

  @Test func theSubscriptionIsOneRow() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate("subscription\nsubscription.passwordManager.seats\nsubscription.secretsManager?.seats")
      #expect(
        found.output == [
          "{ passwordManager: { seats: 100, maxAutoScaleSeats: null, storage: 5 }, "
            + "secretsManager: { seats: 10, maxAutoScaleSeats: null, serviceAccounts: 50, maxAutoScaleServiceAccounts: null } }", "100", "10",
        ])
      #expect(found.requests == ["Organization_GetSubscription"])
    }
  }

  @Test func fieldsStandInTheOrderOfTheAPI() {
    func names(_ resource: String) -> [String] { SecretSafeSchema.schema.resource(named: resource)?.row.fields.map(\.name) ?? [] }
    #expect(
      names("Event") == [
        "type", "itemId", "collectionId", "groupId", "policyId", "memberId", "actingUserId", "installationId", "date", "device", "ipAddress", "secretId",
        "projectId", "serviceAccountId",
      ])
    #expect(names("Policy") == ["id", "type", "enabled", "data"])
    for resource in SecretSafeSchema.schema.resources { #expect(resource.shown.allSatisfy { resource.row.index(of: $0) != nil }) }
  }

  @Test func aRowIsFoundByItsKeys() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        members[ALICE@acme.com].name
        groups["Engineering"].id == groups[groups["Engineering"].id].id
        collections["infra/production"].groups.name
        create group name: "Twin"
        create group name: "Twin"
        try { groups["Twin"] } catch e { print "{e.kind}: {e.message}" }
        try { collections["infra/productoin"] } catch e { print "{e.kind}" }
        try { members["nobody@acme.com"] } catch e { print "{e.kind}" }
        """)
      #expect(found.output[0] == "\"Alice Hart\"" && found.output[1] == "true")
      #expect(found.output.suffix(3) == ["ambiguous: 2 groups have the name 'Twin'", "notFound", "notFound"], "\(found.output) \(found.error)")
    }
  }

  @Test func refreshSeesWhatOthersDid() async throws {
    try await withSandbox { sandbox in
      _ = try await sandbox.evaluate("groups | count")
      _ = try await sandbox.client.createGroup(GroupBody(name: "Other"))
      let kept = try await sandbox.evaluate("groups | count")
      #expect(kept.output == ["8"] && kept.requests == [])
      let fresh = try await sandbox.evaluate("refresh groups\ngroups | count\nrefresh groups | count")
      #expect(fresh.output == ["9", "9"])
      #expect(fresh.requests == ["Groups_List", "Groups_List"])
    }
  }

  @Test func aListIsFetchedOnceHoweverManyAskForIt() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate("range(40) | each i par 16 { members.count() + groups.count() } | count")
      #expect(found.requests.sorted() == ["Groups_List", "Members_List"])
    }
  }

  /// As at the prompt, with less than its minute.
  @Test func aListHasItsTime() async throws {
    try await withSandbox { sandbox in
      let session = Session(client: sandbox.client, lifetime: .milliseconds(400))
      #expect(try await sandbox.evaluate("members | count", session: session).requests == ["Members_List"])
      #expect(try await sandbox.evaluate("members | count", session: session).requests == [])
      try await Task.sleep(for: .milliseconds(450))
      #expect(try await sandbox.evaluate("members | count", session: session).requests == ["Members_List"])
    }
  }

  @Test func aFailedRefreshDoesNotBringTheOldListBack() async throws {
    try await withSandbox { sandbox in
      var options = Client.Options()
      options.retry.connectPatience = .zero
      options.onRequest = { [requests = sandbox.requests] in requests.add($0) }
      let client = Client(
        Credentials(address: try ServerAddress(sandbox.server.url), clientID: sandbox.key.id, secret: ClientSecret(sandbox.key.secret)), options: options)
      let session = Session(client: client)
      #expect(try await sandbox.evaluate("groups | count", session: session).output == ["8"])
      await sandbox.server.stop()
      #expect(try await sandbox.evaluate("refresh groups", session: session).result.error?.reach == .unreachable)
      #expect(try await sandbox.evaluate("groups | count", session: session).result.error?.reach == .unreachable)
      await client.shutdown()
    }
  }

  @Test func aServerWithoutTheEndpointIsToldOf() async throws {
    try await withSandbox { sandbox in
      // The identity service answers, and under this base there is no API.
      let address = try ServerAddress(identity: sandbox.server.url + "/identity", api: sandbox.server.url + "/elsewhere")
      let client = Client(Credentials(address: address, clientID: sandbox.key.id, secret: ClientSecret(sandbox.key.secret)))
      let found = try await sandbox.evaluate("subscription", client: client)
      #expect(found.result.error?.kind == .refused && found.error.contains("does not offer"), "\(found.error)")
      let caught = try await sandbox.evaluate("try { events | take 1 } catch e { print \"{e.kind}\" }", client: client)
      #expect(caught.output == ["refused"])
      await client.shutdown()
    }
  }
}
