import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/events`: the event log
enum EventPages {
  static let routes: [WebRoute] = [.get("/events", log)]

  /// Days that are shown if none are asked for.
  private static let usualDays = 30

  private struct Row: Sendable {
    let time: String
    let type: String
    let about: String?
    let by: String
    let address: String?
  }

  private struct Content: Sendable {
    let from: String
    let to: String
    let who: String
    let what: String
    let types: [String]
    let events: [Row]
    let hasEvents: Bool
    let first: String?
    let next: String?
  }

  private static func log(_ visit: OwnerVisit) throws -> Response {
    let query = visit.query
    let today = Timestamp.now().day
    let from = query["from"].flatMap { day($0) } ?? Timestamp(today)?.adding(seconds: -usualDays * 86_400)
    let to = query["to"].flatMap { day($0) } ?? Timestamp(today)
    guard let from, let to else { throw WebFailure.notFound }
    let who = query["who"]?.given
    let what = query["what"]?.given
    let cursor = query["after"].flatMap { EventCursor(token: $0) }

    let (rows, next) = try visit.read { snapshot in
      let filter = EventLogFilter(
        start: min(from, to), end: Timestamp(microseconds: max(from, to).adding(seconds: 86_400).microseconds - 1),
        people: try who.map { try people($0, snapshot) }, types: what.map { EventType.matching($0) })
      let page = try snapshot.eventLog(filter, after: cursor, limit: WebSafe.pageSize)
      let addresses = try snapshot.addresses(
        members: Set(page.events.compactMap(\.memberId)), accounts: Set(page.events.compactMap(\.actingUserId)))
      return (page.events.map { row($0, addresses) }, page.next)
    }
    let parameters = { (cursor: String?) in
      path("/events", ["from": from.day, "to": to.day, "who": who, "what": what, "after": cursor])
    }
    return visit.page(
      "events", "Events",
      Content(
        from: from.day, to: to.day, who: who ?? "", what: what ?? "", types: EventType.wireNames.map(\.name), events: rows, hasEvents: !rows.isEmpty,
        first: cursor == nil ? nil : parameters(nil), next: next.map { parameters($0.token) }))
  }

  private static func day(_ text: String) -> Timestamp? { text.utf8.count == 10 ? Timestamp(text) : nil }

  /// An address means the member and its account; an id is taken as it is. Nobody for what is neither.
  private static func people(_ text: String, _ snapshot: Snapshot) throws -> [GUID] {
    if let id = GUID(text) { return [id] }
    guard let member = try snapshot.member(email: text) else { return [] }
    return [member.id, member.userId].compactMap(\.self)
  }

  private static func row(_ event: Event, _ addresses: [GUID: String]) -> Row {
    // What is not there any more is known by its id.
    let objects: [(String, GUID?)] = [
      ("group", event.groupId), ("collection", event.collectionId), ("policy", event.policyId), ("item", event.itemId), ("secret", event.secretId),
      ("project", event.projectId),
    ]
    let member = event.memberId.map { addresses[$0] ?? "member \($0)" }
    let about = ([member] + objects.map { name, id in id.map { "\(name) \($0)" } }).compactMap(\.self)
    return Row(
      time: event.date.clock, type: EventType.wireNames.first { $0.number == event.type.rawValue }?.name ?? String(event.type.rawValue),
      about: about.isEmpty ? nil : about.joined(separator: ", "), by: event.actingUserId.map { addresses[$0] ?? "account \($0)" } ?? "API or system",
      address: event.ipAddress)
  }
}

extension EventType {
  /// Those whose name of the contract holds the text, in any case.
  static func matching(_ text: String) -> [EventType] {
    wireNames.filter { $0.name.lowercased().contains(text.lowercased()) || String($0.number) == text }.map { EventType(rawValue: $0.number) }
  }
}
