import Mustache

/// The pages' texts, read once. They are literals since what ships is one file.
enum WebTemplates {
  /// A page's own text; it fills the layout.
  static let pages: [String: String] = [
    "sign-in": SignInTemplates.signIn, "choose": SignInTemplates.choose, "message": SignInTemplates.message, "join": JoinTemplates.join,
    "joined": JoinTemplates.joined, "key": KeyTemplates.key, "keys": KeyTemplates.keys, "secret": KeyTemplates.secret,
    "members": MemberTemplates.list, "member": MemberTemplates.member, "invite": MemberTemplates.invite,
    "collections": CollectionTemplates.list, "events": EventTemplates.log, "outbox": OutboxTemplates.outbox,
  ]

  private static let partials = ["layout": LayoutTemplates.layout, "proof": LayoutTemplates.proof]

  /// Nil if there is no page of that name.
  static func text(_ name: String, _ page: Page<some Sendable>) -> String? { library.render(page, withTemplate: name) }

  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(Markup(), named: "MARKUP")
    var library = MustacheLibrary()
    do {
      // Each one names the type itself: what a page includes begins with the library's own.
      for (name, text) in partials { try library.register("{{% CONTENT_TYPE:MARKUP}}" + text, named: name) }
      for (name, text) in pages {
        try library.register("{{% CONTENT_TYPE:MARKUP}}{{<layout}}{{$main}}\n" + text + "\n{{/main}}{{/layout}}", named: name)
      }
    } catch {
      preconditionFailure("a test reads every template: \(error)")
    }
    return library
  }()
}

/// Escapes scalar by scalar. The library's own way is by characters, and passes a quotation mark that a combining mark follows,
/// which ends an attribute all the same.
struct Markup: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
