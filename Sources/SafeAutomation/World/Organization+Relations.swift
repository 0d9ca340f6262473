internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Relations, fetched in bulk and from the cheaper side.
extension Organization {
  func related(_ relation: Relation, for rows: Table?) async throws(RunError) -> (rows: any RelatedRows, version: Int) {
    switch (relation.source, relation.target) {
    case ("Member", "Group"):
      try await load(.group)
      let wanted = try await ids(rows, .member)
      return try await readMemberships(relation) { organization throws(RunError) in try await organization.loadGroups(of: wanted) }
    case ("Group", "Member"):
      try await load(.member)
      let wanted = try await ids(rows, .group)
      return try await readMemberships(relation) { organization throws(RunError) in try await organization.loadMembers(of: wanted) }
    case ("Event", _): try await load(relation.name == "group" ? .group : relation.name == "collection" ? .collection : .member)
    case ("Member", _):
      try await load(.member)
      try await load(.collection)
      try await completeMembers(rows)
    case ("Group", _):
      try await load(.group)
      try await load(.collection)
    case (_, "Group"): try await load(.group)
    default:
      try await load(.member)
      try await completeMembers(nil)
    }
    return related(relation)
  }

  private func ids(_ rows: Table?, _ source: Resource) async throws(RunError) -> [GUID] {
    if let rows { return (0..<rows.count).compactMap { Rows.id(Row(rows, $0)) } }
    try await load(source)
    return allIDs(source)
  }

  private func allIDs(_ resource: Resource) -> [GUID] {
    resource == .member ? known.members?.models.map(\.id) ?? [] : known.groups?.models.map(\.id) ?? []
  }

  // MARK: memberships

  /// One after another, and with what this run wrote meanwhile done once more. Gives what is known then: the next read may begin anew.
  private func readMemberships(
    _ relation: Relation, _ read: @Sendable (isolated Organization) async throws(RunError) -> Void
  ) async throws(RunError) -> (rows: any RelatedRows, version: Int) {
    do { return try await membershipReads.lockingAll { try await self.reading(relation, read) } } catch { throw RunError(error) }
  }

  private func reading(
    _ relation: Relation, _ read: @Sendable (isolated Organization) async throws(RunError) -> Void
  ) async throws -> (rows: any RelatedRows, version: Int) {
    beginReadingMemberships()
    do { try await read(self) } catch {
      endReadingMemberships()
      throw error
    }
    endReadingMemberships()
    return related(relation)
  }

  /// From the groups if those are fewer than the members that are asked for.
  private func loadGroups(of wanted: [GUID]) async throws(RunError) {
    let missing = wanted.filter { known.groupsOfMember[$0] == nil }
    if missing.isEmpty { return }
    let all = allIDs(.group)
    let unknown = all.filter { known.membersOfGroup[$0] == nil }
    if unknown.count < missing.count {
      try await fetchMembers(of: unknown)
      let found = Self.turned(all.map { ($0, known.membersOfGroup[$0] ?? []) })
      apply(.groupsOf(Dictionary(missing.map { ($0, found[$0] ?? []) }) { first, _ in first }))
    } else {
      try await fetchGroups(of: missing)
    }
  }

  /// From the members if those are fewer than the groups that are asked for.
  private func loadMembers(of wanted: [GUID]) async throws(RunError) {
    let missing = wanted.filter { known.membersOfGroup[$0] == nil }
    if missing.isEmpty { return }
    let all = allIDs(.member)
    let unknown = all.filter { known.groupsOfMember[$0] == nil }
    if unknown.count < missing.count {
      try await fetchGroups(of: unknown)
      let found = Self.turned(all.map { ($0, known.groupsOfMember[$0] ?? []) })
      apply(.membersOf(Dictionary(missing.map { ($0, found[$0] ?? []) }) { first, _ in first }))
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
    let found = try await Self.inParallel(groups) { try await client.memberIDs(ofGroup: $0) }
    apply(.membersOf(Dictionary(found) { first, _ in first }))
  }

  private func fetchGroups(of members: [GUID]) async throws(RunError) {
    let client = client
    let found = try await Self.inParallel(members) { try await client.groupIDs(ofMember: $0) }
    apply(.groupsOf(Dictionary(found) { first, _ in first }))
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

  /// Servers before November 2025 leave the collections out of the list of members (`api.md` 3.2.2): each is asked for, once.
  private func completeMembers(_ rows: Table?) async throws(RunError) {
    let wanted = rows.map { rows in Set((0..<rows.count).compactMap { Rows.id(Row(rows, $0)) }) }
    let missing = (known.members?.models ?? []).filter { $0.collections == nil && wanted?.contains($0.id) != false }.map(\.id)
    if missing.isEmpty { return }
    let client = client
    for (_, member) in try await Self.inParallel(missing, { try await client.member($0) }) { apply(.member(member)) }
  }
}
