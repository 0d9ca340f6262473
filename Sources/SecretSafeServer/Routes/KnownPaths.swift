import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// Tells a wrong method on a known path from an unknown path (`api.md` 2.6), after the router has found no route.
struct KnownPaths: RouterMiddleware {
  struct Path {
    let components: [Substring]
    let endpointPath: String
    var methods: [HTTPRequest.Method]
  }

  let routes: Routes
  private let paths: [Path]

  init(routes: Routes) {
    self.routes = routes
    var paths: [Path] = []
    for endpoint in routes.endpoints {
      if let index = paths.firstIndex(where: { $0.endpointPath == endpoint.path }) {
        paths[index].methods.append(endpoint.httpMethod)
      } else {
        let components = (Routes.apiBase + endpoint.path).split(separator: "/")
        paths.append(Path(components: components, endpointPath: endpoint.path, methods: [endpoint.httpMethod]))
      }
    }
    self.paths = paths
  }

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      throw try failure(request)
    }
  }

  private func failure(_ request: Request) throws -> Failure {
    let components = request.uri.path.split(separator: "/")
    if components == Routes.tokenPath.split(separator: "/") { return .oauth("invalid_request") }
    if components == ["api", "alive"] || components == ["identity", "alive"] { return .methodNotAllowed([.get]) }
    guard let path = paths.first(where: { components.fit($0.components) }) else { return .notFound }
    let organization = try routes.authorize(request).organization
    if let id = zip(path.components, components).first(where: { $0.0 == "{id}" })?.1 {
      try routes.demandObject(path.endpointPath, String(id), organization)
    }
    return .methodNotAllowed(path.methods)
  }
}

extension [Substring] {
  /// Whether the components of a path fit those of a template, where what stands in braces is anything.
  func fit(_ template: [Substring]) -> Bool {
    count == template.count && zip(template, self).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
  }
}
