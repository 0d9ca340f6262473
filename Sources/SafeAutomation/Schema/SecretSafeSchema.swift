public import SafeLanguage
internal import SecretSafeAPI

/// The API as the language sees it: the one table that checker, completion, help, documentation and runtime read.
public enum SecretSafeSchema {
  static let memberStatus = EnumType(name: "MemberStatus", cases: MemberStatus.named)
  static let memberType = EnumType(
    name: "MemberType", cases: MemberType.named, past: Set(MemberType.named.filter { !MemberType.writable.contains(.init(rawValue: $0.number)) }.map(\.name)))
  static let access = EnumType(name: "Access", cases: Access.named)

  static let policyType = EnumType(name: "PolicyType", cases: PolicyType.named)

  public static let schema = Schema(
    enumerations: [memberStatus, memberType, access, policyType, eventType, deviceType],
    resources: [members, groups, collections, policies, events, subscription], verbs: VerbEntry.all.map(\.verb))

  /// What `collections:` of a verb takes.
  static let accessRow = RecordType([Field("id", .id("Collection")), Field("access", .enumeration(access))])
  /// What `groups:` of a collection takes.
  static let groupAccessRow = RecordType([Field("id", .id("Group")), Field("access", .enumeration(access))])

  static let permissions = RecordType(Permissions.names.map { Field($0, .bool) })

  static let members = ResourceType(
    name: "Member", plural: "members", summary: "the people of the organization, in every status",
    fields: [
      Field("id", .id("Member")), Field("userId", .optional(.id("User"))), Field("name", .optional(.text)), Field("email", .email),
      Field("twoFactorEnabled", .bool), Field("status", .enumeration(memberStatus)), Field("type", .enumeration(memberType)),
      Field("externalId", .optional(.text)), Field("permissions", .optional(.record(permissions))), Field("resetPasswordEnrolled", .bool),
      Field("ssoExternalId", .optional(.text)),
    ],
    relations: [
      Relation(source: "Member", name: "groups", target: "Group", isFetchedPerRow: true),
      Relation(source: "Member", name: "collections", target: "Collection", fields: [Field("access", .enumeration(access))]),
    ],
    keys: ["email"], shown: ["email", "name", "status", "type", "twoFactorEnabled", "externalId"])

  static let groups = ResourceType(
    name: "Group", plural: "groups", summary: "the groups that members belong to",
    fields: [Field("id", .id("Group")), Field("name", .text), Field("externalId", .optional(.text))],
    relations: [
      Relation(source: "Group", name: "members", target: "Member", isFetchedPerRow: true),
      Relation(source: "Group", name: "collections", target: "Collection", fields: [Field("access", .enumeration(access))]),
    ],
    keys: ["name", "externalId"], shown: ["name", "externalId", "id"])

  static let collections = ResourceType(
    name: "Collection", plural: "collections", summary: "the shared collections, known by their external ids",
    fields: [Field("id", .id("Collection")), Field("externalId", .optional(.text))],
    relations: [
      Relation(source: "Collection", name: "groups", target: "Group", fields: [Field("access", .enumeration(access))]),
      Relation(source: "Collection", name: "members", target: "Member", fields: [Field("access", .enumeration(access))]),
    ],
    keys: ["externalId"], shown: ["externalId", "id"])

  static let policies: ResourceType = {
    var policies = ResourceType(
      name: "Policy", plural: "policies", summary: "the rules of the organization that were saved at least once",
      fields: [
        Field("id", .optional(.id("Policy"))), Field("type", .enumeration(policyType)), Field("enabled", .bool),
        Field("data", .optional(.record(PolicySettings.row))),
      ],
      keys: ["type"], shown: ["type", "enabled", "data"])
    policies.absent = { [.null, $0, .bool(false), .null] }
    return policies
  }()

  static let subscription: ResourceType = {
    let number = SafeLanguage.`Type`.optional(.int)
    var subscription = ResourceType(
      name: "Subscription", plural: "subscription", summary: "what the organization pays for",
      fields: [
        Field("passwordManager", .record(RecordType([Field("seats", number), Field("maxAutoScaleSeats", number), Field("storage", number)]))),
        Field(
          "secretsManager",
          .optional(
            .record(
              RecordType([
                Field("seats", number), Field("maxAutoScaleSeats", number), Field("serviceAccounts", number),
                Field("maxAutoScaleServiceAccounts", number),
              ])))),
      ],
      shown: ["passwordManager", "secretsManager"])
    subscription.isSingle = true
    return subscription
  }()
}
