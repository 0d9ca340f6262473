internal import SafeLanguage
internal import Yams

/// The file of profiles, read: which there are, and which is used where none is named.
public struct Configuration: Sendable {
  /// Bytes of a file; one with a thousand profiles has a quarter of it.
  static let limit = 1 << 20

  public private(set) var profiles: [Profile] = []
  public private(set) var defaultName: String?
  /// Where things stand, for edits.
  private(set) var places = Places()
  let text: String
  public let path: String

  struct Places: Sendable {
    struct Place: Sendable, Hashable {
      /// From 1 both.
      var line: Int
      var column: Int
    }
    var profiles: Place?
    var hasProfiles = false
    var defaultValue: Place?
    var defaultKey: Place?
    var names: [String: Place] = [:]
  }

  static let defaultKey = "default"
  static let profilesKey = "profiles"

  /// Reads the text of a file. All that is wrong with it is one error, the first.
  public init(_ text: String, path: String) throws(ConfigurationError) {
    self.text = text
    self.path = path
    if text.utf8.count > Self.limit { throw ConfigurationError("the file has over \(Self.limit >> 20) MiB", path: path, hint: "it holds profiles only") }
    guard let root = try Self.compose(text, path), !Self.isNull(root) else { return }
    guard case .mapping(let mapping) = root else {
      throw error("this is no list of profiles", root, "the file begins with 'profiles:', and 'safesh profile add' writes it")
    }
    for (key, value) in mapping {
      switch key.string {
      case Self.defaultKey:
        (places.defaultKey, places.defaultValue) = (Self.place(key), Self.place(value))
        if !Self.isNull(value) { defaultName = try scalar(value, "the name of a profile") }
      case Self.profilesKey:
        places.profiles = Self.place(key)
        try readProfiles(value)
      default:
        throw error(
          "'\(Self.shown(key))' is no part of the file", key,
          Self.suggestion(key.string, among: [Self.defaultKey, Self.profilesKey], else: "it has 'default' and 'profiles'"))
      }
    }
    if let name = defaultName, name != Profile.sandbox, self[name] == nil {
      let known = profiles.map(\.name)
      throw ConfigurationError(
        "there is no profile '\(name)'", path: path, line: places.defaultValue?.line, column: places.defaultValue?.column,
        hint: Self.suggestion(name, among: known + [Profile.sandbox], else: known.isEmpty ? "the file has none" : "there are \(known.joined(separator: ", "))"))
    }
  }

  public subscript(_ name: String) -> Profile? { profiles.first { $0.name == name } }

  /// The profile of a name, or an error with the nearest one.
  public func profile(_ name: String) throws(ConfigurationError) -> Profile {
    if let profile = self[name] { return profile }
    throw Self.unknown(name, among: profiles.map(\.name), path)
  }

  static func unknown(_ name: String, among known: [String], _ path: String?) -> ConfigurationError {
    ConfigurationError(
      "there is no profile '\(name)'", path: path,
      hint: suggestion(name, among: known, else: known.isEmpty ? "'safesh profile add \(name) …' makes it" : "there are \(known.joined(separator: ", "))"))
  }

  // MARK: reading

  private mutating func readProfiles(_ node: Node) throws(ConfigurationError) {
    if Self.isNull(node) { return }
    guard case .mapping(let mapping) = node else { throw error("'profiles' has a name for each profile, with its settings below", node, nil) }
    places.hasProfiles = !mapping.isEmpty
    for (key, value) in mapping {
      let name = try scalar(key, "the name of a profile")
      if let fault = Profile.fault(inName: name) { throw error("'\(name)': \(fault)", key, "choose another name") }
      places.names[name] = Self.place(key)
      profiles.append(Profile(name: name, settings: try settings(value, of: name)))
    }
  }

  private func settings(_ node: Node, of name: String) throws(ConfigurationError) -> [ProfileKey: Profile.Setting] {
    if Self.isNull(node) { return [:] }
    guard case .mapping(let mapping) = node else { throw error("the profile '\(name)' has settings as 'url: …', one on each line", node, nil) }
    var settings: [ProfileKey: Profile.Setting] = [:]
    var nodes: [ProfileKey: Node] = [:]
    for (keyNode, value) in mapping {
      let text = keyNode.string ?? ""
      guard let key = ProfileKey(rawValue: text) else {
        if ["secret", "client-secret", "password"].contains(text) {
          throw error("a secret does not stand in this file", keyNode, "say where it comes from: \(ProfileKey.secrets.map(\.rawValue).joined(separator: ", "))")
        }
        let keys = ProfileKey.allCases.map(\.rawValue)
        throw error("a profile has no '\(Self.shown(keyNode))'", keyNode, Self.suggestion(text, among: keys, else: "it has \(keys.joined(separator: ", "))"))
      }
      nodes[key] = keyNode
      settings[key] = Profile.Setting(try self.text(value, for: key), line: keyNode.mark?.line)
    }
    if let fault = Profile.fault(in: settings) { throw error(fault.message, nodes[fault.key] ?? node, fault.hint) }
    return settings
  }

  private func text(_ node: Node, for key: ProfileKey) throws(ConfigurationError) -> String {
    let text = try scalar(node, "a value")
    guard key.isYesOrNo else {
      if text.isEmpty || Self.isNull(node) { throw error("'\(key.rawValue)' is empty", node, "give it a value, or leave the line out") }
      return text
    }
    switch text.lowercased() {
    case "true", "yes", "on": return Profile.yes
    case "false", "no", "off": return Profile.no
    default: throw error("'\(key.rawValue)' is '\(text)'", node, "it is true or false")
    }
  }

  private func scalar(_ node: Node, _ what: String) throws(ConfigurationError) -> String {
    guard case .scalar(let scalar) = node else { throw error("here stands \(what), and no list or mapping", node, nil) }
    return scalar.string
  }

  private static func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private static func place(_ node: Node) -> Places.Place? { node.mark.map { Places.Place(line: $0.line, column: $0.column) } }
  private static func shown(_ node: Node) -> String { node.string ?? "a key that is no text" }

  private func error(_ message: String, _ node: Node, _ hint: String?) -> ConfigurationError {
    ConfigurationError(message, path: path, line: node.mark?.line, column: node.mark?.column, hint: hint)
  }

  static func suggestion(_ name: String?, among known: [String], else other: String) -> String {
    name.flatMap { Suggestion.nearest(to: $0, among: known) }.map { "did you mean '\($0)'?" } ?? other
  }

  private static func compose(_ text: String, _ path: String) throws(ConfigurationError) -> Node? {
    do { return try Yams.Parser(yaml: text, encoding: .utf8).singleRoot() } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
        throw ConfigurationError("this is no YAML: \(problem)", path: path, line: mark.line, column: mark.column)
      case .duplicatedKeysInMapping(let keys, let context):
        throw ConfigurationError(
          "the key '\(keys.first ?? "")' comes twice", path: path, line: context.mark.line, column: context.mark.column, hint: "keep one of them")
      default: throw ConfigurationError("this is no YAML", path: path)
      }
    } catch { throw ConfigurationError("this is no YAML", path: path) }
  }
}
