import GRDB
import Synchronization

/// Read-only connections, used synchronously on the thread that asks: one is taken off a stack and put back, and a thread that
/// finds none opens one more. So there are never more than threads that read at once, and nobody waits for the writer.
final class Readers: Sendable {
  private let path: String
  private let configuration: Configuration
  private let idle = Mutex<[DatabaseQueue]>([])

  init(path: String, configuration: Configuration) {
    var configuration = configuration
    configuration.readonly = true
    // A `Reading` keeps its transaction open between its steps.
    configuration.allowsUnsafeTransactions = true
    self.path = path
    self.configuration = configuration
  }

  /// Each statement sees one moment; there is no transaction around the body.
  func read<T>(_ body: (Database) throws -> T) throws -> T {
    let queue = try take()
    defer { giveBack(queue) }
    return try queue.unsafeRead(body)
  }

  func take() throws -> DatabaseQueue {
    try idle.withLock { $0.popLast() } ?? DatabaseQueue(path: path, configuration: configuration)
  }

  func giveBack(_ queue: DatabaseQueue) { idle.withLock { $0.append(queue) } }

  func close() throws {
    for queue in idle.withLock({ $0 }) { try queue.close() }
  }
}
