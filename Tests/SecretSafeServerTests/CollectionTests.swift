import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// `api.md` 3.5
@Suite struct CollectionTests {
  private static let personal = guid(22)

  private func run(_ way: Way, _ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
    try await TestServer.run(way) { server in
      try await server.store.change(server.organization) { change in
        try change.load(SharedCollection(id: Self.personal, externalId: "mine"), isPersonal: true)
      }
      try await body(server)
    }
  }

  @Test(arguments: Way.allCases) func collectionHasAllMembersInOrder(_ way: Way) async throws {
    try await run(way) { server in
      let answer = try await server.send(.get, "/collections/\(TestServer.production)")
      #expect(
        answer.text == """
          {"object":"collection","id":"\(TestServer.production)","externalId":"infra/production","groups":[\
          {"id":"\(TestServer.engineering)","readOnly":false,"hidePasswords":false,"manage":false}]}
          """)
      let list: ListAnswer<SharedCollection> = try await server.send(.get, "/collections").decoded()
      #expect(list.data.map(\.id) == [TestServer.production, TestServer.crm])
    }
  }

  @Test(arguments: Way.allCases) func updateResetsByTheTable(_ way: Way) async throws {
    try await run(way) { server in
      let path = "/collections/\(TestServer.production)"
      // Missing: the external id goes, the groups stay.
      var collection: SharedCollection = try await server.send(.put, path, "{}").decoded()
      #expect(collection.externalId == nil)
      #expect(collection.groups == [Association(id: TestServer.engineering, access: .edit)])
      // Given: replaced as a whole, and given back as stored.
      let groups = #"[{"id":"\#(TestServer.sales)","readOnly":true}]"#
      collection = try await server.send(.put, path, #"{"externalId":"x","groups":\#(groups)}"#).decoded()
      #expect(collection.externalId == "x" && collection.groups == [Association(id: TestServer.sales, access: .view)])
      #expect(try await server.send(.get, path).decoded() == collection)
      collection = try await server.send(.put, path, #"{"externalId":"  ","groups":[]}"#).decoded()
      #expect(collection.externalId == nil && collection.groups == [])
      // Members' own access is untouched.
      #expect(try await server.member(TestServer.user).collections == [Association(id: TestServer.production, access: .view)])
    }
  }

  @Test(arguments: Way.allCases) func refusalsChangeNothing(_ way: Way) async throws {
    try await run(way) { server in
      let before = try await server.everything()
      let path = "/collections/\(TestServer.production)"
      for id in [TestServer.unknown, TestServer.foreignGroup] {
        let answer = try await server.send(.put, path, #"{"groups":[{"id":"\#(id)","readOnly":true}]}"#)
        #expect(answer.status == 404 && answer.text == notFoundInBody)
      }
      let manage = try await server.send(.put, path, #"{"groups":[{"id":"\#(TestServer.sales)","readOnly":true,"manage":true}]}"#)
      #expect(manage.text == manageAlone)
      let twice = try await server.send(
        .put, path, #"{"groups":[{"id":"\#(TestServer.sales)","readOnly":true},{"id":"\#(TestServer.sales)","readOnly":true}]}"#)
      #expect(twice.status == 400 && twice.errors?.keys.sorted() == ["Groups[1].Id"])
      let long = try await server.send(.put, path, #"{"externalId":"\#(String(repeating: "x", count: 301))"}"#)
      #expect(long.errors?["ExternalId"] == ["The field ExternalId must be a string with a maximum length of 300."])
      #expect(try await server.everything() == before)
    }
  }

  @Test(arguments: Way.allCases) func aPersonalCollectionIsOutOfReach(_ way: Way) async throws {
    try await run(way) { server in
      let path = "/collections/\(Self.personal)"
      #expect(try await server.send(.get, path).text.isEmpty)
      #expect(try await server.send(.get, path).status == 404)
      #expect(
        try await server.send(.put, path, "{}").text == refusal("You cannot edit a collection with the type as DefaultUserCollection."))
      #expect(
        try await server.send(.delete, path).text == refusal("You cannot delete a collection with the type as DefaultUserCollection."))
      let group = try await server.send(
        .put, "/groups/\(TestServer.sales)", #"{"name":"Sales","collections":[{"id":"\#(Self.personal)","readOnly":true}]}"#)
      #expect(group.text == refusal("You cannot modify group access for collections with the type as DefaultUserCollection."))
      // What is not there comes before the rules.
      let unknown = #"{"id":"\#(TestServer.unknown)","readOnly":true}"#
      #expect(try await server.send(.put, path, #"{"groups":[\#(unknown)]}"#).text == notFoundInBody)
      let both = try await server.send(
        .put, "/groups/\(TestServer.sales)", #"{"name":"Sales","collections":[{"id":"\#(Self.personal)","readOnly":true},\#(unknown)]}"#)
      #expect(both.text == notFoundInBody)
    }
  }

  @Test(arguments: Way.allCases) func deleteTakesTheAccessAlong(_ way: Way) async throws {
    try await run(way) { server in
      let answer = try await server.send(.delete, "/collections/\(TestServer.production)")
      #expect(answer.status == 200 && answer.text.isEmpty)
      #expect(try await server.send(.get, "/collections/\(TestServer.production)").status == 404)
      #expect(try await server.member(TestServer.user).collections == [])
      #expect(try await server.send(.delete, "/collections/\(TestServer.production)").status == 404)
    }
  }
}
