import Foundation
import SecretSafeAPI
import Testing

/// `safesh test` and `safesh snapshot`.
struct TestCommandTests {
  private static let script = """
    let domain = "acme.com"
    def address(name: Text) -> Text { return "{name}@{domain}" }
    invite "nobody-runs-this@acme.com" type: user
    needs members.invite <= 1

    test "an empty organization has nobody" {
      assert members.count() == 0
      print "not shown"
    }
    test "who was invited is there" {
      invite "kim@acme.com" type: user
      invite "lou@acme.com" type: admin
      assert members.count() == 2 and members.any(.email == address("kim"))
    }
    test "the test before left nothing" {
      assert members.count() == 0
    }
    test "one more is revoked" with "acme.json" {
      let before = members.count(.status == revoked)
      revoke alice@acme.com
      print "there were {before}"
      assert members.count(.status == revoked) == before + 2, "not {before} and two"
    }
    test "a row that fails" with "acme.json" {
      [1] | each n { remove nobody@acme.com } on error collect | report
    }
    """

  /// A folder with the script, and a snapshot of the sandbox.
  private static func folder(_ script: String = script) throws -> URL {
    let folder = try temporaryFolder()
    try Data(script.utf8).write(to: folder.appendingPathComponent("a.safe"))
    let written = try Command.run(["snapshot", "acme.json"], in: folder)
    #expect(written.messages == "target: sandbox\nacme.json: 60 members, 8 groups, 12 collections, 4 policies\n")
    #expect(written.status == 0)
    return folder
  }

  private static func withoutTimes(_ text: String) -> String { text.replacing(/\d+ ms|\d+\.\d+ s/, with: "N") }

  @Test func eachTestHasAnOrganizationOfItsOwn() throws {
    let folder = try Self.folder()
    // Nobody is asked for a key, and no other server is talked to.
    let result = try Command.run(["test", "a.safe"], environment: ["SAFESH_URL": "http://127.0.0.1:1", "SAFESH_CLIENT_ID": "x"], in: folder)
    #expect(
      Self.withoutTimes(result.output) == """
        ✓ a.safe: an empty organization has nobody  N
        ✓ a.safe: who was invited is there  N
        ✓ a.safe: the test before left nothing  N
        ✗ a.safe: one more is revoked  N
          error: not 4 and two
            a.safe:22:10
            22 |   assert members.count(.status == revoked) == before + 2, "not {before} and two"
               |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ left is 5, right is 6
          it put out:
            there were 4
        ✗ a.safe: a row that fails  N
          error: 1 row of 'each' failed
          it put out:
            rows   0 ok, 0 unchanged, 1 failed
            calls  none that changed something
              1  there is no member 'nobody@acme.com'

        3 passed, 2 failed in N

        """)
    #expect(result.messages == "")
    #expect(result.status == 1)
  }

  /// As the README shows it.
  @Test func theExampleHasTests() throws {
    let readme = try String(contentsOf: Command.root.appendingPathComponent("README.md"), encoding: .utf8)
    let shown = try #require(readme.components(separatedBy: "$ safesh test guests.safe\n").dropFirst().first?.components(separatedBy: "```").first)
    let result = try Command.run(["test", "guests.safe"])
    #expect(Self.withoutTimes(result.output) == Self.withoutTimes(shown))
    #expect(result.status == 0, "\(result.output)\(result.messages)")
  }

  @Test func aFilterChoosesByTitle() throws {
    let folder = try Self.folder()
    let passed = try Command.run(["test", "--filter", "EMPTY", "--verbose", "a.safe"], in: folder)
    #expect(Self.withoutTimes(passed.output) == "✓ a.safe: an empty organization has nobody  N\n  it put out:\n    not shown\n\n1 passed in N\n")
    #expect(passed.status == 0)
    let none = try Command.run(["test", "a.safe", "--filter", "nowhere"], in: folder)
    #expect(none.messages == "safesh: no title of the 5 tests in a.safe has 'nowhere' in it\n")
    #expect(none.status == 2)
  }

  /// From another folder: a snapshot is found beside the script that names it.
  @Test func aSnapshotIsBesideTheScript() throws {
    let folder = try Self.folder()
    let result = try Command.run(["test", folder.lastPathComponent + "/a.safe", "--filter", "one more"], in: folder.deletingLastPathComponent())
    #expect(result.output.contains("error: not 4 and two"), "\(result.output)\(result.messages)")
    #expect(result.status == 1)
  }

  @Test func whatIsWrongIsToldBeforeAnythingRuns() throws {
    let folder = try Self.folder("test \"a\" { print \"ran\" }\n")
    func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
    try write("test \"b\" { assert members.stauts == [] }\n", "wrong.safe")
    try write("1 + 1\n", "none.safe")
    try write("test \"c\" with \"old.json\" { }\ntest \"d\" with \"lost.json\" { }\n", "snapshots.safe")
    try write(#"{"snapshot": 1, "members": [{"id": 7}], "groups": [], "extra": 1}"#, "old.json")

    let wrong = try Command.run(["test", "a.safe", "wrong.safe", "missing.safe", "--verbose"], in: folder)
    #expect(wrong.output == "")
    #expect(wrong.messages.contains("wrong.safe:1:26") && wrong.messages.contains("there is no file 'missing.safe'"), "\(wrong.messages)")
    #expect(wrong.status == 2)

    let none = try Command.run(["test", "none.safe"], in: folder)
    #expect(none.messages == "safesh: there is no test in none.safe; one is written as: test \"title\" { … }\n")
    #expect(none.status == 2)

    let snapshots = try Command.run(["test", "a.safe", "snapshots.safe"], in: folder)
    #expect(snapshots.output == "")
    #expect(
      snapshots.messages == """
        old.json:$.extra: there is no such member; there are collections, groups, members, policies, snapshot, subscription
        old.json:$.members[0].id: an id as 6ba7b810-9dad-41d1-80b4-00c04fd430c8 is expected, not 7
        old.json:$.members[0]: 'email' is missing
        old.json:$.members[0]: 'status' is missing
        old.json:$.members[0]: 'type' is missing
        snapshots.safe:2: the snapshot of the test 'd': there is no file 'lost.json'

        """)
    #expect(snapshots.status == 2)
  }

  @Test func resultsForPrograms() throws {
    let folder = try Self.folder()
    struct Answer: Decodable {
      struct Test: Decodable {
        struct Failure: Decodable {
          var message: String
          var kind: String?
          var file: String?
          var line: Int?
          var column: Int?
        }
        var file: String
        var line: Int
        var title: String
        var passed: Bool
        var seconds: Double
        var error: Failure?
        var output: String
      }
      var tests: [Test]
      var passed: Int
      var failed: Int
      var notRun: Int
      var seconds: Double
    }
    let result = try Command.run(["test", "a.safe", "--output", "json"], in: folder)
    let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    #expect(result.status == 1)
    let lines = answer.tests.map(\.line)
    #expect(lines == [6, 10, 15, 18, 24])
    #expect(answer.passed == 3)
    #expect(answer.failed == 2)
    #expect(answer.notRun == 0)
    #expect(answer.seconds > 0 && answer.tests.allSatisfy { $0.seconds > 0 && $0.seconds <= answer.seconds })
    let failed = try #require(answer.tests[3].error)
    #expect(failed.message == "not 4 and two")
    #expect(failed.kind == "assert")
    #expect("\(failed.file ?? "-"):\(failed.line ?? 0):\(failed.column ?? 0)" == "a.safe:22:10")
    #expect(answer.tests[3].output == "there were 4\n")
    #expect(answer.tests[4].error?.message == "1 row of 'each' failed")
    #expect(answer.tests[4].error?.line == nil)

    let junit = try Command.run(["test", "a.safe", "-o", "junit"], in: folder)
    #expect(junit.output.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"5\" failures=\"2\" time="))
    #expect(junit.output.contains("<failure message=\"not 4 and two\">error: not 4 and two\n  a.safe:22:10\n"))
    #expect(junit.output.contains("&quot;not {before} and two&quot;\n"))
    #expect(junit.output.contains("<system-out>there were 4\n</system-out>"))
    #expect(junit.status == 1)
  }

  @Test func interruptedItTellsWhatRan() throws {
    let folder = try Self.folder(
      """
      test "quick" { assert true }
      test "long" {
        for n in range(1_000_000) { create group name: "g{n}" }
      }
      test "never" { }
      """)
    let running = try Running(["test", "a.safe"], in: folder)
    #expect(running.wait { $0.output.contains("✓ a.safe: quick") })
    usleep(200_000)
    running.signal(SIGINT)
    let result = running.wait()
    #expect(result.status == 130)
    #expect(Self.withoutTimes(result.output) == "✓ a.safe: quick  N\n\n1 passed, 2 not run in N\n")
    #expect(result.messages.contains("stopping after the requests in flight"))
  }

  @Test func aSnapshotOfAServerIsThatOfTheFile() throws {
    let folder = try temporaryFolder()
    let file = try Command.run(["snapshot", "-", "--sandbox", folder.appendingPathComponent("org.db").path])
    let memory = try Command.run(["snapshot", "-"])
    #expect(file.output == memory.output)
    #expect(try OrganizationSnapshot(json: Array(memory.output.utf8)).members.count == 60)
    let lost = try Command.run(["snapshot", folder.path + "/no/folder.json"])
    #expect(lost.messages.contains("cannot be written: No such file or directory"), "\(lost.messages)")
    #expect(lost.status == 1)
    let refused = try Command.run(["snapshot", "x.json"], environment: ["SAFESH_URL": "http://127.0.0.1:1"], in: folder)
    #expect(refused.status == 4)
  }
}
