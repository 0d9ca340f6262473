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
    return try eventPage(from: filter.start, to: filter.end, condition, [id?.key].compactMap(\.self), after: cursor, limit: limit)
  }

  /// Events between two moments, both included, which meet the condition, with its arguments.
  ///
  /// The rest of the cursor's moment and what is older are searched apart, so that a page costs the same at any depth and however many events are
  /// of one moment: SQLite goes to one end of the dates in an index, not to the older of two, and to a row only behind one certain date.
  func eventPage(
    from start: Timestamp, to end: Timestamp, _ condition: String, _ arguments: [any BoundValue], after cursor: EventCursor?, limit: Int
  ) throws -> (events: [Event], next: EventCursor?) {
    // Nothing is after the end of the window, whatever its row.
    let top = EventCursor(date: Timestamp(microseconds: end.microseconds + 1), row: 0)
    let last = cursor.flatMap { $0.date < top.date ? $0 : nil } ?? top
    guard last.date >= start else { return ([], nil) }
    let rows = try db.rows(
      """
      SELECT row, \(EventRecord.columns) FROM events WHERE organization = ? AND date = ? AND row < ?\(condition)
      UNION ALL
      SELECT row, \(EventRecord.columns) FROM events WHERE organization = ? AND date >= ? AND date < ?\(condition)
      ORDER BY date DESC, row DESC LIMIT ?
      """,
      [organization, last.date.microseconds, last.row] + arguments + [organization, start.microseconds, last.date.microseconds] + arguments + [limit + 1])
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
