import Foundation
import Testing

/// What comes between the beginning of a run and its end: other runs, tokens that end, keys that are replaced.
struct LongRunTests {
  private let folder: URL

  init() throws { folder = try temporaryFolder() }

  /// What `safesh run` takes to carry out a script as it is written, without a question.
  private static let direct: [String] = {
    let help = (try? Command.run(["run", "--help"]).output) ?? ""
    return help.contains("--direct") ? ["--direct", "--yes"] : []
  }()

  /// A server in a process of its own, and how its clients are started.
  private struct Bench {
    let folder: URL
    let server: ServerProcess
    let environment: [String: String]

    init(_ folder: URL, _ options: String...) throws {
      self.folder = folder
      server = try ServerProcess(data: folder.appendingPathComponent("org.db"), options)
      environment = server.environment.merging(["XDG_STATE_HOME": folder.appendingPathComponent("state").path]) { $1 }
    }

    /// A script that invites so many, whose addresses begin with the label.
    func script(_ label: String, rows: Int, par: Int) throws -> String {
      let text = """
        needs members.invite <= \(rows)
        range(\(rows)) | each n par \(par) { invite ("\(label){n}@long.example".email() ?? nobody@long.example) type: user } on error collect | report
        """
      let file = folder.appendingPathComponent("\(label).safe")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }

    func start(_ arguments: [String], with variables: [String: String] = [:]) throws -> Running {
      try Running(arguments, environment: environment.merging(variables) { $1 }, in: folder)
    }

    func run(_ arguments: [String], with variables: [String: String] = [:]) throws -> Command.Result { try start(arguments, with: variables).wait() }

    func count(with variables: [String: String] = [:]) throws -> String {
      try run(["-c", #"members | where .email ends "long.example" | count"#], with: variables).output
    }

    func invitations(_ status: Int) -> Int { server.log.count { $0 == "POST /api/public/members \(status)" } }

    /// The rows of all ledgers with this status.
    func rows(_ status: String) throws -> Int {
      let ledgers = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("ledger.csv") }
      return try ledgers.reduce(0) { sum, path in
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        return sum + text.split(separator: "\n").count { $0.contains(",\(status),") }
      }
    }
  }

  @Test func twoRunsAtOnceShareTheLimitAndBothFinish() throws {
    try #"{"rules": [{"service": "api", "method": "POST", "path": "/public/members", "limit": 10, "period": "1s"}]}"#.write(
      to: folder.appendingPathComponent("limits.json"), atomically: true, encoding: .utf8)
    let limits = folder.appendingPathComponent("limits.json").path
    let bench = try Bench(folder, "--limits", limits)
    defer { bench.server.stop() }
    let start = ContinuousClock.now
    let runs = try ["one", "two"].map { label in
      try bench.start(["run"] + Self.direct + ["--pacing", limits, try bench.script(label, rows: 40, par: 8)])
    }
    let results = runs.map { $0.wait() }
    let seconds = start.duration(to: .now) / .seconds(1)
    for result in results {
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.contains("rows   40 ok, 0 unchanged, 0 failed"), "\(result.messages)")
    }
    #expect(bench.invitations(200) == 80 && bench.invitations(429) == 0)
    #expect(try bench.rows("ok") == 80)
    #expect(try bench.count() == "80\n")
    // Eight windows of ten: together they are no faster than the limit.
    #expect(seconds >= 7, "\(seconds) s")
  }

  @Test func aTokenThatEndsInTheMiddleOfARunIsRenewed() throws {
    let bench = try Bench(folder, "--token-lifetime", "2", "--faults", "latency=50ms")
    defer { bench.server.stop() }
    let result = try bench.run(["run"] + Self.direct + [try bench.script("t", rows: 160, par: 2)])
    #expect(result.status == 0 && result.messages.contains("rows   160 ok"), "\(result.messages)")
    // At least 4 s by latency alone, with tokens that are used for one.
    #expect(bench.server.tokenRequests >= 4)
    #expect(bench.invitations(200) == 160 && bench.invitations(401) == 0)
    #expect(try bench.count() == "160\n")
  }

  @Test func aKeyThatIsReplacedInTheMiddleOfARunEndsItAndTheNewSecretFinishesIt() throws {
    let bench = try Bench(folder, "--faults", "latency=20ms")
    defer { bench.server.stop() }
    let running = try bench.start(["run", "--timeout", "2"] + Self.direct + [try bench.script("k", rows: 300, par: 4)])
    #expect(running.wait { _ in bench.invitations(200) > 40 })
    let data = folder.appendingPathComponent("org.db").path
    let rotated = try Command.run(["org", "key", "rotate", "--data", data, "--yes"])
    #expect(rotated.status == 0, "\(rotated.messages)")
    let secret = try #require(rotated.output.split(separator: "\n").first { $0.hasPrefix("client_secret=") }?.dropFirst("client_secret=".count))

    let ended = running.wait()
    #expect(ended.status == 4, "\(ended.messages)")
    #expect(ended.messages.contains("the run is not finished: 'safesh resume"), "\(ended.messages)")
    let before = bench.invitations(200)
    #expect(before < 300)
    // The old secret does not get anywhere, and leaves the run as it is.
    #expect(try bench.run(["resume", "--timeout", "2"]).status == 4)
    #expect(bench.invitations(200) == before)

    let new = ["SAFESH_CLIENT_SECRET": String(secret)]
    let resumed = try bench.run(["resume", "--timeout", "2"], with: new)
    #expect(resumed.status == 0 && resumed.messages.contains("rows   300 ok, 0 unchanged, 0 failed"), "\(resumed.messages)")
    #expect(bench.invitations(200) == 300)
    #expect(try bench.count(with: new) == "300\n")
    #expect(try bench.rows("ok") == 300)
  }

  @Test func aRunThatWaitsForLostRequestsSaysSo() throws {
    let bench = try Bench(folder, "--faults", "close-after=0.5,seed=3")
    defer { bench.server.stop() }
    let result = try bench.run(["run", "--timeout", "3"] + Self.direct + [try bench.script("l", rows: 16, par: 8)])
    #expect(result.status == 0 && result.messages.contains("rows   16 ok"), "\(result.messages)")
    let told = result.messages.split(separator: "\n").count { $0.hasPrefix("warning: an answer was lost; waiting 4 s") }
    #expect((1...3).contains(told), "\(result.messages)")
    #expect(try bench.count() == "16\n")
  }

  @Test func aScopedKeyDoesWhatItMay() throws {
    let bench = try Bench(folder)
    defer { bench.server.stop() }
    let data = folder.appendingPathComponent("org.db").path
    let added = try Command.run(["org", "key", "add", "--data", data, "--name", "hr", "--scope", "members.write", "--scope", "members.read"])
    func value(_ name: String) -> String? { added.output.split(separator: "\n").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) } }
    let key = ["SAFESH_CLIENT_ID": try #require(value("client_id")), "SAFESH_CLIENT_SECRET": try #require(value("client_secret"))]
    let run = try bench.run(["run"] + Self.direct + [try bench.script("s", rows: 3, par: 1)], with: key)
    #expect(run.status == 0, "\(run.messages)")
    #expect(try bench.count(with: key) == "3\n")
    #expect(try bench.run(["-c", "groups | count"], with: key).status != 0)
  }
}
