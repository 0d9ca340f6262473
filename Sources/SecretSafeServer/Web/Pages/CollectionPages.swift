import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/collections`
enum CollectionPages {
  static let routes: [WebRoute] = [
    .get("/collections", list),
    .post("/collections") { visit in
      let externalId = visit.form["externalId"]?.given
      guard ExternalID.isAcceptable(externalId) else { throw WebFailure.refused("An external id has at most \(ExternalID.limit) characters.") }
      _ = try await visit.change { try $0.createCollection(externalId: externalId) }
      return .page(movedTo: "/collections", telling: .collection)
    },
  ]

  private struct Row: Sendable {
    let id: String
    let externalId: String?
    let groups: Int
  }

  private struct Content: Sendable {
    let collections: [Row]
    let hasCollections: Bool
    let first: String?
    let next: String?
  }

  private static func list(_ visit: OwnerVisit) throws -> Response {
    let row = visit.query["after"].flatMap { Int64($0) } ?? 0
    let (page, next) = try visit.read { snapshot -> (Part<SharedCollection>, Int64?) in
      let page = try snapshot.collections(after: row, limit: WebSafe.pageSize)
      let next = try page.last.flatMap { try snapshot.collections(after: $0, limit: 1).elements.isEmpty ? nil : $0 }
      return (page, next)
    }
    let rows = page.elements.map { Row(id: $0.id.description, externalId: $0.externalId, groups: $0.groups?.count ?? 0) }
    return visit.page(
      "collections", "Collections",
      Content(
        collections: rows, hasCollections: !rows.isEmpty, first: row > 0 ? "/collections" : nil, next: next.map { "/collections?after=\($0)" }))
  }
}
