import GRDB
public import SecretSafeAPI

// Puts objects in as they are, ids and statuses included, without events: for organizations that come from elsewhere.

extension Change {
  /// A personal one is a member's default collection ("My Items").
  public func load(_ collection: SharedCollection, isPersonal: Bool = false) throws {
    try db.run(
      "INSERT INTO collections (organization, id, kind, external_id) VALUES (?, ?, ?, ?)",
      [organization, collection.id.key, isPersonal ? 1 : 0, collection.externalId])
  }

  /// The collections that it names have to be there.
  public func load(_ group: Group) throws {
    try db.run(
      "INSERT INTO groups (organization, id, name, external_id) VALUES (?, ?, ?, ?)",
      [organization, group.id.key, group.name, group.externalId])
    try setCollections(group.collections ?? [], ofGroup: group.id)
  }

  /// The groups and collections that it names have to be there; a revoked member needs the status from before.
  public func load(_ member: Member, statusBefore: MemberStatus? = nil, groups: [GUID] = []) throws {
    try MemberRecord(member, statusBefore: statusBefore).insert(db, organization)
    try setCollections(member.collections ?? [], ofMember: member.id)
    try setGroups(groups, ofMember: member.id)
  }

  /// Puts somebody into a group, without an event, if both are there and it is not so already.
  public func loadMembership(of member: GUID, in group: GUID) throws {
    guard try snapshot.hasMember(member), try snapshot.hasGroup(group) else { return }
    try db.run(
      "INSERT OR IGNORE INTO group_members (organization, \"group\", member) VALUES (?, ?, ?)", [organization, group.key, member.key])
  }

  /// Puts a policy in as it is, without its effects.
  public func load(_ policy: Policy) throws {
    try db.run(
      "INSERT INTO policies (organization, id, type, enabled, data) VALUES (?, ?, ?, ?, ?)",
      [organization, policy.id.key, policy.type.rawValue, policy.enabled, policy.data.map { String(decoding: $0.json, as: UTF8.self) }])
  }
}
