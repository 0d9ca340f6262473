internal import SafeLanguage
internal import SecretSafeAPI

/// Which events a script asks for: what the server is told, and what it cannot do exactly.
struct EventQuery {
  let filter: EventFilter
  /// In microseconds, inclusive. Servers keep finer moments than the language has, so they are asked for a little more.
  private let last: Int

  /// How far back events are looked for where the script does not say.
  static let defaultPeriod = 30 * Calendar.microsecondsPerDay
  /// No server kept a log before 2000; and to look through windows of years that hold nothing costs a request each.
  private static let earliest = 946_684_800_000_000

  /// `actors` are the accounts that the query names, nil for somebody without one; `now` stands still during a run, `clock` does not.
  /// `window` is what a watched script sees where it does not say since when. Nil if there can be no such event.
  init?(_ query: RowQuery, actors: [GUID?], now: Int, clock: Int, window: EventWindow? = nil) {
    // Other machines' clocks may be ahead.
    let end = clock + Calendar.microsecondsPerDay
    var (first, last): (Int?, Int) = (nil, end)
    func atLeast(_ moment: Int) { first = max(first ?? moment, moment) }
    if let since = Self.moment(query.arguments["since"], now) { atLeast(since) }
    if let window = Self.window(window, of: query) {
      atLeast(window.first)
      last = min(last, window.last)
    }
    if let until = Self.moment(query.arguments["until"], now) { last = min(last, until) }
    var users = Set(actors)
    var items: [String: Set<GUID?>] = [:]
    if let item = query.arguments["item"] { items["itemId"] = [GUID(item.printed)] }
    for condition in query.conditions {
      switch condition.field {
      case "date":
        guard let moment = Self.moment(condition.value, now) else { continue }
        switch condition.comparison {
        case .equal:
          atLeast(moment)
          last = min(last, moment)
        case .greater: atLeast(moment + 1)
        case .greaterOrEqual: atLeast(moment)
        case .less: last = min(last, moment - 1)
        case .lessOrEqual: last = min(last, moment)
        }
      case "actor": break
      case "actingUserId": users.insert(GUID(condition.value.printed))
      default: items[condition.field, default: []].insert(GUID(condition.value.printed))
      }
    }
    let start = max(Self.earliest, first ?? min(now, last) - Self.defaultPeriod)
    // Two different values for one field fit no event, and neither does somebody who has no account.
    guard start <= last, users.count < 2, users.first != .some(nil), items.values.allSatisfy({ $0.count == 1 && $0.first != .some(nil) }) else { return nil }
    self.last = last
    filter = EventFilter(
      start: Timestamp(microseconds: Int64(start)), end: Timestamp(microseconds: Int64(last + 1)), actingUserId: users.first ?? nil,
      itemId: items["itemId"]?.first ?? nil, secretId: items["secretId"]?.first ?? nil, projectId: items["projectId"]?.first ?? nil)
  }

  /// An explicit `since:` wins over what a watched script sees else.
  static func window(_ window: EventWindow?, of query: RowQuery) -> EventWindow? { query.arguments["since"] == nil ? window : nil }

  func isWanted(_ event: Event) -> Bool { event.date.microseconds <= Int64(last) }

  /// A moment, or how long ago one was; far outside of any log at the worst.
  private static func moment(_ value: Value?, _ now: Int) -> Int? {
    switch value {
    case .time(let moment): min(max(moment, 0), .max / 2)
    case .date(let day): min(max(day, 0), 3_000_000) * Calendar.microsecondsPerDay
    case .duration(let ago): min(max(now - min(max(ago, -(.max / 4)), .max / 4), 0), .max / 2)
    default: nil
    }
  }
}
