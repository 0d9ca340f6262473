internal import ArgumentParser
internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeServer

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// `safesh org collection`
struct OrgCollection: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collection", abstract: "Create collections, which the API cannot do.", subcommands: [CollectionCreate.self, CollectionList.self])
}

struct CollectionCreate: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a collection and print its id.")

  @OptionGroup var choice: ChosenOrganization

  @Option(help: ArgumentHelp("What people recognize it by.", valueName: "text"))
  var externalId: String?

  func run() async -> ExitStatus {
    await with(choice) { file, organization, _ in
      let made = try await file.createCollection(organization, externalId: externalId)
      StandardOutput.write("\(made.id)\n")
    }
  }
}

struct CollectionList: SafeshCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the shared collections.")

  @OptionGroup var choice: ChosenOrganization

  func run() async -> ExitStatus {
    await with(choice) { file, organization, output in
      output.table(
        [.text("id"), .text("externalId"), .int("groups")],
        try file.collections(organization).map { collection in
          [.text(collection.id.description), collection.externalId.map { .text($0) } ?? .null, .int(collection.groups?.count ?? 0)]
        })
    }
  }
}
