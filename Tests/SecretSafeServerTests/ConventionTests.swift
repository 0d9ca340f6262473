import HTTPTypes
import HummingbirdTesting
import NIOCore
import SecretSafeAPI
import Synchronization
import Testing

@testable import SecretSafeServer

/// `api.md` 2
@Suite struct ConventionTests {
  @Test func everyEndpointHasARoute() {
    #expect(Set(Routes.actions.keys) == Set(Endpoint.all))
  }

  @Test(arguments: Way.allCases) func everyEndpointDemandsAToken(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for endpoint in Endpoint.all {
        let path = String(endpoint.path(guid(999)).dropFirst("/public".count))
        let answer = try await server.send(endpoint.httpMethod, path, authorization: nil)
        #expect(answer.status == 401, "\(endpoint.name)")
      }
    }
  }

  @Test(arguments: Way.allCases) func checksHaveTheirOrder(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      // An unknown path is 404, with and without a token.
      for authorization in [nil, "token"] {
        for path in ["/memberss", "/members/1/x", "/members/\(TestServer.user)/revoke/x", "", "/policy"] {
          let answer = try await server.send(.get, path, authorization: authorization)
          #expect(answer.status == 404)
          #expect(answer.text.isEmpty)
        }
      }
      // 401 before 404 of the object, 405 and 415.
      #expect(try await server.send(.patch, "/members", authorization: nil).status == 401)
      #expect(try await server.send(.put, "/members/\(TestServer.unknown)", "x", type: "text/plain", authorization: nil).status == 401)
      // 404 of the object before 405, 415 and 400.
      #expect(try await server.send(.patch, "/members/\(TestServer.unknown)").status == 404)
      #expect(try await server.send(.put, "/members/\(TestServer.unknown)", "x", type: "text/plain").status == 404)
      #expect(try await server.send(.put, "/groups/\(TestServer.unknown)", "{}").status == 404)
      #expect(try await server.send(.put, "/groups/\(TestServer.foreignGroup)", "{}").status == 404)
      // 415 before 400 of the body, that before 404 in it, that before the rules.
      #expect(try await server.send(.put, "/members/\(TestServer.owner)", "x", type: "text/plain").status == 415)
      let unknown = #"{"id":"\#(TestServer.unknown)","readOnly":true}"#
      #expect(
        try await server.send(.put, "/members/\(TestServer.owner)", #"{"type":3,"collections":[\#(unknown)]}"#).errors?.keys
          .contains("Type") == true)
      #expect(try await server.send(.put, "/members/\(TestServer.owner)", #"{"type":2,"collections":[\#(unknown)]}"#).text == notFoundInBody)
      #expect(try await server.send(.put, "/members/\(TestServer.owner)", #"{"type":2}"#).text == lastOwner)
    }
  }

  @Test(arguments: Way.allCases) func wrongMethodNamesTheRightOnes(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for (method, path, allowed) in [
        (HTTPRequest.Method.patch, "/members", "GET, POST"), (.post, "/members/\(TestServer.user)", "GET, PUT, DELETE"),
        (.get, "/members/\(TestServer.user)/revoke", "POST"), (.post, "/collections", "GET"),
        (.delete, "/groups/\(TestServer.sales)/member-ids/", "GET, PUT"),
      ] {
        let answer = try await server.send(method, path)
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == allowed)
        #expect(answer.text.isEmpty)
      }
    }
  }

  @Test(arguments: Way.allCases) func mediaTypes(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let body = #"{"name":"x"}"#
      for type in ["application/json", "text/json", "Application/vnd.acme+JSON", "application/json; charset=utf-8"] {
        #expect(try await server.send(.post, "/groups", body, type: type).status == 200, "\(type)")
      }
      for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/x+json", nil] {
        let answer = try await server.send(.post, "/groups", body, type: type)
        #expect(answer.status == 415)
        #expect(answer.text.isEmpty)
      }
      // Where there is no body, its type does not matter.
      let json: HTTPFields = [.contentType: "application/json"]
      #expect(try await server.send(.post, "/members/\(TestServer.invited)/reinvite", headers: json).status == 200)
      #expect(try await server.send(.get, "/members", headers: [.contentType: "text/plain"]).status == 200)
      #expect(try await server.send(.delete, "/members/\(TestServer.invited)", headers: [.contentLength: "0"]).status == 200)
    }
  }

  @Test(arguments: Way.allCases) func slashesAreTolerated(_ way: Way) async throws {
    try await TestServer.run(way) { server async throws in
      for path in ["/members/", "//members", "/members//\(TestServer.user)///group-ids//", "/members?x=1"] {
        #expect(try await server.send(.get, path).status == 200, "\(path)")
      }
      #expect(try await server.send(.post, "/groups/", #"{"name":"x"}"#).status == 200)
    }
  }

  @Test(arguments: Way.allCases) func identifiersMayBePercentEncoded(_ way: Way) async throws {
    try await TestServer.run(way) { server async throws in
      let user = TestServer.user.description.replacing("-", with: "%2D")
      for (method, path, body, status) in [
        (HTTPRequest.Method.get, "/members/\(user)", nil, 200), (.put, "/members/\(user)/group-ids", #"{"groupIds":[]}"#, 200),
        (.patch, "/members/\(user)", nil, 405), (.patch, "/members/\(TestServer.unknown.description.replacing("-", with: "%2d"))", nil, 404),
        (.put, "/policies/%31", #"{"enabled":false}"#, 200), (.get, "/policies/Master%50assword", nil, 200),
      ] as [(HTTPRequest.Method, String, String?, Int)] {
        #expect(try await server.send(method, path, body).status == status, "\(path)")
      }
      for (sent, shown) in [("%zz", "%zz"), ("%ff", "%ff"), ("a%20b", "a b"), ("a+b", "a+b"), ("%00", #"\u0000"#)] {
        let answer = try await server.send(.get, "/members/\(sent)")
        #expect(answer.text == validation(#"{"id":["The value '\#(shown)' is not valid."]}"#))
      }
    }
  }

  @Test(arguments: Way.allCases) func brokenBodies(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for body in ["{", "[1,]", #"{"name":"x",}"#, "{'name':1}", "\u{FFFF}", #"{"name":"\ud800"}"#, "nul", "{} {}", "[]", "7"] {
        let answer = try await server.send(.post, "/groups", body)
        #expect(answer.status == 400)
        #expect(answer.errors.map { Array($0.keys) } == ["$"], "\(body)")
      }
      let deep = #"{"name":"# + String(repeating: "[", count: 200_000)
      #expect(try await server.send(.post, "/groups", deep).errors.map { Array($0.keys) } == ["$"])
      #expect(try await server.send(.post, "/groups", "null").text == validation(#"{"":["Body is empty."]}"#))
      #expect(try await server.send(.post, "/groups").text == validation(#"{"":["Body is empty."]}"#))
    }
  }

  @Test(arguments: Way.allCases) func tooLargeIsRefused(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let body = #"{"name":""# + String(repeating: "x", count: Call.bodyLimit) + #""}"#
      let answer = try await server.send(.post, "/groups", body)
      #expect(answer.status == 413)
      #expect(answer.text.isEmpty)
    }
  }

  @Test(arguments: Way.allCases) func namesMatchWithoutCaseAndUnknownOnesAreIgnored(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.send(
        .post, "/groups", #"{"NAME":"Ops","externalID":"cn=ops","accessAll":true,"users":[{}],"nAme":"Ops 2"}"#)
      let group: Group = try answer.decoded()
      #expect(group.name == "Ops 2")
      #expect(group.externalId == "cn=ops")
    }
  }

  @Test(arguments: Way.allCases) func malformedIdsAreValidationFailures(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for (method, path) in [
        (HTTPRequest.Method.get, "/members/abc"), (.delete, "/members/abc"), (.get, "/members/abc/group-ids"),
        (.post, "/members/abc/revoke"), (.get, "/groups/abc"), (.delete, "/groups/abc"), (.get, "/groups/abc/member-ids"),
      ] {
        let answer = try await server.send(method, path)
        #expect(answer.status == 400)
        #expect(answer.text == validation(#"{"id":["The value 'abc' is not valid."]}"#))
      }
      #expect(
        try await server.send(.put, "/groups/abc", "{}").text
          == validation(#"{"Name":["The Name field is required."],"id":["The value 'abc' is not valid."]}"#))
    }
  }

  @Test(arguments: Way.allCases) func unknownAndForeignObjectsAre404(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for id in [TestServer.unknown, TestServer.foreignMember, TestServer.foreignGroup] {
        for endpoint in Endpoint.all where endpoint.path.contains("{id}") {
          let path = String(endpoint.path(id).dropFirst("/public".count))
          let answer = try await server.send(endpoint.httpMethod, path)
          #expect(answer.status == 404, "\(endpoint.name)")
          #expect(answer.text.isEmpty)
          #expect(answer.headers[.contentType] == nil)
        }
      }
    }
  }

  @Test(arguments: Way.allCases) func everyAnswerHasTheSecurityHeaders(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for answer in [
        try await server.send(.get, "/members"), try await server.send(.get, "/nothing"),
        try await server.send(.get, "/members", authorization: nil), try await server.send(.patch, "/members"),
        try await server.requestToken(""),
      ] {
        #expect(answer.headers[.frameOptions] == "SAMEORIGIN")
        #expect(answer.headers[.xssProtection] == "1; mode=block")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
      }
    }
  }

  @Test(arguments: Way.allCases) func aliveTellsTheTime(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for path in ["/api/alive", "/identity/alive", "/api/alive/"] {
        let answer = try await server.client.execute(uri: path, method: .get) { Answer($0) }
        #expect(answer.status == 200)
        #expect(answer.text.wholeMatch(of: /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z"/) != nil)
      }
      for path in ["/api/alive", "/identity/alive/", "/api/specs/public/swagger.json", "/api/docs"] {
        let answer = try await server.client.execute(uri: path, method: .post) { Answer($0) }
        #expect(answer.status == 405 && answer.headers[.allow] == "GET" && answer.text.isEmpty, "\(path)")
      }
    }
  }
}
