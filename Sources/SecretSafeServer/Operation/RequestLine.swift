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
  // Appended piece by piece into room that is taken once: there is such a line for every request.
  var description: String {
    var text = ""
    text.reserveCapacity(Self.pathLimit)
    text += method
    text += " "
    text += shownPath
    if let outcome {
      text += " "
      text += String(outcome.status)
      text += " ms="
      text += Self.milliseconds(outcome.microseconds)
      if let bytes = outcome.bytes {
        text += " bytes="
        text += String(bytes)
      }
    }
    if let client {
      text += " client="
      text += client.description
    }
    text += " id="
    text += shownID
    return text
  }

  private static func milliseconds(_ microseconds: Int64) -> String {
    let (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1000)
    return String(whole) + "." + String(1000 + fraction).dropFirst()
  }
}
