import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/settings/organization/key`: the organization's own key
enum KeyPages {
  static let path = "/settings/organization/key"

  static let routes: [WebRoute] = [.get(path) { try page($0) }, .post(path, rotate)]

  private struct Content: Sendable {
    var clientID: String?
    var made: String?
    var age: String?
    /// What the rotation replaces, so that it happens once however often the form is sent.
    var moment: String?
    let verb: String
  }

  private static func page(_ visit: OwnerVisit, problem: String? = nil) throws -> Response {
    let key = try visit.store.keys(visit.organization).first { $0.kind == .organization }
    return visit.page(
      "key", "API key",
      Content(
        clientID: key?.clientID, made: key?.created.pageText, age: key?.created.age(.now()), moment: key.map { String($0.created.microseconds) },
        verb: key == nil ? "Make the key" : "Rotate the key"),
      problem: problem, status: problem == nil ? .ok : .badRequest)
  }

  private static func rotate(_ visit: OwnerVisit) async throws -> Response {
    guard try await visit.acceptsPassword() else { return try page(visit, problem: "The password is wrong; nothing was changed.") }
    let made = visit.form["made"].flatMap { Int64($0) }.map(Timestamp.init(microseconds:))
    let key = try await visit.store.rotateKey(visit.organization, madeAt: made, from: visit.origin)
    return visit.secret(key, "The new API key", path: path)
  }
}

extension OwnerVisit {
  /// Shows a secret, on this answer and nowhere else.
  func secret(_ key: IssuedKey, _ title: String, path: String) -> Response {
    struct Content: Sendable {
      let clientID: String
      let secret: String
      let url: String
      let path: String
    }
    return page("secret", title, Content(clientID: key.clientID, secret: key.clientSecret, url: web.settings.address.url ?? "", path: path))
  }
}
