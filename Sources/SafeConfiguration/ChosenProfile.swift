/// The organization that options, environment and file choose together, with where each value came from. A value of the environment stands
/// over the file's, each for itself; the URLs are one value, and so is where the secret comes from.
public struct ChosenProfile: Sendable {
  public enum Source: Sendable, Hashable, CustomStringConvertible {
    case option(String)
    case variable(String)
    case file(path: String, line: Int?)

    public var description: String {
      switch self {
      case .option(let name), .variable(let name): name
      case .file(let path, let line): line.map { "\(path):\($0)" } ?? path
      }
    }
  }

  public struct Value: Sendable, Hashable {
    public var text: String
    public var source: Source
  }

  /// Nil if the environment says everything.
  public var name: String?
  /// Why this profile: `--profile`, `SAFESH_PROFILE`, or the file's default.
  public var choice: Source?
  public private(set) var values: [ProfileKey: Value] = [:]

  public subscript(_ key: ProfileKey) -> Value? { values[key] }

  public var isReadOnly: Bool { self[.readOnly]?.text == Profile.yes }

  /// The one key that says where the secret comes from.
  public var secret: (key: ProfileKey, value: Value)? {
    for key in ProfileKey.secrets { if let value = self[key], value.text != Profile.no { return (key, value) } }
    return nil
  }

  /// The variables that stand over values of the profile, but for how fast requests go: that makes it no other organization.
  public var overriding: [String] {
    guard name != nil else { return [] }
    return Set(values.values.compactMap { if case .variable(let name) = $0.source { name } else { nil } }).subtracting([Self.pacingVariable]).sorted()
  }

  // MARK: variables

  public static let profileVariable = "SAFESH_PROFILE"
  public static let urlVariable = "SAFESH_URL"
  public static let identityVariable = "SAFESH_IDENTITY_URL"
  public static let clientVariable = "SAFESH_CLIENT_ID"
  public static let secretVariable = "SAFESH_CLIENT_SECRET"
  public static let cacertVariable = "SAFESH_CACERT"
  public static let pacingVariable = "SAFESH_PACING"
  /// What a session needs; with all of them no profile does.
  static let needed = [urlVariable, clientVariable, secretVariable]

  // MARK: choosing

  /// What is chosen; nil is the sandbox. The file is read only if it can matter.
  ///
  /// - Parameters:
  ///   - option: the name of `--profile`.
  ///   - cacert: the path of `--cacert`.
  public static func choose(
    option: String?, cacert: String?, environment: [String: String], file: ConfigurationFile?
  ) throws(ConfigurationError) -> ChosenProfile? {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let named: (name: String, source: Source)? =
      option.map { ($0, .option("--profile")) } ?? variable(profileVariable).map { ($0, .variable(profileVariable)) }
    if named?.name == Profile.sandbox { return nil }
    var chosen = ChosenProfile()
    let isComplete = needed.allSatisfy { variable($0) != nil }
    if named != nil || !isComplete {
      let configuration = try file?.read()
      if let named {
        guard let configuration else { throw Configuration.unknown(named.name, among: [], file?.path) }
        chosen.take(try configuration.profile(named.name), named.source, configuration, file)
      } else if let configuration, !configuration.profiles.isEmpty {
        let hasVariables = needed.contains { variable($0) != nil }
        if let name = configuration.defaultName, name != Profile.sandbox {
          let source = Source.file(path: configuration.path, line: configuration.places.defaultKey?.line)
          chosen.take(try configuration.profile(name), source, configuration, file)
        } else if configuration.defaultName == nil, !hasVariables {
          let names = configuration.profiles.map(\.name)
          throw ConfigurationError(
            "no profile is chosen: there are \(names.joined(separator: ", "))",
            hint: "take one with --profile, or make it the default with 'safesh profile use \(names[0])'; '--profile sandbox' is the sandbox")
        }
      }
      // One that is there and empty was meant to say something: a secret that a pipeline does not have, for instance.
      if chosen.name == nil, !needed.contains(where: { environment[$0] != nil }) { return nil }
    }
    if let url = variable(urlVariable) {
      for key in [ProfileKey.url, .identityURL, .region] { chosen.values[key] = nil }
      chosen.values[.url] = Value(text: url, source: .variable(urlVariable))
    }
    if let identity = variable(identityVariable) { chosen.values[.identityURL] = Value(text: identity, source: .variable(identityVariable)) }
    if let client = variable(clientVariable) { chosen.values[.clientID] = Value(text: client, source: .variable(clientVariable)) }
    if variable(secretVariable) != nil {
      for key in ProfileKey.secrets { chosen.values[key] = nil }
      chosen.values[.secretVariable] = Value(text: secretVariable, source: .variable(secretVariable))
    }
    if let path = variable(cacertVariable) { chosen.values[.cacert] = Value(text: path, source: .variable(cacertVariable)) }
    if let pacing = variable(pacingVariable) { chosen.values[.pacing] = Value(text: pacing, source: .variable(pacingVariable)) }
    if let cacert { chosen.values[.cacert] = Value(text: cacert, source: .option("--cacert")) }
    return chosen
  }

  /// A profile as the file has it, without the environment; nil if there is none of the name.
  public init?(_ configuration: Configuration, _ name: String, _ file: ConfigurationFile) {
    guard let profile = configuration[name] else { return nil }
    take(profile, .file(path: file.path, line: nil), configuration, file)
  }

  private init() {}

  private mutating func take(_ profile: Profile, _ choice: Source, _ configuration: Configuration, _ file: ConfigurationFile?) {
    name = profile.name
    self.choice = choice
    for (key, setting) in profile.settings {
      values[key] = Value(
        text: key.isPath(setting.text) ? Self.resolved(setting.text, file?.folder ?? "") : setting.text, source: .file(path: configuration.path, line: setting.line))
    }
  }

  private static func resolved(_ path: String, _ folder: String) -> String {
    path.hasPrefix("/") || path.hasPrefix("~/") ? path : folder + "/" + path
  }
}
