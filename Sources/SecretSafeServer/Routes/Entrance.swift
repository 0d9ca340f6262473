import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// Where every request comes in: endpoints of the API are found in their table, everything else in one of two routers.
struct Entrance: HTTPResponder {
  let paths: EndpointPaths
  let endpoints: any HTTPResponder<ServerContext>
  /// Below the API's bases: what is no endpoint.
  let api: any HTTPResponder<ServerContext>
  let pages: any HTTPResponder<ServerContext>

  func respond(to request: Request, context: ServerContext) async throws -> Response {
    if let match = paths.match(request.uri.path) {
      var context = context
      context.match = match
      return try await endpoints.respond(to: request, context: context)
    }
    return try await (Self.isOfAPI(request.uri.path) ? api : pages).respond(to: request, context: context)
  }

  /// Repeated slashes count as one (`api.md` 2.8).
  private static func isOfAPI(_ path: String) -> Bool {
    let first = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1).first.map { Substring($0) }
    return first.map { $0 == Routes.apiBase.dropFirst() || $0 == Routes.identityBase.dropFirst() } ?? false
  }
}

/// Carries out the endpoint that was found. In one function, since each that may wait costs a request as much as a header.
struct EndpointResponder: HTTPResponder {
  let routes: Routes
  let failures: FailureAnswers

  func respond(to request: Request, context: ServerContext) async -> Response {
    var response: Response
    do {
      guard let match = context.match else { throw Failure.notFound }
      guard let (_, endpoint, action) = match.path.offers.first(where: { $0.method == request.method }) else {
        // An object that is not there is told before a method that it would not have (`api.md` 2.6).
        let organization = try routes.authorize(request).organization
        try routes.demandObject(match.path.endpointPath, match.text, organization)
        throw Failure.methodNotAllowed(match.path.methods)
      }
      let call = try routes.call(endpoint, request, context, match.text)
      switch action {
      case .reads(let read): response = try read(call)
      case .changes(let change): response = try await change(call)
      }
    } catch {
      response = failures.answer(error, to: request, context)
    }
    response.headers.secure()
    return response
  }
}

/// One middleware around what it leads to.
struct Layer: HTTPResponder {
  let middleware: any RouterMiddleware<ServerContext>
  let inner: any HTTPResponder<ServerContext>

  func respond(to request: Request, context: ServerContext) async throws -> Response {
    try await middleware.handle(request, context: context) { try await inner.respond(to: $0, context: $1) }
  }

  /// The first middleware is the outermost.
  static func around(
    _ responder: any HTTPResponder<ServerContext>, _ middlewares: [any RouterMiddleware<ServerContext>]
  ) -> any HTTPResponder<ServerContext> {
    middlewares.reversed().reduce(responder) { Layer(middleware: $1, inner: $0) }
  }
}
