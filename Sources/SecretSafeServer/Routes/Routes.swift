import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// What an endpoint does. Most only read, which needs no waiting, and then no function that could.
enum Action: Sendable {
  case reads(@Sendable (Call) throws -> Response)
  case changes(@Sendable (Call) async throws -> Response)
}

/// The way from a request to its action. The routes are made from the endpoint table; there is no other list of them.
struct Routes: Sendable {
  static let apiBase = "/api"
  static let identityBase = "/identity"
  static let tokenPath = identityBase + Endpoint.tokenPath

  static let actions: [Endpoint: Action] = [
    MembersController.actions, GroupsController.actions, CollectionsController.actions, PoliciesController.actions,
    EventsController.actions, OrganizationController.actions,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  let store: Store
  /// What is offered: all of the API, or what an older server had.
  var endpoints = Endpoint.all
  var web = WebSettings()
  /// For the page that shows the document.
  var swagger: SwaggerAssets?

  /// Works without a socket as well: it answers requests in process.
  func responder(_ operation: ServerOperation = ServerOperation()) -> Entrance {
    let failures = FailureAnswers(log: operation.log)
    let middlewares = operation.middlewares + [failures]
    return Entrance(
      paths: EndpointPaths(endpoints), endpoints: Layer.around(EndpointResponder(routes: self, failures: failures), operation.middlewares),
      api: api(operation, middlewares).buildResponder(), pages: pages(operation, middlewares).buildResponder())
  }

  private func api(_ operation: ServerOperation, _ middlewares: [any RouterMiddleware<ServerContext>]) -> Router<ServerContext> {
    let router = router(middlewares)
    router.add(middleware: KnownPaths())
    for base in [Self.apiBase, Self.identityBase] { router.get(RouterPath(base + "/alive")) { _, _ in Self.alive() } }
    DocumentRoutes(assets: swagger).add(to: router)
    let token = TokenController(store: store, lifetime: operation.tokenLifetime)
    router.post(RouterPath(Self.tokenPath)) { request, _ in try await token.token(request) }
    return router
  }

  private func pages(_ operation: ServerOperation, _ middlewares: [any RouterMiddleware<ServerContext>]) -> Router<ServerContext> {
    let router = router(middlewares)
    operation.addRoutes(to: router, store: store)
    router.add(middleware: Aside())
    WebSafe(store: store, settings: web, log: operation.log).add(to: router)
    return router
  }

  private func router(_ middlewares: [any RouterMiddleware<ServerContext>]) -> Router<ServerContext> {
    let router = Router(context: ServerContext.self)
    for middleware in middlewares { add(middleware, to: router) }
    return router
  }

  // Opens the existential, which the router's own method does not take.
  private func add(_ middleware: some RouterMiddleware<ServerContext>, to router: Router<ServerContext>) {
    router.add(middleware: middleware)
  }

  /// Makes sure that the request may come to the endpoint.
  func call(_ endpoint: Endpoint, _ request: Request, _ context: ServerContext, _ pathText: String) throws -> Call {
    let grant = try authorize(request)
    guard grant.scopes.allows(endpoint.scopes) else { throw Failure.forbidden }
    // With a body, the object is looked for before that is read (`api.md` 2.6); without one the action itself says so.
    if endpoint.method == .put { try demandObject(endpoint.path, pathText, grant.organization) }
    return Call(store: store, grant: grant, endpoint: endpoint, request: request, context: context, pathText: pathText)
  }

  /// `api.md` 1.7
  func authorize(_ request: Request) throws -> Grant {
    guard let token = request.headers.value(.authorization).flatMap(Self.bearerToken) else { throw Failure.unauthorized(tokenPresent: false) }
    guard let grant = try store.grant(token: token) else { throw Failure.unauthorized(tokenPresent: true) }
    return grant
  }

  /// Nil if the header is of another kind.
  static func bearerToken(_ header: String) -> String? {
    var header = header
    return header.withUTF8 { bytes in
      guard bytes.count > 6, bytes[6] == UInt8(ascii: " ") else { return nil }
      // A letter and its capital differ in one bit.
      for (index, letter) in "bearer".utf8.enumerated() where bytes[index] | 0x20 != letter { return nil }
      let start = bytes[6...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.endIndex
      return String(decoding: bytes[start...], as: UTF8.self)
    }
  }

  /// Throws if the path names an object that is not there. A policy that was never saved is no reason.
  func demandObject(_ path: String, _ pathText: String, _ organization: OrganizationID) throws {
    guard let id = GUID(pathText) else { return }
    let exists = try store.read(organization) { snapshot in
      switch path.split(separator: "/").dropFirst().first {
      case "members": try snapshot.hasMember(id)
      case "groups": try snapshot.hasGroup(id)
      case "collections": try snapshot.hasCollection(id)
      default: true
      }
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
