import GRDB
public import SecretSafeAPI

extension Change {
  /// Brings members and groups to the wanted state in the order of `api.md` 6.2: all of it, or nothing.
  public func importDirectory(_ body: ImportBody) throws {
    var run = try ImportRun(change: self, body: body)
    try run.removeDeleted()
    if body.overwriteExisting { try run.removeUnlisted() }
    try run.adopt()
    try run.add()
    try run.setGroups()
  }
}

/// One import. The organization's members are kept in step with what it does, so that each is read once.
private struct ImportRun {
  private let change: Change
  private let body: ImportBody
  /// Listed and not deleted, by external id.
  private let listed: Set<ExactText>
  private var members: [GUID: MemberRecord] = [:]
  private var byExternalID: [ExactText: GUID] = [:]
  private var byEmail: [ExactText: GUID] = [:]

  init(change: Change, body: ImportBody) throws {
    self.change = change
    self.body = body
    listed = Set(body.members.filter { !$0.deleted }.map { ExactText($0.externalId) })

    let mentioned = Set(body.members.map { ExactText($0.externalId) })
    let rows = try change.db.rows("SELECT \(MemberRecord.columns) FROM members m WHERE m.organization = ? ORDER BY m.row", [change.organization])
    while let row = try rows.next() {
      let member = MemberRecord(row)
      members[member.id] = member
      byEmail[ExactText(member.email)] = member.id
      guard let externalID = member.externalId.map(ExactText.init) else { continue }
      if byExternalID.updateValue(member.id, forKey: externalID) != nil, mentioned.contains(externalID) {
        throw Refusal.rule("Two members share the externalId '\(externalID.text)'.")
      }
    }
  }

  // MARK: Steps 1 and 2

  mutating func removeDeleted() throws {
    for member in body.members where member.deleted && !listed.contains(ExactText(member.externalId)) {
      if let id = byExternalID[ExactText(member.externalId)] { try remove(id) }
    }
  }

  mutating func removeUnlisted() throws {
    for (id, member) in members.sorted(by: { $0.key < $1.key }) {
      if let externalID = member.externalId, !listed.contains(ExactText(externalID)) { try remove(id) }
    }
  }

  private mutating func remove(_ id: GUID) throws {
    guard let member = members[id], member.type != MemberType.owner.rawValue, isInReach(member) else { return }
    try change.db.run("DELETE FROM members WHERE organization = ? AND id = ?", [change.organization, id.key])
    try change.record(.memberRemoved, member: id)
    members[id] = nil
    byEmail[ExactText(member.email)] = nil
    if let externalID = member.externalId { byExternalID[ExactText(externalID)] = nil }
  }

  /// A scoped key leaves members of higher type alone.
  private func isInReach(_ member: MemberRecord) -> Bool { !change.origin.isScoped || member.type == MemberType.user.rawValue }

  // MARK: Steps 3 and 4

  mutating func adopt() throws {
    for wanted in body.members where !wanted.deleted {
      guard let id = wanted.email.flatMap({ byEmail[ExactText($0)] }), let member = members[id], member.externalId == nil, isInReach(member)
      else { continue }
      if byExternalID[ExactText(wanted.externalId)] != nil {
        throw Refusal.rule("The externalId '\(wanted.externalId)' of \(member.email) belongs to another member.")
      }
      try change.db.run(
        "UPDATE members SET external_id = ? WHERE organization = ? AND id = ?", [wanted.externalId, change.organization, id.key])
      members[id]?.externalId = wanted.externalId
      byExternalID[ExactText(wanted.externalId)] = id
    }
  }

  mutating func add() throws {
    let new = body.members.filter { wanted in
      guard !wanted.deleted, let email = wanted.email else { return false }
      // Who is there under another external id is skipped silently.
      return byExternalID[ExactText(wanted.externalId)] == nil && byEmail[ExactText(email)] == nil
    }
    let isInvited = body.inviteUsersAfterProvisioning
    if isInvited { try change.takeSeats(new.count) }
    for wanted in new {
      guard let email = wanted.email else { continue }
      let member = MemberRecord(
        id: .random(), email: email, status: (isInvited ? MemberStatus.invited : .staged).rawValue, type: MemberType.user.rawValue,
        externalId: wanted.externalId)
      try member.insert(change.db, change.organization)
      try change.record(isInvited ? .memberInvited : .memberStaged, member: member.id)
      if isInvited { try change.writeInvitation(to: member.id) }
      members[member.id] = member
      byExternalID[ExactText(wanted.externalId)] = member.id
      byEmail[ExactText(email)] = member.id
    }
  }

  // MARK: Step 5

  mutating func setGroups() throws {
    guard !body.groups.isEmpty else { return }
    let known = try knownGroups()
    for wanted in body.groups {
      let id: GUID
      if let found = known[ExactText(wanted.externalId)] {
        id = found.id
        if ExactText(found.name) != ExactText(wanted.name) {
          try change.db.run("UPDATE groups SET name = ? WHERE organization = ? AND id = ?", [wanted.name, change.organization, id.key])
        }
        try change.record(.groupUpdated, group: id)
      } else {
        id = .random()
        try change.db.run(
          "INSERT INTO groups (organization, id, name, external_id) VALUES (?, ?, ?, ?)",
          [change.organization, id.key, wanted.name, wanted.externalId])
        try change.record(.groupCreated, group: id)
      }
      try set(members: Set(wanted.memberExternalIds.compactMap { byExternalID[ExactText($0)] }), of: id)
    }
  }

  private func knownGroups() throws -> [ExactText: Group] {
    let listed = Set(body.groups.map { ExactText($0.externalId) })
    var known: [ExactText: Group] = [:]
    for group in try change.snapshot.groups() {
      guard let externalID = group.externalId.map(ExactText.init), listed.contains(externalID) else { continue }
      if known.updateValue(group, forKey: externalID) != nil {
        throw Refusal.rule("Two groups share the externalId '\(externalID.text)'.")
      }
    }
    return known
  }

  private func set(members wanted: Set<GUID>, of group: GUID) throws {
    let present = Set(try change.snapshot.memberIDs(ofGroup: group) ?? [])
    for id in present.subtracting(wanted) where members[id].map(isInReach) ?? true {
      try change.db.run(
        "DELETE FROM group_members WHERE organization = ? AND \"group\" = ? AND member = ?", [change.organization, group.key, id.key])
    }
    for id in wanted.subtracting(present) where members[id].map(isInReach) ?? false { try change.join(id, group) }
  }
}
