import GRDB
public import SecretSafeAPI

/// Which members a page shows; nil does not choose.
public struct MemberFilter: Hashable, Sendable {
  public var status: MemberStatus?
  /// A part of the address, the name or the external id, as it is or, in ASCII, in any case.
  public var text: String?

  public init(status: MemberStatus? = nil, text: String? = nil) {
    self.status = status
    self.text = text
  }
}

/// Which entries of the event log a page shows; nil does not choose.
public struct EventLogFilter: Hashable, Sendable {
  public var start: Timestamp
  public var end: Timestamp
  /// Members or accounts that the event is about or who caused it.
  public var people: [GUID]?
  public var types: [EventType]?

  public init(start: Timestamp, end: Timestamp, people: [GUID]? = nil, types: [EventType]? = nil) {
    self.start = start
    self.end = end
    self.people = people
    self.types = types
  }
}

// Pages of the web safe: each is one statement that reads no more rows than it shows, and one.

extension Snapshot {
  /// Members without their collections, oldest first, behind the row; and the row where to go on, if there are more.
  public func members(_ filter: MemberFilter, after row: Int64 = 0, limit: Int) throws -> (members: [Member], next: Int64?) {
    let rows = try db.rows(
      """
      SELECT \(MemberRecord.columns), m.row FROM members m WHERE m.organization = ?1 AND m.row > ?2 AND (?3 IS NULL OR m.status = ?3)
        AND (?4 IS NULL OR instr(m.email, ?4) OR instr(lower(m.name), ?4) OR instr(lower(m.external_id), ?4)
          OR instr(m.name, ?5) OR instr(m.external_id, ?5))
      ORDER BY m.row LIMIT ?6
      """, [organization, row, filter.status?.rawValue, filter.text?.lowercased(), filter.text, limit + 1])
    var members: [Member] = []
    var last = row
    while let row = try rows.next() {
      if members.count == limit { return (members, last) }
      members.append(MemberRecord(row).member(collections: []))
      last = row[MemberRecord.columnCount]
    }
    return (members, nil)
  }

  /// How many members there are of each status.
  public func memberCounts() throws -> [MemberStatus: Int] {
    let rows = try db.rows("SELECT status, count(*) FROM members WHERE organization = ? GROUP BY status", [organization])
    var counts: [MemberStatus: Int] = [:]
    while let row = try rows.next() { counts[MemberStatus(rawValue: row[0])] = row[1] }
    return counts
  }

  /// The member of that address.
  public func member(email: String) throws -> Member? {
    try db.row(
      "SELECT \(MemberRecord.columns) FROM members m WHERE m.organization = ? AND m.email = ?", [organization, email.lowercased()]
    ) { MemberRecord($0).member(collections: []) }
  }

  /// Addresses of those members who are there, by member and by account.
  public func addresses(members: Set<GUID>, accounts: Set<GUID>) throws -> [GUID: String] {
    var found: [GUID: String] = [:]
    for id in members {
      found[id] = try db.row("SELECT email FROM members WHERE organization = ? AND id = ?", [organization, id.key]) { $0[0] }
    }
    for id in accounts {
      found[id] = try db.row("SELECT email FROM members WHERE organization = ? AND user_id = ?", [organization, id.key]) { $0[0] }
    }
    return found
  }

  /// Events, newest first, behind the cursor; and where to go on, if there are more.
  public func eventLog(
    _ filter: EventLogFilter, after cursor: EventCursor? = nil, limit: Int
  ) throws -> (events: [Event], next: EventCursor?) {
    var condition = ""
    var arguments: [any BoundValue] = []
    if let people = filter.people {
      let marks = Self.marks(people.count)
      condition += " AND (member IN (\(marks)) OR acting_user IN (\(marks)))"
      arguments += (people + people).map(\.key)
    }
    if let types = filter.types {
      condition += " AND type IN (\(Self.marks(types.count)))"
      arguments += types.map(\.rawValue)
    }
    return try eventPage(from: filter.start, to: filter.end, condition, arguments, after: cursor, limit: limit)
  }

  private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}
