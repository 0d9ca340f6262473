import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/settings/organization/keys`: keys that may do less (`api.md` 12.1)
enum ScopedKeyPages {
  static let path = "/settings/organization/keys"

  static let routes: [WebRoute] = [
    .get(path) { try page($0) },
    .post(path, create),
    .post(path + "/{id}/revoke") { visit in
      try await visit.store.revokeKey(visit.organization, visit.id, from: visit.origin)
      return .page(movedTo: path, telling: .key)
    },
  ]

  private struct Row: Sendable {
    let id: String
    let label: String
    let clientID: String
    let scopes: [String]
    let made: String
    let ends: String
    let isOver: Bool
  }

  private struct Tick: Sendable {
    let scope: String
    let isTicked: Bool
  }

  private struct Content: Sendable {
    let limit = Store.scopedKeyLimit
    let keys: [Row]
    var hasKeys: Bool
    /// Of the key to be made, so that it is made once however often the form is sent.
    let newID = GUID.random().description
    let name: String
    let expires: String
    let scopes: [Tick]
  }

  private static func page(_ visit: OwnerVisit, problem: String? = nil) throws -> Response {
    let now = Timestamp.now()
    let rows = try visit.store.keys(visit.organization).filter { $0.kind == .scoped }.map { key in
      Row(
        id: key.id?.description ?? "", label: key.name ?? "", clientID: key.clientID, scopes: key.scopes.text.split(separator: " ").map(String.init),
        made: key.created.day, ends: key.expires.map { $0.adding(seconds: -1).day } ?? "never", isOver: key.expires.map { $0 <= now } ?? false)
    }
    return visit.page(
      "keys", "Scoped keys",
      Content(
        keys: rows, hasKeys: !rows.isEmpty, name: visit.form["name"] ?? "", expires: visit.form["expires"] ?? "",
        scopes: Scopes.names.map { Tick(scope: $0, isTicked: visit.form["scope." + $0] != nil) }),
      problem: problem, status: problem == nil ? .ok : .badRequest)
  }

  private static func create(_ visit: OwnerVisit) async throws -> Response {
    let scopes = Scopes.names.filter { visit.form["scope." + $0] != nil }.compactMap { Scopes(name: $0) }.reduce(into: Scopes()) { $0.formUnion($1) }
    var expires: Timestamp?
    if let text = visit.form["expires"] {
      guard let day = Timestamp(text), text.utf8.count == 10 else { return try page(visit, problem: "The last day is written as 2026-08-11.") }
      expires = day.adding(seconds: 86_400)
    }
    guard let id = visit.form["id"].flatMap({ GUID($0) }) else { throw WebFailure.foreignForm }
    guard try await visit.acceptsPassword() else { return try page(visit, problem: "The password is wrong; no key was made.") }
    do {
      let key = try await visit.store.addKey(
        visit.organization, id: id, name: visit.form["name"] ?? "", scopes: scopes, expires: expires, from: visit.origin)
      return visit.secret(key, "The new scoped key", path: path)
    } catch Refusal.rule(let text) {
      return try page(visit, problem: text)
    }
  }
}
