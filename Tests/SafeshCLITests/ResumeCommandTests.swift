import Foundation
import Testing

/// Runs that are killed, taken up and taken back, against a server in a process of its own.
struct ResumeCommandTests {
  private let folder: URL
  private let server: ServerProcess
  private let environment: [String: String]

  init() throws {
    folder = try temporaryFolder()
    server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    environment = server.environment.merging(["XDG_STATE_HOME": folder.appendingPathComponent("state").path]) { $1 }
  }

  private static let rows = 400

  private func run(_ arguments: [String], input: String = "") throws -> Command.Result {
    try Command.run(arguments, environment: environment, in: folder, input: input)
  }

  private func write(_ name: String, _ text: String) throws { try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8) }

  private func onboard() throws {
    try write("hires.csv", "email,team\n" + (0..<Self.rows).map { "k\($0)@x.example,team\($0 % 3)\n" }.joined())
    try write(
      "onboard.safe",
      """
      needs members.invite <= 1000, groups.addMember <= 1000, groups.create <= 3
      let hires = csv "hires.csv" as { email: Email, team: Text }
      for i in range(3) { create group name: "team{i}" }
      let out = hires | each h par 8 { add (invite h.email type: user) to: groups[h.team] } on error collect
      report out
      """)
  }

  private var writes: [String] { server.log.filter { ($0.hasPrefix("POST /api") || $0.hasPrefix("PUT /api")) && $0.hasSuffix(" 200") } }

  @Test func aRunThatIsKilledGoesOnAndCanBeTakenBack() throws {
    defer { server.stop() }
    try onboard()
    let before = try run(["-c", "members | count"]).output
    let killed = try Running(["run", "--direct", "--timeout", "1", "onboard.safe"], environment: environment, in: folder)
    #expect(server.running.wait { ServerProcess.log($0).filter { $0 == "POST /api/public/members 200" }.count > 150 })
    killed.signal(SIGKILL)
    _ = killed.wait()
    #expect(try run(["runs"]).output.contains("unfinished"))

    let resumed = try run(["resume", "--timeout", "1"])
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(resumed.messages.contains("rows   \(Self.rows) ok, 0 unchanged, 0 failed"), "\(resumed.messages)")
    #expect(writes.count == Self.rows * 2 + 3)
    #expect(try run(["-c", "[\"team0\", \"team1\", \"team2\"].map(groups[it].members.count()).sum()"]).output == "\(Self.rows)\n")
    let ledger = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("ledger.csv") }
    let text = try String(contentsOf: folder.appendingPathComponent(try #require(ledger.first)), encoding: .utf8)
    #expect(text.split(separator: "\n").filter { $0.contains(",ok,") }.count == Self.rows)

    // A finished run is not done again.
    let again = try run(["resume"])
    #expect(again.status == 0 && again.messages.contains("is finished: \(Self.rows) ok"), "\(again.messages)")
    #expect(writes.count == Self.rows * 2 + 3)

    let id = try #require(try run(["runs", "--output", "jsonl"]).output.split(separator: "\"").first { $0.hasPrefix("20") })
    #expect(try run(["undo", String(id)]).status == 5)
    let undone = try run(["undo", "--yes", String(id)])
    #expect(undone.status == 3, "\(undone.messages)")
    #expect(undone.messages.contains("cannot come back: the mail of an invitation (\(Self.rows) times)"), "\(undone.messages)")
    #expect(try run(["-c", "members | count"]).output == before)
    #expect(try run(["-c", "groups | count"]).output == "0\n")
  }

  @Test func failedRowsAreTakenUp() throws {
    defer { server.stop() }
    try write(
      "g.safe",
      """
      needs members.invite <= 9, groups.addMember <= 9
      let out = ["a", "b"] | each n { add (invite m@x.example type: user) to: groups[n] } on error collect
      report out
      """)
    let first = try run(["--yes", "g.safe"])
    #expect(first.status == 3 && first.messages.contains("'safesh resume --failed"), "\(first.messages)")
    #expect(try run(["--yes", "-c", "needs groups.create <= 1\ncreate group name: \"a\""]).status == 0)
    let second = try run(["resume", "--failed"])
    // The first was invited and finds its group now; the second is refused again, for the address is taken.
    #expect(second.status == 3 && second.messages.contains("rows   1 ok, 0 unchanged, 1 failed"), "\(second.messages)")
    #expect(server.log.filter { $0 == "POST /api/public/members 200" }.count == 1)
  }

  @Test func whatCannotBeTakenUpIsSaid() throws {
    defer { server.stop() }
    #expect(try run(["resume"]).messages == "error: there is no run to go on with; 'safesh run FILE' begins one\n")
    #expect(try run(["resume", "nosuch"]).status == 2)
    #expect(try run(["undo", "nosuch"]).status == 2)
    #expect(try run(["--yes", "-c", "needs groups.create <= 1\ncreate group name: \"x\""]).status == 0)
    let folders = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("/journal") }
    let journal = folder.appendingPathComponent(try #require(folders.first))
    var bytes = try Data(contentsOf: journal)
    bytes[4] ^= 1
    try bytes.write(to: journal)
    let damaged = try run(["resume", "--failed"])
    #expect(damaged.status == 1 && damaged.messages.contains("journal:1: the journal was changed or damaged here; nothing was sent"), "\(damaged.messages)")
  }

  @Test func aRunThatAnotherProcessWorksOnIsRefused() throws {
    defer { server.stop() }
    try onboard()
    let first = try Running(["run", "--direct", "onboard.safe"], environment: environment, in: folder)
    #expect(server.running.wait { ServerProcess.log($0).filter { $0 == "POST /api/public/members 200" }.count > 20 })
    let second = try run(["resume"])
    #expect(second.status == 5, "\(second.messages)")
    first.signal(SIGKILL)
    _ = first.wait()
  }
}
