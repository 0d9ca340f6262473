internal import FoundationEssentials
internal import SecretSafeAPI

/// Reads an answer that is no success: the error object, the token endpoint's, the rate limiter's, or whatever a proxy sent (`api.md` 2.5–2.7).
struct ErrorAnswer {
  private let answer: Answer
  private let model: Model?
  private var status: Int { answer.status }

  init(_ answer: Answer) {
    self.answer = answer
    model = try? JSONDecoder().decode(Model.self, from: Data(answer.body))
  }

  /// One model for all: members that another model lacks, or has in another form, are nil.
  private struct Model: Decodable {
    let message: String?
    let errors: [String: [String]]?
    let error: String?
    let errorDescription: String?

    enum CodingKeys: String, CodingKey {
      case message, errors, validationErrors, error
      case errorDescription = "error_description"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      func text(_ key: CodingKeys) -> String? {
        guard let text = try? container.decode(String.self, forKey: key), !text.isEmpty else { return nil }
        return printable(text)
      }
      func texts(_ key: CodingKeys) -> [String: [String]]? {
        guard let texts = try? container.decode([String: [String]].self, forKey: key), !texts.isEmpty else { return nil }
        return texts
      }
      message = text(.message)
      errors = texts(.errors) ?? texts(.validationErrors)
      error = text(.error)
      errorDescription = text(.errorDescription)
    }
  }

  /// Whether it is the 404 that Vaultwarden gives for a path that it does not know (`api.md` 9.3).
  var isUnknownPath: Bool {
    struct Other: Decodable {
      struct Reason: Decodable { let code: Int }
      let error: Reason
    }
    return status == 404 && (try? JSONDecoder().decode(Other.self, from: Data(answer.body)))?.error.code == 404
  }

  /// Whether it says why in the API's own form.
  var hasReason: Bool { model?.message != nil }

  /// The error of a call to the API.
  var error: ClientError {
    switch status {
    case ..<400: ClientError(.network, redirect, status: status)
    case 400, 422: invalidOrRefused
    case 401: ClientError(.unauthorized, "the server does not accept the token (401)", status: status)
    case 402, 409: ClientError(.refused, model?.message ?? fallback, status: status)
    case 403:
      ClientError(.refused, model?.message ?? (answer.body.isEmpty ? "the key has no right to do this (403)" : fallback), status: status)
    case 404: ClientError(.notFound, model?.message ?? "the object does not exist (404)", status: status)
    case 429: ClientError(.limit, model?.message ?? "too many requests (429)", status: status)
    case 500...: ClientError(.server, model?.message ?? fallback, status: status)
    default: ClientError(.invalid, model?.message ?? fallback, status: status)
    }
  }

  private var invalidOrRefused: ClientError {
    if let errors = model?.errors { return ClientError(.invalid, Self.text(errors), status: status) }
    return ClientError(.refused, model?.message ?? fallback, status: status)
  }

  /// The error of the token endpoint; the key is wrong if its own form of refusal says so, and not if a proxy does.
  var tokenError: ClientError {
    guard status == 400 || status == 401, let model, let reason = model.errorDescription ?? model.error ?? model.message else {
      var error = error
      if status == 404 { (error.kind, error.message) = (.network, "there is no SecretSafe server at this URL (404)") }
      error.message = "signing in: \(error.message)"
      return error
    }
    let detail = [model.error, model.errorDescription].compactMap(\.self).joined(separator: ": ")
    let meaning =
      switch model.error {
      case "invalid_client": "the server rejects the key; check client id and secret"
      case "invalid_scope": "the key may not use the scope \(Endpoint.scope); is it an organization's key?"
      default: "the server refuses to sign in"
      }
    return ClientError(.unauthorized, "\(meaning) (\(detail.isEmpty ? reason : detail))", status: status)
  }

  private static func text(_ errors: [String: [String]]) -> String {
    errors.sorted { $0.key < $1.key }
      .map { key, texts in
        let text = texts.joined(separator: " ")
        // A text that names its field, and a key that is a sentence ("An error has occurred."), need no key in front.
        let isSelfEvident = key.isEmpty || key.hasSuffix(".") || text.contains("The \(key) field") || text.contains("The field \(key)")
        return printable(isSelfEvident ? text : "\(key): \(text)")
      }
      .joined(separator: "; ")
  }

  private var redirect: String {
    let target = answer.location.map { " to \(printable($0))" } ?? ""
    return "the server sends us elsewhere\(target) (\(status)); set the server URL to where it really is"
  }

  /// Status and first line, for what is none of the API's forms: an empty body, a page of a proxy.
  private var fallback: String {
    let line = firstLine
    if line.isEmpty { return "the server answers \(status) without a reason" }
    let mayBeProxy = isPage || status == 400 || status == 403
    return "the server answers \(status): \(line)\(mayBeProxy ? "; a proxy or bot protection may stand in front of it" : "")"
  }

  private var isPage: Bool {
    answer.contentType.contains("html") || answer.body.first { $0 > 32 } == UInt8(ascii: "<")
  }

  /// The first 120 characters of the first line of text; of a page, its title.
  var firstLine: String {
    let text = String(decoding: answer.body.prefix(4096), as: UTF8.self)
    let line = isPage ? Self.title(text) : text.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }
    return printable(String((line ?? "").trimmingPrefix(while: \.isWhitespace).prefix(120)))
  }

  private static func title(_ page: String) -> Substring {
    for (open, close) in [("<title>", "</title>"), ("<TITLE>", "</TITLE>")] {
      guard let start = page.firstRange(of: open)?.upperBound, let end = page[start...].firstRange(of: close)?.lowerBound else { continue }
      return page[start..<end]
    }
    return "an HTML page"
  }
}

/// A server's text without what a terminal would obey.
func printable(_ text: String) -> String {
  let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
    let isControl = scalar.properties.generalCategory == .control || (0x202A...0x202E).contains(scalar.value)
    return isControl ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar
  }
  return String(String.UnicodeScalarView(scalars))
}
