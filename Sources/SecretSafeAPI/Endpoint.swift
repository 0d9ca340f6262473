/// One row of the endpoint index (`api.md` 3.0): the single list that routes, client and documents are made from.
public struct Endpoint: Hashable, Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// The OpenAPI operation id.
  public let name: String
  public let method: Method
  /// Below the API base, with `{id}` where an identifier stands.
  public let path: String
  public let summary: String
  /// Whether sending it again after an unknown outcome changes nothing more (`api.md` 2.7).
  public let repeatable: Bool

  private init(_ name: String, _ method: Method, _ path: String, _ summary: String, repeatable: Bool? = nil) {
    self.name = name
    self.method = method
    self.path = path
    self.summary = summary
    self.repeatable = repeatable ?? (method != .post)
  }

  public static let membersList = Endpoint("Members_List", .get, "/public/members", "list members")
  public static let membersPost = Endpoint("Members_Post", .post, "/public/members", "invite a member")
  public static let membersGet = Endpoint("Members_Get", .get, "/public/members/{id}", "one member")
  public static let membersPut = Endpoint("Members_Put", .put, "/public/members/{id}", "update a member")
  public static let membersDelete = Endpoint("Members_Delete", .delete, "/public/members/{id}", "remove a member")
  public static let membersGetGroupIds = Endpoint(
    "Members_GetGroupIds", .get, "/public/members/{id}/group-ids", "groups of a member")
  public static let membersPutGroupIds = Endpoint(
    "Members_PutGroupIds", .put, "/public/members/{id}/group-ids", "replace the groups of a member")
  public static let membersReinvite = Endpoint(
    "Members_PostReinvite", .post, "/public/members/{id}/reinvite", "send the invitation again")
  public static let membersRevoke = Endpoint("Members_Revoke", .post, "/public/members/{id}/revoke", "suspend a member")
  public static let membersRestore = Endpoint(
    "Members_Restore", .post, "/public/members/{id}/restore", "lift a member's suspension")
  public static let groupsList = Endpoint("Groups_List", .get, "/public/groups", "list groups")
  public static let groupsPost = Endpoint("Groups_Post", .post, "/public/groups", "create a group")
  public static let groupsGet = Endpoint("Groups_Get", .get, "/public/groups/{id}", "one group")
  public static let groupsPut = Endpoint("Groups_Put", .put, "/public/groups/{id}", "update a group")
  public static let groupsDelete = Endpoint("Groups_Delete", .delete, "/public/groups/{id}", "delete a group")
  public static let groupsGetMemberIds = Endpoint(
    "Groups_GetMemberIds", .get, "/public/groups/{id}/member-ids", "members of a group")
  public static let groupsPutMemberIds = Endpoint(
    "Groups_PutMemberIds", .put, "/public/groups/{id}/member-ids", "replace the members of a group")
  public static let collectionsList = Endpoint("Collections_List", .get, "/public/collections", "list collections")

  public static let all: [Endpoint] = [
    membersList, membersPost, membersGet, membersPut, membersDelete, membersGetGroupIds, membersPutGroupIds,
    membersReinvite, membersRevoke, membersRestore, groupsList, groupsPost, groupsGet, groupsPut, groupsDelete,
    groupsGetMemberIds, groupsPutMemberIds, collectionsList,
  ]

  /// The path with the identifier filled in.
  public func path(_ id: GUID? = nil) -> String {
    guard let id, let open = path.range(of: "{id}") else { return path }
    return path[..<open.lowerBound] + id.description + path[open.upperBound...]
  }

  /// The token endpoint, below the identity base.
  public static let tokenPath = "/connect/token"
  /// The one scope of a classic key.
  public static let scope = "api.organization"
}

extension String {
  fileprivate func range(of part: String) -> Range<Index>? {
    var from = startIndex
    while from < endIndex {
      if self[from...].hasPrefix(part) { return from..<index(from, offsetBy: part.count) }
      from = index(after: from)
    }
    return nil
  }
}
