import SafeshCLI
import SecretSafeAPI
import SecretSafeClient
import SecretSafeServer

/// One call after the other on the demo organization, in process and over loopback: the median of five rounds. Apart from the top level, which
/// is the main thread's, so that no call waits for a change of threads.
enum Bench {
  static func microseconds(_ count: Int, _ call: (Int) async throws -> Void) async throws -> String {
    var rounds: [Double] = []
    for round in 0..<5 {
      let start = ContinuousClock.now
      for number in 0..<count { try await call(round * count + number) }
      rounds.append((ContinuousClock.now - start) / .microseconds(1) / Double(count))
    }
    return "\((rounds.sorted()[2] * 10).rounded() / 10) µs"
  }

  static func measure(_ way: String, _ client: Client) async throws {
    let member = try await client.members()[0]
    let read = try await microseconds(4_000) { _ in _ = try await client.member(member.id) }
    let list = try await microseconds(400) { _ in _ = try await client.groups() }
    let written = try await microseconds(400) { _ = try await client.invite(InviteBody(email: "p\($0)@example.net", type: .user)) }
    print("\(way): a member read \(read), 8 groups \(list), a member invited \(written)")
    await client.shutdown()
  }

  static func run() async throws {
    let server = try await EmbeddedServer(.demo)
    let alive = try await microseconds(20_000) { _ in _ = try await server.answer("GET", "/api/alive", headers: [], body: nil) }
    let refused = try await microseconds(20_000) { _ in _ = try await server.answer("GET", "/api/public/members", headers: [], body: nil) }
    print("in process, without a client: GET /api/alive \(alive), a list without a token \(refused)")
    try await measure("in process", server.client())
    let sandbox = try await Sandbox.start()
    let key = Credentials(
      address: try ServerAddress(sandbox.server.url), clientID: sandbox.clientID, secret: ClientSecret(sandbox.clientSecret))
    try await measure("over loopback", Client(key))
    await sandbox.server.stop()
    let made = try await microseconds(40) { _ in try await EmbeddedServer(.empty).close() }
    print("an empty organization made and closed: \(made)")
  }
}

try await Bench.run()
