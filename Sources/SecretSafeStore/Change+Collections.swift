import GRDB
public import SecretSafeAPI

extension Change {
  /// Creates a shared collection, which the API cannot do: the web safe and the command line can.
  public func createCollection(externalId: String?) throws -> SharedCollection {
    let id = GUID.random()
    try db.run("INSERT INTO collections (organization, id, external_id) VALUES (?, ?, ?)", [organization, id.key, externalId])
    try record(.collectionCreated, collection: id)
    return SharedCollection(id: id, externalId: externalId)
  }

  /// Updates a collection (`api.md` 3.5.2): nil `groups` are kept.
  public func updateCollection(_ id: GUID, _ body: CollectionBody) throws -> SharedCollection {
    guard try snapshot.hasCollection(id) else { throw Refusal.noSuchObject }
    guard try haveGroups((body.groups ?? []).map(\.id)) else { throw Refusal.noSuchReference }
    try demandShared(id, "edit")
    if let groups = body.groups {
      try refuseManageWithOthers(groups)
      try db.run("DELETE FROM group_collections WHERE organization = ? AND collection = ?", [organization, id.key])
      for group in groups {
        try db.run(
          "INSERT INTO group_collections (organization, \"group\", collection, access) VALUES (?, ?, ?, ?)",
          [organization, group.id.key, id.key, group.access.rawValue])
      }
    }
    try db.run(
      "UPDATE collections SET external_id = ? WHERE organization = ? AND id = ?", [body.externalId, organization, id.key])
    try record(.collectionUpdated, collection: id)
    guard let collection = try snapshot.collection(id) else { throw Refusal.noSuchObject }
    return collection
  }

  /// Deletes a collection; what is in it only leaves it.
  public func deleteCollection(_ id: GUID) throws {
    try demandShared(id, "delete")
    try db.run("DELETE FROM collections WHERE organization = ? AND id = ?", [organization, id.key])
    try record(.collectionDeleted, collection: id)
  }

  private func demandShared(_ id: GUID, _ verb: String) throws {
    guard try snapshot.hasCollection(id) else { throw Refusal.noSuchObject }
    if try isPersonal(id) {
      throw Refusal.rule("You cannot \(verb) a collection with the type as DefaultUserCollection.")
    }
  }
}
