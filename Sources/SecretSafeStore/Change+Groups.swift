import GRDB
public import SecretSafeAPI

extension Change {
  /// Creates a group (`api.md` 3.4.2).
  public func createGroup(_ body: GroupBody) throws -> Group {
    let collections = body.collections ?? []
    guard try haveCollections(collections) else { throw Refusal.noSuchReference }
    try refuseManageWithOthers(collections)
    let id = GUID.random()
    try db.run(
      "INSERT INTO groups (organization, id, name, external_id) VALUES (?, ?, ?, ?)",
      [organization, id.key, body.name, body.externalId])
    try setCollections(collections, ofGroup: id)
    try record(.groupCreated, group: id)
    return try stored(id)
  }

  /// Updates a group (`api.md` 3.4.2): nil `collections` are kept.
  public func updateGroup(_ id: GUID, _ body: GroupBody) throws -> Group {
    try demandGroup(id)
    let collections = body.collections ?? []
    guard try collections.allSatisfy({ try snapshot.hasCollection($0.id) }) else { throw Refusal.noSuchReference }
    if try !haveCollections(collections) {
      throw Refusal.rule("You cannot modify group access for collections with the type as DefaultUserCollection.")
    }
    try refuseManageWithOthers(collections)
    try demandReach(membersOf: id)
    if body.collections != nil {
      try db.run("DELETE FROM group_collections WHERE organization = ? AND \"group\" = ?", [organization, id.key])
      try setCollections(collections, ofGroup: id)
    }
    try db.run(
      "UPDATE groups SET name = ?, external_id = ? WHERE organization = ? AND id = ?",
      [body.name, body.externalId, organization, id.key])
    try record(.groupUpdated, group: id)
    return try stored(id)
  }

  /// Deletes a group; its members stay.
  public func deleteGroup(_ id: GUID) throws {
    try demandGroup(id)
    try demandReach(membersOf: id)
    try db.run("DELETE FROM groups WHERE organization = ? AND id = ?", [organization, id.key])
    try record(.groupDeleted, group: id)
  }

  /// Replaces the members of a group; unknown ones are ignored.
  public func setMemberIDs(_ members: [GUID], ofGroup id: GUID) throws {
    try demandGroup(id)
    let wanted = try Set(members).filter { try snapshot.hasMember($0) }
    try demandReach(wanted.symmetricDifference(snapshot.memberIDs(ofGroup: id) ?? []))
    try db.run("DELETE FROM group_members WHERE organization = ? AND \"group\" = ?", [organization, id.key])
    for member in wanted { try join(member, id) }
    try record(.groupUpdated, group: id)
  }

  /// A scoped key changes groups as far as only members of type user are affected (`api.md` 12.1).
  private func demandReach(_ members: Set<GUID>) throws {
    guard origin.isScoped else { return }
    for member in members where try existing(member).type != MemberType.user.rawValue { throw Self.outOfReach }
  }

  private func demandReach(membersOf group: GUID) throws {
    if origin.isScoped { try demandReach(Set(snapshot.memberIDs(ofGroup: group) ?? [])) }
  }

  private func demandGroup(_ id: GUID) throws {
    guard try snapshot.hasGroup(id) else { throw Refusal.noSuchObject }
  }

  private func stored(_ id: GUID) throws -> Group {
    guard let group = try snapshot.group(id) else { throw Refusal.noSuchObject }
    return group
  }
}
