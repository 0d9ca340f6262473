internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension VerbEntry {
  static let groupVerbs: [VerbEntry] = [
    VerbEntry(
      Verb(
        "create", .word("group"),
        [
          .init("name", .value(.text), isRequired: true), .init("externalId", .value(.optional(.text))), .init("collections", .table(SecretSafeSchema.accessRow)),
        ],
        capability: "groups.create", result: "Group", summary: "makes a group; names need not be unique",
        example: #"create group name: "Engineering""#), settling: .creation(groupBody), create),
    VerbEntry(
      Verb(
        "update", .row("Group"),
        [.init("name", .value(.text)), .init("externalId", .value(.optional(.text))), .init("collections", .table(SecretSafeSchema.accessRow))],
        capability: "groups.update", result: "Group", summary: "changes what is named and keeps the rest; null clears",
        example: #"update groups["Engineering"] externalId: "eng""#), cost: .init(1...2), update),
    VerbEntry(
      Verb(
        "remove", .row("Group"), capability: "groups.remove", effect: .destroy, summary: "deletes a group; its members stay",
        example: #"remove groups["Engineering"]"#), remove),
  ]

  private static func groupBody(_ call: VerbCall) -> GroupBody {
    GroupBody(
      name: Rows.optionalText(call.arguments["name"]) ?? "", externalId: Rows.optionalText(call.arguments["externalId"]),
      collections: Rows.associations(call.arguments["collections"]))
  }

  private static func create(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let body = groupBody(call)
    try call.permit()
    var group = try await context.client.createGroup(body)
    group.collections = group.collections ?? body.collections ?? []
    return VerbResult(.group(group), changed: true).undone(by: .remove(.group, group.id, name: group.name))
  }

  private static func update(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    guard case .record(let row) = call.subject, let id = Rows.id(row) else { throw RunError(.data, "this is no group") }
    return try await context.locks.locking(id) {
      let old = try await context.client.group(id)
      // Without `collections` the server keeps them.
      var body = GroupBody(name: old.name, externalId: old.externalId)
      if let name = Rows.optionalText(call.arguments["name"]) { body.name = name }
      if let externalId = call.arguments["externalId"] { body.externalId = Rows.optionalText(externalId) }
      let collections = Rows.associations(call.arguments["collections"])
      if let collections, Set(collections) != Set(old.collections ?? []) { body.collections = collections }
      if body.name == old.name, body.externalId == old.externalId, body.collections == nil { return VerbResult(.group(old), changed: false) }
      try call.permit()
      context.note(.group(from: old, to: old.applying(body)))
      var new = try await context.client.updateGroup(id, body)
      // Some servers answer null for what they kept.
      new.collections = new.collections ?? body.collections ?? old.collections
      return VerbResult(.group(new), changed: true)
    }
  }

  private static func remove(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    guard case .record(let row) = call.subject, let id = Rows.id(row) else { throw RunError(.data, "this is no group") }
    return try await removing(
      .group, id, context, call,
      inverse: { .create(try await context.client.group(id), members: try await context.client.memberIDs(ofGroup: id)) }
    ) { try await context.client.removeGroup(id) }
  }
}
