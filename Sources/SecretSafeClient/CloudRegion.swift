/// The clouds whose hosts are known (`api.md` 1.1): a region, or any of its hosts, stands for both bases.
public enum CloudRegion: String, CaseIterable, Sendable {
  case us, eu

  var domain: String {
    switch self {
    case .us: "bitwarden.com"
    case .eu: "bitwarden.eu"
    }
  }

  /// By the web safe's host, or that of one of the bases; nil for any other server.
  init?(host: String) {
    let host = host.lowercased()
    let names = { (region: CloudRegion) in ["", "vault.", "api.", "identity."].map { $0 + region.domain } }
    guard let region = Self.allCases.first(where: { names($0).contains(host) }) else { return nil }
    self = region
  }
}
