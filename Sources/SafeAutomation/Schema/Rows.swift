internal import SafeLanguage
internal import SecretSafeAPI

/// API models as the values of a row, in the order of the schema's fields, and back.
enum Rows {
  static func values(_ member: Member) -> [Value] {
    [
      .text(member.id.description), text(member.userId?.description), text(member.name), .text(member.email), .bool(member.twoFactorEnabled),
      .symbol(SecretSafeSchema.memberStatus, member.status.rawValue), .symbol(SecretSafeSchema.memberType, member.type.rawValue),
      text(member.externalId), member.permissions.map(value) ?? .null, .bool(member.resetPasswordEnrolled), text(member.ssoExternalId),
    ]
  }

  static func values(_ group: Group) -> [Value] {
    [.text(group.id.description), .text(group.name), text(group.externalId)]
  }

  static func values(_ collection: SharedCollection) -> [Value] {
    [.text(collection.id.description), text(collection.externalId)]
  }

  static func values(_ policy: Policy) -> [Value] {
    [
      .text(policy.id.description), .symbol(SecretSafeSchema.policyType, policy.type.rawValue), .bool(policy.enabled),
      PolicySettings.value(policy.data),
    ]
  }

  static func values(_ event: Event) -> [Value] {
    [
      .symbol(SecretSafeSchema.eventType, event.type.rawValue), id(event.itemId), id(event.collectionId), id(event.groupId), id(event.policyId),
      id(event.memberId), id(event.actingUserId), id(event.installationId), .time(Int(event.date.microseconds)),
      event.device.map { .symbol(SecretSafeSchema.deviceType, $0.rawValue) } ?? .null, text(event.ipAddress), id(event.secretId),
      id(event.projectId), id(event.serviceAccountId),
    ]
  }

  static func table(_ events: [Event]) -> Table {
    var builder = TableBuilder(SecretSafeSchema.events.row)
    for event in events { builder.add(values(event)) }
    return builder.table()
  }

  static func values(_ subscription: Subscription) -> [Value] {
    func record(_ column: Int, _ numbers: [Int?]) -> Value {
      guard case .record(let type) = SecretSafeSchema.subscription.row.fields[column].type.required else { return .null }
      return .record(Row(type, numbers.map { $0.map { .int($0) } ?? .null }))
    }
    let (passwords, secrets) = (subscription.passwordManager, subscription.secretsManager)
    return [
      record(0, [passwords?.seats, passwords?.maxAutoScaleSeats, passwords?.storage]),
      secrets.map { record(1, [$0.seats, $0.maxAutoScaleSeats, $0.serviceAccounts, $0.maxAutoScaleServiceAccounts]) } ?? .null,
    ]
  }

  private static func id(_ id: GUID?) -> Value { text(id?.description) }
  private static func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }

  private static func value(_ permissions: Permissions) -> Value {
    .record(Row(SecretSafeSchema.permissions, Permissions.names.map { .bool(permissions.contains(name: $0)) }))
  }

  /// The flags of a record such as `{ manageUsers: true }`; what it does not name is false.
  static func permissions(_ value: Value?) -> Permissions? {
    guard case .record(let row)? = value else { return nil }
    return Permissions(names: Permissions.names.filter { row.value($0) == .bool(true) })
  }

  static func id(_ row: Row) -> GUID? { row.text("id").flatMap { GUID($0) } }

  static func ids(_ value: Value?) -> [GUID]? {
    guard let value, !value.isNull else { return nil }
    return (value.elements ?? []).compactMap { element in
      if case .record(let row) = element { return id(row) }
      return nil
    }
  }

  static func associations(_ value: Value?) -> [Association]? {
    guard let value, !value.isNull else { return nil }
    return (value.elements ?? []).compactMap { element in
      guard case .record(let row) = element, let id = id(row), let access = access(row.value("access")) else { return nil }
      return Association(id: id, access: access)
    }
  }

  static func optionalText(_ value: Value?) -> String? {
    if case .text(let text)? = value { return text }
    return nil
  }

  static func access(_ value: Value?) -> Access? {
    if case .symbol(_, let number)? = value { return Access(rawValue: number) }
    return nil
  }

  static func memberType(_ value: Value?) -> MemberType? {
    if case .symbol(_, let number)? = value { return MemberType(rawValue: number) }
    return nil
  }
}
