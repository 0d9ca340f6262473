internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// A run with a folder of its own, from which it is taken up after any end: what a script that writes has.
struct JournaledRun: Sendable {
  let folder: RunFolder
  private(set) var journal: RunJournal
  private let lock: RunLock
  private(set) var record: RunRecord

  /// What keeps a run from beginning, or from going on.
  struct Problem: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
      self.status = status
      self.message = message
    }

    static let noPlace = Problem(.usage, "there is no place for runs: neither XDG_STATE_HOME nor HOME names a folder")

    init(_ error: RunStoreError) { self.init(error.kind == .inUse ? .refused : error.kind == .notFound ? .usage : .failed, error.description) }
  }

  /// Makes the folder of a new run, before its first request.
  ///
  /// - Parameter timeout: how long a request may last.
  static func begin(
    _ script: Script, uses: [RunRecord.File], parameters: [String: Value], on target: RunRecord.Target, _ mode: RunRecord.Mode, in store: RunStore,
    timeout: Duration, from plan: PlanFile? = nil
  ) throws(Problem) -> JournaledRun {
    let source = script.program.source
    var record = RunRecord(
      created: .now(), script: RunRecord.File(source), target: target, mode: mode, state: .rehearsing)
    record.uses = uses
    record.directory = plan?.directory ?? FileManager.default.currentDirectoryPath
    record.plan = plan?.id
    record.parameters = script.program.parameters.flatMap { parameter in
      texts(parameters[parameter.name]).map { RunRecord.Parameter(name: parameter.name, text: $0) }
    }
    let folder: RunFolder
    do throws(RunStoreError) {
      folder = try store.create(record)
      record = try folder.record()
    } catch { throw Problem(.failed, "there is no folder for the run, so nothing was sent: \(error)") }
    return try JournaledRun(folder, record, for: .begin, timeout, began: plan?.made ?? .now())
  }

  /// A list is given element by element.
  private static func texts(_ value: Value?) -> [String] {
    guard let value, !value.isNull else { return [] }
    return value.elements?.map(\.printed) ?? [value.printed]
  }

  /// Opens a run that is there, and begins one that never came to its journal.
  init(
    _ folder: RunFolder, _ record: RunRecord, for purpose: RunJournal.Purpose, _ timeout: Duration, began: Timestamp = .now()
  ) throws(Problem) {
    let purpose = record.state == .rehearsing && purpose != .settle ? .begin : purpose
    self.folder = folder
    do { lock = try folder.lock() } catch { throw Problem(error) }
    do {
      journal = try RunJournal(folder, timeout: timeout, for: purpose, now: Int(began.microseconds))
    } catch { throw Problem(.failed, error.description) }
    self.record = record
    if record.state == .finished, purpose != .settle { try carryOut() }
  }

  /// Notes that something may be sent from now on.
  mutating func carryOut(_ plan: String? = nil) throws(Problem) {
    record.state = .carryingOut
    record.plan = record.plan ?? plan
    do throws(RunStoreError) { try folder.update(record) } catch { throw Problem(error) }
  }

  /// Reads what was written to the journal since it was opened.
  mutating func reopen(_ timeout: Duration?) throws(Problem) {
    do { journal = try RunJournal(folder, timeout: timeout ?? journal.timeout, for: .goOn, now: Int(Timestamp.now().microseconds)) } catch {
      throw Problem(.failed, error.description)
    }
  }

  /// Writes down how it ended, and tells how to go on.
  ///
  /// - Parameter isPassing: its folder goes with the prompt, so that no other process takes it up.
  func finish(_ result: RunResult, _ rows: [LedgerEntry], _ status: ExitStatus, _ console: Console, isPassing: Bool = false) async -> RunRecord {
    await journal.close()
    var ledger = Ledger()
    for row in rows { ledger.add(LedgerRow(row)) }
    var record = record
    if record.mode != .entry, result.error?.reach.leavesRunOpen == true {
      record.note(ledger)
    } else {
      record.finish(
        at: .now(), exitStatus: Int(status.rawValue), ledger: ledger, calls: result.calls.map { .init(verb: $0.verb, count: $0.count) })
    }
    do throws(RunStoreError) {
      if ledger.count > 0 { try folder.write(ledger) }
      try folder.update(record)
    } catch { console.message("warning: \(error)", .warning) }
    if record.mode == .entry {
      if ledger.counts.contains(where: { $0.key.isFailure && $0.value > 0 }) { console.message("all rows are in \(folder.ledger)", .dim) }
    } else if isPassing {
      tellPassing(record, ledger, console)
    } else if record.state != .finished {
      console.message("the run is not finished: 'safesh resume \(folder.id)' goes on with it", .warning)
    } else if ledger.counts[.failed, default: 0] > 0 {
      let how = folder.hasInputs ? ", with the files as they were" : ""
      console.message("'safesh resume --failed \(folder.id)' takes up the failed rows\(how); all rows are in \(folder.ledger)", .dim)
    } else if ledger.counts[.unknown, default: 0] > 0 {
      console.message("rows that are unknown are in \(folder.ledger); look at them before you do them again", .warning)
    }
    return record
  }
}

extension JournaledRun {
  private func tellPassing(_ record: RunRecord, _ ledger: Ledger, _ console: Console) {
    if record.state != .finished {
      console.message("the run is not finished: ':undo \(folder.id)' takes back what it did", .warning)
    } else if ledger.counts.contains(where: { $0.key.isFailure && $0.value > 0 }) {
      console.message("':runs \(folder.id)' tells of the rows that failed", .dim)
    }
  }

  /// Forgets a run that changed nothing: a script that is watched has one every few minutes.
  func discard(in store: RunStore?) { try? store?.remove(folder, holding: lock) }
}

extension RunError.Reach {
  /// Whether what ended the run leaves something to do when it is over.
  fileprivate var leavesRunOpen: Bool {
    switch self {
    case .unreachable, .unauthorized, .interrupted: true
    case .row, .stopped: false
    }
  }
}

extension LedgerRow {
  init(_ entry: LedgerEntry) {
    var fields: [(name: String, text: String)] = []
    if case .record(let row) = entry.input {
      fields = row.type.visible.map { ($0.name, row.value($0.name).printedOrEmpty) }
    } else {
      fields = [("value", entry.input.printedOrEmpty)]
    }
    let (seconds, rest) = entry.duration.components
    self.init(
      fields: fields, status: LedgerStatus(entry.outcome), reason: entry.reason ?? "", id: entry.id ?? "", attempts: entry.attempts,
      place: Report.place(of: entry.input, index: entry.index), seconds: Double(seconds) + Double(rest) / 1e18)
  }
}

extension Value {
  fileprivate var printedOrEmpty: String { isNull ? "" : printed }
}

extension RunRecord.File {
  init(_ file: SourceFile) { self.init(path: file.name, text: String(decoding: file.bytes, as: UTF8.self)) }
}

extension RunOptions {
  /// The organization of an earlier run, unless another one is chosen.
  func choosing(_ target: RunRecord.Target) -> RunOptions {
    guard sandbox == nil, connection.profile == nil else { return self }
    var options = self
    options.sandbox = target.sandboxFile
    options.connection.profile = target.profile
    return options
  }
}
