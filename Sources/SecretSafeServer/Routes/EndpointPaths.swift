import HTTPTypes
import SecretSafeAPI

/// The paths of the endpoint table, to be found by a request's path. Hummingbird's router compares with one route after the other and
/// costs as much as reading a member; the API's paths have few lengths, so most are ruled out by counting.
struct EndpointPaths: Sendable {
  struct Path: Sendable {
    /// Below the root, with `{…}` where anything may stand.
    let components: [String]
    /// For counts and logs: `/api/public/members/{id}`.
    let route: String
    /// As the endpoint table has it.
    let endpointPath: String
    var endpoints: [Endpoint]

    var methods: [HTTPRequest.Method] { endpoints.map(\.httpMethod) }
  }

  /// A path that was found, and what stands in the place of `{…}`; empty if it has none.
  struct Match: Sendable {
    let path: Path
    let text: String
  }

  private let paths: [Path]

  init(_ endpoints: [Endpoint]) {
    var paths: [Path] = []
    for endpoint in endpoints {
      if let index = paths.firstIndex(where: { $0.endpointPath == endpoint.path }) {
        paths[index].endpoints.append(endpoint)
      } else {
        let route = Routes.apiBase + endpoint.path
        paths.append(
          Path(components: route.split(separator: "/").map(String.init), route: route, endpointPath: endpoint.path, endpoints: [endpoint]))
      }
    }
    self.paths = paths
  }

  /// Repeated slashes count as one, and one at the end for none (`api.md` 2.8).
  func match(_ path: String) -> Match? {
    let components = path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    for path in paths where path.components.count == components.count {
      var text: Substring = ""
      let fits = zip(path.components, components).allSatisfy { wanted, given in
        if wanted == given { return true }
        guard wanted.utf8.first == UInt8(ascii: "{") else { return false }
        text = given
        return true
      }
      if fits { return Match(path: path, text: Self.decoded(text)) }
    }
    return nil
  }

  /// Without percent-encoding: some clients write a GUID's hyphens as `%2D`. What cannot be decoded stays as it is.
  static func decoded(_ part: Substring) -> String {
    guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
    return Form.decoded(part.utf8, isPath: true) ?? String(part)
  }
}
