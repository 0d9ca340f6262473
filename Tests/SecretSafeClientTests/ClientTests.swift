import SecretSafeAPI
import Synchronization
import Testing

@testable import SecretSafeClient

/// Every call against the real server.
@Suite struct ClientTests {
  @Test func everyCallOfTheIndexWorks() async throws {
    let sent = Mutex<[String]>([])
    var options = Bench.options
    options.onRequest = { name in sent.withLock { $0.append(name) } }
    try await Bench.run(options: options) { bench in
      let client = bench.client
      let collection = try #require(try await client.collections().first)
      let group = try await client.createGroup(GroupBody(name: "Night shift", externalId: "ns", collections: [Association(id: collection.id, access: .view)]))
      #expect(try await client.group(group.id).collections == [Association(id: collection.id, access: .view)])
      #expect(try await client.groups().contains { $0.id == group.id })
      #expect(try await client.updateGroup(group.id, GroupBody(name: "Night", externalId: nil)).name == "Night")

      let member = try await client.invite(InviteBody(email: "New.Person@example.net", type: .user, groups: [group.id]))
      #expect(member.email == "new.person@example.net")
      #expect(member.status == .invited)
      #expect(try await client.members().contains { $0.id == member.id })
      let custom = MemberBody(type: .custom, externalId: "x", permissions: [Permissions(names: ["manageUsers"])], collections: [])
      #expect(try await client.updateMember(member.id, custom).type == .custom)
      let read = try await client.member(member.id)
      #expect(read.permissions?.contains(name: "manageUsers") == true)
      #expect(read.externalId == "x")

      #expect(try await client.groupIDs(ofMember: member.id) == [group.id])
      try await client.setGroupIDs([], ofMember: member.id)
      #expect(try await client.memberIDs(ofGroup: group.id) == [])
      try await client.setMemberIDs([member.id], ofGroup: group.id)
      #expect(try await client.memberIDs(ofGroup: group.id) == [member.id])

      try await client.reinvite(member.id)
      try await client.revoke(member.id)
      #expect(try await client.member(member.id).status == .revoked)
      try await client.restore(member.id)
      #expect(try await client.member(member.id).status == .invited)
      try await client.removeMember(member.id)
      try await client.removeGroup(group.id)
      #expect(await failure { () async throws(ClientError) in try await client.group(group.id) }?.kind == .notFound)

      #expect(try await client.collection(collection.id) == collection)
      let renamed = try await client.updateCollection(collection.id, CollectionBody(externalId: "renamed"))
      #expect(renamed.externalId == "renamed" && renamed.groups == collection.groups)
      try await client.removeCollection(collection.id)

      let data: JSONValue = ["minLength": 16, "own": ["x": [1, true, nil]]]
      let policy = try await client.savePolicy(.masterPassword, PolicyBody(enabled: true, data: data))
      #expect(policy.type == .masterPassword && policy.enabled && policy.data == data)
      #expect(try await client.policy(.masterPassword) == policy)
      #expect(try await client.policy(.fillAssist) == nil)
      #expect(try await client.policies().contains(policy))

      let people = [ImportBody.Member(email: "Imported@example.net", externalId: "hr-1"), ImportBody.Member(email: nil, externalId: "hr-2", deleted: true)]
      let shift = ImportBody.Group(name: "Imported", externalId: "cn=imported", memberExternalIds: ["hr-1"])
      try await client.importDirectory(ImportBody(members: people, groups: [shift], overwriteExisting: false))
      #expect(try await client.members().contains { $0.email == "imported@example.net" })

      #expect(try await client.subscription().passwordManager?.seats == 100)
      let done = try await client.updateSubscription(Subscription(passwordManager: .init(seats: 120), secretsManager: nil))
      #expect(done == "Subscription updated successfully.")
      #expect(try await client.subscription().passwordManager == .init(seats: 120, storage: 5))

      var last: Event?
      for try await event in client.events(EventFilter(start: Timestamp.now().adding(seconds: -3600), end: .now())) {
        #expect(last.map { $0.date >= event.date } ?? true)
        last = event
      }
      #expect(last?.type.name == "groupCreated")
    }
    #expect(Set(sent.withLock { $0 }) == Set(Endpoint.all.map(\.name)))
  }

  @Test func everyRefusalIsReadAsWhatItIs() async throws {
    try await Bench.run { bench in
      let client = bench.client
      let member = try #require(try await client.members().first { $0.status == .confirmed })
      let known = try #require(
        await failure { () async throws(ClientError) in try await client.invite(InviteBody(email: member.email, type: .user)) })
      #expect((known.kind, known.status) == (.refused, 400))
      #expect(known.message == "This user has already been invited.")

      let invalid = try #require(
        await failure { () async throws(ClientError) in try await client.invite(InviteBody(email: "nobody", type: .user)) })
      #expect((invalid.kind, invalid.status) == (.invalid, 400))
      #expect(invalid.message == "The Email field is not a supported e-mail address format.")

      let unknown = try #require(await failure { () async throws(ClientError) in try await client.member(.random()) })
      #expect((unknown.kind, unknown.status) == (.notFound, 404))
      #expect(unknown.message == "the object does not exist (404)")

      let body = GroupBody(name: "x", collections: [Association(id: .random(), access: .view)])
      let inBody = try #require(await failure { () async throws(ClientError) in try await client.createGroup(body) })
      #expect((inBody.kind, inBody.message) == (.notFound, "Resource not found."))

      for error in [known, invalid, unknown, inBody] { #expect(!error.isOutcomeUnknown) }
    }
  }

  @Test func aWrongKeyIsRejectedWithoutARepeat() async throws {
    try await Bench.run { bench in
      var wrong = bench.credentials
      wrong.secret = ClientSecret("w&ö=%")
      let client = Client(wrong, options: Bench.options)
      let error = try #require(await failure { () async throws(ClientError) in try await client.members() })
      await client.shutdown()
      #expect(error.kind == .unauthorized)
      #expect(error.message == "the server rejects the key; check client id and secret (invalid_client)")
      #expect(bench.proxy.seen == ["POST /identity/connect/token"])
    }
  }

  @Test func oneTokenServesAllAndAsManyRequestsRunAsAreAskedFor() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil("*", .delay(.milliseconds(400)))
      let start = ContinuousClock.now
      try await withThrowingTaskGroup { group in
        // The first of a path goes alone, then as many as places are, which double.
        for _ in 0..<64 { group.addTask { for _ in 1...3 { _ = try await bench.client.collections() } } }
        try await group.waitForAll()
      }
      #expect(bench.proxy.count("POST /identity/connect/token") == 1)
      #expect(bench.proxy.mostInFlight == 64)
      #expect(start.duration(to: .now) < .seconds(8))
    }
  }

  @Test func aTokenThatIsRejectedIsRenewedOnce() async throws {
    try await Bench.run { bench in
      _ = try await bench.client.groups()
      bench.proxy.spoil("POST /api/public/groups", .spoilToken)
      _ = try await bench.client.createGroup(GroupBody(name: "Once"))
      #expect(try await bench.client.groups().count { $0.name == "Once" } == 1)
      #expect(bench.proxy.count("POST /identity/connect/token") == 2)

      bench.proxy.spoil("GET /api/public/members", .spoilToken, .spoilToken, .spoilToken)
      let error = try #require(await failure { () async throws(ClientError) in try await bench.client.members() })
      #expect((error.kind, error.status) == (.unauthorized, 401))
      #expect(bench.proxy.count("GET /api/public/members") == 2)
    }
  }

  @Test func manyWhoseTokenIsRejectedRenewItTogether() async throws {
    try await Bench.run { bench in
      let client = bench.client
      let group = try #require(try await client.groups().first)
      for path in ["members", "groups", "collections", "groups/\(group.id)"] { bench.proxy.spoil("GET /api/public/\(path)", .spoilToken) }
      async let members = client.members()
      async let groups = client.groups()
      async let collections = client.collections()
      async let one = client.group(group.id)
      _ = try await (members, groups, collections, one)
      #expect(bench.proxy.seen.count == 2 + 2 * 4 + 1)
      #expect(bench.proxy.count("POST /identity/connect/token") == 2)
    }
  }
}
