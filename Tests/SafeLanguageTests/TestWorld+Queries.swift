import SafeLanguage
import Synchronization

/// A list that is fetched each time: a visit of each person a day, the newest first. What it is asked is kept for the tests.
extension TestWorld {
  static let visits: ResourceType = {
    var visits = ResourceType(
      name: "Visit", plural: "visits", summary: "who came, newest first", fields: [Field("date", .time), Field("personId", .optional(.id("Person")))],
      relations: [Relation(source: "Visit", name: "person", target: "Person", isOne: true)], shown: ["date"])
    visits.filters = [
      .init("since", .oneOf([.value(.time), .value(.duration)])), .init("by", .oneOf([.row("Person"), .value(.id("Person"))])),
    ]
    visits.pageSize = 50
    visits.comparable = ["date", "personId", "person"]
    return visits
  }()

  static let office: ResourceType = {
    var office = ResourceType(
      name: "Office", plural: "office", summary: "where they are", fields: [Field("city", .text), Field("desks", .optional(.int))], shown: ["city"])
    office.isSingle = true
    return office
  }()

  static let house: ResourceType = {
    var rooms = ResourceType(
      name: "Room", plural: "rooms", summary: "rooms by mood", fields: [Field("id", .optional(.id("Room"))), Field("mood", .enumeration(mood)), Field("open", .bool)],
      keys: ["mood"], shown: ["mood"])
    rooms.absent = { [.null, $0, .bool(false)] }
    return rooms
  }()

  func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    let parts =
      query.arguments.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.isRecord ? "row" : $0.value.printed)" }
      + query.conditions.map { "\($0.field) \($0.comparison) \($0.value.isRecord ? "row" : $0.value.printed)" } + (query.limit.map { ["limit \($0)"] } ?? [])
    state.withLock { $0.queries.append(parts.joined(separator: ", ")) }
    var visits = TableBuilder(resource.row)
    let people = state.withLock { $0.people }
    for day in 0..<min(3, query.limit ?? 3) {
      visits.add([.time(now - day * Calendar.microsecondsPerDay), day < people.count ? people.value(day, 0) : .null])
    }
    return visits.table()
  }

  func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    state.withLock { $0.queries.append("refresh \(resource.plural)") }
    return try await rows(of: resource, at: site)
  }

  /// The person of a visit.
  struct Visitor: RelatedRows {
    let people: Table
    func rows(of row: Row) throws(RunError) -> Table {
      people.rows((0..<people.count).filter { people.value($0, 0) == row.value("personId") })
    }
  }
}

extension Value {
  fileprivate var isRecord: Bool { if case .record = self { true } else { false } }
}
