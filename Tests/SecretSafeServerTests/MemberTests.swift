import HTTPTypes
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

/// `api.md` 3.2
@Suite struct MemberTests {
  // MARK: Read

  @Test(arguments: Way.allCases) func memberHasAllMembersInOrder(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(.get, "/members/\(TestServer.user.description.uppercased())")
      #expect(
        answer.text == """
          {"object":"member","id":"\(TestServer.user)","userId":"\(guid(41))","name":"Uwe User","email":"user@example.net",\
          "twoFactorEnabled":false,"status":2,"type":2,"externalId":"hr-1","permissions":null,"collections":[\
          {"id":"\(TestServer.production)","readOnly":true,"hidePasswords":false,"manage":false}],\
          "resetPasswordEnrolled":false,"ssoExternalId":null}
          """)
      #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
    }
  }

  @Test(arguments: Way.allCases) func listHasEveryStatus(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(.get, "/members")
      #expect(answer.text.hasPrefix(#"{"object":"list","data":[{"object":"member","#))
      #expect(answer.text.hasSuffix("]}"))
      let members: ListAnswer<Member> = try answer.decoded()
      #expect(members.data.map(\.status) == [.confirmed, .confirmed, .invited, .accepted, .staged])
      #expect(members.data.map { $0.collections?.count } == [0, 1, 0, 0, 0])
      #expect(try await server.send(.get, "/members/\(TestServer.user)/group-ids").text == "[\"\(TestServer.engineering)\"]")
      #expect(try await server.send(.get, "/members/\(TestServer.owner)/group-ids").text == "[]")
    }
  }

  // MARK: Invite

  @Test(arguments: Way.allCases) func inviteStoresEverything(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(
        .post, "/members",
        """
        {"email":"Ines.Okafor@Example.NET","type":4,"externalId":"hr-9","permissions":{"manageUsers":true},
         "collections":[{"id":"\(TestServer.crm)","readOnly":false,"manage":true}],
         "groups":["\(TestServer.sales)","\(TestServer.engineering)","\(TestServer.sales)"]}
        """)
      #expect(answer.status == 200)
      let member: Member = try answer.decoded()
      #expect(member.email == "ines.okafor@example.net")
      #expect(member.status == .invited)
      #expect(member.userId == nil && member.name == nil && !member.twoFactorEnabled)
      #expect(member.permissions == Permissions(names: ["manageUsers"]))
      #expect(member.collections == [Association(id: TestServer.crm, access: .manage)])
      #expect(try await server.send(.get, "/members/\(member.id)").text == answer.text)
      let groups: [GUID] = try await server.send(.get, "/members/\(member.id)/group-ids").decoded()
      #expect(Set(groups) == [TestServer.sales, TestServer.engineering])
    }
  }

  @Test(arguments: Way.allCases) func inviteGivesWhatIsStored(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for (number, type) in [0, 1, 2, 4].enumerated() {
        let answer = try await server.send(
          .post, "/members", #"{"email":"p\#(number)@example.net","type":\#(type),"externalId":" \t","collections":null}"#)
        let member: Member = try answer.decoded()
        #expect(member.collections == [])
        #expect(member.externalId == nil)
        #expect(member.permissions == (type == 4 ? [] : nil))
      }
    }
  }

  @Test(arguments: [
    ("{}", #"{"Email":["The Email field is required."],"Type":["The Type field is required."]}"#),
    (#"{"email":" ","type":null}"#, #"{"Email":["The Email field is required."],"Type":["The Type field is required."]}"#),
    (#"{"email":"kim@localhost","type":2}"#, #"{"Email":["The Email field is not a supported e-mail address format."]}"#),
    (#"{"email":"kim@example.net","type":3}"#, #"{"Type":["The field Type is invalid."]}"#),
    (#"{"email":"kim@example.net","type":"2"}"#, #"{"$.type":["The value is not a whole number."]}"#),
    (#"{"email":5,"type":2.5}"#, #"{"$.email":["The value is not a string."],"$.type":["The value is not a whole number."]}"#),
    (
      #"{"email":"kim@example.net","type":2,"collections":[{"id":"00000000-0000-0000-0000-000000000014"}]}"#,
      #"{"Collections[0].ReadOnly":["The ReadOnly field is required."]}"#
    ),
    (
      #"{"email":"kim@example.net","type":2,"groups":["abc",7],"collections":[{"readOnly":1},null,{"id":"x","readOnly":true}]}"#,
      #"{"$.collections[0].readOnly":["The value is not true or false."],"$.collections[1]":["The value is not an object."],"#
        + #""$.collections[2].id":["The value 'x' is not valid."],"$.groups[0]":["The value 'abc' is not valid."],"#
        + #""$.groups[1]":["The value is not an identifier."],"Collections[0].Id":["The Id field is required."]}"#
    ),
    (
      #"{"email":"kim@example.net","type":2,"permissions":{}}"#,
      #"{"":["Only users with the Custom role may use custom permissions."]}"#
    ),
    (#"{"email":"kim@localhost","type":2,"permissions":{}}"#, #"{"Email":["The Email field is not a supported e-mail address format."]}"#),
    (#"{"email":"kim@example.net","type":4,"permissions":{"manageUsers":1}}"#, #"{"$.permissions.manageUsers":["The value is not true or false."]}"#),
  ])
  func inviteRefusesBadBodies(_ body: String, _ errors: String) async throws {
    try await TestServer.run(.router) { server in
      let before = try await server.everything()
      let answer = try await server.send(.post, "/members", body)
      #expect(answer.status == 400)
      #expect(answer.text == validation(errors))
      #expect(try await server.everything() == before)
    }
  }

  @Test(arguments: Way.allCases) func inviteRefusesByRule(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let before = try await server.everything()
      // Known in every status, whatever the case.
      _ = try await server.send(.post, "/members/\(TestServer.staged)/revoke")
      for email in ["OWNER@example.net", "invited@example.net", "accepted@example.net", "staged@example.net"] {
        let answer = try await server.send(.post, "/members", #"{"email":"\#(email)","type":2}"#)
        #expect(answer.status == 400)
        #expect(answer.text == refusal("This user has already been invited."))
      }
      for id in [TestServer.unknown, TestServer.foreignCollection] {
        let answer = try await server.send(
          .post, "/members",
          #"{"email":"new@example.net","type":2,"collections":[{"id":"\#(id)","readOnly":true}]}"#)
        #expect(answer.text == refusal("Failed to invite users"))
      }
      for id in [TestServer.unknown, TestServer.foreignGroup] {
        let answer = try await server.send(.post, "/members", #"{"email":"new@example.net","type":2,"groups":["\#(id)"]}"#)
        #expect(answer.status == 400)
        #expect(answer.text == refusal("Failed to invite users"))
      }
      for flags in [#""readOnly":true,"manage":true"#, #""readOnly":false,"hidePasswords":true,"manage":true"#] {
        let answer = try await server.send(
          .post, "/members", #"{"email":"new@example.net","type":2,"collections":[{"id":"\#(TestServer.crm)",\#(flags)}]}"#)
        #expect(answer.text == manageAlone)
      }
      let twice = try await server.send(
        .post, "/members",
        #"{"email":"new@example.net","type":2,"collections":[{"id":"\#(TestServer.crm)","readOnly":true},{"id":"\#(TestServer.crm)","readOnly":true}]}"#)
      #expect(twice.status == 400)
      _ = try await server.send(.post, "/members/\(TestServer.staged)/restore")
      #expect(try await server.everything() == before)
    }
  }

  // MARK: Update

  @Test(arguments: Way.allCases) func updateResetsByTheTable(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let path = "/members/\(TestServer.user)"
      // Missing: external id and collections go, groups stay.
      var member: Member = try await server.send(.put, path, #"{"type":2,"email":"other@example.net"}"#).decoded()
      #expect(member.externalId == nil)
      #expect(member.collections == [])
      #expect(member.email == "user@example.net")
      #expect(try await server.send(.get, path + "/group-ids").text == "[\"\(TestServer.engineering)\"]")
      // Given: replaced as a whole.
      member = try await server.send(
        .put, path,
        #"{"type":4,"externalId":"x","permissions":{"manageUsers":true,"accessReports":true},"groups":["\#(TestServer.sales)"],"collections":[{"id":"\#(TestServer.crm)","readOnly":true,"hidePasswords":true}]}"#
      ).decoded()
      #expect(member.collections == [Association(id: TestServer.crm, access: .viewHidden)])
      #expect(try await server.send(.get, path + "/group-ids").text == "[\"\(TestServer.sales)\"]")
      // Permissions missing with type 4: kept; given: replaced, left out is false.
      member = try await server.send(.put, path, #"{"type":4,"permissions":null}"#).decoded()
      #expect(member.permissions == Permissions(names: ["manageUsers", "accessReports"]))
      member = try await server.send(.put, path, #"{"type":4,"permissions":{"manageSso":true}}"#).decoded()
      #expect(member.permissions == Permissions(names: ["manageSso"]))
      // Leaving type 4 drops them.
      member = try await server.send(.put, path, #"{"type":1,"groups":[]}"#).decoded()
      #expect(member.permissions == nil)
      #expect(try await server.send(.get, path + "/group-ids").text == "[]")
      member = try await server.send(.put, path, #"{"type":4}"#).decoded()
      #expect(member.permissions == [])
    }
  }

  @Test(arguments: Way.allCases) func wholeObjectCanBePutBack(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for id in [TestServer.user, TestServer.invited, TestServer.staged] {
        let before = try await server.send(.get, "/members/\(id)").text
        let answer = try await server.send(.put, "/members/\(id)", String(before.dropLast()) + #","accessAll":true,"collection":5}"#)
        #expect(answer.text == before)
      }
    }
  }

  @Test(arguments: Way.allCases) func updateRefuses(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let before = try await server.everything()
      let path = "/members/\(TestServer.user)"
      #expect(try await server.send(.put, path, "{}").text == validation(#"{"Type":["The Type field is required."]}"#))
      #expect(
        try await server.send(.put, path, #"{"type":2,"externalId":"\#(String(repeating: "x", count: 301))"}"#).text
          == validation(#"{"ExternalId":["The field ExternalId must be a string with a maximum length of 300."]}"#))
      for id in [TestServer.unknown, TestServer.foreignCollection] {
        let answer = try await server.send(.put, path, #"{"type":2,"collections":[{"id":"\#(id)","readOnly":true}]}"#)
        #expect(answer.status == 404)
        #expect(answer.text == notFoundInBody)
      }
      for id in [TestServer.unknown, TestServer.foreignGroup] {
        #expect(try await server.send(.put, path, #"{"type":2,"groups":["\#(id)"]}"#).text == notFoundInBody)
      }
      #expect(
        try await server.send(
          .put, path, #"{"type":2,"collections":[{"id":"\#(TestServer.crm)","readOnly":true,"manage":true}]}"#
        ).text == manageAlone)
      #expect(try await server.everything() == before)
    }
  }

  // MARK: Last owner

  /// An accepted owner does not count; the confirmed one is the last.
  @Test(arguments: Way.allCases) func lastConfirmedOwnerStays(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let before = try await server.everything()
      let path = "/members/\(TestServer.owner)"
      for answer in [
        try await server.send(.put, path, #"{"type":1}"#), try await server.send(.delete, path),
        try await server.send(.post, path + "/revoke"),
      ] {
        #expect(answer.status == 400)
        #expect(answer.text == lastOwner)
      }
      #expect(try await server.everything() == before)
      #expect(try await server.send(.put, path, #"{"type":0}"#).status == 200)

      // With a second one, either may go, and then the other is the last.
      #expect(try await server.send(.put, "/members/\(TestServer.user)", #"{"type":0}"#).status == 200)
      #expect(try await server.send(.post, path + "/revoke").status == 200)
      #expect(try await server.send(.delete, "/members/\(TestServer.user)").text == lastOwner)
      #expect(try await server.send(.post, path + "/restore").status == 200)
      #expect(try await server.send(.delete, "/members/\(TestServer.user)").status == 200)
      #expect(try await server.send(.delete, path).text == lastOwner)
    }
  }

  // MARK: Actions

  @Test(arguments: Way.allCases) func groupIdsAreReplaced(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let path = "/members/\(TestServer.user)/group-ids"
      let answer = try await server.send(
        .put, path, #"{"groupIds":["\#(TestServer.sales)","\#(TestServer.unknown)","\#(TestServer.foreignGroup)"]}"#)
      #expect(answer.status == 200)
      #expect(answer.text.isEmpty)
      #expect(answer.headers[.contentType] == nil)
      #expect(try await server.send(.get, path).text == "[\"\(TestServer.sales)\"]")
      for body in ["{}", #"{"groupIds":null}"#] {
        #expect(
          try await server.send(.put, path, body).text == validation(#"{"GroupIds":["The GroupIds field is required."]}"#))
      }
      #expect(try await server.send(.put, path, #"{"groupIds":"x"}"#).errors.map { Array($0.keys) } == ["$.groupIds"])
      #expect(try await server.send(.get, path).text == "[\"\(TestServer.sales)\"]")
      #expect(try await server.send(.put, path, #"{"groupIds":[]}"#).status == 200)
      #expect(try await server.send(.get, path).text == "[]")
    }
  }

  @Test(arguments: Way.allCases) func removedIsGone(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for id in [TestServer.user, TestServer.invited, TestServer.accepted, TestServer.staged] {
        let answer = try await server.send(.delete, "/members/\(id)")
        #expect(answer.status == 200)
        #expect(answer.text.isEmpty)
        #expect(try await server.send(.delete, "/members/\(id)").status == 404)
      }
      #expect(try await server.send(.get, "/groups/\(TestServer.engineering)/member-ids").text == "[]")
      #expect(try await server.send(.post, "/members", #"{"email":"user@example.net","type":2}"#).status == 200)
    }
  }

  @Test(arguments: Way.allCases) func onlyInvitedAreReinvited(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      #expect(try await server.send(.post, "/members/\(TestServer.invited)/reinvite").status == 200)
      for id in [TestServer.user, TestServer.accepted, TestServer.staged] {
        let answer = try await server.send(.post, "/members/\(id)/reinvite")
        #expect(answer.status == 400)
        #expect(answer.text == refusal("User invalid."))
      }
    }
  }

  @Test(arguments: Way.allCases) func restoreGivesTheStatusFromBefore(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for id in [TestServer.user, TestServer.invited, TestServer.accepted, TestServer.staged] {
        let path = "/members/\(id)"
        let before = try await server.send(.get, path).text
        #expect(try await server.send(.post, path + "/restore").text == refusal("Already active."))
        #expect(try await server.send(.post, path + "/revoke").status == 200)
        #expect(try await server.member(id).status == .revoked)
        #expect(try await server.send(.post, path + "/revoke").text == refusal("Already revoked."))
        #expect(try await server.send(.post, path + "/restore").status == 200)
        #expect(try await server.send(.get, path).text == before)
      }
      #expect(try await server.send(.get, "/members/\(TestServer.user)/group-ids").text == "[\"\(TestServer.engineering)\"]")
    }
  }
}
