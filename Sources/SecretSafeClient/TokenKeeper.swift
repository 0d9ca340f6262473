/// When a token is good, when it is to be renewed, and who renews it. It knows no clock: it is told the time.
struct TokenState: Sendable {
  /// A token is renewed so long before it ends.
  static let margin: Duration = .seconds(60)

  enum Action: Equatable, Sendable {
    case use(String)
    case renew
  }

  private var token: String?
  private var end: Duration = .zero

  /// What to do at a time (since any fixed moment) for a caller; `rejected` is a token that got a 401.
  mutating func need(at now: Duration, rejected: String?) -> Action {
    if let rejected, rejected == token { token = nil }
    if let token, now < end { return .use(token) }
    return .renew
  }

  /// A token came that is good for so many seconds. Those that last no longer than the margin are used for half their time.
  mutating func renewed(_ token: String, expiresIn seconds: Int, at now: Duration) {
    self.token = token
    let life = Duration.seconds(max(1, seconds))
    end = now + (life > Self.margin * 2 ? life - Self.margin : life / 2)
  }
}

/// The token of a session in memory. However many ask while it is being renewed, one request is made.
actor TokenKeeper {
  private var state = TokenState()
  private var renewal: Task<(token: String, expiresIn: Int), any Error>?
  private let start = ContinuousClock.now
  private let request: @Sendable () async throws -> (token: String, expiresIn: Int)

  init(_ request: @escaping @Sendable () async throws -> (token: String, expiresIn: Int)) { self.request = request }

  private var now: Duration { start.duration(to: .now) }

  func token(rejected: String? = nil) async throws -> String {
    if case .use(let token) = state.need(at: now, rejected: rejected) { return token }
    let asked = now
    let task = renewal ?? Task { [request] in try await request() }
    renewal = task
    do {
      let answer = try await task.value
      if renewal == task {
        renewal = nil
        state.renewed(answer.token, expiresIn: answer.expiresIn, at: asked)
      }
      return answer.token
    } catch {
      if renewal == task { renewal = nil }
      throw error
    }
  }
}
