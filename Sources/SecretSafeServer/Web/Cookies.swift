import HTTPTypes
import Hummingbird
import SecretSafeStore

enum WebCookie: String {
  /// Knows an owner again.
  case session = "safesh-session"
  /// Knows a browser again whose visitor has not signed in, for the proof in its forms.
  case browser = "safesh-browser"
}

extension SessionToken {
  /// The cookie of that name; nil without one, or for what we would not have set.
  init?(cookie name: String, of request: Request) {
    let values = request.headers[values: .cookie].lazy.flatMap { $0.split(separator: ";") }.compactMap { pair -> Substring? in
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return parts.count == 2 && parts[0] == name ? parts[1] : nil
    }
    guard let value = values.first else { return nil }
    self.init(value)
  }
}

extension WebSafe {
  /// With TLS the name says that only this host can have set it.
  func cookieName(_ cookie: WebCookie) -> String { (settings.address.isSecure ? "__Host-" : "") + cookie.rawValue }
}

extension Response {
  mutating func set(_ cookie: WebCookie, _ token: SessionToken, _ web: WebSafe) { append(cookie, token.text, web) }

  mutating func end(_ cookie: WebCookie, _ web: WebSafe) { append(cookie, "", web, more: "; Max-Age=0") }

  private mutating func append(_ cookie: WebCookie, _ value: String, _ web: WebSafe, more: String = "") {
    let secure = web.settings.address.isSecure ? "; Secure" : ""
    headers[values: .setCookie].append("\(web.cookieName(cookie))=\(value); Path=/; HttpOnly; SameSite=Lax\(secure)\(more)")
  }
}
