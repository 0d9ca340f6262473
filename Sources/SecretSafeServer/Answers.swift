import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI
import SecretSafeStore

extension Response {
  static func json(_ body: some JSONWritable, status: HTTPResponse.Status = .ok) -> Response {
    json(body.json, status: status)
  }

  static func json(_ ids: [GUID]) -> Response {
    var writer = JSONWriter(reserving: 2 + 39 * ids.count)
    writer.array(ids) { $0.id($1) }
    return json(writer.bytes)
  }

  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: .json, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// A file that pages load, which browsers keep for a day.
  static func asset(_ bytes: ByteBuffer, type: String) -> Response {
    Response(status: .ok, headers: [.contentType: type, .cacheControl: "public, max-age=86400"], body: ResponseBody(byteBuffer: bytes))
  }

  /// No body and no content type.
  static func empty(_ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) -> Response {
    Response(status: status, headers: headers)
  }
}

/// Why a request gets no success; each is one answer of `api.md` 2.6.
enum Failure: Error {
  case unauthorized(tokenPresent: Bool)
  /// The token lacks the scope.
  case forbidden
  case notFound
  case methodNotAllowed([HTTPRequest.Method])
  case unsupportedMediaType
  case tooLarge
  /// The body ends too early, or its chunks have no form.
  case brokenBody
  case invalid(Problems)
  case oauth(String)

  var response: Response {
    switch self {
    case .unauthorized(let tokenPresent):
      let reason = tokenPresent ? " error=\"invalid_token\", error_description=\"The access token is unknown or has expired\"" : ""
      return .empty(.unauthorized, [.wwwAuthenticate: "Bearer" + reason])
    case .forbidden: return .empty(.forbidden)
    case .notFound: return .empty(.notFound)
    case .methodNotAllowed(let methods):
      return .empty(.methodNotAllowed, [.allow: methods.map(\.rawValue).joined(separator: ", ")])
    case .unsupportedMediaType: return .empty(.unsupportedMediaType)
    case .tooLarge: return .empty(.contentTooLarge)
    case .brokenBody: return .empty(.badRequest)
    case .invalid(let problems): return .json(problems.body, status: .badRequest)
    case .oauth(let code):
      var response = Response.json(OAuthError(error: code), status: .badRequest)
      response.headers.forbidStoring()
      return response
    }
  }
}

extension Refusal {
  var response: Response {
    switch self {
    case .noSuchObject: .empty(.notFound)
    case .noSuchReference: .json(ErrorObject(message: "Resource not found."), status: .notFound)
    case .rule(let text): .json(ErrorObject(message: text), status: .badRequest)
    }
  }
}

extension String {
  /// The content type of a page.
  static let htmlType = "text/html; charset=utf-8"
}

extension HTTPFields {
  /// `api.md` 1.4
  mutating func forbidStoring() {
    self[.cacheControl] = "no-store, no-cache, max-age=0"
    self[.pragma] = "no-cache"
  }

  /// `api.md` 2.1
  mutating func secure() {
    if self[values: .frameOptions].isEmpty { append(contentsOf: Self.security) }
  }

  fileprivate static let security: HTTPFields = [.frameOptions: "SAMEORIGIN", .xssProtection: "1; mode=block", .xContentTypeOptions: "nosniff"]

  /// Those of JSON, secure from the start: what most answers have is put together once.
  fileprivate static let json: HTTPFields = {
    var fields = security
    fields[.contentType] = "application/json; charset=utf-8"
    return fields
  }()

  /// As the subscript, which joins values also where there is only one, as nearly always.
  func value(_ name: HTTPField.Name) -> String? {
    let values = self[values: name]
    return values.count > 1 ? self[name] : values.first
  }
}

extension HTTPField.Name {
  static let deviceType = named("Device-Type")
  static let pragma = named("Pragma")
  static let frameOptions = named("X-Frame-Options")
  static let xssProtection = named("X-XSS-Protection")

  static func named(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("letters and hyphens make a field name") }
    return name
  }
}
