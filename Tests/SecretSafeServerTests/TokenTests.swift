import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import SecretSafeServer

/// `api.md` 1.3 to 1.7
@Suite struct TokenTests {
  @Test(arguments: Way.allCases) func formGetsTheFourMembersInOrder(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.requestToken(
        "grant_type=client_credentials&scope=api.organization&client_id=\(server.key.clientID)"
          + "&client_secret=\(server.key.clientSecret)&deviceType=8")
      #expect(answer.status == 200)
      let form = /\{"access_token":"[A-Za-z0-9]{43}","expires_in":3600,"token_type":"Bearer","scope":"api.organization"\}/
      #expect(answer.text.wholeMatch(of: form) != nil)
      #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
      #expect(answer.headers[.cacheControl] == "no-store, no-cache, max-age=0")
      #expect(answer.headers[.pragma] == "no-cache")
      let token = String(answer.text.split(separator: "\"")[3])
      #expect(try await server.send(.get, "/members", authorization: "bearer " + token).status == 200)
    }
  }

  @Test(arguments: Way.allCases) func basicIsTakenToo(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let id = server.key.clientID.replacingOccurrences(of: ".", with: "%2E").replacingOccurrences(of: "-", with: "%2d")
      for client in [id, server.key.clientID, server.key.clientID.uppercasedGUID] {
        let answer = try await server.requestToken(
          "grant_type=client_credentials", headers: [.authorization: basic(client, server.key.clientSecret)])
        #expect(answer.status == 200, "\(client)")
      }
    }
  }

  @Test(arguments: [
    ("grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=", 200, ""),
    ("grant_type=client_credentials&client_id=ID&client_secret=wrong", 400, "invalid_client"),
    ("grant_type=client_credentials&client_id=ID", 400, "invalid_client"),
    ("grant_type=client_credentials&client_id=ID&secret=SECRET", 400, "invalid_client"),
    ("grant_type=client_credentials", 400, "invalid_client"),
    ("grant_type=client_credentials&client_id=organization.&client_secret=SECRET", 400, "invalid_client"),
    ("grant_type=client_credentials&client_id=organization.x&client_secret=SECRET", 400, "invalid_client"),
    (
      "grant_type=client_credentials&client_id=organization.00000000-0000-0000-0000-000000000003&client_secret=SECRET", 400,
      "invalid_client"
    ),
    (
      "grant_type=client_credentials&client_id=organization.00000000-0000-0000-0000-000000000002&client_secret=SECRET", 400,
      "invalid_client"
    ),
    (
      "grant_type=client_credentials&client_id=user.00000000-0000-0000-0000-000000000001&client_secret=SECRET", 400,
      "invalid_client"
    ),
    (
      "grant_type=client_credentials&client_id=ID\(String(repeating: "0", count: 100))&client_secret=SECRET", 400,
      "invalid_client"
    ),
    ("client_id=ID&client_secret=SECRET", 400, "unsupported_grant_type"),
    ("grant_type=magic&client_id=ID&client_secret=SECRET", 400, "unsupported_grant_type"),
    ("grant_type=password&client_id=ID&client_secret=SECRET", 400, "unauthorized_client"),
    ("grant_type=authorization_code&client_id=ID&client_secret=SECRET", 400, "unauthorized_client"),
    ("grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=api", 400, "invalid_scope"),
    ("grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=api.organization+api", 400, "invalid_scope"),
    (
      "grant_type=client_credentials&client_id=ID&client_secret=SECRET&scope=\(String(repeating: "api.organization+", count: 20))",
      400, "invalid_scope"
    ),
    ("%%%&==&&\u{0}", 400, "invalid_client"),
  ])
  func answersByTheTable(_ form: String, _ status: Int, _ error: String) async throws {
    try await TestServer.run(.socket) { server in
      let answer = try await server.requestToken(
        form.replacingOccurrences(of: "ID", with: server.key.clientID)
          .replacingOccurrences(of: "SECRET", with: server.key.clientSecret))
      #expect(answer.status == status)
      if status == 400 { #expect(answer.text == #"{"error":"\#(error)"}"#) }
    }
  }

  @Test(arguments: Way.allCases) func otherRequestsAreInvalid(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for method in [HTTPRequest.Method.get, .put, .delete] {
        let answer = try await server.client.execute(uri: "/identity/connect/token", method: method) { Answer($0) }
        #expect(answer.status == 400)
        #expect(answer.text == #"{"error":"invalid_request"}"#)
      }
      let json = try await server.client.execute(
        uri: "//identity//connect/token/", method: .post, headers: [.contentType: "application/json"]
      ) { Answer($0) }
      #expect(json.text == #"{"error":"invalid_request"}"#)
    }
  }

  @Test(arguments: Way.allCases) func aFormHasALimit(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let form = "grant_type=client_credentials&client_id=\(server.key.clientID)&client_secret=\(server.key.clientSecret)&x="
      let long = try await server.requestToken(form + String(repeating: "y", count: 32_000))
      let tooLong = try await server.requestToken(form + String(repeating: "y", count: TokenController.formLimit))
      #expect(long.status == 200 && tooLong.status == 413)
    }
  }

  @Test(arguments: Way.allCases) func withoutGoodTokenIs401(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      for authorization in [nil, "Basic abc", "Token x"] {
        let answer = try await server.send(.get, "/members", authorization: authorization)
        #expect(answer.status == 401)
        #expect(answer.text.isEmpty)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        #expect(answer.headers[.contentType] == nil)
      }
      let bad = try await server.send(.get, "/members", authorization: "Bearer abc")
      #expect(bad.status == 401)
      #expect(bad.headers[.wwwAuthenticate]?.hasPrefix(#"Bearer error="invalid_token", error_description=""#) == true)
    }
  }

  private func basic(_ id: String, _ secret: String) -> String {
    "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
  }
}

extension String {
  /// A client id with its guid in upper case.
  fileprivate var uppercasedGUID: String {
    "organization." + dropFirst("organization.".count).uppercased()
  }
}
