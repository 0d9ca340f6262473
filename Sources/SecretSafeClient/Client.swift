internal import FoundationEssentials
internal import SecretSafeAPI
internal import Synchronization

/// A session with one organization over HTTP: signs in, renews its token, repeats what may be repeated, and reads every kind of answer.
public final class Client: Sendable {
  public struct Options: Sendable {
    /// For one exchange, the answer included.
    public var timeout: Duration = .seconds(30)
    /// For making a connection, TLS included.
    public var connectTimeout: Duration = .seconds(5)
    /// Connections to the server at once, at most.
    public var connections = 256
    public var retry = RetryPolicy()
    /// Proxies and authorities.
    public var network = NetworkOptions()
    /// Where tokens are shared with other processes; nil keeps them in this one.
    public var tokens: TokenCache?
    /// Nothing is sent that could change something.
    public var isReadOnly = false
    /// Told of every exchange with the API as it is sent: the endpoint's name.
    public var onRequest: (@Sendable (String) -> Void)?
    /// Told when that exchange is over, however it ended.
    public var onEnd: (@Sendable (String) -> Void)?
    /// What is known of the server's limits; nil for what its host's name tells.
    public var pacing: PacingPreset?
    /// The folder in which processes on this machine tell one another what they use of a server's limits; nil to keep to them alone.
    public var sharedFolder: String?
    /// Told what requests wait for, whenever that changes.
    public var onWait: (@Sendable (PacingWait) -> Void)?
    /// Told once, if the shared folder cannot be used.
    public var onPacingTrouble: (@Sendable (String) -> Void)?

    public init() {}
  }

  public let address: ServerAddress
  private let transport: PacedTransport
  private let options: Options
  private let tokens: TokenKeeper
  private let key: CachedToken.Key
  private let request: @Sendable () async throws -> TokenGrant
  /// Asked before anything that may change something.
  private let writes: (any WriteObserver)?

  /// Over the network.
  public convenience init(_ credentials: Credentials, options: Options = Options()) {
    let network = NetworkTransport(
      timeout: options.timeout, connectTimeout: options.connectTimeout, connections: options.connections, options.network)
    self.init(credentials, over: network, options: options)
  }

  /// The same session, with somebody who is asked before each write.
  private init(_ client: Client, _ writes: any WriteObserver) {
    (address, transport, options, tokens, key, request) = (client.address, client.transport, client.options, client.tokens, client.key, client.request)
    self.writes = writes
  }

  /// The same session; nothing that may change something leaves before the observer was told and agreed.
  public func observed(by writes: any WriteObserver) -> Client { Client(self, writes) }

  /// Times and connections are the transport's own.
  public init(_ credentials: Credentials, over transport: any Transport, options: Options = Options()) {
    address = credentials.address
    self.options = options
    writes = nil
    let transport = PacedTransport(transport, to: address, options)
    self.transport = transport
    let request = { @Sendable () async throws -> TokenGrant in try await Client.requestToken(credentials, transport, options.retry) }
    self.request = request
    key = CachedToken.Key(credentials)
    tokens = TokenKeeper { [key] rejected in
      guard let cache = options.tokens else { return try await request() }
      return try await cache.grant(key, rejected: rejected, isNew: false, request)
    }
  }

  /// Closes the connections. The client is of no use afterwards.
  public func shutdown() async { await transport.shutdown() }

  /// Signs in now, if no token is at hand.
  public func signIn() async throws(ClientError) {
    _ = try await token(rejected: nil, RetryPolicy.Attempts(policy: options.retry, isRepeatable: true, isWrite: false))
  }

  /// What a server said as it gave a token.
  public struct SignIn: Sendable {
    public var scope: String?
    /// Seconds from now.
    public var expiresIn: Int
    let token: String
  }

  /// Asks for a token, whether there is one or not, and keeps it for others if tokens are shared.
  public func signInAnew() async throws(ClientError) -> SignIn {
    do {
      let grant = if let cache = options.tokens { try await cache.grant(key, rejected: nil, isNew: true, request) } else { try await request() }
      return SignIn(scope: grant.scope, expiresIn: grant.expiresIn, token: grant.token)
    } catch { throw error as? ClientError ?? ClientError(.cancelled, "interrupted") }
  }

  // MARK: token

  /// This process, for servers that ask.
  private static let device = GUID.random()

  private static func requestToken(
    _ credentials: Credentials, _ transport: PacedTransport, _ retry: RetryPolicy
  ) async throws -> TokenGrant {
    let asked = ContinuousClock.now
    // A scoped key may not ask for everything; without a scope it gets what it has (`api.md` 12.1).
    let scope = credentials.isScoped ? [] : [("scope", Endpoint.scope)]
    let form =
      [("grant_type", "client_credentials")] + scope + [
        ("client_id", credentials.clientID), ("client_secret", try await credentials.secret.reveal()),
        // Needed by Vaultwarden, ignored by the others (`api.md` 9.1).
        ("device_identifier", device.description), ("device_name", "safesh"), ("device_type", "25"),
      ]
    let body = form.map { "\($0)=\(formEncoded($1))" }.joined(separator: "&")
    // Asking for a token twice does no harm.
    var attempts = RetryPolicy.Attempts(policy: retry, isRepeatable: true, isWrite: false)
    let answer = try await repeated(&attempts, since: .now) { () async throws(TransportFailure) in
      try await transport.send(
        .identity, "POST", Endpoint.tokenPath, kind: "token", headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.utf8))
    }
    guard answer.isSuccess else {
      let error = ErrorAnswer(answer).tokenError
      if error.kind == .unauthorized { await credentials.secret.forget() }
      throw error
    }
    guard let token = try? JSONDecoder().decode(TokenAnswer.self, from: Data(answer.body)),
      !token.accessToken.isEmpty, TokenGrant.isPrintable(token.accessToken)
    else {
      throw ClientError(.server, "signing in: the answer holds no token; is this the right URL?", status: answer.status)
    }
    return TokenGrant(token: token.accessToken, expiresIn: token.expiresIn, scope: token.scope, issued: asked)
  }

  static func formEncoded(_ text: String) -> String {
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

  /// Sends until an answer stands or the policy gives up. The attempts may have begun earlier, with a token that was rejected.
  private static func repeated(
    _ attempts: inout RetryPolicy.Attempts, since start: ContinuousClock.Instant, _ send: () async throws(TransportFailure) -> Answer
  ) async throws(ClientError) -> Answer {
    while true {
      var answer: Answer?
      var reason = ""
      let outcome: RetryPolicy.Outcome
      do throws(TransportFailure) {
        let received = try await send()
        answer = received
        outcome = .answer(status: received.status, retryAfter: received.retryAfter)
      } catch {
        switch error {
        case .refused(let text): (reason, outcome) = (text, .refused)
        case .unusable(let text): (reason, outcome) = (text, .unusable)
        case .broken(let text): (reason, outcome) = (text, .broken)
        case .withheld(var error):
          error.isOutcomeUnknown = attempts.isOutcomeUnknown
          throw error
        }
      }
      if Task.isCancelled, answer == nil {
        // What was not sent is as open as it was before.
        let isUnsent = if case .unusable = outcome { true } else { false }
        throw ClientError(.cancelled, "interrupted", isOutcomeUnknown: isUnsent ? attempts.isOutcomeUnknown : attempts.isWrite)
      }
      let now = Int(Date().timeIntervalSince1970)
      switch attempts.next(outcome, elapsed: start.duration(to: .now), now: now, jitter: .random(in: 0..<1)) {
      case .accept:
        guard let answer else { continue }
        return answer
      case .wait(let duration):
        do { try await Task.sleep(for: duration) } catch {
          throw ClientError(.cancelled, "interrupted", isOutcomeUnknown: attempts.isOutcomeUnknown)
        }
      case .fail(let isUnknown):
        if let answer {
          var error = ErrorAnswer(answer).error
          error.isOutcomeUnknown = isUnknown
          throw error
        }
        if case .broken = outcome { throw ClientError(.network, reason, isOutcomeUnknown: isUnknown) }
        throw ClientError(.unreachable, "the server cannot be reached: \(reason)", isOutcomeUnknown: isUnknown)
      }
    }
  }

  /// What a call says beside its endpoint.
  struct Arguments {
    var id: GUID?
    var policy: PolicyType?
    /// Behind the path, with its question mark.
    var query = ""
    var body: [UInt8]?
  }

  /// One call of the API; whoever observes writes learns if nobody knows what became of it.
  private func call(_ endpoint: Endpoint, _ arguments: Arguments) async throws(ClientError) -> Answer {
    do { return try await exchange(endpoint, arguments) } catch {
      if error.isOutcomeUnknown { await writes?.lostTrack() }
      throw error
    }
  }

  /// The same with a token that is renewed once if it is rejected.
  private func exchange(_ endpoint: Endpoint, _ arguments: Arguments) async throws(ClientError) -> Answer {
    let isWrite = endpoint.method != .get
    // Who observes writes settles them, too; only what has no body says the same however often it is said.
    let isRepeatable = endpoint.repeatable && (writes == nil || endpoint.method != .put)
    var attempts = RetryPolicy.Attempts(policy: options.retry, isRepeatable: isRepeatable, isWrite: isWrite)
    if options.isReadOnly, isWrite {
      throw ClientError(.readOnly, "the profile is read-only, and this would \(endpoint.summary)")
    }
    let start = ContinuousClock.now
    var isUnderWay = false
    defer { if isUnderWay { options.onEnd?(endpoint.name) } }
    let path = arguments.policy.map(endpoint.path(_:)) ?? endpoint.path(arguments.id)
    var rejected: String?
    var isRepeated = false
    while true {
      var headers = [("Authorization", "Bearer \(try await token(rejected: rejected, attempts))")]
      if arguments.body != nil { headers.append(("Content-Type", "application/json")) }
      let answer = try await Self.repeated(&attempts, since: start) { [headers] () async throws(TransportFailure) in
        try await transport.send(
          .api, endpoint.method.rawValue, path, query: arguments.query, kind: endpoint.name, headers: headers, body: arguments.body
        ) { () async throws(TransportFailure) in
          if isWrite, let writes {
            // A PUT resets what it leaves out, so it is made afresh each time.
            if isRepeated, endpoint.method == .put { throw .withheld(ClientError(.outdated, "it is to be read again first")) }
            isRepeated = true
            do throws(ClientError) { try await writes.willSend("\(endpoint.method.rawValue) \(path)") } catch { throw .withheld(error) }
          }
          options.onRequest?(endpoint.name)
          if isUnderWay { options.onEnd?(endpoint.name) }
          isUnderWay = true
        }
      }
      if answer.isSuccess { return answer }
      if answer.status == 401, rejected == nil {
        rejected = String(headers[0].1.dropFirst("Bearer ".count))
        continue
      }
      // A repeated DELETE that finds nothing did its work before.
      if answer.status == 404, endpoint.method == .delete, attempts.mayHaveHappened { return answer }
      let errorAnswer = ErrorAnswer(answer)
      if try await lacks(endpoint, arguments.id, errorAnswer, answer.status) { throw unsupported(endpoint, answer.status) }
      var error = errorAnswer.error
      // Whether an earlier attempt was carried out can be told from an answer about the object only.
      if answer.status == 401 || answer.status < 400 { error.isOutcomeUnknown = attempts.isOutcomeUnknown }
      throw error
    }
  }

  /// Tells a server that lacks an endpoint from a missing object (`api.md` 3.2.8, 9, 10): both are a 404, mostly without a word.
  private func lacks(_ endpoint: Endpoint, _ id: GUID?, _ answer: ErrorAnswer, _ status: Int) async throws(ClientError) -> Bool {
    if status == 405 || answer.isUnknownPath { return true }
    guard status == 404, !answer.hasReason else { return false }
    // A policy that was never saved is a 404 of its own, and so is a missing object.
    if endpoint.path.hasSuffix("}") { return false }
    guard let id else { return true }
    // Something about an object: if that is there, it is the endpoint that is not.
    let object: Endpoint = endpoint.path.hasPrefix(Endpoint.groupsGet.path) ? .groupsGet : .membersGet
    do throws(ClientError) {
      _ = try await call(object, Arguments(id: id))
      return true
    } catch {
      if error.kind == .notFound { return false }
      throw error
    }
  }

  private func unsupported(_ endpoint: Endpoint, _ status: Int) -> ClientError {
    let text =
      "this server does not offer '\(endpoint.summary)' (\(endpoint.method.rawValue) \(endpoint.path): \(status)); it may be an older one or another kind, or \(address.api) is not its API"
    return ClientError(.unsupported, text, status: status)
  }

  private func token(rejected: String?, _ attempts: RetryPolicy.Attempts) async throws(ClientError) -> String {
    do { return try await tokens.token(rejected: rejected) } catch {
      var error = error as? ClientError ?? ClientError(.cancelled, "interrupted")
      error.isOutcomeUnknown = attempts.isOutcomeUnknown
      throw error
    }
  }

  func read<T: Decodable>(
    _ type: T.Type, _ endpoint: Endpoint, _ arguments: Arguments = Arguments()
  ) async throws(ClientError) -> T {
    let answer = try await call(endpoint, arguments)
    do { return try JSONDecoder().decode(type, from: Data(answer.body)) } catch {
      if endpoint.method != .get { await writes?.lostTrack() }
      throw Self.unreadable(answer, endpoint)
    }
  }

  /// Elements of a list that are decoded at once.
  private static let decodedElements = 256

  /// A complete list.
  func list<Element>(_ type: Element.Type, _ endpoint: Endpoint) async throws(ClientError) -> [Element] where Element: Codable & Sendable {
    let answer = try await call(endpoint, Arguments())
    let decoder = JSONDecoder()
    do {
      guard let parts = ListParts(answer.body, elements: Self.decodedElements) else {
        return try decoder.decode(ListAnswer<Element>.self, from: Data(answer.body)).data
      }
      _ = try decoder.decode(ListAnswer<Element>.self, from: Data(parts.frame))
      var list: [Element] = []
      let brackets = (open: [UInt8(ascii: "[")], close: [UInt8(ascii: "]")])
      for run in parts.runs { list += try decoder.decode([Element].self, from: Data(brackets.open + answer.body[run] + brackets.close)) }
      return list
    } catch { throw Self.unreadable(answer, endpoint) }
  }

  private static func unreadable(_ answer: Answer, _ endpoint: Endpoint) -> ClientError {
    let isWrite = endpoint.method != .get
    let text = "the answer to \(endpoint.summary) cannot be read: \(ErrorAnswer(answer).firstLine)"
    return ClientError(.server, text, status: answer.status, isOutcomeUnknown: isWrite)
  }

  func send(_ endpoint: Endpoint, _ id: GUID? = nil, body: [UInt8]? = nil) async throws(ClientError) {
    _ = try await call(endpoint, Arguments(id: id, body: body))
  }
}
