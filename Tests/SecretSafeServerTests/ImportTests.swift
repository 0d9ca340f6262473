import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// `api.md` 6
@Suite struct ImportTests {
  private static func run(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
    try await TestServer.run(.router, body)
  }

  private static func send(_ server: TestServer, _ members: String, _ groups: String = "", _ rest: String = #""overwriteExisting":false"#) async throws -> Answer {
    try await server.send(.post, "/organization/import", "{\"members\":[\(members)],\"groups\":[\(groups)],\(rest)}")
  }

  private static func people(_ server: TestServer) async throws -> [String: Member] {
    let list: ListAnswer<Member> = try await server.send(.get, "/members").decoded()
    return Dictionary(list.data.map { ($0.email, $0) }) { first, _ in first }
  }

  private static func events(_ server: TestServer) async throws -> [Int] {
    let page: EventPage = try await server.send(.get, "/events").decoded()
    return page.data.reversed().map(\.type.rawValue)
  }

  @Test(arguments: Way.allCases) func itBringsMembersAndGroupsToTheWantedState(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await Self.send(
        server,
        """
        {"email":"INVITED@example.net","externalId":"hr-7"},{"email":"new@example.net","externalId":8},{"email":"flag@example.net","externalId":true},
        {"email":"user@example.net","externalId":"hr-other"},{"email":null,"externalId":"hr-unknown","deleted":true}
        """,
        """
        {"name":"Engineers","externalId":"cn=eng","memberExternalIds":["hr-7",8,"True","hr-other","nobody"]},
        {"name":"Night shift","externalId":"cn=night","memberExternalIds":"hr-7"}
        """)
      #expect(answer.status == 200 && answer.text.isEmpty && answer.headers[.contentType] == nil)
      let people = try await Self.people(server)
      // Adopted, added, and skipped since the address belongs to another external id.
      #expect(people["invited@example.net"]?.externalId == "hr-7")
      #expect(people["new@example.net"]?.externalId == "8" && people["new@example.net"]?.status == .invited && people["new@example.net"]?.type == .user)
      #expect(people["flag@example.net"]?.externalId == "True")
      #expect(people["user@example.net"]?.externalId == "hr-1")
      let groups: ListAnswer<Group> = try await server.send(.get, "/groups").decoded()
      #expect(groups.data.map(\.name) == ["Engineers", "Sales", "Night shift"])
      #expect(groups.data[0].collections == [Association(id: TestServer.production, access: .edit)])
      let members: [GUID] = try await server.send(.get, "/groups/\(TestServer.engineering)/member-ids").decoded()
      let expected = ["invited@example.net", "new@example.net", "flag@example.net"].compactMap { people[$0]?.id }
      #expect(Set(members) == Set(expected))
      #expect(try await Self.events(server) == [1500, 1500, 1401, 1400])
    }
  }

  @Test func deletedOnesGoAndOwnersStay() async throws {
    try await Self.run { server in
      let owner = #"{"type":0,"externalId":"boss"}"#
      #expect(try await server.send(.put, "/members/\(TestServer.owner)", owner).status == 200)
      let answer = try await Self.send(
        server,
        #"{"externalId":"hr-1","deleted":true},{"externalId":"boss","deleted":true},{"email":"again@example.net","externalId":"x"},{"externalId":"x","deleted":true}"#)
      #expect(answer.status == 200)
      let people = try await Self.people(server)
      #expect(people["user@example.net"] == nil)
      #expect(people["owner@example.net"] != nil)
      #expect(people["again@example.net"] != nil)
    }
  }

  @Test func overwritingRemovesWhoIsNotListed() async throws {
    try await Self.run { server in
      _ = try await server.send(.put, "/members/\(TestServer.owner)", #"{"type":0,"externalId":"boss"}"#)
      _ = try await server.send(.put, "/members/\(TestServer.invited)", #"{"type":2,"externalId":"pending"}"#)
      let answer = try await Self.send(server, #"{"email":"a@example.net","externalId":"a"}"#, "", #""overwriteExisting":true"#)
      #expect(answer.status == 200)
      let people = try await Self.people(server)
      // With an external id and not listed: gone, pending invitations too; owners and who has none stay.
      #expect(people.keys.sorted() == ["a@example.net", "accepted@example.net", "owner@example.net", "staged@example.net"])
      let groups: ListAnswer<Group> = try await server.send(.get, "/groups").decoded()
      #expect(groups.data.count == 2)
    }
  }

  @Test func aRevokedMemberIsNotRestoredAndStagingSendsNoMail() async throws {
    try await Self.run { server in
      _ = try await server.send(.post, "/members/\(TestServer.user)/revoke")
      let answer = try await Self.send(
        server, #"{"email":"other@example.net","externalId":"hr-1"},{"email":"s@example.net","externalId":"s"}"#, "",
        #""overwriteExisting":false,"inviteUsersAfterProvisioning":false"#)
      #expect(answer.status == 200)
      let people = try await Self.people(server)
      // An address that changed in the directory is not followed either.
      #expect(people["user@example.net"]?.status == .revoked)
      #expect(people["other@example.net"] == nil)
      #expect(people["s@example.net"]?.status == .staged)
      #expect(try await Self.events(server).suffix(1) == [1523])
    }
  }

  @Test(arguments: [
    (#"{"externalId":"x"}"#, "", #"{"Members[0].Email":["Email is required for enabled members."]}"#),
    (#"{"email":"a b@c","externalId":"x"}"#, "", #"{"Members[0].Email":["The Email field is not a valid e-mail address."]}"#),
    (#"{"email":"a@b"}"#, "", #"{"Members[0].ExternalId":["The ExternalId field is required."]}"#),
    (#"{"email":"a@b","externalId":" "}"#, "", #"{"Members[0].ExternalId":["The ExternalId field is required."]}"#),
    ("5", "", #"{"$.members[0]":["The value is not an object."]}"#),
    ("", #"{"externalId":"g","memberExternalIds":[]}"#, #"{"Groups[0].Name":["The Name field is required."]}"#),
    ("", #"{"name":"g","externalId":"g"}"#, #"{"Groups[0].MemberExternalIds":["The MemberExternalIds field is required."]}"#),
    ("", #"{"name":"g","externalId":"g","memberExternalIds":["a",null]}"#, #"{"$.groups[0].memberExternalIds[1]":["The value is not a string."]}"#),
    (
      #"{"email":"a@b","externalId":"x"},{"email":"A@B","externalId":"y"}"#, "",
      #"{"Members[1].Email":["The address 'a@b' is that of Members[0] too."]}"#
    ),
    (
      #"{"email":"a@b","externalId":"x"},{"email":"c@d","externalId":"x"}"#, "",
      #"{"Members[1].ExternalId":["The externalId 'x' is that of Members[0] too."]}"#
    ),
    (
      "", #"{"name":"g","externalId":"g","memberExternalIds":[]},{"name":"h","externalId":"g","memberExternalIds":[]}"#,
      #"{"Groups[1].ExternalId":["The externalId 'g' is that of Groups[0] too."]}"#
    ),
  ])
  func badBodiesAreRefused(_ members: String, _ groups: String, _ errors: String) async throws {
    try await Self.run { server in
      let before = try await server.everything()
      let answer = try await Self.send(server, members, groups)
      #expect(answer.text == validation(errors))
      #expect(try await server.everything() == before)
    }
  }

  @Test func missingPartsAreNamed() async throws {
    try await Self.run { server in
      let answer = try await server.send(.post, "/organization/import", #"{"members":null}"#)
      let errors =
        #"{"Groups":["The Groups field is required."],"Members":["The Members field is required."],"OverwriteExisting":["The OverwriteExisting field is required."]}"#
      #expect(answer.text == validation(errors))
    }
  }

  @Test func duplicatesThatAreThereAreNamedAndNothingIsKept() async throws {
    try await Self.run { server in
      for id in [TestServer.invited, TestServer.staged] { _ = try await server.send(.put, "/members/\(id)", #"{"type":2,"externalId":"twin"}"#) }
      let before = try await server.everything()
      let answers = [
        try await Self.send(server, #"{"email":"new@example.net","externalId":"new"},{"email":"x@example.net","externalId":"twin"}"#),
        try await Self.send(server, #"{"email":"accepted@example.net","externalId":"hr-1"}"#),
      ]
      #expect(
        answers.map(\.text) == [
          refusal("Two members share the externalId 'twin'."), refusal("The externalId 'hr-1' of accepted@example.net belongs to another member."),
        ])
      #expect(try await server.everything() == before)
      // The groups are the last step: what the first ones did is taken back.
      for _ in 0..<2 { _ = try await server.send(.post, "/groups", #"{"name":"t","externalId":"twin"}"#) }
      let all = try await server.everything()
      let late = try await Self.send(
        server, #"{"email":"new@example.net","externalId":"new"}"#, #"{"name":"t","externalId":"twin","memberExternalIds":[]}"#)
      #expect(late.text == refusal("Two groups share the externalId 'twin'."))
      #expect(try await server.everything() == all)
    }
  }

  /// One letter in two spellings, which Swift takes for the same.
  @Test func textsAreComparedExactly() async throws {
    try await Self.run { server in
      let people =
        #"{"email":"one@b\u00fccher.example","externalId":"\u00e9"},{"email":"two@example.net","externalId":"e\u0301"},"#
        + #"{"email":"one@bu\u0308cher.example","externalId":"three"}"#
      let groups =
        #"{"name":"\u00e9","externalId":"\u00e9","memberExternalIds":["e\u0301"]},"#
        + #"{"name":"b","externalId":"e\u0301","memberExternalIds":["\u00e9","three"]}"#
      #expect(try await Self.send(server, people, groups).status == 200)
      let list: ListAnswer<Member> = try await server.send(.get, "/members").decoded()
      let new = list.data.suffix(3)
      #expect(new.map(\.email.utf8.count) == [19, 15, 20] && new.map { $0.externalId?.utf8.count } == [2, 3, 5])
      let made: ListAnswer<Group> = try await server.send(.get, "/groups").decoded()
      let ids = made.data.suffix(2).map(\.id)
      let members = try ids.map { id in try server.store.read(server.organization) { try $0.memberIDs(ofGroup: id) } }
      #expect(members.map { Set($0 ?? []) } == [[new.map(\.id)[1]], [new.map(\.id)[0], new.map(\.id)[2]]])
      // Renamed to the other spelling.
      #expect(try await Self.send(server, people, #"{"name":"e\u0301","externalId":"\u00e9","memberExternalIds":[]}"#).status == 200)
      let renamed: Group = try await server.send(.get, "/groups/\(ids[0])").decoded()
      #expect(renamed.name.utf8.count == 3)
      let all: ListAnswer<Member> = try await server.send(.get, "/members").decoded()
      #expect(all.data.count == list.data.count)
    }
  }

  @Test func moreThanTwoThousandNeedLargeImport() async throws {
    try await Self.run { server in
      func people(_ count: Int) -> String {
        (0..<count).map { #"{"email":"p\#($0)@example.net","externalId":"p\#($0)"}"# }.joined(separator: ",")
      }
      let members = people(2_001)
      let refused = try await Self.send(server, members)
      #expect(refused.text == refusal("You cannot import this much data at once."))
      // Those marked deleted do not count.
      let most = try await Self.send(server, people(2_000) + #",{"externalId":"d","deleted":true}"#)
      #expect(most.status == 200)
      let answer = try await Self.send(server, members, "", #""overwriteExisting":false,"largeImport":true"#)
      #expect(answer.status == 200)
      #expect(try await Self.people(server).count == 2_006)
    }
  }
}
