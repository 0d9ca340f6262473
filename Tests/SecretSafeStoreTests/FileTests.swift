import Foundation
import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

@Suite struct FileTests {
  @Test func dataOutlivesTheStore() async throws {
    try await withFile { path in
      var store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      let member = try await store.change(organization) { try $0.invite(invitation(1)) }
      try store.close()

      store = try Store.open(.file(path))
      #expect(try store.organization() == organization)
      #expect(try store.read(organization) { try $0.members() } == [member])
      try store.close()
    }
  }

  @Test func closingLeavesOneFile() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      _ = try await store.createOrganization(name: "Acme")
      #expect(try store.organization() != nil)
      try store.close()
      let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["org.db"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func secondStoreIsRefused() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      #expect(code(path) == .locked)
      try store.close()
      try Store.open(.file(path)).close()
    }
  }

  @Test func otherFilesAreLeftAlone() async throws {
    try await withFile { path in
      let text = String(repeating: "no database ", count: 100)
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      #expect(code(path) == .notADatabase)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
    try await withFile { path in
      let other = try DatabaseQueue(path: path)
      try await other.write { try $0.execute(sql: "CREATE TABLE t (x)") }
      try other.close()
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(code(path) == .otherDatabase)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  /// A hole in it, or an end that is missing: it is named as damaged, and a backup takes its place.
  @Test(arguments: [true, false]) func aDamagedFileIsNamedAndRestored(_ isCut: Bool) async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      try store.backup(to: path + ".backup")
      try store.close()
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      if isCut {
        try file.truncate(atOffset: 50_000)
      } else {
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 60_000))
      }
      try file.close()
      let damaged = try Data(contentsOf: URL(fileURLWithPath: path))

      #expect(code(path) == .damaged)
      #expect(throws: StoreError(.damaged, "\(path) is damaged: name another backup")) { try Store.restore(path, to: path + "2") }
      #expect(try Store.restore(path + ".backup", to: path) == path + ".before-restore")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".before-restore")) == damaged)
      let restored = try Store.open(.file(path))
      #expect(try restored.organization() == organization)
      try restored.close()
    }
  }

  @Test func newerFileIsRefused() async throws {
    try await withFile { path in
      try Store.open(.file(path)).close()
      let newer = try DatabaseQueue(path: path)
      try await newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 from the future')") }
      try newer.close()
      #expect(code(path) == .newerVersion)
    }
  }

  /// A list in a check makes SQLite build a table for each row; that of a file of an older version has to go as well.
  @Test(arguments: [true, false]) func rowsAreCheckedWithoutLists(_ isNew: Bool) async throws {
    try await withFile { path in
      if !isNew {
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: "2 policies, subscriptions, scoped keys, passwords, sessions, mails")
        try await old.write { db in
          try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
          try db.execute(sql: "INSERT INTO organizations (id, name, created) VALUES (zeroblob(16), 'Acme', 0)")
          let lists = try Row.fetchAll(db, sql: "EXPLAIN INSERT INTO members (organization, id, email, status, type) VALUES (1, ?, ?, ?, ?)", arguments: [1, 2, 3, 4])
          #expect(lists.contains { $0["opcode"] == "OpenEphemeral" })
        }
        try old.close()
      }
      let store = try Store.open(.file(path))
      let organization = if let old = try store.organization() { old } else { try await store.createOrganization(name: "Acme") }
      _ = try await store.change(organization) { try $0.invite(invitation(1)) }
      let (plan, state, text) = try store.writer.queue.read { db in
        try (
          Row.fetchAll(db, sql: "EXPLAIN INSERT INTO members (organization, id, email, status, type) VALUES (1, ?, ?, ?, ?)", arguments: [1, 2, 3, 4])
            + Row.fetchAll(db, sql: "EXPLAIN INSERT INTO mails (organization, member, kind, created) VALUES (1, ?, ?, 0)", arguments: [1, 2]),
          String.fetchAll(db, sql: "PRAGMA integrity_check"), String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE sql LIKE '% BETWEEN -1 AND 3%'")
        )
      }
      #expect(!plan.isEmpty && !plan.contains { $0["opcode"] == "OpenEphemeral" })
      #expect(state == ["ok"] && text.count == 1)
      try store.close()
    }
  }

  @Test func missingDirectoryIsNamed() async throws {
    try await withFile { path in #expect(code(path + "/x/org.db") == .noDirectory) }
    #expect(code("") == .noDirectory)
  }

  @Test func aMissingBackupIsNamed() async throws {
    try await withFile { path in
      let missing = StoreError(.missing, "\(path).backup is not there: name a file that 'safesh org backup' wrote")
      #expect(throws: missing) { try Store.restore(path + ".backup", to: path) }
    }
  }

  /// Why the file cannot be opened.
  private func code(_ path: String) -> StoreError.Code? {
    do {
      _ = try Store.open(.file(path))
      return nil
    } catch {
      return error.code
    }
  }

  /// More than its cache is in a file that no folder names.
  @Test func aTemporaryDatabaseSpillsIntoAFileWithoutAName() async throws {
    func unnamed() -> [Int] {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
      return files.compactMap { number in
        let path = "/proc/self/fd/\(number)"
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path), target.hasSuffix(" (deleted)"), target.contains("etilqs") else { return nil }
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : nil
      }
    }
    let before = unnamed().reduce(0, +)
    let store = try Store.open(.temporary)
    let organization = try await store.createOrganization(name: "Acme")
    let count = 70_000
    try await store.change(organization) { change in for number in 0..<count { _ = try change.invite(invitation(number)) } }
    #expect(unnamed().reduce(0, +) - before > 1 << 20)
    #expect(try store.read(organization) { try $0.members(after: 0, limit: count + 1).elements.count } == count)
    // A change that fails leaves nothing, as in a file.
    await #expect(throws: (any Error).self) {
      try await store.change(organization) { change in
        _ = try change.invite(invitation(count))
        _ = try change.invite(invitation(0))
      }
    }
    #expect(try store.read(organization) { try $0.members(after: 0, limit: count + 2).elements.count } == count)
    try store.close()
    #expect(unnamed().reduce(0, +) == before)
  }
}
