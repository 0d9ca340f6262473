internal import SafeLanguage
internal import SecretSafeAPI

/// Relations over what is known; what they need has been read before.
extension Knowledge {
  /// Related rows stand in the order of their own list, whichever side they were fetched from.
  mutating func related(_ relation: Relation) -> any RelatedRows {
    switch (relation.source, relation.target) {
    case ("Event", _): return ofEvents(relation)
    case ("Member", "Group"):
      let table = groups?.table
      return RelatedRowIDs(table: table, indexes: indexes(groupsOfMember) { $0.groups?.index($1) })
    case ("Group", "Member"):
      let table = members?.table
      return RelatedRowIDs(table: table, indexes: indexes(membersOfGroup) { $0.members?.index($1) })
    default: return access(relation)
    }
  }

  private mutating func indexes(_ ids: [GUID: [GUID]], _ index: (inout Knowledge, GUID) -> Int?) -> [GUID: [Int]] {
    var found: [GUID: [Int]] = [:]
    for (id, others) in ids { found[id] = others.compactMap { index(&self, $0) }.sorted() }
    return found
  }

  /// Direct access is part of the lists themselves.
  private mutating func access(_ relation: Relation) -> any RelatedRows {
    var pairs: [GUID: [(index: Int, access: Access)]] = [:]
    func add(_ source: GUID, _ index: Int?, _ access: Access) {
      if let index { pairs[source, default: []].append((index, access)) }
    }
    let target: (table: Table?, resource: ResourceType)
    switch (relation.source, relation.target) {
    case ("Member", _):
      for member in members?.models ?? [] { for item in member.collections ?? [] { add(member.id, collections?.index(item.id), item.access) } }
      target = (collections?.table, SecretSafeSchema.collections)
    case ("Group", _):
      for group in groups?.models ?? [] { for item in group.collections ?? [] { add(group.id, collections?.index(item.id), item.access) } }
      target = (collections?.table, SecretSafeSchema.collections)
    case (_, "Group"):
      // The groups' own list has it with every server; that of the collections only since December 2025 (`api.md` 3.5.2).
      for (index, group) in (groups?.models ?? []).enumerated() { for item in group.collections ?? [] { add(item.id, index, item.access) } }
      target = (groups?.table, SecretSafeSchema.groups)
    default:
      for (index, member) in (members?.models ?? []).enumerated() { for item in member.collections ?? [] { add(item.id, index, item.access) } }
      target = (members?.table, SecretSafeSchema.members)
    }
    return RelatedAccess(
      table: target.table ?? .empty(target.resource.row), type: RecordType(target.resource.row.fields + relation.fields, resource: relation.target),
      pairs: pairs.mapValues { $0.sorted { $0.index < $1.index } })
  }

  private mutating func ofEvents(_ relation: Relation) -> any RelatedRows {
    func one(_ table: Table?, _ resource: ResourceType, _ field: String, _ ids: [GUID?]) -> RelatedOne {
      let pairs = ids.enumerated().compactMap { index, id in id.map { ($0, index) } }
      return RelatedOne(table: table ?? .empty(resource.row), field: field, indexes: Dictionary(pairs) { first, _ in first })
    }
    switch relation.name {
    case "actor", "member":
      let isActor = relation.name == "actor"
      let ids = members?.models.map { isActor ? $0.userId : $0.id } ?? []
      return one(members?.table, SecretSafeSchema.members, isActor ? "actingUserId" : "memberId", ids)
    case "group": return one(groups?.table, SecretSafeSchema.groups, "groupId", groups?.models.map(\.id) ?? [])
    default: return one(collections?.table, SecretSafeSchema.collections, "collectionId", collections?.models.map(\.id) ?? [])
    }
  }
}
