import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// What a browser does: it keeps cookies, and sends the hidden fields of the form that it was shown.
final class WebBrowser {
  static let password = "correct horse battery staple"
  static let ownerEmail = "owner@example.net"

  let server: TestServer
  var cookies: [String: String] = [:]
  /// The last page.
  private(set) var page: Answer?
  /// Of the last page with a form.
  private var proof: String?

  init(_ server: TestServer) { self.server = server }

  /// An owner of `ours` at the first page.
  static func signedIn(_ server: TestServer) async throws -> WebBrowser {
    try await server.store.setPassword(server.organization, TestServer.owner, password)
    let browser = WebBrowser(server)
    let answer = try await browser.signIn()
    #expect(answer.status == 303)
    return browser
  }

  func signIn(_ email: String = ownerEmail, _ password: String = password) async throws -> Answer {
    try await get("/sign-in")
    return try await post("/sign-in", ["email": email, "password": password])
  }

  @discardableResult
  func get(_ path: String) async throws -> Answer {
    let answer = try await execute(.get, path, nil)
    page = answer
    proof = field("form") ?? proof
    return answer
  }

  /// Sends a form of the last page: its hidden proof and these fields.
  @discardableResult
  func post(_ path: String, _ fields: [String: String] = [:], proof: String? = nil) async throws -> Answer {
    var fields = fields
    fields["form"] = proof ?? self.proof
    let body = fields.map { "\($0.key.queryEncoded)=\($0.value.queryEncoded)" }.joined(separator: "&")
    return try await execute(.post, path, body)
  }

  /// The value of a hidden field of the last page.
  func field(_ name: String) -> String? {
    page?.text.firstMatch(of: (try? Regex(#"name="\#(name)" value="([^"]*)""#)) ?? Regex(verbatim: "")).flatMap { $0[1].substring.map(String.init) }
  }

  private func execute(_ method: HTTPRequest.Method, _ path: String, _ body: String?) async throws -> Answer {
    var headers: HTTPFields = [:]
    if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
    if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
    let answer = try await server.client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { Answer($0) }
    for line in answer.headers[values: .setCookie] {
      let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      cookies[String(pair[0])] = line.contains("Max-Age=0") ? nil : String(pair[1])
    }
    return answer
  }
}

extension TestServer {
  /// The link of a member's newest invitation, as the outbox has it.
  func invitationPath(_ email: String) throws -> String {
    let mails = try store.read(organization) { try $0.mails(limit: 100).mails }
    return "/join/\(try #require(mails.first { $0.email == email && $0.link != nil }?.link))"
  }

  func status(_ path: String, token: String) async throws -> Int {
    try await client.execute(uri: "/api/public" + path, method: .get, headers: [.authorization: "Bearer \(token)"]) { $0.status.code }
  }
}
