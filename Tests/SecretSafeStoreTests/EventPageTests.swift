import GRDB
import GRDBSQLite
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

/// A page of events costs the same however deep it is.
@Suite struct EventPageTests {
  private static let count = 3_000
  private static let start = Timestamp(microseconds: 1_700_000_000_000_000)

  /// Events of one moment, or a second apart, each with an item of its own.
  enum Spread: CaseIterable {
    case oneMoment
    case seconds
  }

  enum Question: CaseIterable {
    case all
    case ofAnActor
    case log
  }

  private static func page(_ snapshot: Snapshot, _ question: Question, _ cursor: EventCursor?) throws -> (events: [Event], next: EventCursor?) {
    let end = start.adding(seconds: count)
    switch question {
    case .all: return try snapshot.events(EventFilter(start: start, end: end), after: cursor, limit: 50)
    case .ofAnActor: return try snapshot.events(EventFilter(start: start, end: end, actingUserId: guid(1)), after: cursor, limit: 50)
    case .log: return try snapshot.eventLog(EventLogFilter(start: start, end: end), after: cursor, limit: 50)
    }
  }

  @Test(arguments: Spread.allCases, Question.allCases) func theLastPageCostsWhatTheFirstDoes(_ spread: Spread, _ question: Question) async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(guid(1), name: "Acme")
    try await store.change(organization) { change in
      for number in 0..<Self.count {
        let date = spread == .oneMoment ? Self.start : Self.start.adding(seconds: number)
        try change.load(Event(type: EventType(rawValue: 1500), itemId: guid(UInt64(number)), actingUserId: guid(1), date: date))
      }
    }
    try store.read(organization) { snapshot in
      var items: [GUID?] = []
      var costs: [Int] = []
      var cursor: EventCursor?
      repeat {
        let steps = StepCount(snapshot.db)
        let page = try Self.page(snapshot, question, cursor)
        costs.append(steps.end())
        items += page.events.map(\.itemId)
        cursor = page.next
      } while cursor != nil
      #expect(items == (0..<Self.count).reversed().map { guid(UInt64($0)) })
      let (most, least) = (costs.max() ?? 0, costs.min() ?? 0)
      #expect(least > 50 && most < least * 3 / 2, "from \(least) to \(most) steps")
    }
  }

  @Test func aCursorOutsideOfTheWindowIsNoWayOutOfIt() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(guid(1), name: "Acme")
    try await store.change(organization) { change in
      for second in 0..<10 { try change.load(Event(type: EventType(rawValue: 1500), date: Self.start.adding(seconds: second))) }
    }
    let filter = EventFilter(start: Self.start.adding(seconds: 3), end: Self.start.adding(seconds: 5))
    for (second, count) in [(9, 3), (5, 3), (4, 2), (3, 1), (2, 0)] {
      let cursor = EventCursor(date: Self.start.adding(seconds: second), row: .max)
      #expect(try store.read(organization) { try $0.events(filter, after: cursor, limit: 50) }.events.count == count, "\(second)")
    }
  }
}

/// Counts the steps that SQLite takes on a connection.
private final class StepCount {
  private let connection: SQLiteConnection?
  private var steps = 0

  init(_ db: Database) {
    connection = db.sqliteConnection
    let this = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_progress_handler(
      connection, 1,
      { context in
        if let context { Unmanaged<StepCount>.fromOpaque(context).takeUnretainedValue().steps += 1 }
        return 0
      }, this)
  }

  func end() -> Int {
    sqlite3_progress_handler(connection, 0, nil, nil)
    return steps
  }
}
