import Foundation
import Testing

/// The first whole run: a CSV into an organization, over HTTP, against the server that safesh brings along.
struct OnboardingTests {
  private let reported = """
    rows   191 ok, 7 unchanged, 2 failed
    calls  invite 188, add 264
      hires.csv:79   The Email field is not a supported e-mail address format.
      hires.csv:152  there is no group 'Enginering', did you mean 'Engineering'?

    """

  @Test func aSandboxFileIsOnboardedOnce() throws {
    let file = try temporaryFolder().appendingPathComponent("org.db").path
    let first = try Command.run(["--yes", "onboard.safe", "--sandbox", file])
    #expect(first.status == 3)
    #expect(first.output.isEmpty)
    #expect(first.messages.hasPrefix("target: sandbox \(file)\nmembers: 188 invited\nmemberships: 264 added\n"), "\(first.messages)")
    let shown = try #require(first.messages.range(of: reported), "\(first.messages)")
    // What follows tells how to go on with the two.
    #expect(first.messages[shown.upperBound...].hasPrefix("'safesh resume --failed "), "\(first.messages)")
    #expect(first.messages.hasSuffix("the organization is as planned\n"))
    let second = try Command.run(["--yes", "onboard.safe", "--sandbox", file])
    #expect(second.status == 3)
    #expect(second.messages.contains("rows   0 ok, 198 unchanged, 2 failed\ncalls  none that changed something"), "\(second.messages)")
    let count = try Command.run(["-c", "members | count", "--sandbox", file])
    #expect(count.output == "248\n")
  }

  /// What stops at a row says which one it is, and so does what collects; both say what was meant.
  @Test func theRowThatFailsIsNamed() throws {
    let folder = try temporaryFolder()
    try Data("email,team\nann@x.example,Sales\nbob@x.example,Salse\n".utf8).write(to: folder.appendingPathComponent("hires.csv"))
    let head = "needs members.invite <= 9\nlet hires = csv \"hires.csv\" as { email: Email, team: Text }\n"
    let body = "{ invite h.email type: user groups: [groups[h.team]] }"
    func run(_ text: String, _ options: String...) throws -> Command.Result { try Command.run(["--yes"] + options + ["-c", head + text], in: folder) }
    let row = "did you mean 'Sales'?\n  in row 2: bob@x.example (hires.csv:3)\n"
    for (text, options) in [("hires | each h \(body) | report", []), ("hires | each h \(body) | report", ["--direct"]), ("for h in hires \(body)", [])] {
      let result = try Command.run(["--yes"] + options + ["-c", head + text], in: folder)
      #expect(result.status != 0 && result.messages.contains(row), "\(text): \(result.messages)")
    }
    let listed = try run("for h in hires { for t in h.team.split(\";\") { print groups[t].name } }")
    #expect(listed.messages.contains("did you mean 'Sales'?\n  in row 2: bob@x.example (hires.csv:3)\n  in row 1: Salse\n"), "\(listed.messages)")
    let collected = try run("hires | each h \(body) on error collect | report")
    #expect(collected.status == 3 && collected.messages.contains("  hires.csv:3  there is no group 'Salse', did you mean 'Sales'?\n"), "\(collected.messages)")
    let caught = try run("for t in hires.team { try { print groups[t].name } catch e { print e.message } }")
    #expect(caught.status == 0 && caught.output == "Sales\nthere is no group 'Salse', did you mean 'Sales'?\n", "\(caught.output)\(caught.messages)")
    // Numbers are no rows.
    let numbers = try run("for i in [2, 0] { print (4 // i) }")
    #expect(numbers.status == 1 && !numbers.messages.contains("in row"), "\(numbers.messages)")
  }

  @Test func aServerKeepsWhatItAcknowledged() throws {
    let data = try temporaryFolder().appendingPathComponent("org.db")
    let server = try ServerProcess(data: data)
    #expect(server.values["client_id"]?.hasPrefix("organization.") == true)
    #expect(server.values["client_secret"]?.count == 30)
    let groups = ["Engineering", "Design", "Sales", "Marketing", "Finance", "Operations", "Support", "People"]
    let make = "needs groups.create <= 8\nfor name in [\(groups.map { "\"\($0)\"" }.joined(separator: ", "))] { create group name: name }"
    #expect(try Command.run(["--yes", "-c", make], environment: server.environment).status == 0)
    let run = try Command.run(["--yes", "onboard.safe"], environment: server.environment)
    #expect(run.status == 3)
    #expect(run.messages.hasPrefix("target: 127.0.0.1:"), "\(run.messages)")
    #expect(run.messages.contains("rows   197 ok, 1 unchanged, 2 failed"), "\(run.messages)")
    let before = try Command.run(["-c", "members | sort .email", "-o", "csv"], environment: server.environment)
    let writes = server.log.filter { !$0.hasPrefix("GET") }.count

    // The same again sends no write but the invitation that is refused again, and its token.
    let again = try Command.run(["--yes", "onboard.safe"], environment: server.environment)
    #expect(again.messages.contains("rows   0 ok, 198 unchanged, 2 failed"), "\(again.messages)")
    let new = server.log.filter { !$0.hasPrefix("GET") }.dropFirst(writes)
    #expect(new.filter { !$0.contains("/connect/token") }.map { String($0) } == ["POST /api/public/members 400"], "\(new)")

    #expect(server.stop().status == 0)
    let restarted = try ServerProcess(data: data)
    #expect(restarted.values["client_id"] == nil && restarted.values["client_secret"] == nil)
    var environment = server.environment
    environment["SAFESH_URL"] = restarted.url
    let after = try Command.run(["-c", "members | sort .email", "-o", "csv"], environment: environment)
    #expect(after.output == before.output)
    #expect(after.output.split(separator: "\n").count == 199)
    #expect(restarted.stop(SIGINT).status == 0)
  }

  @Test func mistakesMakeNoRequest() throws {
    let server = try ServerProcess(data: try temporaryFolder().appendingPathComponent("org.db"))
    for (text, place) in [
      ("members | where .stauts == confirmed", "^^^^^^^ did you mean '.status'?"), ("members | where .status == cofnirmed", "did you mean 'confirmed'?"),
      ("membrs | count", "did you mean 'members'?"),
    ] {
      let result = try Command.run(["-c", text], environment: server.environment)
      #expect(result.status == 2)
      #expect(result.messages.contains(place), "\(result.messages)")
    }
    let broken = try Command.run(["onboard.safe", "--file", "broken.csv"], environment: server.environment)
    #expect(broken.status == 1)
    let lines = ["3:1: column 'email'", "4:20: column 'employee_id'", "5:1: column 'email'", "6:1: 2 cells", "9:1: column 'email'"]
    for line in lines { #expect(broken.messages.contains("broken.csv:\(line)"), "\(broken.messages)") }
    #expect(server.log.isEmpty, "\(server.log)")

    var wrong = server.environment
    wrong["SAFESH_CLIENT_SECRET"] = "no"
    let rejected = try Command.run(["-c", "members"], environment: wrong)
    #expect(rejected.status == 4)
    #expect(rejected.messages.contains("rejects the key"), "\(rejected.messages)")
    wrong["SAFESH_CLIENT_SECRET"] = nil
    let missing = try Command.run(["-c", "members"], environment: wrong)
    let empty = ["SAFESH_URL": "", "SAFESH_CLIENT_ID": "", "SAFESH_CLIENT_SECRET": ""]
    #expect(try Command.run(["-c", "members"], environment: empty).status == 4)
    #expect(missing.status == 4)
    #expect(missing.messages.contains("SAFESH_CLIENT_SECRET is missing"), "\(missing.messages)")
    let sandbox = try Command.run(["-c", "members | count", "--sandbox", try temporaryFolder().appendingPathComponent("s.db").path], environment: wrong)
    #expect(sandbox.output == "60\n")
    server.stop()
  }

  /// Both lines of the seed page, word for word but for scheme, host and credentials.
  @Test func theSeedsLinesWork() throws {
    let server = try ServerProcess(data: try temporaryFolder().appendingPathComponent("org.db"))
    let id = server.values["client_id"] ?? ""
    let secret = server.values["client_secret"] ?? ""
    let text = """
      curl -sS -X POST \\
      \(server.url)/identity/connect/token \\
      -H 'Content-Type: application/x-www-form-urlencoded' \\
      -d 'grant_type=client_credentials&scope=api.organization&client_id=\(id)&client_secret=\(secret)'
      """
    let token = try Command.run(["-c", text], executable: "/bin/sh")
    #expect(token.output.contains(#""expires_in":3600,"token_type":"Bearer""#), "\(token.output)\(token.messages)")
    let value = token.output.split(separator: "\"").dropFirst(3).first.map(String.init) ?? ""
    let list = try Command.run(
      ["-c", "curl -sS -X GET \\\n\(server.url)/api/public/collections \\\n-H 'Authorization: Bearer \(value)'"], executable: "/bin/sh")
    #expect(list.output == #"{"object":"list","data":[]}"#, "\(list.output)\(list.messages)")
    #expect(!server.running.messages.contains(secret) && !server.running.messages.contains(value))
    server.stop()
  }

  @Test func aSecondServerIsRefusedTheFile() throws {
    let data = try temporaryFolder().appendingPathComponent("org.db")
    let server = try ServerProcess(data: data)
    let second = try Command.run(["serve", "--data", data.path, "--port", "0"])
    #expect(second.status == 1)
    #expect(!second.messages.isEmpty && second.output.isEmpty)
    server.stop()
  }

  private func manyHires(_ count: Int, in folder: URL) throws -> URL {
    let rows = (1...count).map { "person\($0)@acme.com,e\($0),Engineering" }
    let file = folder.appendingPathComponent("many.csv")
    try Data(("email,employee_id,teams\n" + rows.joined(separator: "\n") + "\n").utf8).write(to: file)
    let script = try String(contentsOf: Command.examples.appendingPathComponent("onboard.safe"), encoding: .utf8)
    let raised = script.replacingOccurrences(of: "<= 200", with: "<= \(count)").replacingOccurrences(of: "<= 600", with: "<= \(count)")
    try Data(raised.utf8).write(to: folder.appendingPathComponent("onboard.safe"))
    return file
  }

  @Test func aKilledServerEndsTheRunAndLosesNothing() throws {
    let folder = try temporaryFolder()
    let data = folder.appendingPathComponent("org.db")
    _ = try manyHires(20_000, in: folder)
    let server = try ServerProcess(data: data)
    #expect(try Command.run(["--yes", "-c", "needs groups.create <= 1\ncreate group name: \"Engineering\""], environment: server.environment).status == 0)
    // What was under way is waited for before anything else is tried.
    let run = try Running(["run", "--direct", "--timeout", "5", "onboard.safe", "--file", "many.csv"], environment: server.environment, in: folder)
    #expect(server.running.wait { ServerProcess.log($0).filter { $0 == "POST /api/public/members 200" }.count > 200 })
    server.stop(SIGKILL)
    let acknowledged = server.log.filter { $0 == "POST /api/public/members 200" }.count
    let start = Date()
    let result = run.wait(seconds: 40)
    #expect(Date().timeIntervalSince(start) < 20)
    #expect(result.status == 1, "\(result.messages.prefix(600))")
    #expect(result.messages.contains("the server cannot be reached"), "\(result.messages.suffix(600))")
    #expect(result.messages.contains("not all rows were done") && result.messages.contains("not run"), "\(result.messages.prefix(600))")
    let restarted = try ServerProcess(data: data)
    var environment = server.environment
    environment["SAFESH_URL"] = restarted.url
    let count = try Command.run(["-c", "members | count"], environment: environment)
    let kept = Int(count.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    #expect(kept >= acknowledged, "\(kept) of \(acknowledged)")
    restarted.stop()
  }

  @Test func anInterruptStopsAfterWhatIsInFlight() throws {
    let folder = try temporaryFolder()
    _ = try manyHires(20_000, in: folder)
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    #expect(try Command.run(["--yes", "-c", "needs groups.create <= 1\ncreate group name: \"Engineering\""], environment: server.environment).status == 0)
    let run = try Running(["run", "--direct", "onboard.safe", "--file", "many.csv"], environment: server.environment, in: folder)
    #expect(server.running.wait { ServerProcess.log($0).filter { $0 == "POST /api/public/members 200" }.count > 100 })
    run.signal(SIGINT)
    let result = run.wait(seconds: 20)
    #expect(result.status == 130)
    #expect(result.messages.contains("not all rows were done"), "\(result.messages)")
    #expect(!result.messages.contains("unknown"), "\(result.messages)")
    server.stop()
  }
}
