import HTTPTypes
import Hummingbird
import SecretSafeAPI

/// Tells a wrong method on a known path from an unknown path (`api.md` 2.6), where the API has paths that are no endpoints.
struct KnownPaths: RouterMiddleware {
  /// Those that need no token and know GET only.
  private static let open = [
    Routes.apiBase + "/alive", Routes.identityBase + "/alive", Routes.apiBase + OpenAPI.path, DocumentRoutes.page,
  ].map { $0.split(separator: "/") }

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      throw Self.failure(request.uri.path.split(separator: "/"))
    }
  }

  private static func failure(_ components: [Substring]) -> Failure {
    if components == Routes.tokenPath.split(separator: "/") { return .oauth("invalid_request") }
    if open.contains(components) { return .methodNotAllowed([.get]) }
    return .notFound
  }
}

extension [Substring] {
  /// Whether the components of a path fit those of a template, where what stands in braces is anything.
  func fit(_ template: [Substring]) -> Bool {
    count == template.count && zip(template, self).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
  }
}
