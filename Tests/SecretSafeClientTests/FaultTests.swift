import SecretSafeAPI
import Testing

@testable import SecretSafeClient

/// What the wire can do to a request, with the real server behind it.
@Suite struct FaultTests {
  private static let list = "GET /api/public/members"
  private static let invite = "POST /api/public/members"

  @Test(arguments: [
    FaultProxy.Fault.drop, .loseAnswer, .cutAnswer, .intercept(502, body: "<html><title>Bad Gateway</title></html>"),
    .intercept(503, headers: [("Retry-After", "1")]), .intercept(429, headers: [("Retry-After", "1")]), .intercept(500),
  ])
  func aReadIsRepeated(fault: FaultProxy.Fault) async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.list, fault, fault)
      let members = try await bench.client.members()
      #expect(!members.isEmpty)
      #expect(bench.proxy.count(Self.list) == 3)
    }
  }

  @Test(arguments: [
    FaultProxy.Fault.drop, .loseAnswer, .cutAnswer, .intercept(500, body: #"{"object":"error","message":"An unhandled server error has occurred."}"#),
    .intercept(504, body: "gateway timeout"),
  ])
  func aLostPostIsUnknownAndNotRepeated(fault: FaultProxy.Fault) async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.invite, fault)
      let error = try #require(
        await failure { () async throws(ClientError) in
          try await bench.client.invite(InviteBody(email: "lost@example.net", type: .user))
        })
      #expect(error.isOutcomeUnknown)
      #expect([.server, .network].contains(error.kind))
      #expect(bench.proxy.count(Self.invite) == 1)
    }
  }

  @Test func aPostThatWasLimitedIsRepeatedAndDoneOnce() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.invite, .intercept(429, headers: [("Retry-After", "1")]), .intercept(429, headers: [("retry-after", "nonsense")]))
      let start = ContinuousClock.now
      let member = try await bench.client.invite(InviteBody(email: "late@example.net", type: .user))
      #expect(start.duration(to: .now) >= .seconds(1))
      #expect(bench.proxy.count(Self.invite) == 3)
      #expect(try await bench.client.members().count { $0.email == "late@example.net" } == 1)
      #expect(member.status == .invited)
    }
  }

  @Test func waitingForALimitHasAnEnd() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.invite, .intercept(429, headers: [("Retry-After", "3600")], body: #"{"message":"Slow down!"}"#))
      let error = try #require(
        await failure { () async throws(ClientError) in try await bench.client.invite(InviteBody(email: "no@example.net", type: .user)) })
      #expect((error.kind, error.status, error.message) == (.limit, 429, "Slow down!"))
      #expect(!error.isOutcomeUnknown)
    }
  }

  @Test(arguments: [FaultProxy.Fault.loseAnswer, .intercept(502)])
  func aPutIsRepeated(fault: FaultProxy.Fault) async throws {
    try await Bench.run { bench in
      let group = try await bench.client.createGroup(GroupBody(name: "Before"))
      let request = "PUT /api/public/groups/\(group.id)"
      bench.proxy.spoil(request, fault)
      #expect(try await bench.client.updateGroup(group.id, GroupBody(name: "After")).name == "After")
      #expect(bench.proxy.count(request) == 2)
    }
  }

  @Test func aRepeatedDeleteThatFindsNothingIsDone() async throws {
    try await Bench.run { bench in
      let group = try await bench.client.createGroup(GroupBody(name: "Gone"))
      let request = "DELETE /api/public/groups/\(group.id)"
      bench.proxy.spoil(request, .loseAnswer)
      try await bench.client.removeGroup(group.id)
      #expect(bench.proxy.count(request) == 2)
      // The first time, it is an error as any other; a limit in front of it changes nothing.
      bench.proxy.spoil(request, .intercept(429, headers: [("Retry-After", "1")]))
      #expect(await failure { () async throws(ClientError) in try await bench.client.removeGroup(group.id) }?.kind == .notFound)
    }
  }

  @Test func aDeleteThatIsLostStaysDoneWhenTheTokenIsRejectedMeanwhile() async throws {
    try await Bench.run { bench in
      let group = try await bench.client.createGroup(GroupBody(name: "Gone"))
      bench.proxy.spoil("DELETE /api/public/groups/\(group.id)", .loseAnswer, .spoilToken)
      try await bench.client.removeGroup(group.id)
    }
  }

  @Test func patienceWithABrokenServerHasAnEnd() async throws {
    var options = Bench.options
    options.retry.faultPatience = .milliseconds(600)
    try await Bench.run(options: options) { bench in
      let group = try await bench.client.createGroup(GroupBody(name: "Half"))
      bench.proxy.spoil("*", .intercept(503, body: "<html><title>Maintenance</title>"))
      let read = try #require(await failure { () async throws(ClientError) in try await bench.client.members() })
      #expect((read.kind, read.status, read.isOutcomeUnknown) == (.server, 503, false))
      #expect(read.message.contains("Maintenance"))
      let write = try #require(
        await failure { () async throws(ClientError) in try await bench.client.updateGroup(group.id, GroupBody(name: "x")) })
      #expect((write.kind, write.isOutcomeUnknown) == (.server, true))
    }
  }

  @Test(arguments: [FaultProxy.Fault.silence, .stallAnswer])
  func anAnswerThatDoesNotComeInTimeIsGivenUp(fault: FaultProxy.Fault) async throws {
    var options = Bench.options
    options.timeout = .milliseconds(700)
    try await Bench.run(options: options) { bench in
      bench.proxy.spoil(Self.list, fault)
      let members = try await bench.client.members()
      #expect(!members.isEmpty)
      bench.proxy.spoil(Self.invite, fault)
      let start = ContinuousClock.now
      let error = try #require(
        await failure { () async throws(ClientError) in try await bench.client.invite(InviteBody(email: "slow@example.net", type: .user)) })
      #expect((error.kind, error.isOutcomeUnknown) == (.network, true))
      #expect(error.message.contains("in time"))
      #expect(start.duration(to: .now) < .seconds(3))
    }
  }

  @Test func aRefusalStandsWithHalfItsText() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.invite, .cutAnswer)
      let error = try #require(
        await failure { () async throws(ClientError) in try await bench.client.invite(InviteBody(email: "nobody", type: .user)) })
      #expect((error.status, error.isOutcomeUnknown) == (400, false))
    }
  }

  @Test func anAnswerThatIsNotTheApisIsTold() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil(Self.list, .intercept(200, headers: [("Content-Type", "text/html")], body: "<html><title>Please sign in</title></html>"))
      let read = try #require(await failure { () async throws(ClientError) in try await bench.client.members() })
      #expect((read.kind, read.isOutcomeUnknown) == (.server, false))
      #expect(read.message == "the answer to list members cannot be read: Please sign in")
      bench.proxy.spoil(Self.invite, .intercept(200))
      let write = try #require(
        await failure { () async throws(ClientError) in try await bench.client.invite(InviteBody(email: "w@example.net", type: .user)) })
      #expect((write.kind, write.isOutcomeUnknown) == (.server, true))
      bench.proxy.spoil(Self.list, .intercept(302, headers: [("Location", "https://login.example.net/")]))
      let moved = try #require(await failure { () async throws(ClientError) in try await bench.client.members() })
      #expect((moved.kind, moved.status) == (.network, 302))
      bench.proxy.spoil(Self.list, .intercept(404))
      let missing = try #require(await failure { () async throws(ClientError) in try await bench.client.members() })
      #expect(missing.kind == .unsupported)
      #expect(missing.message.hasPrefix("this server does not offer 'list members' (GET /public/members: 404)"))
    }
  }

  @Test func signingInIsRepeatedToo() async throws {
    try await Bench.run { bench in
      bench.proxy.spoil("POST /identity/connect/token", .drop, .intercept(502), .intercept(429, headers: [("Retry-After", "1")]), .cutAnswer)
      try await bench.client.signIn()
      #expect(bench.proxy.seen.count == 5)
    }
  }

  @Test func aTokenThatIsNoneIsNotUsed() async throws {
    try await Bench.run { bench in
      let token = #"{"access_token":"a\r\nX-Evil: 1","expires_in":3600,"token_type":"Bearer"}"#
      bench.proxy.spoil("POST /identity/connect/token", .intercept(200, body: token))
      let error = try #require(await failure { () async throws(ClientError) in try await bench.client.signIn() })
      #expect(error.kind == .server)
    }
  }

  @Test func aServerThatIsNotThereIsTriedForAShortTimeOnly() async throws {
    let proxy = try await FaultProxy(to: "http://127.0.0.1:1")
    await proxy.stop()
    let address = try ServerAddress("http://127.0.0.1:\(proxy.port)")
    let client = Client(Credentials(address: address, clientID: "organization.1", secret: ClientSecret("x")), options: Bench.options)
    let start = ContinuousClock.now
    let error = try #require(await failure { () async throws(ClientError) in try await client.members() })
    await client.shutdown()
    #expect(error.kind == .unreachable)
    #expect(error.message == "the server cannot be reached: nothing listens on 127.0.0.1:\(proxy.port)")
    #expect(start.duration(to: .now) < .seconds(3))
  }

  @Test func aNameThatIsNotKnownIsTold() async throws {
    let address = try ServerAddress("http://nowhere.invalid")
    let client = Client(Credentials(address: address, clientID: "organization.1", secret: ClientSecret("x")), options: Bench.options)
    let error = try #require(await failure { () async throws(ClientError) in try await client.members() })
    await client.shutdown()
    #expect(error.kind == .unreachable)
    #expect(error.message == "the server cannot be reached: the host 'nowhere.invalid' is not known")
  }
}

/// Ctrl-C does not wait for anything.
@Suite struct CancellationTests {
  private static func cancelled(_ fault: FaultProxy.Fault, at request: String, _ call: @escaping @Sendable (Client) async throws -> Void) async throws -> ClientError? {
    var options = Bench.options
    options.timeout = .seconds(30)
    options.retry.limitPatience = .seconds(60)
    var found: ClientError?
    try await Bench.run(options: options) { bench in
      bench.proxy.spoil(request, fault)
      let task = Task { try await call(bench.client) }
      await until { bench.proxy.count(request) == 1 }
      // An answer, if the fault is one, has time to arrive.
      try await Task.sleep(for: .milliseconds(500))
      let start = ContinuousClock.now
      task.cancel()
      do { try await task.value } catch let error as ClientError { found = error }
      #expect(start.duration(to: .now) < .seconds(1))
    }
    return found
  }

  @Test func endsARequestUnderWay() async throws {
    let read = try await Self.cancelled(.silence, at: "GET /api/public/members") { _ = try await $0.members() }
    #expect(read?.kind == .cancelled)
    #expect(read?.isOutcomeUnknown == false)
    let write = try await Self.cancelled(.silence, at: "POST /api/public/members") { _ = try await $0.invite(InviteBody(email: "a@b.cc", type: .user)) }
    #expect(write?.kind == .cancelled)
    #expect(write?.isOutcomeUnknown == true)
  }

  @Test func endsAWait() async throws {
    let error = try await Self.cancelled(.intercept(429, headers: [("Retry-After", "50")]), at: "POST /api/public/members") {
      _ = try await $0.invite(InviteBody(email: "a@b.cc", type: .user))
    }
    #expect(error?.kind == .cancelled)
    #expect(error?.isOutcomeUnknown == false)
  }

  @Test func endsSigningIn() async throws {
    let error = try await Self.cancelled(.silence, at: "POST /identity/connect/token") { _ = try await $0.members() }
    #expect(error?.kind == .cancelled)
  }
}
