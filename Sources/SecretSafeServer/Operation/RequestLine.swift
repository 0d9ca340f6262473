import HTTPTypes
import Hummingbird
import SecretSafeAPI

/// What the access log tells of a request: nothing of its query, headers and body, which may hold secrets.
///
/// It goes through the log as one value, so that a line costs no dictionary of texts.
struct RequestLine: Sendable {
  /// Bytes of a path that are logged; no path of the API is half as long.
  static let pathLimit = 200

  /// What became of it.
  struct Outcome: Sendable {
    let status: Int
    let microseconds: Int64
    /// Of the body; nil where it is not known beforehand.
    let bytes: Int?
  }

  let method: String
  let path: String
  let client: IPAddress?
  let id: RequestID
  var outcome: Outcome?

  init(_ request: Request, _ context: ServerContext, outcome: Outcome? = nil) {
    method = request.method.rawValue
    path = request.loggedPath
    client = context.client
    id = context.id
    self.outcome = outcome
  }

  var shownPath: String { path.utf8.count <= Self.pathLimit ? path : String(decoding: path.utf8.prefix(Self.pathLimit), as: UTF8.self) + "…" }

  /// Half of the digits: they tell requests of one process apart.
  var shownID: String { String(decoding: id.description.utf8.suffix(16), as: UTF8.self) }

  func write(to writer: inout JSONWriter) {
    writer.member("method", method)
    writer.member("path", shownPath)
    if let outcome {
      writer.member("status", outcome.status)
      writer.key("ms")
      writer.double(Double(outcome.microseconds) / 1000)
      if let bytes = outcome.bytes { writer.member("bytes", bytes) }
    }
    writer.member("client", client?.description)
    writer.member("id", shownID)
  }
}

extension RequestLine: CustomStringConvertible {
  var description: String {
    var text = "\(method) \(shownPath)"
    if let outcome {
      text += " \(outcome.status) ms=\(Double(outcome.microseconds) / 1000)"
      if let bytes = outcome.bytes { text += " bytes=\(bytes)" }
    }
    if let client { text += " client=\(client)" }
    return text + " id=\(shownID)"
  }
}
