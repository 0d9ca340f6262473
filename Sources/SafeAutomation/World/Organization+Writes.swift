internal import SafeLanguage
internal import SecretSafeAPI

/// The run's own writes in what it knows.
extension Organization {
  func put(_ member: Member) -> Row {
    change(.member) { $0.members?.put(member) }
    return members?.row(member.id) ?? Row(SecretSafeSchema.members.row, Rows.values(member))
  }

  func put(_ group: Group) -> Row {
    change(.group) { $0.groups?.put(group) }
    return groups?.row(group.id) ?? Row(SecretSafeSchema.groups.row, Rows.values(group))
  }

  func put(_ collection: SharedCollection) -> Row {
    change(.collection) { $0.collections?.put(collection) }
    return collections?.row(collection.id) ?? Row(SecretSafeSchema.collections.row, Rows.values(collection))
  }

  func put(_ policy: Policy) -> Row {
    change(.policy) { $0.policies?.put(policy) }
    return policies?.row(policy.id) ?? Row(SecretSafeSchema.policies.row, Rows.values(policy))
  }

  func removeMember(_ id: GUID) {
    removed.insert(id)
    change(.member) { $0.members?.remove(id) }
    groupsOfMember[id] = nil
    for group in membersOfGroup.keys { membersOfGroup[group]?.removeAll { $0 == id } }
  }

  func removeGroup(_ id: GUID) {
    removed.insert(id)
    change(.group) { $0.groups?.remove(id) }
    change(.collection) { organization in
      for var collection in organization.collections?.models ?? [] where collection.groups?.contains(where: { $0.id == id }) == true {
        collection.groups?.removeAll { $0.id == id }
        organization.collections?.put(collection)
      }
    }
    membersOfGroup[id] = nil
    for member in groupsOfMember.keys { groupsOfMember[member]?.removeAll { $0 == id } }
  }

  func removeCollection(_ id: GUID) {
    removed.insert(id)
    change(.collection) { $0.collections?.remove(id) }
    // Whose access it was keeps an id that leads nowhere, which the relations pass over.
  }

  func setStatus(_ id: GUID, _ status: MemberStatus) {
    change(.member) { organization in
      guard var member = organization.members?.model(id) else { return }
      member.status = status
      organization.members?.put(member)
    }
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
    if isReadingMemberships { lateMemberships.append((groups, member)) }
  }

  /// Both sides hold the access between groups and collections: brings the groups in step with a collection.
  func setGroups(of collection: SharedCollection) {
    let access = collection.groups ?? []
    change(.group) { organization in
      for var group in organization.groups?.models ?? [] {
        guard var associations = group.collections else { continue }
        associations.removeAll { $0.id == collection.id }
        if let found = access.first(where: { $0.id == group.id }) { associations.append(Association(id: collection.id, access: found.access)) }
        if Set(associations) == Set(group.collections ?? []) { continue }
        group.collections = associations
        organization.groups?.put(group)
      }
    }
  }

  /// The same with a group's collections.
  func setCollections(of group: Group) {
    let access = group.collections ?? []
    change(.collection) { organization in
      for var collection in organization.collections?.models ?? [] {
        guard var associations = collection.groups else { continue }
        associations.removeAll { $0.id == group.id }
        if let found = access.first(where: { $0.id == collection.id }) { associations.append(Association(id: group.id, access: found.access)) }
        if Set(associations) == Set(collection.groups ?? []) { continue }
        collection.groups = associations
        organization.collections?.put(collection)
      }
    }
  }
}
