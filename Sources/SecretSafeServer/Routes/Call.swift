import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI
import SecretSafeStore

/// One authorized request to an endpoint of the API.
struct Call: Sendable {
  /// Bytes of a body. The largest one of the contract, an import of 2,000 groups and members, needs less.
  static let bodyLimit = 4 * 1024 * 1024

  let store: Store
  let organization: OrganizationID
  let request: Request
  let context: ServerContext
  /// The `{id}` of the path as it was sent; empty where the path has none.
  let idText: String

  /// The object that the path names. Throws the validation failure of `api.md` 3.0 if it is no GUID.
  var id: GUID {
    get throws {
      guard let id = GUID(idText) else { throw Failure.invalid(idProblems) }
      return id
    }
  }

  func read<T>(_ body: (Snapshot) throws -> T) throws -> T {
    try store.read(organization, body)
  }

  func change<T: Sendable>(_ body: @escaping @Sendable (Change) throws -> T) async throws -> T {
    let device = request.headers[.deviceType].flatMap { Int($0) }.flatMap { 0...255 ~= $0 ? $0 : nil }
    return try await store.change(
      organization, from: Origin(ipAddress: context.remoteAddress, device: device), body)
  }

  /// Reads a body: 415, then all that is wrong with it at once, a malformed `{id}` included.
  func body<T>(_ make: (Fields, inout Problems) -> T?) async throws -> T {
    let bytes = try await collectedBody(of: request)
    try demandJSON(bytes)
    var problems = idProblems
    let made = fields(bytes, &problems).flatMap { make($0, &problems) }
    guard let made, problems.isEmpty else { throw Failure.invalid(problems) }
    return made
  }

  private var idProblems: Problems {
    var problems = Problems()
    if !idText.isEmpty, GUID(idText) == nil { problems.add("id", "The value '\(idText.prefix(100))' is not valid.") }
    return problems
  }

  private func fields(_ bytes: [UInt8], _ problems: inout Problems) -> Fields? {
    if bytes.isEmpty {
      problems.add("", "Body is empty.")
      return nil
    }
    do {
      switch try JSONReader.read(bytes) {
      case .object(let members): return Fields(members)
      case .null: problems.add("", "Body is empty.")
      default: problems.add("$", "The body is not an object.")
      }
    } catch {
      problems.add("$", "The body is not valid JSON: \(error.text) (byte \(error.offset)).")
    }
    return nil
  }

  private func demandJSON(_ bytes: [UInt8]) throws {
    guard let header = request.headers[.contentType] else {
      if bytes.isEmpty { return }
      throw Failure.unsupportedMediaType
    }
    let type = mediaType(header)
    let isJSON =
      type == "application/json" || type == "text/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    if !isJSON { throw Failure.unsupportedMediaType }
  }
}

/// The type of a `Content-Type` without its parameters, in lower case.
func mediaType(_ header: String) -> String {
  let type = header.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
  return String(decoding: type, as: UTF8.self).lowercased()
}

func collectedBody(of request: Request) async throws -> [UInt8] {
  if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Call.bodyLimit { throw Failure.tooLarge }
  do {
    let buffer = try await request.body.collect(upTo: Call.bodyLimit)
    return Array(buffer.readableBytesView)
  } catch is NIOTooManyBytesError {
    throw Failure.tooLarge
  }
}
