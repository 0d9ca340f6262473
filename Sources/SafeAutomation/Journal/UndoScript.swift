internal import FoundationEssentials
internal import SafeLanguage
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
    guard let bytes = FileManager.default.contents(atPath: run.journal) else {
      throw RunJournal.Failure(description: "\(run.journal): the run has no journal, so nobody knows what it did")
    }
    let recording: Recording
    do { recording = try Recording(Array(bytes)) } catch {
      throw RunJournal.Failure(description: "\(run.journal):\(error.line): the journal was changed or damaged here")
    }
    self.init(recording.inverses, named: run.id.description)
  }

  init(_ inverses: [Inverse], named name: String) {
    var writer = UndoWriter()
    for inverse in inverses.reversed() { writer.add(inverse) }
    lost = writer.lost
    text = writer.text(of: name)
  }
}

/// Writes the steps: many of one kind are the rows of one `each`.
private struct UndoWriter {
  /// A statement over rows that differ in an id only.
  private struct Rows {
    let verb: String
    let capability: String
    var rows: [(id: GUID, group: GUID?, name: String)]
  }

  private var parts: [String] = []
  private var open: Rows?
  private var caps: [String: Int] = [:]
  private var reasons: [(text: String, count: Int)] = []
  /// What was made anew, by the id that it had.
  private var anew: [GUID: String] = [:]

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
    case .remove(.member, let id, let name): row("remove members", "members.remove", id, name)
    case .remove(_, let id, let name): row("remove groups", "groups.remove", id, name)
    case .revoke(let id): row("revoke members", "members.revoke", id, "")
    case .restore(let id): row("restore members", "members.restore", id, "")
    case .memberships(let member, let add, let drop):
      for group in add { row("add to", "groups.addMember", member, "", group) }
      for group in drop { row("drop from", "groups.dropMember", member, "", group) }
    case .member(let from, let to): member(from, to)
    case .group(let from, let to): group(from, to)
    case .collection(let from, let to): collection(from, to)
    case .policy(let type, let policy): self.policy(type, policy)
    case .invite(let member, let groups): invite(member, groups)
    case .create(let group, let members): create(group, members)
    case .lost(let reason): lose(reason)
    }
  }

  private mutating func lose(_ reason: String) {
    if let place = reasons.firstIndex(where: { $0.text == reason }) { reasons[place].count += 1 } else { reasons.append((reason, 1)) }
  }

  // MARK: rows

  private mutating func row(_ verb: String, _ capability: String, _ id: GUID, _ name: String, _ group: GUID? = nil) {
    if verb == "remove members" { lose("the mail of an invitation cannot come back") }
    // What was made anew has a name in the script, which no row can hold.
    if anew[id] != nil || group.flatMap({ anew[$0] }) != nil {
      close()
      let groupText = group.map { self.group($0) } ?? ""
      let words = verb == "add to" ? "add \(member(id)) to: \(groupText)" : verb == "drop from" ? "drop \(member(id)) from: \(groupText)" : ""
      step(words.isEmpty ? "\(verb.split(separator: " ")[0]) \(verb.hasSuffix("groups") ? self.group(id) : member(id))" : words, capability)
      return
    }
    if open?.verb != verb { close() }
    var rows = open ?? Rows(verb: verb, capability: capability, rows: [])
    rows.rows.append((id, group, name))
    open = rows
  }

  private mutating func close() {
    guard let rows = open else { return }
    open = nil
    caps[rows.capability, default: 0] += rows.rows.count
    let lines = rows.rows.map { row in
      var fields = ["id: \"\(row.id)\""]
      if let group = row.group { fields.append("group: \"\(group)\"") }
      if !row.name.isEmpty { fields.append("name: \(Self.text(row.name))") }
      return "  { \(fields.joined(separator: ", ")) },"
    }
    let statement =
      switch rows.verb {
      case "add to": "add members[r.id] to: groups[r.group]"
      case "drop from": "drop members[r.id] from: groups[r.group]"
      default: "\(rows.verb)[r.id]"
      }
    parts.append("[\n\(lines.joined(separator: "\n"))\n] | each r par 8 key r.id { \(statement) } on error collect")
  }

  /// One statement, whose failure is a row's and ends nothing.
  private mutating func step(_ statement: String, _ capability: String) {
    close()
    caps[capability, default: 0] += 1
    parts.append("[{ step: \(Self.text(statement.replacing("\"", with: "'"))) }] | each { \(statement) } on error collect")
  }

  // MARK: objects

  private func member(_ id: GUID) -> String { anew[id] ?? "members[\"\(id)\"]" }
  private func group(_ id: GUID) -> String { anew[id] ?? "groups[\"\(id)\"]" }

  private mutating func member(_ from: Member, _ to: Member) {
    var words = ["update \(member(from.id))"]
    if from.type != to.type { words.append("type: \(from.type)") }
    if from.externalId != to.externalId { words.append("externalId: \(from.externalId.map(Self.text) ?? "null")") }
    if from.permissions != to.permissions, from.type == .custom { words.append("permissions: \(Self.permissions(from))") }
    if Set(from.collections ?? []) != Set(to.collections ?? []) { words.append("collections: \(access(from.collections) { "collections[\"\($0)\"].id" })") }
    if words.count > 1 { step(words.joined(separator: " "), "members.update") }
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
    "[\((associations ?? []).map { "{ id: \(id($0.id)), access: \($0.access) }" }.joined(separator: ", "))]"
  }

  private mutating func policy(_ type: PolicyType, _ policy: Policy?) {
    guard let policy else {
      lose("the policy \(type) was never saved before, so it can only be disabled")
      return step("disable \(type)", "policies.update")
    }
    if let data = policy.data, data != .null, data != .object([]) { lose("settings that the policy \(type) was given besides stay") }
    step("\(policy.enabled ? "enable" : "disable") \(type)\(policy.enabled ? Self.settings(policy.data) : "")", "policies.update")
  }

  private mutating func invite(_ member: Member, _ groups: [GUID]) {
    close()
    lose("who was removed is invited anew: a new id, a mail, and an acceptance and confirmation to wait for")
    var words = ["invite \(member.email) type: \(member.type)"]
    if let externalId = member.externalId { words.append("externalId: \(Self.text(externalId))") }
    if member.type == .custom { words.append("permissions: \(Self.permissions(member))") }
    if !groups.isEmpty { words.append("groups: [\(groups.map { group($0) }.joined(separator: ", "))]") }
    if member.collections?.isEmpty == false { words.append("collections: \(access(member.collections) { "collections[\"\($0)\"].id" })") }
    name(member.id, "m", words.joined(separator: " "), "members.invite")
  }

  private mutating func create(_ group: SecretSafeAPI.Group, _ members: [GUID]) {
    close()
    lose("a group that was deleted is made anew, with a new id")
    var words = ["create group name: \(Self.text(group.name))"]
    if let externalId = group.externalId { words.append("externalId: \(Self.text(externalId))") }
    if group.collections?.isEmpty == false { words.append("collections: \(access(group.collections) { "collections[\"\($0)\"].id" })") }
    name(group.id, "g", words.joined(separator: " "), "groups.create")
    for id in members { step("add \(member(id)) to: \(self.group(group.id))", "groups.addMember") }
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

  private static func settings(_ data: JSONValue?) -> String {
    guard case .object(let members)? = data, !members.isEmpty else { return "" }
    let fields = members.compactMap { member -> String? in
      switch member.value {
      case .bool(let flag): "\(member.name): \(flag)"
      case .number(let digits): "\(member.name): \(digits)"
      case .string(let text): "\(member.name): \(Self.text(text))"
      case .null, .array, .object: nil
      }
    }
    return fields.isEmpty ? "" : " data: { \(fields.joined(separator: ", ")) }"
  }
}
