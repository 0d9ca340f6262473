import Foundation
import SecretSafeAPI
import Testing

/// `safesh plan` on the real program, against a real server whose log tells what it was asked.
@Suite struct PlanTests {
  /// A server with the demo organization, and the folder that its snapshot is in as `demo.json`.
  private static func demo(_ options: [String] = []) throws -> (ServerProcess, URL) {
    let folder = try temporaryFolder()
    let snapshot = try Command.run(["snapshot", "demo.json"], in: folder)
    #expect(snapshot.status == 0, "\(snapshot.messages)")
    return (try ServerProcess(data: folder.appendingPathComponent("org.db"), ["--from", folder.path + "/demo.json"] + options), folder)
  }

  private static func plan(_ text: String, _ server: ServerProcess, in folder: URL, _ options: [String] = []) throws -> Command.Result {
    try Data(text.utf8).write(to: folder.appendingPathComponent("s.safe"))
    return try Command.run(["plan", "s.safe"] + options, environment: server.environment, in: folder)
  }

  private static func json(_ result: Command.Result) throws -> JSONValue { try JSONReader.read(Array(result.output.utf8)) }

  /// Everything that is no GET, but for tokens.
  private static func writes(_ server: ServerProcess) -> [String] { server.log.filter { !$0.hasPrefix("GET") && !$0.contains("/connect/token") } }

  @Test func onboardingIsToldAndNothingIsChanged() throws {
    let (server, folder) = try Self.demo()
    let before = try Command.run(["snapshot", "-"], environment: server.environment).output
    let asked = server.log.count
    let plan = try Command.run(["plan", "onboard.safe"], environment: server.environment)
    #expect(plan.status == 3)
    #expect(plan.messages == "target: \(server.url.dropFirst("http://".count))\n")
    #expect(plan.output.contains("+ member felix.fontaine@acme.com\n      status: invited\n      type: user\n      externalId: hr-2001\n"))
    for line in [
      "… 826 more lines; --output json and --out have all", "members: 188 invited", "memberships: 264 added",
      "requests  189 invite a member, 264 replace the groups of a member; 279 that read",
      "merged    1 invite a member, 2 replace the groups of a member, 1 import members and groups, 15 replace the members of a group; 21 that read",
      "time      at least a moment, unmerged 3 min 1 s if the server has the cloud's limits",
      "for good  188 invitations are mailed", "warning: 241 of 100 seats are taken then: more are added, which costs money", "2 rows would fail",
      "  hires.csv:79   The Email field is not a supported e-mail address format.", "  hires.csv:152  there is no group 'Enginering', did you mean 'Engineering'?",
    ] { #expect(plan.output.contains("\n\(line)\n"), "\(line)\n\(plan.output.suffix(800))") }
    #expect(Self.writes(server).isEmpty, "\(server.log)")
    // Whose groups nobody asked for are not read.
    #expect(!server.log.dropFirst(asked).contains { $0.contains("policies") || $0.contains("collections") }, "\(server.log)")
    #expect(try Command.run(["snapshot", "-"], environment: server.environment).output == before)

    // What was planned is what a run does.
    let data = try Self.json(try Command.run(["plan", "onboard.safe", "-o", "json"], environment: server.environment))
    #expect(data["difference"]?["counts"] == ["members": ["invited": 188], "memberships": ["added": 264], "subscription": ["changed": 1]])
    #expect(try Command.run(["--yes", "onboard.safe"], environment: server.environment).status == 3)
    let done = try Command.run(["diff", "demo.json", "live", "-o", "json"], environment: server.environment, in: folder)
    #expect(try Self.json(done)["counts"] == data["difference"]?["counts"])
    let again = try Self.json(try Command.run(["plan", "onboard.safe", "-o", "json"], environment: server.environment))
    #expect(again["difference"]?["isEqual"] == true && again["failedRows"] == 2)
  }

  /// Only the lists that the script can reach, and of memberships those that it comes to.
  @Test func onlyWhatIsReachedIsRead() throws {
    let (server, folder) = try Self.demo()
    func gets(_ text: String) throws -> [String] {
      let before = server.log.count
      let result = try Self.plan(text, server, in: folder)
      #expect(result.status == 0, "\(result.messages)")
      return server.log.dropFirst(before).filter { $0.hasPrefix("GET") }.map { String($0.split(separator: " ")[1].dropFirst("/api/public/".count)) }.sorted()
    }
    #expect(try gets("groups.name") == ["groups"])
    #expect(try gets("needs groups.update <= 1\nupdate groups[\"Sales\"] name: \"Selling\"") == ["groups"])
    let sales = try #require(
      try OrganizationSnapshot(json: Array(try Data(contentsOf: folder.appendingPathComponent("demo.json")))).groups.first { $0.group.name == "Sales" })
    let one = try gets("needs groups.addMember <= 90\nfor m in groups[\"Sales\"].members { add m to: groups[\"Design\"] }")
    #expect(Set(one).isSuperset(of: ["groups", "members", "groups/\(sales.group.id)/member-ids"]))
    // Members one by one until the groups are fewer: there are eight.
    #expect(one.filter { $0.hasSuffix("/member-ids") }.count == 8 && one.filter { $0.hasSuffix("/group-ids") }.count == 7, "\(one)")
    #expect(one.filter { !$0.contains("/") } == ["groups", "members"])
    #expect(try gets("print \"{1 + 1}\"").isEmpty)
    #expect(Self.writes(server).isEmpty)
  }

  /// Reads see what the script did, from either side, and the diff has both.
  @Test func readsFollowTheScriptsOwnWrites() throws {
    let (server, folder) = try Self.demo()
    let result = try Self.plan(
      """
      needs members.invite <= 1, groups.addMember <= 9, groups.dropMember <= 99, members.remove <= 1, groups.create <= 1
      let m = invite new@acme.com type: user groups: [groups["Sales"]]
      add m to: groups["Design"]
      for x in groups["Sales"].members | where .email != new@acme.com { drop x from: groups["Sales"] }
      let g = create group name: "Later"
      add alice@acme.com to: g
      refresh groups
      refresh members
      print groups["Sales"].members.email.join(" ")
      print m.groups.name.sort(it).join(" ")
      print g.members.email.join(" ")
      remove m
      print members.any(.email == new@acme.com).text()
      """, server, in: folder, ["--out", "p.json"])
    #expect(result.status == 0, "\(result.messages)")
    let plan = try JSONReader.read(Array(try Data(contentsOf: folder.appendingPathComponent("p.json"))))
    #expect(plan["output"] == "new@acme.com\nDesign Sales\nalice@acme.com\nfalse\n")
    #expect(!result.output.contains("Design Sales"))
    #expect(result.output.contains("+ group Later\n    + member alice@acme.com\n"), "\(result.output)")
    #expect(!result.output.contains("+ member new@acme.com"))
    #expect(plan["difference"]?["counts"]?["groups"] == ["created": 1])
    #expect(result.output.contains("for good  1 invitation is mailed"))
    #expect(Self.writes(server).isEmpty)
  }

  /// The log is the organization's own: it has what was before, and nothing of the rehearsal.
  @Test func eventsOfThePastAreRead() throws {
    let (server, folder) = try Self.demo()
    let run = try Command.run(["--yes", "-c", "needs groups.create <= 1\ncreate group name: \"Zero\""], environment: server.environment)
    #expect(run.status == 0)
    let result = try Self.plan(
      """
      needs groups.create <= 2
      print "{(events since: 1h).count()}"
      let one = create group name: "One"
      let two = create group name: "Two"
      print "{(events since: 1h).count()} {(events since: 1h).first()?.group?.name ?? ""}"
      """, server, in: folder, ["-o", "json"])
    #expect(try Self.json(result)["output"] == "1\n1 Zero\n")
    #expect(server.log.contains { $0.hasPrefix("GET /api/public/events") })
    #expect(Self.writes(server).count == 1)
  }

  @Test func whatIsSavedStaysInThePlanAndIsReadAgain() throws {
    let (server, folder) = try Self.demo()
    try Data("email\nalice@acme.com\n".utf8).write(to: folder.appendingPathComponent("in.csv"))
    try Data("def twice(n: Int) -> Int { return n * 2 }\n".utf8).write(to: folder.appendingPathComponent("lib.safe"))
    let result = try Self.plan(
      """
      use "lib.safe" as lib
      param word: Text = "x"
      csv "in.csv" as { email: Email } | extend n = lib.twice(2) | save "out.csv"
      let again = csv "./out.csv" as { email: Email, n: Int }
      print "{again[0].email} {again[0].n} {word}"
      again | save "-" format: "json"
      """, server, in: folder, ["--word", "y", "--out", "p.json"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out.csv"))
    #expect(result.output.hasPrefix("no difference\n") && result.output.contains("saves     out.csv ("), "\(result.output)")
    let file = folder.path + "/p.json"
    let plan = try JSONReader.read(Array(try Data(contentsOf: URL(fileURLWithPath: file))))
    guard case .string(let output)? = plan["output"] else { throw Missing() }
    #expect(output.hasPrefix("alice@acme.com 4 y\n["))
    #expect(plan["parameters"] == ["word": "y"] && plan["script"]?["path"] == "s.safe")
    guard case .array(let inputs)? = plan["inputs"], case .array(let used)? = plan["used"] else { throw Missing() }
    #expect(inputs.count == 1 && inputs[0]["text"] == "email\nalice@acme.com\n" && inputs[0]["path"] == "in.csv")
    let digest = try Command.run(["in.csv"], in: folder, executable: "/usr/bin/sha256sum").output
    #expect(inputs[0]["sha256"] == .string(String(digest.prefix(64))))
    #expect(used.count == 1 && used[0]["path"] == "lib.safe")
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    // Nothing was asked of anybody.
    #expect(server.log.isEmpty)
  }

  private struct Missing: Error {}

  @Test func theStatusIsThatOfTheRun() throws {
    let (server, folder) = try Self.demo()
    let cap = try Self.plan("needs groups.create <= 1\ncreate group name: \"a\"\ncreate group name: \"b\"", server, in: folder)
    #expect(cap.status == 5)
    #expect(cap.output.contains("+ group a\n") && cap.messages.contains("groups.create"), "\(cap.messages)")
    let failed = try Self.plan("remove_none(1)", server, in: folder)
    #expect(failed.status == 2)
    let uncaught = try Self.plan("needs members.remove <= 1\nremove nobody@acme.com", server, in: folder)
    #expect(uncaught.status == 1)
    #expect(uncaught.messages.contains("there is no member 'nobody@acme.com'"))
    // The rules of the server hold on the twin, too.
    let owners = try Self.plan("needs members.remove <= 9\nmembers | where .type == owner | each m { remove m } on error collect", server, in: folder)
    #expect(owners.status == 3)
    #expect(owners.output.contains("Organization must have at least one confirmed owner."), "\(owners.output)")
    #expect(owners.output.contains("no longer a confirmed owner; only one confirmed owner is left"), "\(owners.output)")
    var wrong = server.environment
    wrong["SAFESH_CLIENT_SECRET"] = "no"
    #expect(try Command.run(["plan", "onboard.safe"], environment: wrong).status == 4)
    wrong["SAFESH_URL"] = "http://127.0.0.1:9"
    let unreachable = try Command.run(["plan", "onboard.safe"], environment: wrong)
    #expect(unreachable.status == 1)
    #expect(unreachable.messages.contains("cannot be reached"), "\(unreachable.messages)")
    #expect(try Command.run(["plan"]).status == 2)
    #expect(try Command.run(["plan", "onboard.safe", "-o", "csv"]).status == 2)
    #expect(try Command.run(["plan", "onboard.safe", "--help"]).output.contains("--file <Text>"))
    #expect(Self.writes(server).isEmpty)
  }

  /// An error before anything came of the script is told alone; what is data stays whole.
  @Test func whatCameToNothingIsNoPlan() throws {
    let folder = try temporaryFolder()
    try Data().write(to: folder.appendingPathComponent("empty.csv"))
    func plan(_ text: String, _ options: String...) throws -> Command.Result {
      try Data(text.utf8).write(to: folder.appendingPathComponent("s.safe"))
      return try Command.run(["plan", "s.safe"] + options, in: folder)
    }
    for (file, message) in [("empty.csv", "empty.csv is empty"), ("none.csv", "there is no file 'none.csv'")] {
      let script = "needs members.invite <= 5\nfor r in csv \"\(file)\" as { email: Email } { invite r.email type: user }\n"
      let result = try plan(script)
      #expect(result.status == 1 && result.output.isEmpty && result.messages.contains("error: \(message)"), "\(result.output)\(result.messages)")
      #expect(try Self.json(try plan(script, "-o", "json"))["status"] == .number("1"))
      let typed = try Command.run([], in: folder, input: ":plan s.safe\n")
      #expect(typed.output.isEmpty && typed.messages.contains("error: \(message)"), "\(typed.output)\(typed.messages)")
    }
    // What was saved before the error would be.
    let saved = try plan("[1] | save \"one.json\"\nassert false\n")
    #expect(saved.status == 1 && saved.output.contains("saves     one.json ("), "\(saved.output)")
  }

  /// A secret is read from the environment when it is needed, and nothing stands over what a plan was made with.
  @Test func anAppliedPlanReadsSecretsAnew() throws {
    let folder = try temporaryFolder()
    func safesh(_ arguments: [String], _ key: String? = nil) throws -> Command.Result {
      var environment = ["XDG_STATE_HOME": folder.path]
      if let key { environment["API_KEY"] = key }
      return try Command.run(arguments + ["--sandbox", "org.db"], environment: environment, in: folder)
    }
    try Data("param n: Int = 1\nneeds groups.create <= 9\nlet key = secret(\"API_KEY\")\nfor i in range(n) { create group name: \"g{i}\" }\n".utf8)
      .write(to: folder.appendingPathComponent("s.safe"))
    let planned = try safesh(["plan", "--out", "p.json", "s.safe"], "hunter2")
    #expect(planned.status == 0 && planned.output.contains("+ group g0\n"), "\(planned.messages)")
    #expect(try !String(contentsOf: folder.appendingPathComponent("p.json"), encoding: .utf8).contains("hunter2"))
    #expect(try Command.run(["apply", "--sandbox", "org.db", "p.json", "--", "--n", "5"], in: folder).status == 2)
    let without = try safesh(["apply", "p.json"])
    #expect(without.status == 1 && without.messages.contains("the environment has no 'API_KEY'"), "\(without.messages)")
    let applied = try safesh(["apply", "p.json"], "hunter2")
    #expect(applied.status == 0 && applied.messages.contains("create 1"), "\(applied.messages)")
  }

  @Test func whatRevokesPeopleIsWarnedOf() throws {
    let (server, folder) = try Self.demo()
    let result = try Self.plan("needs policies.update <= 1\nenable twoFactorAuthentication", server, in: folder)
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.contains("warning: twoFactorAuthentication puts out who does not comply: "), "\(result.output)")
    #expect(result.output.contains("      status: confirmed -> revoked\n"))
    #expect(result.output.contains("members are touched, more than one in ten"))
    let known = try Command.run(
      ["plan", "onboard.safe"], environment: server.environment.merging(["SAFESH_PACING": "cloud"]) { $1 })
    #expect(known.output.contains("time      at least a moment, unmerged 3 min 1 s at the limits that are known of the server"), "\(known.output.suffix(700))")
  }

  /// Refusals, failures and broken connections of a server are waited for and repeated, since everything only reads.
  @Test func aFaultyServerIsPlannedForAllTheSame() throws {
    let (server, folder) = try Self.demo()
    let faulty = try ServerProcess(
      data: folder.appendingPathComponent("faulty.db"),
      ["--from", folder.path + "/demo.json", "--faults", "429=0.1,500=0.1,close-before=0.1,cut=0.1,seed=7"])
    let text = "needs groups.dropMember <= 99\nfor g in groups { for m in g.members { drop m from: g } }"
    let (one, other) = (try Self.plan(text, server, in: folder), try Self.plan(text, faulty, in: folder))
    #expect(one.status == 0 && other.status == 0, "\(other.messages)")
    #expect(one.output == other.output && one.output.contains("memberships: "))
    #expect(Self.writes(faulty).isEmpty)
  }

  @Test func aPlanIsInterrupted() throws {
    let (server, _) = try Self.demo(["--faults", "latency=1000ms"])
    let running = try Running(["plan", "onboard.safe"], environment: server.environment)
    #expect(running.wait { _ in server.log.contains { $0.hasPrefix("GET") } })
    running.signal(SIGINT)
    let result = running.wait()
    #expect(result.status == 130)
    #expect(result.messages.contains("interrupted"), "\(result.messages)")
    #expect(Self.writes(server).isEmpty)
  }

  @Test(arguments: ["README.md", "docs/plan.md"]) func theExamplesOfTheDocumentationAreTrue(_ page: String) throws {
    let text = try String(contentsOf: Command.root.appendingPathComponent(page), encoding: .utf8)
    let blocks = text.components(separatedBy: "```\n").filter { $0.hasPrefix("$ safesh plan ") }
    #expect(!blocks.isEmpty)
    for block in blocks {
      let lines = block.split(separator: "\n", maxSplits: 1)
      let result = try Command.run(lines[0].split(separator: " ").dropFirst(2).map(String.init))
      #expect(result.messages + result.output == lines[1], "\(lines[0])")
    }
  }

  @Test func aLineIsPlanned() throws {
    let plan = try Command.run(["plan", "-c", "needs members.revoke <= 1\nrevoke bob@acme.com"])
    #expect(plan.status == 0)
    #expect(plan.output.hasPrefix("~ member bob@acme.com\n      status: confirmed -> revoked\n\nmembers: 1 revoked\n"), "\(plan.output)")
    #expect(try Command.run(["plan", "-c", "members | count", "--sandbox-from", "none.json"]).status == 2)
  }

  /// What chose a row is among the fields that the script names.
  @Test func thePlanTellsWhatItRestsOn() throws {
    let (server, folder) = try Self.demo()
    let result = try Self.plan(
      """
      needs members.update <= 9, groups.addMember <= 1
      members | where .status == confirmed and .type == admin and not .resetPasswordEnrolled and .permissions == null and .email starts "grace" | each m { update m externalId: "x" }
      add alice@acme.com to: groups["Sales"]
      """, server, in: folder, ["-o", "json"])
    guard case .array(let basis)? = try Self.json(result)["basis"] else { throw Missing() }
    #expect(basis.map { $0["name"] } == ["alice@acme.com", "grace@acme.com", "Sales"], "\(result.output)")
    guard basis.count == 3 else { return }
    #expect(
      basis[1]["fields"] == [
        "email": "grace@acme.com", "status": "confirmed", "type": "admin", "externalId": "hr-1007", "permissions": nil, "resetPasswordEnrolled": false,
      ])
    #expect(basis[2]["fields"]?["name"] == "Sales")
  }

  /// A profile that may not change anything can still be planned for, and a sandbox, too.
  @Test func aSandboxIsPlannedFor() throws {
    let folder = try temporaryFolder()
    let file = folder.path + "/s.db"
    #expect(try Command.run(["-c", "1", "--sandbox", file]).status == 0)
    let plan = try Command.run(["plan", "change-role.safe", "--sandbox", file])
    #expect(plan.status == 0)
    #expect(plan.messages == "target: sandbox \(file)\n")
    #expect(plan.output.contains("~ member martha@acme.com\n      type: admin -> user\n"), "\(plan.output)")
    #expect(try Command.run(["-c", "members[martha@acme.com].type", "--sandbox", file]).output == "admin\n")
  }
}
