import FoundationEssentials
import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `POST /identity/connect/token` (`api.md` 1.3 to 1.6)
struct TokenController: Sendable {
  /// Bytes of a form. Its fields have some hundred; whoever sends one need not have a key.
  static let formLimit = 64 * 1024
  private static let clientIDLimit = 100
  private static let scopeLimit = 300
  /// Grant types that exist but are not for an organization's key.
  private static let otherGrants: Set<String> = [
    "authorization_code", "password", "refresh_token", "implicit", "hybrid", "webauthn", "send_access",
    "urn:ietf:params:oauth:grant-type:device_code",
  ]

  let store: Store
  /// Seconds that a token lives.
  let lifetime: Int

  func token(_ request: Request) async throws -> Response {
    guard let header = request.headers[.contentType], mediaType(header) == "application/x-www-form-urlencoded"
    else { throw Failure.oauth("invalid_request") }
    let bytes: [UInt8]
    do { bytes = try await collectedBody(of: request, upTo: Self.formLimit) } catch Failure.brokenBody { throw Failure.oauth("invalid_request") }
    let form = Form(bytes)

    guard let client = Client(basic: request.headers[.authorization]) ?? Client(form),
      client.id.utf16.count <= Self.clientIDLimit, let key = ClientID(client.id),
      let mayHave = try store.scopes(organization: key.organization, key: key.scoped, secret: client.secret)
    else { throw Failure.oauth("invalid_client") }

    let grant = form["grant_type"]
    guard grant == "client_credentials" else {
      throw Failure.oauth(grant.map(Self.otherGrants.contains) == true ? "unauthorized_client" : "unsupported_grant_type")
    }
    let text = form["scope"] ?? mayHave.text
    guard text.utf16.count <= Self.scopeLimit, let scopes = Scopes(text), mayHave.allows(scopes)
    else { throw Failure.oauth("invalid_scope") }

    let issued = try await store.issueToken(
      organization: key.organization, key: key.scoped, secret: client.secret, scopes: scopes, lifetime: lifetime)
    guard let token = issued else { throw Failure.oauth("invalid_client") }
    var response = Response.json(
      TokenAnswer(accessToken: token.text, expiresIn: token.lifetime, scope: scopes.text))
    response.headers.forbidStoring()
    return response
  }

  /// `organization.<guid>`, or `organization.<guid>.<key guid>` of a scoped key.
  private struct ClientID {
    let organization: GUID
    let scoped: GUID?

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2 || parts.count == 3, parts[0] == "organization", let organization = GUID(parts[1]) else { return nil }
      self.organization = organization
      scoped = parts.count == 3 ? GUID(parts[2]) : nil
      if parts.count == 3, scoped == nil { return nil }
    }
  }

  private struct Client {
    let id: String
    let secret: String

    init?(_ form: Form) {
      guard let id = form["client_id"], let secret = form["client_secret"] else { return nil }
      self.id = id
      self.secret = secret
    }

    /// `Basic base64(id:secret)`, both percent-encoded.
    init?(basic header: String?) {
      guard let header, header.prefix(6).lowercased() == "basic ",
        let data = Data(base64Encoded: String(header.dropFirst(6).filter { !$0.isWhitespace }))
      else { return nil }
      let parts = Array(data).split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let id = Form.decoded(parts[0]), let secret = Form.decoded(parts[1]), !secret.isEmpty
      else { return nil }
      self.id = id
      self.secret = secret
    }
  }
}
