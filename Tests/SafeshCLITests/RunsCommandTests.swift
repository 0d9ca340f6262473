import Foundation
import SafeAutomation
import SecretSafeAPI
import Testing

/// `safesh runs`, as a person calls it.
struct RunsCommandTests {
  private let home: URL
  private let store: RunStore
  private var environment: [String: String] { ["XDG_STATE_HOME": home.path] }

  init() throws {
    home = try temporaryFolder()
    store = RunStore(folder: home.path + "/safesh/runs")
  }

  @discardableResult
  private func make(daysAgo: Int, isFinished: Bool = true, failed: Int = 0) throws -> RunFolder {
    let created = Timestamp.now().adding(seconds: -86_400 * daysAgo)
    var record = RunRecord(
      created: created, script: RunRecord.File(path: "onboard.safe", text: "needs members.invite <= 1"),
      target: RunRecord.Target(name: "acme", address: "https://vault.example.net/api", clientID: "organization.1"), mode: .direct, state: .carryingOut)
    record.parameters = [RunRecord.Parameter(name: "file", text: "hires.csv")]
    var ledger = Ledger()
    ledger.add(LedgerRow(fields: [("email", "kim")], status: .ok, place: "hires.csv:2"))
    for number in 0..<failed { ledger.add(LedgerRow(fields: [("email", "x")], status: .failed, reason: "no such group", place: "hires.csv:\(number + 3)")) }
    record.calls = [RunRecord.Calls(verb: "invite", count: 1)]
    if isFinished { record.finish(at: created.adding(seconds: 3), exitStatus: failed > 0 ? 3 : 0, ledger: ledger, calls: record.calls) } else { record.note(ledger) }
    return try store.create(record)
  }

  private func safesh(_ arguments: String...) throws -> Command.Result { try Command.run(["runs"] + arguments, environment: environment) }

  @Test func withoutRunsThereIsNothingToList() throws {
    let list = try safesh()
    #expect(list.status == 0 && list.output.isEmpty)
    #expect(list.messages == "there are no runs; a script that writes makes one\n")
    #expect(try safesh("--output", "json").output == "[]\n")
    #expect(try safesh("show", "2026").messages == "safesh: there is no run '2026'; 'safesh runs' lists them\n")
    #expect(try safesh("show", "2026").status == 2)
  }

  @Test func theListHasTheNewestFirst() throws {
    let old = try make(daysAgo: 2, failed: 2)
    let new = try make(daysAgo: 1, isFinished: false)
    let list = try safesh()
    let lines = list.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[2].hasPrefix("\(new.id)") && lines[3].hasPrefix("\(old.id)"), "\(list.output)")
    #expect(lines[2].contains("unfinished") && lines[3].contains("finished"))
    let json = try JSONReader.read(Array(try safesh("list", "-o", "json").output.utf8))
    let rows = if case .array(let rows) = json { rows } else { [JSONValue]() }
    try #require(rows.count == 2)
    #expect(rows.map { $0["id"] } == [.string("\(new.id)"), .string("\(old.id)")])
    #expect(rows[1]["failed"] == .number("2") && rows[1]["ok"] == .number("1") && rows[1]["status"] == .number("3"))
    #expect(rows[0]["status"] == .null && rows[0]["target"] == .string("acme"))
  }

  @Test func aDamagedRunIsListedAndToldOf() throws {
    let run = try make(daysAgo: 1)
    try Data("{".utf8).write(to: URL(fileURLWithPath: run.path + "/run.json"))
    let list = try safesh()
    #expect(list.status == 0 && list.output.contains("damaged"))
    #expect(list.messages.hasPrefix("warning: \(run.path)/run.json: byte 1: no JSON"))
    #expect(try safesh("show", "\(run.id)").status == 1)
  }

  @Test func aRunIsShownWithWhatFailedAndHowToGoOn() throws {
    let run = try make(daysAgo: 1, failed: 2)
    let page = try safesh("show", String("\(run.id)".suffix(4)))
    #expect(page.status == 0)
    for part in [
      "run      \(run.id)\n", "state    finished with status 3\n", "target   acme, https://vault.example.net/api, organization.1\n", "with     --file hires.csv\n",
      "folder   \(run.path)\n", "rows     1 ok, 2 failed\n", "calls    invite 1\n", "  hires.csv:3  no such group\n", "safesh resume --failed \(run.id)  ",
      "safesh undo \(run.id)  ",
    ] { #expect(page.output.contains(part), "\(part) in \(page.output)") }
    let json = try JSONReader.read(Array(try safesh("show", "-o", "json").output.utf8))
    #expect(json["folder"] == .string(run.path) && json["script"] == .string("onboard.safe"))
    #expect(json["next"] == .array(["safesh resume --failed \(run.id)", "safesh undo \(run.id)"].map { .string($0) }))
    #expect(try safesh("show", "-o", "csv").status == 2)
  }

  @Test func aRunInUseSaysBywhom() throws {
    let run = try make(daysAgo: 1, isFinished: false)
    #expect(try safesh("show").output.contains("state    unfinished: it ended while it was carried out\n"))
    // Without its journal nobody knows what it did, nor how it goes on.
    let bare = try safesh("show").output
    #expect(bare.contains("calls    \(run.journal): the journal is not there, or empty\n") && !bare.contains("safesh resume"), "\(bare)")
    _ = try RunJournal(run, timeout: .seconds(1), now: 1)
    let begun = try safesh("show").output
    #expect(begun.contains("calls    none that changed something\n") && begun.contains("safesh resume \(run.id)  "), "\(begun)")
    let lock = try run.lock()
    let page = try safesh("show")
    #expect(page.output.contains("state    running in process \(getpid())\n"))
    #expect(!page.output.contains("safesh resume"))
    let pruned = try safesh("prune", "--keep", "0", "--unfinished")
    #expect(pruned.status == 0 && pruned.messages == "no run was removed; 1 in use kept\n")
    withExtendedLifetime(lock) {}
    #expect(try store.all().count == 1)
  }

  @Test func pruningKeepsWhatIsUnfinished() throws {
    let (old, open, young) = (try make(daysAgo: 40), try make(daysAgo: 50, isFinished: false), try make(daysAgo: 20))
    let first = try safesh("prune")
    #expect(first.messages == "removed \(old.id)  onboard.safe\n1 run removed; 1 unfinished kept, which --unfinished removes\n")
    #expect(try store.all().map(\.folder) == [young, open])
    let second = try safesh("prune", "--older-than", "45d", "--unfinished")
    #expect(second.messages == "removed \(open.id)  onboard.safe\n1 run removed\n")
    #expect(try safesh("prune", "--older-than", "soon").status == 2)
    let newest = try make(daysAgo: 0)
    #expect(try safesh("prune", "--keep", "1", "--older-than", "30d").messages == "no run was removed\n")
    #expect(try safesh("prune", "--keep", "1").messages == "removed \(young.id)  onboard.safe\n1 run removed\n")
    #expect(try store.all().map(\.folder) == [newest])
  }
}
