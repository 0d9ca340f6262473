import Foundation
import SecretSafeAPI
import Testing

/// Guards, progress and reports of `safesh run`, against real sandboxes and servers.
struct RunGuardTests {
  private let folder: URL
  private var environment: [String: String] { ["XDG_STATE_HOME": folder.appendingPathComponent("state").path] }
  private var sandbox: [String] { ["--sandbox", folder.appendingPathComponent("org.db").path] }

  init() throws {
    folder = try temporaryFolder()
    try write(
      "invite.safe",
      """
      param n: Int = 5
      needs members.invite <= 100
      csv "people.csv" as { email: Email, id: Text } | take n | each h {
        members.find(.email == h.email) ?? (invite h.email type: user externalId: h.id)
      } on error collect | report
      """)
    try write("people.csv", "email,id\n" + (0..<8).map { "p\($0)@guard.example,g\($0)\n" }.joined())
    try write(
      "bad.safe",
      """
      needs members.invite <= 100
      csv "bad.csv" as { email: Email, id: Text } | each h { invite h.email type: user externalId: h.id } on error collect | report
      """)
    try write("bad.csv", "email,id\n" + (0..<60).map { "p\($0)@localhost,b\($0)\n" }.joined())
    try write(
      "remove.safe",
      """
      needs members.remove <= 7
      members | where .externalId == "g0" | each m { remove m } | report
      """)
  }

  private func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }

  private func run(_ arguments: String..., environment more: [String: String] = [:]) throws -> Command.Result {
    try Command.run(["run", "--direct"] + sandbox + arguments, environment: environment.merging(more) { $1 }, in: folder)
  }

  private func count() throws -> String {
    try Command.run(["run"] + sandbox + ["-c", #"members | where .email ends "guard.example" | count"#], environment: environment, in: folder).output
  }

  /// A run at a terminal of its own.
  private func atTerminal(_ arguments: String...) throws -> (terminal: TestTerminal, running: Running) {
    let terminal = try TestTerminal()
    return (terminal, try Running(["run", "--direct"] + sandbox + arguments, environment: environment, in: folder, terminal: terminal.path))
  }

  @Test func noMoreIsWrittenThanWasSaid() throws {
    let result = try run("--max-writes", "3", "invite.safe", "--n", "8")
    #expect(result.status == 5, "\(result.messages)")
    #expect(result.messages.contains("over --max-writes 3"))
    // What was stopped before it did anything was not run.
    #expect(result.messages.contains("rows   3 ok, 0 unchanged, 0 failed, 5 not run"), "\(result.messages)")
    #expect(try count() == "3\n")
    #expect(try run("--max-writes", "8", "invite.safe", "--n", "8").status == 0)
    #expect(try count() == "8\n")
  }

  @Test func aRunInWhichMostRowsFailIsStopped() throws {
    let stopped = try run("bad.safe")
    #expect(stopped.status == 5, "\(stopped.messages)")
    #expect(stopped.messages.contains("20 of the last 20 rows failed, so no more is sent"))
    let off = try run("--breaker", "off", "bad.safe")
    #expect(off.status == 3 && off.messages.contains("60 failed"), "\(off.messages)")
    #expect(try run("--breaker", "0%", "bad.safe").status == 2)
  }

  @Test func aCanaryWithoutATerminalIsRefusedBeforeAnythingIsSent() throws {
    let refused = try run("--canary", "2", "invite.safe")
    #expect(refused.status == 5 && refused.messages.contains("--canary asks on the terminal"), "\(refused.messages)")
    #expect(try count() == "0\n")
    #expect(try run("--canary", "2", "--yes", "invite.safe").status == 0)
    #expect(try count() == "5\n")
  }

  @Test func aCanaryAsksAfterTheFirstRows() throws {
    var (terminal, running) = try atTerminal("--canary", "2", "invite.safe")
    let question = "2 rows are done, and none of them failed. Go on with the other 3? [y/N] "
    #expect(terminal.wait(for: question), "\(running.messages)")
    terminal.type("n\n")
    var result = running.wait()
    #expect(result.status == 5 && result.messages.contains("nobody said to go on after the first 2 rows"), "\(result.messages)")
    #expect(try count() == "2\n")
    (terminal, running) = try atTerminal("--canary", "2", "invite.safe")
    #expect(terminal.wait(for: question), "\(running.messages)")
    terminal.type("y\n")
    result = running.wait()
    #expect(result.status == 0, "\(result.messages)")
    #expect(try count() == "5\n")
  }

  @Test func whatDestroysWantsItsCountTyped() throws {
    #expect(try run("invite.safe").status == 0)
    var (terminal, running) = try atTerminal("remove.safe")
    #expect(terminal.wait(for: "type 7 to do this on "), "\(running.messages)")
    terminal.type("y\n")
    let refused = running.wait()
    #expect(refused.status == 5 && refused.messages.contains("nobody typed 7, so nothing was sent"), "\(refused.messages)")
    #expect(try count() == "5\n")
    (terminal, running) = try atTerminal("remove.safe")
    #expect(terminal.wait(for: "type 7 to do this on "))
    terminal.type("7\n")
    #expect(running.wait().status == 0)
    #expect(try count() == "4\n")
    // Without a terminal nobody is asked.
    #expect(try run("remove.safe").status == 0)
  }

  @Test func whatWasDoneIsSummedUp() throws {
    let reported = try run("invite.safe")
    #expect(reported.messages.contains("\ncalls  invite 5\n") && !reported.messages.contains("done:"), "\(reported.messages)")
    try write("two.safe", "needs members.invite <= 2\ninvite x@guard.example type: user\ninvite y@guard.example type: user\n")
    let planned = try Command.run(["run", "--yes"] + sandbox + ["two.safe"], environment: environment, in: folder)
    #expect(planned.messages.contains("done: invite 2\nthe organization is as planned\n"), "\(planned.messages)")
    #expect(try Command.run(["two.safe"], in: folder).messages == "target: sandbox\ndone: invite 2\n")
  }

  @Test func programsAreToldOfProgress() throws {
    let result = try run("--progress", "json", "invite.safe")
    let lines = result.messages.split(separator: "\n").filter { $0.hasPrefix("{") }
    let last = try JSONReader.read(Array(try #require(lines.last).utf8))
    #expect(last["progress"] == "done" && last["done"] == 5 && last["failed"] == 0 && last["total"] == 5, "\(result.messages)")
    #expect(try !run("--progress", "none", "invite.safe").messages.contains("{"))
    #expect(try run("--progress", "loud", "invite.safe").status == 2)
  }

  @Test func aReportIsWrittenInTheFormOfItsEnding() throws {
    let wrong = try run("--report", "out.txt", "invite.safe")
    #expect(wrong.status == 2 && wrong.messages.contains("end it with .csv, .json, .md, .xml"), "\(wrong.messages)")
    #expect(try count() == "0\n")
    func report(_ name: String, _ script: String, status: Int32) throws -> String {
      let result = try run("--report", name, "--breaker", "off", script)
      #expect(result.status == status, "\(result.messages)")
      return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
    let csv = try report("out.csv", "invite.safe", status: 0).split(separator: "\n")
    #expect(csv.count == 6 && csv[0] == "email,input.id,status,reason,id,attempts" && csv[1].hasPrefix("p0@guard.example,g0,ok,,") && csv[1].hasSuffix(",1"), "\(csv)")
    let json = try JSONReader.read(Array(try report("out.json", "bad.safe", status: 3).utf8))
    #expect(json["counts"]?["failed"] == 60 && json["run"]?["exitStatus"] == 3 && json["run"]?["id"] != .null)
    #expect(try report("out.xml", "bad.safe", status: 3).contains("tests=\"60\" failures=\"60\" errors=\"0\" skipped=\"0\""))
    #expect(try report("out.md", "bad.safe", status: 3).contains("| failed | 60 |"))
  }

  @Test func aWrongPacingEndsWithTwo() throws {
    let wrong = try run("invite.safe", environment: ["SAFESH_PACING": "fast"])
    #expect(wrong.status == 2 && wrong.messages.contains("'fast' is neither learn, none nor cloud"), "\(wrong.messages)")
    #expect(try run("--pacing", "slow", "invite.safe").status == 2)
    #expect(try run("--pacing", "none", "invite.safe", environment: ["SAFESH_PACING": "fast"]).status == 0)
    #expect(try run("--timeout", "0", "invite.safe").status == 2)
  }

  @Test func aProfileSaysWhatIsKnownOfLimits() throws {
    let server = try ServerProcess(data: folder.appendingPathComponent("served.db"))
    let home = try Home()
    func add(_ pacing: String) throws -> Command.Result {
      try home.run(
        "profile", "add", "acme", "--replace", "--url", server.url, "--client-id", server.values["client_id"] ?? "", "--secret-env", "ACME", "--pacing", pacing)
    }
    let wrong = try add("fast")
    #expect(wrong.status == 2 && wrong.messages.contains("is neither learn, none nor cloud"), "\(wrong.messages)")
    #expect(try add("cloud").status == 0)
    #expect(try String(contentsOf: home.config, encoding: .utf8).contains("pacing: cloud"))
    #expect(try home.run("profile", "show").output.contains("cloud"))
  }

  /// The server answers after 3 s, and a request may take one.
  @Test func aRequestIsGivenUpAfterTheTimeout() throws {
    let server = try ServerProcess(data: folder.appendingPathComponent("served.db"), ["--faults", "latency=3000ms"])
    let running = try Running(
      ["run", "--timeout", "1", "-c", "members | count"], environment: environment.merging(server.environment) { $1 }, in: folder)
    // With the usual 30 s there is one.
    #expect(running.wait { _ in server.log.count >= 2 }, "\(server.log)")
    running.signal(SIGINT)
    #expect(running.wait { $0.messages.contains("Ctrl-C again aborts") })
    running.signal(SIGINT)
    #expect(running.wait().status == 130)
  }
}
