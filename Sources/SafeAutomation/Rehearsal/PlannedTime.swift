internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// How long the requests of a plan take at least, at limits that are known.
public struct PlannedTime: Sendable {
  public enum Basis: String, Sendable {
    /// Those of the server are known.
    case known
    /// The server's are not known; these are the cloud's.
    case cloud
    /// There are none.
    case none
  }

  public var basis = Basis.none
  public var seconds = 0

  init() {}

  init(_ paths: PlannedPaths, _ pacing: PacingPreset) {
    switch pacing {
    case .none: break
    case .rules: (basis, seconds) = (.known, LimitFloor.seconds(paths.paced, pacing))
    case .learn: (basis, seconds) = (.cloud, LimitFloor.seconds(paths.paced, .cloud))
    }
  }

  /// As `8 min 3 s`.
  public static func text(_ seconds: Int) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")]
    let shown = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return shown.isEmpty ? "a moment" : shown.joined(separator: " ")
  }
}

extension PlannedPaths {
  fileprivate var paced: some Sequence<(key: PacedCall, value: Int)> {
    lazy.map { (key: PacedCall(.api, $0.key.endpoint.method.rawValue, $0.key.path), value: $0.value) }
  }
}
