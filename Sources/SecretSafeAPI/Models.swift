/// Direct access of one side to the other: in members and groups `id` is a collection, in collections a group (`api.md` 3.1).
public struct Association: Hashable, Sendable, Codable {
  public var id: GUID
  public var readOnly: Bool
  public var hidePasswords: Bool
  public var manage: Bool

  public init(id: GUID, readOnly: Bool, hidePasswords: Bool = false, manage: Bool = false) {
    self.id = id
    self.readOnly = readOnly
    self.hidePasswords = hidePasswords
    self.manage = manage
  }

  public init(id: GUID, access: Access) {
    self.init(
      id: id,
      readOnly: access == .view || access == .viewHidden,
      hidePasswords: access == .viewHidden || access == .editHidden,
      manage: access == .manage)
  }

  /// The flags by name; `manage` wins where a server sends a combination that it would refuse.
  public var access: Access {
    if manage { return .manage }
    return readOnly ? (hidePasswords ? .viewHidden : .view) : (hidePasswords ? .editHidden : .edit)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(GUID.self, forKey: .id)
    readOnly = try container.decodeIfPresent(Bool.self, forKey: .readOnly) ?? false
    hidePasswords = try container.decodeIfPresent(Bool.self, forKey: .hidePasswords) ?? false
    manage = try container.decodeIfPresent(Bool.self, forKey: .manage) ?? false
  }
}

/// What a member of type custom may do (`api.md` 3.3): thirteen flags, stored as a bit each.
public struct Permissions: OptionSet, Hashable, Sendable, Codable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Names in the order of the contract; the bit is the place in this list. Append only: databases hold the numbers.
  public static let names = [
    "accessEventLogs", "accessImportExport", "accessReports", "createNewCollections", "editAnyCollection",
    "deleteAnyCollection", "manageGroups", "managePolicies", "manageSso", "manageUsers", "manageResetPassword",
    "manageScim", "manageAccessRules",
  ]

  /// The permissions of these names; unknown names are left out.
  public init(names: [String]) {
    self.init(
      rawValue: names.reduce(0) { bits, name in
        Permissions.names.firstIndex(of: name).map { bits | 1 << $0 } ?? bits
      })
  }

  public func contains(name: String) -> Bool {
    Permissions.names.firstIndex(of: name).map { rawValue & 1 << $0 != 0 } ?? false
  }

  public init(from decoder: any Decoder) throws {
    let flags = try decoder.singleValueContainer().decode([String: Bool?].self)
    self.init(names: flags.compactMap { $0.value == true ? $0.key : nil })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Dictionary(uniqueKeysWithValues: Permissions.names.map { ($0, contains(name: $0)) }))
  }
}

/// A person's membership in the organization (`api.md` 3.2.1). Absent members are read as null.
public struct Member: Hashable, Sendable, Codable {
  public var id: GUID
  public var userId: GUID?
  public var name: String?
  public var email: String
  public var twoFactorEnabled: Bool
  public var status: MemberStatus
  public var type: MemberType
  public var externalId: String?
  public var permissions: Permissions?
  public var collections: [Association]?
  public var resetPasswordEnrolled: Bool
  public var ssoExternalId: String?

  public init(
    id: GUID, userId: GUID? = nil, name: String? = nil, email: String, twoFactorEnabled: Bool = false,
    status: MemberStatus, type: MemberType, externalId: String? = nil, permissions: Permissions? = nil,
    collections: [Association]? = [], resetPasswordEnrolled: Bool = false, ssoExternalId: String? = nil
  ) {
    self.id = id
    self.userId = userId
    self.name = name
    self.email = email
    self.twoFactorEnabled = twoFactorEnabled
    self.status = status
    self.type = type
    self.externalId = externalId
    self.permissions = permissions
    self.collections = collections
    self.resetPasswordEnrolled = resetPasswordEnrolled
    self.ssoExternalId = ssoExternalId
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(GUID.self, forKey: .id)
    userId = try container.decodeIfPresent(GUID.self, forKey: .userId)
    name = try container.decodeIfPresent(String.self, forKey: .name)
    email = try container.decode(String.self, forKey: .email)
    twoFactorEnabled = try container.decodeIfPresent(Bool.self, forKey: .twoFactorEnabled) ?? false
    status = try container.decode(MemberStatus.self, forKey: .status)
    type = try container.decode(MemberType.self, forKey: .type)
    externalId = try container.decodeIfPresent(String.self, forKey: .externalId)
    permissions = try container.decodeIfPresent(Permissions.self, forKey: .permissions)
    collections = try container.decodeIfPresent([Association].self, forKey: .collections)
    resetPasswordEnrolled = try container.decodeIfPresent(Bool.self, forKey: .resetPasswordEnrolled) ?? false
    ssoExternalId = try container.decodeIfPresent(String.self, forKey: .ssoExternalId)
  }
}

/// A group of members (`api.md` 3.4.1).
public struct Group: Hashable, Sendable, Codable {
  public var id: GUID
  public var name: String
  public var externalId: String?
  public var collections: [Association]?

  public init(id: GUID, name: String, externalId: String? = nil, collections: [Association]? = []) {
    self.id = id
    self.name = name
    self.externalId = externalId
    self.collections = collections
  }
}

/// A shared collection (`api.md` 3.5.1). It has no name here: that is encrypted. People know it by `externalId`.
public struct SharedCollection: Hashable, Sendable, Codable {
  public var id: GUID
  public var externalId: String?
  public var groups: [Association]?

  public init(id: GUID, externalId: String? = nil, groups: [Association]? = []) {
    self.id = id
    self.externalId = externalId
    self.groups = groups
  }
}

/// A rule of the organization that was saved at least once (`api.md` 3.6.1).
public struct Policy: Hashable, Sendable, Codable {
  public var id: GUID
  public var type: PolicyType
  public var enabled: Bool
  /// An object with the settings of the type (`api.md` 3.6.4), or nil.
  public var data: JSONValue?

  public init(id: GUID, type: PolicyType, enabled: Bool, data: JSONValue? = nil) {
    self.id = id
    self.type = type
    self.enabled = enabled
    self.data = data
  }
}

/// A line of the event log (`api.md` 5.1). Absent members are read as null.
public struct Event: Hashable, Sendable, Codable {
  public var type: EventType
  public var itemId: GUID?
  public var collectionId: GUID?
  public var groupId: GUID?
  public var policyId: GUID?
  public var memberId: GUID?
  /// A user id, not a member id; nil for the API, provisioning and the system.
  public var actingUserId: GUID?
  public var installationId: GUID?
  public var date: Timestamp
  public var device: DeviceType?
  public var ipAddress: String?
  public var secretId: GUID?
  public var projectId: GUID?
  public var serviceAccountId: GUID?

  public init(
    type: EventType, itemId: GUID? = nil, collectionId: GUID? = nil, groupId: GUID? = nil, policyId: GUID? = nil,
    memberId: GUID? = nil, actingUserId: GUID? = nil, installationId: GUID? = nil, date: Timestamp, device: DeviceType? = nil,
    ipAddress: String? = nil, secretId: GUID? = nil, projectId: GUID? = nil, serviceAccountId: GUID? = nil
  ) {
    self.type = type
    self.itemId = itemId
    self.collectionId = collectionId
    self.groupId = groupId
    self.policyId = policyId
    self.memberId = memberId
    self.actingUserId = actingUserId
    self.installationId = installationId
    self.date = date
    self.device = device
    self.ipAddress = ipAddress
    self.secretId = secretId
    self.projectId = projectId
    self.serviceAccountId = serviceAccountId
  }
}

/// What the organization pays for (`api.md` 3.8). Nil numbers are not set.
public struct Subscription: Hashable, Sendable, Codable {
  public struct PasswordManager: Hashable, Sendable, Codable {
    public var seats: Int?
    /// The ceiling of automatic growth; nil is none.
    public var maxAutoScaleSeats: Int?
    /// In GB.
    public var storage: Int?

    public init(seats: Int? = nil, maxAutoScaleSeats: Int? = nil, storage: Int? = nil) {
      self.seats = seats
      self.maxAutoScaleSeats = maxAutoScaleSeats
      self.storage = storage
    }
  }

  public struct SecretsManager: Hashable, Sendable, Codable {
    public var seats: Int?
    public var maxAutoScaleSeats: Int?
    /// Machine accounts.
    public var serviceAccounts: Int?
    public var maxAutoScaleServiceAccounts: Int?

    public init(
      seats: Int? = nil, maxAutoScaleSeats: Int? = nil, serviceAccounts: Int? = nil, maxAutoScaleServiceAccounts: Int? = nil
    ) {
      self.seats = seats
      self.maxAutoScaleSeats = maxAutoScaleSeats
      self.serviceAccounts = serviceAccounts
      self.maxAutoScaleServiceAccounts = maxAutoScaleServiceAccounts
    }
  }

  public var passwordManager: PasswordManager?
  public var secretsManager: SecretsManager?

  public init(passwordManager: PasswordManager?, secretsManager: SecretsManager?) {
    self.passwordManager = passwordManager
    self.secretsManager = secretsManager
  }
}

/// A complete list, or a page of events (`api.md` 2.3).
public struct ListAnswer<Element: Codable & Sendable>: Codable, Sendable {
  public var data: [Element]
  public var continuationToken: String?
}

/// A page of events, newest first (`api.md` 5.2). The token is nil on the last one.
public struct EventPage: Codable, Sendable, Hashable {
  public var data: [Event]
  public var continuationToken: String?

  public init(data: [Event], continuationToken: String?) {
    self.data = data
    self.continuationToken = continuationToken
  }
}
