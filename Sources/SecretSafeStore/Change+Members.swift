import GRDB
public import SecretSafeAPI

extension Change {
  static let lastOwner = Refusal.rule("Organization must have at least one confirmed owner.")
  static let manageAlone = Refusal.rule(
    "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords properties are also true.")
  static let failedToInvite = Refusal.rule("Failed to invite users")

  /// Invites a person (`api.md` 3.2.3).
  public func invite(_ body: InviteBody) throws -> Member {
    let email = body.email.lowercased()
    guard try !db.has("SELECT 1 FROM members WHERE organization = ? AND email = ?", [organization, email])
    else { throw Refusal.rule("This user has already been invited.") }
    let collections = (body.collections ?? []).sorted { $0.id < $1.id }
    let groups = body.groups ?? []
    try refuseManageWithOthers(collections)
    guard try haveCollections(collections), try haveGroups(groups) else { throw Self.failedToInvite }
    if origin.isScoped, body.type != .user {
      throw Refusal.rule("Scoped organization API keys can only invite members with the User role.")
    }
    try takeSeats(1)

    // What is stored, so that it need not be read again: invitations come by the thousand.
    let member = Member(
      id: .random(), email: email, status: .invited, type: body.type, externalId: body.externalId,
      permissions: body.type == .custom ? body.permissions ?? [] : nil, collections: collections)
    try MemberRecord(member, statusBefore: nil).insert(db, organization)
    try setCollections(collections, ofMember: member.id)
    try setGroups(groups, ofMember: member.id)
    try record(.memberInvited, member: member.id)
    try writeInvitation(to: member.id)
    return member
  }

  /// Updates a member (`api.md` 3.2.4): nil `groups` and `permissions` are kept, nil `collections` removes all.
  public func updateMember(_ id: GUID, _ body: MemberBody) throws -> Member {
    let before = try existing(id)
    let collections = body.collections ?? []
    guard try haveCollections(collections), try haveGroups(body.groups ?? []) else { throw Refusal.noSuchReference }
    try refuseManageWithOthers(collections)
    try demandReach(before)
    if origin.isScoped, body.type != .user { throw Self.outOfReach }
    if body.type != .owner { try demandConfirmedOwner(otherThan: id) }

    let kept = before.permissions.map(Permissions.init(rawValue:))
    let permissions = body.type == .custom ? (body.permissions ?? kept ?? []).rawValue : nil
    try db.run(
      "UPDATE members SET type = ?, external_id = ?, permissions = ? WHERE organization = ? AND id = ?",
      [body.type.rawValue, body.externalId, permissions, organization, id.key])
    try db.run("DELETE FROM member_collections WHERE organization = ? AND member = ?", [organization, id.key])
    try setCollections(collections, ofMember: id)
    if let groups = body.groups { try replaceGroups(groups, ofMember: id) }
    if body.type != .owner { try endSessions(of: id) }
    try record(.memberUpdated, member: id)
    return try stored(id)
  }

  /// Replaces the groups of a member; unknown ones are ignored (`api.md` 3.2.5).
  public func setGroupIDs(_ groups: [GUID], ofMember id: GUID) throws {
    try demandReach(existing(id))
    try replaceGroups(groups.filter { try snapshot.hasGroup($0) }, ofMember: id)
    try record(.memberGroupsUpdated, member: id)
  }

  /// Ends a membership (`api.md` 3.2.6).
  public func removeMember(_ id: GUID) throws {
    let member = try existing(id)
    try demandReach(member)
    try demandConfirmedOwner(without: member)
    try db.run("DELETE FROM members WHERE organization = ? AND id = ?", [organization, id.key])
    try record(.memberRemoved, member: id)
  }

  /// Sends the invitation again with a new link, which ends the old one (`api.md` 3.2.7); no event tells of it.
  public func reinvite(_ id: GUID) throws {
    let member = try existing(id)
    guard member.status == MemberStatus.invited.rawValue else { throw Refusal.rule("User invalid.") }
    try demandReach(member)
    try endInvitations(of: id)
    try writeInvitation(to: id)
  }

  /// Suspends a member and remembers the status (`api.md` 3.2.8).
  public func revoke(_ id: GUID) throws {
    let member = try existing(id)
    guard member.status != MemberStatus.revoked.rawValue else { throw Refusal.rule("Already revoked.") }
    try demandReach(member)
    try demandConfirmedOwner(without: member)
    try db.run(
      "UPDATE members SET status = -1, status_before = status WHERE organization = ? AND id = ?", [organization, id.key])
    try endSessions(of: id)
    try record(.memberRevoked, member: id)
  }

  /// Gives a suspended member the status from before, if there is a seat and no policy is against it (`api.md` 3.2.8).
  public func restore(_ id: GUID) throws {
    let member = try existing(id)
    guard member.status == MemberStatus.revoked.rawValue else { throw Refusal.rule("Already active.") }
    try demandReach(member)
    if member.statusBefore.map({ MemberStatus(rawValue: $0).takesSeat }) == true { try takeSeats(1) }
    try demandCompliance(member)
    try db.run(
      "UPDATE members SET status = status_before, status_before = NULL WHERE organization = ? AND id = ?",
      [organization, id.key])
    try record(.memberRestored, member: id)
  }

  /// Members who would return to invited or staged need not comply yet, and owners and administrators never.
  private func demandCompliance(_ member: MemberRecord) throws {
    let returns = MemberStatus(rawValue: member.statusBefore ?? 0)
    guard returns == .accepted || returns == .confirmed, member.type != MemberType.owner.rawValue, member.type != MemberType.admin.rawValue
    else { return }
    let lacksTwoFactor = try !member.twoFactor && snapshot.isEnabled(.twoFactorAuthentication)
    let isElsewhere = try snapshot.isEnabled(.singleOrg) && snapshot.isElsewhere(member)
    let isForbidden = try snapshot.isForbiddenElsewhere(member)
    switch (lacksTwoFactor, isElsewhere, isForbidden) {
    case (false, false, false): return
    case (true, false, false): throw Refusal.rule("\(member.email) is not compliant with the two-step login policy.")
    case (false, true, _): throw Refusal.rule("\(member.email) cannot be restored until they leave all other organization vaults.")
    case (false, false, true):
      throw Refusal.rule("\(member.email) cannot be restored because they are a member of another organization which forbids it.")
    case (true, _, _):
      throw Refusal.rule("\(member.email) is not compliant with the single organization membership and two-step login policy.")
    }
  }

  static let outOfReach = Refusal.rule("Scoped organization API keys can only manage members with the User role.")

  /// A scoped key deals with members of type user only (`api.md` 12.1).
  private func demandReach(_ member: MemberRecord) throws {
    if origin.isScoped, member.type != MemberType.user.rawValue { throw Self.outOfReach }
  }

  func existing(_ id: GUID) throws -> MemberRecord {
    let member = try db.row(
      "SELECT \(MemberRecord.columns) FROM members m WHERE m.organization = ? AND m.id = ?", [organization, id.key]
    ) { MemberRecord($0) }
    guard let member else { throw Refusal.noSuchObject }
    return member
  }

  func stored(_ id: GUID) throws -> Member {
    guard let member = try snapshot.member(id) else { throw Refusal.noSuchObject }
    return member
  }

  private func demandConfirmedOwner(without member: MemberRecord) throws {
    if member.type == MemberType.owner.rawValue, member.status == MemberStatus.confirmed.rawValue {
      try demandConfirmedOwner(otherThan: member.id)
    }
  }

  private func demandConfirmedOwner(otherThan id: GUID) throws {
    guard
      try db.has(
        "SELECT 1 FROM members WHERE organization = ? AND type = 0 AND status = 2 AND id != ? LIMIT 1", [organization, id.key])
    else { throw Self.lastOwner }
  }

  private func replaceGroups(_ groups: [GUID], ofMember id: GUID) throws {
    try db.run("DELETE FROM group_members WHERE organization = ? AND member = ?", [organization, id.key])
    try setGroups(groups, ofMember: id)
  }
}
