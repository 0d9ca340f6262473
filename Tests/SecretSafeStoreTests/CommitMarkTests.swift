import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

@Suite struct CommitMarkTests {
  private func mark(_ store: Store) throws -> CommitMark { try #require(try store.withReader { $0.mark }) }

  @Test func eachCommitOfWhomeverChangesTheMark() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let other = try Store.open(.file(path), as: .command)
      var marks = [try mark(store)]
      for (number, writer) in [store, other, store, other].enumerated() {
        _ = try await writer.change(organization) { try $0.invite(invitation(number)) }
        marks.append(try mark(store))
        #expect(try mark(other) == mark(store))
      }
      for (index, mark) in marks.enumerated() { #expect(!marks[..<index].contains(mark)) }
      try other.close()
      try store.close()
    }
  }

  @Test func whatIsReadOrTakenBackLeavesTheMark() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let before = try mark(store)
      #expect(try store.read(organization) { try $0.members() }.isEmpty)
      await #expect(throws: Refusal.self) {
        try await store.change(organization) { change in
          _ = try change.invite(invitation(1))
          throw Refusal.rule("no")
        }
      }
      #expect(try mark(store) == before)
      try store.close()
    }
  }

  @Test func memoryHasNoMark() throws {
    let store = try Store.open(.memory)
    #expect(try store.withReader { $0.mark } == nil)
  }

  /// Again and again, so that the log begins anew in between, and with requests that remember the token all the time.
  @Test func aTokenEndsWithItsKeyWhoeverEndsIt() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let other = try Store.open(.file(path), as: .command)
      for round in 0..<40 {
        let key = try await store.issueKey(organization, .organization)
        let token = try #require(try await store.issueToken(organization: organization.id, secret: key.clientSecret)).text
        #expect(try store.grant(token: token) != nil)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          for _ in 0..<3 { tasks.addTask { for _ in 0..<100 { _ = try store.grant(token: token) } } }
          tasks.addTask {
            _ = try await other.issueKey(organization, .organization)
            #expect(try store.grant(token: token) == nil)
          }
          try await tasks.waitForAll()
        }
        #expect(try store.grant(token: token) == nil)
        if round % 4 == 0 { try await other.writer.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") } }
      }
      try other.close()
      try store.close()
    }
  }
}
