/// What a profile may say, by its key in the file. Options of `safesh profile add` have the same names.
public enum ProfileKey: String, Sendable, CaseIterable {
  case url, region
  case identityURL = "identity-url"
  case clientID = "client-id"
  case secretVariable = "secret-env"
  case secretCommand = "secret-command"
  case secretFile = "secret-file"
  case secretPrompt = "secret-prompt"
  case cacert
  case pacing
  case readOnly = "read-only"

  /// Where the secret comes from: at most one of them.
  public static let secrets: [ProfileKey] = [.secretVariable, .secretCommand, .secretFile, .secretPrompt]

  public var isYesOrNo: Bool { self == .readOnly || self == .secretPrompt }
  /// Whether a value is a path, which `~/` may begin, and which is seen from the file's folder if it is not absolute.
  public func isPath(_ value: String) -> Bool { self == .secretFile || self == .cacert || (self == .pacing && !Self.pacingWords.contains(value)) }

  /// What pacing may be beside a file of rules.
  static let pacingWords: Set<String> = ["learn", "none", "cloud"]
}

/// Where an organization is, whose key is used, and where the key's secret comes from; never the secret itself.
public struct Profile: Sendable, Hashable {
  public struct Setting: Sendable, Hashable {
    public var text: String
    /// The line in the file, from 1; nil if it stands in none yet.
    public var line: Int?

    public init(_ text: String, line: Int? = nil) {
      self.text = text
      self.line = line
    }
  }

  public var name: String
  public var settings: [ProfileKey: Setting]

  public init(name: String, settings: [ProfileKey: Setting] = [:]) {
    self.name = name
    self.settings = settings
  }

  public subscript(_ key: ProfileKey) -> String? { settings[key]?.text }

  public var isReadOnly: Bool { self[.readOnly] == Self.yes }

  static let yes = "true"
  static let no = "false"

  /// The sandbox is chosen by this name, so no profile has it.
  public static let sandbox = "sandbox"
  static let longestName = 64

  /// Why a profile cannot have a name; nil if it can.
  public static func fault(inName name: String) -> String? {
    if name == sandbox { return "'\(sandbox)' is the name of the sandbox, which needs no profile" }
    let isSpelled = name.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)
    }
    guard !name.isEmpty, name.utf8.count <= longestName, isSpelled, !name.hasPrefix("-"), !name.hasPrefix(".") else {
      return "a profile's name has 1 to \(longestName) letters, digits, '-', '_' and '.', and begins with a letter or a digit"
    }
    return nil
  }

  /// Why these settings cannot stand together, and the key at fault; what is missing may come from the environment.
  static func fault(in settings: [ProfileKey: Setting]) -> (key: ProfileKey, message: String, hint: String)? {
    let secrets = ProfileKey.secrets.filter { settings[$0] != nil && settings[$0]?.text != no }
    if secrets.count > 1 {
      let later = secrets.max { (settings[$0]?.line ?? 0, $0.rawValue) < (settings[$1]?.line ?? 0, $1.rawValue) } ?? secrets[1]
      let other = secrets.first { $0 != later } ?? secrets[0]
      return (later, "the secret comes from two places, '\(other.rawValue)' and '\(later.rawValue)'", "keep one of them")
    }
    if settings[.region] != nil, settings[.url] != nil || settings[.identityURL] != nil {
      return (.region, "'region' and a URL exclude one another", "a region has its URLs; keep one of them")
    }
    if settings[.identityURL] != nil, settings[.url] == nil {
      return (.identityURL, "'identity-url' needs 'url', the address of the API", "add it, or take 'url' alone for a server with both")
    }
    return nil
  }
}
