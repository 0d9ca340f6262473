import GRDB
import Synchronization

/// Read-only connections, used synchronously on the thread that asks: one is taken off a stack and put back, and a thread that
/// finds none opens one more. So there are never more than threads that read at once, and nobody waits for the writer.
final class Readers: Sendable {
  private let path: String
  private let configuration: Configuration
  private let idle = Mutex<[Reader]>([])

  init(path: String, configuration: Configuration) {
    var configuration = configuration
    configuration.readonly = true
    // A `Reading` keeps its transaction open between its steps.
    configuration.allowsUnsafeTransactions = true
    self.path = path
    self.configuration = configuration
  }

  func take() throws -> Reader {
    try idle.withLock { $0.popLast() } ?? Reader(file: DatabaseQueue(path: path, configuration: configuration))
  }

  func giveBack(_ reader: Reader) { idle.withLock { $0.append(reader) } }

  func close() throws {
    for reader in idle.withLock({ $0 }) { try reader.queue.close() }
  }
}

/// A connection that is read from, by one thread at a time.
final class Reader: Sendable {
  let queue: DatabaseQueue
  private let commits: CommitMark.Source?

  /// Of a database in memory, which nobody else can change.
  init(memory queue: DatabaseQueue) {
    self.queue = queue
    commits = nil
  }

  fileprivate init(file queue: DatabaseQueue) throws {
    self.queue = queue
    commits = try queue.unsafeRead { try CommitMark.Source($0) }
  }

  /// Each statement sees one moment; there is no transaction around the body.
  func read<T>(_ body: (Database) throws -> T) throws -> T { try queue.unsafeRead(body) }

  /// Nil if it cannot be told whether something was changed.
  var mark: CommitMark? { commits?.mark }
}
