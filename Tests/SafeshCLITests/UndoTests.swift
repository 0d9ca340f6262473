import Foundation
import SecretSafeAPI
import Testing

/// What is taken back, at the prompt and by `safesh undo`; and Ctrl-C where that asks.
struct UndoTests {
  private let folder: URL
  private var environment: [String: String] { ["XDG_STATE_HOME": folder.appendingPathComponent("state").path] }
  private var sandbox: [String] { ["--sandbox", folder.appendingPathComponent("org.db").path] }

  init() throws { folder = try temporaryFolder() }

  private func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }

  private func read(_ name: String) throws -> String { try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) }

  private func prompt(_ lines: String..., options: [String] = ["--yes"]) throws -> Command.Result {
    try Command.run(options, environment: environment, in: folder, input: lines.joined(separator: "\n") + "\n")
  }

  private func run(_ arguments: String...) throws -> Command.Result { try Command.run(arguments, environment: environment, in: folder) }

  // MARK: at the prompt

  @Test(arguments: ["revoke oskr@acme.com", "invite jonas@acme.com type: user", "invite no@localhost type: user"])
  func aLineThatFailedIsNotWhatUndoTakesBack(_ line: String) throws {
    let result = try prompt(
      "revoke jonas@acme.com", line, ":output jsonl", ":runs", ":undo", "members[jonas@acme.com].status", ":undo")
    #expect(result.messages.contains("taken back: the run") && !result.messages.contains("changed nothing that can be taken back"), "\(result.messages)")
    #expect(result.messages.contains("error: all that was changed here is taken back"), "\(result.messages)")
    #expect(result.output.hasSuffix("\"confirmed\"\n"), "\(result.output)")
    let runs = try result.output.split(separator: "\n").dropLast().map { try JSONReader.read(Array($0.utf8)) }
    let (failed, done) = (runs.first { $0["script"] == .string(line) }, runs.first { $0["script"] == .string("revoke jonas@acme.com") })
    #expect(runs.count == 2 && failed?["state"] == .string("failed") && failed?["changed"] == .null, "\(result.output)")
    #expect(done?["state"] == .string("finished") && done?["changed"] == .string("revoke 1"), "\(result.output)")
  }

  @Test func whatWasTakenBackIsSaidToBe() throws {
    let file = folder.appendingPathComponent("org.db").path
    let result = try prompt("revoke jonas@acme.com", ":undo", options: ["--sandbox", file])
    let id = try #require(result.messages.firstMatch(of: /taken back: the run (\S+)/)?.1)
    let again = try prompt(":undo \(id)", options: ["--sandbox", file])
    #expect(again.status == 5 && again.messages.contains("error: the run \(id) was taken back already, by "), "\(again.messages)")
    let other = try #require(again.messages.firstMatch(of: /already, by (\S+);/)?.1)
    let shell = try Command.run(["undo", "--yes", String(id)], environment: environment, in: folder)
    #expect(shell.status == 5 && shell.messages.contains("was taken back already, by \(other)"), "\(shell.messages)")
    // What took it back is taken back itself, and then it may be again.
    #expect(try run("undo", "--yes", String(other)).status == 0)
    #expect(try run("--sandbox", file, "-c", "members[jonas@acme.com].status").output == "revoked\n")
    #expect(try run("undo", "--yes", String(id)).status == 0)
    #expect(try run("--sandbox", file, "-c", "members[jonas@acme.com].status").output == "confirmed\n")
  }

  @Test func aRunThatWasTakenBackIsMarked() throws {
    let file = folder.appendingPathComponent("org.db").path
    let result = try prompt("revoke jonas@acme.com", "revoke mei.chen@acme.com", ":undo", ":runs", options: ["--sandbox", file])
    let id = try #require(result.messages.firstMatch(of: /taken back: the run (\S+)/)?.1)
    #expect(result.output.contains(/\n\S+ +\S+ +revoke mei.chen@acme.com +\S.* taken back +revoke 1/), "\(result.output)")
    #expect(result.output.contains(/\n\S+ +\S+ +revoke jonas@acme.com +\S.* finished +revoke 1/), "\(result.output)")
    for shown in [try prompt(":runs \(id)", options: ["--sandbox", file]), try run("runs", "show", String(id))] {
      #expect(shown.output.contains(/\nstate    finished with status 0, taken back by 20\S+\n/) && !shown.output.contains("undo \(id)"), "\(shown.output)")
    }
    #expect(try run("runs", "show", String(id), "--output", "json").output.contains(#""takenBackBy":"20"#))
    #expect(try run("runs").output.contains("taken back"))
  }

  /// Who was in the group and is gone is called by the address, and nothing is sent for nobody.
  @Test func aMemberWhoIsGoneStopsAtTheRehearsal() throws {
    let file = folder.appendingPathComponent("org.db").path
    let lines = ["add jonas@acme.com to: groups[\"Sales\"]", "drop jonas@acme.com from: groups[\"Sales\"]", "remove jonas@acme.com"]
    let made = try prompt(lines[0], lines[1], lines[2], ":output jsonl", ":runs", options: ["--yes", "--sandbox", file])
    let run = try made.output.split(separator: "\n").map { try JSONReader.read(Array($0.utf8)) }.first { $0["script"] == .string(lines[1]) }
    guard case .string(let id)? = run?["id"] else {
      Issue.record("\(made.output)")
      return
    }
    let undone = try prompt(":undo \(id)", options: ["--yes", "--sandbox", file])
    #expect(undone.status == 3 && undone.messages.contains("jonas@acme.com  there is no member with the id "), "\(undone.messages)")
    #expect(undone.messages.contains("error: nothing of it can be taken back any more, so nothing was sent"), "\(undone.messages)")
    let shell = try Command.run(["undo", "--yes", id], environment: environment, in: folder)
    #expect(shell.status == 3 && (shell.output + shell.messages).contains("jonas@acme.com  there is no member with the id "), "\(shell.output)\(shell.messages)")
    #expect(shell.messages.contains("error: nothing of it can be taken back any more, so nothing was sent"), "\(shell.messages)")
    #expect(try Command.run(["runs"], environment: environment, in: folder).output.split(separator: "\n").count == 2 + 3)
  }

  /// Who is revoked by a policy can be restored only once it is out of force again.
  @Test func whomAPolicyRevokedIsRestored() throws {
    let file = folder.appendingPathComponent("org.db").path
    let state = "members | where .status == revoked | select .email | sort .email"
    try write("enable.safe", "needs policies.update <= 1\nenable twoFactorAuthentication\n")
    let before = try run("--sandbox", file, "-c", state).output
    #expect(try run("run", "--yes", "--sandbox", file, "enable.safe").status == 0)
    #expect(try run("--sandbox", file, "-c", state).output != before)
    let id = try #require(try run("runs", "--output", "jsonl").output.split(separator: "\"").first { $0.hasPrefix("20") })
    let undone = try run("undo", "--yes", String(id))
    #expect(undone.messages.contains(" 0 failed\n") && undone.messages.contains("the organization is as planned"), "\(undone.messages)")
    #expect(try run("--sandbox", file, "-c", state).output == before)
  }

  /// Most of those who were added are gone: the plan shows it, and the others are taken back all the same.
  @Test func manyWhoAreGoneKeepNobodyElse() throws {
    let file = folder.appendingPathComponent("org.db").path
    try write("add.safe", "needs groups.addMember <= 40\nlet sales = groups[\"Sales\"]\nfor m in members | where .type == user | take 40 { add m to: sales }\n")
    try write("remove.safe", "needs members.remove <= 40\nfor m in members | where .type == user | take 30 { remove m }\n")
    let added = try run("run", "--yes", "--sandbox", file, "add.safe")
    #expect(added.status == 0, "\(added.messages)")
    let id = try #require(try run("runs", "--output", "jsonl").output.split(separator: "\"").first { $0.hasPrefix("20") })
    #expect(try run("run", "--yes", "--sandbox", file, "remove.safe").status == 0)
    let before = try run("--sandbox", file, "-c", "groups[\"Sales\"].members.count()").output
    let undone = try run("undo", "--yes", String(id))
    #expect(undone.status == 3 && !undone.messages.contains("no more is sent"), "\(undone.messages)")
    let after = try run("--sandbox", file, "-c", "groups[\"Sales\"].members.count()").output
    #expect(before != after && undone.messages.contains("rows   8 ok, 0 unchanged, 24 failed"), "\(before)\(after)\(undone.messages)")
  }

  @Test func aSandboxOfThePromptNamesNoCommandOfTheShell() throws {
    try write("two.safe", "needs members.revoke <= 2\n[\"jonas@acme.com\", \"nobody@acme.com\"] | each e { revoke members[e] } on error collect | report\n")
    let result = try prompt("revoke jonas@acme.com", ":runs", ":undo", ":run two.safe", options: ["--yes"])
    let id = try #require(result.messages.firstMatch(of: /taken back: the run (\S+)/)?.1)
    let shown = try prompt("revoke jonas@acme.com", ":run two.safe", ":output json", ":runs")
    #expect(!result.messages.contains("safesh resume") && !shown.messages.contains("safesh resume"), "\(result.messages)")
    #expect(result.messages.contains(/':runs \S+' tells of the rows that failed/), "\(result.messages)")
    #expect(id.count > 4)
  }

  @Test func aRunIsShownWithTheCommandOfThePrompt() throws {
    let screen = try PromptTests.Screen(columns: 120, rows: 50)
    #expect(try screen.run("for m in members | where .type == user and .status == confirmed | take 5 { revoke m }", until: "[y/N]"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: revoke 5") }, "\(screen.text)")
    #expect(try screen.run(":runs", until: "revoke 5  "), "\(screen.text)")
    let id = try #require(screen.text.firstMatch(of: /\n(20\S+)/)?.1)
    #expect(try screen.run(":runs \(id.suffix(4))", until: ":undo \(id)  writes back what was there"), "\(screen.text)")
    #expect(!screen.text.contains("safesh undo"), "\(screen.text)")
  }

  @Test func whatWasTakenBackIsNotSaved() throws {
    let result = try prompt("1 + 1", "revoke jonas@acme.com", "invite new@acme.com type: user", ":undo", ":save s.safe", "remove new@acme.com")
    #expect(try read("s.safe") == "## From the prompt on sandbox.\nneeds members.revoke <= 1\n\n1 + 1\nrevoke jonas@acme.com\n", "\(result.messages)")
    #expect(result.messages.contains("s.safe: 2 lines, without 1 that was taken back; ':run s.safe'"), "\(result.messages)")
    #expect(try prompt("revoke jonas@acme.com", ":undo", ":save t.safe").messages.contains("all that worked was taken back, so there is nothing to save"))
  }

  /// A name that a later line uses is kept with what gave it, or the script would not be one.
  @Test func whatNamesWhatIsUsedIsSaved() throws {
    let result = try prompt(
      "let new = invite new@acme.com type: user", "let old = invite old@acme.com type: user", ":undo", ":undo", "new.email", ":save s.safe")
    #expect(
      try read("s.safe") == "## From the prompt on sandbox.\nneeds members.invite <= 1\n\nlet new = invite new@acme.com type: user\nnew.email\n",
      "\(result.messages)")
    #expect(
      result.messages.contains("s.safe: 2 lines, without 1 that was taken back, with 1 that was taken back and named what a later one uses;"), "\(result.messages)")
    #expect(try run("check", "s.safe").status == 0)
  }

  @Test func aRecordingLosesWhatWasTakenBack() throws {
    _ = try prompt(":record r.safe", "2", "revoke jonas@acme.com", ":undo", "3")
    #expect(try read("r.safe").hasSuffix("\n\n2\n3\n") && !read("r.safe").contains("revoke"))
  }

  // MARK: Ctrl-C at a question

  @Test func ctrlCAtAQuestionOfUndoIsANoAtOnce() throws {
    try write("in.safe", "needs members.invite <= 5\n" + (0..<5).map { "invite n\($0)@x.example type: user\n" }.joined())
    #expect(try Command.run(["run"] + sandbox + ["--yes", "in.safe"], environment: environment, in: folder).status == 0)
    let terminal = try TestTerminal()
    let running = try Running(["undo"] + [lastRun()], environment: environment, in: folder, terminal: terminal.path)
    #expect(terminal.wait(for: "type 5 to do this on "), "\(running.messages)")
    terminal.type("\u{3}")
    let result = running.wait(seconds: 5)
    #expect(result.status == 130 && result.messages.contains("nothing was sent"), "\(result.messages)")
    #expect(!result.messages.contains("stopping after"), "\(result.messages)")
  }

  private func lastRun() throws -> String {
    let list = try run("runs", "--output", "jsonl").output
    let first = try JSONReader.read(Array(try #require(list.split(separator: "\n").first).utf8))
    guard case .string(let id)? = first["id"] else { return "" }
    return id
  }

  @Test func ctrlCAtAQuestionOrBetweenTurnsStopsNothingElse() throws {
    let screen = try PromptTests.Screen(columns: 120, rows: 50)
    #expect(try screen.run("groups | take 2 | each { remove it }", until: "type 2 to do this on sandbox:"), "\(screen.text)")
    try screen.press("C-c")
    #expect(screen.wait(seconds: 5) { $0.contains("nothing was sent\nsafesh") }, "\(screen.text)")
    #expect(try screen.run(":watch 30s 6 * 7", until: "\n42\n"), "\(screen.text)")
    try screen.press("C-c")
    #expect(try screen.run("20 + 1", until: "\n21\n"), "\(screen.text)")
    #expect(!screen.text.contains("stopping after"), "\(screen.text)")
  }
}
