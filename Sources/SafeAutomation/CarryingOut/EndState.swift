internal import SafeLanguage
internal import SecretSafeAPI
public import SecretSafeClient

extension Plan {
  /// Reads back what the plan changes, and gives what is not as the twin had it. Rows that failed are among them.
  public func unlikeTwin(reading client: ReadingClient) async throws(ClientError) -> [String] {
    let difference = OrganizationDifference(from: before, to: after)
    let parts = Set(OrganizationDifference.Kind.allCases.filter { !difference.changes(of: $0).isEmpty }.map(\.part))
    if parts.isEmpty { return [] }
    let joined = difference.changes(of: .group).filter { !$0.members.isEmpty }
    // Access is told with its collection's name.
    var now = try await client.snapshot(parts.union(self.parts.intersection([.collections])).union(joined.isEmpty ? [] : [.members]))
    let people = Set(now.members.map(\.member.id))
    let old = Set(before.groups.map(\.group.id))
    let (ids, names) = (Set(joined.filter { $0.action != .added }.map(\.id)), Set(joined.filter { $0.action == .added }.map(\.name)))
    for index in now.groups.indices {
      let group = now.groups[index].group
      guard ids.contains(group.id) || names.contains(group.name) && !old.contains(group.id) else { continue }
      now.groups[index].members = try await client.memberIDs(ofGroup: group.id).filter(people.contains).sorted()
    }
    let done = OrganizationDifference(from: before, to: now).changes
    // There may be a hundred thousand: by the hash of the key, and only their places.
    var places: [Int: [Int]] = [:]
    for (place, change) in done.enumerated() { places[Self.key(change).hashValue, default: []].append(place) }
    return difference.changes.flatMap { planned in
      let key = Self.key(planned)
      // Groups may have one name: the one that is most like it is the one.
      let candidates = (places[key.hashValue] ?? []).map { (place: $0, change: done[$0]) }.filter { Self.key($0.change) == key }
      let lacking = candidates.map { planned.lacking(in: $0.change) }
      guard let best = lacking.indices.min(by: { lacking[$0].count < lacking[$1].count }) else { return planned.lacking(in: nil) }
      places[key.hashValue]?.removeAll { $0 == candidates[best].place }
      return lacking[best]
    }
  }

  /// New objects have other ids than on the twin.
  private static func key(_ change: OrganizationDifference.Change) -> String {
    let name = change.action == .added || change.kind == .policy ? change.name : change.id?.description ?? change.name
    return "\(change.kind.rawValue) \(name)"
  }
}

extension OrganizationDifference.Change {
  /// What of it is other in what was done.
  fileprivate func lacking(in done: OrganizationDifference.Change?) -> [String] {
    let object = "\(kind.rawValue) \(name)"
    guard let done, done.action == action else {
      if action == .removed { return ["\(object): it was to go, and is there"] }
      return [action == .added ? "\(object): it was to come, and is not there" : "\(object): it is as it was before"]
    }
    if action == .removed { return [] }
    let fields = fields.compactMap { field -> String? in
      let real = done.field(field.name)?.after
      if field.name == "id" || real == field.after { return nil }
      // As what somebody comes back who was revoked is not known before.
      if kind == .member, field.name == "status", field.before == Self.revoked, real != nil { return nil }
      let said = action == .added && real == nil && field.after == .null
      return said ? nil : "\(object): \(field.name) is \(Self.text(real)), planned \(Self.text(field.after))"
    }
    let (came, left) = (Set(done.members.filter(\.isAdded).map(\.member.name)), Set(done.members.filter { !$0.isAdded }.map(\.member.name)))
    let members = members.compactMap { membership -> String? in
      let isDone = (membership.isAdded ? came : left).contains(membership.member.name)
      return isDone ? nil : "\(object): member \(membership.member.name) was to \(membership.isAdded ? "come" : "leave")"
    }
    let access = access.compactMap { change -> String? in
      let isDone = done.access.contains { $0.collection.name == change.collection.name && $0.after == change.after }
      return isDone ? nil : "\(object): access to \(change.collection.name) was to be \(change.after.map { "\($0)" } ?? "none")"
    }
    return fields + members + access
  }

  private static let revoked = JSONValue.string("\(MemberStatus.revoked)")

  private static func text(_ value: JSONValue?) -> String {
    if case .string(let text)? = value { return text }
    return value.map { String(decoding: $0.json, as: UTF8.self) } ?? "as before"
  }
}
