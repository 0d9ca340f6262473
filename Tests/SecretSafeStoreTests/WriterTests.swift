import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

@Suite struct WriterTests {
  /// GRDB sets NORMAL when it opens a database in WAL mode; no kill of the process would show that, only a power failure.
  @Test func writerSyncsEachCommit() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let pragmas = try await store.writer.queue.read { db in
        try (
          Int.fetchOne(db, sql: "PRAGMA synchronous"), String.fetchOne(db, sql: "PRAGMA journal_mode"),
          Int.fetchOne(db, sql: "PRAGMA foreign_keys")
        )
      }
      #expect(pragmas == (2, "wal", 1))
      try store.close()
    }
  }

  @Test func waitingChangesShareACommit() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let before = store.counts
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<300 {
          tasks.addTask { _ = try await store.change(organization) { try $0.invite(invitation(number)) } }
        }
        try await tasks.waitForAll()
      }
      #expect(store.counts.changes - before.changes == 300)
      // Those that wait while a batch is written are in the next one together.
      #expect(store.counts.commits - before.commits < 200)
      #expect(try store.read(organization) { try $0.members() }.count == 300)
      try store.close()
    }
  }

  /// Each third change fails after it has written; the others in its transaction stay.
  @Test func failureTakesBackOnlyItself() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    let failed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
      for number in 0..<90 {
        tasks.addTask {
          do {
            _ = try await store.change(organization) { change in
              let member = try change.invite(invitation(number))
              if number % 3 == 0 { throw Refusal.rule("no") }
              return member
            }
            return false
          } catch Refusal.rule("no") {
            return true
          }
        }
      }
      return try await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(failed == 30)
    let kept = Set(try store.read(organization) { try $0.members() }.map(\.email))
    #expect(kept == Set((0..<90).filter { $0 % 3 != 0 }.map { "person\($0)@example.net" }))
    let events = try await store.writer.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events") }
    #expect(events == 60)
  }

  /// SQLite ends the whole transaction when the disk is full: nobody in it may hear that all is well.
  @Test func fullDiskFailsTheWholeBatch() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      try await store.writer.queue.writeWithoutTransaction { db in
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
      }
      let acknowledged = await withTaskGroup(of: Bool.self) { tasks in
        for number in 0..<500 {
          tasks.addTask {
            (try? await store.change(organization) { try $0.invite(invitation(number)) }) != nil
          }
        }
        return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(acknowledged < 500)
      #expect(try store.read(organization) { try $0.members() }.count == acknowledged)
      try await store.writer.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
      _ = try await store.change(organization) { try $0.invite(invitation(1000)) }
      try store.close()
    }
  }

  @Test func readersCannotWrite() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      #expect(throws: DatabaseError.self) { try store.readRows { try $0.execute(sql: "DELETE FROM organizations") } }
      try store.close()
    }
  }
}
