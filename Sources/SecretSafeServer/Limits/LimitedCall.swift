package import SecretSafeAPI

/// What a limit looks at: the service, the method, and the path below the service's base without slashes that do not count and without
/// percent-encoding.
package struct LimitedCall {
  let service: LimitRule.Service
  let method: String
  let path: Substring

  /// Nil for a path of neither service.
  package init?(method: String, path: String) {
    let path = Self.normalized(EndpointPaths.decoded(path[...]))
    let services: [(base: String, service: LimitRule.Service)] = [(Routes.apiBase, .api), (Routes.identityBase, .identity)]
    guard let (base, service) = services.first(where: { path.hasPrefix($0.base + "/") }) else { return nil }
    self.service = service
    self.method = method
    self.path = path.dropFirst(base.count)
  }

  private static func normalized(_ path: String) -> String {
    var isPlain = true
    var last: UInt8 = 0
    for byte in path.utf8 {
      if byte == UInt8(ascii: "/"), last == byte { isPlain = false }
      last = byte
    }
    if isPlain, last != UInt8(ascii: "/") { return path }
    return "/" + path.split(separator: "/").joined(separator: "/")
  }
}

extension LimitRules {
  package func rules(for call: LimitedCall) -> [LimitRule] { rules(for: call.service, call.method, call.path) }
}
