import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/`, `/sign-in`, `/sign-out`
enum SignInPages {
  static let routes: [WebRoute] = [
    .get("/") { _ in .page(movedTo: KeyPages.path) },
    WebRoute(method: .get, path: "/sign-in", action: .open { visit in form(visit) }),
    WebRoute(method: .post, path: "/sign-in", action: .open(signIn)),
    WebRoute(method: .post, path: "/sign-in/organization", action: .open(choose)),
    .post("/sign-out") { visit in
      try await visit.store.endSession(visit.session)
      var response = Response.page(movedTo: "/sign-in")
      response.end(.session, visit.web)
      return response
    },
  ]

  private struct Content: Sendable {
    var email = ""
  }

  private static func form(_ visit: Visit, email: String = "", problem: String? = nil) -> Response {
    visit.page("sign-in", "Sign in", Content(email: email), problem: problem, status: problem == nil ? .ok : .badRequest)
  }

  private static func signIn(_ visit: Visit) async throws -> Response {
    let email = (visit.form["email"] ?? "").trimmingSpace
    let owners = try await visit.web.passwords.owners(
      visit.web.store, email: email, password: visit.form["password"] ?? "", client: visit.context.remoteAddress)
    guard let owner = owners.first else {
      return form(visit, email: String(email.prefix(EmailAddress.limit)), problem: "The address or the password is wrong.")
    }
    return owners.count == 1 ? try await open(owner, visit) : offer(owners, visit)
  }

  private static func open(_ owner: Owner, _ visit: Visit) async throws -> Response {
    let session = try await visit.web.store.openSession(owner, from: visit.origin)
    var response = Response.page(movedTo: KeyPages.path)
    response.set(.session, session, visit.web)
    return response
  }

  private static func offer(_ owners: [Owner], _ visit: Visit) -> Response {
    struct Row: Sendable {
      let id: String
      let label: String
    }
    struct Content: Sendable {
      let organizations: [Row]
    }
    let token = SessionToken()
    visit.web.choices.keep(owners, for: token)
    let rows = owners.map { Row(id: $0.organization.id.description, label: $0.organizationName) }
    let page = Page(title: "Which organization?", place: "safesh", isNarrow: true, formToken: token.formToken, content: Content(organizations: rows))
    var response = visit.web.render("choose", page)
    response.set(.browser, token, visit.web)
    return response
  }

  private static func choose(_ visit: Visit) async throws -> Response {
    guard let id = visit.form["organization"].flatMap({ GUID($0) }), let owner = visit.web.choices.take(id, for: visit.browser)
    else { return .page(movedTo: "/sign-in") }
    return try await open(owner, visit)
  }
}
