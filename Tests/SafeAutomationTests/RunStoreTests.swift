import Foundation
import SafeLanguage
import SafeSystem
import SecretSafeAPI
import Testing

@testable import SafeAutomation

/// The folders of runs, on a real disk.
struct RunStoreTests {
  private static let moment = Timestamp("2026-11-28T12:55:00.123Z") ?? Timestamp(microseconds: 0)

  private func withStore(_ body: (RunStore) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(RunStore(folder: folder + "/safesh/runs"))
  }

  static func record(at moment: Timestamp = moment) -> RunRecord {
    var record = RunRecord(
      created: moment, script: RunRecord.File(path: "on/board \"1\".safe", text: "needs members.invite <= 1\n# ü\n"),
      target: RunRecord.Target(name: "acme (vault.example.net)", address: "https://vault.example.net/api", clientID: "organization.1"), mode: .direct)
    record.uses = [RunRecord.File(path: "teams.safe", text: "def a() = 1")]
    record.parameters = [RunRecord.Parameter(name: "file", text: "hires.csv"), RunRecord.Parameter(name: "tag", text: "a"), RunRecord.Parameter(name: "tag", text: "b")]
    return record
  }

  private func mode(_ path: String) throws -> Int? { try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }

  @Test func namesSortAsTheirTimesDo() throws {
    let first = RunID(at: Self.moment)
    #expect(first.description.hasPrefix("20261128-125500-"))
    #expect(RunID(first.description) == first)
    #expect(first < RunID(at: Self.moment.adding(seconds: 1)))
    for text in ["", "20261128-125500", "20261128-125500-k3fl", "20261128-125500-k3f99", "2026112x-125500-k3f9", "20261128 125500 k3f9", "../../../../../etc/x"] {
      #expect(RunID(text) == nil)
    }
  }

  @Test func aRunIsReadBackAsItWasKept() throws {
    try withStore { store in
      let record = Self.record()
      let folder = try store.create(record)
      #expect(folder.id == record.id)
      #expect(try folder.record() == record)
      #expect(try mode(store.folder) == 0o700)
      #expect(try mode(folder.path) == 0o700)
      #expect(try mode(folder.path + "/run.json") == 0o600)
      var finished = record
      var ledger = Ledger()
      ledger.add(LedgerRow(fields: [("email", "kim@example.net")], status: .ok, place: "hires.csv:2"))
      ledger.add(LedgerRow(fields: [("email", "x")], status: .failed, reason: "no", attempts: 1, place: "hires.csv:3"))
      finished.finish(at: Self.moment.adding(seconds: 5), exitStatus: 3, ledger: ledger, calls: [RunRecord.Calls(verb: "invite", count: 1)])
      try folder.update(finished)
      #expect(try folder.record() == finished)
      #expect(finished.counts == [.ok: 1, .failed: 1])
      #expect(finished.failures.map(\.place) == ["hires.csv:3"])
    }
  }

  @Test func aNameThatIsTakenIsNotTakenTwice() throws {
    try withStore { store in
      let record = Self.record()
      let (first, second) = (try store.create(record), try store.create(record))
      #expect(first.id != second.id)
      #expect(try second.record().id == second.id)
      #expect(try store.all().count == 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).count == 2)
    }
  }

  @Test func theNewestComesFirstAndTheLastUnfinishedIsFound() throws {
    try withStore { store in
      #expect(try store.all().isEmpty)
      #expect(try store.lastUnfinished() == nil)
      let old = try store.create(Self.record())
      let middle = try store.create(Self.record(at: Self.moment.adding(seconds: 60)))
      var finished = Self.record(at: Self.moment.adding(seconds: 120))
      finished.finish(at: finished.created, exitStatus: 0, ledger: Ledger(), calls: [])
      let new = try store.create(finished)
      #expect(try store.all().map(\.folder) == [new, middle, old])
      #expect(try store.all().map(\.isUnfinished) == [false, true, true])
      #expect(try store.lastUnfinished() == middle)
      #expect(try store.last() == new)
    }
  }

  /// Names tell seconds only, and the letters behind them nothing.
  @Test func runsOfOneSecondStandInTheirOrder() throws {
    try withStore { store in
      let runs = try (0..<12).map { try store.create(Self.record(at: Timestamp(microseconds: Self.moment.microseconds + Int64($0) * 1000))) }
      #expect(try store.all().map(\.folder) == runs.reversed())
      #expect(try store.last() == runs.last && store.lastUnfinished() == runs.last)
    }
  }

  @Test func aRunIsFoundByTheBeginningOfItsNameOrItsLetters() throws {
    try withStore { store in
      let one = try store.create(Self.record())
      let other = try store.create(Self.record(at: Self.moment.adding(seconds: 86_400)))
      #expect(try store.find(one.id.description) == one)
      #expect(try store.find("20261129") == other)
      #expect(try store.find(String(one.id.description.suffix(4))) == one)
      let many = #expect(throws: RunStoreError.self) { try store.find("2026") }
      #expect(many?.kind == .notFound)
      #expect(many?.description == "'2026' is the beginning of 2 runs: \(other.id), \(one.id)")
      let none = #expect(throws: RunStoreError.self) { try store.find("2025") }
      #expect(none?.description == "there is no run '2025'; 'safesh runs' lists them")
      #expect(throws: RunStoreError.self) { try store.find("") }
    }
  }

  /// Each says the file and what is wrong in it.
  @Test(arguments: [
    ("{", "byte 1: no JSON: a member name in quotes is expected"), ("[]", "$: an object is expected"),
    (#"{"version": 2}"#, "$.version: version 2 is not known to this safesh, which reads version 1"),
    ("{}", "$.version: the version is missing; this safesh reads version 1"), (#"{"version": 1, "x": 1}"#, "$.x: there is no such member"),
    (#"{"version": 1, "id": "a", "id": "b"}"#, "$.id: it is there twice"), (#"{"version": 1}"#, "$: 'id' is missing"),
    (#"{"version": 1, "id": "run"}"#, "$.id: 'run' is no name of a run"),
  ])
  func whatIsWrongInARecordIsToldWithItsPlace(text: String, expected: String) throws {
    try withStore { store in
      let folder = try store.create(Self.record())
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/run.json"))
      let error = #expect(throws: RunStoreError.self) { try folder.record() }
      #expect(error?.kind == .damaged)
      #expect(error?.description == "\(folder.path)/run.json: \(expected)")
      // The others are listed all the same.
      let good = try store.create(Self.record(at: Self.moment.adding(seconds: -60)))
      #expect(try store.all().map { (try? $0.record.get())?.id } == [nil, good.id])
      #expect(try store.lastUnfinished() == good)
    }
  }

  /// Every member that is taken away or has another type is told, and nothing else is wrong.
  @Test func noMemberOfARecordMayBeOfAnotherType() throws {
    var record = Self.record()
    record.finish(at: record.created, exitStatus: 0, ledger: Ledger(), calls: [RunRecord.Calls(verb: "invite", count: 2)])
    guard case .object(let members) = try JSONReader.read(record.json) else { return }
    #expect(try RunRecord(json: record.json) == record)
    for (index, member) in members.enumerated() {
      var changed = members
      changed[index] = JSONValue.Member(name: member.name, value: .bool(true))
      let error = #expect(throws: FieldProblem.self) { try RunRecord(json: JSONValue.object(changed).json) }
      #expect(error?.description.hasPrefix("$.\(member.name)") == true, "\(error?.description ?? "")")
    }
  }

  @Test func aRunInUseIsRefusedAndSaysByWhom() throws {
    try withStore { store in
      let folder = try store.create(Self.record())
      #expect(folder.user() == nil)
      do {
        let lock = try folder.lock()
        let error = #expect(throws: RunStoreError.self) { try folder.lock() }
        #expect(error?.kind == .inUse)
        #expect(error?.description == "run \(folder.id) is in use by process \(getpid())")
        #expect(folder.user() == Int(getpid()))
        #expect(throws: RunStoreError.self) { try store.remove(folder) }
        withExtendedLifetime(lock) {}
      }
      #expect(folder.user() == nil)
      withExtendedLifetime(try folder.lock()) {}
      try store.remove(folder)
      #expect(try store.all().isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).isEmpty)
    }
  }

  @Test func whatAProcessLeftThatDiedIsSweptButNotWhatIsBeingMade() throws {
    try withStore { store in
      let kept = try store.create(Self.record())
      let (old, young) = (RunID(at: Self.moment.adding(seconds: -7_200)), RunID(at: Self.moment.adding(seconds: -60)))
      for name in [".new-\(old)", ".new-\(young)", ".gone-\(young)"] {
        try FileManager.default.createDirectory(atPath: "\(store.folder)/\(name)/inputs", withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(store.folder)/\(name)/inputs/1"))
      }
      try store.sweep(now: Self.moment)
      #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted() == [".new-\(young)", kept.id.description].sorted())
    }
  }

  @Test func inputsAreKeptUnderNumbers() throws {
    try withStore { store in
      let folder = try store.create(Self.record())
      let inputs = try RunBlobs(of: folder)
      let large = [UInt8]((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      #expect(try inputs.keep(InputSource(bytes: large)) == "inputs/1")
      #expect(try inputs.keep(InputSource(bytes: [])) == "inputs/2")
      #expect(try folder.open("inputs/1").rest() == large)
      #expect(try folder.open("inputs/2").rest() == [])
      #expect(try mode(folder.path + "/inputs/1") == 0o600)
      // Taken up again it goes on behind them.
      #expect(try RunBlobs(of: folder).keep([1]) == "inputs/3")
      #expect(throws: RunError.self) { try folder.open("inputs/4") }
    }
  }
}
