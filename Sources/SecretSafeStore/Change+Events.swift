import SecretSafeAPI

/// The events that changes record (`api.md` 5.3), by their numbers (5.4).
enum EventKind: Int {
  case groupCreated = 1400
  case groupUpdated = 1401
  case groupDeleted = 1402
  case memberInvited = 1500
  case memberUpdated = 1502
  case memberRemoved = 1503
  case memberGroupsUpdated = 1504
  case memberRevoked = 1511
  case memberRestored = 1512
}

extension Change {
  func record(_ kind: EventKind, member: GUID? = nil, group: GUID? = nil, collection: GUID? = nil) throws {
    try EventRecord(
      date: now, type: kind.rawValue, member: member, group: group, collection: collection, device: origin.device,
      ipAddress: origin.ipAddress
    ).insert(db, organization)
  }
}
