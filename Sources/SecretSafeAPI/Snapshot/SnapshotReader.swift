/// Makes the parts of a snapshot, notes what is wrong, and goes on as long as it can.
struct SnapshotReader {
  var problems: [SnapshotProblem] = []

  mutating func snapshot(_ value: JSONValue) -> OrganizationSnapshot? {
    guard case .object = value else { return note("$", "a snapshot is an object") }
    guard let version = value["snapshot"] else {
      return note("$", "this is no snapshot: it has no member 'snapshot' with the version of the format, which is \(OrganizationSnapshot.version)")
    }
    guard version == .number("\(OrganizationSnapshot.version)") else {
      return note("$.snapshot", "version \(text(version)) is not known to this safesh, which reads version \(OrganizationSnapshot.version)")
    }
    guard let top = object(value, "$", ["snapshot", "members", "groups", "collections", "policies", "subscription"]) else { return nil }
    var snapshot = OrganizationSnapshot()
    let collections = list(top, "collections") { $0.collection($1, $2) }
    snapshot.collections = collections.compactMap(\.self)
    demandDistinct(collections.map { $0?.id }, "$.collections", "id")
    let known = Set(snapshot.collections.map(\.id))
    let members = list(top, "members") { $0.member($1, $2, known) }
    snapshot.members = members.compactMap(\.self)
    demandDistinct(members.map { $0?.member.id }, "$.members", "id")
    demandDistinct(members.map { $0?.member.email }, "$.members", "email")
    let people = Set(snapshot.members.map(\.member.id))
    let groups = list(top, "groups") { $0.group($1, $2, known, people) }
    snapshot.groups = groups.compactMap(\.self)
    demandDistinct(groups.map { $0?.group.id }, "$.groups", "id")
    let policies = list(top, "policies") { $0.policy($1, $2) }
    snapshot.policies = policies.compactMap(\.self)
    demandDistinct(policies.map { $0?.id }, "$.policies", "id")
    demandDistinct(policies.map { $0?.type }, "$.policies", "type")
    if let fields = optionalObject(top, "subscription", ["passwordManager", "secretsManager"]) { snapshot.subscription = subscription(fields) }
    return snapshot
  }

  // MARK: parts

  private mutating func collection(_ value: JSONValue, _ path: String) -> SharedCollection? {
    guard let fields = object(value, path, ["id", "externalId"]) else { return nil }
    let externalId = optionalText(fields, "externalId")
    guard let id = id(fields, "id") else { return nil }
    return SharedCollection(id: id, externalId: externalId)
  }

  private mutating func member(_ value: JSONValue, _ path: String, _ collections: Set<GUID>) -> OrganizationSnapshot.MemberEntry? {
    let names: Set = [
      "id", "userId", "name", "email", "twoFactorEnabled", "status", "statusBefore", "type", "externalId", "permissions", "collections",
      "resetPasswordEnrolled", "ssoExternalId",
    ]
    guard let fields = object(value, path, names) else { return nil }
    let id = id(fields, "id")
    let email = email(fields)
    let status: MemberStatus? = enumeration(fields, "status", MemberStatus.named.map(\.name))
    let before: MemberStatus? =
      fields.has("statusBefore") ? enumeration(fields, "statusBefore", MemberStatus.named.map(\.name).filter { $0 != "revoked" }) : nil
    if fields.has("statusBefore"), let status, status != .revoked { note(fields.path("statusBefore"), "only a revoked member has a status from before") }
    let type: MemberType? = enumeration(fields, "type", MemberType.named.filter { MemberType.writable.contains(MemberType(rawValue: $0.number)) }.map(\.name))
    let permissions = permissions(fields)
    if permissions != nil, let type, type != .custom { note(fields.path("permissions"), "only a member of type custom has permissions") }
    let userId = fields.has("userId") ? self.id(fields, "userId") : nil
    let (name, externalId) = (optionalText(fields, "name", mayBeBlank: true), optionalText(fields, "externalId"))
    let (twoFactor, enrolled) = (flag(fields, "twoFactorEnabled"), flag(fields, "resetPasswordEnrolled"))
    let ssoExternalId = optionalText(fields, "ssoExternalId", mayBeBlank: true)
    let access = access(fields, collections)
    guard let id, let email, let status, let type else { return nil }
    let member = Member(
      id: id, userId: userId, name: name, email: email, twoFactorEnabled: twoFactor, status: status, type: type, externalId: externalId,
      permissions: type == .custom ? permissions ?? [] : nil, collections: access, resetPasswordEnrolled: enrolled, ssoExternalId: ssoExternalId)
    return .init(member, statusBefore: before)
  }

  private mutating func group(
    _ value: JSONValue, _ path: String, _ collections: Set<GUID>, _ people: Set<GUID>
  ) -> OrganizationSnapshot.GroupEntry? {
    guard let fields = object(value, path, ["id", "name", "externalId", "collections", "members"]) else { return nil }
    let id = id(fields, "id")
    if !fields.has("name") { note(fields.path, "'name' is missing") }
    let (name, externalId) = (optionalText(fields, "name"), optionalText(fields, "externalId"))
    let access = access(fields, collections)
    let members = list(fields, "members") { reader, value, path in
      reader.reference(value, path, to: people, "no member of this snapshot has the id")
    }
    demandDistinct(members, fields.path("members"), nil)
    guard let id, let name else { return nil }
    return .init(Group(id: id, name: name, externalId: externalId, collections: access), members: members.compactMap(\.self))
  }

  private mutating func policy(_ value: JSONValue, _ path: String) -> Policy? {
    guard let fields = object(value, path, ["id", "type", "enabled", "data"]) else { return nil }
    let id = id(fields, "id")
    let type: PolicyType? = enumeration(fields, "type", PolicyType.named.map(\.name))
    let enabled = flag(fields, "enabled")
    var data: JSONValue?
    switch fields["data"] {
    case nil, .null?: break
    case .object?: data = fields["data"]
    default: note(fields.path("data"), "an object or null is expected")
    }
    guard let id, let type else { return nil }
    return Policy(id: id, type: type, enabled: enabled, data: data)
  }

  private mutating func subscription(_ fields: SnapshotFields) -> Subscription {
    var passwords: Subscription.PasswordManager?
    if let part = optionalObject(fields, "passwordManager", ["seats", "maxAutoScaleSeats", "storage"]) {
      passwords = .init(seats: count(part, "seats"), maxAutoScaleSeats: count(part, "maxAutoScaleSeats", from: 0), storage: count(part, "storage"))
    }
    var secrets: Subscription.SecretsManager?
    if let part = optionalObject(fields, "secretsManager", ["seats", "maxAutoScaleSeats", "serviceAccounts", "maxAutoScaleServiceAccounts"]) {
      secrets = .init(
        seats: count(part, "seats"), maxAutoScaleSeats: count(part, "maxAutoScaleSeats", from: 0), serviceAccounts: count(part, "serviceAccounts"),
        maxAutoScaleServiceAccounts: count(part, "maxAutoScaleServiceAccounts", from: 0))
    }
    return Subscription(passwordManager: passwords, secretsManager: secrets)
  }
}
