import Foundation
import SafeLanguage
import SecretSafeAPI
import SecretSafeServer
import Synchronization
import Testing

@testable import SafeAutomation
@testable import SafeshCLI
@testable import SecretSafeClient

/// A rehearsal ends where the run itself ends, on a copy of the organization, and changes nothing where it read.
@Suite struct RehearsalPropertyTests {
  /// Sixty scripts, which between them change everything that there is.
  @Test func theTwinEndsAsTheRunDoes() async throws {
    var (subjects, changing) = (Set<String>(), 0)
    for seed in 0..<60 {
      var random = Generator(seed: UInt64(seed))
      let difference = try await compare(GeneratedScript.text(&random))
      subjects.formUnion(difference.counts.map(\.subject))
      changing += difference.isEmpty ? 0 : 1
    }
    #expect(subjects.isSuperset(of: ["members", "groups", "memberships", "access", "collections", "policies"]), "\(subjects)")
    #expect(changing >= 45)
  }

  /// Seventy-five more with rows, of which some of each kind are merged.
  @Test func mergedRequestsEndWhereTheCallsDo() async throws {
    let kinds = Mutex<Set<String>>([])
    for seed in 0..<75 {
      var random = Generator(seed: UInt64(1_000 + seed))
      _ = try await compare(GeneratedScript.text(&random, rows: true)) { plan in
        for step in plan.steps where step.merges { kinds.withLock { _ = $0.insert(String("\(step.kind)".prefix { $0 != "(" })) } }
      }
    }
    #expect(kinds.withLock { $0 } == ["imports", "invitation", "group", "member", "object", "access"])
  }

  private func compare(_ text: String, _ look: (Plan) -> Void = { _ in }) async throws -> OrganizationDifference {
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: SecretSafeSchema.schema)
    let rehearsed = try await EmbeddedServer(.demo)
    let plain = try rehearsed.client()
    let start = try await plain.snapshot()
    let (first, second) = (Lines(), Lines())

    let plan = await Rehearsal(
      script, parameters: [:], pacing: .none, surroundings: Self.surroundings(first),
      live: {
        ReadingClient(
          Credentials(address: try ServerAddress(EmbeddedServer.url), clientID: rehearsed.key.clientID, secret: ClientSecret(rehearsed.key.clientSecret)),
          over: Kept(InProcessTransport(rehearsed)), options: Client.Options())
      }, twin: { try await Twin($0) }
    ).run()
    #expect(try await plain.snapshot() == start)
    await plain.shutdown()

    let client = try await EmbeddedServer(.snapshot(start)).client()
    let world = LiveWorld(session: SessionSource { Session(client: client) }, surroundings: Self.surroundings(second))
    let result = await script.run(in: world)
    let end = try await client.snapshot()
    let events = try await Self.events(client)
    await client.shutdown()

    #expect(plan.result.error?.message == result.error?.message && plan.result.failedRows == result.failedRows, "\(text)")
    #expect(Self.calls(plan.result) == Self.calls(result), "\(text)")
    #expect(first.text == second.text, "\(text)")
    // The twin has the lists that the script can reach, and the memberships that it came to; the difference has all that it did.
    let done = OrganizationDifference(from: start, to: end)
    #expect(Self.form(plan.difference) == Self.form(done), "\(text)")

    let carried = try await carryOut(script, start)
    look(carried.plan)
    #expect(carried.result.error?.message == result.error?.message && carried.result.failedRows == result.failedRows, "\(text)")
    #expect(Self.calls(carried.result) == Self.calls(result), "\(text)")
    #expect(carried.output == second.text, "\(text)")
    #expect(Self.form(OrganizationDifference(from: start, to: carried.end)) == Self.form(done), "\(text)")
    #expect(carried.events == events, "\(text)")
    #expect(carried.unlike.isEmpty, "\(carried.unlike)\n\(text)")
    return done
  }

  /// Rows that go side by side begin in any order.
  private static func calls(_ result: RunResult) -> [String] { result.calls.map { "\($0.verb) \($0.count)" }.sorted() }

  private struct Carried {
    var plan: Plan
    var result: RunResult
    var output: String
    var end: OrganizationSnapshot
    var events: [String]
    var unlike: [String]
    /// How many were sent ahead.
    var steps: Int
  }

  /// The rehearsal's group is gone: its request is refused, so the calls go as they are written, and then one that nobody saw before.
  @Test func whatTheRehearsalHadNotShownIsTold() async throws {
    let text = """
      needs groups.update <= 2, groups.create <= 1
      let sales = groups["Sales"]
      try { update sales externalId: "s"; update sales name: "Selling" } catch e { let g = create group name: "Instead" }
      """
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: SecretSafeSchema.schema)
    let demo = try await EmbeddedServer(.demo).client()
    let start = try await demo.snapshot()
    await demo.shutdown()
    let gone = try #require(start.groups.first { $0.group.name == "Sales" })
    let carried = try await carryOut(script, start) { try await $0.removeGroup(gone.group.id) }
    #expect(carried.plan.isMerged && carried.result.error == nil)
    #expect(carried.output == "warning: the plan had not shown: create name: \"Instead\"", "\(carried.output)")
    #expect(carried.end.groups.contains { $0.group.name == "Instead" })
    #expect(!carried.unlike.isEmpty)
  }

  /// Sixty groups that get two people each go while the plan is looked at: after twenty refusals the others are left to the script.
  @Test func whereMostOfItFailsNoMoreIsSentAhead() async throws {
    let server = try await EmbeddedServer(.demo)
    let client = try server.client()
    let preparation = try Script(
      SourceFile(
        name: "t.safe",
        text: """
          needs groups.create <= 60, members.invite <= 120
          for i in range(60) {
            create group name: "g{i}"
            for name in ["a{i}", "b{i}"] { invite ("{name}@x.example".email() ?? nobody@x.example) type: user }
          }
          """),
      schema: SecretSafeSchema.schema)
    _ = await preparation.run(in: LiveWorld(session: SessionSource { Session(client: client) }, surroundings: Self.surroundings(Lines())))
    let start = try await client.snapshot()
    await client.shutdown()
    let text = """
      needs groups.addMember <= 120
      range(60) | each i {
        for name in ["a{i}", "b{i}"] { let m = members.find(.email == "{name}@x.example"); if m != null { add m to: groups["g{i}"] } }
      } on error collect
      """
    let script = try Script(SourceFile(name: "t.safe", text: text), schema: SecretSafeSchema.schema)
    let carried = try await carryOut(script, start) { client in
      for group in start.groups.suffix(60) { try await client.removeGroup(group.group.id) }
    }
    #expect(carried.plan.steps.count { $0.merges } == 60 && carried.plan.worstRows?.failed == 0, "\(carried.plan.steps.count)")
    #expect(carried.output == "warning: 20 of 20 steps that were sent ahead failed; the others are left to the script", "\(carried.output)")
    // The server passes over groups that are gone; the comparison at the end does not.
    #expect(Self.calls(carried.result) == ["add 120"] && !carried.unlike.isEmpty, "\(carried.result)")
    // Those that were under way when it was noticed, and no other.
    #expect((20...35) ~= carried.steps, "\(carried.steps)")
  }

  /// Carries the plan out on a copy of its own; somebody else does something after the rehearsal.
  private func carryOut(
    _ script: Script, _ start: OrganizationSnapshot, meanwhile: (Client) async throws -> Void = { _ in }
  ) async throws -> Carried {
    let server = try await EmbeddedServer(.snapshot(start))
    let lines = Lines()
    let store = RunStore(folder: NSTemporaryDirectory() + "runs-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(atPath: store.folder) }
    let folder = try store.create(
      RunRecord(created: .now(), script: .init(path: "t.safe", text: ""), target: .init(name: "copy"), mode: .planned))
    let now = 1_800_000_000_000_000
    func open() throws -> RunJournal { try RunJournal(folder, timeout: .milliseconds(50), now: now) }
    @Sendable func reading() throws -> ReadingClient {
      ReadingClient(
        Credentials(address: try ServerAddress(EmbeddedServer.url), clientID: server.key.clientID, secret: ClientSecret(server.key.clientSecret)),
        over: Kept(InProcessTransport(server)), options: Client.Options())
    }
    let plan = await Rehearsal(
      script, parameters: [:], pacing: .none, surroundings: Self.surroundings(Lines()), live: { try reading() }, twin: { try await Twin($0) }
    ).run()
    let journal = try open()
    try await journal.keep(plan)
    let client = try server.client()
    try await meanwhile(client)
    let session = SessionSource { Session(client: client) }
    #expect(await AheadRun(plan, session: session, surroundings: Self.surroundings(lines), journal: journal, breaker: Breaker.usualShare).run() == nil)
    let steps = try String(contentsOfFile: folder.journal, encoding: .utf8).split(separator: "\n").count { $0.contains("\"ahead\":") }
    let world = JournaledWorld(session: session, surroundings: Self.surroundings(lines), journal: try open(), plan: plan)
    let result = await script.run(in: world)
    let unlike = try await plan.unlikeTwin(reading: reading())
    let carried = Carried(
      plan: plan, result: result, output: lines.text, end: try await client.snapshot(), events: try await Self.events(client), unlike: unlike,
      steps: steps)
    await client.shutdown()
    return carried
  }

  /// How many there are of each kind whose number merging leaves as it is (docs/plan.md).
  private static func events(_ client: Client) async throws -> [String] {
    var counts: [Int: Int] = [:]
    for try await event in client.events(EventFilter(start: Timestamp.now().adding(seconds: -3_600), end: Timestamp.now().adding(seconds: 3_600)))
    where ![1301, 1401, 1502, 1504].contains(event.type.rawValue) { counts[event.type.rawValue, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }

  /// Whatever is asked of the transport, nothing but reading gets through.
  @Test func theTransportLetsOutNothingThatChanges() async throws {
    let server = try await EmbeddedServer(.demo)
    let client = try server.client()
    let start = try await client.snapshot()
    let token = EmbeddedServer.url + "/identity" + Endpoint.tokenPath
    let transport = ReadingTransport(InProcessTransport(server), tokens: token)
    for endpoint in Endpoint.all where endpoint.method != .get {
      await #expect(throws: TransportFailure.self) {
        _ = try await transport.send(endpoint.method.rawValue, EmbeddedServer.url + "/api" + endpoint.path(start.members[0].member.id), headers: [], body: nil)
      }
    }
    let asked = try await transport.send("POST", token, headers: [], body: nil)
    #expect(asked.status == 400)
    #expect(try await client.snapshot() == start)
    await client.shutdown()
  }

  /// Without ids, since new objects have others.
  private static func form(_ difference: OrganizationDifference) -> [String] {
    (difference.changes.filter { $0.kind != .subscription }.map { $0.lines.map(\.plain).joined(separator: "\n") }).sorted() + difference.summary
  }

  private static func surroundings(_ lines: Lines) -> Surroundings {
    Surroundings(
      openInput: { path throws(RunError) in throw RunError(.file, "there is no file '\(path)'") }, saveOutput: { _, _ throws(RunError) in }, environment: { _ in nil },
      now: 1_800_000_000_000_000, isInterrupted: { false }, confirm: { _ in true },
      emit: { output in
        switch output {
        case .line(let line): lines.add(line)
        case .warning(let text): lines.add("warning: \(text)")
        default: break
        }
      })
  }

  private final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []
    func add(_ line: String) { lock.withLock { lines.append(line) } }
    var text: String { lock.withLock { lines.joined(separator: "\n") } }
  }

  /// The server outlives who read from it.
  private struct Kept: Transport {
    let transport: InProcessTransport
    init(_ transport: InProcessTransport) { self.transport = transport }
    func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
      #expect(method == "GET" || url.hasSuffix("/connect/token"))
      return try await transport.send(method, url, headers: headers, body: body)
    }
    func shutdown() async {}
  }
}

/// Numbers that are the same for the same seed (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Scripts of every verb in some order, with reads between that hang on what was written.
enum GeneratedScript {
  private static let people = [
    "alice@acme.com", "bob@acme.com", "martha@acme.com", "peter.olsen@acme.com", "neil@acme.com", "otto@acme.com", "emil@acme.com", "new1@acme.com", "new2@acme.com",
  ]
  private static let groups = ["Engineering", "Design", "Sales", "Marketing", "Finance", "Operations", "Support", "People", "Extra"]
  private static let collections = ["infra/production", "design/assets"]
  private static let policies = ["masterPassword", "singleOrg", "twoFactorAuthentication", "requireSso", "disableSend"]

  /// With rows there are some whose calls go together.
  static func text(_ random: inout Generator, rows: Bool = false) -> String {
    let needs = "needs " + SecretSafeSchema.schema.capabilities.map { "\($0) <= 500" }.joined(separator: ", ") + "\n"
    return needs
      + (0..<Int.random(in: 2...(rows ? 5 : 9), using: &random)).map { _ in rows && Bool.random(using: &random) ? self.rows(&random) : statement(&random) }.joined(
        separator: "\n") + "\n"
  }

  private static func rows(_ random: inout Generator) -> String {
    func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
    let (group, other) = ("groups[\"\(pick(groups))\"]", "groups[\"\(pick(groups))\"]")
    let (collection, access) = ("collections[\"\(pick(collections))\"]", pick(["view", "edit", "manage"]))
    let name = pick(["a", "b", "c"])
    let (count, from) = (pick(["3", "70"]), pick(["0", "1"]))
    let block = pick([
      "let m = members.find(.email == \"\(name){i}@acme.com\") ?? (invite (\"\(name){i}@acme.com\".email() ?? nobody@acme.com) type: user externalId: \"\(name){i}\")\n add m to: \(group)\n add m to: \(other)",
      "let m = invite (\"\(name){i}@acme.com\".email() ?? nobody@acme.com) type: user\n update m type: admin\n update m externalId: \"u{i}\"\n add m to: \(group)",
      "invite (\"\(name){i}@acme.com\".email() ?? nobody@acme.com) type: user externalId: \"\(name){i}\" collections: \(group).collections",
      "add members[alice@acme.com] to: \(group)\n invite (\"\(name){i}@acme.com\".email() ?? nobody@acme.com) type: user externalId: \"\(name){i}\"",
      "let g = create group name: \"\(name){i}\"\n grant \(collection) to: g access: \(access)\n add alice@acme.com to: g\n add bob@acme.com to: g",
      "add bob@acme.com to: groups[\"Design\"]\n add bob@acme.com to: groups[\"Sales\"]\n add bob@acme.com to: groups[\"Finance\"]\n if i == 1 { revoke martha@acme.com }",
      "revoke emil@acme.com\n add neil@acme.com to: \(group)\n if i == 2 { remove otto@acme.com }\n add peter.olsen@acme.com to: \(group)",
    ])
    // Side by side, how many fail before the first stops the others is not said.
    let isStopping = Int.random(in: 0..<3, using: &random) == 0
    let rows =
      "try { let a = range(\(from), \(count)) | each i \(isStopping ? "" : "par 4 "){\n \(block)\n } on error \(isStopping ? "stop" : "collect")\n print \"{a.count(.ok)}\" } catch e { print e.message }"
    // One after another, about the same things.
    let disputed = pick([
      "let g = groups.find(.name == \"\(name)\") ?? (create group name: \"\(name)\")\n add bob@acme.com to: g\n add neil@acme.com to: \(group)",
      "drop emil@acme.com from: \(group)\n add emil@acme.com to: \(other)\n add neil@acme.com to: \(other)",
      "add neil@acme.com to: \(group)\n update peter.olsen@acme.com externalId: \"d{i}\"\n add peter.olsen@acme.com to: \(group)\n if i == 1 { drop neil@acme.com from: \(group) }",
      "let g = create group name: \"\(name){i}\"\n update g externalId: \"{g.id.slice(0, 0)}\(name){i}\"\n add alice@acme.com to: g\n add bob@acme.com to: g",
    ])
    switch Int.random(in: 0..<8, using: &random) {
    case 4, 5: return "try { let a = range(0, 3) | each i {\n \(disputed)\n } on error collect\n print \"{a.count(.ok)}\" } catch e { print e.message }"
    case 0: return "try { for m in (\(group).members | take 5) { add m to: \(other) } } catch e { print e.message }"
    case 1:
      return
        "try { for p in [bob@acme.com, neil@acme.com] { update p externalId: \"one {p}\"\n update p externalId: \"two {p}\" }\n print members[bob@acme.com].externalId } catch e { print e.message }"
    default: return rows
    }
  }

  private static func statement(_ random: inout Generator) -> String {
    func pick(_ list: [String]) -> String { list[Int.random(in: 0..<list.count, using: &random)] }
    let (person, group, other) = (pick(people), "groups[\"\(pick(groups))\"]", "groups[\"\(pick(groups))\"]")
    let (collection, access) = ("collections[\"\(pick(collections))\"]", pick(["view", "viewHidden", "edit", "editHidden", "manage"]))
    let role = pick(["user", "admin", "owner", "custom"])
    let number = Int.random(in: 1...3, using: &random)
    let call = pick([
      "invite new\(number)@acme.com type: user", "invite new\(number)@acme.com type: user externalId: \"n\(number)\" groups: [\(group)]",
      "invite new\(number)@acme.com type: \(role) collections: \(group).collections",
      "update \(person) type: \(role)", "update \(person) externalId: \"x\(number)\"", "update \(person) groups: [\(group), \(other)]", "reinvite \(person)",
      "revoke \(person)", "restore \(person)", "remove \(person)", "create group name: \"Extra\" externalId: \"extra\"",
      "update \(group) name: \"Renamed \(number)\"", "update \(group) externalId: \"g\(number)\"", "remove \(group)", "add \(person) to: \(group)",
      "drop \(person) from: \(group)", "grant \(collection) to: members[\(person)] access: \(access)", "grant \(collection) to: \(group) access: \(access)",
      "ungrant \(collection) from: members[\(person)]", "ungrant \(collection) from: \(group)", "update \(collection) externalId: \"c\(number)\"",
      "remove \(collection)", "enable \(pick(policies))", "disable \(pick(policies))",
      "import members: [{ email: new\(number)@acme.com, externalId: \"n\(number)\" }] groups: [{ name: \"Extra\", externalId: \"extra\", memberExternalIds: [\"n\(number)\"] }]",
    ])
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return "try { for m in (\(group).members | take 3) { drop m from: \(group)\n add m to: \(other) } } catch e { print e.message }"
    case 1:
      return
        "try { let a = \(group).members | each m par 3 key m.email { update m externalId: \"p\(number) {m.email}\" } on error collect\n print \"{a.count(.ok)}\" } catch e { print e.message }"
    case 2: return "try { print members[\(person)].groups.name.sort(it).join(\" \") } catch e { print e.message }"
    case 3: return "try { print \(group).members.email.sort(it).join(\" \") } catch e { print e.message }"
    case 4: return "try { if \(group).members.any(.status == revoked) { \(call) } else { add \(person) to: \(group) } } catch e { print e.message }"
    case 5: return "refresh \(pick(["members", "groups", "collections"]))"
    case 6: return "try { print (\(collection).groups.name.sort(it).join(\" \") + \(collection).members.email.sort(it).join(\" \")) } catch e { print e.message }"
    default: return "try { \(call) } catch e { print e.message }"
    }
  }
}
