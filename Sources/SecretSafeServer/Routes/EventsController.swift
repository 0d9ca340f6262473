import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/events` (`api.md` 5.2)
enum EventsController {
  /// Events of one page.
  static let pageSize = 50

  static let actions: [Endpoint: Action] = [
    .eventsList: .reads { call in
      let query = try EventQuery(call.query, now: .now())
      let page = try call.read { try $0.events(query.filter, after: query.cursor, limit: pageSize) }
      return .json(EventPage(data: page.events, continuationToken: page.next?.token))
    }
  ]
}

/// What a request for events asks for.
struct EventQuery {
  let filter: EventFilter
  let cursor: EventCursor?

  /// Throws the validation failures of the query, all at once, or the refusal of a window that is too long.
  init(_ query: Query, now: Timestamp) throws {
    var problems = Problems()
    let start = query.time("Start", &problems)
    let end = query.time("End", &problems)
    let actor = query.id("ActingUserId", &problems)
    let item = query.id("ItemId", &problems)
    let secret = query.id("SecretId", &problems)
    let project = query.id("ProjectId", &problems)
    let token = query["ContinuationToken"]
    cursor = token.flatMap(EventCursor.init(token:))
    if token != nil, cursor == nil { problems.add("ContinuationToken", "The value is not a token of this server.") }
    guard problems.isEmpty else { throw Failure.invalid(problems) }

    let window = Self.window(start, end, now)
    guard window.end.microseconds - window.start.microseconds <= EventFilter.longestWindow else {
      throw Refusal.rule("Date range must be < 367 days.")
    }
    filter = EventFilter(
      start: window.start, end: window.end, actingUserId: actor, itemId: item, secretId: secret, projectId: project)
  }

  /// Dates count as a pair, in either order. Without one it is from thirty days before today to the end of today.
  private static func window(_ start: Timestamp?, _ end: Timestamp?, _ now: Timestamp) -> (start: Timestamp, end: Timestamp) {
    if let start, let end { return (min(start, end), max(start, end)) }
    let day: Int64 = 86_400 * 1_000_000
    let today = now.microseconds - now.microseconds % day
    return (Timestamp(microseconds: today - 30 * day), Timestamp(microseconds: today + day - 1_000))
  }
}

extension EventCursor {
  /// Opaque to clients: the moment and the tie-breaker.
  var token: String { "\(date.microseconds)-\(row)" }

  init?(token: String) {
    let parts = token.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let microseconds = Int64(parts[0]), let row = Int64(parts[1])
    else { return nil }
    self.init(date: Timestamp(microseconds: microseconds), row: row)
  }
}
