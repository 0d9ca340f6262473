import Foundation
import Testing

/// The command line: forms, formats, statuses.
struct CommandTests {
  @Test(
    arguments: [
      (["--version"], "safesh 0.1.0\n", 0), (["-c", "1 + 1"], "2\n", 0), (["-o", "json", "-c", "[{ a: 1, b: null }]"], "[\n  {\"a\":1,\"b\":null}\n]\n", 0),
      (["-c", "[{ a: 1 }, { a: 2 }]", "--output", "jsonl"], "{\"a\":1}\n{\"a\":2}\n", 0),
      (["-o", "csv", "-c", "[{ a: \"x, y\", n: 1.5 }]\n[{ b: null }]"], "a,n\n\"x, y\",1.5\n\nb\n\"\"\n", 0),
      (["-c", "[{ a: 1, b: \"x\" }]"], "a  b\n─  ─\n1  x\n", 0), (["-c", "members | count"], "60\n", 0), (["-c", "groups | count"], "8\n", 0),
      (["-c", "collections | count"], "12\n", 0), (["-c", "members.status.distinct() | sort it"], "accepted\nconfirmed\ninvited\nrevoked\nstaged\n", 0),
      (["-c", "members.type.distinct() | sort it"], "admin\ncustom\nowner\nuser\n", 0), (["-c", "1 // 0"], "", 1), (["-c", "nonsense"], "", 2),
      (
        ["-o", "csv", "-c", "policies | where .type == passwordGenerator | select .type, .data"],
        "type,data\npasswordGenerator,\"{\"\"overridePasswordType\"\":\"\"passphrase\"\",\"\"minNumberWords\"\":5}\"\n", 0
      ),
      (["-o", "jsonl", "-c", "policies[requireSso]"], "{\"id\":null,\"type\":\"requireSso\",\"enabled\":false,\"data\":null}\n", 0),
      (["-c", "needs subscription.update <= 1\nupdate subscription seats: 200"], "", 5),
      (["--yes", "-c", "needs subscription.update <= 1\nlet s = update subscription seats: 200\ns.passwordManager.seats"], "200\n", 0),
      (["missing.safe"], "", 2), (["serv"], "", 2), (["serve", "--data", "/tmp/x.db", "--port", "99999"], "", 2), (["run"], "", 2), (["run", "--frob", "x"], "", 2),
      (["--output", "xml", "-c", "1"], "", 2), (["onboard.safe", "--nope", "1"], "", 2),
      (["onboard.safe", "--file"], "", 2), (["onboard.safe", "--file", "nowhere.csv"], "", 1), (["check", "onboard.safe", "audit.safe"], "", 0),
    ] as [([String], String, Int32)])
  func answers(_ arguments: [String], _ output: String, _ status: Int32) throws {
    let result = try Command.run(arguments)
    #expect(result.status == status, "\(result.messages)")
    #expect(result.output == output)
    if status != 0 { #expect(!result.messages.isEmpty) }
  }

  /// Runs with standard output as the shell makes it, for which `"$0" "$@"` is the command.
  private static func shell(_ line: String, _ arguments: [String], environment: [String: String] = [:], in folder: URL) throws -> Command.Result {
    try Command.run(["-c", line, Command.safesh] + arguments, environment: environment, in: folder, executable: "/bin/sh")
  }

  private static let full = "error: standard output cannot be written: No space left on device\n"

  /// What cannot be written is told once, and is no success.
  @Test(
    arguments: [
      ["-c", "members"], ["-o", "csv", "-c", "members\ngroups"], ["-c", "print 1\nprint 2"], ["-c", "members | save \"-\" format: jsonl"], ["snapshot", "-"],
      ["-o", "html", "-c", "[1, 2] | chart"], ["plan", "s.safe"], ["plan", "s.safe", "-o", "json"], ["run", "s.safe", "--help"], ["diff", "a.json", "a.json"],
      ["--version"], ["--help"], ["help", "members"], ["completions", "bash"], ["manual"], ["doctor"], ["doctor", "-o", "json"], [],
    ])
  func aFullDiskIsNoSuccess(_ arguments: [String]) throws {
    let folder = try temporaryFolder()
    try Data("## Text.\nmembers.count()\n".utf8).write(to: folder.appendingPathComponent("s.safe"))
    try Data("{\"snapshot\": 1}".utf8).write(to: folder.appendingPathComponent("a.json"))
    let result = try Self.shell("printf 'members\\nprint 1\\n' | \"$0\" \"$@\" >/dev/full", arguments, in: folder)
    // Of a diff 1 says that something is other.
    #expect(result.status == (arguments.first == "diff" ? 2 : 1) && result.messages.hasSuffix(Self.full), "\(result.messages)")
    #expect(result.messages.components(separatedBy: Self.full).count == 2, "\(result.messages)")
    // Who closes a pipe has read enough.
    let pipe = try Self.shell("{ printf 'members\\nprint 1\\n' | \"$0\" \"$@\"; echo $? >status; } | :", arguments, in: folder)
    #expect(!pipe.messages.contains("error"), "\(pipe.messages)")
    #expect(try String(contentsOf: folder.appendingPathComponent("status"), encoding: .utf8) == "0\n")
  }

  /// A run that changes something goes on to its end, and is kept as it went; a status that says more stays.
  @Test func aFullDiskStopsNoRun() throws {
    let folder = try temporaryFolder()
    let environment = ["XDG_STATE_HOME": folder.path]
    try Data(
      """
      param file: Text = "none"
      needs groups.create <= 2
      for name in ["One", "Two"] {
        create group name: name
        print name
      }
      let rows = [1, 0] | each n { if file == "none" { print 1 } else { print (1 // n) } } on error collect
      """.utf8
    ).write(to: folder.appendingPathComponent("s.safe"))
    let sandbox = ["--sandbox", "org.db"]
    let run = try Self.shell("\"$0\" \"$@\" >/dev/full", ["run", "--yes"] + sandbox + ["s.safe"], environment: environment, in: folder)
    #expect(run.status == 1 && run.messages.hasSuffix(Self.full), "\(run.messages)")
    let made = try Command.run(sandbox + ["-c", "groups.name.sort(it).join(\" \")"], environment: environment, in: folder)
    #expect(made.output.contains("One") && made.output.contains("Two"), "\(made.output)")
    let kept = try Command.run(["runs", "-o", "jsonl"], environment: environment, in: folder)
    #expect(kept.output.contains(#""state":"finished""#), "\(kept.output)")
    let rows = try Self.shell("\"$0\" \"$@\" >/dev/full", ["run", "--yes"] + sandbox + ["s.safe", "--file", "x"], environment: environment, in: folder)
    #expect(rows.status == 3 && rows.messages.contains(Self.full), "\(rows.messages)")
  }

  @Test func checkTellsWhatAScriptWillDo() throws {
    let checked = try Command.run(["check", "onboard.safe"])
    #expect(
      checked.messages == """
        onboard.safe: ok
          writes   groups.addMember <= 600, members.invite <= 200
          requests 2 + at most 1 for each row of hires.csv + at most 2 for each part of h.teams
          reads    members, groups; hires.csv

        """)
    let json = try Command.run(["check", "onboard.safe", "--estimate", "--output", "json"])
    #expect(json.output.contains(#""forEach":["row of hires.csv"]"#) && json.output.hasSuffix("\n"))
  }

  @Test func aScriptIsACommandByItsFirstLine() throws {
    let folder = try temporaryFolder()
    let script = folder.appendingPathComponent("hello")
    try Data("#!/usr/bin/env safesh\nparam who: Text = \"you\"\nprint \"hello {who}\"\n".utf8).write(to: script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    let path = URL(fileURLWithPath: Command.safesh).deletingLastPathComponent().path + ":/usr/bin:/bin"
    let result = try Command.run(["--who", "Ann"], environment: ["PATH": path], in: folder, executable: script.path)
    #expect(result.output == "hello Ann\n", "\(result.messages)")
    #expect(result.status == 0)
  }

  @Test func aScriptTellsItsOptions() throws {
    let result = try Command.run(["--sandbox", "x.db", "onboard.safe", "--help"])
    #expect(
      result.output == """
        Invites everybody in a CSV and puts them into their teams. Run it again: what is so already is not done twice.

        USAGE: safesh run onboard.safe [--file <Text>]

        OPTIONS:
          --file <Text>  columns: email, employee_id, teams (separated by ;) (default: "hires.csv")

        WRITES: groups.addMember <= 600, members.invite <= 200

        """, "\(result.messages)")
    #expect(result.status == 0)
    #expect(try Command.run(["run", "--help"]).output.contains("USAGE: safesh run"))
    #expect(try Command.run(["missing.safe", "--help"]).status == 2)
  }

  @Test func standardInputIsAScriptOrData() throws {
    let script = try Command.run(["run", "-"], input: "1 + 2\n")
    #expect(script.output == "3\n")
    let data = try Command.run(["-c", "csv \"-\" as { n: Int } | summarize sum(.n)"], input: "n\n1\n2\n")
    #expect(data.output == "sum_n\n─────\n    3\n", "\(data.messages)")
  }

  @Test func aScriptThatIsNoTextIsOneError() throws {
    let file = try temporaryFolder().appendingPathComponent("noise.safe")
    try Data([0x31, 0x0a, 0xc3, 0x28, 0xff, 0x00]).write(to: file)
    let result = try Command.run([file.path])
    #expect(result.status == 2)
    #expect(result.messages.contains("error[E001]: this is not UTF-8") && result.messages.contains(":2:1"), "\(result.messages)")
  }

  @Test func theAuditRuns() throws {
    let result = try Command.run(["audit.safe"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages == "target: sandbox\n")
    #expect(result.output.contains("confirmed  42      8   19.0"))
  }

  @Test func errorsAreColouredOnlyOnRequest() throws {
    #expect(try !Command.run(["-c", "x"]).messages.contains("\u{1b}["))
    #expect(try Command.run(["--color", "always", "-c", "x"]).messages.contains("\u{1b}[1;31m"))
  }

  /// `language.md` section 1, programs 1 to 3 as printed, but over more days, since a day at Acme may be quiet.
  @Test(arguments: [
    ("events since: 7d | summarize n = count() by .type | sort -.n", "cipherClientViewed"), ("members | take 5", "alice@acme.com"),
    (#"groups["Engineering"].members | select .email, .status"#, "hugo@acme.com         confirmed"),
    (
      """
      members
      | where .status == confirmed and not .twoFactorEnabled and .email ends "@acme.com"
      | select .email, .name, groups = .groups.count()
      | sort .email
      """, "julia@acme.com          Julia Santos        2"
    ),
    (
      """
      members
      | summarize n = count(), no2fa = count(not .twoFactorEnabled) by .status
      | extend pct = 100 * .no2fa / .n
      | sort -.n
      """, "confirmed  42      8  19.0476"
    ),
  ])
  func programsRunAsPrinted(_ program: String, _ expected: String) throws {
    let result = try Command.run(["-c", program])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains(expected), "\(result.output)")
  }

  /// The picture of a session in the README: each entry gives what stands below it.
  @Test func theREADMEsPictureIsTrue() throws {
    let text = try String(contentsOf: Command.root.appendingPathComponent("README.md"), encoding: .utf8)
    let prompt = "safesh sandbox> "
    let block = text.components(separatedBy: "```").first { $0.contains(prompt) } ?? ""
    let entries = block.components(separatedBy: prompt).dropFirst()
    #expect(entries.count == 3)
    for entry in entries {
      let lines = entry.components(separatedBy: "\n")
      let result = try Command.run(["-c", lines[0]])
      let messages = result.messages.replacingOccurrences(of: "target: sandbox\n", with: "").replacingOccurrences(of: "  -c:", with: "  prompt:")
      #expect(result.output + messages == lines.dropFirst().joined(separator: "\n"), "\(lines[0])")
    }
  }

  /// `docs/session.cast` is an asciicast v2 that names nothing of the machine it was made on, and has what the prompt prints today.
  @Test func theRecordingIsWholeAndTrue() throws {
    let text = try String(contentsOf: Command.root.appendingPathComponent("docs/session.cast"), encoding: .utf8)
    #expect(text.utf8.count < 100_000 && !text.contains("/tmp") && !text.contains("/home") && !text.contains("/root"))
    let lines = try text.split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    let header = try #require(lines.first as? [String: Any])
    #expect(header["version"] as? Int == 2 && header["width"] as? Int == 100 && header["height"] as? Int == 28 && header["timestamp"] == nil)
    var (time, output) = (0.0, "")
    for line in lines.dropFirst() {
      let event = try #require(line as? [Any])
      let at = try #require(event.first as? Double)
      #expect(event.count == 3 && event[1] as? String == "o" && at >= time)
      time = at
      output += event[2] as? String ?? ""
    }
    #expect((30...120).contains(time), "\(time)")
    let shown = output.replacing(/\u{1b}\[[?0-9;]*[A-Za-z]/, with: "").replacing("\r\n", with: "\n").replacing("\r", with: "")
    for line in [
      "members | where .status == confirmed and not .twoFactorEnabled | select .email, .name, groups = .groups.count() | take 4", "members | where .stauts == confirmed",
    ] {
      let result = try Command.run(["-c", line])
      let expected = result.output + result.messages.replacingOccurrences(of: "target: sandbox\n", with: "").replacingOccurrences(of: "  -c:", with: "  prompt:")
      #expect(!expected.isEmpty && shown.contains(expected), "\(expected)")
    }
    for part in ["make 3 changes on sandbox? [y/N]", "done: add 3; :undo takes it back", "taken back: the run ", "reads members, 42 of 60", "WRITES up to 3 memberships"]
    {
      #expect(shown.contains(part), "\(part)")
    }
  }

  @Test func theREADMEsExamplesRun() throws {
    let text = try String(contentsOf: Command.root.appendingPathComponent("README.md"), encoding: .utf8)
    let examples = text.components(separatedBy: "\n").compactMap { line -> String? in
      guard let start = line.range(of: "$ safesh -c '"), line.hasSuffix("'") else { return nil }
      return String(line[start.upperBound...].dropLast())
    }
    #expect(examples.count >= 4)
    for example in examples {
      let result = try Command.run(["-c", example])
      #expect(result.status == 0, "\(example)\n\(result.messages)")
    }
  }
}
