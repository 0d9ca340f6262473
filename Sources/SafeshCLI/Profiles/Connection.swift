internal import Foundation
internal import SafeConfiguration
internal import SafeSystem
internal import SecretSafeClient

/// What options, environment and profile come to together: an organization and the way to its server.
struct Connection: Sendable {
  /// The options that choose one.
  struct Choice: Sendable {
    var profile: String?
    var cacert: String?
  }

  let chosen: ChosenProfile
  let address: ServerAddress
  let clientID: String
  let secret: SecretOrigin

  /// The connection that is chosen; nil is the sandbox.
  ///
  /// - Throws: `unauthorized` if something is missing or wrong: never another target instead.
  static func choose(_ choice: Choice, _ environment: [String: String]) throws(ClientError) -> Connection? {
    guard let chosen = try chosenProfile(choice, environment) else { return nil }
    guard chosen.name != nil else {
      guard let credentials = try Credentials.fromEnvironment(environment) else { return nil }
      return Connection(chosen: chosen, address: credentials.address, clientID: credentials.clientID, secret: .variable(ChosenProfile.secretVariable))
    }
    return try Connection(chosen)
  }

  static func chosenProfile(_ choice: Choice, _ environment: [String: String]) throws(ClientError) -> ChosenProfile? {
    do {
      return try ChosenProfile.choose(
        option: choice.profile, cacert: choice.cacert, environment: environment, file: ConfigurationFile(environment: environment))
    } catch { throw ClientError(.unauthorized, error.description) }
  }

  private init(chosen: ChosenProfile, address: ServerAddress, clientID: String, secret: SecretOrigin) {
    (self.chosen, self.address, self.clientID, self.secret) = (chosen, address, clientID, secret)
  }

  private init(_ chosen: ChosenProfile) throws(ClientError) {
    var missing: [(setting: String, variable: String)] = []
    if chosen[.url] == nil, chosen[.region] == nil { missing.append(("url", ChosenProfile.urlVariable)) }
    if chosen[.clientID] == nil { missing.append(("client-id", ChosenProfile.clientVariable)) }
    if chosen.secret == nil { missing.append(("secret", ChosenProfile.secretVariable)) }
    guard let clientID = chosen[.clientID]?.text, let secret = SecretOrigin(chosen), missing.isEmpty else {
      let name = chosen.name ?? ""
      throw ClientError(
        .unauthorized,
        "the profile '\(name)' has no \(missing.map(\.setting).joined(separator: " and no ")); 'safesh profile add \(name) --replace …' writes it anew, or set "
          + missing.map(\.variable).joined(separator: " and "))
    }
    try Credentials.check(clientID: clientID)
    self.init(chosen: chosen, address: try Self.address(of: chosen), clientID: clientID, secret: secret)
  }

  /// The two bases: those of a region (the identity service's may be given apart by its variable), two that are given, or one URL for both.
  static func address(of chosen: ChosenProfile) throws(ClientError) -> ServerAddress {
    if let region = chosen[.region]?.text {
      guard let known = CloudRegion(rawValue: region.lowercased()) else {
        let names = CloudRegion.allCases.map(\.rawValue).joined(separator: " and ")
        throw ClientError(.unauthorized, "there is no region '\(region)'; there are \(names), and any other server has a URL")
      }
      let address = try ServerAddress(known)
      guard let identity = chosen[.identityURL]?.text else { return address }
      return try ServerAddress(identity: identity, api: address.api)
    }
    let url = chosen[.url]?.text ?? ""
    if let identity = chosen[.identityURL]?.text { return try ServerAddress(identity: identity, api: url) }
    return try ServerAddress(url)
  }

  var isReadOnly: Bool { chosen.isReadOnly }

  // MARK: names

  /// How a run names it: the profile with its host, and which variables stand over it.
  var name: String {
    guard let profile = chosen.name else { return address.host }
    let variables = chosen.overriding
    return "\(profile) (\(address.host))" + (variables.isEmpty ? "" : " with \(variables.joined(separator: ", "))") + (chosen.isReadOnly ? ", read-only" : "")
  }

  /// How the prompt names it, and messages that have little room.
  var shortName: String { chosen.name ?? address.host }

  // MARK: clients

  /// The key, with a secret that is at hand or will be asked for.
  func credentials(_ environment: [String: String]) throws(ClientError) -> Credentials {
    Credentials(address: address, clientID: clientID, secret: try secret.secret(for: self, environment))
  }

  func options(_ environment: [String: String]) throws(ClientError) -> Client.Options {
    var options = Client.Options()
    options.isReadOnly = chosen.isReadOnly
    options.network.proxies = ProxySettings(environment: environment)
    options.network.authorities = try authorities(environment)
    options.tokens = Self.tokens(environment)
    return options
  }

  func authorities(_ environment: [String: String]) throws(ClientError) -> Authorities? {
    guard let path = chosen[.cacert]?.text else { return nil }
    return try Authorities(file: FilePath.expanded(path, home: environment["HOME"]))
  }

  /// Tokens are kept where the system may throw them away: losing one costs a request, and no backup should hold them. Nil without a home.
  static func tokens(_ environment: [String: String]) -> TokenCache? {
    BaseDirectory.cache.folder(in: environment).map { TokenCache(folder: $0) }
  }
}

extension ChosenProfile {
  /// What is known of the server's limits; nil for what the host's name tells.
  func pacing(home: String?) throws(ClientError) -> PacingPreset? {
    guard let text = self[.pacing]?.text else { return nil }
    return try PacingPreset(named: FilePath.expanded(text, home: home))
  }
}
