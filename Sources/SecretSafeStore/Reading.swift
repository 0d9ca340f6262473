import GRDB
import Synchronization

/// A connection in a transaction of its own, so that what is read step by step is of one moment. It goes back when this is gone.
public final class Reading: Sendable {
  private let readers: Readers?
  private let organization: Int64
  private let reader: Reader

  init(_ readers: Readers?, whole: Reader, _ organization: Int64) throws {
    self.readers = readers
    self.organization = organization
    reader = try readers?.take() ?? whole
    // The moment is that of the first step.
    if readers != nil { try reader.queue.inDatabase { try $0.execute(sql: "BEGIN DEFERRED") } }
  }

  /// One step; the snapshot is valid inside it.
  public func read<T>(_ body: (Snapshot) throws -> T) throws -> T {
    try reader.read { try body(Snapshot(db: $0, organization: organization)) }
  }

  deinit {
    guard let readers else { return }
    do {
      try reader.queue.inDatabase { try $0.execute(sql: "COMMIT") }
      readers.giveBack(reader)
    } catch {
      // A connection that cannot end its transaction is not used again.
      try? reader.queue.close()
    }
  }
}
