import GRDB
import SecretSafeAPI

/// A row of `events`.
struct EventRecord {
  var date: Timestamp
  var type: Int
  var member: GUID?
  var group: GUID?
  var collection: GUID?
  var device: Int?
  var ipAddress: String?

  static let columns = #"date, type, member, "group", collection, device, ip_address"#
}

extension EventRecord {
  init(_ row: Row) {
    date = Timestamp(microseconds: row[0])
    type = row[1]
    member = row.idOrNil(2)
    group = row.idOrNil(3)
    collection = row.idOrNil(4)
    device = row[5]
    ipAddress = row[6]
  }

  func insert(_ db: Database, _ organization: Int64) throws {
    try db.run(
      "INSERT INTO events (organization, \(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [organization, date.microseconds, type, member?.key, group?.key, collection?.key, device, ipAddress])
  }
}

extension Snapshot {
  /// All events in the order in which they were recorded.
  func events() throws -> [EventRecord] {
    let rows = try db.rows("SELECT \(EventRecord.columns) FROM events WHERE organization = ? ORDER BY row", [organization])
    var events: [EventRecord] = []
    while let row = try rows.next() { events.append(EventRecord(row)) }
    return events
  }
}
