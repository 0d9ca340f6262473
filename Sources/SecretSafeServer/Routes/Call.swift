import HTTPTypes
import Hummingbird
import NIOCore
import SecretSafeAPI
import SecretSafeStore

/// One authorized request to an endpoint of the API.
struct Call: Sendable {
  /// Bytes of a body.
  static let bodyLimit = 4 * 1024 * 1024
  /// Bytes of an import: some 300,000 members.
  static let importLimit = 64 * 1024 * 1024

  /// Bytes that are read in well under a millisecond.
  private static let shortBody = 64 * 1024

  let store: Store
  let grant: Grant
  let endpoint: Endpoint
  let request: Request
  let context: ServerContext
  /// The `{id}` or `{type}` of the path; empty where the path has none.
  let pathText: String

  /// The object that the path names. Throws the validation failure of `api.md` 3.0 if it is no GUID.
  var id: GUID {
    get throws {
      guard let id = GUID(pathText) else { throw Failure.invalid(pathProblems) }
      return id
    }
  }

  /// The policy that the path names, by its number or its name.
  var policyType: PolicyType {
    get throws {
      guard let type = PolicyType(pathText: pathText) else { throw Failure.invalid(pathProblems) }
      return type
    }
  }

  func read<T>(_ body: (Snapshot) throws -> T) throws -> T {
    try store.read(grant.organization, body)
  }

  func change<T: Sendable>(_ body: @escaping @Sendable (Change) throws -> T) async throws -> T {
    let device = request.headers[.deviceType].flatMap { Int($0) }.flatMap { 0...255 ~= $0 ? $0 : nil }
    let origin = Origin(ipAddress: context.remoteAddress, device: device, isScoped: grant.isScoped)
    return try await store.change(grant.organization, from: origin, body)
  }

  /// The query, whose names match without regard to case.
  var query: Query { Query(request.uri.query) }

  /// Reads a body: 415, then all that is wrong with it at once, a malformed `{id}` included.
  func body<T>(_ make: (Fields, inout Problems) throws -> T?) async throws -> T {
    let bytes = try await collectedBody(of: request, upTo: endpoint == .organizationImport ? Self.importLimit : Self.bodyLimit)
    try demandJSON(bytes)
    if bytes.count <= Self.shortBody { return try read(bytes, make) }
    // Longer than other requests on this event loop should have to wait.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try read(bytes, make) }
  }

  private func read<T>(_ bytes: [UInt8], _ make: (Fields, inout Problems) throws -> T?) throws -> T {
    var problems = pathProblems
    let made = try fields(bytes, &problems).flatMap { try make($0, &problems) }
    guard let made, problems.isEmpty else { throw Failure.invalid(problems) }
    return made
  }

  private var pathProblems: Problems {
    var problems = Problems()
    if pathText.isEmpty { return problems }
    let isType = endpoint.path.hasSuffix("{type}")
    if !isType, GUID(pathText) == nil {
      problems.add("id", "The value '\(pathText.prefix(100))' is not valid.")
    }
    if isType, PolicyType(pathText: pathText) == nil {
      problems.add("type", "The value '\(pathText.prefix(100))' is invalid.")
    }
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

extension PolicyType {
  /// A number, or the contract's name in any case.
  init?(pathText: String) {
    let known = Self.wireNames.first {
      String($0.number) == pathText || $0.name.lowercased() == pathText.lowercased()
    }
    guard let known else { return nil }
    self.init(rawValue: known.number)
  }
}

/// The type of a `Content-Type` without its parameters, in lower case.
func mediaType(_ header: String) -> String {
  let type = header.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
  return String(decoding: type, as: UTF8.self).lowercased()
}

/// The bytes of a body. Throws `Failure.tooLarge` for more than the limit.
func collectedBody(of request: Request, upTo limit: Int) async throws -> [UInt8] {
  if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw Failure.tooLarge }
  do {
    let buffer = try await request.body.collect(upTo: limit)
    return Array(buffer.readableBytesView)
  } catch is NIOTooManyBytesError {
    throw Failure.tooLarge
  } catch {
    // All else that can go wrong with it is what the caller sent.
    throw Failure.brokenBody
  }
}
