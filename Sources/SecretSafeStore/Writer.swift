import GRDB
import Synchronization

/// The only connection that writes. The jobs that wait share one transaction (group commit), and all are answered after the commit, when
/// they are on disk. A refused one takes back only itself.
///
/// Most that are refused have changed nothing yet, so there is nothing to take back. If one has, the whole batch is taken back and runs once
/// more, each job in a savepoint: for each of those SQLite keeps a copy of every page that is changed in it, too much to do it for all.
final class Writer: Sendable {
  /// Jobs in one transaction. More would save no syncs worth having, and the first job waits for the last one.
  static let batchLimit = 256

  let queue: DatabaseQueue
  private let state = Mutex(State())

  private struct State {
    var waiting: [any Job] = []
    var draining = false
    var commits = 0
    var written = 0
  }

  init(_ queue: DatabaseQueue) { self.queue = queue }

  /// Transactions committed so far, and the jobs that they hold; refused jobs left nothing in them.
  var counts: (commits: Int, written: Int) { state.withLock { ($0.commits, $0.written) } }

  /// Runs the job in a coming transaction and returns once that is on disk.
  func perform<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      let work = Work(body: body, continuation: continuation)
      let isFirst = state.withLock { state in
        state.waiting.append(work)
        defer { state.draining = true }
        return !state.draining
      }
      if isFirst { queue.asyncWriteWithoutTransaction { self.drain($0) } }
    }
  }

  private func drain(_ db: Database) {
    while true {
      let batch = state.withLock { state -> [any Job] in
        let batch = Array(state.waiting.prefix(Self.batchLimit))
        state.waiting.removeFirst(batch.count)
        if batch.isEmpty { state.draining = false }
        return batch
      }
      if batch.isEmpty { return }
      let failure = commit(batch, db)
      if failure == nil {
        state.withLock {
          $0.commits += 1
          $0.written += batch.count { !$0.isRefused }
        }
      }
      for job in batch { job.answer(failure) }
    }
  }

  /// The error that took the whole batch back, if there was one.
  private func commit(_ batch: [any Job], _ db: Database) -> (any Error)? {
    do {
      do {
        try commit(batch, db, inSavepoints: false)
      } catch is HalfDone {
        // Alone it is taken back already.
        if batch.count > 1 { try commit(batch, db, inSavepoints: true) }
      }
      return nil
    } catch {
      return error
    }
  }

  private func commit(_ batch: [any Job], _ db: Database, inSavepoints: Bool) throws {
    try db.inTransaction(.immediate) {
      for job in batch {
        try job.run(db, inSavepoint: inSavepoints)
        // A full disk or an I/O error makes SQLite roll the whole transaction back, whatever savepoint was open.
        guard db.isInsideTransaction else { throw Lost() }
      }
      return .commit
    }
  }

  private struct Lost: Error, CustomStringConvertible {
    var description: String { "the transaction was rolled back by the database" }
  }
}

/// A job was refused after it had changed something.
private struct HalfDone: Error {}

private protocol Job: AnyObject, Sendable {
  /// Runs and keeps the outcome; throws only what ends the whole transaction.
  func run(_ db: Database, inSavepoint: Bool) throws
  var isRefused: Bool { get }
  func answer(_ failure: (any Error)?)
}

/// Confined to the writer's queue from the moment it is taken off the waiting list.
private final class Work<T: Sendable>: Job, @unchecked Sendable {
  private let body: @Sendable (Database) throws -> T
  private let continuation: CheckedContinuation<T, any Error>
  private var outcome: Result<T, any Error>?

  init(body: @escaping @Sendable (Database) throws -> T, continuation: CheckedContinuation<T, any Error>) {
    self.body = body
    self.continuation = continuation
  }

  func run(_ db: Database, inSavepoint: Bool) throws {
    // By statements that are prepared once; GRDB's `inSavepoint` compiles two for each job.
    if inSavepoint { try db.run("SAVEPOINT job", []) }
    let before = db.totalChangesCount
    do {
      outcome = .success(try body(db))
    } catch {
      outcome = .failure(error)
      guard db.isInsideTransaction else { return }
      if inSavepoint { try db.run("ROLLBACK TO job", []) } else if db.totalChangesCount != before { throw HalfDone() }
    }
    if inSavepoint { try db.run("RELEASE job", []) }
  }

  var isRefused: Bool {
    if case .failure = outcome { true } else { false }
  }

  func answer(_ failure: (any Error)?) {
    switch outcome {
    case .failure(let refusal): continuation.resume(throwing: refusal)
    case .success(let value):
      if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: value) }
    case nil:
      // It never ran, because the batch had ended before its turn.
      continuation.resume(throwing: failure ?? DatabaseError(resultCode: .SQLITE_ABORT))
    }
  }
}
