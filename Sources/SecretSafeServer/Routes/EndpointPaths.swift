import HTTPTypes
import SecretSafeAPI

/// The paths of the endpoint table, to be found by a request's path. Hummingbird's router compares with one route after the other and
/// costs as much as reading a member; the API's paths have few lengths, so most are ruled out by counting.
struct EndpointPaths: Sendable {
  /// A class, so that a match counts one reference: these are shared by all requests on all threads.
  final class Path: Sendable {
    /// Below the root; nil where anything may stand, written `{…}`.
    let components: [[UInt8]?]
    /// For counts and logs: `/api/public/members/{id}`.
    let route: String
    /// As the endpoint table has it.
    let endpointPath: String
    let offers: [(method: HTTPRequest.Method, endpoint: Endpoint, action: Action)]

    init(_ endpointPath: String, _ endpoints: [Endpoint]) {
      route = Routes.apiBase + endpointPath
      components = route.split(separator: "/").map { $0.first == "{" ? nil : Array($0.utf8) }
      self.endpointPath = endpointPath
      offers = endpoints.compactMap { endpoint in Routes.actions[endpoint].map { (endpoint.httpMethod, endpoint, $0) } }
    }

    var methods: [HTTPRequest.Method] { offers.map(\.method) }

    /// What stands in the place of `{…}`, nothing if it has none; nil if the path is another one.
    fileprivate func text(in path: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
      var parts = PathParts(path: path)
      var text = UnsafeBufferPointer(rebasing: path[..<0])
      for component in components {
        guard let part = parts.next() else { return nil }
        if let component {
          guard part.elementsEqual(component) else { return nil }
        } else {
          text = part
        }
      }
      return text
    }
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
    var path = path
    return path.withUTF8 { bytes in
      var parts = PathParts(path: bytes)
      var count = 0
      while parts.next() != nil { count += 1 }
      guard count < paths.count else { return nil }
      for path in paths[count] {
        if let text = path.text(in: bytes) { return Match(path: path, text: Self.decoded(Substring(decoding: text, as: UTF8.self))) }
      }
      return nil
    }
  }

  /// Without percent-encoding: some clients write a GUID's hyphens as `%2D`. What cannot be decoded stays as it is.
  static func decoded(_ part: Substring) -> String {
    guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
    return Form.decoded(part.utf8, isPath: true) ?? String(part)
  }
}

/// What stands between the slashes of a path.
private struct PathParts: IteratorProtocol {
  let path: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(path: UnsafeBufferPointer<UInt8>) { self.path = path }

  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    while at < path.count, path[at] == UInt8(ascii: "/") { at += 1 }
    let start = at
    while at < path.count, path[at] != UInt8(ascii: "/") { at += 1 }
    return start < at ? UnsafeBufferPointer(rebasing: path[start..<at]) : nil
  }
}
