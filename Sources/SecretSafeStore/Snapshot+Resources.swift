import GRDB
public import SecretSafeAPI

// Each list is one statement, so that it shows one moment without a transaction around it. An object's access comes as more
// rows of the same object. A part of a list is found by the row behind which it begins, without an index: that of the
// organization would have to be sorted for each part.

extension Snapshot {
  /// All members in every status, oldest first.
  public func members() throws -> [Member] {
    try members(db.rows(Self.membersQuery + " ORDER BY m.row", [organization]))
  }

  /// As many members behind a row, oldest first, and the row of the last one; none when there are no more.
  public func members(after row: Int64, limit: Int) throws -> Part<Member> {
    let rows = try db.rows(
      """
      SELECT \(MemberRecord.columns), x.collection, x.access, m.row FROM (\(Self.part("members"))) m
      LEFT JOIN member_collections x ON x.organization = m.organization AND x.member = m.id ORDER BY m.row
      """, [organization, row, limit])
    return try part(rows, accessAt: MemberRecord.columnCount, { MemberRecord($0) }) { $0.member(collections: $1) }
  }

  /// The same for groups.
  public func groups(after row: Int64, limit: Int) throws -> Part<Group> {
    let rows = try db.rows(
      """
      SELECT g.id, g.name, g.external_id, x.collection, x.access, g.row FROM (\(Self.part("groups"))) g
      LEFT JOIN group_collections x ON x.organization = g.organization AND x."group" = g.id ORDER BY g.row
      """, [organization, row, limit])
    return try part(rows, accessAt: 3, { Group(id: $0.id(0), name: $0[1], externalId: $0[2]) }) { $0.with($1) }
  }

  /// The same for shared collections.
  public func collections(after row: Int64, limit: Int) throws -> Part<SharedCollection> {
    let rows = try db.rows(
      """
      SELECT c.id, c.external_id, x."group", x.access, c.row FROM (\(Self.part("collections", " AND kind = 0"))) c
      LEFT JOIN group_collections x ON x.organization = c.organization AND x.collection = c.id ORDER BY c.row
      """, [organization, row, limit])
    return try part(rows, accessAt: 2, { SharedCollection(id: $0.id(0), externalId: $0[1]) }) { $0.with($1) }
  }

  private static func part(_ table: String, _ condition: String = "") -> String {
    "SELECT * FROM \(table) NOT INDEXED WHERE organization = ? AND row > ?\(condition) ORDER BY row LIMIT ?"
  }

  public func member(_ id: GUID) throws -> Member? {
    try members(db.rows(Self.membersQuery + " AND m.id = ?", [organization, id.key])).first
  }

  /// The groups of a member, or nil if there is no such member.
  public func groupIDs(ofMember id: GUID) throws -> [GUID]? {
    try related(
      """
      SELECT x."group" FROM members m LEFT JOIN group_members x ON x.organization = m.organization AND x.member = m.id
      WHERE m.organization = ? AND m.id = ?
      """, id)
  }

  /// All groups, oldest first.
  public func groups() throws -> [Group] {
    try groups(db.rows(Self.groupsQuery + " ORDER BY g.row", [organization]))
  }

  public func group(_ id: GUID) throws -> Group? {
    try groups(db.rows(Self.groupsQuery + " AND g.id = ?", [organization, id.key])).first
  }

  /// The members of a group, or nil if there is no such group.
  public func memberIDs(ofGroup id: GUID) throws -> [GUID]? {
    try related(
      """
      SELECT x.member FROM groups g LEFT JOIN group_members x ON x.organization = g.organization AND x."group" = g.id
      WHERE g.organization = ? AND g.id = ?
      """, id)
  }

  /// All shared collections, oldest first.
  public func collections() throws -> [SharedCollection] {
    try collections(db.rows(Self.collectionsQuery + " ORDER BY c.row", [organization]))
  }

  /// A shared collection; nil for a member's personal one, too.
  public func collection(_ id: GUID) throws -> SharedCollection? {
    try collections(db.rows(Self.collectionsQuery + " AND c.id = ?", [organization, id.key])).first
  }

  /// All policies that were saved at least once, by type.
  public func policies() throws -> [Policy] {
    let rows = try db.rows("SELECT id, type, enabled, data FROM policies WHERE organization = ? ORDER BY type", [organization])
    var policies: [Policy] = []
    while let row = try rows.next() { policies.append(try Policy(row)) }
    return policies
  }

  public func policy(_ type: PolicyType) throws -> Policy? {
    try db.row("SELECT id, type, enabled, data FROM policies WHERE organization = ? AND type = ?", [organization, type.rawValue]) {
      try Policy($0)
    }
  }

  public func isEnabled(_ type: PolicyType) throws -> Bool {
    try db.has("SELECT 1 FROM policies WHERE organization = ? AND type = ? AND enabled", [organization, type.rawValue])
  }

  public func hasMember(_ id: GUID) throws -> Bool {
    try db.has("SELECT 1 FROM members WHERE organization = ? AND id = ?", [organization, id.key])
  }

  public func hasGroup(_ id: GUID) throws -> Bool {
    try db.has("SELECT 1 FROM groups WHERE organization = ? AND id = ?", [organization, id.key])
  }

  /// Whether it is there, shared or personal.
  public func hasCollection(_ id: GUID) throws -> Bool {
    try db.has("SELECT 1 FROM collections WHERE organization = ? AND id = ?", [organization, id.key])
  }

  private static let membersQuery = """
    SELECT \(MemberRecord.columns), x.collection, x.access FROM members m
    LEFT JOIN member_collections x ON x.organization = m.organization AND x.member = m.id WHERE m.organization = ?
    """

  private static let groupsQuery = """
    SELECT g.id, g.name, g.external_id, x.collection, x.access FROM groups g
    LEFT JOIN group_collections x ON x.organization = g.organization AND x."group" = g.id WHERE g.organization = ?
    """

  private static let collectionsQuery = """
    SELECT c.id, c.external_id, x."group", x.access FROM collections c
    LEFT JOIN group_collections x ON x.organization = c.organization AND x.collection = c.id WHERE c.organization = ? AND c.kind = 0
    """

  private func members(_ rows: StoredRows) throws -> [Member] {
    try gathered(rows, accessAt: MemberRecord.columnCount, { MemberRecord($0) }) { $0.member(collections: $1) }
  }

  private func collections(_ rows: StoredRows) throws -> [SharedCollection] {
    try gathered(rows, accessAt: 2, { SharedCollection(id: $0.id(0), externalId: $0[1]) }) { $0.with($1) }
  }

  private func groups(_ rows: StoredRows) throws -> [Group] {
    try gathered(rows, accessAt: 3, { Group(id: $0.id(0), name: $0[1], externalId: $0[2]) }) { $0.with($1) }
  }

  /// One object for each run of rows with the same id in the first column; other side and access stand at `column`.
  private func gathered<Start, T>(
    _ rows: StoredRows, accessAt column: Int, _ start: (StoredRow) -> Start, _ finish: (Start, [Association]) -> T
  ) throws -> [T] {
    var objects: [T] = []
    var current: (id: GUID, start: Start)?
    var associations: [Association] = []
    while let row = try rows.next() {
      let id = row.id(0)
      if current?.id != id {
        if let finished = current { objects.append(finish(finished.start, associations)) }
        associations.removeAll(keepingCapacity: true)
        current = (id, start(row))
      }
      if let other = row.idOrNil(column), let access = Access(rawValue: row[column + 1]) {
        associations.append(Association(id: other, access: access))
      }
    }
    if let current { objects.append(finish(current.start, associations)) }
    return objects
  }

  /// The row of each stands behind its access.
  private func part<Start, T>(
    _ rows: StoredRows, accessAt column: Int, _ start: (StoredRow) -> Start, _ finish: (Start, [Association]) -> T
  ) throws -> Part<T> {
    var last: Int64?
    let elements = try gathered(
      rows, accessAt: column,
      { row in
        last = row[column + 2] as Int64
        return start(row)
      }, finish)
    return Part(elements: elements, last: last)
  }

  private func related(_ sql: String, _ id: GUID) throws -> [GUID]? {
    let rows = try db.rows(sql, [organization, id.key])
    var exists = false
    var ids: [GUID] = []
    while let row = try rows.next() {
      exists = true
      if let other = row.idOrNil(0) { ids.append(other) }
    }
    return exists ? ids : nil
  }
}

/// Some elements of a list, and where to go on.
public struct Part<Element> {
  public let elements: [Element]
  /// The row of the last one; nil if there was none.
  public let last: Int64?
}

extension Group {
  fileprivate func with(_ collections: [Association]) -> Group {
    var group = self
    group.collections = collections
    return group
  }
}

extension SharedCollection {
  fileprivate func with(_ groups: [Association]) -> SharedCollection {
    var collection = self
    collection.groups = groups
    return collection
  }
}

extension Policy {
  fileprivate init(_ row: StoredRow) throws {
    let data = try (row[3] as String?).map { try JSONReader.read(Array($0.utf8)) }
    self.init(id: row.id(0), type: PolicyType(rawValue: row[1]), enabled: row[2], data: data)
  }
}
