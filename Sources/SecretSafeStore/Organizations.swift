import GRDB
public import SecretSafeAPI

/// An organization as a list of them shows it.
public struct OrganizationSummary: Hashable, Sendable {
  public let organization: OrganizationID
  public let name: String
  public let created: Timestamp
  public let members: Int
  public let collections: Int
  /// Nil where seats are not counted.
  public let seats: Int?
}

extension Store {
  /// The oldest organization, or nil in a new database.
  public func organization() throws -> OrganizationID? {
    try readRows { db in
      try db.row("SELECT row, id FROM organizations ORDER BY row LIMIT 1", []) {
        OrganizationID(row: $0[0], id: $0.id(1))
      }
    }
  }

  /// All organizations, oldest first.
  public func organizations() throws -> [OrganizationSummary] {
    try readRows { db in
      let rows = try db.rows(
        """
        SELECT o.row, o.id, name, created, seats,
          (SELECT count(*) FROM members WHERE organization = o.row),
          (SELECT count(*) FROM collections WHERE organization = o.row AND kind = 0)
        FROM organizations o LEFT JOIN subscriptions ON subscriptions.organization = o.row ORDER BY o.row
        """, [])
      var found: [OrganizationSummary] = []
      while let row = try rows.next() {
        found.append(
          OrganizationSummary(
            organization: OrganizationID(row: row[0], id: row.id(1)), name: row[2], created: Timestamp(microseconds: row[3]),
            members: row[5], collections: row[6], seats: row[4]))
      }
      return found
    }
  }

  /// The organization's display name.
  public func name(of organization: OrganizationID) throws -> String {
    try readRows { try $0.row("SELECT name FROM organizations WHERE row = ?", [organization.row]) { $0[0] } ?? "" }
  }

  public func createOrganization(_ id: GUID = .random(), name: String) async throws -> OrganizationID {
    try await writer.perform { try Self.insert(id, name, $0) }
  }

  /// Makes an organization with its key, and what the body does in it: all of that, or nothing.
  public func createOrganization(
    name: String, _ body: @escaping @Sendable (Change) throws -> Void
  ) async throws -> (organization: OrganizationID, key: IssuedKey) {
    let secret = Secrets.clientSecret()
    let organization = try await writer.perform { db in
      let organization = try Self.insert(.random(), name, db)
      let change = Change(db: db, organization: organization.row, origin: Origin(), now: .now())
      try body(change)
      try change.replaceKey(.organization, secret)
      return organization
    }
    return (organization, IssuedKey(clientID: organization.clientID(), clientSecret: secret))
  }

  private static func insert(_ id: GUID, _ name: String, _ db: Database) throws -> OrganizationID {
    try db.run("INSERT INTO organizations (id, name, created) VALUES (?, ?, ?)", [id.key, name, Timestamp.now().microseconds])
    return OrganizationID(row: db.lastInsertedRowID, id: id)
  }
}
