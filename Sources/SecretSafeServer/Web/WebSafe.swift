import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SecretSafeAPI
import SecretSafeStore

/// What the web safe is told when the server starts.
struct WebSettings: Sendable {
  let address: PublicAddress
  /// Whether mails of the outbox go out.
  let sendsMail: Bool

  init(address: PublicAddress = PublicAddress(), sendsMail: Bool = false) {
    self.address = address
    self.sendsMail = sendsMail
  }
}

/// Pages for people beside the API: owners look after their organization, and invited persons accept.
struct WebSafe: Sendable {
  /// Bytes of a form.
  static let formLimit = 64 * 1024
  /// Rows of a page.
  static let pageSize = 50

  let store: Store
  let settings: WebSettings
  let passwords = PasswordCheck()
  let choices = OrganizationChoices()
  /// Told why a request ended in 500.
  let log: Logger?

  static let routes: [WebRoute] =
    SignInPages.routes + KeyPages.routes + ScopedKeyPages.routes + MemberPages.routes + CollectionPages.routes + EventPages.routes + OutboxPages.routes
    + JoinPages.routes

  func add(to router: Router<ServerContext>) {
    router.add(middleware: MissingPages(web: self))
    router.get("/style.css") { _, _ in Response.asset(ByteBuffer(string: StyleSheet.text), type: "text/css; charset=utf-8") }
    router.get("/icon.svg") { _, _ in Response.asset(ByteBuffer(string: LayoutTemplates.icon), type: "image/svg+xml") }
    for route in Self.routes {
      router.on(RouterPath(route.path), method: route.method) { request, context in await answer(route, request, context) }
    }
  }

  private func answer(_ route: WebRoute, _ request: Request, _ context: ServerContext) async -> Response {
    let browser = SessionToken(cookie: cookieName(.browser), of: request)
    let token = browser ?? SessionToken()
    var response: Response
    do {
      let form = try await form(of: request)
      let origin = Origin(ipAddress: context.remoteAddress)
      switch route.action {
      case .open(let action):
        if let form, browser?.accepts(formToken: form["form"] ?? "") != true { throw WebFailure.foreignForm }
        response = try await action(Visit(web: self, context: context, form: form ?? Form([]), browser: token, origin: origin))
      case .owner(let action):
        guard let session = SessionToken(cookie: cookieName(.session), of: request), let owner = try await store.session(session)
        else { return .page(movedTo: "/sign-in") }
        if let form, !session.accepts(formToken: form["form"] ?? "") { throw WebFailure.foreignForm }
        response = try await action(
          OwnerVisit(web: self, request: request, context: context, form: form ?? Form([]), session: session, owner: owner, address: context.remoteAddress))
      }
    } catch let failure as WebFailure {
      response = page(failure)
    } catch Refusal.noSuchObject, Refusal.noSuchReference {
      response = page(WebFailure.notFound)
    } catch Refusal.rule(let text) {
      response = page(WebFailure.refused(text))
    } catch {
      log?.error("request failed", metadata: ["request": .stringConvertible(RequestLine(request, context)), "error": "\(error)"])
      response = message("That did not work", "The server could not do it. Try again later.", status: .internalServerError)
    }
    if case .open = route.action, browser == nil, response.headers[.setCookie] == nil { response.set(.browser, token, self) }
    return response
  }

  /// Nil for a request that changes nothing.
  private func form(of request: Request) async throws -> Form? {
    guard request.method == .post else { return nil }
    guard mediaType(request.headers[.contentType] ?? "") == "application/x-www-form-urlencoded" else { throw WebFailure.notAForm }
    do {
      return Form(try await collectedBody(of: request, upTo: Self.formLimit))
    } catch Failure.tooLarge {
      throw WebFailure.tooLarge
    } catch Failure.brokenBody {
      throw WebFailure.notAForm
    }
  }
}

/// One request of a page, as data: who may send it, and what it does.
struct WebRoute: Sendable {
  enum Action: Sendable {
    case open(@Sendable (Visit) async throws -> Response)
    case owner(@Sendable (OwnerVisit) async throws -> Response)
  }

  let method: HTTPRequest.Method
  let path: String
  let action: Action

  static func get(_ path: String, _ action: @escaping @Sendable (OwnerVisit) async throws -> Response) -> WebRoute {
    WebRoute(method: .get, path: path, action: .owner(action))
  }

  static func post(_ path: String, _ action: @escaping @Sendable (OwnerVisit) async throws -> Response) -> WebRoute {
    WebRoute(method: .post, path: path, action: .owner(action))
  }
}

/// Answers what no route takes, outside the API, with a page.
struct MissingPages: RouterMiddleware {
  let web: WebSafe

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      let components = request.uri.path.split(separator: "/")
      if let first = components.first, Routes.apiBase.dropFirst() == first || Routes.identityBase.dropFirst() == first { throw error }
      let methods = WebSafe.routes.filter { components.fit($0.path.split(separator: "/")) }.map(\.method)
      return web.page(methods.isEmpty ? WebFailure.notFound : .methodNotAllowed(methods))
    }
  }
}
