import Hummingbird

/// The API's routes and the pages' in routers of their own: Hummingbird compares a path with one route after the other, and the API's
/// callers should not pay for the pages.
struct Entrance: HTTPResponder {
  let api: any HTTPResponder<ServerContext>
  let pages: any HTTPResponder<ServerContext>

  func respond(to request: Request, context: ServerContext) async throws -> Response {
    try await (Self.isOfAPI(request.uri.path) ? api : pages).respond(to: request, context: context)
  }

  /// Repeated slashes count as one (`api.md` 2.8).
  static func isOfAPI(_ path: String) -> Bool {
    let start = path.utf8.drop { $0 == UInt8(ascii: "/") }
    for base in [Routes.apiBase, Routes.identityBase] {
      let name = base.utf8.dropFirst()
      if start.starts(with: name), start.count == name.count || start.dropFirst(name.count).first == UInt8(ascii: "/") { return true }
    }
    return false
  }
}
