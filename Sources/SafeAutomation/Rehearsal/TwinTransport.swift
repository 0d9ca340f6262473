internal import SecretSafeAPI
internal import SecretSafeClient

/// The way of a rehearsed script to its twin. Before a request that looks at memberships goes on, they are fetched; events are those of the
/// organization itself; all else the twin answers.
struct TwinTransport: Transport {
  private let twin: Twin
  private let live: any TwinSource
  private let memberships: TwinMemberships
  private let groups: [ExactText: GUID]
  private let tally: RequestTally

  init(_ twin: Twin, _ live: any TwinSource, _ memberships: TwinMemberships, _ start: OrganizationSnapshot, _ tally: RequestTally) {
    (self.twin, self.live, self.memberships, self.tally) = (twin, live, memberships, tally)
    let named = start.groups.compactMap { entry in entry.group.externalId.map { (ExactText($0), entry.group.id) } }
    groups = Dictionary(named) { first, _ in first }
  }

  func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
    let base = twin.credentials.address.api
    guard url.hasPrefix(base) else { return try await twin.transport.send(method, url, headers: headers, body: body) }
    let (path, query) = Self.parts(url.dropFirst(base.count))
    guard let called = CalledEndpoint(method, path) else { return try await twin.transport.send(method, url, headers: headers, body: body) }
    do {
      if called.endpoint == .eventsList {
        let page = try await live.eventPage(query: query)
        tally.sent(called.endpoint, path, status: 200)
        return Answer(status: 200, contentType: "application/json", body: page.json)
      }
      try await fetch(for: called, body)
    } catch {
      guard let error = error as? ClientError else { throw .unusable("the twin cannot be filled: \(error)") }
      if called.endpoint == .eventsList, let refusal = Self.refusal(error) {
        tally.sent(called.endpoint, path, status: refusal.status)
        return refusal
      }
      tally.failed(error)
      throw .unusable(error.message)
    }
    let answer = try await twin.transport.send(method, url, headers: headers, body: body)
    tally.sent(called.endpoint, path, status: answer.status)
    return answer
  }

  func shutdown() async { await twin.transport.shutdown() }

  /// Fetches the memberships that a request reads or changes.
  private func fetch(for called: CalledEndpoint, _ body: [UInt8]?) async throws {
    switch (called.endpoint, called.id) {
    case (.groupsGetMemberIds, let id?), (.groupsPutMemberIds, let id?): try await memberships.know(membersOf: id)
    case (.membersGetGroupIds, let id?), (.membersPutGroupIds, let id?): try await memberships.know(groupsOf: id)
    // Without `groups` they are kept.
    case (.membersPut, let id?): if let groups = Self.member("groups", of: body), groups != .null { try await memberships.know(groupsOf: id) }
    // An import sets the members of each group that it names.
    case (.organizationImport, _):
      guard case .array(let named)? = Self.member("groups", of: body) else { return }
      for group in named {
        guard case .string(let text)? = group["externalId"], let id = groups[ExactText(text)] else { continue }
        try await memberships.know(membersOf: id)
      }
    default: break
    }
  }

  private static func member(_ name: String, of body: [UInt8]?) -> JSONValue? {
    body.flatMap { try? JSONReader.read($0) }?[name]
  }

  private static func parts(_ text: Substring) -> (path: String, query: String) {
    let path = text.prefix { $0 != "?" }
    return (String(path), String(text[path.endIndex...]))
  }

  /// The server's own no, which a script may catch; nil for all else.
  private static func refusal(_ error: ClientError) -> Answer? {
    guard let status = error.status, [.refused, .invalid, .notFound, .unsupported].contains(error.kind) else { return nil }
    let body: JSONValue = ["object": "error", "message": .string(error.message), "errors": nil]
    return Answer(status: status, contentType: "application/json", body: body.json)
  }
}

/// The endpoint that a request is for, and the object in its path.
struct CalledEndpoint {
  let endpoint: Endpoint
  let id: GUID?

  init?(_ method: String, _ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let found = Endpoint.all.first { endpoint in
      guard endpoint.method.rawValue == method else { return false }
      let template = endpoint.path.split(separator: "/", omittingEmptySubsequences: false)
      return template.count == parts.count && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    guard let found else { return nil }
    endpoint = found
    id = parts.lazy.compactMap { GUID(String($0)) }.first
  }
}
