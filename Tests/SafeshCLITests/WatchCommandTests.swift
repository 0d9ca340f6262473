import Foundation
import SafeAutomation
import SecretSafeAPI
import Testing

/// `safesh watch` against real sandboxes.
struct WatchCommandTests {
  private let folder: URL
  private var environment: [String: String] { ["XDG_STATE_HOME": folder.appendingPathComponent("state").path] }
  private var sandbox: [String] { ["--sandbox", folder.appendingPathComponent("org.db").path] }

  init() throws {
    folder = try temporaryFolder()
    try write(
      "watch.safe",
      """
      param fail: Bool = false
      let new = events | where .type == organizationUserInvited
      print new.count()
      assert not fail
      """)
    _ = try invite("first")
  }

  private func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }

  private func safesh(_ arguments: String...) throws -> Command.Result { try Command.run(arguments + sandbox, environment: environment, in: folder) }

  private func invite(_ name: String) throws -> Command.Result {
    try write("\(name).safe", "needs members.invite <= 1\ninvite \"\(name)@watch.example\" type: user externalId: \"\(name)\"\n")
    return try safesh("run", "--yes", "\(name).safe")
  }

  private func once(_ arguments: String...) throws -> Command.Result {
    try Command.run(["watch", "--once", "--since", "1h"] + sandbox + ["watch.safe"] + arguments, environment: environment, in: folder)
  }

  @Test func eachEventIsSeenOnce() throws {
    let first = try once()
    #expect(first.status == 0 && first.output == "1\n", "\(first.messages)")
    #expect(try once().output == "0\n")
    #expect(try invite("second").status == 0)
    #expect(try once().output == "1\n")
    #expect(try once().output == "0\n")
  }

  @Test func whatFailedComesAgain() throws {
    let failed = try once("--fail")
    #expect(failed.status == 1 && failed.output == "1\n", "\(failed.messages)")
    #expect(try invite("second").status == 0)
    #expect(try once("--fail").output == "2\n")
    #expect(try once().output == "2\n")
    #expect(try once().output == "0\n")
  }

  /// The start of the first window is kept, whatever becomes of the run.
  @Test func aFirstRunThatFailedKeepsItsWindow() throws {
    func watch(_ options: String...) throws -> Command.Result {
      try Command.run(["watch", "--once"] + sandbox + options, environment: environment, in: folder)
    }
    let failed = try watch("--since", "1h", "watch.safe", "--fail")
    #expect(failed.status == 1 && failed.output == "1\n", "\(failed.messages)")
    // One '--every' ago nothing had happened yet.
    usleep(1_100_000)
    #expect(try watch("--every", "1s", "watch.safe", "--fail").output == "1\n")
    #expect(try watch("--every", "1s", "watch.safe").output == "1\n")
    #expect(try watch("--since", "1h", "watch.safe").output == "0\n")
  }

  @Test func untilARunSucceedsAnEarlierSinceCounts() throws {
    usleep(1_100_000)
    #expect(try safesh("watch", "--once", "--since", "1s", "watch.safe", "--fail").output == "0\n")
    #expect(try once("--fail").output == "1\n")
    #expect(try once().output == "1\n")
  }

  /// What nobody could read counts as not seen.
  @Test func whatCouldNotBeWrittenComesAgain() throws {
    let words = ["watch", "--once", "--since", "1h"] + sandbox + ["watch.safe"]
    let full = try Command.run(["-c", "exec \"$0\" \"$@\" >/dev/full", Command.safesh] + words, environment: environment, in: folder, executable: "/bin/sh")
    #expect(full.status == 1 && full.messages.hasSuffix("error: standard output cannot be written: No space left on device\n"), "\(full.messages)")
    #expect(try once().output == "1\n")
    #expect(try once().output == "0\n")
  }

  /// A run that changed nothing leaves no folder; one that did has one.
  @Test func onlyRunsThatChangeSomethingAreKept() throws {
    let store = RunStore(folder: folder.path + "/state/safesh/runs")
    try write(
      "watch.safe",
      """
      needs members.revoke <= 5
      let out = events | where .type == organizationUserInvited | each e {
        let m = e.member
        if m != null { revoke m }
      }
      print out.count()
      """)
    let before = try store.all().count
    let first = try once()
    #expect(first.status == 0 && first.output == "1\n", "\(first.messages)")
    #expect(try store.all().count == before + 1)
    #expect(try once().output == "0\n")
    #expect(try store.all().count == before + 1)
  }

  @Test func anExplicitSinceWins() throws {
    try write(
      "watch.safe",
      """
      let all = (events since: 1h) | where .type == organizationUserInvited
      let new = events | where .type == organizationUserInvited
      print all.count()
      print new.count()
      """)
    #expect(try once().output == "1\n1\n")
    #expect(try once().output == "1\n0\n")
  }

  @Test func aSignalEndsItBetweenRuns() throws {
    let running = try Running(["watch", "--every", "1s", "--since", "1h"] + sandbox + ["watch.safe"], environment: environment, in: folder)
    #expect(running.wait { $0.output.hasPrefix("1\n0\n") }, "\(running.output) \(running.messages)")
    let second = try safesh("watch", "--once", "watch.safe")
    #expect(second.status == 5 && second.messages.contains("watched on this organization already"), "\(second.messages)")
    running.signal(SIGTERM)
    let result = running.wait()
    #expect([0, 130].contains(result.status), "\(result.messages)")
    #expect(!result.output.hasSuffix("1\n"))
  }

  @Test func aRunThatFailsIsToldAndTakenUpAtTheNextTurn() throws {
    let running = try Running(["watch", "--every", "1s", "--since", "1h"] + sandbox + ["watch.safe", "--fail"], environment: environment, in: folder)
    #expect(running.wait { $0.output.hasPrefix("1\n1\n") }, "\(running.output) \(running.messages)")
    #expect(running.messages.contains("the run ended with status 1; its events come again in the next one"))
    running.signal(SIGINT)
    #expect([0, 130].contains(running.wait().status))
  }

  @Test func theExampleOfThePageIsOne() throws {
    let page = try String(contentsOf: Command.root.appendingPathComponent("docs/automation.md"), encoding: .utf8)
    try write("page.safe", try #require(page.components(separatedBy: "```\n").dropFirst().first))
    let check = try Command.run(["check", "page.safe"], in: folder)
    #expect(check.status == 0, "\(check.messages)")
    for option in try Command.run(["watch", "--help"]).output.matches(of: /--(every|since|once)/).map({ String($0.0) }) { #expect(page.contains(option)) }
    let runs = try String(contentsOf: Command.root.appendingPathComponent("docs/runs.md"), encoding: .utf8)
    for option in ["--max-writes", "--canary", "--breaker", "--progress", "--report"] { #expect(runs.contains(option)) }
  }

  @Test func whatCannotBeWatchedIsRefused() throws {
    let temporary = try Command.run(["watch", "--once", "watch.safe"], environment: environment, in: folder)
    #expect(temporary.status == 2 && temporary.messages.contains("the sandbox ends with the process"), "\(temporary.messages)")
    #expect(try safesh("watch", "--once", "none.safe").status == 2)
    #expect(try safesh("watch", "--every", "soon", "watch.safe").status == 2)
    #expect(try safesh("watch", "--since", "then", "watch.safe").status == 2)
    try write("wrong.safe", "members | whre .x\n")
    #expect(try safesh("watch", "wrong.safe").status == 2)
    #expect(try once().status == 0)
    let place = folder.path + "/state/safesh/watch"
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: place).first { $0.hasPrefix("watch.safe-") && $0.hasSuffix(".json") })
    try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(place)/\(file)"))
    let damaged = try once()
    #expect(damaged.status == 1 && damaged.messages.contains("\(file): $.version: the version is missing"), "\(damaged.messages)")
  }
}
