internal import FoundationEssentials
public import SecretSafeAPI
internal import Synchronization

/// A session with one organization over HTTP: signs in, renews its token, repeats what may be repeated, and reads every kind of answer.
public final class Client: Sendable {
  public struct Options: Sendable {
    /// For one exchange, the answer included.
    public var timeout: Duration = .seconds(30)
    /// Connections to the server at once, at most.
    public var connections = 256
    public var retry = RetryPolicy()
    /// Told of every exchange with the API as it is sent: the endpoint's name.
    public var onRequest: (@Sendable (String) -> Void)?

    public init() {}
  }

  public let address: ServerAddress
  private let transport: Transport
  private let options: Options
  private let tokens: TokenKeeper

  public init(_ credentials: Credentials, options: Options = Options()) {
    address = credentials.address
    self.options = options
    let transport = Transport(timeout: options.timeout, connections: options.connections)
    self.transport = transport
    tokens = TokenKeeper { try await Client.requestToken(credentials, transport, options.retry) }
  }

  /// Closes the connections. The client is of no use afterwards.
  public func shutdown() async { await transport.shutdown() }

  /// Signs in now, if no token is at hand.
  public func signIn() async throws { _ = try await tokens.token() }

  // MARK: token

  private static func requestToken(
    _ credentials: Credentials, _ transport: Transport, _ retry: RetryPolicy
  ) async throws -> (token: String, expiresIn: Int) {
    let form = [
      ("grant_type", "client_credentials"), ("scope", Endpoint.scope), ("client_id", credentials.clientID),
      ("client_secret", credentials.secret.reveal()),
    ]
    let body = form.map { "\($0)=\(formEncoded($1))" }.joined(separator: "&")
    // Asking for a token twice does no harm.
    let (answer, _) = try await repeated(retry, isRepeatable: true) { () async throws(Transport.Failure) in
      try await transport.send(
        "POST", credentials.address.identity + Endpoint.tokenPath,
        headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.utf8))
    }
    guard answer.isSuccess else {
      throw ErrorAnswer(status: answer.status, contentType: answer.contentType, body: answer.body).tokenError
    }
    guard let token = try? JSONDecoder().decode(TokenAnswer.self, from: Data(answer.body)) else {
      throw ClientError(.server, "signing in: the answer holds no token; is this the right URL?", status: answer.status)
    }
    return (token.accessToken, token.expiresIn)
  }

  private static func formEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: requests

  /// Sends until an answer stands or the policy gives up; true if an earlier attempt may have been carried out.
  private static func repeated(
    _ policy: RetryPolicy, isRepeatable: Bool, _ send: () async throws(Transport.Failure) -> Answer
  ) async throws(ClientError) -> (Answer, mayHaveHappened: Bool) {
    var attempts = RetryPolicy.Attempts(policy: policy, isRepeatable: isRepeatable)
    let start = ContinuousClock.now
    while true {
      var answer: Answer?
      var reason = ""
      let outcome: RetryPolicy.Outcome
      let before = attempts.mayHaveHappened
      do throws(Transport.Failure) {
        let received = try await send()
        answer = received
        outcome = .answer(status: received.status, retryAfter: received.retryAfter)
      } catch {
        switch error {
        case .refused(let text): (reason, outcome) = (text, .refused)
        case .broken(let text): (reason, outcome) = (text, .broken)
        }
      }
      if Task.isCancelled, answer == nil { throw ClientError(.cancelled, "interrupted", isOutcomeUnknown: !isRepeatable) }
      let now = Int(Date().timeIntervalSince1970)
      switch attempts.next(outcome, elapsed: start.duration(to: .now), now: now, jitter: .random(in: 0..<1)) {
      case .accept:
        guard let answer else { continue }
        return (answer, before)
      case .wait(let duration):
        do { try await Task.sleep(for: duration) } catch { throw ClientError(.cancelled, "interrupted") }
      case .fail(let isUnknown):
        if let answer {
          var error = ErrorAnswer(status: answer.status, contentType: answer.contentType, body: answer.body).error
          error.isOutcomeUnknown = isUnknown && !isRepeatable
          throw error
        }
        if case .refused = outcome { throw ClientError(.unreachable, "the server cannot be reached: \(reason)") }
        throw ClientError(.network, reason, isOutcomeUnknown: isUnknown)
      }
    }
  }

  /// One call of the API, with a token that is renewed once if it is rejected.
  private func call(_ endpoint: Endpoint, _ id: GUID? = nil, body: [UInt8]? = nil) async throws -> [UInt8] {
    var rejected: String?
    while true {
      let token = try await tokens.token(rejected: rejected)
      var headers = [("Authorization", "Bearer \(token)")]
      if body != nil { headers.append(("Content-Type", "application/json")) }
      let (url, sent) = (address.api + endpoint.path(id), headers)
      let (answer, mayHaveHappened) = try await Self.repeated(options.retry, isRepeatable: endpoint.repeatable) { () async throws(Transport.Failure) in
        options.onRequest?(endpoint.name)
        return try await transport.send(endpoint.method.rawValue, url, headers: sent, body: body)
      }
      if answer.isSuccess { return answer.body }
      if answer.status == 401, rejected == nil {
        rejected = token
        continue
      }
      // A repeated DELETE that finds nothing did its work before.
      if answer.status == 404, endpoint.method == .delete, mayHaveHappened { return [] }
      throw ErrorAnswer(status: answer.status, contentType: answer.contentType, body: answer.body).error
    }
  }

  private func read<T: Decodable>(_ type: T.Type, _ endpoint: Endpoint, _ id: GUID? = nil, body: [UInt8]? = nil) async throws -> T {
    let bytes = try await call(endpoint, id, body: body)
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
      let isWrite = endpoint.method != .get
      throw ClientError(.server, "the answer to \(endpoint.summary) cannot be read", status: 200, isOutcomeUnknown: isWrite)
    }
  }

  // MARK: members

  public func members() async throws -> [Member] { try await read(ListAnswer<Member>.self, .membersList).data }
  public func member(_ id: GUID) async throws -> Member { try await read(Member.self, .membersGet, id) }
  public func invite(_ body: InviteBody) async throws -> Member { try await read(Member.self, .membersPost, body: body.json) }
  public func updateMember(_ id: GUID, _ body: MemberBody) async throws -> Member { try await read(Member.self, .membersPut, id, body: body.json) }
  public func removeMember(_ id: GUID) async throws { _ = try await call(.membersDelete, id) }
  public func groupIDs(ofMember id: GUID) async throws -> [GUID] { try await read([GUID].self, .membersGetGroupIds, id) }
  public func setGroupIDs(_ groups: [GUID], ofMember id: GUID) async throws {
    _ = try await call(.membersPutGroupIds, id, body: Self.ids("groupIds", groups))
  }
  public func reinvite(_ id: GUID) async throws { _ = try await call(.membersReinvite, id) }
  public func revoke(_ id: GUID) async throws { _ = try await call(.membersRevoke, id) }
  public func restore(_ id: GUID) async throws { _ = try await call(.membersRestore, id) }

  // MARK: groups and collections

  public func groups() async throws -> [Group] { try await read(ListAnswer<Group>.self, .groupsList).data }
  public func group(_ id: GUID) async throws -> Group { try await read(Group.self, .groupsGet, id) }
  public func createGroup(_ body: GroupBody) async throws -> Group { try await read(Group.self, .groupsPost, body: body.json) }
  public func updateGroup(_ id: GUID, _ body: GroupBody) async throws -> Group { try await read(Group.self, .groupsPut, id, body: body.json) }
  public func removeGroup(_ id: GUID) async throws { _ = try await call(.groupsDelete, id) }
  public func memberIDs(ofGroup id: GUID) async throws -> [GUID] { try await read([GUID].self, .groupsGetMemberIds, id) }
  public func setMemberIDs(_ members: [GUID], ofGroup id: GUID) async throws {
    _ = try await call(.groupsPutMemberIds, id, body: Self.ids("memberIds", members))
  }
  public func collections() async throws -> [SharedCollection] { try await read(ListAnswer<SharedCollection>.self, .collectionsList).data }

  private static func ids(_ name: String, _ ids: [GUID]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { $0.member(name, ids) }
    return writer.bytes
  }
}
