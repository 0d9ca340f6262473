internal import ArgumentParser
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeServer

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// `safesh org key`
struct OrgKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Show, rotate, add and revoke API keys. Secrets are shown once; only hashes are kept.",
    subcommands: [KeyShowID.self, KeyList.self, KeyRotate.self, KeyAdd.self, KeyRevoke.self])
}

struct KeyShowID: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "show-id", abstract: "Print the client id of the organization's own key.")

  @OptionGroup var choice: ChosenOrganization

  func run() async -> ExitStatus {
    await with(choice) { _, organization, _ in StandardOutput.write(organization.clientID + "\n") }
  }
}

struct KeyList: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the organization's keys.")

  @OptionGroup var choice: ChosenOrganization

  func run() async -> ExitStatus {
    await with(choice) { file, organization, output in
      output.table(
        [.text("id"), .text("name"), .text("scopes"), .time("created"), .time("expires"), .text("client_id")],
        try file.keys(organization).map { key in
          [
            key.id.map { .text($0.description) } ?? .null, .text(key.name ?? "the organization's own"), .text(key.scopes.text),
            .time(Int(key.created.microseconds)), key.expires.map { .time(Int($0.microseconds)) } ?? .null, .text(key.clientID),
          ]
        })
    }
  }
}

struct KeyRotate: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Replace the secret of the organization's own key.",
    discussion: "The old secret and the tokens that were got with it end at once. Scoped keys stay.")

  @OptionGroup var choice: ChosenOrganization

  func run() async -> ExitStatus {
    await with(choice) { file, organization, output in
      try choice.file.confirm("Rotate the key of \(organization.name)? What uses the old secret stops working.")
      output.key(try await file.rotateKey(organization))
    }
  }
}

struct KeyAdd: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make a key that may do less than everything.",
    discussion: """
      Scopes: \(Scopes.names.joined(separator: ", ")). The part behind 'api.organization.' will do. Write does not include read. \
      Such a key deals with members of type user only.
      """)

  @OptionGroup var choice: ChosenOrganization

  @Option(help: "What it is for.")
  var name: String

  @Option(name: .customLong("scope"), help: "What it may do; give it several times, or several with commas.")
  var scopes: [String]

  @Option(help: ArgumentHelp("When it ends, as 2027-01-31 or with a time; without it never.", valueName: "time"))
  var expires: String?

  func validate() throws {
    _ = try granted
    if let expires, Timestamp(expires) == nil { throw ValidationError("--expires \(expires): write a time as 2027-01-31 or 2027-01-31T18:00:00Z") }
  }

  private var granted: Scopes {
    get throws {
      var granted: Scopes = []
      for name in scopes.flatMap({ $0.split(separator: ",") }) {
        let full = name.hasPrefix(Endpoint.scope) ? String(name) : "\(Endpoint.scope).\(name)"
        guard let scope = Scopes(name: full) else {
          throw ValidationError("--scope \(name): there is no such scope; there are \(Scopes.names.joined(separator: ", "))")
        }
        guard granted.isDisjoint(with: scope) else { throw ValidationError("--scope \(name) is given twice") }
        granted.formUnion(scope)
      }
      if granted.isEmpty { throw ValidationError("--scope needs at least one scope") }
      return granted
    }
  }

  func run() async -> ExitStatus {
    await with(choice) { file, organization, output in
      output.key(
        try await file.addKey(organization, name: name, scopes: try granted, expires: expires.flatMap { Timestamp($0) }))
    }
  }
}

struct KeyRevoke: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a scoped key and its tokens, at once.")

  @OptionGroup var choice: ChosenOrganization

  @Argument(help: "The key's id, as 'safesh org key list' shows it.")
  var id: String

  func validate() throws {
    if GUID(id) == nil { throw ValidationError("'\(id)' is no key's id; 'safesh org key list' shows them") }
  }

  func run() async -> ExitStatus {
    await with(choice) { file, organization, _ in
      guard let id = GUID(id) else { return }
      try choice.file.confirm("Revoke the key \(id) of \(organization.name)? What uses it stops working.")
      try await file.revokeKey(organization, id)
      Terminal.write("the key \(id) has ended\n", to: STDERR_FILENO)
    }
  }
}
