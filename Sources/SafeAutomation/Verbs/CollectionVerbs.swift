internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension VerbEntry {
  static let collectionVerbs: [VerbEntry] = [
    VerbEntry(
      Verb(
        "update", .row("Collection"), [.init("externalId", .value(.optional(.text))), .init("groups", .table(SecretSafeSchema.groupAccessRow))],
        capability: "collections.update", result: "Collection", summary: "changes what is named and keeps the rest; null clears",
        example: #"update collections["infra/production"] externalId: "infra/prod""#),
      cost: .init(1...2), update),
    VerbEntry(
      Verb(
        "grant", .row("Collection"),
        [.init("to", memberOrGroup, isRequired: true), .init("access", .value(.enumeration(SecretSafeSchema.access)), isRequired: true)],
        capability: "collections.grant", summary: "gives a member or a group direct access",
        example: #"grant collections["infra/production"] to: groups["Operations"] access: view"#), cost: .init(1...2)
    ) { try await access($0, $1, argument: "to", Rows.access($1.arguments["access"])) },
    VerbEntry(
      Verb(
        "ungrant", .row("Collection"), [.init("from", memberOrGroup, isRequired: true)], capability: "collections.ungrant",
        summary: "takes the direct access away", example: #"ungrant collections["infra/production"] from: ann@acme.com"#), cost: .init(1...2)
    ) { try await access($0, $1, argument: "from", nil) },
    VerbEntry(
      Verb(
        "remove", .row("Collection"), capability: "collections.remove", effect: .destroy,
        summary: "deletes a collection; what is in it only leaves it", example: #"remove collections["infra/production"]"#), remove),
  ]

  private static let memberOrGroup = Verb.Parameter.Kind.oneOf([.row("Group"), .row("Member")])

  private static func id(_ call: VerbCall) throws(RunError) -> GUID {
    guard case .record(let row) = call.subject, let id = Rows.id(row) else { throw RunError(.data, "this is no collection") }
    return id
  }

  private static func update(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let id = try id(call)
    return try await context.locks.locking(id) {
      let old = try await context.client.collection(id)
      // Without `groups` the server keeps them.
      var body = CollectionBody(externalId: old.externalId)
      if let externalId = call.arguments["externalId"] { body.externalId = Rows.optionalText(externalId) }
      if let groups = Rows.associations(call.arguments["groups"]), Set(groups) != Set(old.groups ?? []) { body.groups = groups }
      if body.externalId == old.externalId, body.groups == nil { return VerbResult(.collection(old), changed: false) }
      try call.permit()
      return VerbResult(.collection(try await sent(id, body, old, context)), changed: true)
    }
  }

  /// Some servers answer null for the groups that they kept.
  private static func sent(_ id: GUID, _ body: CollectionBody, _ old: SharedCollection, _ context: VerbContext) async throws -> SharedCollection {
    context.note(.collection(from: old, to: old.applying(body)))
    var new = try await context.client.updateCollection(id, body)
    new.groups = new.groups ?? body.groups ?? old.groups
    return new
  }

  private static func remove(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let id = try id(call)
    return try await removing(
      .collection, id, context, call,
      inverse: {
        .collectionGone(id, name: try await context.client.collection(id).externalId ?? id.description)
      }
    ) { try await context.client.removeCollection(id) }
  }

  // MARK: access

  /// Sets the access of a member or group, or (nil) ends it.
  private static func access(_ context: VerbContext, _ call: VerbCall, argument: String, _ access: Access?) async throws -> VerbResult {
    let collection = try id(call)
    guard let other = call.arguments[argument] else { throw RunError(.data, "'\(argument):' is missing") }
    if case .record(let row) = other, row.type.resource == "Group" {
      guard let group = Rows.id(row) else { throw RunError(.data, "'\(argument):' is no group") }
      return try await ofGroup(group, collection, access, context, call)
    }
    return try await ofMember(try await context.organization.member(other).id, collection, access, context, call)
  }

  private static func ofMember(
    _ id: GUID, _ collection: GUID, _ access: Access?, _ context: VerbContext, _ call: VerbCall
  ) async throws -> VerbResult {
    try await context.locks.locking(id) {
      let old = try await context.client.member(id)
      guard let collections = changed(old.collections ?? [], collection, access) else { return VerbResult(changed: false, .member(old)) }
      try call.permit()
      let body = MemberBody(type: old.type, externalId: old.externalId, permissions: old.permissions, collections: collections)
      context.note(.member(from: old, to: old.applying(body)))
      var new = try await context.client.updateMember(id, body)
      new.collections = new.collections ?? collections
      return VerbResult(changed: true, .member(new))
    }
  }

  /// Written to the collection, whatever the group: so two grants of one collection wait for one another, and two of one group need not.
  private static func ofGroup(
    _ group: GUID, _ id: GUID, _ access: Access?, _ context: VerbContext, _ call: VerbCall
  ) async throws -> VerbResult {
    try await context.locks.locking(id) {
      let old = try await context.client.collection(id)
      guard let groups = changed(old.groups ?? [], group, access) else { return VerbResult(changed: false, .collection(old)) }
      try call.permit()
      let new = try await sent(id, CollectionBody(externalId: old.externalId, groups: groups), old, context)
      return VerbResult(changed: true, .collection(new))
    }
  }

  /// The associations with one set or taken out, or nil where it is so already.
  private static func changed(_ associations: [Association], _ id: GUID, _ access: Access?) -> [Association]? {
    let old = associations.first { $0.id == id }
    if old?.access == access { return nil }
    return associations.filter { $0.id != id } + (access.map { [Association(id: id, access: $0)] } ?? [])
  }
}
