/// The components of the document: what requests and answers hold (`api.md` 3 to 6).
enum Schemas {
  static let all: [(String, JSONValue)] = [
    ("Member", member), ("MemberList", JSONSchema.list("members", "Member")),
    ("Group", group), ("GroupList", JSONSchema.list("groups", "Group")),
    ("Collection", collection), ("CollectionList", JSONSchema.list("collections", "Collection")),
    ("Policy", policy), ("PolicyList", JSONSchema.list("policies that were saved at least once", "Policy")),
    ("Event", event), ("EventPage", eventPage),
    ("Subscription", subscription), ("Message", message), ("Identifiers", JSONSchema.array(JSONSchema.id("An identifier."), "Identifiers.")),
    ("Association", association), ("Permissions", permissions),
    ("InviteRequest", inviteRequest), ("MemberRequest", memberRequest), ("GroupRequest", groupRequest), ("CollectionRequest", collectionRequest),
    ("PolicyRequest", policyRequest), ("GroupIdsRequest", identifiersRequest("groupIds", "groups")),
    ("MemberIdsRequest", identifiersRequest("memberIds", "members")), ("ImportRequest", importRequest), ("SubscriptionRequest", subscriptionRequest),
    ("AssociationRequest", associationRequest), ("PermissionsRequest", permissionsRequest),
    ("MemberStatus", JSONSchema.enumeration(upper(MemberStatus.named), "Where a membership stands.")),
    ("MemberType", JSONSchema.enumeration(upper(MemberType.named.filter { MemberType.writable.contains(.init(rawValue: $0.number)) }), "A member's role.")),
    ("PolicyType", JSONSchema.enumeration(PolicyType.wireNames.map { ($0.name, $0.number) }, "A rule that an organization can set.")),
    ("EventType", JSONSchema.enumeration(EventType.wireNames.map { ($0.name, $0.number) }, "What happened.")),
    ("DeviceType", JSONSchema.enumeration(DeviceType.wireNames.enumerated().map { ($1, $0) }, "From what an event was caused.")),
    ("Error", error), ("TooManyRequests", tooManyRequests),
  ]

  private static func upper(_ names: [(name: String, number: Int)]) -> [(name: String, number: Int)] {
    names.map { ($0.name.prefix(1).uppercased() + $0.name.dropFirst(), $0.number) }
  }

  // MARK: Answers

  private static let member = JSONSchema.object(
    "A person's membership in the organization. Its id is not the person's user id.",
    [
      ("object", JSONSchema.constant("member", "The kind of the object.")),
      ("id", JSONSchema.id("The membership: stands in paths, in `member-ids`, and as `memberId` in events.")),
      ("userId", JSONSchema.id("The account, which `actingUserId` of events names; null until the person accepted.", isOptional: true)),
      ("name", JSONSchema.text("The account's display name; null before acceptance and when not set.", isOptional: true)),
      ("email", JSONSchema.text("In lower case.", to: 256)),
      ("twoFactorEnabled", JSONSchema.flag("Whether the account has two-step login.")),
      ("status", JSONSchema.reference("MemberStatus")), ("type", JSONSchema.reference("MemberType")),
      ("externalId", JSONSchema.text("For linking to a directory; not unique.", to: 300, isOptional: true)),
      ("permissions", JSONSchema.optional("Permissions", "An object only when `type` is 4.")),
      ("collections", JSONSchema.array(JSONSchema.reference("Association"), "Direct access to collections, not that through groups.")),
      ("resetPasswordEnrolled", JSONSchema.flag("Enrolled in account recovery.")),
      ("ssoExternalId", JSONSchema.text("Identifier at the single-sign-on provider.", isOptional: true)),
    ])

  private static let group = JSONSchema.object(
    "A group of members. Who belongs to it is at `member-ids`.",
    [
      ("object", JSONSchema.constant("group", "The kind of the object.")), ("id", JSONSchema.id("The group.")),
      ("name", JSONSchema.text("Not unique.", from: 1, to: 100)),
      ("externalId", JSONSchema.text("For linking to a directory; not unique.", to: 300, isOptional: true)),
      ("collections", JSONSchema.array(JSONSchema.reference("Association"), "Collections that the group gives access to.")),
    ])

  private static let collection = JSONSchema.object(
    "A shared collection. Its name is encrypted with a key that the server does not have; people know it by `externalId`.",
    [
      ("object", JSONSchema.constant("collection", "The kind of the object.")), ("id", JSONSchema.id("The collection.")),
      ("externalId", JSONSchema.text("For people and directories; not unique.", to: 300, isOptional: true)),
      ("groups", JSONSchema.array(JSONSchema.reference("Association"), "Groups with access; `id` is a group's.")),
    ])

  private static let policy = JSONSchema.object(
    "A rule of the organization that was saved at least once.",
    [
      ("object", JSONSchema.constant("policy", "The kind of the object.")), ("id", JSONSchema.id("The policy, which `policyId` of events names.")),
      ("type", JSONSchema.reference("PolicyType")), ("enabled", JSONSchema.flag("In force or not.")),
      ("data", ["type": ["object", "null"], "description": "The settings of the type, as they were saved."]),
    ])

  private static let event = JSONSchema.object(
    "A line of the event log.",
    [
      ("object", JSONSchema.constant("event", "The kind of the object.")), ("type", JSONSchema.reference("EventType")),
      ("itemId", JSONSchema.id("A vault item.", isOptional: true)), ("collectionId", JSONSchema.id("A collection.", isOptional: true)),
      ("groupId", JSONSchema.id("A group.", isOptional: true)), ("policyId", JSONSchema.id("A policy.", isOptional: true)),
      ("memberId", JSONSchema.id("The member concerned.", isOptional: true)),
      ("actingUserId", JSONSchema.id("The account that did it; null for the API, provisioning and the system.", isOptional: true)),
      ("installationId", JSONSchema.id("A self-hosted installation.", isOptional: true)),
      ("date", JSONSchema.text("When it happened, in UTC.", format: "date-time")),
      ("device", JSONSchema.optional("DeviceType", "From what it was caused.")),
      ("ipAddress", JSONSchema.text("The address of who did it.", isOptional: true)),
      ("secretId", JSONSchema.id("A secret of the Secrets Manager.", isOptional: true)),
      ("projectId", JSONSchema.id("A project of the Secrets Manager.", isOptional: true)),
      ("serviceAccountId", JSONSchema.id("A machine account of the Secrets Manager.", isOptional: true)),
    ])

  private static let eventPage = JSONSchema.object(
    "At most 50 events, newest first.",
    [
      ("object", JSONSchema.constant("list", "The kind of the answer.")), ("data", JSONSchema.array(JSONSchema.reference("Event"), "The events.")),
      ("continuationToken", JSONSchema.text("Gets the next page, with the same dates and filters; null on the last one.", isOptional: true)),
    ])

  private static let subscription = JSONSchema.object(
    "What the organization pays for. Null numbers are not set.",
    [
      ("passwordManager", part(passwordManager { JSONSchema.number($0, isOptional: true) })),
      ("secretsManager", part(secretsManager { JSONSchema.number($0, isOptional: true) })),
    ])

  private static let message = JSONSchema.object("What was done.", [("message", JSONSchema.text("In English."))])

  private static let association = JSONSchema.object(
    "Access of one side to the other.",
    [
      ("id", JSONSchema.id("The other side.")), ("readOnly", JSONSchema.flag("May see items but not change them.")),
      ("hidePasswords", JSONSchema.flag("May use but not see secrets.")), ("manage", JSONSchema.flag("May administer the collection.")),
    ])

  private static let permissions = JSONSchema.object(
    "What a member of type 4 may do.", Permissions.names.map { ($0, JSONSchema.flag("May \(allowance($0)).")) })

  private static func allowance(_ name: String) -> String {
    name.reduce("") { text, character in text + (character.isUppercase ? " " + character.lowercased() : String(character)) }
  }

  private static let error = JSONSchema.object(
    "Why a request is refused. `errors` is null where a business rule said no.",
    [
      ("object", JSONSchema.constant("error", "The kind of the object.")), ("message", JSONSchema.text("In English.")),
      (
        "errors",
        [
          "type": ["object", "null"], "description": "What is wrong with which field.",
          "additionalProperties": JSONSchema.array(["type": "string"], "What is wrong."),
        ]
      ),
    ],
    example: [
      "object": "error", "message": "The request's model state is invalid.", "errors": ["Email": ["The Email field is required."]],
    ])

  private static let tooManyRequests = JSONSchema.object(
    "A limit was reached; the request was not carried out.",
    [
      ("message", JSONSchema.text("Names the period of the limit.")), ("validationErrors", ["type": "null"]), ("exceptionMessage", ["type": "null"]),
      ("exceptionStackTrace", ["type": "null"]), ("innerExceptionMessage", ["type": "null"]),
      ("object", JSONSchema.constant("error", "The kind of the object.")),
    ])

  // MARK: Requests

  private static let externalID = JSONSchema.text("For linking to a directory; only white space is stored as null.", to: 300, isOptional: true)

  private static func associations(_ description: String) -> JSONValue {
    JSONSchema.array(JSONSchema.reference("AssociationRequest"), description, isOptional: true)
  }

  private static let memberFields: [(String, JSONValue)] = [
    ("type", JSONSchema.reference("MemberType")), ("externalId", externalID),
    ("permissions", JSONSchema.optional("PermissionsRequest", "Only with type 4. Missing in an update, they stay as they are.")),
    ("collections", associations("Replaces all direct access. Missing, none is left.")),
    ("groups", JSONSchema.array(JSONSchema.id("A group."), "Replaces the groups. Missing in an update, they stay as they are.", isOptional: true)),
  ]

  // The first form is that of most addresses; the second one also lets domains of other alphabets through.
  private static let email: JSONValue = [
    "type": "string", "minLength": 1, "maxLength": 256, "description": "One bare address.",
    "anyOf": [
      ["pattern": #"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9]+\.)+[A-Za-z]+$"#],
      [
        "pattern":
          #"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([^\u0000-\u002c\u002e\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+\.)+[^\u0000-\u0040\u005b-\u0060\u007b-\u007f]+$"#
      ],
    ],
  ]

  private static let inviteRequest = JSONSchema.object(
    "Whom to invite, and as what.", required: ["email", "type"],
    [("email", email)] + memberFields,
    example: ["email": "ines.okafor@example.net", "type": 2, "externalId": "hr-10442", "collections": [], "groups": []])

  private static let memberRequest = JSONSchema.object(
    "A member as it is to be. `externalId` and `collections` that are missing are reset.", required: ["type"], memberFields,
    example: ["type": 2, "externalId": "hr-10442", "collections": []])

  private static let groupRequest = JSONSchema.object(
    "A group as it is to be. `collections` that are missing in an update stay as they are; a missing `externalId` is reset.", required: ["name"],
    [
      ("name", JSONSchema.text("Not blank.", from: 1, to: 100, pattern: #"\S"#)), ("externalId", externalID),
      ("collections", associations("Replaces the group's access.")),
    ],
    example: ["name": "Operations", "externalId": "cn=ops", "collections": []])

  private static let collectionRequest = JSONSchema.object(
    "A collection as it is to be. `groups` that are missing stay as they are; a missing `externalId` is reset.", required: [],
    [("externalId", externalID), ("groups", associations("Replaces the groups' access; `id` is a group's."))],
    example: ["externalId": "infra/production"])

  private static let policyRequest = JSONSchema.object(
    "A policy as it is to be. `data` that is missing is reset.", required: ["enabled"],
    [
      ("enabled", JSONSchema.flag("In force or not.")),
      ("data", ["type": ["object", "null"], "description": "The settings of the type."]),
      ("metadata", ["type": ["object", "null"], "description": "Only for type 5."]),
    ],
    example: ["enabled": true, "data": ["minComplexity": 3, "minLength": 14, "requireUpper": true]])

  private static func identifiersRequest(_ name: String, _ of: String) -> JSONValue {
    JSONSchema.object(
      "The whole set of \(of). Unknown ones are ignored.", [(name, JSONSchema.array(JSONSchema.id("One of the \(of)."), "All \(of); an empty array clears."))],
      example: .members([(name, .array([]))]))
  }

  private static let associationRequest = JSONSchema.object(
    "Access of one side to the other. `manage` goes with neither of the other two flags.", required: ["id", "readOnly"],
    [
      ("id", JSONSchema.id("The other side; each one once.")), ("readOnly", JSONSchema.flag("May see items but not change them.")),
      ("hidePasswords", JSONSchema.flag("May use but not see secrets; false if missing.", isOptional: true)),
      ("manage", JSONSchema.flag("May administer the collection; false if missing.", isOptional: true)),
    ])

  private static let permissionsRequest = JSONSchema.object(
    "What a member of type 4 may do; what is missing is false.", required: [],
    Permissions.names.map { ($0, JSONSchema.flag("May \(allowance($0)).", isOptional: true)) })

  // Directories send numbers where a text is meant.
  private static let directoryID: JSONValue = [
    "type": ["string", "number", "boolean"], "minLength": 1, "maxLength": 300, "pattern": #"\S"#,
    "description": "An identifier in the directory; a number is taken as its text.",
  ]

  private static let importRequest = JSONSchema.object(
    "The wanted state of members and groups. Members are found by external id, then by address.", required: ["members", "groups", "overwriteExisting"],
    [
      (
        "members",
        JSONSchema.array(
          JSONSchema.object(
            "A person of the directory.", required: ["externalId"],
            [
              ("email", JSONSchema.text("Needed unless `deleted`.", to: 256, pattern: #"^[^@\s]+@[^@\s]+$|^\s*$"#, isOptional: true)), ("externalId", directoryID),
              ("deleted", JSONSchema.flag("Remove this one.", isOptional: true)),
            ]), "The people; no address and no external id twice.")
      ),
      (
        "groups",
        JSONSchema.array(
          JSONSchema.object(
            "A group of the directory.",
            [
              ("name", JSONSchema.text("Not blank.", from: 1, to: 100, pattern: #"\S"#)), ("externalId", directoryID),
              (
                "memberExternalIds",
                [
                  "description": "External ids of all members of the group; unknown ones are ignored, and a single one is an array of one.",
                  "type": ["array", "string", "number", "boolean"], "items": ["type": ["string", "number", "boolean"]],
                ]
              ),
            ]), "The groups; no external id twice. Groups that are not listed stay as they are.")
      ),
      ("overwriteExisting", JSONSchema.flag("Remove every member with an external id that is not listed, except owners.")),
      ("largeImport", JSONSchema.flag("Allow more than 2,000 members or groups.", isOptional: true)),
      ("inviteUsersAfterProvisioning", JSONSchema.flag("False: new members are staged, without a mail.", isOptional: true)),
    ],
    example: [
      "members": [["email": "ines.okafor@example.net", "externalId": "hr-10442", "deleted": false]],
      "groups": [["name": "Operations", "externalId": "cn=ops", "memberExternalIds": ["hr-10442"]]],
      "overwriteExisting": false, "largeImport": false,
    ])

  private static let subscriptionRequest = JSONSchema.object(
    "Absolute targets; null, missing and negative numbers leave things as they are. At least one of the two parts is needed.", required: [],
    [
      ("passwordManager", part(passwordManager(JSONSchema.lenientNumber), required: [])),
      ("secretsManager", part(secretsManager(JSONSchema.lenientNumber), required: [])),
    ],
    example: ["passwordManager": ["seats": 60]])

  private static func part(_ properties: [(String, JSONValue)], required: [String]? = nil) -> JSONValue {
    var members: [(String, JSONValue)] = [("type", ["object", "null"]), ("properties", .members(properties))]
    if required == nil { members.append(("required", .array(properties.map { .string($0.0) }))) }
    return .members(members)
  }

  private static func passwordManager(_ number: (String) -> JSONValue) -> [(String, JSONValue)] {
    [
      ("seats", number("Paid seats.")), ("maxAutoScaleSeats", number("The ceiling of automatic growth; null is none.")),
      ("storage", number("In GB.")),
    ]
  }

  private static func secretsManager(_ number: (String) -> JSONValue) -> [(String, JSONValue)] {
    [
      ("seats", number("Paid seats.")), ("maxAutoScaleSeats", number("The ceiling of automatic growth; null is none.")),
      ("serviceAccounts", number("Machine accounts.")), ("maxAutoScaleServiceAccounts", number("The ceiling of their growth; null is none.")),
    ]
  }
}
