import Foundation
import Testing

/// Lines that change something, typed into a real terminal on the sandbox.
struct PromptWriteTests {
  private func screen(_ arguments: String = "", variables: String = "", prompt: String = "safesh sandbox>") throws -> PromptTests.Screen {
    try PromptTests.Screen(columns: 120, rows: 50, arguments, variables: variables, prompt: prompt)
  }

  private static let three = "members | where .status == confirmed and .type == user | take 3 | each { revoke it }"

  @Test func oneChangeIsMadeAtOnceAndTakenBack() throws {
    let screen = try screen()
    #expect(try screen.run("revoke jonas@acme.com", until: "done: revoke 1; :undo takes it back"), "\(screen.text)")
    #expect(!screen.text.contains("[y/N]"))
    #expect(try screen.run("members[jonas@acme.com].status", until: "\nrevoked\n"), "\(screen.text)")
    #expect(try screen.run(":undo", until: "taken back: the run"), "\(screen.text)")
    #expect(try screen.run("members[jonas@acme.com].status", until: "\nconfirmed\n"), "\(screen.text)")
    #expect(try screen.run(":undo", until: "all that was changed here is taken back"), "\(screen.text)")
  }

  @Test(arguments: ["", "n", "x", "C-c", "C-d"])
  func severalAskAndAnythingButYesChangesNothing(_ answer: String) throws {
    let screen = try screen()
    #expect(try screen.run(Self.three, until: "make 3 changes on sandbox? [y/N]"), "\(screen.text)")
    #expect(screen.text.contains("members: 3 revoked"))
    if answer.hasPrefix("C-") {
      try screen.press(answer)
    } else {
      try screen.type(answer)
      try screen.press("Enter")
    }
    #expect(screen.wait { $0.contains("nothing was sent") }, "\(screen.text)")
    #expect(try screen.run("members | where .status == revoked | count", until: "\n4\n"), "\(screen.text)")
    #expect(try screen.run(":runs", until: "there are no runs"), "\(screen.text)")
  }

  @Test func severalAreMadeAfterAYesAndUndoneAfterAYes() throws {
    let screen = try screen()
    #expect(try screen.run(Self.three, until: "[y/N]"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: revoke 3; :undo takes it back") }, "\(screen.text)")
    #expect(screen.text.contains("the organization is as planned"))
    #expect(try screen.run("members | where .status == revoked | count", until: "\n7\n"), "\(screen.text)")
    #expect(try screen.run(":runs", until: "finished"), "\(screen.text)")
    try screen.press("C-l")
    #expect(try screen.run(":undo", until: "make 3 changes on sandbox? [y/N]"), "\(screen.text)")
    try screen.type("yes")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("taken back: the run") }, "\(screen.text)")
    #expect(try screen.run("members | where .status == revoked | count", until: "\n4\n"), "\(screen.text)")
  }

  /// What the table cuts off is told where somebody looks: at the end.
  @Test func rowsThatFailedAreCounted() throws {
    let screen = try screen()
    let line = "[\"Sales\", \"Sals\"] | each { update groups[it] externalId: \"x-{it}\" } on error collect"
    #expect(try screen.run(line, until: "[y/N]"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: update 1; 1 row failed") }, "\(screen.text)")
  }

  /// Who saw that most rows would fail, and said yes, meant the others.
  @Test func failuresThatWereAgreedToStopNothing() throws {
    let screen = try screen()
    let line = "range(60) | each { invite (\"p{it}@{if it < 40 { \"localhost\" } else { \"x.example\" }}\".email() ?? a@x.example) type: user } on error collect"
    #expect(try screen.run(line, until: "[y/N"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: invite 20; 40 rows failed") }, "\(screen.text)")
  }

  /// Of many changes the first are shown, and how many more there are; nothing cuts the id of a run.
  @Test func manyAreShownInPart() throws {
    let screen = try PromptTests.Screen(columns: 80, rows: 50)
    #expect(try screen.run("for m in groups[\"Engineering\"].members { revoke m }", until: "make 16 changes on sandbox? [y/N, l lists all]"), "\(screen.text)")
    #expect(screen.text.components(separatedBy: "~ member").count == 7 && screen.text.contains("… 20 more lines\n"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: revoke 16") }, "\(screen.text)")
    try screen.press("C-l")
    #expect(try screen.run(":runs", until: "finished"), "\(screen.text)")
    #expect(screen.text.contains(/\n\d{8}-\d{6}-[a-z0-9]{4}  for m in gr/), "\(screen.text)")
    #expect(!screen.text.contains("created"), "\(screen.text)")
    #expect(try screen.run(":output json", until: ":output json\n") && screen.run(":runs", until: #""created":"20"#), "\(screen.text)")
  }

  /// A plan stops early, with its counts below, and is gone on with as a table is.
  @Test func whatAPlanLeavesOutIsShownByMore() throws {
    let screen = try PromptTests.Screen(columns: 80, rows: 60, environment: ["PAGER": ""])
    #expect(try screen.run(":plan for m in groups[\"Engineering\"].members { revoke m }", until: "16 revoked"), "\(screen.text)")
    #expect(screen.text.contains("… 20 more lines: :more shows them\n") && screen.text.components(separatedBy: "~ member").count == 7, "\(screen.text)")
    try screen.press("C-l")
    #expect(try screen.run(":more", until: "~ member"), "\(screen.text)")
    #expect(screen.wait { $0.components(separatedBy: "~ member").count == 11 }, "\(screen.text)")
  }

  /// Who wants to see all before the answer sees it, in the pager or below, and is asked again.
  @Test(arguments: ["cat >\"$HOME/listed\"", ""])
  func allAreListedWhereSomebodyAsksForIt(_ pager: String) throws {
    let screen = try PromptTests.Screen(columns: 80, rows: 60, environment: ["PAGER": pager])
    let question = "make 16 changes on sandbox? [y/N, l lists all]"
    #expect(try screen.run("for m in groups[\"Engineering\"].members { revoke m }", until: question), "\(screen.text)")
    try screen.type("l")
    try screen.press("Enter")
    #expect(screen.wait { $0.components(separatedBy: question).count == 3 }, "\(screen.text)")
    let listed =
      pager.isEmpty ? screen.text.components(separatedBy: question)[1] : try String(contentsOf: screen.folder.appendingPathComponent("listed"), encoding: .utf8)
    #expect(listed.components(separatedBy: "~ member").count == 17 && listed.contains("wanda@acme.com"), "\(listed)")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("nothing was sent") }, "\(screen.text)")
  }

  @Test func whatCannotComeBackIsListedToo() throws {
    let screen = try PromptTests.Screen(columns: 100, rows: 70, environment: ["PAGER": ""])
    let question = "type 17 to do this on sandbox, or l to list all:"
    #expect(try screen.run("for m in groups[\"Engineering\"].members { remove m }", until: question), "\(screen.text)")
    #expect(screen.text.contains("for good  17 members are removed\n") && screen.text.contains("… 5 more lines\n"), "\(screen.text)")
    try screen.type("list")
    try screen.press("Enter")
    #expect(screen.wait { $0.components(separatedBy: question).count == 3 }, "\(screen.text)")
    #expect(screen.text.components(separatedBy: "- member").count == 1 + 12 + 17, "\(screen.text)")
    try screen.press("C-c")
    #expect(screen.wait { $0.contains("nothing was sent") }, "\(screen.text)")
  }

  @Test func whatIsForGoodIsToldBeforeTheAnswer() throws {
    let screen = try screen()
    #expect(try screen.run("invite a@x.example type: user; invite b@x.example type: user", until: "make 2 changes on sandbox? [y/N]"), "\(screen.text)")
    #expect(screen.text.contains("members: 2 invited\nfor good  2 invitations are mailed\n"), "\(screen.text)")
  }

  /// Changes that take one another back are requests all the same, and their events stay.
  @Test func changesThatCancelOutAreCalledThat() throws {
    let screen = try screen()
    let line = "add jonas@acme.com to: groups[\"Sales\"]; drop jonas@acme.com from: groups[\"Sales\"]"
    #expect(try screen.run(line, until: "make 2 changes that leave everything as it is on sandbox? [y/N]"), "\(screen.text)")
    #expect(screen.text.contains("\nno difference: the 2 changes leave everything as it is\n"), "\(screen.text)")
    let folder = try temporaryFolder()
    let script = "needs groups.addMember <= 1, groups.dropMember <= 1\n\(line)\n"
    try Data(script.utf8).write(to: folder.appendingPathComponent("both.safe"))
    let planned = try Command.run(["plan", "both.safe", "--sandbox", folder.appendingPathComponent("org.db").path], in: folder)
    #expect(planned.status == 0 && planned.output.hasPrefix("no difference: the 2 changes leave everything as it is\nrequests  "), "\(planned.output)")
  }

  @Test func aNoIsInTheHistoryAsOne() throws {
    let screen = try screen()
    #expect(try screen.run(Self.three, until: "[y/N]"), "\(screen.text)")
    try screen.type("n")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("nothing was sent\nsafesh") }, "\(screen.text)")
    #expect(try screen.run("1 // 0", until: "division by zero"), "\(screen.text)")
    try screen.press("C-l")
    #expect(try screen.run(":history", until: "  declined   members | where"), "\(screen.text)")
    #expect(screen.text.contains("  error      1 // 0"), "\(screen.text)")
  }

  /// The second picture of a session in the README is what stands on the screen, questions and answers too; only a run's id is another each time.
  @Test func theREADMEsPictureOfAWriteIsTrue() throws {
    let prompt = "safesh sandbox>"
    let readme = try String(contentsOf: Command.root.appendingPathComponent("README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```").filter { $0.contains(prompt) }
    #expect(blocks.count == 2)
    let block = (blocks.last ?? "").trimmingCharacters(in: .newlines)
    let entries = block.components(separatedBy: prompt + " ").dropFirst()
    #expect(entries.count == 3)
    let question = "[y/N] "
    let screen = try screen()
    var answers = 0
    for (index, entry) in entries.enumerated() {
      try screen.type(entry.components(separatedBy: "\n")[0])
      try screen.press("Enter")
      for answer in entry.components(separatedBy: question).dropFirst().map({ String($0.prefix { $0 != "\n" }) }) {
        answers += 1
        #expect(screen.wait { $0.components(separatedBy: question.dropLast()).count == answers + 1 }, "\(screen.text)")
        try screen.type(answer)
        try screen.press("Enter")
      }
      // The next prompt, and nothing behind it, but what the prompt began with is no longer the last.
      #expect(
        screen.wait { $0.components(separatedBy: "\n" + prompt).count == index + 3 && $0.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix(prompt) },
        "\(screen.text)")
    }
    func masked(_ text: String) -> String { text.replacing(/\d{8}-\d{6}-[a-z0-9]{4}/, with: "ID") }
    let shown = screen.text.components(separatedBy: "\n").map { $0.replacing(/[ ]+$/, with: "") }.joined(separator: "\n")
    #expect(masked(shown).contains("\n" + masked(block) + "\n" + prompt), "\(shown)")
  }

  @Test func oneThingThatCannotComeBackAsksForItsCount() throws {
    let screen = try screen()
    for answer in ["y", "2", ""] {
      #expect(try screen.run("remove jonas@acme.com", until: "type 1 to do this on sandbox:"), "\(screen.text)")
      try screen.type(answer)
      try screen.press("Enter")
      #expect(screen.wait { $0.contains("nothing was sent") }, "\(screen.text)")
      try screen.press("C-l")
    }
    #expect(try screen.run("members | count", until: "\n60\n"), "\(screen.text)")
    #expect(try screen.run("remove jonas@acme.com", until: "type 1 to do this on sandbox:"), "\(screen.text)")
    try screen.type("1")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: remove 1") }, "\(screen.text)")
    #expect(try screen.run("members | count", until: "\n59\n"), "\(screen.text)")
  }

  @Test func whatTheRehearsalRefusesIsNotSent() throws {
    let screen = try screen()
    #expect(try screen.run("for m in members | where .type == owner { remove m }", until: "it would end like this, so nothing was sent"), "\(screen.text)")
    #expect(try screen.run("members | where .type == owner | count", until: "\n3\n"), "\(screen.text)")
  }

  @Test func aWriteOverAVariableIsRehearsedOverItsValue() throws {
    let screen = try screen()
    #expect(try screen.run("let some = members | where .status == confirmed and .type == user | take 2", until: "take 2\nsafesh"), "\(screen.text)")
    #expect(try screen.run("some | each { revoke it } on error collect | report", until: "make 2 changes"), "\(screen.text)")
    try screen.type("y")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("done: revoke 2") }, "\(screen.text)")
    // What is so already is no change, and asks for nothing.
    try screen.press("C-l")
    #expect(try screen.run("some | each { revoke it } on error collect | report", until: "2 unchanged"), "\(screen.text)")
    #expect(!screen.text.contains("[y/N]"), "\(screen.text)")
  }

  @Test func aServersRunsOutliveThePrompt() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let variables = server.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    let screen = try screen(variables: variables, prompt: ">")
    #expect(screen.text.contains("what is written is done there"), "\(screen.text)")
    #expect(try screen.run("invite new@acme.com type: user", until: "done: invite 1"), "\(screen.text)")
    try screen.press("C-d")
    #expect(screen.wait { $0.contains("left 0") })
    let environment = server.environment.merging(["XDG_STATE_HOME": screen.folder.path]) { $1 }
    let list = try Command.run(["runs"], environment: environment)
    #expect(list.output.contains("invite new@acme.com type: user"), "\(list.output)")
    let id = try #require(list.output.split(separator: "\n").last?.split(separator: " ").first).description
    let shown = try Command.run(["runs", "show", id], environment: environment)
    #expect(shown.output.contains("entry    invite new@acme.com type: user") && shown.output.contains("safesh undo \(id)"), "\(shown.output)")
    let resumed = try Command.run(["resume", id], environment: environment)
    #expect(resumed.status == 2 && resumed.messages.contains("was typed at the prompt") && resumed.messages.contains("'safesh undo \(id)'"), "\(resumed.messages)")
    #expect(try Command.run(["undo", id, "--yes"], environment: environment).status == 3, "the mail does not come back")
    #expect(try Command.run(["-c", "members.any(.email == new@acme.com)"], environment: environment).output == "false\n")
  }

  @Test func aReadOnlyProfileChangesNothing() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let home = try temporaryFolder()
    var environment = ["XDG_CONFIG_HOME": home.path, "KEY": server.values["client_secret"] ?? ""]
    let added = try Command.run(
      ["profile", "add", "look", "--url", server.url, "--client-id", server.values["client_id"] ?? "", "--secret-env", "KEY", "--read-only"], environment: environment)
    #expect(added.status == 0, "\(added.messages)")
    environment["XDG_STATE_HOME"] = home.path
    let result = try Command.run([], environment: environment, input: "members | count\ninvite new@acme.com type: user\nmembers | count\n")
    #expect(result.output == "0\n0\n" && result.status == 5, "\(result.output)\(result.messages)")
    #expect(result.messages.contains("the profile 'look' is read-only") && !server.log.contains { $0.hasPrefix("POST /public") })
  }

  @Test func ctrlCStopsALineAndKeepsWhatWasDone() throws {
    let screen = try screen()
    try screen.type("for i in range(2_000_000_000) { if i < 0 { print i } }")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("Ctrl-C stops") }, "\(screen.text)")
    try screen.press("C-c")
    #expect(screen.wait { $0.contains("interrupted") }, "\(screen.text)")
    #expect(try screen.run("1 + 41", until: "\n42\n"), "\(screen.text)")
    #expect(try screen.run(":history range", until: "cancelled"), "\(screen.text)")
  }

  @Test func withoutATerminalOnlyYesAnswers() throws {
    // No controlling terminal, as for a timer.
    let input = "\(Self.three)\nmembers | where .status == revoked | count\n"
    let refused = try Command.run(["-w", Command.safesh], input: input, executable: "/usr/bin/setsid")
    #expect(refused.output == "4\n" && refused.status == 5, "\(refused.output)\(refused.messages)")
    #expect(refused.messages.contains("there is no terminal to ask on"))
    let agreed = try Command.run(["-w", Command.safesh, "--yes"], input: input, executable: "/usr/bin/setsid")
    #expect(agreed.output.hasSuffix("\n7\n") && agreed.status == 0, "\(agreed.output)\(agreed.messages)")
  }
}
