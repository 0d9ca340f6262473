import HTTPTypes
import SecretSafeAPI

/// The paths of the endpoint table, to be found by a request's path. Hummingbird's router compares with one route after the other and
/// costs as much as reading a member; the API's paths have few lengths, so most are ruled out by counting.
struct EndpointPaths: Sendable {
  /// A class, so that a match counts one reference: these are shared by all requests on all threads.
  final class Path: Sendable {
    /// Below the root, with `{…}` where anything may stand.
    let components: [String]
    /// For counts and logs: `/api/public/members/{id}`.
    let route: String
    /// As the endpoint table has it.
    let endpointPath: String
    let endpoints: [Endpoint]

    init(_ endpointPath: String, _ endpoints: [Endpoint]) {
      route = Routes.apiBase + endpointPath
      components = route.split(separator: "/").map(String.init)
      self.endpointPath = endpointPath
      self.endpoints = endpoints
    }

    var methods: [HTTPRequest.Method] { endpoints.map(\.httpMethod) }
  }

  /// A path that was found, and what stands in the place of `{…}`; empty if it has none.
  struct Match: Sendable {
    let path: Path
    let text: String
  }

  /// By how many parts they have.
  private let paths: [[Path]]

  init(_ endpoints: [Endpoint]) {
    var paths: [[Path]] = []
    for (path, endpoints) in Dictionary(grouping: endpoints, by: \.path).sorted(by: { $0.key < $1.key }) {
      let path = Path(path, endpoints)
      while paths.count <= path.components.count { paths.append([]) }
      paths[path.components.count].append(path)
    }
    self.paths = paths
  }

  /// Repeated slashes count as one, and one at the end for none (`api.md` 2.8).
  func match(_ path: String) -> Match? {
    let components = path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    guard components.count < paths.count else { return nil }
    for path in paths[components.count] {
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
