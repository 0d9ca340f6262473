internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension VerbEntry {
  static let memberVerbs: [VerbEntry] = [
    VerbEntry(
      Verb(
        "invite", .value(.email),
        [
          .init("type", .value(.enumeration(SecretSafeSchema.memberType)), isRequired: true), .init("externalId", .value(.optional(.text))),
          .init("groups", .rows("Group")), .init("collections", .table(SecretSafeSchema.accessRow)), .init("permissions", .flags(Permissions.names)),
        ],
        capability: "members.invite", result: "Member", summary: "invites an address; refused where it is a member already",
        example: "invite ann@acme.com type: user"), settling: .invitation(inviteBody), invite),
    VerbEntry(
      Verb(
        "update", .row("Member"),
        [
          .init("type", .value(.enumeration(SecretSafeSchema.memberType))), .init("externalId", .value(.optional(.text))),
          .init("permissions", .flags(Permissions.names)), .init("groups", .rows("Group")),
          .init("collections", .table(SecretSafeSchema.accessRow)),
        ],
        capability: "members.update", result: "Member", summary: "changes what is named and keeps the rest; null clears",
        example: "update ann@acme.com type: admin"), cost: .init(1...2, more: ["groups"]), update),
    action("reinvite", "sends the invitation again", to: nil) { try await $0.reinvite($1) },
    action("revoke", "suspends a member, who keeps groups and access", to: .revoked) { try await $0.revoke($1) },
    VerbEntry(
      Verb(
        "restore", .row("Member"), capability: "members.restore", summary: "lifts a suspension", example: "restore ann@acme.com"),
      cost: .init(0...2), settling: .status { $0 != .revoked }, restore),
    VerbEntry(
      Verb(
        "remove", .row("Member"), capability: "members.remove", effect: .destroy, summary: "ends a membership; cannot be undone",
        example: "remove ann@acme.com"), remove),
    VerbEntry(
      Verb(
        "add", .row("Member"), [.init("to", .row("Group"), isRequired: true)], capability: "groups.addMember",
        summary: "puts a member into a group", example: #"add ann@acme.com to: groups["Engineering"]"#), cost: .init(1...2)
    ) { try await membership($0, $1, argument: "to", isIn: true) },
    VerbEntry(
      Verb(
        "drop", .row("Member"), [.init("from", .row("Group"), isRequired: true)], capability: "groups.dropMember",
        summary: "takes a member out of a group", example: #"drop ann@acme.com from: groups["Engineering"]"#), cost: .init(1...2)
    ) { try await membership($0, $1, argument: "from", isIn: false) },
  ]

  static func inviteBody(_ call: VerbCall) -> InviteBody {
    InviteBody(
      email: call.subject.printed, type: Rows.memberType(call.arguments["type"]) ?? .user,
      externalId: Rows.optionalText(call.arguments["externalId"]), permissions: Rows.permissions(call.arguments["permissions"]),
      collections: Rows.associations(call.arguments["collections"]), groups: Rows.ids(call.arguments["groups"]))
  }

  private static func invite(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    _ = try role(call)
    let body = inviteBody(call)
    try call.permit()
    var member = try await context.client.invite(body)
    member.collections = member.collections ?? body.collections ?? []
    return VerbResult(.member(member), changed: true, .memberships(member.id, body.groups ?? [], overRead: false))
      .undone(by: .remove(.member, member.id, name: member.email))
  }

  /// Reads the member afresh, since a PUT resets what is left out.
  private static func update(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let id = try await context.organization.member(call.subject).id
    return try await context.locks.locking(id) {
      let old = try await context.client.member(id)
      var body = MemberBody(type: old.type, externalId: old.externalId, permissions: old.permissions, collections: old.collections ?? [])
      if let type = try role(call) { body.type = type }
      if let externalId = call.arguments["externalId"] { body.externalId = Rows.optionalText(externalId) }
      if let permissions = Rows.permissions(call.arguments["permissions"]) { body.permissions = permissions }
      if body.type != .custom { body.permissions = call.arguments["permissions"] == nil ? nil : body.permissions }
      if let collections = Rows.associations(call.arguments["collections"]) { body.collections = collections }
      var before: Set<GUID> = []
      if let groups = Rows.ids(call.arguments["groups"]) {
        // Without `groups` the server keeps them.
        before = Set(try await context.client.groupIDs(ofMember: id))
        if Set(groups) != before { body.groups = groups }
      }
      let isSame = body.type == old.type && body.externalId == old.externalId && body.permissions == old.permissions
      if isSame, Set(body.collections ?? []) == Set(old.collections ?? []), body.groups == nil {
        return VerbResult(.member(old), changed: false)
      }
      try call.permit()
      context.note(.member(from: old, to: old.applying(body)))
      if let groups = body.groups.map({ Set($0) }) {
        context.note(.memberships(id, add: before.subtracting(groups).sorted(), drop: groups.subtracting(before).sorted()))
      }
      var new = try await context.client.updateMember(id, body)
      // Some servers answer less for members who have not accepted (`api.md` 3.2.4).
      new.collections = new.collections ?? body.collections
      return VerbResult(.member(new), changed: true, body.groups.map { [.memberships(id, $0, overRead: false)] } ?? [])
    }
  }

  private static func remove(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let id = try await context.organization.member(call.subject).id
    return try await removing(
      .member, id, context, call,
      inverse: { .invite(try await context.client.member(id), groups: try await context.client.groupIDs(ofMember: id)) }
    ) { try await context.client.removeMember(id) }
  }

  /// A call without a body that leads to a status, or (nil) leaves it.
  private static func action(
    _ name: String, _ summary: String, to status: MemberStatus?, _ send: @escaping @Sendable (Client, GUID) async throws -> Void
  ) -> VerbEntry {
    VerbEntry(
      Verb(name, .row("Member"), capability: "members.\(name)", summary: summary, example: "\(name) ann@acme.com"), cost: .init((status == nil ? 1 : 0)...1),
      // An invitation that was sent again leaves no trace.
      settling: status.map { status in .status { $0 == status } } ?? .never
    ) { context, call in
      let (id, known) = try await context.organization.member(call.subject)
      return try await context.locks.locking(id) {
        if let status, known == status { return .unchanged }
        try call.permit()
        if status == .revoked { await context.note(.restore(id), of: id, call.subject) } else { context.note(.lost("a mail that was sent again")) }
        do { try await send(context.client, id) } catch let error as ClientError where error.kind == .refused {
          // Somebody else may have done it since the list was read.
          guard let status, try await context.client.member(id).status == status else { throw error }
          return VerbResult(.nothing, changed: false, [.status(id, status)])
        }
        return VerbResult(.nothing, changed: true, status.map { [.status(id, $0)] } ?? [])
      }
    }
  }

  /// The status afterwards is the one from before the suspension, which only the server knows.
  private static func restore(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let (id, known) = try await context.organization.member(call.subject)
    return try await context.locks.locking(id) {
      if let known, known != .revoked { return .unchanged }
      try call.permit()
      var changed = true
      await context.note(.revoke(id), of: id, call.subject)
      do { try await context.client.restore(id) } catch let error as ClientError where error.kind == .refused {
        guard try await context.client.member(id).status != .revoked else { throw error }
        changed = false
      }
      return VerbResult(changed: changed, .member(try await context.client.member(id)))
    }
  }

  /// The role that is given, if there is one. What is only read no server takes, and says so in fewer words.
  private static func role(_ call: VerbCall) throws(RunError) -> MemberType? {
    guard let type = Rows.memberType(call.arguments["type"]) else { return nil }
    let (name, types) = (SecretSafeSchema.memberType.name(of: type.rawValue), SecretSafeSchema.memberType)
    guard types.past.contains(name) else { return type }
    throw RunError(.invalid, "'type:' may not be '\(name)', which is only read", hint: "it may be \(types.given.joined(separator: ", "))")
  }

  /// Reads the member's groups afresh, adds or drops one, and writes them if that makes a difference.
  private static func membership(_ context: VerbContext, _ call: VerbCall, argument: String, isIn: Bool) async throws -> VerbResult {
    let id = try await context.organization.member(call.subject).id
    guard case .record(let row)? = call.arguments[argument], let group = Rows.id(row) else {
      throw RunError(.data, "'\(argument):' is no group")
    }
    return try await context.locks.locking(id) {
      var groups = try await context.client.groupIDs(ofMember: id)
      if groups.contains(group) == isIn {
        return VerbResult(changed: false, .memberships(id, groups, overRead: false))
      }
      if isIn { groups.append(group) } else { groups.removeAll { $0 == group } }
      try call.permit()
      await context.note(.memberships(id, add: isIn ? [] : [group], drop: isIn ? [group] : []), of: id, call.subject)
      try await context.client.setGroupIDs(groups, ofMember: id)
      return VerbResult(changed: true, .memberships(id, groups, overRead: false))
    }
  }
}
