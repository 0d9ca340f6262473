internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Relations, fetched in bulk and from the cheaper side.
extension Organization {
  /// Related rows stand in the order of their own list, whichever side they were fetched from.
  func related(_ relation: Relation, for rows: Table?) async throws(RunError) -> any RelatedRows {
    switch (relation.source, relation.target) {
    case ("Event", _): return try await ofEvents(relation)
    case ("Member", "Group"):
      try await load(.group)
      let wanted = try await ids(rows, .member)
      let known = try await readMemberships { organization throws(RunError) in try await organization.loadGroups(of: wanted) }.ofMember
      return RelatedRowIDs(table: groups?.table, indexes: known.mapValues { $0.compactMap { groups?.index($0) }.sorted() })
    case ("Group", "Member"):
      try await load(.member)
      let wanted = try await ids(rows, .group)
      let known = try await readMemberships { organization throws(RunError) in try await organization.loadMembers(of: wanted) }.ofGroup
      return RelatedRowIDs(table: members?.table, indexes: known.mapValues { $0.compactMap { members?.index($0) }.sorted() })
    default: return try await access(relation, for: rows)
    }
  }

  private func ids(_ rows: Table?, _ source: Resource) async throws(RunError) -> [GUID] {
    if let rows { return (0..<rows.count).compactMap { Rows.id(Row(rows, $0)) } }
    try await load(source)
    return source == .member ? members?.models.map(\.id) ?? [] : groups?.models.map(\.id) ?? []
  }

  // MARK: memberships

  private typealias Memberships = (ofMember: [GUID: [GUID]], ofGroup: [GUID: [GUID]])

  /// One after another, and with what this run wrote meanwhile done once more. Gives what is known then: the next read may begin anew.
  private func readMemberships(_ read: @Sendable (isolated Organization) async throws(RunError) -> Void) async throws(RunError) -> Memberships {
    do { return try await membershipReads.lockingAll { try await self.reading(read) } } catch { throw RunError(error) }
  }

  private func reading(_ read: @Sendable (isolated Organization) async throws(RunError) -> Void) async throws -> Memberships {
    if areMembershipsStale {
      groupsOfMember = [:]
      membersOfGroup = [:]
      areMembershipsStale = false
    }
    isReadingMemberships = true
    defer { isReadingMemberships = false }
    try await read(self)
    let written = lateMemberships
    lateMemberships = []
    for (groups, member) in written {
      for group in membersOfGroup.keys {
        membersOfGroup[group]?.removeAll { $0 == member }
        if groups.contains(group) { membersOfGroup[group]?.append(member) }
      }
      groupsOfMember[member] = groups
    }
    return (groupsOfMember, membersOfGroup)
  }

  /// From the groups if those are fewer than the members that are asked for.
  private func loadGroups(of wanted: [GUID]) async throws(RunError) {
    let missing = wanted.filter { groupsOfMember[$0] == nil }
    if missing.isEmpty { return }
    let all = groups?.models.map(\.id) ?? []
    let unknown = all.filter { membersOfGroup[$0] == nil }
    if unknown.count < missing.count {
      try await fetchMembers(of: unknown)
      let found = Self.turned(all.map { ($0, membersOfGroup[$0] ?? []) })
      for member in missing { groupsOfMember[member] = found[member] ?? [] }
    } else {
      try await fetchGroups(of: missing)
    }
  }

  /// From the members if those are fewer than the groups that are asked for.
  private func loadMembers(of wanted: [GUID]) async throws(RunError) {
    let missing = wanted.filter { membersOfGroup[$0] == nil }
    if missing.isEmpty { return }
    let all = members?.models.map(\.id) ?? []
    let unknown = all.filter { groupsOfMember[$0] == nil }
    if unknown.count < missing.count {
      try await fetchGroups(of: unknown)
      let found = Self.turned(all.map { ($0, groupsOfMember[$0] ?? []) })
      for group in missing { membersOfGroup[group] = found[group] ?? [] }
    } else {
      try await fetchMembers(of: missing)
    }
  }

  private static func turned(_ pairs: [(GUID, [GUID])]) -> [GUID: [GUID]] {
    var found: [GUID: [GUID]] = [:]
    for (one, others) in pairs { for other in others { found[other, default: []].append(one) } }
    return found
  }

  private func fetchMembers(of groups: [GUID]) async throws(RunError) {
    let client = client
    for (group, members) in try await Self.inParallel(groups, { try await client.memberIDs(ofGroup: $0) }) { membersOfGroup[group] = members }
  }

  private func fetchGroups(of members: [GUID]) async throws(RunError) {
    let client = client
    for (member, groups) in try await Self.inParallel(members, { try await client.groupIDs(ofMember: $0) }) { groupsOfMember[member] = groups }
  }

  /// Requests for many objects, some at once. An object that is gone meanwhile has no answer.
  static func inParallel<T: Sendable>(_ ids: [GUID], _ fetch: @escaping @Sendable (GUID) async throws -> T) async throws(RunError) -> [(GUID, T)] {
    @Sendable func answer(_ id: GUID) async throws -> (GUID, T)? {
      do { return (id, try await fetch(id)) } catch let error as ClientError where error.kind == .notFound { return nil }
    }
    do {
      return try await withThrowingTaskGroup(of: (GUID, T)?.self) { group in
        var results: [(GUID, T)] = []
        var rest = ids[...]
        for id in rest.prefix(parallelReads) { group.addTask { try await answer(id) } }
        rest = rest.dropFirst(parallelReads)
        while let result = try await group.next() {
          if let result { results.append(result) }
          if let id = rest.popFirst() { group.addTask { try await answer(id) } }
        }
        return results
      }
    } catch { throw RunError(error) }
  }

  /// Enough to hide the way to a far server, few enough for one with limits.
  private static let parallelReads = 8

  // MARK: access

  /// Direct access is part of the lists themselves.
  private func access(_ relation: Relation, for rows: Table?) async throws(RunError) -> any RelatedRows {
    var pairs: [GUID: [(index: Int, access: Access)]] = [:]
    func add(_ source: GUID, _ index: Int?, _ access: Access) {
      if let index { pairs[source, default: []].append((index, access)) }
    }
    let target: (table: Table?, resource: ResourceType)
    switch (relation.source, relation.target) {
    case ("Member", _):
      try await load(.member)
      try await load(.collection)
      try await completeMembers(rows)
      for member in members?.models ?? [] { for item in member.collections ?? [] { add(member.id, collections?.index(item.id), item.access) } }
      target = (collections?.table, SecretSafeSchema.collections)
    case ("Group", _):
      try await load(.group)
      try await load(.collection)
      for group in groups?.models ?? [] { for item in group.collections ?? [] { add(group.id, collections?.index(item.id), item.access) } }
      target = (collections?.table, SecretSafeSchema.collections)
    case (_, "Group"):
      // The groups' own list has it with every server; that of the collections only since December 2025 (`api.md` 3.5.2).
      try await load(.group)
      for (index, group) in (groups?.models ?? []).enumerated() { for item in group.collections ?? [] { add(item.id, index, item.access) } }
      target = (groups?.table, SecretSafeSchema.groups)
    default:
      try await load(.member)
      try await completeMembers(nil)
      for (index, member) in (members?.models ?? []).enumerated() { for item in member.collections ?? [] { add(item.id, index, item.access) } }
      target = (members?.table, SecretSafeSchema.members)
    }
    return RelatedAccess(
      table: target.table ?? .empty(target.resource.row), type: RecordType(target.resource.row.fields + relation.fields, resource: relation.target),
      pairs: pairs.mapValues { $0.sorted { $0.index < $1.index } })
  }

  /// Servers before November 2025 leave the collections out of the list of members (`api.md` 3.2.2): each is asked for, once.
  private func completeMembers(_ rows: Table?) async throws(RunError) {
    let wanted = rows.map { rows in Set((0..<rows.count).compactMap { Rows.id(Row(rows, $0)) }) }
    let missing = (members?.models ?? []).filter { $0.collections == nil && wanted?.contains($0.id) != false }.map(\.id)
    if missing.isEmpty { return }
    let client = client
    for (_, member) in try await Self.inParallel(missing, { try await client.member($0) }) { _ = put(member) }
  }

  // MARK: events

  private func ofEvents(_ relation: Relation) async throws(RunError) -> any RelatedRows {
    func one(_ table: Table?, _ resource: ResourceType, _ field: String, _ ids: [GUID?]) -> RelatedOne {
      let pairs = ids.enumerated().compactMap { index, id in id.map { ($0, index) } }
      return RelatedOne(table: table ?? .empty(resource.row), field: field, indexes: Dictionary(pairs) { first, _ in first })
    }
    switch relation.name {
    case "actor", "member":
      try await load(.member)
      let isActor = relation.name == "actor"
      let ids = members?.models.map { isActor ? $0.userId : $0.id } ?? []
      return one(members?.table, SecretSafeSchema.members, isActor ? "actingUserId" : "memberId", ids)
    case "group":
      try await load(.group)
      return one(groups?.table, SecretSafeSchema.groups, "groupId", groups?.models.map(\.id) ?? [])
    default:
      try await load(.collection)
      return one(collections?.table, SecretSafeSchema.collections, "collectionId", collections?.models.map(\.id) ?? [])
    }
  }
}
