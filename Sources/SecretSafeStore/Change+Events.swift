public import SecretSafeAPI

/// The events that changes record (`api.md` 5.3), by their numbers (5.4).
enum EventKind: Int {
  case userSignedIn = 1000
  case collectionCreated = 1300
  case collectionUpdated = 1301
  case collectionDeleted = 1302
  case groupCreated = 1400
  case groupUpdated = 1401
  case groupDeleted = 1402
  case memberInvited = 1500
  case memberConfirmed = 1501
  case memberUpdated = 1502
  case memberRemoved = 1503
  case memberGroupsUpdated = 1504
  case memberRevoked = 1511
  case memberRestored = 1512
  case memberRevokedForTwoFactor = 1520
  case memberRevokedForSingleOrganization = 1521
  case memberStaged = 1523
  case policyUpdated = 1700
  // Without a number in the contract; see `EventType`.
  case scopedKeyCreated = 1690
  case scopedKeyRevoked = 1691
}

extension Change {
  func record(_ kind: EventKind, member: GUID? = nil, group: GUID? = nil, collection: GUID? = nil, policy: GUID? = nil) throws {
    try Event(
      type: EventType(rawValue: kind.rawValue), collectionId: collection, groupId: group, policyId: policy, memberId: member,
      actingUserId: origin.actingUser, date: now, device: origin.device.map(DeviceType.init(rawValue:)), ipAddress: origin.ipAddress
    ).insert(db, organization)
  }

  /// Records an event that happened elsewhere or earlier, as it is.
  public func load(_ event: Event) throws { try event.insert(db, organization) }
}
