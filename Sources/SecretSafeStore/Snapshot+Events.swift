import GRDB
public import SecretSafeAPI

/// Where a page of events ends: the last event's moment, and its place among those of that moment.
public struct EventCursor: Hashable, Sendable {
  public let date: Timestamp
  public let row: Int64

  public init(date: Timestamp, row: Int64) {
    self.date = date
    self.row = row
  }
}

extension Snapshot {
  /// Events, newest first, of which the first filter that is set counts (`api.md` 5.2), behind the cursor; and where to go on, if there are more.
  public func events(
    _ filter: EventFilter, after cursor: EventCursor? = nil, limit: Int
  ) throws -> (events: [Event], next: EventCursor?) {
    let (condition, id) = Self.condition(filter)
    // Nothing is after the end of the window, whatever its row.
    let start = cursor ?? EventCursor(date: Timestamp(microseconds: filter.end.microseconds + 1), row: 0)
    var arguments: [any BoundValue] = [organization, filter.start.microseconds, filter.end.microseconds]
    if let id { arguments += [id.key] }
    arguments += [start.date.microseconds, start.row, limit + 1]
    let rows = try db.rows(
      """
      SELECT row, \(EventRecord.columns) FROM events
      WHERE organization = ? AND date BETWEEN ? AND ?\(condition) AND (date, row) < (?, ?) ORDER BY date DESC, row DESC LIMIT ?
      """, arguments)
    return try eventPage(rows, limit: limit)
  }

  /// What a statement gives that asked for one event more than the limit.
  func eventPage(_ rows: StoredRows, limit: Int) throws -> (events: [Event], next: EventCursor?) {
    var records: [EventRecord] = []
    while let row = try rows.next() { records.append(EventRecord(row)) }
    guard records.count > limit else { return (records.map(\.event), nil) }
    records.removeLast()
    return (records.map(\.event), records.last.map { EventCursor(date: $0.event.date, row: $0.row) })
  }

  private static func condition(_ filter: EventFilter) -> (String, GUID?) {
    if let id = filter.actingUserId { return (" AND acting_user = ?", id) }
    if let id = filter.itemId { return (" AND item = ?", id) }
    if let id = filter.secretId { return (" AND secret = ?", id) }
    if let id = filter.projectId { return (" AND project = ?", id) }
    return ("", nil)
  }
}
