internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// What a run knows of the organization: lists fetched once and kept, with the run's own writes in them.
actor Organization {
  private let client: Client
  private let lifetime: Duration?
  private var members: Listing<Member>?
  private var groups: Listing<Group>?
  private var collections: Listing<SharedCollection>?
  private var loading: [String: Task<Void, any Error>] = [:]
  /// Who is in a group, where all of it is known.
  private var membersOfGroup: [GUID: [GUID]] = [:]
  private var groupsOfMember: [GUID: [GUID]] = [:]

  /// `lifetime` is how long a list is good: a minute at the prompt, the whole run (nil) in a script.
  init(client: Client, lifetime: Duration?) {
    self.client = client
    self.lifetime = lifetime
  }

  // MARK: lists

  func table(_ resource: String) async throws(RunError) -> Table {
    try await load(resource)
    switch resource {
    case "Member": return members?.growing.table ?? .empty(SecretSafeSchema.members.row)
    case "Group": return groups?.growing.table ?? .empty(SecretSafeSchema.groups.row)
    default: return collections?.growing.table ?? .empty(SecretSafeSchema.collections.row)
    }
  }

  private func isFresh(_ resource: String) -> Bool {
    let loaded: ContinuousClock.Instant? =
      switch resource {
      case "Member": members?.loaded
      case "Group": groups?.loaded
      default: collections?.loaded
      }
    guard let loaded else { return false }
    return lifetime.map { loaded.duration(to: .now) < $0 } ?? true
  }

  /// Fetches a list once, however many ask for it at the same time.
  private func load(_ resource: String) async throws(RunError) {
    if isFresh(resource) { return }
    let task = loading[resource] ?? Task { try await self.fetch(resource) }
    loading[resource] = task
    defer { loading[resource] = nil }
    do { try await task.value } catch { throw RunError(error) }
  }

  private func fetch(_ resource: String) async throws {
    switch resource {
    case "Member":
      members = Listing(try await client.members(), SecretSafeSchema.members.row, id: { $0.id }) { Rows.values($0) }
      groupsOfMember = [:]
      membersOfGroup = [:]
    case "Group":
      groups = Listing(try await client.groups(), SecretSafeSchema.groups.row, id: { $0.id }) { Rows.values($0) }
      groupsOfMember = [:]
      membersOfGroup = [:]
    default:
      collections = Listing(try await client.collections(), SecretSafeSchema.collections.row, id: { $0.id }) { Rows.values($0) }
    }
  }

  // MARK: single objects

  /// The member that a row or an address means, with the status that this run knows.
  func member(_ subject: Value) async throws(RunError) -> (id: GUID, status: MemberStatus?) {
    if case .record(let row) = subject, let id = Rows.id(row) {
      if let known = members?.model(id) { return (id, known.status) }
      if case .symbol(_, let number) = row.value("status") { return (id, MemberStatus(rawValue: number)) }
      return (id, nil)
    }
    try await load("Member")
    let wanted = subject.printed
    let found = members?.models.filter { $0.email.lowercased() == wanted.lowercased() } ?? []
    guard let member = found.first else { throw RunError(.notFound, "there is no member '\(wanted)'") }
    return (member.id, member.status)
  }

  // MARK: relations

  /// Related rows stand in the order of their own list, whichever side they were fetched from.
  func related(_ relation: Relation, for rows: Table?) async throws(RunError) -> any RelatedRows {
    try await load(relation.target)
    switch (relation.source, relation.target) {
    case ("Member", "Group"):
      try await loadGroups(of: ids(rows, "Member"))
      return RelatedRowIDs(table: groups?.growing.table, indexes: groupsOfMember.mapValues { $0.compactMap { groups?.index($0) }.sorted() })
    case ("Group", "Member"):
      try await loadMembers(of: ids(rows, "Group"))
      return RelatedRowIDs(table: members?.growing.table, indexes: membersOfGroup.mapValues { $0.compactMap { members?.index($0) }.sorted() })
    default: return try await access(relation)
    }
  }

  private func ids(_ rows: Table?, _ source: String) async throws(RunError) -> [GUID] {
    if let rows { return (0..<rows.count).compactMap { Rows.id(Row(rows, $0)) } }
    try await load(source)
    return source == "Member" ? members?.models.map(\.id) ?? [] : groups?.models.map(\.id) ?? []
  }

  /// From the groups if those are fewer than the members that are asked for.
  private func loadGroups(of wanted: [GUID]) async throws(RunError) {
    let missing = wanted.filter { groupsOfMember[$0] == nil }
    if missing.isEmpty { return }
    let all = groups?.models.map(\.id) ?? []
    let unknown = all.filter { membersOfGroup[$0] == nil }
    if unknown.count < missing.count {
      try await fetchMembers(of: unknown)
      var found: [GUID: [GUID]] = [:]
      for group in all { for member in membersOfGroup[group] ?? [] { found[member, default: []].append(group) } }
      for member in missing { groupsOfMember[member] = found[member] ?? [] }
    } else {
      let client = client
      let found = try await inParallel(missing) { try await client.groupIDs(ofMember: $0) }
      for (member, groups) in found { groupsOfMember[member] = groups }
    }
  }

  private func loadMembers(of wanted: [GUID]) async throws(RunError) {
    try await fetchMembers(of: wanted.filter { membersOfGroup[$0] == nil })
  }

  private func fetchMembers(of groups: [GUID]) async throws(RunError) {
    let client = client
    let found = try await inParallel(groups) { try await client.memberIDs(ofGroup: $0) }
    for (group, members) in found { membersOfGroup[group] = members }
  }

  /// Requests for many objects, some at once.
  private func inParallel(_ ids: [GUID], _ fetch: @escaping @Sendable (GUID) async throws -> [GUID]) async throws(RunError) -> [(GUID, [GUID])] {
    do {
      return try await withThrowingTaskGroup(of: (GUID, [GUID]).self) { group in
        var results: [(GUID, [GUID])] = []
        var rest = ids[...]
        for id in rest.prefix(Self.parallelReads) { group.addTask { (id, try await fetch(id)) } }
        rest = rest.dropFirst(Self.parallelReads)
        while let result = try await group.next() {
          results.append(result)
          if let id = rest.popFirst() { group.addTask { (id, try await fetch(id)) } }
        }
        return results
      }
    } catch { throw RunError(error) }
  }

  /// Enough to hide the way to a far server, few enough for one with limits.
  private static let parallelReads = 8

  /// Direct access is part of the lists themselves.
  private func access(_ relation: Relation) async throws(RunError) -> any RelatedRows {
    try await load(relation.source)
    guard let target = SecretSafeSchema.schema.resource(named: relation.target) else { return RelatedRowIDs(table: nil, indexes: [:]) }
    var pairs: [GUID: [(index: Int, access: Access)]] = [:]
    func add(_ source: GUID, _ index: Int?, _ access: Access) {
      if let index { pairs[source, default: []].append((index, access)) }
    }
    switch (relation.source, relation.target) {
    case ("Member", _):
      for member in members?.models ?? [] { for item in member.collections ?? [] { add(member.id, collections?.index(item.id), item.access) } }
    case ("Group", _):
      for group in groups?.models ?? [] { for item in group.collections ?? [] { add(group.id, collections?.index(item.id), item.access) } }
    case (_, "Group"):
      for collection in collections?.models ?? [] { for item in collection.groups ?? [] { add(collection.id, groups?.index(item.id), item.access) } }
    default:
      try await load("Member")
      for member in members?.models ?? [] {
        guard let index = members?.index(member.id) else { continue }
        for item in member.collections ?? [] { add(item.id, index, item.access) }
      }
    }
    let table = relation.target == "Member" ? members?.growing.table : relation.target == "Group" ? groups?.growing.table : collections?.growing.table
    return RelatedAccess(
      table: table ?? .empty(target.row), type: RecordType(target.row.fields + relation.fields, resource: target.name),
      pairs: pairs.mapValues { $0.sorted { $0.index < $1.index } })
  }

  // MARK: own writes

  func put(_ member: Member) -> Row? {
    members?.put(member)
    return members?.row(member.id) ?? Row(SecretSafeSchema.members.row, Rows.values(member))
  }

  func put(_ group: Group) -> Row? {
    groups?.put(group)
    return groups?.row(group.id) ?? Row(SecretSafeSchema.groups.row, Rows.values(group))
  }

  func removeMember(_ id: GUID) {
    members?.remove(id)
    groupsOfMember[id] = nil
    for group in membersOfGroup.keys { membersOfGroup[group]?.removeAll { $0 == id } }
  }

  func removeGroup(_ id: GUID) {
    groups?.remove(id)
    membersOfGroup[id] = nil
    for member in groupsOfMember.keys { groupsOfMember[member]?.removeAll { $0 == id } }
  }

  func setStatus(_ id: GUID, _ status: MemberStatus) {
    guard var member = members?.model(id) else { return }
    member.status = status
    members?.put(member)
  }

  /// The groups that a member is in from now on.
  func setGroups(_ groups: [GUID], of member: GUID) {
    let before = groupsOfMember[member]
    groupsOfMember[member] = groups
    for group in membersOfGroup.keys {
      let isIn = groups.contains(group)
      if before?.contains(group) == isIn { continue }
      membersOfGroup[group]?.removeAll { $0 == member }
      if isIn { membersOfGroup[group]?.append(member) }
    }
  }
}

/// A list of the API as models, as rows, and by id.
struct Listing<Model> {
  private(set) var models: [Model]
  private(set) var growing: GrowingTable
  private var indexes: [GUID: Int]
  private let id: @Sendable (Model) -> GUID
  private let values: @Sendable (Model) -> [Value]
  let loaded = ContinuousClock.now

  init(_ models: [Model], _ type: RecordType, id: @escaping @Sendable (Model) -> GUID, _ values: @escaping @Sendable (Model) -> [Value]) {
    self.models = models
    self.id = id
    self.values = values
    var builder = TableBuilder(type)
    for model in models { builder.add(values(model)) }
    growing = GrowingTable(builder.table())
    indexes = Dictionary(models.enumerated().map { (id($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  func index(_ id: GUID) -> Int? { indexes[id] }
  func model(_ id: GUID) -> Model? { indexes[id].map { models[$0] } }
  func row(_ id: GUID) -> Row? { indexes[id].map { Row(growing.table, $0) } }

  mutating func put(_ model: Model) {
    if let index = indexes[id(model)] {
      models[index] = model
      growing.replace(index, values(model))
    } else {
      indexes[id(model)] = models.count
      models.append(model)
      growing.append(values(model))
    }
  }

  mutating func remove(_ id: GUID) {
    guard let index = indexes[id] else { return }
    models.remove(at: index)
    growing.remove(index)
    indexes = Dictionary(models.enumerated().map { (self.id($1), $0) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Rows of a list that belong to an object.
struct RelatedRowIDs: RelatedRows {
  let table: Table?
  let indexes: [GUID: [Int]]

  func rows(of row: Row) throws(RunError) -> Table {
    guard let table else { throw RunError(.data, "the list is not there") }
    return table.rows(Rows.id(row).flatMap { indexes[$0] } ?? [])
  }
}

/// Rows that an object has direct access to, or that have access to it, with `.access` in each.
struct RelatedAccess: RelatedRows {
  let table: Table
  let type: RecordType
  let pairs: [GUID: [(index: Int, access: Access)]]

  func rows(of row: Row) throws(RunError) -> Table {
    var builder = TableBuilder(type)
    for (index, access) in Rows.id(row).flatMap({ pairs[$0] }) ?? [] {
      let values = table.type.fields.indices.map { table.value(index, $0) }
      builder.add(values + [.symbol(SecretSafeSchema.access, access.rawValue)])
    }
    return builder.table()
  }
}
