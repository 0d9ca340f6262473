/// The operations of the document: what an endpoint takes, and what it may answer.
enum Operations {
  static func operation(_ endpoint: Endpoint) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("operationId", .string(endpoint.name)), ("tags", [.string(String(endpoint.name.prefix { $0 != "_" }))]),
      ("summary", .string(endpoint.summary.prefix(1).uppercased() + endpoint.summary.dropFirst())),
      ("description", .string(description(endpoint))),
    ]
    let parameters = parameters(endpoint)
    if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
    if let body = endpoint.body {
      members.append(("requestBody", ["required": true, "content": ["application/json": ["schema": JSONSchema.reference(schema(body))]]]))
    }
    members.append(("responses", responses(endpoint)))
    return .members(members)
  }

  /// Which scope suffices, behind what is worth knowing.
  private static func description(_ endpoint: Endpoint) -> String {
    let scope = endpoint.scopes == .organization ? Endpoint.scope : "\(Endpoint.scope) or \(endpoint.scopes.text.split(separator: " ").joined(separator: " with "))"
    let remark = remarks[endpoint].map { $0 + " " } ?? ""
    return "\(remark)Scope: \(scope)."
  }

  private static let remarks: [Endpoint: String] = [
    .membersPost: "Sends a mail with a link that accepts the invitation. A member of that address in any status is refused.",
    .membersPut: "Nothing is merged but `permissions` and `groups`, which stay when they are missing.",
    .membersDelete: "Ends the membership for good; the person's account stays. The last confirmed owner cannot go.",
    .membersReinvite: "Only for members who are invited. The link of the earlier mail ends.",
    .membersRevoke: "Keeps access, groups and role, and frees the seat.",
    .membersRestore: "Returns the member to the status from before.",
    .groupsDelete: "Members stay; they lose what came through the group.",
    .collectionsDelete: "Items are not deleted; they leave the collection.",
    .policiesPut: "Turning on 0 or 3 suspends the members who do not comply, except owners and administrators.",
    .eventsList: "Newest first, 50 a page. Dates count only as a pair, and only the first filter given counts.",
    .organizationImport: "All of it or nothing. Owners are never removed. Groups that are not listed stay as they are.",
    .organizationGetSubscription: "Refused where seats are not counted.",
    .organizationPutSubscription: "Refused where seats are not counted.",
  ]

  // MARK: Parameters

  private static func parameters(_ endpoint: Endpoint) -> [JSONValue] {
    var parameters: [JSONValue] = []
    if endpoint.path.contains("{id}") {
      parameters.append(["name": "id", "in": "path", "required": true, "schema": ["type": "string", "format": "uuid"]])
    }
    if endpoint.path.contains("{type}") {
      parameters.append(["name": "type", "in": "path", "required": true, "schema": JSONSchema.reference("PolicyType")])
    }
    if endpoint == .eventsList {
      for (name, format, text) in eventParameters {
        // An empty one is as good as missing.
        let schema: JSONValue = format.map { ["type": "string", "anyOf": [["format": .string($0)], ["maxLength": 0]]] } ?? ["type": "string"]
        parameters.append([
          "name": .string(name), "in": "query", "required": false, "allowEmptyValue": true, "description": .string(text), "schema": schema,
        ])
      }
    }
    if endpoint.method != .get {
      parameters.append([
        "name": "Device-Type", "in": "header", "required": false, "schema": ["type": "string"],
        "description": "A number of `DeviceType`, which the events of the call then show; anything else is ignored.",
      ])
    }
    return parameters
  }

  private static let eventParameters: [(String, String?, String)] = [
    ("start", "date-time", "The earliest moment, inclusive."), ("end", "date-time", "The latest moment, inclusive; at most 367 days after `start`."),
    ("actingUserId", "uuid", "Only by this account."), ("itemId", "uuid", "Only about this vault item."),
    ("secretId", "uuid", "Only about this secret."), ("projectId", "uuid", "Only about this project."),
    ("continuationToken", nil, "The token of the page before."),
  ]

  // MARK: Bodies and answers

  private static func schema(_ body: Endpoint.Body) -> String {
    switch body {
    case .invite: "InviteRequest"
    case .member: "MemberRequest"
    case .group: "GroupRequest"
    case .collection: "CollectionRequest"
    case .policy: "PolicyRequest"
    case .groupIds: "GroupIdsRequest"
    case .memberIds: "MemberIdsRequest"
    case .organizationImport: "ImportRequest"
    case .subscription: "SubscriptionRequest"
    }
  }

  private static func schema(_ answer: Endpoint.Answer) -> String? {
    switch answer {
    case .nothing: nil
    case .member: "Member"
    case .members: "MemberList"
    case .group: "Group"
    case .groups: "GroupList"
    case .collection: "Collection"
    case .collections: "CollectionList"
    case .policy: "Policy"
    case .policies: "PolicyList"
    case .events: "EventPage"
    case .ids: "Identifiers"
    case .subscription: "Subscription"
    case .message: "Message"
    }
  }

  private static func responses(_ endpoint: Endpoint) -> JSONValue {
    var success: [(String, JSONValue)] = [("description", .string(endpoint.answer == .nothing ? "Done." : "As it is now."))]
    if let schema = schema(endpoint.answer) { success.append(("content", content(schema))) }
    success.append(("headers", limitHeaders))
    if let links = links(endpoint) { success.append(("links", links)) }
    var responses: [(String, JSONValue)] = [("200", .members(success))]
    for status in statuses(endpoint) { responses.append((status, ["$ref": .string("#/components/responses/\(status)")])) }
    return .members(responses)
  }

  private static func statuses(_ endpoint: Endpoint) -> [String] {
    let mayBeWrong = endpoint.body != nil || endpoint.path.contains("{") || endpoint == .eventsList || endpoint == .organizationGetSubscription
    let mayBeMissing = endpoint.path.contains("{") || endpoint.body != nil
    return (mayBeWrong ? ["400"] : []) + ["401", "403"] + (mayBeMissing ? ["404"] : []) + (endpoint.body != nil ? ["413", "415"] : []) + ["429", "500"]
  }

  private static func content(_ schema: String) -> JSONValue { ["application/json": ["schema": JSONSchema.reference(schema)]] }

  static let failures: [(String, JSONValue)] = [
    ("400", ["description": "The request is malformed, or a rule said no.", "content": content("Error")]),
    (
      "401",
      [
        "description": "The token is missing, unknown or at its end.",
        "headers": ["WWW-Authenticate": ["required": true, "schema": ["type": "string"], "description": "`Bearer`, and what is wrong with the token."]],
      ]
    ),
    ("403", ["description": "The token lacks the scope."]),
    // One status with and without a body, which a document cannot tell apart.
    ("404", ["description": "The object named in the path does not exist (empty), or one named in the body does not (an `Error`)."]),
    ("413", ["description": "The body is too large."]),
    ("415", ["description": "The body is not JSON."]),
    (
      "429",
      [
        "description": "Too many requests; it was not carried out.", "content": content("TooManyRequests"),
        "headers": ["Retry-After": ["required": true, "schema": ["type": "integer", "minimum": 1], "description": "Seconds to wait."]],
      ]
    ),
    ("500", ["description": "Something unexpected.", "content": content("Error")]),
  ]

  /// On servers that limit requests (`api.md` 2.7).
  private static let limitHeaders: JSONValue = .members(
    [
      ("X-Rate-Limit-Limit", "The longest period that applies, as `1m`."), ("X-Rate-Limit-Remaining", "Requests that are left in it."),
      ("X-Rate-Limit-Reset", "When it ends."),
    ].map { name, text -> (String, JSONValue) in (name, ["schema": ["type": "string"], "description": .string(text)]) })

  // MARK: Links

  /// From what creates an object to what can be done with it.
  private static func links(_ endpoint: Endpoint) -> JSONValue? {
    let targets: [Endpoint]
    switch endpoint {
    case .membersPost:
      targets = [
        .membersGet, .membersPut, .membersGetGroupIds, .membersPutGroupIds, .membersReinvite, .membersRevoke, .membersRestore, .membersDelete,
      ]
    case .groupsPost: targets = [.groupsGet, .groupsPut, .groupsGetMemberIds, .groupsPutMemberIds, .groupsDelete]
    case .policiesPut: return ["Policies_Get": ["operationId": "Policies_Get", "parameters": ["type": "$response.body#/type"]]]
    case .collectionsList:
      return .members(
        [Endpoint.collectionsGet, .collectionsPut].map {
          ($0.name, ["operationId": .string($0.name), "parameters": ["id": "$response.body#/data/0/id"]])
        })
    case .eventsList:
      return ["Events_List": ["operationId": "Events_List", "parameters": ["continuationToken": "$response.body#/continuationToken"]]]
    default: return nil
    }
    return .members(targets.map { ($0.name, ["operationId": .string($0.name), "parameters": ["id": "$response.body#/id"]]) })
  }
}
