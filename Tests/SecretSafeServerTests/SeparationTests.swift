import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// Two organizations on one server, and keys that may do less than everything.
@Suite struct SeparationTests {
  /// A body that each endpoint would take.
  private static func body(_ endpoint: Endpoint) -> String? {
    endpoint.body.map { body in
      switch body {
      case .invite: #"{"email":"x@example.net","type":2}"#
      case .member: #"{"type":2}"#
      case .group: #"{"name":"x"}"#
      case .collection: "{}"
      case .policy: #"{"enabled":true}"#
      case .groupIds: #"{"groupIds":[]}"#
      case .memberIds: #"{"memberIds":[]}"#
      case .organizationImport: #"{"members":[],"groups":[],"overwriteExisting":false}"#
      case .subscription: #"{"passwordManager":{"seats":50}}"#
      }
    }
  }

  private static func method(_ endpoint: Endpoint) -> HTTPRequest.Method { endpoint.httpMethod }
  private static func path(_ endpoint: Endpoint, _ id: GUID) -> String { String(endpoint.path(id).dropFirst("/public".count)) }

  @Test(arguments: Way.allCases) func everyEndpointHidesTheOthersObjects(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let theirs = try #require(try server.store.organizations().last?.organization)
      let before = try server.store.read(theirs) { try ($0.members(), $0.groups(), $0.collections()) }
      for endpoint in Endpoint.all where endpoint.path.contains("{id}") {
        for id in [TestServer.foreignMember, TestServer.foreignGroup, TestServer.foreignCollection] {
          let answer = try await server.send(Self.method(endpoint), Self.path(endpoint, id), Self.body(endpoint))
          #expect(answer.status == 404 && answer.text.isEmpty, "\(endpoint.name)")
        }
      }
      // In bodies as well: refused, or ignored where unknown ids are.
      let foreign = #"[{"id":"\#(TestServer.foreignCollection)","readOnly":true}]"#
      let groups = #"[{"id":"\#(TestServer.foreignGroup)","readOnly":true}]"#
      for (method, path, body, status) in [
        (HTTPRequest.Method.post, "/members", #"{"email":"y@example.net","type":2,"collections":\#(foreign)}"#, 400),
        (.post, "/members", #"{"email":"y@example.net","type":2,"groups":["\#(TestServer.foreignGroup)"]}"#, 400),
        (.put, "/members/\(TestServer.user)", #"{"type":2,"collections":\#(foreign)}"#, 404),
        (.put, "/members/\(TestServer.user)", #"{"type":2,"groups":["\#(TestServer.foreignGroup)"]}"#, 404),
        (.put, "/members/\(TestServer.user)/group-ids", #"{"groupIds":["\#(TestServer.foreignGroup)"]}"#, 200),
        (.post, "/groups", #"{"name":"g","collections":\#(foreign)}"#, 404), (.put, "/groups/\(TestServer.sales)", #"{"name":"g","collections":\#(foreign)}"#, 404),
        (.put, "/groups/\(TestServer.sales)/member-ids", #"{"memberIds":["\#(TestServer.foreignMember)"]}"#, 200),
        (.put, "/collections/\(TestServer.crm)", #"{"groups":\#(groups)}"#, 404),
      ] {
        let answer = try await server.send(method, path, body)
        #expect(answer.status == status, "\(method) \(path)")
      }
      #expect(try await server.send(.get, "/groups/\(TestServer.sales)/member-ids").text == "[]")
      // Lists, events and policies show our own only.
      for path in ["/members", "/groups", "/collections", "/events", "/policies"] {
        let text = try await server.send(.get, path).text
        for id in [TestServer.foreignMember, TestServer.foreignGroup, TestServer.foreignCollection] { #expect(!text.contains(id.description)) }
      }
      let after = try server.store.read(theirs) { try ($0.members(), $0.groups(), $0.collections()) }
      #expect(before == after)
    }
  }

  @Test func tokensOfAnotherKindAreWorthless() async throws {
    try await TestServer.run(.router) { server in
      let none = "eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJvcmdhbml6YXRpb24uMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAxIn0."
      for token in [none, "", " ", server.token.uppercased(), server.token + "x", String(server.token.dropLast()), "' OR 1=1 --", server.key.clientSecret] {
        for endpoint in Endpoint.all {
          let answer = try await server.send(
            Self.method(endpoint), Self.path(endpoint, TestServer.user), Self.body(endpoint), authorization: "Bearer \(token)")
          #expect(answer.status == 401 && answer.text.isEmpty && answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        }
      }
    }
  }

  @Test(arguments: Array(Scopes.names.enumerated())) func aScopeOpensItsEndpointsOnly(_ bit: Int, _ name: String) async throws {
    try await TestServer.run(.router) { server in
      let scope = Scopes(rawValue: 1 << bit)
      let key = try await server.store.addKey(server.organization, name: "limited", scopes: scope, expires: nil)
      let form = "grant_type=client_credentials&client_id=\(key.clientID)&client_secret=\(key.clientSecret)"
      let answer: TokenAnswer = try await server.requestToken(form).decoded()
      #expect(answer.scope == name)
      for endpoint in Endpoint.all {
        let sent = try await server.send(
          Self.method(endpoint), Self.path(endpoint, TestServer.unknown), Self.body(endpoint), authorization: "Bearer \(answer.accessToken)")
        let isOpen = scope == .organization || endpoint.scopes == scope
        #expect((sent.status == 403) == !isOpen, "\(name): \(endpoint.name) \(sent.status)")
        #expect(sent.status != 403 || sent.text.isEmpty)
      }
      for other in Scopes.names where other != name && name != Endpoint.scope {
        #expect(try await server.requestToken(form + "&scope=\(other)").text == #"{"error":"invalid_scope"}"#)
      }
    }
  }

  @Test func aTokenTellsWhenItsKeyEnds() async throws {
    try await TestServer.run(.router) { server in
      let key = try await server.store.addKey(server.organization, name: "short", scopes: .membersRead, expires: Timestamp.now().adding(seconds: 600))
      let form = "grant_type=client_credentials&client_id=\(key.clientID)&client_secret=\(key.clientSecret)"
      let answer: TokenAnswer = try await server.requestToken(form).decoded()
      #expect(540...600 ~= answer.expiresIn)
    }
  }

  @Test func aScopedKeyDealsWithUsersOnly() async throws {
    try await TestServer.run(.router) { server in
      let key = try await server.store.addKey(
        server.organization, name: "onboarding", scopes: [.membersRead, .membersWrite, .groupsRead, .groupsWrite], expires: nil)
      let token = try #require(
        try await server.store.issueToken(
          organization: server.organization.id, key: GUID(key.clientID.suffix(36)), secret: key.clientSecret,
          scopes: [.membersRead, .membersWrite, .groupsRead, .groupsWrite])
      ).text
      func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> Answer {
        try await server.send(method, path, body, authorization: "Bearer " + token)
      }
      let before = try await server.everything()
      let admin = try await send(.post, "/members", #"{"email":"a@example.net","type":1}"#)
      #expect(admin.text == refusal("Scoped organization API keys can only invite members with the User role."))
      let reach = refusal("Scoped organization API keys can only manage members with the User role.")
      var texts: [String] = []
      texts.append(try await send(.put, "/members/\(TestServer.user)", #"{"type":1}"#).text)
      texts.append(try await send(.put, "/members/\(TestServer.owner)", #"{"type":2}"#).text)
      texts.append(try await send(.delete, "/members/\(TestServer.accepted)").text)
      texts.append(try await send(.post, "/members/\(TestServer.accepted)/revoke").text)
      texts.append(try await send(.put, "/members/\(TestServer.owner)/group-ids", #"{"groupIds":[]}"#).text)
      texts.append(try await send(.put, "/groups/\(TestServer.sales)/member-ids", #"{"memberIds":["\#(TestServer.owner)"]}"#).text)
      #expect(texts == Array(repeating: reach, count: texts.count))
      #expect(try await server.everything() == before)

      #expect(try await send(.post, "/members", #"{"email":"u@example.net","type":2}"#).status == 200)
      #expect(try await send(.put, "/groups/\(TestServer.sales)/member-ids", #"{"memberIds":["\#(TestServer.user)"]}"#).status == 200)
      // The import leaves members of higher type alone.
      _ = try await server.send(.put, "/members/\(TestServer.accepted)", #"{"type":1,"externalId":"admin"}"#)
      let imported = try await send(
        .post, "/organization/import",
        #"{"members":[{"externalId":"admin","deleted":true},{"externalId":"hr-1","deleted":true}],"groups":[],"overwriteExisting":false}"#)
      #expect(imported.status == 200)
      #expect(try await server.member(TestServer.accepted).externalId == "admin")
      #expect(try await server.send(.get, "/members/\(TestServer.user)").status == 404)
    }
  }

  @Test func keysEndAndExpire() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    await #expect(throws: Refusal.rule("A key's name has 1 to 200 characters.")) {
      try await store.addKey(organization, name: " \t", scopes: .membersRead, expires: nil)
    }
    await #expect(throws: Refusal.rule("A key's expiry has to be in the future.")) {
      try await store.addKey(organization, name: "x", scopes: .membersRead, expires: .now())
    }
    for number in 0..<Store.scopedKeyLimit { _ = try await store.addKey(organization, name: "k\(number)", scopes: .membersRead, expires: nil) }
    await #expect(throws: Refusal.rule("An organization has at most 20 scoped keys.")) {
      try await store.addKey(organization, name: "x", scopes: .membersRead, expires: nil)
    }
    let last = try #require(try store.keys(organization).last?.id)
    try await store.revokeKey(organization, last)
    await #expect(throws: Refusal.noSuchObject) { try await store.revokeKey(organization, last) }

    let short = try await store.addKey(organization, name: "short", scopes: .membersRead, expires: Timestamp.now().adding(seconds: 1))
    let id = GUID(short.clientID.suffix(36))
    let token = try #require(
      try await store.issueToken(organization: organization.id, key: id, secret: short.clientSecret, scopes: .membersRead)
    ).text
    #expect(try store.grant(token: token)?.isScoped == true)
    try await Task.sleep(for: .milliseconds(1_100))
    #expect(try store.grant(token: token) == nil)
    #expect(try store.scopes(organization: organization.id, key: id, secret: short.clientSecret) == nil)
    let types = try store.read(organization) { snapshot in
      try snapshot.events(EventFilter(start: Timestamp(microseconds: 0), end: .now()), limit: 50).events.map(\.type.rawValue)
    }
    #expect(types.count { $0 == 1690 } == 21 && types.count { $0 == 1691 } == 1)
    try store.close()
  }
}
