import HTTPTypes
import Hummingbird
import SecretSafeAPI
import Synchronization

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
  let id: RequestNumber
  var outcome: Outcome?

  init(_ request: Request, _ context: ServerContext, outcome: Outcome? = nil) {
    method = request.method.rawValue
    path = request.loggedPath
    client = context.client
    id = context.number
    self.outcome = outcome
  }

  var shownPath: String { path.utf8.count <= Self.pathLimit ? path : String(decoding: path.utf8.prefix(Self.pathLimit), as: UTF8.self) + "…" }

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
    writer.member("id", id.description)
  }
}

extension RequestLine: CustomStringConvertible {
  var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the text byte by byte: there is such a line for every request.
  func append(to text: inout [UInt8]) {
    text.append(text: method)
    text.append(UInt8(ascii: " "))
    text.append(text: shownPath)
    if let outcome {
      text.append(UInt8(ascii: " "))
      text.append(number: outcome.status)
      text.append(text: " ms=")
      text.append(number: Int(outcome.microseconds / 1000))
      text.append(UInt8(ascii: "."))
      let fraction = Int(max(0, outcome.microseconds) % 1000)
      for digit in [fraction / 100, fraction / 10 % 10, fraction % 10] { text.append(UInt8(ascii: "0") + UInt8(digit)) }
      if let bytes = outcome.bytes {
        text.append(text: " bytes=")
        text.append(number: bytes)
      }
    }
    if let client {
      text.append(text: " client=")
      client.append(to: &text)
    }
    text.append(text: " id=")
    id.append(to: &text)
  }
}

/// Tells the requests of one process apart.
struct RequestNumber: Sendable, CustomStringConvertible {
  private static let next = Atomic<UInt64>(.random(in: .min ... .max))

  private let number = Self.next.wrappingAdd(1, ordering: .relaxed).oldValue

  /// 16 digits.
  func append(to text: inout [UInt8]) {
    for place in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(place) & 15)
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
    }
  }

  var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends a text in one piece, which its view of UTF-8 does not.
  mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends a number that is not negative.
  mutating func append(number: Int) {
    if number > 9 { append(number: number / 10) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: Swift.max(0, number) % 10))
  }
}
