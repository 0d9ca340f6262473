import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/collections`
enum CollectionPages {
  static let routes: [WebRoute] = [
    .get("/collections", list),
    .post("/collections") { visit in
      let externalId = visit.form["externalId"]?.given
      guard externalId?.utf16.count ?? 0 <= 300 else { throw WebFailure.refused("An external id has at most 300 characters.") }
      _ = try await visit.change { try $0.createCollection(externalId: externalId) }
      return .page(movedTo: "/collections?done=\(Notice.collection)")
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
    let skipped = max(0, visit.query["skip"].flatMap { Int($0) } ?? 0)
    let all = try visit.read { try $0.collections() }
    let rows = all.dropFirst(skipped).prefix(WebSafe.pageSize).map {
      Row(id: $0.id.description, externalId: $0.externalId, groups: $0.groups?.count ?? 0)
    }
    let end = skipped.addingReportingOverflow(WebSafe.pageSize).partialValue
    return visit.page(
      "collections", "Collections",
      Content(
        collections: rows, hasCollections: !rows.isEmpty, first: skipped > 0 ? "/collections" : nil,
        next: end < all.count && end > 0 ? "/collections?skip=\(end)" : nil))
  }
}
