internal import Glibc
internal import SafeSystem
internal import SecretSafeAPI

/// The folder of one run: its record, journal, plan, inputs, and its ledger.
public struct RunFolder: Hashable, Sendable {
  public let id: RunID
  public let path: String

  public var journal: String { path + "/journal" }
  public var plan: String { path + "/plan.json" }
  public var ledger: String { path + "/ledger.csv" }
  /// Whether it has copies of files that the script read, which it reads again when it is taken up.
  public var hasInputs: Bool { (try? FolderContents.names(in: path + "/" + RunBlobs.folder))?.isEmpty == false }
  private var recordPath: String { path + "/run.json" }
  var lockPath: String { path + "/lock" }

  /// What `run.json` says; an error names the file.
  public func record() throws(RunStoreError) -> RunRecord {
    let bytes: [UInt8]
    do { bytes = try WholeFile.read(recordPath) } catch { throw RunStoreError(recordPath, error) }
    let record: RunRecord
    do { record = try RunRecord(json: bytes) } catch { throw RunStoreError(.damaged, "\(recordPath): \(error)") }
    guard record.id == id else { throw RunStoreError(.damaged, "\(recordPath): $.id: it is \(record.id), in the folder of \(id)") }
    return record
  }

  /// Replaces `run.json`. Only who holds the lock may do so.
  public func update(_ record: RunRecord) throws(RunStoreError) {
    do { try put(record) } catch { throw RunStoreError(recordPath, error) }
  }

  func put(_ record: RunRecord) throws(SystemFailure) {
    let file = try FileReplacement(of: recordPath, mode: .exactly(0o600))
    try file.write(record.json + [UInt8(ascii: "\n")])
    try file.finish()
  }

  /// Replaces `ledger.csv`.
  public func write(_ ledger: Ledger) throws(RunStoreError) {
    do throws(SystemFailure) {
      let file = try FileReplacement(of: self.ledger, mode: .exactly(0o600))
      try ledger.writeCSV { bytes throws(SystemFailure) in try file.write(bytes) }
      try file.finish()
    } catch { throw RunStoreError(self.ledger, error) }
  }

  /// Takes the run for this process, until the lock is dropped or the process ends, however that is.
  public func lock() throws(RunStoreError) -> RunLock { try RunLock(self) }

  /// The process that works on it, as it says itself; 0 if it does not say.
  public func user() -> Int? { RunLock.holder(of: self) }
}
