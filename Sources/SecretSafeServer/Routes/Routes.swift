import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

typealias Action = @Sendable (Call) async throws -> Response

/// The way from a request to its action. The routes are made from the endpoint table; there is no other list of them.
struct Routes: Sendable {
  static let apiBase = "/api"
  static let identityBase = "/identity"
  static let tokenPath = identityBase + Endpoint.tokenPath

  static let actions: [Endpoint: Action] = [MembersController.actions, GroupsController.actions, CollectionsController.actions]
    .reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  let store: Store

  /// Works without a socket as well: `router(…).buildResponder()` answers requests in process.
  func router(_ operation: ServerOperation = ServerOperation()) -> Router<ServerContext> {
    let router = Router(context: ServerContext.self)
    operation.add(to: router, store: store)
    router.add(middleware: FailureAnswers(log: operation.log))
    router.add(middleware: KnownPaths(routes: self))
    operation.addRoutes(to: router, store: store)

    for base in [Self.apiBase, Self.identityBase] { router.get(RouterPath(base + "/alive")) { _, _ in Self.alive() } }
    let token = TokenController(store: store)
    router.post(RouterPath(Self.tokenPath)) { request, _ in try await token.token(request) }
    for endpoint in Endpoint.all {
      guard let action = Self.actions[endpoint] else { continue }
      router.on(RouterPath(Self.apiBase + endpoint.path), method: endpoint.httpMethod) { request, context in
        try await respond(to: endpoint, with: action, request, context)
      }
    }
    return router
  }

  private func respond(
    to endpoint: Endpoint, with action: Action, _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let organization = try authorize(request)
    let idText = context.parameters.get("id") ?? ""
    // With a body, the object is looked for before that is read (`api.md` 2.6); without one the action itself says so.
    if endpoint.method == .put { try demandObject(endpoint.path, idText, organization) }
    return try await action(
      Call(store: store, organization: organization, request: request, context: context, idText: idText))
  }

  /// `api.md` 1.7
  func authorize(_ request: Request) throws -> OrganizationID {
    guard let header = request.headers[.authorization], header.prefix(7).lowercased() == "bearer "
    else { throw Failure.unauthorized(tokenPresent: false) }
    let token = header.dropFirst(7).drop { $0 == " " }
    guard let organization = try store.organization(token: token) else { throw Failure.unauthorized(tokenPresent: true) }
    return organization
  }

  /// Throws if the path names an object that is not there.
  func demandObject(_ path: String, _ idText: String, _ organization: OrganizationID) throws {
    guard let id = GUID(idText) else { return }
    let exists = try store.read(organization) { snapshot in
      if path.hasPrefix(Endpoint.membersGet.path) { return try snapshot.hasMember(id) }
      if path.hasPrefix(Endpoint.groupsGet.path) { return try snapshot.hasGroup(id) }
      return true
    }
    if !exists { throw Failure.notFound }
  }

  private static func alive() -> Response {
    var writer = JSONWriter()
    writer.string(Timestamp.now().description)
    return .json(writer.bytes)
  }
}

extension Endpoint {
  var httpMethod: HTTPRequest.Method {
    switch method {
    case .get: .get
    case .post: .post
    case .put: .put
    case .delete: .delete
    }
  }
}
