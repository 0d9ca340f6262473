import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// The two ways to the same routes.
enum Way: CaseIterable, Sendable {
  /// In process, without a socket.
  case router
  /// HTTP/1.1 on a free loopback port.
  case socket
}

/// A server on a database in memory with a small organization (`ours`) and a second one that it must never see.
struct TestServer: Sendable {
  let client: any TestClientProtocol
  let store: Store
  let organization: OrganizationID
  let foreignOrganization: OrganizationID
  let key: OrganizationKey
  let token: String

  static let owner = guid(30)
  static let user = guid(31)
  static let invited = guid(32)
  static let accepted = guid(33)
  static let staged = guid(34)
  static let engineering = guid(10)
  static let sales = guid(11)
  static let production = guid(20)
  static let crm = guid(21)
  static let foreignMember = guid(130)
  static let foreignGroup = guid(110)
  static let foreignCollection = guid(120)
  static let unknown = guid(999)

  static func run(
    _ way: Way, operation: ServerOperation = ServerOperation(), web: WebSettings = WebSettings(),
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    let store = try Store.open(.memory)
    let ours = try await store.createOrganization(guid(1), name: "Ours")
    let theirs = try await store.createOrganization(guid(2), name: "Theirs")
    try await fill(store, ours: ours, theirs: theirs)
    let key = OrganizationKey(try await store.issueKey(ours, .organization))
    let token = try await store.issueToken(organization: ours.id, secret: key.clientSecret)
    let application = Application(responder: Routes(store: store, web: web).responder(operation))
    try await application.test(way == .router ? .router : .live) { client in
      try await body(
        TestServer(client: client, store: store, organization: ours, foreignOrganization: theirs, key: key, token: token?.text ?? ""))
    }
    try store.close()
  }

  private static func fill(_ store: Store, ours: OrganizationID, theirs: OrganizationID) async throws {
    try await store.change(ours) { change in
      try change.load(SharedCollection(id: production, externalId: "infra/production"))
      try change.load(SharedCollection(id: crm, externalId: "sales/crm"))
      try change.load(
        Group(id: engineering, name: "Engineering", externalId: "cn=eng", collections: [Association(id: production, access: .edit)]))
      try change.load(Group(id: sales, name: "Sales"))
      try change.load(
        Member(
          id: owner, userId: guid(40), name: "Olga Owner", email: "owner@example.net", twoFactorEnabled: true,
          status: .confirmed, type: .owner))
      try change.load(
        Member(
          id: user, userId: guid(41), name: "Uwe User", email: "user@example.net", status: .confirmed, type: .user,
          externalId: "hr-1", collections: [Association(id: production, access: .view)]),
        groups: [engineering])
      try change.load(Member(id: invited, email: "invited@example.net", status: .invited, type: .user))
      try change.load(Member(id: accepted, userId: guid(43), email: "accepted@example.net", status: .accepted, type: .owner))
      try change.load(Member(id: staged, email: "staged@example.net", status: .staged, type: .user))
    }
    try await store.change(theirs) { change in
      try change.load(SharedCollection(id: foreignCollection))
      try change.load(Group(id: foreignGroup, name: "Foreign"))
      try change.load(Member(id: foreignMember, email: "foreign@example.net", status: .confirmed, type: .owner))
    }
  }

  /// Sends a request to the API; a body is JSON unless `type` says otherwise.
  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, type: String? = "application/json",
    authorization: String? = "token", headers: HTTPFields = [:]
  ) async throws -> Answer {
    var headers = headers
    if body != nil { headers[.contentType] = type }
    headers[.authorization] = authorization == "token" ? "Bearer " + token : authorization
    let answer = try await client.execute(
      uri: "/api/public" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { Answer($0) }
    // Every answer is held against the served document.
    let problems = DocumentValidator.shared.problems(
      method.rawValue, path, status: answer.status, type: answer.headers[.contentType], body: answer.text)
    #expect(problems.isEmpty, "\(problems)")
    return answer
  }

  /// Gets a path of the server without a token.
  func get(_ path: String) async throws -> Answer {
    try await client.execute(uri: path, method: .get) { Answer($0) }
  }

  /// Sends a form to the token endpoint.
  func requestToken(_ form: String, headers: HTTPFields = [:]) async throws -> Answer {
    var headers = headers
    headers[.contentType] = "application/x-www-form-urlencoded"
    return try await client.execute(
      uri: "/identity/connect/token", method: .post, headers: headers, body: ByteBuffer(string: form)
    ) { Answer($0) }
  }

  func member(_ id: GUID) async throws -> Member {
    try await send(.get, "/members/\(id)").decoded()
  }

  /// Everything that a refused request must leave as it is.
  func everything() async throws -> [String] {
    var texts: [String] = []
    for path in ["/members", "/groups", "/collections"] { texts.append(try await send(.get, path).text) }
    let members: ListAnswer<Member> = try await send(.get, "/members").decoded()
    for member in members.data { texts.append(try await send(.get, "/members/\(member.id)/group-ids").text) }
    return texts
  }
}

struct Answer: Sendable {
  let status: Int
  let headers: HTTPFields
  let text: String

  init(_ response: TestResponse) {
    status = response.status.code
    headers = response.headers
    text = String(buffer: response.body)
  }

  func decoded<T: Decodable>() throws -> T { try JSONDecoder().decode(T.self, from: Data(text.utf8)) }

  /// Of an error object.
  var message: String? { try? (decoded() as ErrorObject).message }
  var errors: [String: [String]]? { try? (decoded() as ErrorObject).errors }
}

func guid(_ number: UInt64) -> GUID { GUID(high: 0, low: number) }

func refusal(_ message: String) -> String { #"{"object":"error","message":"\#(message)","errors":null}"# }

func validation(_ errors: String) -> String {
  #"{"object":"error","message":"The request's model state is invalid.","errors":\#(errors)}"#
}

let lastOwner = refusal("Organization must have at least one confirmed owner.")
let notFoundInBody = refusal("Resource not found.")
let manageAlone = refusal(
  "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords properties are also true.")
