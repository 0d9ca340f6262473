import Foundation
import SafeLanguage
import SecretSafeAPI
import SecretSafeServer
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
      let difference = try await compare(seed)
      subjects.formUnion(difference.counts.map(\.subject))
      changing += difference.isEmpty ? 0 : 1
    }
    #expect(subjects.isSuperset(of: ["members", "groups", "memberships", "access", "collections", "policies"]), "\(subjects)")
    #expect(changing >= 45)
  }

  private func compare(_ seed: Int) async throws -> OrganizationDifference {
    var random = Generator(seed: UInt64(seed))
    let text = GeneratedScript.text(&random)
    let script = try Script(SourceFile(name: "seed \(seed)", text: text), schema: SecretSafeSchema.schema)
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
    await client.shutdown()

    #expect(plan.result.error?.message == result.error?.message && plan.result.failedRows == result.failedRows, "\(text)")
    #expect(plan.result.calls.map { "\($0.verb) \($0.count)" } == result.calls.map { "\($0.verb) \($0.count)" }, "\(text)")
    #expect(first.text == second.text, "\(text)")
    // The twin has the lists that the script can reach, and the memberships that it came to; the difference has all that it did.
    let done = OrganizationDifference(from: start, to: end)
    #expect(Self.form(plan.difference) == Self.form(done), "\(text)")
    return done
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
      emit: { output in if case .line(let line) = output { lines.add(line) } })
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

  static func text(_ random: inout Generator) -> String {
    let needs = "needs " + SecretSafeSchema.schema.capabilities.map { "\($0) <= 500" }.joined(separator: ", ") + "\n"
    return needs + (0..<Int.random(in: 2...9, using: &random)).map { _ in statement(&random) }.joined(separator: "\n") + "\n"
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
