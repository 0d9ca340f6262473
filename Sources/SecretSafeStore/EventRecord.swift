import GRDB
import SecretSafeAPI

/// A row of `events`.
struct EventRecord {
  static let columns = """
    date, type, item, collection, "group", policy, member, acting_user, installation, device, ip_address, secret, project, service_account
    """

  let event: Event
  /// Its place in the order of recording.
  let row: Int64
}

extension EventRecord {
  /// From `row` and the columns above.
  init(_ row: StoredRow) {
    self.row = row[0]
    event = Event(
      type: EventType(rawValue: row[2]), itemId: row.idOrNil(3), collectionId: row.idOrNil(4), groupId: row.idOrNil(5),
      policyId: row.idOrNil(6), memberId: row.idOrNil(7), actingUserId: row.idOrNil(8), installationId: row.idOrNil(9),
      date: Timestamp(microseconds: row[1]), device: (row[10] as Int?).map(DeviceType.init(rawValue:)), ipAddress: row[11],
      secretId: row.idOrNil(12), projectId: row.idOrNil(13), serviceAccountId: row.idOrNil(14))
  }
}

extension Event {
  func insert(_ db: Database, _ organization: Int64) throws {
    try db.run(
      "INSERT INTO events (organization, \(EventRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        organization, date.microseconds, type.rawValue, itemId?.key, collectionId?.key, groupId?.key, policyId?.key, memberId?.key,
        actingUserId?.key, installationId?.key, device?.rawValue, ipAddress, secretId?.key, projectId?.key, serviceAccountId?.key,
      ])
  }
}
