internal import SafeLanguage
internal import SafeSystem
internal import SecretSafeAPI

/// A script that takes back what a run did, the last first: it is checked, rehearsed, run, journaled and taken up as every other script.
public struct UndoScript: Sendable {
  /// Nil if the run changed nothing that can be taken back.
  public let text: String?
  /// What cannot come back, in words.
  public let lost: [String]

  /// Reads a run's journal.
  ///
  /// - Throws: `RunJournal.Failure` if it is damaged.
  public init(_ run: RunFolder) throws(RunJournal.Failure) {
    guard let recording = try RunJournal.recording(run.journal, keepingInverses: true) else {
      throw RunJournal.Failure(description: "\(run.journal): the journal is not there, so nobody knows what the run did")
    }
    self.init(
      recording.inverses, addresses: recording.addresses(of: Set(recording.inverses.flatMap(\.subjects))), lasting: recording.lasting, named: run.id.description)
  }

  /// - Parameters:
  ///   - addresses: how people call those whom it is about, as far as the run knew that.
  ///   - lasting: what came of it that no call says.
  init(_ inverses: [Inverse], addresses: [GUID: String] = [:], lasting: String? = nil, named name: String) {
    let named = inverses.reduce(into: addresses) { names, inverse in if case .named(let id, let name) = inverse { names[id] = name } }
    var writer = UndoWriter(made: Set(inverses.compactMap(\.made)), ended: Set(inverses.compactMap(\.ended)), addresses: named)
    for inverse in inverses.reversed() { writer.add(inverse) }
    writer.restoreOthers()
    lost = writer.lost + (inverses.isEmpty ? [] : [lasting].compactMap(\.self))
    text = writer.text(of: name)
  }
}

/// Writes the steps: many of one kind are the rows of one `each`.
private struct UndoWriter {
  /// A statement over rows that differ in an id only.
  private struct Rows {
    let statement: String
    let capability: String
    var rows: [(id: GUID, group: GUID?, name: String)]
  }

  private var parts: [String] = []
  private var eaches = 0
  private var open: Rows?
  private var caps: [String: Int] = [:]
  private var reasons: [(text: String, count: Int)] = []
  /// What was made anew, by the id that it had.
  private var anew: [GUID: String] = [:]
  /// What the run made: with it goes all that was done to it.
  private let made: Set<GUID>
  /// What it made and took away itself: nothing of it is left.
  private let passing: Set<GUID>
  /// Collections that are deleted.
  private var gone: Set<GUID> = []
  /// Whom a policy revoked that is not as it was yet.
  private var revoked: [PolicyType: [GUID]] = [:]

  /// By the ids of members.
  private let addresses: [GUID: String]

  init(made: Set<GUID>, ended: Set<GUID>, addresses: [GUID: String]) {
    self.made = made
    self.addresses = addresses
    passing = made.intersection(ended)
  }

  var lost: [String] { reasons.map { $0.count == 1 ? $0.text : "\($0.text) (\($0.count) times)" } }

  func text(of name: String) -> String? {
    var writer = self
    writer.close()
    if writer.parts.isEmpty { return nil }
    let needs = writer.caps.sorted { $0.key < $1.key }.map { "\($0.key) <= \($0.value)" }.joined(separator: ", ")
    return "## Takes back what the run \(name) did, the last first.\nneeds \(needs)\n\n" + writer.parts.joined(separator: "\n") + "\n"
  }

  mutating func add(_ inverse: Inverse) {
    switch inverse {
    case .remove(let resource, let id, let name):
      if resource == .member { lose("the mail of an invitation") }
      if passing.contains(id) { return }
      row("remove", resource == .member ? "members.remove" : "groups.remove", id, of: resource, name: name)
    case .memberships(let member, _, _) where made.contains(member): break
    case .revoke(let id) where made.contains(id), .restore(let id) where made.contains(id): break
    case .member(let from, _) where made.contains(from.id): break
    case .group(let from, _) where made.contains(from.id): break
    case .invite(let member, _) where passing.contains(member.id): break
    case .create(let group, _) where passing.contains(group.id): break
    case .revoke(let id): row("revoke", "members.revoke", id)
    case .restore(let id): row("restore", "members.restore", id)
    case .revoked(let type, let ids): revoked[type, default: []] += ids
    // Of those who are active nothing is sent.
    case .mayRevoke(let type, let ids): if revoked[type] == nil { revoked[type] = ids }
    case .memberships(let member, let add, let drop):
      for group in add where !made.contains(group) { row("add", "groups.addMember", member, "to", group) }
      for group in drop where !made.contains(group) { row("drop", "groups.dropMember", member, "from", group) }
    case .member(let from, let to): member(from, to)
    case .group(let from, let to): group(from, to)
    case .collection(let from, let to): collection(from, to)
    case .policy(let type, let policy, let newData):
      self.policy(type, policy, newData)
      restore(revoked.removeValue(forKey: type) ?? [])
    case .invite(let member, let groups): invite(member, groups)
    case .create(let group, let members): create(group, members)
    case .collectionGone(let id, let name):
      gone.insert(id)
      lose("the collection '\(name)', with the access to it: no call of the API makes one")
    case .lost(let reason): lose(reason)
    case .named: break
    }
  }

  /// Whose policy nobody has to set back.
  mutating func restoreOthers() {
    for (_, ids) in revoked.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { restore(ids) }
    revoked = [:]
  }

  private mutating func restore(_ ids: [GUID]) { for id in ids where !made.contains(id) { row("restore", "members.restore", id) } }

  private mutating func lose(_ reason: String) {
    if let place = reasons.firstIndex(where: { $0.text == reason }) { reasons[place].count += 1 } else { reasons.append((reason, 1)) }
  }

  // MARK: rows

  /// `verb` is how the call begins, `preposition` what stands before the group.
  private mutating func row(
    _ verb: String, _ capability: String, _ id: GUID, of resource: Resource = .member, name: String = "", _ preposition: String = "", _ group: GUID? = nil
  ) {
    // What was made anew has a name in the script, which no row holds.
    let named = group.flatMap { anew[$0] }
    let target = group == nil ? "" : " \(preposition): \(named ?? "groups[r.group]")"
    if anew[id] != nil {
      let object = group.map { " \(preposition): \(self.group($0))" } ?? ""
      return step("\(verb) \(resource == .member ? member(id) : self.group(id))\(object)", capability)
    }
    let statement = "\(verb) \(resource == .member ? "members" : "groups")[r.id]\(target)"
    if open?.statement != statement { close() }
    var rows = open ?? Rows(statement: statement, capability: capability, rows: [])
    rows.rows.append((id, named == nil ? group : nil, name.isEmpty ? addresses[id] ?? "" : name))
    open = rows
  }

  private mutating func close() {
    guard let rows = open else { return }
    open = nil
    caps[rows.capability, default: 0] += rows.rows.count
    // All rows have the same fields.
    let isNamed = rows.rows.contains { !$0.name.isEmpty }
    let lines = rows.rows.map { row in
      // A row is called by its first text.
      var fields = isNamed ? ["name: \(row.name.isEmpty ? "null" : Self.text(row.name))"] : []
      fields.append("id: \"\(row.id)\"")
      if let group = row.group { fields.append("group: \"\(group)\"") }
      return "  { \(fields.joined(separator: ", ")) },"
    }
    each("[\n\(lines.joined(separator: "\n"))\n] | each r par 8 key r.id { \(rows.statement) } on error collect")
  }

  /// The results are told as a report.
  private mutating func each(_ text: String) {
    eaches += 1
    parts.append("let step\(eaches) = \(text)\nreport step\(eaches)")
  }

  /// One statement, whose failure is a row's and ends nothing.
  ///
  /// - Parameter told: the statement as people read it.
  private mutating func step(_ statement: String, _ capability: String, told: String? = nil) {
    close()
    caps[capability, default: 0] += 1
    each("[{ step: \(Self.text((told ?? statement).replacing("\"", with: "'"))) }] | each { \(statement) } on error collect")
  }

  // MARK: objects

  private func member(_ id: GUID) -> String { anew[id] ?? "members[\"\(id)\"]" }
  private func group(_ id: GUID) -> String { anew[id] ?? "groups[\"\(id)\"]" }

  private mutating func member(_ from: Member, _ to: Member) {
    var words = ["update \(member(from.id))"]
    if from.type != to.type {
      if Self.canBeGiven(from.type) { words.append("type: \(from.type)") } else { lose("the role '\(from.type)', which no server gives any more") }
    }
    if from.externalId != to.externalId { words.append("externalId: \(from.externalId.map(Self.text) ?? "null")") }
    if from.permissions != to.permissions, from.type == .custom { words.append("permissions: \(Self.permissions(from))") }
    if Set(from.collections ?? []) != Set(to.collections ?? []) { words.append("collections: \(access(from.collections) { "collections[\"\($0)\"].id" })") }
    if words.count > 1 {
      step(words.joined(separator: " "), "members.update", told: (["update \(from.email)"] + words.dropFirst()).joined(separator: " "))
    }
  }

  private mutating func group(_ from: SecretSafeAPI.Group, _ to: SecretSafeAPI.Group) {
    var words = ["update \(group(from.id))"]
    if from.name != to.name { words.append("name: \(Self.text(from.name))") }
    if from.externalId != to.externalId { words.append("externalId: \(from.externalId.map(Self.text) ?? "null")") }
    if Set(from.collections ?? []) != Set(to.collections ?? []) { words.append("collections: \(access(from.collections) { "collections[\"\($0)\"].id" })") }
    if words.count > 1 { step(words.joined(separator: " "), "groups.update") }
  }

  private mutating func collection(_ from: SharedCollection, _ to: SharedCollection) {
    var words = ["update collections[\"\(from.id)\"]"]
    if from.externalId != to.externalId { words.append("externalId: \(from.externalId.map(Self.text) ?? "null")") }
    let names = anew
    if Set(from.groups ?? []) != Set(to.groups ?? []) { words.append("groups: \(access(from.groups) { (names[$0] ?? "groups[\"\($0)\"]") + ".id" })") }
    if words.count > 1 { step(words.joined(separator: " "), "collections.update") }
  }

  private func access(_ associations: [Association]?, _ id: (GUID) -> String) -> String {
    "[\((associations ?? []).filter { !gone.contains($0.id) }.map { "{ id: \(id($0.id)), access: \($0.access) }" }.joined(separator: ", "))]"
  }

  private mutating func policy(_ type: PolicyType, _ policy: Policy?, _ newData: JSONValue?) {
    guard let policy else {
      lose("that the policy \(type) was never saved: it is disabled")
      return step("disable \(type)", "policies.update")
    }
    let settings = Self.settings(from: policy.data, to: newData)
    if policy.enabled || !settings.isEmpty { step("enable \(type)\(settings.isEmpty ? "" : " data: { \(settings.joined(separator: ", ")) }")", "policies.update") }
    if !policy.enabled { step("disable \(type)", "policies.update") }
  }

  private static func canBeGiven(_ type: MemberType) -> Bool { MemberType.writable.contains(type) }

  private mutating func invite(_ member: Member, _ groups: [GUID]) {
    close()
    lose("a membership that was ended: the address is invited anew, with a new id, and has to accept and be confirmed")
    if !Self.canBeGiven(member.type) { lose("the role '\(member.type)', which no server gives any more: the member is invited as a user") }
    var words = ["invite \(member.email) type: \(Self.canBeGiven(member.type) ? member.type : .user)"]
    if let externalId = member.externalId { words.append("externalId: \(Self.text(externalId))") }
    if member.type == .custom { words.append("permissions: \(Self.permissions(member))") }
    if !groups.isEmpty { words.append("groups: [\(groups.map { group($0) }.joined(separator: ", "))]") }
    if member.collections?.isEmpty == false { words.append("collections: \(access(member.collections) { "collections[\"\($0)\"].id" })") }
    name(member.id, "m", words.joined(separator: " "), "members.invite")
  }

  private mutating func create(_ group: SecretSafeAPI.Group, _ members: [GUID]) {
    close()
    lose("the id of a group that was deleted: it is made anew")
    var words = ["create group name: \(Self.text(group.name))"]
    if let externalId = group.externalId { words.append("externalId: \(Self.text(externalId))") }
    if group.collections?.isEmpty == false { words.append("collections: \(access(group.collections) { "collections[\"\($0)\"].id" })") }
    name(group.id, "g", words.joined(separator: " "), "groups.create")
    for id in members { row("add", "groups.addMember", id, "to", group.id) }
  }

  private mutating func name(_ id: GUID, _ letter: String, _ statement: String, _ capability: String) {
    let variable = "\(letter)\(anew.count + 1)"
    caps[capability, default: 0] += 1
    parts.append("let \(variable) = \(statement)")
    anew[id] = variable
  }

  // MARK: literals

  private static func text(_ text: String) -> String { Value.text(text).literal }

  private static func permissions(_ member: Member) -> String {
    "{ \(Permissions.names.map { "\($0): \(member.permissions?.contains(name: $0) == true)" }.joined(separator: ", ")) }"
  }

  /// The settings that are other in the second, as in the first; null takes one away.
  private static func settings(from old: JSONValue?, to new: JSONValue?) -> [String] {
    func members(_ data: JSONValue?) -> [JSONValue.Member] { if case .object(let members)? = data { members } else { [] } }
    let changed = members(old).filter { new?[$0.name] != $0.value }.map { "\($0.name): \(literal($0.value))" }
    return changed + members(new).filter { old?[$0.name] == nil && $0.value != .null }.map { "\($0.name): null" }
  }

  private static func literal(_ value: JSONValue) -> String {
    switch value {
    case .bool(let flag): "\(flag)"
    case .number(let digits): digits
    case .string(let text): Self.text(text)
    case .null, .array, .object: "null"
    }
  }
}

extension Recording {
  /// The addresses of members, as the run read them last.
  fileprivate func addresses(of members: Set<GUID>) -> [GUID: String] {
    var addresses: [GUID: String] = [:]
    func note(_ member: Member) { if members.contains(member.id) { addresses[member.id] = member.email } }
    for change in changes {
      switch change {
      case .members(let list): for member in list { note(member) }
      case .member(let member): note(member)
      default: break
      }
    }
    return addresses
  }
}

extension Inverse {
  /// The members whose rows it is.
  fileprivate var subjects: [GUID] {
    switch self {
    case .memberships(let id, _, _), .revoke(let id), .restore(let id): [id]
    case .revoked(_, let ids), .mayRevoke(_, let ids): ids
    default: []
    }
  }

  /// What the call took away, and would be made anew.
  fileprivate var ended: GUID? {
    switch self {
    case .invite(let member, _): member.id
    case .create(let group, _): group.id
    default: nil
    }
  }

  /// What the call made.
  fileprivate var made: GUID? {
    if case .remove(_, let id, _) = self { return id }
    return nil
  }
}
