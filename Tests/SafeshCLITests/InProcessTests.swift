import SecretSafeAPI
import SecretSafeClient
import SecretSafeServer
import Testing

@testable import SafeshCLI

/// The two ways of a client to a server.
enum Way: CaseIterable, Sendable {
  case inProcess
  /// HTTP on a free loopback port.
  case network

  /// A client of the demo organization, with credentials of its own.
  func run<T: Sendable>(secret: String? = nil, _ body: (Client) async throws -> T) async throws -> T {
    switch self {
    case .inProcess:
      let server = try await EmbeddedServer(.demo)
      let client =
        try secret.map {
          Client(
            Credentials(address: try ServerAddress(EmbeddedServer.url), clientID: server.key.clientID, secret: ClientSecret($0)),
            over: InProcessTransport(server))
        } ?? server.client()
      let result = try await body(client)
      await client.shutdown()
      return result
    case .network:
      let started = try await Sandbox.start()
      let client = Client(
        Credentials(address: try ServerAddress(started.server.url), clientID: started.clientID, secret: ClientSecret(secret ?? started.clientSecret)))
      let result = try await body(client)
      await client.shutdown()
      await started.server.stop()
      return result
    }
  }
}

@Suite struct InProcessTests {
  @Test func whatIsLeftOfALimitComesThrough() async throws {
    let server = try await EmbeddedServer(.demo, limits: .cloud)
    let transport = InProcessTransport(server)
    let answer = try await transport.send("GET", EmbeddedServer.url + "/api/public/members", headers: [], body: nil)
    #expect(answer.rateLimit?.period == 60 && answer.rateLimit?.remaining == 199 && answer.rateLimit?.resets != nil)
    await transport.shutdown()
  }

  /// What a list of calls gives, as text without what is new each time.
  private static func answers(_ client: Client) async throws -> [String] {
    var answers: [String] = []
    func add(_ name: String, _ call: () async throws(ClientError) -> some Any) async {
      do throws(ClientError) { answers.append("\(name): \(try await call())") } catch {
        answers.append("\(name): \(error.kind) \(error.status ?? 0) \(error.message) \(error.isOutcomeUnknown)")
      }
    }
    await add("members") { () async throws(ClientError) in try await client.members() }
    await add("groups") { () async throws(ClientError) in try await client.groups() }
    await add("collections") { () async throws(ClientError) in try await client.collections() }
    await add("policies") { () async throws(ClientError) in try await client.policies() }
    await add("subscription") { () async throws(ClientError) in try await client.subscription() }
    await add("no member") { () async throws(ClientError) in try await client.member(GUID(high: 1, low: 2)) }
    await add("no address") { () async throws(ClientError) in try await client.invite(InviteBody(email: "nobody", type: .user)) }
    let group = try await client.groups()[0]
    let member = try await client.invite(InviteBody(email: "New@Example.net", type: .user, externalId: "ünï", groups: [group.id]))
    await add("invited") { () async throws(ClientError) in (member.email, member.status, member.externalId) }
    await add("invited again") { () async throws(ClientError) in try await client.invite(InviteBody(email: "new@example.net", type: .user)) }
    await add("groups of it") { () async throws(ClientError) in try await client.groupIDs(ofMember: member.id) }
    await add("revoke") { () async throws(ClientError) in try await client.revoke(member.id) }
    await add("revoked") { () async throws(ClientError) in try await client.member(member.id).status }
    await add("remove") { () async throws(ClientError) in try await client.removeMember(member.id) }
    await add("removed") { () async throws(ClientError) in try await client.removeMember(member.id) }
    await add("one group") { () async throws(ClientError) in try await client.updateGroup(group.id, GroupBody(name: "Renamed", externalId: nil)) }
    var logged: [String] = []
    for try await event in client.events(EventFilter(start: Timestamp(microseconds: Timestamp.now().microseconds - 3_600_000_000), end: .now())) where logged.count < 5 {
      logged.append("\(event.type) \(event.ipAddress ?? "-")")
    }
    return answers + logged
  }

  @Test func bothWaysGiveEqualAnswers() async throws {
    let inProcess = try await Way.inProcess.run { try await Self.answers($0) }
    let network = try await Way.network.run { try await Self.answers($0) }
    #expect(inProcess.count == network.count)
    for (one, other) in zip(inProcess, network) { #expect(one == other) }
    #expect(inProcess.contains { $0.hasPrefix("no member: notFound 404") })
    #expect(inProcess.suffix(5).contains { $0.hasSuffix(" 127.0.0.1") })
  }

  @Test(arguments: Way.allCases) func aWrongSecretIsRejected(_ way: Way) async throws {
    let error = try await way.run(secret: "wrong") { client in await #expect(throws: ClientError.self) { try await client.members() } }
    #expect(error?.kind == .unauthorized)
  }

  /// Lists of more than 500 are written part by part.
  @Test func aLongListIsWhole() async throws {
    try await Way.inProcess.run { client in
      let people = (0..<1_200).map { ImportBody.Member(email: "p\($0)@example.net", externalId: "p\($0)", deleted: false) }
      _ = try await client.updateSubscription(Subscription(passwordManager: .init(seats: 2_000), secretsManager: nil))
      try await client.importDirectory(ImportBody(members: people, groups: [], overwriteExisting: false, largeImport: true))
      let members = try await client.members()
      #expect(members.count == 1_260)
      #expect(members.last?.email == "p1199@example.net")
    }
  }

  @Test func limitsHold() async throws {
    let server = try await EmbeddedServer(.empty, limits: .cloud)
    var statuses: [Int] = []
    for _ in 0..<300 where statuses.last != 429 {
      statuses.append(try await server.answer("POST", "/identity/connect/token", headers: [], body: nil).status)
    }
    #expect(statuses.last == 429)
    #expect(statuses.first == 400)
    server.close()
  }

  @Test func eachServerHasItsOwnOrganization() async throws {
    let (first, second) = (try await EmbeddedServer(.empty), try await EmbeddedServer(.empty))
    let (one, other) = (try first.client(), try second.client())
    _ = try await one.invite(InviteBody(email: "kim@example.net", type: .user))
    let (here, there) = (try await one.members().count, try await other.members().count)
    #expect(here == 1)
    #expect(there == 0)
    await one.shutdown()
    await other.shutdown()
    // Told at once: nothing else will come of it.
    let error = await #expect(throws: ClientError.self) { try await one.members() }
    #expect(error?.message == "the server cannot be reached: the server in this process is closed")
  }

  /// Reads and writes at once take turns on the one connection; nothing is lost or refused.
  @Test func manyCallsAtOnce() async throws {
    let client = try await EmbeddedServer(.empty).client()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          let member = try await client.invite(InviteBody(email: "p\(number)@example.net", type: .user))
          let read = try await client.member(member.id)
          #expect(read == member)
        }
      }
      try await group.waitForAll()
    }
    let count = try await client.members().count
    #expect(count == 200)
    await client.shutdown()
  }
}
