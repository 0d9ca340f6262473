internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// The file of `--report`.
struct ReportFile: Sendable {
  let path: String

  /// False if it cannot be written, which is told.
  func write(_ report: RunReport, _ console: Console) -> Bool {
    guard let format = RunReport.Format(path: path) else { return false }
    do throws(RunError) {
      try OutputFiles.save(path, toOutput: { console.data($0) }) { sink throws(RunError) in try report.write(format, to: sink) }
      return true
    } catch {
      console.message("error: the report: \(error.message)", .error)
      return false
    }
  }
}

extension RunReport {
  init(_ result: RunResult, _ rows: [LedgerEntry], _ status: ExitStatus, of record: RunRecord, isKept: Bool) {
    var ledger = Ledger()
    for row in rows { ledger.add(LedgerRow(row)) }
    var record = record
    // One that goes on later has an end here all the same, for whoever reads the report.
    record.finish(
      at: record.ended ?? .now(), exitStatus: Int(status.rawValue), ledger: ledger, calls: result.calls.map { .init(verb: $0.verb, count: $0.count) })
    let isOfRow = result.error?.reach == .row && result.failedRows > 0
    self.init(run: record, ledger: ledger, error: isOfRow ? nil : result.error?.message, isKept: isKept)
  }
}

extension RunRecord {
  /// Of a run that is kept nowhere.
  static func unkept(_ source: SourceFile, on target: RunRecord.Target?, _ started: Timestamp) -> RunRecord {
    return RunRecord(
      created: started, script: File(source), target: target ?? RunRecord.Target(name: "none"),
      mode: .direct)
  }
}
