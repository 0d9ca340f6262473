internal import ArgumentParser
internal import Foundation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeServer

/// `safesh org`: organizations, keys and backups of a data file, also while a server works on it.
struct Org: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "org", abstract: "Make and look after the organizations of a data file, also while a server works on it.",
    subcommands: [
      OrgCreate.self, OrgList.self, OrgShow.self, OrgOwner.self, OrgKey.self, OrgCollection.self, OrgBackup.self, OrgRestore.self,
    ])
}

/// The data file, and how to write and ask.
struct FileOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("The data file.", valueName: "file"))
  var data: String

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl or csv.")
  var output: OutputFormat = .table

  @Flag(help: "Answer yes to every question.")
  var yes = false
}

/// The organization in a file that holds several.
struct ChosenOrganization: ParsableArguments, Sendable {
  @OptionGroup var file: FileOptions

  @Option(help: ArgumentHelp("The organization, by id or name; not needed where there is only one.", valueName: "org"))
  var org: String?
}

extension SafeshCommand {
  /// Opens the file for what the body does to it, and turns what is wrong into a message and a status.
  func with(
    _ file: FileOptions, _ body: (OrganizationFile, ListOutput) async throws -> Void
  ) async -> ExitStatus {
    await reporting {
      let opened = try OrganizationFile(file.data)
      defer { opened.close() }
      try await body(opened, ListOutput(file.output))
    }
  }

  /// The same for the organization that was chosen.
  func with(
    _ choice: ChosenOrganization, _ body: (OrganizationFile, OrganizationFile.Organization, ListOutput) async throws -> Void
  ) async -> ExitStatus {
    await with(choice.file) { try await body($0, try $0.organization(choice.org), $1) }
  }

  func reporting(_ body: () async throws -> Void) async -> ExitStatus {
    do {
      try await body()
      return .done
    } catch let refusal as NoAnswer {
      Terminal.write("safesh: \(refusal.text)\n", to: STDERR_FILENO)
      return .refused
    } catch {
      Terminal.write("safesh: \(error)\n", to: STDERR_FILENO)
      return .failed
    }
  }
}

/// Nobody said yes.
struct NoAnswer: Error {
  let text: String
}

extension FileOptions {
  /// Asks before what cannot be taken back. Throws `NoAnswer` unless the answer is yes.
  func confirm(_ question: String) throws {
    if yes { return }
    guard Question.canAsk else { throw NoAnswer(text: "\(question) There is no terminal to ask on: say --yes to do it. Nothing was done.") }
    guard Question.isYes(Question.ask("\(question) [y/N] ")) else { throw NoAnswer(text: "nothing was done") }
  }
}

/// Where a new password comes from: the environment, or the terminal, twice and without echo. Never an argument.
enum NewPassword {
  static let variable = "SAFESH_OWNER_PASSWORD"

  static func read(for email: String) throws -> String {
    if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty { return given }
    guard Question.canAsk else { throw NoAnswer(text: "there is no terminal to ask for a password: set \(variable)") }
    guard let first = Question.ask("Password of \(email) for the web safe: ", isHidden: true), !first.isEmpty
    else { throw NoAnswer(text: "no password was given; nothing was done") }
    guard Question.ask("The same again: ", isHidden: true) == first
    else { throw NoAnswer(text: "the two passwords differ; nothing was done") }
    return first
  }
}

struct OrgCreate: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an organization with its first owner, and print its key, once.",
    discussion: """
      The owner signs in to the web safe with the password in SAFESH_OWNER_PASSWORD; without it the terminal is asked. The file is made \
      if it is not there.
      """)

  @OptionGroup var file: FileOptions

  @Option(help: "The organization's name.")
  var name: String

  @Option(help: ArgumentHelp("The first owner's e-mail address.", valueName: "email"))
  var owner: String

  @Option(help: ArgumentHelp("The owner's own name.", valueName: "name"))
  var ownerName: String?

  @Option(help: ArgumentHelp("Count seats, and give it so many.", valueName: "n"))
  var seats: Int?

  @Option(help: ArgumentHelp("How far seats may grow by themselves; without it not at all.", valueName: "n"))
  var maxSeats: Int?

  func validate() throws {
    if let seats, seats < 1 { throw ValidationError("--seats \(seats): an organization has at least one") }
    if maxSeats != nil, seats == nil { throw ValidationError("--max-seats needs --seats") }
    if let maxSeats, let seats, maxSeats < seats { throw ValidationError("--max-seats \(maxSeats) is below --seats \(seats)") }
  }

  func run() async -> ExitStatus {
    await reporting {
      try OrganizationFile.check(name: name)
      try OrganizationFile.check(email: owner)
      let founding = try OrganizationFile.Founding(
        name: name, owner: owner, ownerName: ownerName, password: try NewPassword.read(for: owner), seats: seats, maxSeats: maxSeats)
      let opened = try OrganizationFile(file.data, creates: true)
      defer { opened.close() }
      let made = try await opened.create(founding)
      ListOutput(file.output).key(made.key, with: [("organization", made.organization.id.description)])
    }
  }
}

struct OrgList: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the organizations.")

  @OptionGroup var file: FileOptions

  func run() async -> ExitStatus {
    await with(file) { file, output in
      output.table(
        [.text("id"), .text("name"), .int("members"), .int("collections"), .int("seats"), .time("created")],
        try file.organizations().map { organization in
          [
            .text(organization.id.description), .text(organization.name), .int(organization.members), .int(organization.collections),
            organization.seats.map { .int($0) } ?? .null, .time(Int(organization.created.microseconds)),
          ]
        })
    }
  }
}

struct OrgShow: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one organization.")

  @OptionGroup var choice: ChosenOrganization

  func run() async -> ExitStatus {
    await with(choice) { _, organization, output in
      output.pairs([
        ("id", organization.id.description), ("name", organization.name), ("created", organization.created.description),
        ("members", String(organization.members)), ("collections", String(organization.collections)),
        ("seats", organization.seats.map(String.init) ?? "not counted"), ("client_id", organization.clientID),
        ("key_created", organization.keyCreated?.description ?? "none"),
      ])
    }
  }
}

struct OrgOwner: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "owner", abstract: "Make somebody a confirmed owner, and set the password of the web safe.",
    discussion: "Who is not a member becomes one. The password is that in SAFESH_OWNER_PASSWORD; without it the terminal is asked.")

  @OptionGroup var choice: ChosenOrganization

  @Argument(help: "The e-mail address.")
  var email: String

  @Option(help: "The owner's own name.")
  var name: String?

  func run() async -> ExitStatus {
    await with(choice) { file, organization, _ in
      let password = try NewPassword.read(for: email)
      try await file.setOwner(organization, email: email, name: name, password: password)
      Terminal.write("\(email.lowercased()) is a confirmed owner of \(organization.name)\n", to: STDERR_FILENO)
    }
  }
}

struct OrgBackup: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write everything as it is at one moment into a new file.",
    discussion: "A server goes on meanwhile. 'safesh org restore' puts it back; 'safesh serve --data' takes it as it is.")

  @OptionGroup var file: FileOptions

  @Argument(help: ArgumentHelp("The new file.", valueName: "backup"))
  var target: String

  func run() async -> ExitStatus {
    await with(file) { file, _ in
      try file.backup(to: target)
      Terminal.write("\(target) holds all of \(self.file.data)\n", to: STDERR_FILENO)
    }
  }
}

struct OrgRestore: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a backup in the place of the data file.",
    discussion: "No server may work on the file. What was there is kept beside it with '.before-restore' behind its name, and a number where that is taken.")

  @OptionGroup var file: FileOptions

  @Argument(help: "A file that 'safesh org backup' wrote.")
  var backup: String

  func run() async -> ExitStatus {
    await reporting {
      if OrganizationFile.exists(file.data) { try file.confirm("Replace \(file.data) by \(backup)?") }
      let kept = try OrganizationFile.restore(backup, to: file.data)
      Terminal.write("\(file.data) is as it was in \(backup)\n" + (kept.map { "what was there is in \($0)\n" } ?? ""), to: STDERR_FILENO)
    }
  }
}
