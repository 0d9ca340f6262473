internal import SecretSafeAPI
internal import SecretSafeClient

/// Where a twin has its content from.
protocol TwinSource: Sendable {
  func snapshot(_ parts: Set<SnapshotPart>) async throws(ClientError) -> OrganizationSnapshot
  func memberIDs(ofGroup id: GUID) async throws(ClientError) -> [GUID]
  func groupIDs(ofMember id: GUID) async throws(ClientError) -> [GUID]
  func eventPage(query: String) async throws(ClientError) -> EventPage
  func shutdown() async
}

/// The organization itself.
extension ReadingClient: TwinSource {}

/// What an earlier rehearsal of the same run read: so the twin is the same once more, whatever became of the organization.
struct RecordedSource: TwinSource {
  private let snapshot: OrganizationSnapshot
  private let membersOfGroup: [GUID: [GUID]]
  private let groupsOfMember: [GUID: [GUID]]

  init(_ recording: Recording) {
    var known = Knowledge()
    for change in recording.changes.prefix(recording.plannedChanges) { known.apply(change) }
    (membersOfGroup, groupsOfMember) = (known.membersOfGroup, known.groupsOfMember)
    let members = known.members?.models ?? []
    let groups = known.groups?.models ?? []
    snapshot = OrganizationSnapshot(
      members: members.map { .init($0) }, groups: groups.map { .init($0, members: []) }, collections: known.collections?.models ?? [],
      policies: known.policies?.models ?? [], subscription: known.subscription?.model)
  }

  func snapshot(_ parts: Set<SnapshotPart>) -> OrganizationSnapshot { snapshot }

  /// It was asked from either side.
  func memberIDs(ofGroup id: GUID) -> [GUID] {
    membersOfGroup[id] ?? groupsOfMember.filter { $0.value.contains(id) }.map(\.key).sorted()
  }

  func groupIDs(ofMember id: GUID) -> [GUID] {
    groupsOfMember[id] ?? membersOfGroup.filter { $0.value.contains(id) }.map(\.key).sorted()
  }

  func eventPage(query: String) throws(ClientError) -> EventPage {
    throw ClientError(.unsupported, "the plan was made without these events")
  }

  func shutdown() {}
}

extension OrganizationSnapshot {
  /// The lists as what a run knows; memberships are not among them.
  func changes(_ parts: Set<SnapshotPart>) -> [OrganizationChange] {
    var changes: [OrganizationChange] = []
    if parts.contains(.members) { changes.append(.members(members.map(\.member))) }
    if parts.contains(.groups) { changes.append(.groups(groups.map(\.group))) }
    if parts.contains(.collections) { changes.append(.collections(collections)) }
    if parts.contains(.policies) { changes.append(.policies(policies)) }
    if let subscription { changes.append(.subscription(subscription)) }
    return changes
  }
}
