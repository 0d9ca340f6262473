/// The OpenAPI 3.1 document of the API, made from the endpoint table that routes and client use (`api.md` 11).
public enum OpenAPI {
  /// The path at which a server offers it.
  public static let path = "/specs/public/swagger.json"

  /// The document. `api` and `identity` are the bases of a server, as paths or whole URLs.
  public static func document(api: String = "/api", identity: String = "/identity") -> JSONValue {
    .members([
      ("openapi", "3.1.0"),
      ("info", info),
      ("servers", [["url": .string(api)]]),
      ("security", [["oauth2": [.string(Endpoint.scope)]]]),
      ("tags", .array(tags.map { ["name": .string($0.name), "description": .string($0.description)] })),
      ("paths", paths),
      (
        "components",
        [
          "schemas": .members(Schemas.all),
          "responses": .members(Operations.failures),
          "securitySchemes": ["oauth2": security(identity)],
        ]
      ),
    ])
  }

  private static let info: JSONValue = [
    "title": "SecretSafe organization API", "version": .string(Version.current),
    "description": """
    Through this API an organization manages itself: members, groups, collections, policies, events, directory import and subscription. \
    Enumerations are numbers; times are UTC. There are no pages but those of the events.
    """,
  ]

  private static let tags = [
    (name: "Members", description: "Who belongs to the organization."), (name: "Groups", description: "Groups of members."),
    (name: "Collections", description: "Shared collections, which cannot be created here."), (name: "Policies", description: "Rules of the organization."),
    (name: "Events", description: "What happened."), (name: "Organization", description: "Directory import and subscription."),
  ]

  private static func security(_ identity: String) -> JSONValue {
    [
      "type": "oauth2", "description": "The organization's API key: client id `organization.<guid>` and its secret.",
      "flows": [
        "clientCredentials": [
          "tokenUrl": .string(identity + Endpoint.tokenPath),
          "scopes": .members(Scopes.names.map { ($0, .string($0 == Endpoint.scope ? "everything" : "only \($0.dropFirst(Endpoint.scope.count + 1))")) }),
        ]
      ],
    ]
  }

  /// Endpoints of the same path stand together, in the order of the table.
  private static var paths: JSONValue {
    var paths: [(String, [(String, JSONValue)])] = []
    for endpoint in Endpoint.all {
      let operation = (endpoint.method.rawValue.lowercased(), Operations.operation(endpoint))
      if let index = paths.firstIndex(where: { $0.0 == endpoint.path }) { paths[index].1.append(operation) } else { paths.append((endpoint.path, [operation])) }
    }
    return .members(paths.map { ($0.0, .members($0.1)) })
  }
}
