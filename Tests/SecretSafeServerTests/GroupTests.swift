import HTTPTypes
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

/// `api.md` 3.4 and 3.5
@Suite struct GroupTests {
  @Test(arguments: Way.allCases) func formsAreTheContracts(_ way: Way) async throws {
    try await TestServer.run(way) { server async throws in
      let access = #"{"id":"ID","readOnly":false,"hidePasswords":false,"manage":false}"#
      let group = """
        {"object":"group","id":"\(TestServer.engineering)","name":"Engineering","externalId":"cn=eng","collections":[\
        \(access.replacing("ID", with: TestServer.production.description))]}
        """
      #expect(try await server.send(.get, "/groups/\(TestServer.engineering)").text == group)
      let sales = #"{"object":"group","id":"\#(TestServer.sales)","name":"Sales","externalId":null,"collections":[]}"#
      #expect(try await server.send(.get, "/groups").text == #"{"object":"list","data":[\#(group),\#(sales)]}"#)
      #expect(
        try await server.send(.get, "/collections").text == """
          {"object":"list","data":[{"object":"collection","id":"\(TestServer.production)","externalId":"infra/production",\
          "groups":[\(access.replacing("ID", with: TestServer.engineering.description))]},{"object":"collection",\
          "id":"\(TestServer.crm)","externalId":"sales/crm","groups":[]}]}
          """)
      #expect(try await server.send(.get, "/groups/\(TestServer.engineering)/member-ids").text == "[\"\(TestServer.user)\"]")
    }
  }

  @Test(arguments: Way.allCases) func createStoresAndAnswersWhatIsStored(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(
        .post, "/groups", #"{"name":"Ops","externalId":"  ","collections":[{"id":"\#(TestServer.crm)","readOnly":true}]}"#)
      #expect(answer.status == 200)
      let group: Group = try answer.decoded()
      #expect(group.externalId == nil)
      #expect(group.collections == [Association(id: TestServer.crm, access: .view)])
      #expect(try await server.send(.get, "/groups/\(group.id)").text == answer.text)
      // Names are not unique; missing collections are none.
      let second: Group = try await server.send(.post, "/groups", #"{"name":"Ops"}"#).decoded()
      #expect(second.id != group.id)
      #expect(second.collections == [])
    }
  }

  @Test func anAccentOnASpaceIsNoWhiteSpace() async throws {
    try await TestServer.run(.router) { server in
      let group: Group = try await server.send(.post, "/groups", #"{"name":" \u0301","externalId":" \u0301"}"#).decoded()
      #expect(group.name == " \u{301}" && group.externalId == " \u{301}")
      #expect(try await server.send(.post, "/groups", #"{"name":"\u00a0\r\n\u3000"}"#).errors?.keys.sorted() == ["Name"])
    }
  }

  @Test(arguments: Way.allCases) func updateKeepsMissingCollections(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let path = "/groups/\(TestServer.engineering)"
      var group: Group = try await server.send(.put, path, #"{"name":"Eng"}"#).decoded()
      #expect(group.name == "Eng")
      #expect(group.externalId == nil)
      #expect(group.collections == [Association(id: TestServer.production, access: .edit)])
      group = try await server.send(.put, path, #"{"name":"Eng","collections":null}"#).decoded()
      #expect(group.collections?.count == 1)
      group = try await server.send(
        .put, path, #"{"name":"Eng","externalId":"e","collections":[{"id":"\#(TestServer.crm)","readOnly":false,"manage":true}]}"#
      ).decoded()
      #expect(group.externalId == "e")
      #expect(group.collections == [Association(id: TestServer.crm, access: .manage)])
      group = try await server.send(.put, path, #"{"name":"Eng","collections":[]}"#).decoded()
      #expect(group.collections == [])
    }
  }

  @Test(arguments: ["post", "put"]) func writesAreRefused(_ method: String) async throws {
    try await TestServer.run(.router) { server in
      let before = try await server.everything()
      func write(_ body: String) async throws -> Answer {
        if method == "post" { return try await server.send(.post, "/groups", body) }
        return try await server.send(.put, "/groups/\(TestServer.engineering)", body)
      }
      #expect(try await write("{}").text == validation(#"{"Name":["The Name field is required."]}"#))
      #expect(try await write(#"{"name":" "}"#).text == validation(#"{"Name":["The Name field is required."]}"#))
      #expect(
        try await write(#"{"name":"\#(String(repeating: "x", count: 101))"}"#).text
          == validation(#"{"Name":["The field Name must be a string with a maximum length of 100."]}"#))
      #expect(try await write(#"{"name":"a\u0000b"}"#).errors.map { Array($0.keys) } == ["Name"])
      #expect(
        try await write(#"{"name":"x","collections":[{}]}"#).text
          == validation(
            #"{"Collections[0].Id":["The Id field is required."],"Collections[0].ReadOnly":["The ReadOnly field is required."]}"#))
      for id in [TestServer.unknown, TestServer.foreignCollection] {
        let answer = try await write(#"{"name":"x","collections":[{"id":"\#(id)","readOnly":true}]}"#)
        #expect(answer.status == 404)
        #expect(answer.text == notFoundInBody)
      }
      #expect(
        try await write(#"{"name":"x","collections":[{"id":"\#(TestServer.crm)","readOnly":true,"manage":true}]}"#).text
          == manageAlone)
      #expect(try await server.everything() == before)
    }
  }

  @Test(arguments: Way.allCases) func deletedGroupLeavesItsMembers(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(.delete, "/groups/\(TestServer.engineering)")
      #expect(answer.status == 200)
      #expect(answer.text.isEmpty)
      #expect(try await server.send(.delete, "/groups/\(TestServer.engineering)").status == 404)
      #expect(try await server.send(.get, "/members/\(TestServer.user)/group-ids").text == "[]")
      #expect(try await server.member(TestServer.user).collections?.count == 1)
    }
  }

  @Test(arguments: Way.allCases) func memberIdsAreReplaced(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let path = "/groups/\(TestServer.engineering)/member-ids"
      let answer = try await server.send(
        .put, path,
        #"{"memberIds":["\#(TestServer.owner)","\#(TestServer.owner)","\#(TestServer.unknown)","\#(TestServer.foreignMember)"]}"#)
      #expect(answer.status == 200)
      #expect(answer.text.isEmpty)
      #expect(try await server.send(.get, path).text == "[\"\(TestServer.owner)\"]")
      #expect(
        try await server.send(.put, path, "{}").text == validation(#"{"MemberIds":["The MemberIds field is required."]}"#))
      #expect(try await server.send(.put, path, #"{"memberIds":[]}"#).status == 200)
      #expect(try await server.send(.get, path).text == "[]")
    }
  }
}
