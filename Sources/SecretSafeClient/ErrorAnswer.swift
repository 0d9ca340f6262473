internal import FoundationEssentials
internal import SecretSafeAPI

/// Reads an answer that is no success: the error object, the token endpoint's, the rate limiter's, or whatever a proxy sent (`api.md` 2.5–2.7).
struct ErrorAnswer {
  let status: Int
  let contentType: String
  let body: [UInt8]

  /// One model for all: members that another model lacks are nil.
  private struct Model: Decodable {
    var message: String?
    var errors: [String: [String]]?
    var error: String?
    var error_description: String?
    var validationErrors: [String: [String]]?
  }

  var error: ClientError {
    let model = try? JSONDecoder().decode(Model.self, from: Data(body))
    switch status {
    case 401: return ClientError(.unauthorized, "the server does not accept the token", status: status)
    case 403: return ClientError(.refused, text(model) ?? "the key has no right to do this (403)", status: status)
    case 404: return ClientError(.notFound, text(model) ?? "the object does not exist (404)", status: status)
    case 429: return ClientError(.limit, text(model) ?? "too many requests (429)", status: status)
    case 400:
      if let errors = model?.errors ?? model?.validationErrors, !errors.isEmpty {
        return ClientError(.invalid, Self.text(errors), status: status)
      }
      return ClientError(.refused, text(model) ?? fallback, status: status)
    case 500...: return ClientError(.server, text(model) ?? fallback, status: status)
    default: return ClientError(.invalid, text(model) ?? fallback, status: status)
    }
  }

  /// The error of the token endpoint; the key is wrong unless it says something else.
  var tokenError: ClientError {
    let model = try? JSONDecoder().decode(Model.self, from: Data(body))
    guard let code = model?.error else {
      var error = error
      if status < 500, status != 429 {
        error.kind = .unauthorized
        error.message = "signing in: \(error.message)"
      }
      return error
    }
    let reason = model?.error_description.map { ": \($0)" } ?? ""
    let meaning =
      switch code {
      case "invalid_client": "the server rejects the key; check client id and secret"
      case "invalid_scope": "the key may not use the scope api.organization; is it an organization's key?"
      default: "the server refuses to sign in"
      }
    return ClientError(.unauthorized, "\(meaning) (\(code)\(reason))", status: status)
  }

  private func text(_ model: Model?) -> String? {
    guard let message = model?.message, !message.isEmpty else { return nil }
    return message
  }

  private static func text(_ errors: [String: [String]]) -> String {
    errors.sorted { $0.key < $1.key }
      .map { key, texts in
        let text = texts.joined(separator: " ")
        return key.isEmpty || text.localizedFieldMention(key) ? text : "\(key): \(text)"
      }
      .joined(separator: "; ")
  }

  /// Status and first line, for what is no JSON: an empty body, a page of a proxy.
  private var fallback: String {
    let text = String(decoding: body.prefix(4096), as: UTF8.self)
    let isPage = contentType.contains("html") || text.drop { $0.isWhitespace }.hasPrefix("<")
    let line = isPage ? Self.title(text) : text.split(whereSeparator: \.isNewline).first.map(String.init)
    let shown = (line ?? "").trimmingPrefix { $0.isWhitespace }.prefix(120)
    let proxy = isPage || (status == 400 || status == 403) && !shown.isEmpty ? "; a proxy or bot protection may stand in front of the server" : ""
    return shown.isEmpty ? "the server answers \(status) without a reason" : "the server answers \(status): \(shown)\(proxy)"
  }

  private static func title(_ page: String) -> String? {
    let lowered = page.lowercased()
    guard let open = lowered.firstRange(of: "<title>"), let close = lowered[open.upperBound...].firstRange(of: "</title>") else {
      return "an HTML page"
    }
    let start = lowered.distance(from: lowered.startIndex, to: open.upperBound)
    let end = lowered.distance(from: lowered.startIndex, to: close.lowerBound)
    guard lowered.count == page.count else { return "an HTML page" }
    return String(page.dropFirst(start).prefix(end - start))
  }
}

extension String {
  /// Whether the text names the field itself, so that it need not be named again.
  fileprivate func localizedFieldMention(_ field: String) -> Bool { contains("The \(field) field") || contains("The field \(field)") }
}
