import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// A request by somebody who is not signed in.
struct Visit: Sendable {
  let web: WebSafe
  let context: ServerContext
  let form: Form
  /// Of the browser, whoever sits before it.
  let browser: SessionToken
  let origin: Origin

  func page(
    _ template: String, _ title: String, place: String = "safesh", _ content: some Sendable = NoContent(), problem: String? = nil,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    web.render(
      template, Page(title: title, place: place, isNarrow: true, formToken: browser.formToken, problem: problem, content: content), status: status)
  }
}

/// A request by an owner.
struct OwnerVisit: Sendable {
  let web: WebSafe
  let request: Request
  let context: ServerContext
  let form: Form
  let session: SessionToken
  let owner: Owner
  let address: String?

  var store: Store { web.store }
  var organization: OrganizationID { owner.organization }
  var origin: Origin { Origin(ipAddress: address, actingUser: owner.userId) }
  var query: Query { Query(request.uri.query) }

  /// The object that the path names. Throws `WebFailure.notFound` if it is no GUID.
  var id: GUID {
    get throws {
      guard let id = context.parameters.get("id").flatMap({ GUID($0) }) else { throw WebFailure.notFound }
      return id
    }
  }

  func read<T>(_ body: (Snapshot) throws -> T) throws -> T { try store.read(organization, body) }

  func change<T: Sendable>(_ body: @escaping @Sendable (Change) throws -> T) async throws -> T {
    try await store.change(organization, from: origin, body)
  }

  /// Asks for the password again. Throws `WebFailure.tooMany`.
  func acceptsPassword() async throws -> Bool {
    try await web.passwords.accepts(store, owner, password: form["password"] ?? "", client: address)
  }

  func page(
    _ template: String, _ title: String, _ content: some Sendable = NoContent(), problem: String? = nil, status: HTTPResponse.Status = .ok
  ) -> Response {
    let path = request.uri.path
    let sections = Section.all.map {
      Section(path: $0.path, label: $0.label, isCurrent: path == $0.path || path.hasPrefix($0.path + "/"))
    }
    return web.render(
      template,
      Page(
        title: title, place: owner.organizationName, visitor: owner.email, sections: sections, formToken: session.formToken,
        notice: query["done"].flatMap(Notice.init(rawValue:))?.text, problem: problem, content: content), status: status)
  }
}

/// What a page tells after a change that went well; addresses carry its name, never a text.
enum Notice: String {
  case confirmed, invited, reinvited, revoked, restored, removed, collection, key

  var text: String {
    switch self {
    case .confirmed: "The member is confirmed."
    case .invited: "The person is invited. The link is in the outbox."
    case .reinvited: "There is a new link in the outbox; the old one has ended."
    case .revoked: "The member is revoked and has no access."
    case .restored: "The member has the status from before."
    case .removed: "The member is removed."
    case .collection: "The collection is made."
    case .key: "The key and its tokens have ended."
    }
  }
}
