/// One row of the endpoint index (`api.md` 3.0): the single list that routes, client and documents are made from.
public struct Endpoint: Hashable, Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// What a request has to carry.
  public enum Body: String, Sendable {
    case invite, member, group, collection, policy, groupIds, memberIds, organizationImport, subscription
  }

  /// What an answer of success holds.
  public enum Answer: String, Sendable {
    case nothing, member, members, group, groups, collection, collections, policy, policies, events, ids, subscription, message
  }

  /// The OpenAPI operation id.
  public let name: String
  public let method: Method
  /// Below the API base, with `{id}` where an identifier stands and `{type}` for a policy's.
  public let path: String
  public let summary: String
  /// What a key needs for it, all of them (`api.md` 12.1).
  public let scopes: Scopes
  public let body: Body?
  public let answer: Answer
  /// Whether sending it again after an unknown outcome changes nothing more (`api.md` 2.7).
  public let repeatable: Bool

  private init(
    _ name: String, _ method: Method, _ path: String, _ summary: String, _ scopes: Scopes, body: Body? = nil, answer: Answer,
    repeatable: Bool? = nil
  ) {
    self.name = name
    self.method = method
    self.path = path
    self.summary = summary
    self.scopes = scopes
    self.body = body
    self.answer = answer
    self.repeatable = repeatable ?? (method != .post)
  }

  public static let membersList = Endpoint(
    "Members_List", .get, "/public/members", "list members", .membersRead, answer: .members)
  public static let membersPost = Endpoint(
    "Members_Post", .post, "/public/members", "invite a member", .membersWrite, body: .invite, answer: .member)
  public static let membersGet = Endpoint(
    "Members_Get", .get, "/public/members/{id}", "one member", .membersRead, answer: .member)
  public static let membersPut = Endpoint(
    "Members_Put", .put, "/public/members/{id}", "update a member", .membersWrite, body: .member, answer: .member)
  public static let membersDelete = Endpoint(
    "Members_Delete", .delete, "/public/members/{id}", "remove a member", .membersWrite, answer: .nothing)
  public static let membersGetGroupIds = Endpoint(
    "Members_GetGroupIds", .get, "/public/members/{id}/group-ids", "groups of a member", .membersRead, answer: .ids)
  public static let membersPutGroupIds = Endpoint(
    "Members_PutGroupIds", .put, "/public/members/{id}/group-ids", "replace the groups of a member", .membersWrite, body: .groupIds, answer: .nothing)
  public static let membersReinvite = Endpoint(
    "Members_PostReinvite", .post, "/public/members/{id}/reinvite", "send the invitation again", .membersWrite, answer: .nothing)
  public static let membersRevoke = Endpoint(
    "Members_Revoke", .post, "/public/members/{id}/revoke", "suspend a member", .membersWrite, answer: .nothing)
  public static let membersRestore = Endpoint(
    "Members_Restore", .post, "/public/members/{id}/restore", "lift a member's suspension", .membersWrite, answer: .nothing)
  public static let groupsList = Endpoint("Groups_List", .get, "/public/groups", "list groups", .groupsRead, answer: .groups)
  public static let groupsPost = Endpoint(
    "Groups_Post", .post, "/public/groups", "create a group", .groupsWrite, body: .group, answer: .group)
  public static let groupsGet = Endpoint("Groups_Get", .get, "/public/groups/{id}", "one group", .groupsRead, answer: .group)
  public static let groupsPut = Endpoint(
    "Groups_Put", .put, "/public/groups/{id}", "update a group", .groupsWrite, body: .group, answer: .group)
  public static let groupsDelete = Endpoint(
    "Groups_Delete", .delete, "/public/groups/{id}", "delete a group", .groupsWrite, answer: .nothing)
  public static let groupsGetMemberIds = Endpoint(
    "Groups_GetMemberIds", .get, "/public/groups/{id}/member-ids", "members of a group", .groupsRead, answer: .ids)
  public static let groupsPutMemberIds = Endpoint(
    "Groups_PutMemberIds", .put, "/public/groups/{id}/member-ids", "replace the members of a group", .groupsWrite, body: .memberIds, answer: .nothing)
  public static let collectionsList = Endpoint(
    "Collections_List", .get, "/public/collections", "list collections", .collectionsRead, answer: .collections)
  public static let collectionsGet = Endpoint(
    "Collections_Get", .get, "/public/collections/{id}", "one collection", .collectionsRead, answer: .collection)
  public static let collectionsPut = Endpoint(
    "Collections_Put", .put, "/public/collections/{id}", "update a collection", .collectionsWrite, body: .collection, answer: .collection)
  public static let collectionsDelete = Endpoint(
    "Collections_Delete", .delete, "/public/collections/{id}", "delete a collection", .collectionsWrite, answer: .nothing)
  public static let policiesList = Endpoint(
    "Policies_List", .get, "/public/policies", "list policies", .policiesRead, answer: .policies)
  public static let policiesGet = Endpoint(
    "Policies_Get", .get, "/public/policies/{type}", "one policy", .policiesRead, answer: .policy)
  public static let policiesPut = Endpoint(
    "Policies_Put", .put, "/public/policies/{type}", "create or update a policy", .organization, body: .policy, answer: .policy)
  public static let eventsList = Endpoint(
    "Events_List", .get, "/public/events", "the event log, a page at a time", .eventsRead, answer: .events)
  public static let organizationImport = Endpoint(
    "Organization_Import", .post, "/public/organization/import", "import members and groups", [.membersWrite, .groupsWrite], body: .organizationImport, answer: .nothing)
  public static let organizationGetSubscription = Endpoint(
    "Organization_GetSubscription", .get, "/public/organization/subscription", "seats and storage", .subscriptionRead, answer: .subscription)
  /// Costs money, so it is never sent again by itself (`api.md` 3.8).
  public static let organizationPutSubscription = Endpoint(
    "Organization_PutSubscription", .put, "/public/organization/subscription", "change seats and storage", .subscriptionWrite, body: .subscription, answer: .message,
    repeatable: false)

  public static let all: [Endpoint] = [
    membersList, membersPost, membersGet, membersPut, membersDelete, membersGetGroupIds, membersPutGroupIds,
    membersReinvite, membersRevoke, membersRestore, groupsList, groupsPost, groupsGet, groupsPut, groupsDelete,
    groupsGetMemberIds, groupsPutMemberIds, collectionsList, collectionsGet, collectionsPut, collectionsDelete,
    policiesList, policiesGet, policiesPut, eventsList, organizationImport, organizationGetSubscription,
    organizationPutSubscription,
  ]

  /// The path with the identifier filled in.
  public func path(_ id: GUID? = nil) -> String {
    guard let id else { return path }
    return path(filled: id.description)
  }

  /// The path of one policy.
  public func path(_ type: PolicyType) -> String { path(filled: String(type.rawValue)) }

  private func path(filled text: String) -> String {
    guard let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") else { return path }
    return path[..<open] + text + path[path.index(after: close)...]
  }

  /// The token endpoint, below the identity base.
  public static let tokenPath = "/connect/token"
  /// The one scope of a classic key.
  public static let scope = "api.organization"
}
