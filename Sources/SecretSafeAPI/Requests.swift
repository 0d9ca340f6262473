/// Body of `POST /public/members` (`api.md` 3.2.3).
public struct InviteBody: Hashable, Sendable {
  public var email: String
  public var type: MemberType
  public var externalId: String?
  public var permissions: Permissions?
  public var collections: [Association]?
  public var groups: [GUID]?

  public init(
    email: String, type: MemberType, externalId: String? = nil, permissions: Permissions? = nil,
    collections: [Association]? = nil, groups: [GUID]? = nil
  ) {
    self.email = email
    self.type = type
    self.externalId = externalId
    self.permissions = permissions
    self.collections = collections
    self.groups = groups
  }
}

/// Body of `PUT /public/members/{id}` (`api.md` 3.2.4). Nil `groups` and `permissions` are kept by the server, nil `collections` removes all.
public struct MemberBody: Hashable, Sendable {
  public var type: MemberType
  public var externalId: String?
  public var permissions: Permissions?
  public var collections: [Association]?
  public var groups: [GUID]?

  public init(
    type: MemberType, externalId: String?, permissions: Permissions?, collections: [Association]?, groups: [GUID]? = nil
  ) {
    self.type = type
    self.externalId = externalId
    self.permissions = permissions
    self.collections = collections
    self.groups = groups
  }
}

/// Body of `POST /public/groups` and `PUT /public/groups/{id}` (`api.md` 3.4.2). Nil `collections` on PUT keeps them.
public struct GroupBody: Hashable, Sendable {
  public var name: String
  public var externalId: String?
  public var collections: [Association]?

  public init(name: String, externalId: String? = nil, collections: [Association]? = nil) {
    self.name = name
    self.externalId = externalId
    self.collections = collections
  }
}

/// Body of `PUT /public/collections/{id}` (`api.md` 3.5.2). Nil `groups` are kept by the server.
public struct CollectionBody: Hashable, Sendable {
  public var externalId: String?
  public var groups: [Association]?

  public init(externalId: String?, groups: [Association]? = nil) {
    self.externalId = externalId
    self.groups = groups
  }
}

/// Body of `PUT /public/policies/{type}` (`api.md` 3.6.2). Nil `data` drops what was stored.
public struct PolicyBody: Hashable, Sendable {
  public var enabled: Bool
  public var data: JSONValue?
  /// Only for `organizationDataOwnership`.
  public var metadata: JSONValue?

  public init(enabled: Bool, data: JSONValue? = nil, metadata: JSONValue? = nil) {
    self.enabled = enabled
    self.data = data
    self.metadata = metadata
  }
}

/// Which events (`api.md` 5.2). The server counts only the first filter that is set; both moments are inclusive.
public struct EventFilter: Hashable, Sendable {
  /// Microseconds from start to end that a server takes at most: 367 days.
  public static let longestWindow: Int64 = 367 * 86_400 * 1_000_000

  public var start: Timestamp
  public var end: Timestamp
  public var actingUserId: GUID?
  public var itemId: GUID?
  public var secretId: GUID?
  public var projectId: GUID?

  public init(
    start: Timestamp, end: Timestamp, actingUserId: GUID? = nil, itemId: GUID? = nil, secretId: GUID? = nil, projectId: GUID? = nil
  ) {
    self.start = start
    self.end = end
    self.actingUserId = actingUserId
    self.itemId = itemId
    self.secretId = secretId
    self.projectId = projectId
  }
}

/// Body of `POST /public/organization/import` (`api.md` 6.1).
public struct ImportBody: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    /// Nil only if `deleted`.
    public var email: String?
    public var externalId: String
    public var deleted: Bool

    public init(email: String?, externalId: String, deleted: Bool = false) {
      self.email = email
      self.externalId = externalId
      self.deleted = deleted
    }
  }

  public struct Group: Hashable, Sendable {
    public var name: String
    public var externalId: String
    public var memberExternalIds: [String]

    public init(name: String, externalId: String, memberExternalIds: [String]) {
      self.name = name
      self.externalId = externalId
      self.memberExternalIds = memberExternalIds
    }
  }

  public var members: [Member]
  public var groups: [Group]
  /// Removes every member that has an external id and is not listed.
  public var overwriteExisting: Bool
  /// Lifts the limit of 2,000 members and 2,000 groups.
  public var largeImport: Bool
  /// False makes new members staged, without mail.
  public var inviteUsersAfterProvisioning: Bool

  public init(
    members: [Member], groups: [Group], overwriteExisting: Bool, largeImport: Bool = false, inviteUsersAfterProvisioning: Bool = true
  ) {
    self.members = members
    self.groups = groups
    self.overwriteExisting = overwriteExisting
    self.largeImport = largeImport
    self.inviteUsersAfterProvisioning = inviteUsersAfterProvisioning
  }
}

/// What a change of the subscription answers (`api.md` 3.8).
public struct MessageAnswer: Codable, Sendable, Hashable {
  public var message: String

  public init(message: String) { self.message = message }
}

/// What the token endpoint answers (`api.md` 1.4), its four members in this order.
public struct TokenAnswer: Codable, Sendable, Hashable {
  public var accessToken: String
  public var expiresIn: Int
  public var tokenType: String
  public var scope: String?

  public init(accessToken: String, expiresIn: Int, tokenType: String = "Bearer", scope: String? = nil) {
    self.accessToken = accessToken
    self.expiresIn = expiresIn
    self.tokenType = tokenType
    self.scope = scope
  }

  enum CodingKeys: String, CodingKey {
    case accessToken = "access_token"
    case expiresIn = "expires_in"
    case tokenType = "token_type"
    case scope
  }
}
