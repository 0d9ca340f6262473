import Foundation
import Testing

@testable import SafeshCLI

/// The commands of the prompt: without a terminal where they need none, else typed into one.
struct PromptCommandTests {
  private func screen(rows: Int = 50, _ arguments: String = "", variables: String = "", prompt: String = "safesh sandbox>") throws -> PromptTests.Screen {
    try PromptTests.Screen(columns: 120, rows: rows, arguments, variables: variables, prompt: prompt)
  }

  private func prompt(_ lines: String..., options: [String] = [], environment: [String: String] = [:], in folder: URL? = nil) throws -> Command.Result {
    try Command.run(options, environment: environment, in: folder ?? Command.examples, input: lines.joined(separator: "\n") + "\n")
  }

  // MARK: without a terminal

  @Test func theLastResultHasAName() throws {
    #expect(try prompt("members | where .type == owner", ":output json", "_ | count", "_ * 2").output.hasSuffix("\n3\n6\n"))
  }

  @Test func severalStatementsPrintInTheirOrder() throws {
    #expect(try prompt("1; 2; \"x\"").output == "1\n2\nx\n")
  }

  @Test func helpTellsOfAWord() throws {
    let result = try prompt("help invite", ":help E102", "help nonsens", ":help :watch")
    #expect(result.output.isEmpty)
    for text in [
      "invite EMAIL type:", "effect", "writes, and can be undone", "members.invite <= N", "invite ann@acme.com type: user", "a field that the row does not have",
      ":watch 5s [LINE]",
    ] {
      #expect(result.messages.contains(text), "\(text): \(result.messages)")
    }
    #expect(result.messages.contains("there is no topic 'nonsens'") && result.status == 2)
  }

  @Test(arguments: [
    ("members | where .stauts == confirmed", "E102"), ("invite type: user", "invite"), ("members | wher .x", "E105"), ("members | take \"5\"", "E201"),
    ("invite a@b.c tipe: user", "invite"),
  ])
  func anErrorPointsToItsTopic(_ line: String, _ topic: String) throws {
    #expect(try prompt(line).messages.contains(":help \(topic) tells more"))
  }

  @Test func everyCommandIsListedAndOnThePage() throws {
    let help = try prompt("help commands").messages
    let start = try prompt(":help").messages
    for command in PromptCommand.all { #expect(start.contains(":\(command.name)"), "\(start)") }
    let page = try String(contentsOf: Command.root.appendingPathComponent("docs/prompt.md"), encoding: .utf8)
    let table = PromptCommand.all.map { "| `\($0.form.replacing("|", with: "\\|"))` | \($0.summary) |" }.joined(separator: "\n")
    if ProcessInfo.processInfo.environment["SAFESH_WRITE_REFERENCE"] != nil {
      let parts = page.components(separatedBy: "<!-- table: commands -->")
      let rest = parts[1].components(separatedBy: "<!-- end -->")
      let new = parts[0] + "<!-- table: commands -->\n| command | does |\n| --- | --- |\n\(table)\n<!-- end -->" + rest.dropFirst().joined(separator: "<!-- end -->")
      try new.write(to: Command.root.appendingPathComponent("docs/prompt.md"), atomically: true, encoding: .utf8)
      return
    }
    for command in PromptCommand.all {
      #expect(help.contains(command.form) && help.contains(command.summary.prefix(20)), "\(command.form)")
    }
    #expect(page.contains("| --- | --- |\n\(table)\n<!-- end -->"), "docs/prompt.md has other commands; scripts/reference writes them")
  }

  @Test(arguments: [(80, 24), (100, 30)])
  func helpIsOneScreen(_ columns: Int, _ rows: Int) throws {
    let screen = try PromptTests.Screen(columns: columns, rows: rows)
    #expect(try screen.run(":help", until: "changes; :undo takes back"), "\(screen.text)")
    #expect(screen.text.contains("Every word of the language") && screen.text.contains("Lists of all words: resources, verbs, stages"), "\(screen.text)")
  }

  @Test func helpListsAllWords() throws {
    for (table, words) in [
      ("verbs", ["invite EMAIL", "remove MEMBER", "remove GROUP", "add MEMBER"]), ("stages", ["| where CONDITION", "| summarize"]), ("functions", ["range("]),
      ("script", ["needs members.invite <= 50", "--file hires.csv"]),
    ] {
      let result = try prompt("help \(table)")
      for word in words { #expect(result.messages.contains(word), "\(word): \(result.messages)") }
      #expect(result.status == 0)
      #expect(try Command.run(["help", table]).output == result.messages)
    }
  }

  /// Prose is broken for the terminal's width alone.
  @Test(arguments: ["writes", "history", "null"])
  func helpIsBrokenOnce(_ page: String) throws {
    let screen = try PromptTests.Screen(columns: 80, rows: 40)
    #expect(try screen.run("help \(page)", until: "help \(page)\n  "), "\(screen.text)")
    let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  ") && next.hasPrefix("  ") && !next.hasPrefix("   ") {
      guard line != lines.first(where: { $0.hasPrefix("  ") }) else { continue }
      let word = next.trimmingCharacters(in: .whitespaces).prefix { $0 != " " }
      #expect(line.count + 1 + word.count > 80, "\(line)\n\(next)")
    }
  }

  @Test func aVerbThatChangedNothingSaysSo() throws {
    let result = try prompt("revoke jonas@acme.com", "revoke jonas@acme.com", "restore jonas@acme.com", "restore jonas@acme.com")
    #expect(result.messages == "done: revoke 1; :undo takes it back\nunchanged\ndone: restore 1; :undo takes it back\nunchanged\n", "\(result.messages)")
  }

  @Test func aFileThatIsWrittenIsToldOfAtThePrompt() throws {
    let folder = try temporaryFolder()
    let result = try prompt(
      "members | take 6 | save \"m.csv\"", "members | take 1 | save \"m.csv\"", "[1, 2] | save \"n.json\"", "csv \"m.csv\" | save \"o.csv\"", "1 | save \"p.json\"",
      in: folder)
    #expect(
      result.messages == "saved m.csv: 6 rows\nreplaced m.csv: 1 row\nsaved n.json: 2 rows\nsaved o.csv: 1 row\nsaved p.json\n" && result.output.isEmpty,
      "\(result.messages)")
    #expect(try !Command.run(["-c", "members | take 6 | save \"m.csv\""], in: folder).messages.contains("m.csv"))
  }

  @Test func aFileThatIsNotThereIsGuessed() throws {
    let folder = try temporaryFolder()
    try Data("param file: Text\nprint file\n".utf8).write(to: folder.appendingPathComponent("onb.safe"))
    try Data("email\na@b.example\n".utf8).write(to: folder.appendingPathComponent("people.csv"))
    for (line, expected) in [
      (":plan onb.saf", "there is no file 'onb.saf', did you mean 'onb.safe'?"), (":check onb.saf", "'onb.safe'?"), (":run obn.safe", "'onb.safe'?"),
      (":plan ./onbb.safe", "'./onb.safe'?"), ("csv \"peple.csv\"", "there is no file 'peple.csv', did you mean 'people.csv'?"),
      ("csv \"~/people.csv\"", "there is no file '~/people.csv'; '~' is no folder here, write its path in full"), (":plan membrs.count()", "'members'"),
      (":plan nobody.safer", "there is no file 'nobody.safer'"),
      (":plan no.safe", "error: there is no file 'no.safe'\n"), (":check no.safe", "error: there is no file 'no.safe'\n"),
      (":run no.safe", "error: there is no file 'no.safe'\n"),
    ] {
      let result = try prompt(line, in: folder)
      #expect(result.messages.contains(expected) && result.status != 0, "\(line): \(result.messages)")
    }
    #expect(try Command.run(["run", "obn.safe"], in: folder).messages.contains("did you mean 'onb.safe'?"))
  }

  @Test func aPlanTakesTheScriptsParameters() throws {
    let folder = try temporaryFolder()
    try Data("param n: Int\nneeds groups.create <= 9\nfor i in range(n) { create group name: \"g{i}\" }\n".utf8).write(to: folder.appendingPathComponent("g.safe"))
    let result = try prompt(":plan g.safe --n 3", ":plan g.safe --m 3", ":plan g.safe", in: folder)
    #expect(result.output.contains("+ group g2\n") && !result.output.contains("+ group g3"), "\(result.output)")
    #expect(result.messages.contains("the script has no parameter '--m'") && result.messages.contains("the script needs '--n'"), "\(result.messages)")
  }

  @Test func fieldsCheckAndPlanTellWithoutDoing() throws {
    let result = try prompt(
      ":fields groups", ":check members | where status == confirmed | each { revoke it }", ":plan groups | take 2 | each { remove it }", "groups | count")
    #expect(result.output.contains(".members      [Member]") && result.output.contains("2 groups are removed"), "\(result.output)")
    #expect(result.messages.contains("read as: members | where .status == confirmed") && result.messages.contains("ok, changes something"))
    #expect(result.messages.contains("members.revoke: at most 1 for each member"), "\(result.messages)")
    #expect(result.output.hasSuffix("\n8\n"), "\(result.output)")
  }

  @Test func whatWorkedIsSavedAsAScriptThatRuns() throws {
    let folder = try temporaryFolder()
    let result = try prompt(
      "let who = members | where status == confirmed | take 2", "nonsense", "who | count", "_ + 1", "revoke jonas@acme.com", ":save saved.safe", ":run saved.safe",
      options: ["--yes"], in: folder)
    let text = try String(contentsOf: folder.appendingPathComponent("saved.safe"), encoding: .utf8)
    #expect(
      text == """
        ## From the prompt on sandbox.
        needs members.revoke <= 1

        let who = members | where .status == confirmed | take 2
        let last = who | count
        last
        last + 1
        revoke jonas@acme.com

        """)
    #expect(result.output == "2\n3\n2\n3\n", "\(result.output)\(result.messages)")
    #expect(try Command.run(["run", "saved.safe", "--yes"], in: folder).status == 0)
  }

  @Test func aRecordingHasWhatWorksFromThenOn() throws {
    let folder = try temporaryFolder()
    _ = try prompt("1", ":record r.safe", "2", "x", "3", ":record", "4", in: folder)
    #expect(try String(contentsOf: folder.appendingPathComponent("r.safe"), encoding: .utf8).hasSuffix("\n\n2\n3\n"))
  }

  @Test func aFileThatIsThereIsNotReplacedUnasked() throws {
    let folder = try temporaryFolder()
    let file = folder.appendingPathComponent("mine.safe")
    try Data("# mine\n".utf8).write(to: file)
    let input = "1\n:save mine.safe\n"
    let result = try Command.run(["-w", Command.safesh], in: folder, input: input, executable: "/usr/bin/setsid")
    #expect(result.status == 5 && result.messages.contains("was left as it is"))
    #expect(try String(contentsOf: file, encoding: .utf8) == "# mine\n")
  }

  @Test func scriptsRunWithTheirParameters() throws {
    let folder = try temporaryFolder()
    try Data("param n: Int\nparam who: Text = \"x\"\nprint \"{who} {n * 2}\"\n".utf8).write(to: folder.appendingPathComponent("p.safe"))
    let result = try prompt(":run p.safe --n 21 --who \"Ann B\"", ":run p.safe", ":run nothing.safe", ":plan p.safe", in: folder)
    #expect(result.output == "Ann B 42\n", "\(result.output)")
    #expect(result.messages.contains("the script needs '--n'") && result.messages.contains("there is no file 'nothing.safe'"))
  }

  @Test func outputTimingAndUnknownCommands() throws {
    let result = try prompt(":output yaml", "[1]", ":output nice", ":timing", "1", ":timming", ":output")
    #expect(result.output == "- 1\n---\n1\n" || result.output.hasPrefix("- 1\n"), "\(result.output)")
    #expect(result.messages.contains("there is no format 'nice'") && result.messages.contains("timing is on") && result.messages.contains(" ms"))
    #expect(result.messages.contains("did you mean ':timing'?") && result.messages.contains("values are written as yaml"))
  }

  @Test func profilesAreListedAndChosen() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let environment = ["XDG_CONFIG_HOME": folder.path, "KEY": server.values["client_secret"] ?? ""]
    let added = try Command.run(
      ["profile", "add", "acme", "--url", server.url, "--client-id", server.values["client_id"] ?? "", "--secret-env", "KEY"], environment: environment)
    #expect(added.status == 0, "\(added.messages)")
    let result = try prompt(
      "members | count", ":profile", ":profile acme", "members | count", "let n = 7", ":profile nowhere", ":profile sandbox", "n", options: ["--profile", "sandbox"],
      environment: environment)
    #expect(result.output.hasPrefix("60\n  acme\n* sandbox\n") && result.output.hasSuffix("\n7\n"), "\(result.output)\(result.messages)")
    #expect(result.messages.contains("what is written is done there") && result.messages.contains("nowhere"), "\(result.messages)")
  }

  @Test func aWatchedLineMayOnlyRead() throws {
    let result = try prompt(":watch 5s revoke jonas@acme.com", ":watch soon members", ":watch", "members | where .status == revoked | count")
    #expect(result.output == "4\n")
    #expect(result.messages.contains("this line changes something, so it is not watched") && result.messages.contains("as in ':watch 5s'"))
  }

  @Test func theTourIsForTheSandbox() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let result = try prompt(":tour", environment: server.environment)
    #expect(result.status == 5 && result.messages.contains("':profile sandbox' goes there"))
  }

  /// Each line does what its step says, one after another, on the demo organization.
  @Test func theTourLeadsThroughTenSteps() throws {
    #expect(Tour.steps.count == 10)
    let lines = [":tour"] + Tour.steps.map(\.line) + ["1"]
    let result = try Command.run(["--yes"], input: lines.joined(separator: "\n") + "\n")
    for (index, step) in Tour.steps.enumerated() { #expect(result.messages.contains("\(index + 1)/10 \(step.title)"), "\(result.messages)") }
    #expect(result.messages.contains("That was the tour.") && !result.messages.contains("error"), "\(result.messages)")
    #expect(result.messages.contains("done: revoke 3") && result.messages.contains("taken back") && result.status == 0, "\(result.messages)")
  }

  @Test func theTourWaitsForWhatItSays() {
    var tour = Tour()
    #expect(!tour.entered("1 + 1") && tour.entered("members | take 3"))
    #expect(tour.line == Tour.steps[1].line)
    // What only sounds like it, or asks for help with it, is not it.
    let near: [String: String] = [
      "From one thing to another": "groups[\"Sales\"].collections", "A name for a result": "members | where .email has \"letty\"", "What happened": "events since: 1h",
      "Change one thing": "help invite", "Columns and order": "members | select .email",
    ]
    for (title, line) in near {
      let step = Tour.steps.first { $0.title == title }
      #expect(step?.isDone(by: line) == false && step?.isDone(by: step?.line ?? "") == true, "\(title)")
    }
    for step in Tour.steps { #expect(step.isDone(by: step.line), "\(step.title)") }
    for _ in 0..<20 { tour.skip() }
    #expect(tour.isOver && tour.line == nil && !tour.entered("members | take 3"))
  }

  @Test func theToursWordsStayWhole() throws {
    let screen = try PromptTests.Screen(columns: 80)
    #expect(try screen.run(":tour", until: "Tab\ncompletes at every place."), "\(screen.text)")
  }

  // MARK: in a terminal

  @Test func theRightSideTellsWhatTheLineWillDo() throws {
    let screen = try screen()
    try screen.type("members | where .status == confirmed")
    #expect(screen.wait { $0.contains("reads members, 48 of 60") || $0.contains("reads members, 49 of 60") || $0.contains(" of 60") }, "\(screen.text)")
    try screen.type(" | each { revoke it }")
    #expect(screen.wait { $0.contains("WRITES up to") && $0.contains(" members") }, "\(screen.text)")
    try screen.press("C-c")
    try screen.type("revoke jonas@acme.com")
    #expect(screen.wait { $0.contains("WRITES 1 member") }, "\(screen.text)")
    try screen.press("C-c")
    try screen.type("1 + 1")
    #expect(screen.wait { $0.contains("> 1 + 1") } && !screen.text.contains("1 + 1  "), "\(screen.text)")
  }

  /// Without another key.
  @Test func aCountThatTakesLongerIsShownWhenItIsThere() throws {
    let screen = try screen()
    #expect(try screen.run("let many = range(300_000) | select row = it; many.count()", until: "\n300000\n"), "\(screen.text)")
    try screen.type("many | where .row % 1_000 == 7 | print")
    #expect(screen.wait { $0.contains("300 of 300,000") }, "\(screen.text)")
  }

  @Test func whatTheLineWillDoMakesRoomForIt() throws {
    let screen = try PromptTests.Screen(columns: 60, rows: 20)
    try screen.type("members | take 3")
    #expect(screen.wait { $0.contains("reads members") }, "\(screen.text)")
    try screen.type(" | select .email, .status")
    #expect(screen.wait { $0.contains(".status") && !$0.contains("reads members") }, "\(screen.text)")
  }

  @Test func liveNamesComplete() throws {
    let screen = try screen()
    try screen.type("groups[\"Engi")
    let isCompleted = screen.wait { _ in
      try? screen.press("Tab")
      return screen.text.contains("groups[\"Engineering\"]")
    }
    #expect(isCompleted, "\(screen.text)")
    try screen.press("C-c")
    try screen.type("revoke jon")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("revoke jonas@acme.com") }, "\(screen.text)")
    try screen.press("C-c")
    try Data("email\n".utf8).write(to: screen.folder.appendingPathComponent("newhires.csv"))
    try screen.type("csv \"newh")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("csv \"newhires.csv\"") }, "\(screen.text)")
    try screen.press("C-c")
    try screen.type(":tim")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("> :timing") }, "\(screen.text)")
  }

  /// What stands behind a word is typed at once, also behind one that was taken from the menu.
  @Test func aBlankFollowsWhatIsFollowed() throws {
    let screen = try screen()
    for (typed, rest, expected) in [
      ("members | wh", ".status == revoked", "members | where .status == revoked"), ("reinv", "jonas@acme.com", "reinvite jonas@acme.com"),
      (":fi", "members", ":fields members"),
      ("members | summ", "n = count()", "members | summarize n = count()"), ("members | cha", "", "members | chart"), (":tim", "", ":timing"),
    ] {
      try screen.type(typed)
      try screen.press("Tab")
      usleep(300_000)
      try screen.type(rest)
      #expect(screen.wait { $0.contains("> \(expected)") }, "\(screen.text)")
      try screen.press("C-u")
    }
    try screen.type("members | s")
    try screen.press("Tab", "Tab", "Enter")
    try screen.type(".email")
    #expect(screen.wait { $0.contains("> members | sort .email") }, "\(screen.text)")
    // One that is there is not doubled.
    try screen.press("C-u")
    try screen.type("members | wh .email")
    try screen.press("Left", "Left", "Left", "Left", "Left", "Left", "Left", "Tab")
    #expect(screen.wait { $0.contains("> members | where .email") }, "\(screen.text)")
  }

  /// Whatever takes a script completes its path, in folders as well.
  @Test(arguments: [":run", ":plan", ":check", ":edit"])
  func pathsOfScriptsComplete(_ command: String) throws {
    let screen = try screen()
    let folder = screen.folder.appendingPathComponent("w2")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("print 1\n".utf8).write(to: folder.appendingPathComponent("offboard.safe"))
    try screen.type("\(command) w")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("> \(command) w2/") }, "\(screen.text)")
    try screen.type("of")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("> \(command) w2/offboard.safe") }, "\(screen.text)")
    guard [":plan", ":check"].contains(command) else { return }
    try screen.press("C-u")
    try screen.type("\(command) member")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("> \(command) members") }, "\(screen.text)")
  }

  @Test func unknownNamesAreUnderlined() throws {
    let screen = try screen()
    try screen.type("members | where .stauts == confirmed")
    let isUnderlined = screen.wait { _ in (try? screen.tmux(["capture-pane", "-p", "-e"]))?.contains("[4m.stauts") == true }
    #expect(isUnderlined, "\(screen.text)")
    try screen.press("C-c")
    for (line, expected) in [(":hlep", true), (":hel", false), (":hel x", true), (":timing", false), ("invite ", false)] {
      try screen.type(line)
      #expect(screen.wait { $0.contains("safesh sandbox> " + line.trimmingCharacters(in: .whitespaces)) }, "\(screen.text)")
      let last = try screen.tmux(["capture-pane", "-p", "-e"]).split(separator: "\n").last { $0.contains("sandbox") } ?? ""
      #expect(last.contains("[4m") == expected, "\(last)")
      try screen.press("C-c")
      try screen.press("C-l")
    }
  }

  @Test func signaturesAreHinted() throws {
    let screen = try screen()
    try screen.type("invite ")
    #expect(screen.wait { $0.contains("invite EMAIL type: externalId: groups:") }, "\(screen.text)")
  }

  @Test func linesWithSecretsAreInNoHistory() throws {
    let screen = try screen(variables: "DOOR=open-sesame-7")
    for line in ["let key = secret(\"DOOR\")", "print \"open-sesame-7\"", "let myToken = \"abc\"", " 2 + 2", "print \"kept\""] {
      try screen.type(line)
      try screen.press("Enter")
    }
    #expect(screen.wait { $0.contains("\nkept\n") }, "\(screen.text)")
    let file = screen.folder.appendingPathComponent("safesh/history")
    var text = ""
    #expect(
      screen.wait { _ in
        text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.contains("kept")
      })
    for word in ["DOOR", "sesame", "abc", "2 + 2"] { #expect(!text.contains(word), "\(text)") }
    #expect(try screen.run(":history", until: "print \"kept\"\n"), "\(screen.text)")
  }

  @Test func theEditorOfThePersonGivesALine() throws {
    let folder = try temporaryFolder()
    let editor = folder.appendingPathComponent("ed.sh")
    try Data("#!/bin/sh\nsed -i 's/1 + 1/20 + 22/' \"$1\"\n".utf8).write(to: editor)
    chmod(editor.path, 0o700)
    let screen = try screen(variables: "VISUAL='\(editor.path)'")
    #expect(try screen.run("1 + 1", until: "\n2\n"), "\(screen.text)")
    #expect(try screen.run(":edit", until: "\n42\n"), "\(screen.text)")
    #expect(try screen.run("1 + 6", until: "\n7\n"), "\(screen.text)")
  }

  @Test func aFileIsEditedAndRunIfItWasChanged() throws {
    let folder = try temporaryFolder()
    let editor = folder.appendingPathComponent("ed.sh")
    try Data("#!/bin/sh\nsed -i 's/n \\* 2)/n * 21)/' \"$1\"\n".utf8).write(to: editor)
    chmod(editor.path, 0o700)
    let screen = try screen(variables: "VISUAL='\(editor.path)'")
    let file = screen.folder.appendingPathComponent("it's.safe")
    try Data("param n: Int\n## Who.\nparam who: Text = \"x\"\nprint (n * 2)\n".utf8).write(to: file)
    #expect(try screen.run(":edit \"it's.safe\" --n 2", until: "\n42\n"), "\(screen.text)")
    #expect(try screen.run(":edit \"it's.safe\" --n 2", until: "nothing was changed, so nothing was run"), "\(screen.text)")
    #expect(try String(contentsOf: file, encoding: .utf8).contains("n * 21"))
    // Its parameters complete behind ':run'.
    try Data("param n: Int\nparam who: Text = \"x\"\nprint n\n".utf8).write(to: screen.folder.appendingPathComponent("p.safe"))
    try screen.press("C-l")
    for command in [":run", ":plan"] {
      try screen.type("\(command) p.safe --w")
      try screen.press("Tab")
      #expect(screen.wait { $0.contains("\(command) p.safe --who") }, "\(screen.text)")
      try screen.press("C-c")
    }
  }

  /// A wrong place in a line that is longer than the screen is shown on one row, with its mark below it.
  @Test func aLongLineIsCutAroundWhatIsWrong() throws {
    let screen = try PromptTests.Screen(columns: 80, rows: 40)
    let line = "members | where .stauts == confirmed and .email ends \"@acme.com\" and not .twoFactorEnabled | where .nmae == \"x\" | take 5"
    #expect(try screen.run(line, until: "did you mean '.name'?"), "\(screen.text)")
    let rows = screen.text.split(separator: "\n").map(String.init)
    for word in [".stauts", ".nmae"] {
      let row = try #require(rows.lastIndex { $0.hasPrefix("  1 | ") && $0.contains(word) })
      let start = try #require(rows[row].firstRange(of: word)).lowerBound
      let column = rows[row].distance(from: rows[row].startIndex, to: start)
      #expect(rows[row + 1].hasPrefix("    | " + String(repeating: " ", count: column - 6) + String(repeating: "^", count: word.count)), "\(screen.text)")
      #expect(rows[row].contains("…"), "\(screen.text)")
    }
  }

  @Test func aWatchedLineIsRunAgainUntilCtrlC() throws {
    let screen = try screen()
    try screen.type(":watch 500ms members | count")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("every 500ms, Ctrl-C ends: members | count") && $0.contains("\n60\n") }, "\(screen.text)")
    usleep(700_000)
    try screen.press("C-c")
    #expect(try screen.run("6 * 7", until: "\n42\n"), "\(screen.text)")
    // Between two times nothing is under way that would have to end.
    #expect(try screen.run(":watch 1h groups | count", until: "\n8\n"), "\(screen.text)")
    usleep(200_000)
    try screen.press("C-c")
    #expect(try screen.run("6 * 8", until: "\n48\n"), "\(screen.text)")
    #expect(!screen.text.contains("stopping"), "\(screen.text)")
  }

  @Test func aLivePromptIsRedAndNamesItsOrganization() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let home = try temporaryFolder()
    let id = server.values["client_id"] ?? ""
    let organization = id.split(separator: ".").dropFirst().first.map { String($0.prefix(8)) } ?? "?"
    for (name, extra, red) in [("acme", [], true), ("look", ["--read-only"], false)] as [(String, [String], Bool)] {
      let added = try Command.run(
        ["profile", "add", name, "--url", server.url, "--client-id", id, "--secret-env", "KEY"] + extra, environment: ["XDG_CONFIG_HOME": home.path])
      #expect(added.status == 0, "\(added.messages)")
      let variables = "KEY='\(server.values["client_secret"] ?? "")' XDG_CONFIG_HOME='\(home.path)'"
      let screen = try screen("--profile \(name)", variables: variables, prompt: "safesh \(name)/\(organization)>")
      let colours = try screen.tmux(["capture-pane", "-p", "-e"])
      #expect(
        colours.contains("\u{1b}[1m\u{1b}[31m\(name)/") == red || colours.contains("\u{1b}[31m\(name)/") == red || colours.contains("[1;31m\(name)/") == red, "\(colours)"
      )
      #expect(screen.text.contains(red ? "what is written is done there" : "only looking"), "\(screen.text)")
    }
  }

  @Test func aTerminalThatCanDoNothingHasTheSamePlain() throws {
    for variables in ["TERM=dumb", "SAFESH_PLAIN=1"] {
      let screen = try screen(variables: variables)
      #expect(try screen.run("members | where .type == owner | count", until: "\n3\n"), "\(screen.text)")
      #expect(try screen.run("groups | take 2 | each { remove it }", until: "type 2 to do this on sandbox:"), "\(screen.text)")
      #expect(try screen.run("", until: "nothing was sent"), "\(screen.text)")
    }
  }

  // MARK: the shell

  @Test func theShellHasHelpCompletionsAndAManual() throws {
    let language = try Command.run(["help", "language"])
    for text in ["invite EMAIL", "| where CONDITION", "members", "percentile", "padLeft", "Duration"] { #expect(language.output.contains(text), "\(text)") }
    #expect(language.status == 0 && language.output.split(separator: "\n").count > 100)
    #expect(try Command.run(["help", "summarize"]).output.contains("a row for each group"))
    #expect(try Command.run(["help", "run"]).output.contains("USAGE: safesh run"))
    #expect(try Command.run(["help", "nonsens"]).status == 2)
    for (shell, word) in [("bash", "complete"), ("zsh", "#compdef safesh"), ("fish", "complete -c")] {
      let script = try Command.run(["completions", shell])
      #expect(script.status == 0 && script.output.contains(word) && script.output.contains("snapshot"), "\(shell)")
    }
    let manual = try Command.run(["manual"])
    #expect(manual.output.hasPrefix(".TH SAFESH 1") && manual.status == 0)
    for command in CommandLineShape.commands.subtracting(["help"]) { #expect(manual.output.contains(".SS safesh \(command)"), "\(command)") }
    #expect(!manual.output.split(separator: "\n").contains { $0.hasPrefix("'") })
  }
}
