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
