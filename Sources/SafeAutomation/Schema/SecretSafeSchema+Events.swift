internal import SafeLanguage
internal import SecretSafeAPI

extension SecretSafeSchema {
  static let eventType = EnumType(name: "EventType", cases: EventType.named)
  static let deviceType = EnumType(name: "DeviceType", cases: DeviceType.named)

  static let events: ResourceType = {
    var events = ResourceType(
      name: "Event", plural: "events", summary: "the event log, newest first; the last 30 days unless told otherwise",
      fields: [
        Field("type", .enumeration(eventType)), id("itemId", "Item"), id("collectionId", "Collection"), id("groupId", "Group"), id("policyId", "Policy"),
        id("memberId", "Member"), id("actingUserId", "User"), id("installationId", "Installation"), Field("date", .time),
        Field("device", .optional(.enumeration(deviceType))), Field("ipAddress", .optional(.text)), id("secretId", "Secret"), id("projectId", "Project"),
        id("serviceAccountId", "ServiceAccount"),
      ],
      relations: [("actor", "Member"), ("member", "Member"), ("group", "Group"), ("collection", "Collection")].map {
        Relation(source: "Event", name: $0.0, target: $0.1, isOne: true)
      },
      shown: ["date", "type", "actingUserId", "memberId", "device", "ipAddress"])
    events.filters = [
      .init("since", .oneOf([.value(.time), .value(.duration)])), .init("until", .oneOf([.value(.time), .value(.duration)])),
      .init("actor", .oneOf([.value(.id("User")), .row("Member")])), .init("item", .value(.id("Item"))),
    ]
    events.pageSize = 50
    events.comparable = ["date", "actor", "actingUserId", "itemId", "secretId", "projectId"]
    return events
  }()

  private static func id(_ name: String, _ of: String) -> Field { Field(name, .optional(.id(of))) }
}
