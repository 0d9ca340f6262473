import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

/// Each constraint of the schema is broken by hand, behind the back of the code that keeps it.
@Suite struct ConstraintTests {
  let store: Store

  init() async throws {
    store = try Store.open(.memory)
    let first = try await store.createOrganization(guid(1), name: "First")
    let second = try await store.createOrganization(guid(2), name: "Second")
    try await store.change(first) {
      try $0.load(SharedCollection(id: guid(20)))
      try $0.load(SecretSafeAPI.Group(id: guid(10), name: "Ours"))
      try $0.load(Member(id: guid(30), email: "ours@example.net", status: .confirmed, type: .owner))
    }
    try await store.change(second) {
      try $0.load(SharedCollection(id: guid(21)))
      try $0.load(Member(id: guid(31), email: "theirs@example.net", status: .confirmed, type: .owner))
    }
  }

  static let id = "zeroblob(16)"
  static let ours = "x'0000000000000000000000000000001e'"
  static let theirs = "x'0000000000000000000000000000001f'"
  static let group = "x'0000000000000000000000000000000a'"
  static let collection = "x'00000000000000000000000000000014'"
  static let theirCollection = "x'00000000000000000000000000000015'"

  static func member(
    organization: String = "1", id: String = id, email: String = "'new@example.net'", status: String = "0",
    before: String = "NULL", type: String = "2", permissions: String = "NULL", externalId: String = "NULL"
  ) -> String {
    """
    INSERT INTO members (organization, id, email, status, status_before, type, permissions, external_id)
    VALUES (\(organization), \(id), \(email), \(status), \(before), \(type), \(permissions), \(externalId))
    """
  }

  @Test func acceptsWhatTheOthersBreak() async throws {
    try await store.writer.queue.write { try $0.execute(sql: Self.member()) }
  }

  @Test(arguments: [
    member(organization: "9"),
    member(id: "x'00'"),
    member(id: ours),
    member(email: "'ours@example.net'"),
    member(email: "'Upper@example.net'"),
    member(email: "NULL"),
    member(email: "printf('%0257d', 1)"),
    member(status: "4"),
    member(status: "-1"),
    member(status: "0", before: "2"),
    member(status: "-1", before: "-1"),
    member(type: "3"),
    member(type: "2", permissions: "0"),
    member(type: "4"),
    member(externalId: "' '"),
    "UPDATE members SET two_factor = 2",
    "INSERT INTO groups (organization, id, name) VALUES (1, \(id), ' ')",
    "INSERT INTO groups (organization, id, name) VALUES (1, \(group), 'twice')",
    "INSERT INTO collections (organization, id, kind) VALUES (1, \(id), 2)",
    "INSERT INTO group_members VALUES (1, \(group), \(id))",
    "INSERT INTO group_members VALUES (1, \(group), \(theirs))",
    "INSERT INTO member_collections VALUES (1, \(ours), \(theirCollection), 0)",
    "INSERT INTO member_collections VALUES (1, \(theirs), \(collection), 0)",
    "INSERT INTO member_collections VALUES (1, \(ours), \(collection), 5)",
    "INSERT INTO group_collections VALUES (1, \(group), \(theirCollection), 0)",
    "INSERT INTO group_collections VALUES (1, \(group), \(collection), -1)",
    "INSERT INTO api_keys (organization, kind, secret_hash, created) VALUES (1, 0, 'plain', 0)",
    "INSERT INTO api_keys (organization, kind, secret_hash, created) VALUES (1, 2, zeroblob(32), 0)",
    "INSERT INTO tokens VALUES (zeroblob(32), 99, 1, 0)",
    "INSERT INTO tokens VALUES (zeroblob(31), 1, 1, 0)",
    "INSERT INTO events (organization, date, type) VALUES (1, 'today', 1500)",
    "INSERT INTO events (organization, date, type) VALUES (9, 0, 1500)",
  ])
  func refuses(_ sql: String) async throws {
    await #expect(throws: DatabaseError.self) { try await store.writer.queue.write { try $0.execute(sql: sql) } }
  }

  @Test func deletingAnOrganizationLeavesNothing() async throws {
    let left = try await store.writer.queue.write { db in
      try db.execute(sql: "DELETE FROM organizations")
      return try ["members", "groups", "collections", "group_members", "api_keys", "tokens", "events"].map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(left.allSatisfy { $0 == 0 })
  }
}
