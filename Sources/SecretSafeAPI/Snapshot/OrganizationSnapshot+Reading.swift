extension OrganizationSnapshot {
  /// Everything that is wrong with a file, each with its place: `$.members[3].status`, or a line and a character.
  public struct ReadingError: Error, Hashable, CustomStringConvertible {
    public let problems: [SnapshotProblem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
  }

  /// Reads a file strictly: a member that the format does not know, a wrong type, or a reference to nothing is an error. What is
  /// left out is null, false or empty; only ids, addresses, names, statuses and types have to be there.
  public init(json bytes: [UInt8]) throws(ReadingError) {
    let value: JSONValue
    do throws(JSONReader.Problem) { value = try JSONReader.read(bytes) } catch {
      throw ReadingError(problems: [SnapshotProblem(SnapshotProblem.place(of: error.offset, in: bytes), "no JSON: \(error.text)")])
    }
    var reader = SnapshotReader()
    guard let snapshot = reader.snapshot(value), reader.problems.isEmpty else { throw ReadingError(problems: reader.problems) }
    self = snapshot
  }
}

/// One thing that is wrong with a snapshot.
public struct SnapshotProblem: Hashable, Sendable, CustomStringConvertible {
  /// A JSON path, or `LINE:CHARACTER` where the text is no JSON.
  public let place: String
  public let text: String
  public var description: String { "\(place): \(text)" }

  init(_ place: String, _ text: String) {
    self.place = place
    self.text = text
  }

  /// Line and character from 1.
  fileprivate static func place(of offset: Int, in bytes: [UInt8]) -> String {
    let before = bytes.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return "\(line):\(String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)"
  }
}

/// Makes the parts of a snapshot, notes what is wrong, and goes on as long as it can.
private struct SnapshotReader {
  private(set) var problems: [SnapshotProblem] = []

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

  // MARK: values

  private mutating func access(_ fields: SnapshotFields, _ collections: Set<GUID>) -> [Association] {
    let associations: [Association?] = list(fields, "collections") { reader, value, path in
      guard let item = reader.object(value, path, ["id", "access"]) else { return nil }
      let access: String? = reader.word(item, "access", Access.named.map(\.name))
      guard let id = item["id"] else { return reader.note(path, "'id' is missing") }
      guard let id = reader.reference(id, item.path("id"), to: collections, "no collection of this snapshot has the id"),
        let level = Access.allCases.first(where: { "\($0)" == access })
      else { return nil }
      return Association(id: id, access: level)
    }
    demandDistinct(associations.map { $0?.id }, fields.path("collections"), "id")
    return associations.compactMap(\.self)
  }

  private mutating func permissions(_ fields: SnapshotFields) -> Permissions? {
    guard fields.has("permissions") else { return nil }
    let names: [String?] = list(fields, "permissions") { reader, value, path in
      guard case .string(let name) = value, Permissions.names.contains(name) else {
        return reader.note(path, "\(reader.text(value)) is none of \(Permissions.names.joined(separator: ", "))")
      }
      return name
    }
    return Permissions(names: names.compactMap(\.self))
  }

  private mutating func email(_ fields: SnapshotFields) -> String? {
    guard let value = fields["email"] else { return note(fields.path, "'email' is missing") }
    guard case .string(let text) = value else { return note(fields.path("email"), "a text is expected, not \(self.text(value))") }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isClean = !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isClean, text.unicodeScalars.count <= 256 else {
      return note(fields.path("email"), "'\(text.prefix(100))' is no e-mail address")
    }
    return text.lowercased()
  }

  private mutating func enumeration<E: OpenEnumeration>(_ fields: SnapshotFields, _ name: String, _ words: [String]) -> E? {
    word(fields, name, words).flatMap { E(name: $0) }
  }

  private mutating func word(_ fields: SnapshotFields, _ name: String, _ words: [String]) -> String? {
    guard let value = fields[name] else { return note(fields.path, "'\(name)' is missing") }
    if case .string(let word) = value, words.contains(word) { return word }
    return note(fields.path(name), "\(text(value)) is none of \(words.joined(separator: ", "))")
  }

  private mutating func id(_ fields: SnapshotFields, _ name: String) -> GUID? {
    guard let value = fields[name] else { return note(fields.path, "'\(name)' is missing") }
    return reference(value, fields.path(name), to: nil, "")
  }

  private mutating func reference(_ value: JSONValue, _ path: String, to known: Set<GUID>?, _ lacking: String) -> GUID? {
    guard case .string(let text) = value, let id = GUID(text) else {
      return note(path, "an id as 6ba7b810-9dad-41d1-80b4-00c04fd430c8 is expected, not \(text(value))")
    }
    if let known, !known.contains(id) { return note(path, "\(lacking) \(id)") }
    return id
  }

  /// Null and white space only are none, unless it may be blank.
  private mutating func optionalText(_ fields: SnapshotFields, _ name: String, mayBeBlank: Bool = false) -> String? {
    switch fields[name] {
    case nil, .null?: return nil
    case .string(let text)?:
      if text.utf8.contains(0) { return note(fields.path(name), "a text must not have a null character") }
      let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      return isBlank && !mayBeBlank ? note(fields.path(name), "a text with something in it is expected; leave it out if there is none") : text
    case let value?: return note(fields.path(name), "a text is expected, not \(text(value))")
    }
  }

  private mutating func flag(_ fields: SnapshotFields, _ name: String) -> Bool {
    switch fields[name] {
    case nil, .null?: return false
    case .bool(let flag)?: return flag
    case let value?:
      note(fields.path(name), "true or false is expected, not \(text(value))")
      return false
    }
  }

  private mutating func count(_ fields: SnapshotFields, _ name: String, from least: Int = 1) -> Int? {
    switch fields[name] {
    case nil, .null?: return nil
    case .number(let digits)?: if let count = Int32(digits), count >= least { return Int(count) }
    default: break
    }
    return note(fields.path(name), "a whole number from \(least) on is expected")
  }

  // MARK: structure

  private mutating func object(_ value: JSONValue, _ path: String, _ known: Set<String>) -> SnapshotFields? {
    guard case .object(let members) = value else { return note(path, "an object is expected, not \(text(value))") }
    var seen: Set<String> = []
    for member in members {
      if !seen.insert(member.name).inserted { note("\(path).\(member.name)", "the name is there twice") }
      if !known.contains(member.name) { note("\(path).\(member.name)", "there is no such member; there are \(known.sorted().joined(separator: ", "))") }
    }
    return SnapshotFields(path: path, value: value)
  }

  private mutating func optionalObject(_ fields: SnapshotFields, _ name: String, _ known: Set<String>) -> SnapshotFields? {
    guard fields.has(name), let value = fields[name] else { return nil }
    return object(value, fields.path(name), known)
  }

  private mutating func list<T>(
    _ fields: SnapshotFields, _ name: String, _ read: (inout SnapshotReader, JSONValue, String) -> T?
  ) -> [T?] {
    guard fields.has(name), let value = fields[name] else { return [] }
    guard case .array(let elements) = value else {
      note(fields.path(name), "a list is expected, not \(text(value))")
      return []
    }
    return elements.enumerated().map { read(&self, $1, "\(fields.path(name))[\($0)]") }
  }

  private mutating func demandDistinct<T: Hashable>(_ values: [T?], _ path: String, _ name: String?) {
    var seen: Set<T> = []
    for (index, value) in values.enumerated() {
      if let value, !seen.insert(value).inserted { note("\(path)[\(index)]" + (name.map { ".\($0)" } ?? ""), "\(value) is there twice") }
    }
  }

  @discardableResult
  private mutating func note<T>(_ place: String, _ text: String) -> T? {
    problems.append(SnapshotProblem(place, text))
    return nil
  }

  private mutating func note(_ place: String, _ text: String) { problems.append(SnapshotProblem(place, text)) }

  /// A value as a message shows it.
  private func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "'\(text.prefix(60))'"
    case .array: "a list"
    case .object: "an object"
    default: String(decoding: value.json, as: UTF8.self)
    }
  }
}

/// The members of one object, and where it is.
private struct SnapshotFields {
  let path: String
  let value: JSONValue

  subscript(_ name: String) -> JSONValue? { value[name] }
  /// Null is as good as missing.
  func has(_ name: String) -> Bool { value[name] != nil && value[name] != .null }
  func path(_ name: String) -> String { "\(path).\(name)" }
}
