internal import SecretSafeAPI
internal import SecretSafeClient

/// Brings into the twin who is in which group, when the script comes to it and not before: to know it takes a request for each group or member.
///
/// A pair of a member and a group is known once either of them was read, or is the script's own. What is known is the twin's alone from then on, so
/// that a later read from the other side takes nothing back that the script did meanwhile.
actor TwinMemberships {
  private let live: any TwinSource
  private let twin: Twin
  /// What the twin began with, by id.
  private let members: Set<GUID>
  private let groups: Set<GUID>
  private var readMembers: Set<GUID> = []
  private var readGroups: Set<GUID> = []
  private var reading: [GUID: Task<Void, any Error>] = [:]
  private var last: Task<Void, any Error>?
  /// Who was in which group before the script, as far as it was read.
  private(set) var before: [GUID: Set<GUID>] = [:]
  /// The answers, by the group and by the member that were asked about.
  private var (membersOf, groupsOf) = ([GUID: [GUID]](), [GUID: [GUID]]())

  /// What was read, as changes of what a run knows.
  var changes: [OrganizationChange] { [.membershipsForgotten, .groupsOf(groupsOf), .membersOf(membersOf)] }

  init(_ live: any TwinSource, _ twin: Twin, _ start: OrganizationSnapshot) {
    self.live = live
    self.twin = twin
    members = Set(start.members.map(\.member.id))
    groups = Set(start.groups.map(\.group.id))
  }

  /// Makes sure that the twin knows the members of a group.
  func know(membersOf group: GUID) async throws {
    guard groups.contains(group), !readGroups.contains(group) else { return }
    try await once(group) {
      let found = try await self.live.memberIDs(ofGroup: group)
      try await self.inTurn { try await self.take(found.map { ($0, group) }, group: group, found) }
    }
  }

  /// Makes sure that the twin knows the groups of a member. Who asks for many members, one by one, is better off with all groups: so no more
  /// requests are made than twice those of the cheaper side.
  func know(groupsOf member: GUID) async throws {
    guard members.contains(member), !readMembers.contains(member) else { return }
    let unread = groups.subtracting(readGroups)
    if unread.isEmpty { return }
    if readMembers.count >= unread.count {
      for group in unread.sorted() { try await know(membersOf: group) }
      return
    }
    try await once(member) {
      let found = try await self.live.groupIDs(ofMember: member)
      try await self.inTurn { try await self.take(found.map { (member, $0) }, member: member, found) }
    }
  }

  private func take(_ found: [(member: GUID, group: GUID)], member: GUID? = nil, group: GUID? = nil, _ ids: [GUID]) async throws {
    let new = found.filter { members.contains($0.member) && groups.contains($0.group) && !readMembers.contains($0.member) && !readGroups.contains($0.group) }
    try await twin.join(new)
    for pair in new { before[pair.group, default: []].insert(pair.member) }
    if let member {
      readMembers.insert(member)
      groupsOf[member] = ids
    }
    if let group {
      readGroups.insert(group)
      membersOf[group] = ids
    }
  }

  /// One request, however many ask.
  private func once(_ id: GUID, _ read: @escaping @Sendable () async throws -> Void) async throws {
    let task = reading[id] ?? Task { try await read() }
    reading[id] = task
    defer { reading[id] = nil }
    try await task.value
  }

  /// What is found is put in one after another: what is known must not change in between.
  private func inTurn(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let previous = last
    let task = Task {
      _ = await previous?.result
      try await body()
    }
    last = task
    try await task.value
  }
}
