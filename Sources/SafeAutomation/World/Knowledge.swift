internal import SafeLanguage
internal import SecretSafeAPI

/// What a run knows of the organization after so many changes. It asks nobody: it is told.
struct Knowledge {
  var members: Listing<Member>?
  var groups: Listing<Group>?
  var collections: Listing<SharedCollection>?
  var policies: Listing<Policy>?
  private(set) var subscription: (model: Subscription, loaded: ContinuousClock.Instant)?
  private(set) var stale: Set<Resource> = []

  /// Who is in a group, and in which groups somebody is, where all of it is known.
  private(set) var membersOfGroup: [GUID: [GUID]] = [:]
  private(set) var groupsOfMember: [GUID: [GUID]] = [:]
  /// The next read of memberships begins anew; one that is under way still has what it read.
  private(set) var areMembershipsStale = false

  /// What this run took away itself.
  private(set) var removed: Set<GUID> = []
  /// How many changes led here.
  private(set) var version = 0

  func loaded(_ resource: Resource) -> ContinuousClock.Instant? {
    if stale.contains(resource) { return nil }
    return switch resource {
    case .member: members?.loaded
    case .group: groups?.loaded
    case .collection: collections?.loaded
    case .policy: policies?.loaded
    case .subscription: subscription?.loaded
    }
  }

  mutating func table(_ resource: Resource) -> Table {
    switch resource {
    case .member: members?.table ?? .empty(SecretSafeSchema.members.row)
    case .group: groups?.table ?? .empty(SecretSafeSchema.groups.row)
    case .collection: collections?.table ?? .empty(SecretSafeSchema.collections.row)
    case .policy: policies?.table ?? .empty(SecretSafeSchema.policies.row)
    case .subscription:
      subscription.map { Row(SecretSafeSchema.subscription.row, Rows.values($0.model)).table } ?? .empty(SecretSafeSchema.subscription.row)
    }
  }

  // MARK: changes

  mutating func apply(_ change: OrganizationChange) {
    version += 1
    switch change {
    case .members(let models):
      members = Listing(models, SecretSafeSchema.members.row, id: { $0.id }, name: { $0.email.inLowerCase }) { Rows.values($0) }
      read(.member)
    case .groups(let models):
      groups = Listing(models, SecretSafeSchema.groups.row, id: { $0.id }) { Rows.values($0) }
      read(.group)
    case .collections(let models):
      collections = Listing(models, SecretSafeSchema.collections.row, id: { $0.id }) { Rows.values($0) }
      read(.collection)
    case .policies(let models):
      policies = Listing(models, SecretSafeSchema.policies.row, id: { $0.id }) { Rows.values($0) }
      read(.policy)
    case .subscription(let model):
      subscription = (model, .now)
      read(.subscription)
    case .groupsOf(let found): groupsOfMember.merge(found) { $1 }
    case .membersOf(let found): membersOfGroup.merge(found) { $1 }
    case .member(let member): members?.put(member)
    case .group(let group):
      groups?.put(group)
      setCollections(of: group)
    case .collection(let collection):
      collections?.put(collection)
      setGroups(of: collection)
    case .policy(let policy): policies?.put(policy)
    case .removed(let resource, let id): remove(resource, id)
    case .status(let id, let status):
      guard var member = members?.model(id) else { return }
      member.status = status
      members?.put(member)
    case .memberships(let member, let groups, let overRead):
      if overRead { groupsOfMember[member] = nil }
      setGroups(groups, of: member)
    case .joined(let member, let group):
      if groupsOfMember[member]?.contains(group) == false { groupsOfMember[member]?.append(group) }
      if membersOfGroup[group]?.contains(member) == false { membersOfGroup[group]?.append(member) }
    case .stale(let resources):
      stale.formUnion(resources)
      if resources.contains(.member) || resources.contains(.group) { areMembershipsStale = true }
    case .membershipsForgotten:
      groupsOfMember = [:]
      membersOfGroup = [:]
      areMembershipsStale = false
    }
  }

  /// A list that nobody is sure to ask for.
  mutating func letGo(_ resource: Resource) {
    version += 1
    switch resource {
    case .member: members = nil
    case .group: groups = nil
    case .collection: collections = nil
    case .policy: policies = nil
    case .subscription: subscription = nil
    }
  }

  private mutating func read(_ resource: Resource) {
    stale.remove(resource)
    if resource == .member || resource == .group { areMembershipsStale = true }
  }

  private mutating func remove(_ resource: Resource, _ id: GUID) {
    removed.insert(id)
    switch resource {
    case .member:
      members?.remove(id)
      groupsOfMember[id] = nil
      for group in membersOfGroup.keys { membersOfGroup[group]?.removeAll { $0 == id } }
    case .group:
      groups?.remove(id)
      for var collection in collections?.models ?? [] where collection.groups?.contains(where: { $0.id == id }) == true {
        collection.groups?.removeAll { $0.id == id }
        collections?.put(collection)
      }
      membersOfGroup[id] = nil
      for member in groupsOfMember.keys { groupsOfMember[member]?.removeAll { $0 == id } }
    // Whose access it was keeps an id that leads nowhere, which the relations pass over.
    case .collection: collections?.remove(id)
    case .policy, .subscription: break
    }
  }

  private mutating func setGroups(_ groups: [GUID], of member: GUID) {
    let before = groupsOfMember[member]
    groupsOfMember[member] = groups
    for group in membersOfGroup.keys {
      let isIn = groups.contains(group)
      if before?.contains(group) == isIn { continue }
      membersOfGroup[group]?.removeAll { $0 == member }
      if isIn { membersOfGroup[group]?.append(member) }
    }
  }

  /// Brings the groups in step with a collection's access.
  private mutating func setGroups(of collection: SharedCollection) {
    let access = collection.groups ?? []
    for var group in groups?.models ?? [] {
      guard var associations = group.collections else { continue }
      associations.removeAll { $0.id == collection.id }
      if let found = access.first(where: { $0.id == group.id }) { associations.append(Association(id: collection.id, access: found.access)) }
      if Set(associations) == Set(group.collections ?? []) { continue }
      group.collections = associations
      groups?.put(group)
    }
  }

  /// Brings the collections in step with a group's access.
  private mutating func setCollections(of group: Group) {
    let access = group.collections ?? []
    for var collection in collections?.models ?? [] {
      guard var associations = collection.groups else { continue }
      associations.removeAll { $0.id == group.id }
      if let found = access.first(where: { $0.id == collection.id }) { associations.append(Association(id: group.id, access: found.access)) }
      if Set(associations) == Set(collection.groups ?? []) { continue }
      collection.groups = associations
      collections?.put(collection)
    }
  }
}

extension String {
  /// The text itself where it is so already, as addresses of the API are: of a hundred thousand there need not be two of each.
  fileprivate var inLowerCase: String { utf8.contains { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 >= 0x80 } ? lowercased() : self }
}
