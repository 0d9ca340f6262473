internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI

/// `safesh runs`: the runs that are kept on this machine (docs/runs.md).
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "The runs of scripts that write: what became of them, and how to go on.",
    discussion: "They are kept in $XDG_STATE_HOME/safesh/runs (~/.local/state/safesh/runs) until 'safesh runs prune' removes them.",
    subcommands: [RunsList.self, RunsShow.self, RunsPrune.self], defaultSubcommand: RunsList.self)
}

extension SafeshCommand {
  /// What the body does with the runs; what is wrong becomes a message and a status.
  func withRuns(_ body: (RunStore) throws -> Void) -> ExitStatus {
    do {
      guard let store = RunStore(environment: ProcessInfo.processInfo.environment) else {
        Terminal.write("safesh: there is no place for runs; set HOME or XDG_STATE_HOME\n", to: STDERR_FILENO)
        return .usage
      }
      try body(store)
      return .done
    } catch let error as RunStoreError {
      Terminal.write("safesh: \(error)\n", to: STDERR_FILENO)
      return ExitStatus(error)
    } catch {
      Terminal.write("safesh: \(error)\n", to: STDERR_FILENO)
      return .failed
    }
  }
}

extension ExitStatus {
  init(_ error: RunStoreError) {
    switch error.kind {
    case .notFound: self = .usage
    case .inUse: self = .refused
    case .damaged, .system: self = .failed
    }
  }
}

struct RunsList: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the runs, the newest first (the default).")

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  func run() async -> ExitStatus {
    withRuns { store in
      let entries = try store.all()
      if output == .table, entries.isEmpty {
        Terminal.write("there are no runs; a script that writes makes one\n", to: STDERR_FILENO)
        return
      }
      let table = RunTable(entries, TakenBack(entries, in: store), width: output == .table ? Canvas.output(color: false).size?.columns : nil)
      ListOutput(output).table(table.columns, table.values)
      for case .failure(let error) in entries.map(\.record) { Terminal.write("warning: \(error)\n", to: STDERR_FILENO) }
    }
  }
}

/// Runs as a table: what `safesh runs` and `:runs` list.
struct RunTable {
  private static let all: [ListOutput.Column] = [
    .text("id"), .optionalTime("created"), .optionalText("script"), .optionalText("target"), .text("state"), .optionalText("changed"), .optionalInt("status"),
    .optionalInt("ok"), .optionalInt("failed"),
  ]
  /// What somebody looks for who was there: rows that went well say less than what was changed.
  private static let long = ["status", "ok"]

  /// Where a terminal is narrower, the time is left out for what ran: an id begins with its time.
  private static let roomy = 100
  private static let time = "created"

  private let entries: [RunStore.Entry]
  private let takenBack: TakenBack
  /// The columns that are shown.
  private let kept: [Int]

  /// - Parameters:
  ///   - takenBack: those that count no more.
  ///   - width: of the terminal, if it is one.
  ///   - isShort: for somebody who was there.
  init(_ entries: some Sequence<RunStore.Entry>, _ takenBack: TakenBack, width: Int?, isShort: Bool = false) {
    self.entries = Array(entries)
    self.takenBack = takenBack
    let left = (isShort ? Self.long : []) + (width.map { $0 < Self.roomy } ?? false ? [Self.time] : [])
    kept = Self.all.indices.filter { !left.contains(Self.all[$0].field.name) }
  }

  var columns: [ListOutput.Column] { fitting(Self.all) }

  var values: [[Value]] { entries.map { fitting(row($0)) } }

  /// With their type.
  var rows: (type: RecordType, values: [[Value]]) { (RecordType(columns.map(\.field)), values) }

  private func fitting<Part>(_ parts: [Part]) -> [Part] { kept.map { parts[$0] } }

  /// A line of the prompt stands for itself.
  static func name(of record: RunRecord) -> String {
    record.mode == .entry ? record.script.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") : record.script.path
  }

  private func row(_ entry: RunStore.Entry) -> [Value] {
    guard case .success(let record) = entry.record else {
      return [.text(entry.folder.id.description), .null, .null, .null, .text("damaged"), .null, .null, .null, .null]
    }
    func count(_ statuses: [LedgerStatus]) -> Value { .int(statuses.reduce(0) { $0 + (record.counts[$1] ?? 0) }) }
    return [
      .text(record.id.description), .time(Int(record.created.microseconds / 1_000_000) * 1_000_000), .text(Self.name(of: record)), .text(record.target.name),
      .text(RunText(entry.folder, record, takenBackBy: takenBack.by(record.id)).state), record.calls.isEmpty ? .null : .text(record.calls.text),
      record.exitStatus.map { .int($0) } ?? .null,
      count([.ok, .unchanged]), count([.failed, .unknown]),
    ]
  }
}

struct RunsShow: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a run: its folder, target, counts, failed rows, and how to go on.")

  @Argument(help: "The run: its id, the beginning of it, or its last four letters; without it the newest.")
  var id: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("How it is written: table or json.", valueName: "output"))
  var output: OutputFormat = .table

  func validate() throws {
    guard output == .table || output == .json else { throw ValidationError("a run is shown as table or json") }
  }

  func run() async -> ExitStatus {
    withRuns { store in
      guard let folder = try id.map({ try store.find($0) }) ?? store.last() else {
        Terminal.write("there are no runs; a script that writes makes one\n", to: STDERR_FILENO)
        return
      }
      let text = RunText(folder, try folder.record(), takenBackBy: try store.undo(of: folder.id)).readingJournal()
      let color = output == .table && ColorChoice.auto.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
      StandardOutput.write(output == .json ? text.json : text.page(color: color))
    }
  }
}

struct RunsPrune: SafeshCommand {
  /// Long enough to look into what happened last month.
  private static let defaultAge = 30 * 86_400

  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove old runs; what is removed cannot be taken up or undone any more.",
    discussion: "Without an option those that are older than 30 days. With both a run is removed that is older and not among the newest.")

  @Option(help: ArgumentHelp("Remove runs that were made longer ago than this, as 30d or 12h.", valueName: "duration"))
  var olderThan: String?

  @Option(help: ArgumentHelp("Keep this many of the newest.", valueName: "n"))
  var keep: Int?

  @Flag(help: "Remove unfinished and damaged ones, too.")
  var unfinished = false

  func validate() throws {
    if let keep, keep < 0 { throw ValidationError("--keep takes a number from 0") }
    if olderThan != nil, age == nil { throw ValidationError("'\(olderThan ?? "")' is no duration; write it as 30d or 12h") }
  }

  /// Seconds; nil for what is no duration.
  private var age: Int? {
    guard let olderThan else { return keep == nil ? Self.defaultAge : 0 }
    guard case .duration(let microseconds)? = Conversion.value(olderThan, as: .duration), microseconds >= 0 else { return nil }
    return microseconds / 1_000_000
  }

  func run() async -> ExitStatus {
    withRuns { store in
      let now = Timestamp.now()
      try store.sweep(now: now)
      let limit = RunID(at: now.adding(seconds: -min(age ?? 0, 1 << 32)))
      let old = try store.all().dropFirst(keep ?? 0).filter { age == 0 || $0.folder.id < limit }
      var (removed, unfinished, inUse) = (0, 0, 0)
      for entry in old {
        if entry.isUnfinished, !self.unfinished {
          unfinished += 1
          continue
        }
        do throws(RunStoreError) {
          if let record = try? entry.record.get(), let plan = record.plan, record.state != .rehearsing { try store.keepCarriedOut(plan) }
          try store.remove(entry.folder)
        } catch {
          guard error.kind == .inUse else { throw error }
          inUse += 1
          continue
        }
        removed += 1
        let script = (try? entry.record.get()).map { "  \($0.script.path)" } ?? ""
        Terminal.write("removed \(entry.folder.id)\(script)\n", to: STDERR_FILENO)
      }
      var notes = [removed == 0 ? "no run was removed" : "\(removed) \(removed == 1 ? "run" : "runs") removed"]
      if unfinished > 0 { notes.append("\(unfinished) unfinished kept, which --unfinished removes") }
      if inUse > 0 { notes.append("\(inUse) in use kept") }
      Terminal.write(notes.joined(separator: "; ") + "\n", to: STDERR_FILENO)
    }
  }
}
