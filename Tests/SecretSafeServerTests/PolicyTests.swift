import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// `api.md` 3.6
@Suite struct PolicyTests {
  @Test(arguments: Way.allCases) func aPolicyIsThereOnceItWasSaved(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      #expect(try await server.send(.get, "/policies").text == #"{"object":"list","data":[]}"#)
      let missing = try await server.send(.get, "/policies/1")
      #expect(missing.status == 404 && missing.text.isEmpty)
      let data = #"{"minComplexity":3,"minLength":14,"requireUpper":true,"own":{"x":[1,2.50,null]}}"#
      let saved = try await server.send(.put, "/policies/1", #"{"enabled":true,"data":\#(data)}"#)
      let policy: Policy = try saved.decoded()
      #expect(saved.text == #"{"object":"policy","id":"\#(policy.id)","type":1,"enabled":true,"data":\#(data)}"#)
      #expect(try await server.send(.get, "/policies/MASTERpassword").text == saved.text)
      // Data is not kept from before, the id is.
      for body in [#"{"enabled":false}"#, #"{"enabled":false,"data":null}"#, #"{"enabled":false,"data":{}}"#] {
        #expect(
          try await server.send(.put, "/policies/1", body).text
            == #"{"object":"policy","id":"\#(policy.id)","type":1,"enabled":false,"data":null}"#)
      }
      #expect(try await server.send(.get, "/policies").text.hasPrefix(#"{"object":"list","data":[{"object":"policy","id":"\#(policy.id)""#))
    }
  }

  @Test(arguments: ["99", "-1", "23", "x", "+1", "1.0"]) func undefinedTypesAreRefused(_ type: String) async throws {
    try await TestServer.run(.router) { server in
      for method in [HTTPRequest.Method.get, .put] {
        let answer = try await server.send(method, "/policies/\(type)", method == .put ? #"{"enabled":true}"# : nil)
        #expect(answer.status == 400 && answer.text == validation(#"{"type":["The value '\#(type)' is invalid."]}"#))
      }
    }
  }

  @Test(arguments: [
    ("{}", #"{"Enabled":["The Enabled field is required."]}"#), (#"{"enabled":null}"#, #"{"Enabled":["The Enabled field is required."]}"#),
    (#"{"enabled":1}"#, #"{"$.enabled":["The value is not true or false."]}"#),
    (#"{"enabled":true,"data":[1]}"#, #"{"$.data":["The value is not an object."]}"#), ("", #"{"":["Body is empty."]}"#),
  ])
  func badBodiesAreRefused(_ body: String, _ errors: String) async throws {
    try await TestServer.run(.router) { server in
      let answer = try await server.send(.put, "/policies/1", body)
      #expect(answer.text == validation(errors))
      #expect(try await server.send(.get, "/policies/1").status == 404)
    }
  }

  @Test(arguments: [
    (1, #"{"minLength":"14"}"#, "Invalid data for MasterPassword policy: minLength has an invalid value."),
    (1, #"{"minComplexity":5}"#, "Invalid data for MasterPassword policy: minComplexity must be between 0 and 4."),
    (1, #"{"minLength":11,"requireUpper":1}"#, "Invalid data for MasterPassword policy: requireUpper has an invalid value."),
    (7, #"{"disableHideEmail":"yes"}"#, "Invalid data for SendOptions policy: disableHideEmail has an invalid value."),
    (22, #"{"rulesUrl":5}"#, "Invalid data for FillAssist policy: rulesUrl has an invalid value."),
    (22, #"{"rulesUrl":"http://example.net"}"#, "RulesUrl must use HTTPS."), (22, "{}", "RulesUrl must use HTTPS."),
    (19, "{}", "You must claim at least one domain to turn on this policy"),
    (21, #"{"allowedDomains":"example.net"}"#, "Allowed domains can only be set when the required access type is set to specific people"),
    (4, "{}", "Turn on the Single organization policy because it is required for the Require single sign-on authentication policy."),
    (20, "{}", "Turn on the Single organization policy because it is required for the Vault banner message policy."),
  ])
  func rulesAreKept(_ type: Int, _ data: String, _ message: String) async throws {
    try await TestServer.run(.router) { server in
      let answer = try await server.send(.put, "/policies/\(type)", #"{"enabled":true,"data":\#(data)}"#)
      #expect(answer.status == 400 && answer.text == refusal(message))
      #expect(try await server.send(.get, "/policies").text == #"{"object":"list","data":[]}"#)
    }
  }

  @Test(arguments: Way.allCases) func whatNeedsTheSingleOrganizationHoldsIt(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      func save(_ type: Int, _ enabled: Bool) async throws -> String {
        let answer = try await server.send(.put, "/policies/\(type)", #"{"enabled":\#(enabled)}"#)
        return answer.status == 200 ? "saved" : answer.message ?? ""
      }
      var texts = try await [3, 4].asyncMap { try await save($0, true) }
      #expect(texts == ["saved", "saved"])
      texts = [try await save(3, false)]
      #expect(texts == ["Turn off the Require single sign-on authentication policy because it requires the Single organization policy."])
      texts = [try await save(9, true), try await save(3, false)]
      #expect(texts == ["saved", "Turn off all of the policies that require the Single organization policy."])
      texts = try await [9, 4, 3].asyncMap { try await save($0, false) }
      #expect(texts == ["saved", "saved", "saved"])
    }
  }

  @Test func twoStepLoginSuspendsWhoHasNone() async throws {
    try await TestServer.run(.router) { server in
      #expect(try await server.send(.put, "/policies/0", #"{"enabled":true}"#).status == 200)
      // The confirmed user has none; the accepted owner is exempt, and who has not accepted is not asked.
      let statuses = try await [TestServer.owner, TestServer.user, TestServer.invited, TestServer.accepted, TestServer.staged].asyncMap {
        try await server.member($0).status
      }
      #expect(statuses == [.confirmed, .revoked, .invited, .accepted, .staged])
      let page: EventPage = try await server.send(.get, "/events").decoded()
      #expect(page.data.map(\.type.rawValue) == [1700, 1520])
      #expect(page.data.last?.memberId == TestServer.user)
      let restore = try await server.send(.post, "/members/\(TestServer.user)/restore")
      #expect(restore.text == refusal("user@example.net is not compliant with the two-step login policy."))
      #expect(try await server.send(.put, "/policies/0", #"{"enabled":false}"#).status == 200)
      #expect(try await server.send(.post, "/members/\(TestServer.user)/restore").status == 200)
    }
  }

  @Test func theSingleOrganizationSuspendsWhoIsElsewhere() async throws {
    try await TestServer.run(.router) { server in
      let theirs = try #require(try server.store.organizations().last?.organization)
      try await server.store.change(theirs) { change in
        try change.load(Member(id: guid(131), userId: guid(41), email: "user@example.net", twoFactorEnabled: true, status: .confirmed, type: .user))
      }
      #expect(try await server.send(.put, "/policies/3", #"{"enabled":true}"#).status == 200)
      #expect(try await server.member(TestServer.user).status == .revoked)
      let path = "/members/\(TestServer.user)/restore"
      #expect(
        try await server.send(.post, path).text == refusal("user@example.net cannot be restored until they leave all other organization vaults."))
      _ = try await server.send(.put, "/policies/0", #"{"enabled":true}"#)
      #expect(
        try await server.send(.post, path).text
          == refusal("user@example.net is not compliant with the single organization membership and two-step login policy."))
      for type in [0, 3] { _ = try await server.send(.put, "/policies/\(type)", #"{"enabled":false}"#) }
      // The other organization can forbid it as well.
      _ = try await server.store.change(theirs) { change in try change.savePolicy(.singleOrg, PolicyBody(enabled: true)) }
      #expect(
        try await server.send(.post, path).text
          == refusal("user@example.net cannot be restored because they are a member of another organization which forbids it."))
    }
  }

  @Test func theSendPoliciesKeepInStep() async throws {
    try await TestServer.run(.router) { server in
      func policy(_ type: Int) async throws -> Policy? {
        let answer = try await server.send(.get, "/policies/\(type)")
        return answer.status == 200 ? try answer.decoded() : nil
      }
      _ = try await server.send(.put, "/policies/21", #"{"enabled":true,"data":{"disableSend":true,"whoCanAccess":1}}"#)
      #expect(try await policy(6)?.enabled == true)
      #expect(try await policy(7) == nil)
      _ = try await server.send(.put, "/policies/21", #"{"enabled":true,"data":{"disableHideEmail":true}}"#)
      #expect(try await policy(6)?.enabled == false)
      #expect(try await policy(7)?.enabled == true)
      _ = try await server.send(.put, "/policies/7", #"{"enabled":false}"#)
      #expect(try await policy(21)?.data?["disableHideEmail"] == false)
      _ = try await server.send(.put, "/policies/21", #"{"enabled":false}"#)
      #expect(try await policy(6)?.enabled == false)
      _ = try await server.send(.put, "/policies/6", #"{"enabled":true}"#)
      let controls = try await policy(21)
      #expect(controls?.enabled == true && controls?.data?["disableSend"] == true)
      // One that is on already, but without the member.
      _ = try await server.send(.put, "/policies/7", #"{"enabled":true,"data":{"disableHideEmail":false}}"#)
      _ = try await server.send(.put, "/policies/21", #"{"enabled":true,"data":{"disableHideEmail":true}}"#)
      let options = try await policy(7)
      #expect(options?.enabled == true && options?.data == ["disableHideEmail": true])
    }
  }
}

extension Sequence where Element: Sendable {
  func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var results: [T] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
