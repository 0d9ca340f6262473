import Testing

@testable import SecretSafeClient

/// The forms that a SecretSafe server does not send itself: other servers', proxies', broken ones. Its own are in `ClientTests`.
@Suite struct ErrorAnswerTests {
  private static func answer(_ status: Int, _ body: String, type: String = "application/json", location: String? = nil) -> ErrorAnswer {
    ErrorAnswer(Answer(status: status, contentType: type, retryAfter: nil, location: location, body: Array(body.utf8)))
  }

  struct Case: Sendable {
    let status: Int
    let body: String
    let kind: ClientError.Kind
    let message: String
  }

  @Test(arguments: [
    Case(
      status: 400, body: #"{"object":"error","message":"Errors have occurred.","errors":{"An error has occurred.":["Could not reach the mail server."]}}"#,
      kind: .invalid, message: "Could not reach the mail server."),
    Case(
      status: 400, body: #"{"message":"m","errors":{"Collections[0].Id":["is no id."],"":["A whole."],"Name":["The Name field is required."]}}"#,
      kind: .invalid, message: "A whole.; Collections[0].Id: is no id.; The Name field is required."),
    Case(
      status: 400, body: #"{"message":"","errors":{}}"#, kind: .refused,
      message: #"the server answers 400: {"message":"","errors":{}}; a proxy or bot protection may stand in front of it"#),
    Case(status: 402, body: #"{"message":"An error has occurred."}"#, kind: .refused, message: "An error has occurred."),
    Case(status: 403, body: "", kind: .refused, message: "the key has no right to do this (403)"),
    Case(
      status: 403, body: "error code: 1020", kind: .refused,
      message: "the server answers 403: error code: 1020; a proxy or bot protection may stand in front of it"),
    Case(status: 404, body: #"{"error":{"code":404,"reason":"Not Found"}}"#, kind: .notFound, message: "the object does not exist (404)"),
    Case(status: 422, body: #"{"message":"Unprocessable"}"#, kind: .refused, message: "Unprocessable"),
    Case(
      status: 429, body: #"{"message":"Slow down! Too many requests. Try again in 1m.","validationErrors":null,"object":"error"}"#,
      kind: .limit, message: "Slow down! Too many requests. Try again in 1m."),
    Case(status: 429, body: "", kind: .limit, message: "too many requests (429)"),
    Case(status: 500, body: #"{"message":"Something went wrong."}"#, kind: .server, message: "Something went wrong."),
    Case(
      status: 502, body: "<html>\n<head><title>502 Bad Gateway</title></head>", kind: .server,
      message: "the server answers 502: 502 Bad Gateway; a proxy or bot protection may stand in front of it"),
    Case(status: 503, body: "", kind: .server, message: "the server answers 503 without a reason"),
    Case(status: 503, body: "\n  \nupstream connect error\nmore", kind: .server, message: "the server answers 503: upstream connect error"),
    Case(status: 500, body: #"{"object":"error","mess"#, kind: .server, message: #"the server answers 500: {"object":"error","mess"#),
    Case(status: 400, body: #"{"message":"bad \u001b[2J\u202ename"}"#, kind: .refused, message: "bad \u{FFFD}[2J\u{FFFD}name"),
    Case(status: 405, body: "", kind: .invalid, message: "the server answers 405 without a reason"),
  ])
  func everyFormIsRead(_ it: Case) {
    let error = Self.answer(it.status, it.body).error
    #expect(error.kind == it.kind)
    #expect(error.message == it.message)
    #expect(error.status == it.status)
  }

  @Test func aRedirectIsNotFollowedButNamed() {
    let error = Self.answer(308, "", location: "https://elsewhere.example.net/").error
    #expect(error.kind == .network)
    #expect(error.message.hasPrefix("the server sends us elsewhere to https://elsewhere.example.net/ (308)"))
  }

  @Test func aLongFirstLineIsCut() {
    #expect(Self.answer(500, String(repeating: "x", count: 1_000_000), type: "text/plain").firstLine.count == 120)
    #expect(Self.answer(500, "\u{FF}\u{FE}", type: "").error.message.hasPrefix("the server answers 500: "))
  }

  @Test(arguments: [
    Case(
      status: 400, body: #"{"error":"invalid_client"}"#, kind: .unauthorized,
      message: "the server rejects the key; check client id and secret (invalid_client)"),
    Case(
      status: 400, body: #"{"error":"invalid_scope","error_description":"no such scope"}"#, kind: .unauthorized,
      message: "the key may not use the scope api.organization; is it an organization's key? (invalid_scope: no such scope)"),
    // Vaultwarden's (`api.md` 9.1).
    Case(
      status: 400, body: #"{"message":"Incorrect client_secret","validationErrors":{"":["Incorrect client_secret"]},"error":"","error_description":"","object":"error"}"#,
      kind: .unauthorized, message: "the server refuses to sign in (Incorrect client_secret)"),
    Case(status: 429, body: "Too many login requests", kind: .limit, message: "signing in: too many requests (429)"),
    Case(status: 404, body: "<h1>no</h1>", kind: .network, message: "signing in: there is no SecretSafe server at this URL (404)"),
    Case(
      status: 403, body: "error code: 1020", kind: .refused,
      message: "signing in: the server answers 403: error code: 1020; a proxy or bot protection may stand in front of it"),
    Case(status: 502, body: "", kind: .server, message: "signing in: the server answers 502 without a reason"),
  ])
  func theTokenEndpointsFormsAreRead(_ it: Case) {
    let error = Self.answer(it.status, it.body).tokenError
    #expect(error.kind == it.kind)
    #expect(error.message == it.message)
  }
}

/// What Vaultwarden sends (`api.md` 9), as its contract writes it.
@Suite struct VaultwardenAnswerTests {
  private func answer(_ status: Int, _ body: String) -> ErrorAnswer {
    ErrorAnswer(Answer(status: status, contentType: "application/json", body: Array(body.utf8)))
  }

  @Test func aRefusedTokenIsRead() {
    let error = answer(
      400,
      """
      {"message":"Incorrect client_secret","validationErrors":{"":["Incorrect client_secret"]},"errorModel":{"message":"Incorrect client_secret",
      "object":"error"},"error":"","error_description":"","exceptionMessage":null,"exceptionStackTrace":null,"innerExceptionMessage":null,"object":"error"}
      """
    ).tokenError
    #expect(error.kind == .unauthorized && error.message.contains("Incorrect client_secret"), "\(error.message)")
  }

  @Test func anUnknownPathIsTold() {
    #expect(answer(404, #"{"error":{"code":404,"reason":"Not Found","description":"The requested resource could not be found."}}"#).isUnknownPath)
    #expect(!answer(404, "").isUnknownPath)
    #expect(!answer(404, #"{"object":"error","message":"Resource not found.","errors":null}"#).isUnknownPath)
  }
}
