import GRDB
import SecretSafeAPI

// What members and groups share: access to collections, and memberships.

extension Change {
  /// Whether all of them are shared collections of this organization.
  func haveCollections(_ associations: [Association]) throws -> Bool {
    try associations.allSatisfy {
      try db.has("SELECT 1 FROM collections WHERE organization = ? AND id = ? AND kind = 0", [organization, $0.id.key])
    }
  }

  func haveGroups(_ groups: [GUID]) throws -> Bool { try groups.allSatisfy { try snapshot.hasGroup($0) } }

  func isPersonal(_ collection: GUID) throws -> Bool {
    try db.has("SELECT 1 FROM collections WHERE organization = ? AND id = ? AND kind = 1", [organization, collection.key])
  }

  func refuseManageWithOthers(_ associations: [Association]) throws {
    if associations.contains(where: { $0.manage && ($0.readOnly || $0.hidePasswords) }) { throw Self.manageAlone }
  }

  func setCollections(_ associations: [Association], ofMember id: GUID) throws {
    for association in associations {
      try db.run(
        "INSERT INTO member_collections (organization, member, collection, access) VALUES (?, ?, ?, ?)",
        [organization, id.key, association.id.key, association.access.rawValue])
    }
  }

  func setCollections(_ associations: [Association], ofGroup id: GUID) throws {
    for association in associations {
      try db.run(
        "INSERT INTO group_collections (organization, \"group\", collection, access) VALUES (?, ?, ?, ?)",
        [organization, id.key, association.id.key, association.access.rawValue])
    }
  }

  func setGroups(_ groups: [GUID], ofMember id: GUID) throws {
    for group in Set(groups) { try join(id, group) }
  }

  func join(_ member: GUID, _ group: GUID) throws {
    try db.run(
      "INSERT INTO group_members (organization, \"group\", member) VALUES (?, ?, ?)", [organization, group.key, member.key])
  }
}
