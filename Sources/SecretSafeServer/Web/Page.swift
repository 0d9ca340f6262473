import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI
import SecretSafeStore

/// What the layout shows, and the page's own content. Templates read it by the names here.
struct Page<Content: Sendable>: Sendable {
  var title: String
  var place: String
  var style = "/style.css?" + StyleSheet.version
  var visitor: String?
  var sections: [Section] = []
  var isNarrow = false
  var formToken: String
  var notice: String?
  var problem: String?
  var content: Content
}

struct NoContent: Sendable {}

struct Section: Sendable {
  let path: String
  let label: String
  var isCurrent = false

  static let all = [
    Section(path: "/members", label: "Members"), Section(path: "/collections", label: "Collections"), Section(path: "/events", label: "Events"),
    Section(path: "/outbox", label: "Outbox"), Section(path: "/settings/organization/key", label: "API key"),
    Section(path: "/settings/organization/keys", label: "Scoped keys"),
  ]
}

extension StyleSheet {
  /// Changes with the text, so that a browser does not keep an old one. FNV-1a.
  static let version = String(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 36)
}

extension WebSafe {
  func render(_ template: String, _ page: Page<some Sendable>, status: HTTPResponse.Status = .ok) -> Response {
    guard let text = WebTemplates.text(template, page) else {
      preconditionFailure("there is no template \(template): pages name those of WebTemplates")
    }
    return .page(text, status: status)
  }

  func page(_ failure: WebFailure) -> Response {
    var response = message(failure.title, failure.text, status: failure.status)
    switch failure {
    case .tooMany(let seconds): response.headers[.retryAfter] = String(seconds)
    case .methodNotAllowed(let methods): response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
    default: break
    }
    return response
  }

  /// A page that says one thing, without the visitor's sections: it may not be known who that is.
  func message(_ title: String, _ text: String, status: HTTPResponse.Status) -> Response {
    struct Content {
      let text: String
      let path = "/"
      let label = "Go to the start"
    }
    return render("message", Page(title: title, place: "safesh", isNarrow: true, formToken: "", content: Content(text: text)), status: status)
  }
}

extension Response {
  static func page(_ text: String, status: HTTPResponse.Status) -> Response {
    var response = Response.text(text, type: .htmlType, status: status)
    response.headers.protectPage()
    return response
  }

  /// To a path of ours, to be fetched by GET, where a notice tells what was done.
  static func page(movedTo path: String, telling notice: Notice? = nil) -> Response {
    var response = Response.empty(.seeOther, [.location: path + (notice.map { "?done=\($0.rawValue)" } ?? "")])
    response.headers.protectPage()
    return response
  }
}

extension HTTPFields {
  /// No script at all, nothing from elsewhere, no frame around it, and no copy of it anywhere.
  fileprivate mutating func protectPage() {
    self[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    self[.referrerPolicy] = "no-referrer"
    self[.cacheControl] = "no-store"
  }
}

extension HTTPField.Name {
  fileprivate static let referrerPolicy = named("Referrer-Policy")
}
