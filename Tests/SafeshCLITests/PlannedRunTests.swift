import Foundation
import SecretSafeAPI
import Testing

/// Runs that are rehearsed, asked for and carried out with few requests, against a server in a process of its own.
@Suite struct PlannedRunTests {
  private let folder: URL
  private let server: ServerProcess
  private let environment: [String: String]

  private static let rows = 300

  init() throws { try self.init(faults: nil) }

  private init(faults: String?) throws {
    folder = try temporaryFolder()
    _ = try Command.run(["snapshot", "demo.json"], in: folder)
    server = try ServerProcess(
      data: folder.appendingPathComponent("org.db"), ["--from", folder.path + "/demo.json"] + (faults.map { ["--faults", $0] } ?? []))
    environment = server.environment.merging(["XDG_STATE_HOME": folder.appendingPathComponent("state").path]) { $1 }
    try write("hires.csv", "email,id,teams\n" + (0..<Self.rows).map { "k\($0)@x.example,k-\($0),team\($0 % 3);Sales\n" }.joined())
    try write(
      "onboard.safe",
      """
      needs members.invite <= 1000, groups.addMember <= 1000, groups.create <= 3
      for i in range(3) { if groups.any(.name == "team{i}") == false { create group name: "team{i}" } }
      let hires = csv "hires.csv" as { email: Email, id: Text, teams: Text }
      let out = hires | each h par 8 {
        let m = members.find(.email == h.email) ?? (invite h.email type: user externalId: h.id)
        for t in h.teams.split(";") { add m to: groups[t] }
      } on error collect
      print "{members.count()}"
      report out
      """)
  }

  private func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }

  private func run(_ arguments: String...) throws -> Command.Result { try Command.run(arguments, environment: environment, in: folder) }

  private var writes: [String] { Self.writes(server) }

  private static func writes(_ server: ServerProcess) -> [String] { server.log.filter { !$0.hasPrefix("GET") && !$0.contains("/connect/token") } }

  /// Everybody is there once and in both groups.
  private func expectEverybody(_ place: SourceLocation = #_sourceLocation) throws {
    let count = try run("-c", #"members.count(.email ends "x.example")"#)
    #expect(count.output == "\(Self.rows)\n", sourceLocation: place)
    let inside = try run("-c", #"["team0", "team1", "team2"].map(groups[it].members.count()).sum() + groups["Sales"].members.count(.email ends "x.example")"#)
    #expect(inside.output == "\(Self.rows * 2)\n", sourceLocation: place)
  }

  @Test func fewRequestsAnswerManyCalls() throws {
    defer { server.stop() }
    let done = try run("--yes", "onboard.safe")
    #expect(done.status == 0, "\(done.messages)")
    #expect(done.output == "\(60 + Self.rows)\n")
    #expect(done.messages.contains("rows   \(Self.rows) ok, 0 unchanged, 0 failed\ncalls  invite \(Self.rows), add \(Self.rows * 2)\n"), "\(done.messages)")
    #expect(done.messages.contains("the organization is as planned"))
    #expect(!done.messages.contains("the plan had not shown"))
    let sent = writes.map { $0.split(separator: " ")[1].split(separator: "/").last.map(String.init) ?? "" }
    #expect(sent.count { $0 == "import" } == 1 && sent.count { $0 == "groups" } == 3 && sent.count { $0 == "members" } == 0)
    #expect(sent.count { $0 == "member-ids" } == 4 && sent.count == 8, "\(sent)")
    try expectEverybody()
    let ledger = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("ledger.csv") }
    let text = try String(contentsOf: folder.appendingPathComponent(try #require(ledger.first)), encoding: .utf8)
    #expect(text.split(separator: "\n").filter { $0.contains(",ok,") }.count == Self.rows)

    // Once more there is nothing to do, and nothing is asked.
    let again = try run("onboard.safe")
    #expect(again.status == 0 && again.messages.contains("rows   0 ok, \(Self.rows) unchanged, 0 failed"), "\(again.messages)")
    #expect(writes.count == 8)

    let id = try #require(try run("runs", "--output", "jsonl").output.split(separator: "\n").last?.split(separator: "\"").first { $0.hasPrefix("20") })
    let undone = try run("undo", "--yes", String(id))
    #expect(undone.status == 3, "\(undone.messages)")
    let left = try run("diff", "demo.json", "live")
    // Seats were added, and stay.
    #expect(undone.messages.contains("cannot come back: 253 seats that the server adds for those who come\n"), "\(undone.messages)")
    #expect(left.output.hasPrefix("~ subscription\n") && !left.output.contains("member") && !left.output.contains("group"), "\(left.output.prefix(500))")
  }

  @Test func aPersonIsAskedAndANoSendsNothing() throws {
    defer { server.stop() }
    let unasked = try run("onboard.safe")
    #expect(unasked.status == 5 && unasked.messages.contains("--yes answers every question; nothing was sent"), "\(unasked.messages)")
    #expect(try run("run", "--max-writes", "20", "--yes", "onboard.safe").messages.contains("over --max-writes 20; nothing was sent"))
    for answer in ["n", "y"] {
      let terminal = try TestTerminal()
      let running = try Running(["onboard.safe"], environment: environment, in: folder, terminal: terminal.path)
      #expect(terminal.wait(for: "changes on \(server.url.dropFirst("http://".count))? [y/N, l lists all] "), "\(running.messages)")
      #expect(running.messages.contains("+ member k0@x.example\n"))
      #expect(writes.isEmpty)
      terminal.type("\(answer)\n")
      let result = running.wait()
      #expect(result.status == (answer == "n" ? 5 : 0), "\(result.messages)")
      if answer == "n" { #expect(writes.isEmpty && result.messages.contains("nobody said yes, so nothing was sent")) }
    }
    try expectEverybody()
    #expect(try run("runs", "--output", "jsonl").output.split(separator: "\n").count == 1)
  }

  @Test func whatGoesForGoodIsCountedAndTyped() throws {
    defer { server.stop() }
    try write("leave.safe", "needs members.remove <= 9\nfor m in members | where .status == revoked { remove m }\n")
    for answer in ["y", "4"] {
      let terminal = try TestTerminal()
      let running = try Running(["leave.safe"], environment: environment, in: folder, terminal: terminal.path)
      #expect(terminal.wait(for: "4 things cannot be brought back; type 4 to do this on "), "\(running.messages)")
      terminal.type("\(answer)\n")
      #expect(running.wait().status == (answer == "y" ? 5 : 0))
      #expect(writes.count == (answer == "y" ? 0 : 4))
    }
  }

  @Test func aScriptThatWouldEndInAnErrorSendsNothing() throws {
    defer { server.stop() }
    try write("bad.safe", "needs groups.create <= 1, groups.addMember <= 1\nlet g = create group name: \"New\"\nadd nobody@x.example to: g\n")
    let refused = try run("--yes", "bad.safe")
    #expect(refused.status == 1 && refused.messages.contains("nothing was sent; --direct sends its calls as far as it comes"), "\(refused.messages)")
    #expect(writes.isEmpty)
    #expect(try run("run", "--direct", "bad.safe").status == 1)
    #expect(writes.count == 1)
  }

  /// What somebody else does while a person thinks stays, unless the plan rests on it.
  @Test func whatMovedIsToldAndNothingIsSent() throws {
    defer { server.stop() }
    try write("some.safe", "needs members.update <= 99\nfor m in members | where .status == confirmed and .type == user { update m externalId: \"new {m.email}\" }\n")
    let plan = try run("plan", "some.safe", "--out", "plan.json")
    #expect(plan.status == 0, "\(plan.messages)")
    let (chosen, unchosen) = (#"members | where .status == confirmed and .type == user | take 1"#, #"members | where .status == invited | take 1"#)
    func change(_ whom: String, _ verb: String) throws {
      let text = "needs members.\(verb) <= 1\nfor m in \(whom) { \(verb) m\(verb == "update" ? " externalId: \"else\"" : "") }"
      let result = try run("run", "--direct", "-c", text)
      #expect(result.status == 0, "\(result.messages)")
    }
    try change(unchosen, "update")
    try change(chosen, "revoke")
    let before = writes.count
    let refused = try run("apply", "plan.json")
    #expect(refused.status == 5 && refused.messages.contains("      status: confirmed -> revoked\n"), "\(refused.messages)")
    #expect(refused.messages.contains("this is other than when the plan was made, so nothing was sent"))
    #expect(!refused.messages.contains("externalId"))
    #expect(writes.count == before)
  }

  /// Whoever plans to set a field has seen what it was.
  @Test func aFieldThatIsSetIsLookedAtOnceMore() throws {
    defer { server.stop() }
    try write("set.safe", "needs members.update <= 1\nupdate hugo@acme.com externalId: \"planned\"\n")
    #expect(try run("plan", "set.safe", "--out", "plan.json").status == 0)
    #expect(try run("run", "--direct", "-c", "needs members.update <= 1\nlet m = update hugo@acme.com externalId: \"else\"").status == 0)
    let refused = try run("apply", "plan.json")
    #expect(refused.status == 5 && refused.messages.contains(" -> else\n"), "\(refused.messages)")
    #expect(writes.count == 1)
  }

  @Test func aPlanIsAppliedOnceWithTheInputsOfThen() throws {
    defer { server.stop() }
    let plan = try run("plan", "onboard.safe", "--out", "plan.json")
    #expect(plan.status == 0 && plan.messages.contains("'safesh apply plan.json' carries it out"), "\(plan.messages)")
    try write("hires.csv", "email,id,teams\n")
    let applied = try run("apply", "plan.json")
    #expect(applied.status == 0 && applied.output == "\(60 + Self.rows)\n", "\(applied.messages)")
    #expect(applied.messages.contains("the organization is as planned"))
    try expectEverybody()
    let count = writes.count
    let again = try run("apply", "plan.json")
    #expect(again.status == 5 && again.messages.contains("this plan was carried out by the run 20"), "\(again.messages)")
    #expect(try run("runs", "prune", "--older-than", "0s").status == 0)
    let pruned = try run("apply", "plan.json")
    #expect(pruned.status == 5 && pruned.messages.contains("this plan was carried out by a run that 'safesh runs prune' removed"), "\(pruned.messages)")
    let elsewhere = try run("apply", "plan.json", "--sandbox", "other.db")
    #expect(elsewhere.status == 5)
    #expect(writes.count == count)
    try write(
      "plan.json", try String(contentsOf: folder.appendingPathComponent("plan.json"), encoding: .utf8).replacingOccurrences(of: "k0@x.example,", with: "z0@x.example,"))
    let changed = try run("apply", "plan.json")
    #expect(changed.status == 2 && changed.messages.contains("sha256: the content is not what the plan was made from"), "\(changed.messages)")
  }

  /// Killed between its requests, and taken up.
  @Test(arguments: [1, 3, 4, 6]) func aRunThatIsKilledWhileItSendsIsTakenUp(_ writes: Int) throws {
    let slow = try PlannedRunTests(faults: "latency=60ms")
    defer { slow.server.stop() }
    let killed = try Running(["run", "--yes", "--timeout", "1", "onboard.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).count { !$0.hasPrefix("GET") && !$0.contains("/connect/token") } >= writes })
    killed.signal(SIGKILL)
    _ = killed.wait()
    let resumed = try slow.run("resume", "--timeout", "1")
    #expect(resumed.status == 0, "\(resumed.messages)")
    #expect(resumed.messages.contains("rows   \(Self.rows) ok, 0 unchanged, 0 failed"), "\(resumed.messages)")
    #expect(resumed.messages.contains("the organization is as planned"))
    #expect(resumed.output == "\(60 + Self.rows)\n")
    try slow.expectEverybody()
    #expect(try slow.run("-c", #"groups.count(.name starts "team")"#).output == "3\n")
  }

  /// In its rehearsal nothing was agreed to: it is rehearsed again.
  @Test func aRunThatIsKilledInItsRehearsalIsRehearsedAgain() throws {
    let slow = try PlannedRunTests(faults: "latency=300ms")
    defer { slow.server.stop() }
    let killed = try Running(["run", "--yes", "onboard.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).contains { $0.contains("/connect/token") } })
    killed.signal(SIGKILL)
    _ = killed.wait()
    #expect(Self.writes(slow.server).isEmpty)
    let unasked = try slow.run("resume")
    #expect(unasked.status == 5, "\(unasked.messages)")
    // It is still there for who says yes.
    let resumed = try slow.run("resume", "--yes")
    #expect(resumed.status == 0 && resumed.messages.contains("rows   \(Self.rows) ok"), "\(resumed.messages)")
  }

  /// What the dead process sent last is looked up, and taken back with the rest; then the run does not go on.
  @Test(arguments: ["--direct", "--exact-events"]) func whatWasUnderWayIsTakenBackAsWell(_ mode: String) throws {
    let slow = try PlannedRunTests(faults: "latency=200ms")
    defer { slow.server.stop() }
    let killed = try Running(["run", "--yes", mode, "--timeout", "1", "onboard.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).count { $0.hasPrefix("POST /api/public/members") } >= 3 })
    // The next are under way by then.
    Thread.sleep(forTimeInterval: 0.1)
    killed.signal(SIGKILL)
    _ = killed.wait()
    let shown = try slow.run("runs", "show").output
    #expect(shown.contains(/calls +(create 3, )?invite \d+.*; no answer yet to\b/) && shown.contains("unfinished: it ended while it was carried out"), "\(shown)")
    let undone = try slow.run("undo", "--yes", "--timeout", "1", try slow.newest())
    #expect([0, 3].contains(undone.status), "\(undone.messages)")
    try slow.expectNobody()
    let resumed = try slow.run("resume", "--yes", "--timeout", "1", try slow.oldest())
    #expect(resumed.status == 5 && resumed.messages.contains("was taken back, by "), "\(resumed.messages)")
    #expect(try slow.run("resume", "--yes").messages.contains("is finished"))
    try slow.expectNobody()
  }

  /// What is under way when somebody stops the run is waited for, so that nothing of it is unknown.
  @Test func whatIsUnderWayAtCtrlCIsWaitedFor() throws {
    let slow = try PlannedRunTests(faults: "latency=200ms")
    defer { slow.server.stop() }
    // So few are invited one by one, each with the groups of the row.
    try slow.write("hires.csv", "email,id,teams\n" + (0..<50).map { "k\($0)@x.example,k-\($0),team\($0 % 3);Sales\n" }.joined())
    let stopped = try Running(["run", "--yes", "onboard.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).contains { $0.hasPrefix("POST /api/public/members") } })
    stopped.signal(SIGINT)
    let result = stopped.wait()
    #expect(result.status == 130, "\(result.messages)")
    let journal = try String(contentsOfFile: slow.folder.path + "/state/safesh/runs/\(try slow.newest())/journal", encoding: .utf8)
    let (sent, answered) = (journal.components(separatedBy: "\"sent\"").count, journal.components(separatedBy: "\"answered\":").count)
    #expect(sent == answered && sent > 10, "\(sent) \(answered) \(result.messages)")
    let undone = try slow.run("undo", "--yes", try slow.newest())
    #expect([0, 3].contains(undone.status) && undone.messages.contains("the organization is as planned"), "\(undone.messages)")
    try slow.expectNobody()
  }

  /// An undo that was killed goes on as what it is: once more it would make groups twice.
  @Test func anUndoThatWasKilledIsTakenUp() throws {
    let slow = try PlannedRunTests(faults: "latency=100ms")
    defer { slow.server.stop() }
    try slow.write("remove.safe", "needs groups.remove <= 20\nfor g in groups | take 5 { remove g }\n")
    let before = try slow.run("-c", "groups | map { .name } | sort it").output
    #expect(try slow.run("run", "--yes", "remove.safe").status == 0)
    let id = try slow.newest()
    let killed = try Running(["undo", "--yes", "--timeout", "1", id], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).contains { $0.hasPrefix("POST /api/public/groups") } })
    killed.signal(SIGKILL)
    _ = killed.wait()
    let again = try slow.run("undo", "--yes", id)
    #expect(again.status == 5 && again.messages.contains(/taken back in part, by (\S+); 'safesh resume \1' goes on with that/), "\(again.messages)")
    let resumed = try slow.run("resume", "--yes", "--timeout", "1")
    #expect([0, 3].contains(resumed.status), "\(resumed.messages)")
    #expect(try slow.run("-c", "groups | map { .name } | sort it").output == before)
  }

  /// Of two at once one is refused: each would make the group anew.
  @Test func aRunIsTakenBackByOneAtATime() throws {
    let slow = try PlannedRunTests(faults: "latency=100ms")
    defer { slow.server.stop() }
    try slow.write("remove.safe", "needs groups.remove <= 20\nfor g in groups | take 3 { remove g }\n")
    let before = try slow.run("-c", "groups | select .name | sort .name").output
    #expect(try slow.run("run", "--yes", "remove.safe").status == 0)
    let id = try slow.newest()
    let both = try [0, 1].map { _ in try Running(["undo", "--yes", id], environment: slow.environment, in: slow.folder) }
    let results = both.map { $0.wait() }
    let refused = results.filter { $0.status == 5 }
    #expect(refused.count == 1 && refused.first?.messages.contains(/works on the run|in use by process|was taken back/) == true, "\(results.map(\.messages))")
    #expect(try slow.run("-c", "groups | select .name | sort .name").output == before)
  }

  /// Whom the policy revoked is not known where its answer was lost: all are looked at who were active before.
  @Test func whomAPolicyRevokedUnansweredIsRestored() throws {
    let slow = try PlannedRunTests(faults: "latency=400ms")
    defer { slow.server.stop() }
    try slow.write("enable.safe", "needs policies.update <= 1\nenable twoFactorAuthentication\n")
    let killed = try Running(["run", "--yes", "--direct", "--timeout", "1", "enable.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).contains { $0.hasPrefix("PUT /api/public/policies") } })
    killed.signal(SIGKILL)
    _ = killed.wait()
    let undone = try slow.run("undo", "--yes", "--timeout", "1", try slow.newest())
    #expect(undone.messages.contains("the organization is as planned"), "\(undone.messages)")
    let left = try slow.run("diff", "demo.json", "live").output
    #expect(!left.contains("revoked"), "\(left)")
  }

  /// Without its journal nobody knows what a run did.
  @Test func aRunWhoseJournalIsGoneDoesNotBeginAnew() throws {
    let slow = try PlannedRunTests(faults: "latency=100ms")
    defer { slow.server.stop() }
    let killed = try Running(["run", "--yes", "--direct", "onboard.safe"], environment: slow.environment, in: slow.folder)
    #expect(slow.server.running.wait { running in ServerProcess.log(running).count { $0.hasPrefix("POST /api/public/members") } >= 3 })
    killed.signal(SIGKILL)
    _ = killed.wait()
    let sent = Self.writes(slow.server).count
    let journal = slow.folder.path + "/state/safesh/runs/\(try slow.newest())/journal"
    for damage in [{ try Data().write(to: URL(fileURLWithPath: journal)) }, { try FileManager.default.removeItem(atPath: journal) }] {
      try damage()
      let refused = try slow.run("resume", "--yes")
      #expect(refused.status == 1 && refused.messages.contains("so nobody knows what the run did; nothing was sent"), "\(refused.messages)")
      let undone = try slow.run("undo", "--yes", try slow.newest())
      #expect(undone.status == 1 && undone.messages.contains("so nobody knows what the run did"), "\(undone.messages)")
    }
    #expect(Self.writes(slow.server).count <= sent + 8)
  }

  private func ids() throws -> [String] {
    try run("runs", "--output", "jsonl").output.split(separator: "\n").compactMap { $0.split(separator: "\"").first { $0.hasPrefix("20") }.map(String.init) }
  }

  private func newest() throws -> String { try #require(try ids().first) }
  private func oldest() throws -> String { try #require(try ids().last) }

  /// Nobody of the file is there, and no group of the script.
  private func expectNobody(_ place: SourceLocation = #_sourceLocation) throws {
    let left = try run("diff", "demo.json", "live").output
    #expect(!left.contains("member") && !left.contains("group"), "\(left.prefix(500))", sourceLocation: place)
  }

  /// What the rehearsal shows stops the run before it begins; who wants it all the same says so.
  @Test func aRunWhoseRowsWouldMostlyFailSendsNothing() throws {
    defer { server.stop() }
    try write("some.csv", "email,id\n" + (0..<60).map { "s\($0)@\($0 % 3 == 0 ? "x.example" : "localhost"),s\($0)\n" }.joined())
    try write(
      "some.safe",
      """
      needs members.invite <= 100
      csv "some.csv" as { email: Email, id: Text } | each h { invite h.email type: user externalId: h.id } on error collect | report
      """)
    #expect(try run("plan", "--out", "some.json", "some.safe").status == 3)
    for arguments in [["run", "--yes", "some.safe"], ["run", "--yes", "--exact-events", "some.safe"], ["apply", "some.json"]] {
      let refused = try Command.run(arguments, environment: environment, in: folder)
      #expect(refused.status == 5, "\(arguments): \(refused.messages)")
      #expect(
        refused.messages.contains(/error: (\d\d) of the last (\d\d) rows would fail; --breaker off carries it out all the same; nothing was sent\n/),
        "\(refused.messages)")
    }
    let runs = try run("runs")
    #expect(writes.isEmpty && runs.output.isEmpty, "\(writes)\(runs.output)")
    let off = try run("run", "--yes", "--breaker", "off", "some.safe")
    #expect(off.status == 3 && off.messages.contains("rows   20 ok, 0 unchanged, 40 failed"), "\(off.messages)")
  }

  @Test func withExactEventsNothingIsMerged() throws {
    defer { server.stop() }
    try write("few.safe", "needs groups.addMember <= 20\nfor m in members | where .status == confirmed | take 5 { add m to: groups[\"Sales\"] }\n")
    let plan = try run("run", "--yes", "--exact-events", "few.safe")
    #expect(plan.status == 0 && !plan.messages.contains("merged"), "\(plan.messages)")
    #expect(writes.allSatisfy { $0.contains("/group-ids ") })
    #expect(try run("run", "--direct", "--exact-events", "few.safe").status == 2)
  }
}
