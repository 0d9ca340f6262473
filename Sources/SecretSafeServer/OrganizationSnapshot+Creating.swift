import SecretSafeAPI
import SecretSafeStore

extension OrganizationSnapshot {
  /// Makes an organization with everything in it as it is, without events: what came before is in no snapshot. All of it, or nothing.
  func create(in store: Store, name: String) async throws -> (organization: OrganizationID, key: IssuedKey) {
    try await store.createOrganization(name: name) { change in try fill(change) }
  }

  private func fill(_ change: Change) throws {
    var groupsOfMember: [GUID: [GUID]] = [:]
    for group in groups { for member in group.members { groupsOfMember[member, default: []].append(group.group.id) } }
    for collection in collections { try change.load(collection) }
    for group in groups { try change.load(group.group) }
    for member in members {
      try change.load(member.member, statusBefore: member.statusBeforeRevoked, groups: groupsOfMember[member.member.id] ?? [])
    }
    for policy in policies { try change.load(policy) }
    try change.setSubscription(subscription)
  }
}
