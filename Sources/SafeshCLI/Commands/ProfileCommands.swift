internal import ArgumentParser
internal import Foundation
internal import SafeConfiguration
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeClient

/// `safesh profile`: organizations on servers by name (docs/profiles.md).
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Organizations on servers, by name: where they are, whose key is used, and where its secret comes from.",
    discussion: """
      They stand in $XDG_CONFIG_HOME/safesh/config.yaml (~/.config/safesh/config.yaml); secrets do not. --profile, SAFESH_PROFILE or the \
      default chooses one, and SAFESH_URL, SAFESH_CLIENT_ID, SAFESH_CLIENT_SECRET and SAFESH_CACERT stand over its values.
      """,
    subcommands: [ProfileAdd.self, ProfileList.self, ProfileShow.self, ProfileUse.self, ProfileRemove.self])
}

extension SafeshCommand {
  /// What the body does with the file of profiles; what is wrong becomes a message and a status.
  func withProfiles(_ body: (ConfigurationFile) throws -> Void) -> ExitStatus {
    do {
      guard let file = ConfigurationFile(environment: ProcessInfo.processInfo.environment) else {
        throw ConfigurationError("there is no place for profiles", hint: "set HOME or XDG_CONFIG_HOME")
      }
      try body(file)
      return .done
    } catch {
      let text = (error as? ClientError)?.message ?? "\(error)"
      Terminal.write("safesh: \(text)\n", to: STDERR_FILENO)
      return .usage
    }
  }
}

struct ProfileAdd: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a profile. The first one becomes the default.",
    discussion: """
      safesh profile add acme --url https://vault.example.net --client-id organization.… --secret-command 'pass show safesh/acme'
      safesh profile add cloud --region eu --client-id organization.… --secret-file ~/.secrets/cloud --read-only
      """)

  @Argument(help: "The profile's name.")
  var name: String

  @Option(help: ArgumentHelp("The server: https://host for both bases; with --identity-url, the API's base.", valueName: "url"))
  var url: String?

  @Option(help: ArgumentHelp("The identity service's base, where it stands apart.", valueName: "url"))
  var identityUrl: String?

  @Option(help: ArgumentHelp("The cloud's region in place of a URL: us or eu.", valueName: "region"))
  var region: String?

  @Option(help: ArgumentHelp("The key's client id: organization.…", valueName: "id"))
  var clientId: String

  @Option(help: ArgumentHelp("Take the secret from this variable.", valueName: "variable"))
  var secretEnv: String?

  @Option(help: ArgumentHelp("Take the secret from what this command prints.", valueName: "command"))
  var secretCommand: String?

  @Option(help: ArgumentHelp("Take the secret from this file, which only you may read (chmod 600).", valueName: "file"))
  var secretFile: String?

  @Flag(help: "Ask for the secret on the terminal, without echo.")
  var secretPrompt = false

  @Flag(help: "Refuse whatever would change something.")
  var readOnly = false

  @Option(help: ArgumentHelp("Trust the authorities in this PEM file, too.", valueName: "file"))
  var cacert: String?

  @Option(help: ArgumentHelp("The server's limits, where its name does not tell them: learn, none, cloud, or a file of rules.", valueName: "name"))
  var pacing: String?

  @Flag(help: "Replace the profile of this name.")
  var replace = false

  func validate() throws {
    guard url != nil || region != nil else { throw ValidationError("give --url, or --region for the cloud") }
    guard secretEnv != nil || secretCommand != nil || secretFile != nil || secretPrompt else {
      throw ValidationError("say where the secret comes from: --secret-env, --secret-command, --secret-file or --secret-prompt; it is never an argument")
    }
  }

  func run() async -> ExitStatus {
    withProfiles { file in
      let profile = Profile(name: name, settings: settings)
      try check(profile, file)
      var isDefault = false
      try file.change { configuration throws(ConfigurationError) in
        guard configuration[name] == nil || replace else {
          throw ConfigurationError("there is a profile '\(name)' already", path: file.path, hint: "--replace writes it anew")
        }
        let changed = try configuration.adding(profile)
        isDefault = changed.defaultName == name
        return changed
      }
      let text = "\(file.path): profile '\(name)'\(isDefault ? ", the default" : ""); 'safesh login --profile \(name)' tries it\n"
      Terminal.write(text, to: STDERR_FILENO)
    }
  }

  private var settings: [ProfileKey: Profile.Setting] {
    let values: [ProfileKey: String?] = [
      .url: url, .region: region, .identityURL: identityUrl, .clientID: clientId, .secretVariable: secretEnv, .secretCommand: secretCommand,
      .secretFile: secretFile.map(absolute), .secretPrompt: secretPrompt ? "true" : nil, .cacert: cacert.map(absolute),
      .pacing: pacing.map { ProfileKey.pacing.isPath($0) ? absolute($0) : $0 },
      .readOnly: readOnly ? "true" : nil,
    ]
    return values.compactMapValues { $0.map { Profile.Setting($0) } }
  }

  /// Seen from here now, and from anywhere later.
  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") || path.hasPrefix("~/") ? path : (FileManager.default.currentDirectoryPath as NSString).appendingPathComponent(path)
  }

  /// What would fail at the first request is told now.
  private func check(_ profile: Profile, _ file: ConfigurationFile) throws {
    if let fault = Profile.fault(inName: name) { throw ConfigurationError(fault, hint: "choose another name") }
    try Credentials.check(clientID: clientId)
    let alone = try Configuration("", path: file.path).adding(profile)
    guard let chosen = ChosenProfile(alone, name, file) else { return }
    _ = try Connection.address(of: chosen)
    _ = try chosen.pacing(home: ProcessInfo.processInfo.environment["HOME"])
  }
}

struct ProfileList: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the profiles; * marks the default.")

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  func run() async -> ExitStatus {
    withProfiles { file in
      let configuration = try file.read()
      let rows = (configuration?.profiles ?? []).map { profile in
        let isDefault = profile.name == configuration?.defaultName
        let secret = configuration.flatMap { ChosenProfile($0, profile.name, file) }.flatMap { SecretOrigin($0) }?.description
        return [
          output == .table ? .text(isDefault ? "*" : "") : .bool(isDefault), .text(profile.name), (profile[.url] ?? profile[.region]).map { Value.text($0) } ?? .null,
          profile[.clientID].map { Value.text($0) } ?? .null, secret.map { Value.text($0) } ?? .null, .bool(profile.isReadOnly),
        ]
      }
      if output == .table, rows.isEmpty {
        Terminal.write("there are no profiles; 'safesh profile add NAME …' makes one\n", to: STDERR_FILENO)
        return
      }
      ListOutput(output).table(
        [
          output == .table ? .text("default") : .bool("default"), .text("name"), .optionalText("server"), .optionalText("client_id"),
          .optionalText("secret"), .bool("read_only"),
        ], rows)
    }
  }
}

struct ProfileShow: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a profile comes to here and now, and where each value comes from; never a secret.")

  @Argument(help: "The profile; without it the one that a run would use.")
  var name: String?

  @OptionGroup var connection: ConnectionOptions

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  func run() async -> ExitStatus {
    withProfiles { file in
      var choice = connection.choice
      choice.profile = name ?? choice.profile
      let environment = ProcessInfo.processInfo.environment
      let chosen = try ChosenProfile.choose(option: choice.profile, cacert: choice.cacert, environment: environment, file: file)
      guard let chosen else {
        Terminal.write("a run would use the sandbox\n", to: STDERR_FILENO)
        return
      }
      ListOutput(output).table([.text("setting"), .text("value"), .text("from")], rows(chosen))
    }
  }

  private func rows(_ chosen: ChosenProfile) -> [[Value]] {
    var rows: [[Value]] = []
    if let name = chosen.name { rows.append([.text("profile"), .text(name), .text(self.name != nil ? "the argument" : chosen.choice?.description ?? "")]) }
    for key in ProfileKey.allCases where !ProfileKey.secrets.contains(key) {
      if let value = chosen[key] { rows.append([.text(key.rawValue), .text(value.text), .text(value.source.description)]) }
    }
    if let (_, value) = chosen.secret, let origin = SecretOrigin(chosen) {
      rows.append([.text("secret"), .text(origin.description), .text(value.source.description)])
    }
    if let address = try? Connection.address(of: chosen) {
      rows.append([.text("api"), .text(address.api), .text("made of the above")])
      rows.append([.text("identity"), .text(address.identity), .text("made of the above")])
    }
    return rows
  }
}

struct ProfileUse: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "use", abstract: "Make a profile the default; 'sandbox' makes the sandbox it.")

  @Argument(help: "The profile's name.")
  var name: String

  func run() async -> ExitStatus {
    withProfiles { file in
      try file.change { configuration throws(ConfigurationError) in try configuration.choosing(name) }
      Terminal.write("\(name) is the default\n", to: STDERR_FILENO)
    }
  }
}

struct ProfileRemove: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a profile.")

  @Argument(help: "The profile's name.")
  var name: String

  func run() async -> ExitStatus {
    withProfiles { file in
      var isDefaultGone = false
      try file.change { configuration throws(ConfigurationError) in
        isDefaultGone = configuration.defaultName == name
        return try configuration.removing(name)
      }
      let next = isDefaultGone ? "; no profile is the default now, 'safesh profile use NAME' makes one it" : ""
      Terminal.write("profile '\(name)' is removed\(next)\n", to: STDERR_FILENO)
    }
  }
}
