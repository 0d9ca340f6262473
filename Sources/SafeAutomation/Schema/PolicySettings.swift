internal import SafeLanguage
internal import SecretSafeAPI

/// The `data` of policies as a value of the language: one record with every setting that is known of any type (`api.md` 3.6.4), since a
/// column has one type. Of it a policy has a few, and settings that are not known come after them.
enum PolicySettings {
  static let byType: [(type: PolicyType, fields: [Field])] = [
    (
      .masterPassword,
      fields([
        ("minComplexity", .int), ("minLength", .int), ("requireLower", .bool), ("requireUpper", .bool), ("requireNumbers", .bool),
        ("requireSpecial", .bool), ("enforceOnLogin", .bool),
      ])
    ),
    (
      .passwordGenerator,
      fields([
        ("overridePasswordType", .text), ("minLength", .int), ("useUpper", .bool), ("useLower", .bool), ("useNumbers", .bool), ("useSpecial", .bool),
        ("minNumbers", .int), ("minSpecial", .int), ("minNumberWords", .int), ("capitalize", .bool), ("includeNumber", .bool),
      ])
    ),
    (.organizationDataOwnership, fields([("enableIndividualItemsTransfer", .bool)])),
    (.sendOptions, fields([("disableHideEmail", .bool)])),
    (.resetPassword, fields([("autoEnrollEnabled", .bool)])),
    (.maximumVaultTimeout, fields([("type", .text), ("minutes", .int), ("action", .text)])),
    (.automaticAppLogIn, fields([("idpHost", .text)])),
    (.uriMatchDefaults, fields([("uriMatchDetection", .int)])),
    (.organizationUserNotification, fields([("header", .text), ("description", .text), ("buttonText", .text), ("showAfterEveryLogin", .bool)])),
    (
      .sendControls,
      fields([
        ("disableSend", .bool), ("disableHideEmail", .bool), ("whoCanAccess", .int), ("allowedDomains", .text), ("deletionHours", .int),
        ("allowedSendTypes", .list(.int)),
      ])
    ),
    (.fillAssist, fields([("rulesUrl", .text)])),
  ]

  private static func fields(_ settings: [(String, SafeLanguage.`Type`)]) -> [Field] { settings.map { Field($0.0, .optional($0.1)) } }

  static let row: RecordType = {
    var fields: [Field] = []
    for field in byType.flatMap(\.fields) where !fields.contains(field) { fields.append(field) }
    return RecordType(fields, resource: "PolicySettings", isSparse: true)
  }()

  // MARK: from the API

  static func value(_ data: JSONValue?) -> Value {
    guard case .object(let members)? = data else { return .null }
    let others = members.filter { row.index(of: $0.name) == nil }
    let known = row.fields.map { field in data?[field.name].flatMap { value($0, as: field.type.required) } ?? .null }
    let type = RecordType(row.fields + others.map { Field($0.name, .unknown) }, resource: row.resource, isSparse: true)
    return .record(Row(type, known + others.map { value($0.value) }))
  }

  /// What a server sends in another form than it should is not there.
  private static func value(_ json: JSONValue, as type: SafeLanguage.`Type`) -> Value? {
    let value = value(json)
    switch (type, value) {
    case (.int, .int), (.bool, .bool), (.text, .text): return value
    case (.list(.int), .list(let elements)):
      return elements.allSatisfy { if case .int = $0 { true } else { false } } ? value : nil
    default: return nil
    }
  }

  private static func value(_ json: JSONValue) -> Value {
    switch json {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .number(let digits): Int(digits).map { .int($0) } ?? Double(digits).map { .float($0) } ?? .text(digits)
    case .string(let text): .text(text)
    case .array(let elements): .list(elements.map { value($0) })
    case .object(let members):
      .record(Row(RecordType(members.map { Field($0.name, .unknown) }), members.map { value($0.value) }))
    }
  }

  // MARK: to the API

  /// The data with the settings of a record in it: null takes one away, and what is not named stays.
  static func merged(_ data: JSONValue?, _ settings: Value?) -> JSONValue? {
    var members: [String: JSONValue] = [:]
    if case .object(let known)? = data { for member in known { members[member.name] = member.value } }
    if case .record(let row)? = settings {
      for field in row.type.visible { members[field.name] = json(row.value(field.name)) }
    }
    if members.isEmpty { return nil }
    return .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member(name: $0.key, value: $0.value) })
  }

  private static func json(_ value: Value) -> JSONValue? {
    switch value {
    case .null: nil
    case .bool(let flag): .bool(flag)
    case .int(let number): .number(String(number))
    case .float(let number): .number("\(number)")
    case .list, .range, .table: .array((value.elements ?? []).compactMap { json($0) })
    case .record(let row): .object(row.written.compactMap { name, value in json(value).map { JSONValue.Member(name: name, value: $0) } })
    default: .string(value.printed)
    }
  }

  /// A setting that is none of the type's, if the settings of the type are known.
  static func foreign(_ settings: Value?, to type: PolicyType) -> (setting: String, known: [String])? {
    guard case .record(let row)? = settings, let known = byType.first(where: { $0.type == type })?.fields.map(\.name) else { return nil }
    return row.type.visible.first { !known.contains($0.name) && !row.value($0.name).isNull }.map { ($0.name, known) }
  }
}
