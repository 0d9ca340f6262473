/// The folders of the XDG base directory specification in which safesh keeps what is a person's own.
public enum BaseDirectory: String, Sendable {
  case config = "XDG_CONFIG_HOME"
  case state = "XDG_STATE_HOME"
  case cache = "XDG_CACHE_HOME"

  /// `$XDG_STATE_HOME/safesh` or its like; nil where neither the variable nor `HOME` names a folder. A relative one counts as none.
  public func folder(in environment: [String: String]) -> String? {
    if let folder = environment[rawValue], folder.hasPrefix("/") { return folder + "/safesh" }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return (home == "/" ? "" : home) + below + "/safesh"
  }

  private var below: String {
    switch self {
    case .config: "/.config"
    case .state: "/.local/state"
    case .cache: "/.cache"
    }
  }
}
