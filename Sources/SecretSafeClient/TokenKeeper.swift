internal import Synchronization

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
    end = now + Self.use(ofLife: seconds)
  }

  /// How long a token of so many seconds is used before it is renewed.
  static func use(ofLife seconds: Int) -> Duration {
    let life = Duration.seconds(max(1, seconds))
    return life > margin * 2 ? life - margin : life / 2
  }
}

/// The token of a session in memory. However many ask while it is being renewed, one request is made.
///
/// The request belongs to all who wait for it: who is cancelled leaves at once, and the last one to leave ends it.
actor TokenKeeper {
  private let state = Mutex(TokenState())
  private var renewal: (number: Int, task: Task<Void, Never>)?
  private var waiting: [Int: CheckedContinuation<String, any Error>] = [:]
  private var lastNumber = 0
  private let start = ContinuousClock.now
  private var rejected: String?
  private let request: @Sendable (_ rejected: String?) async throws -> TokenGrant

  /// - Parameter request: gets a token that is another than the one that got a 401.
  init(_ request: @escaping @Sendable (_ rejected: String?) async throws -> TokenGrant) { self.request = request }

  /// A token that is good; `rejected` is one that got a 401.
  nonisolated func token(rejected: String? = nil) async throws -> String {
    // Nearly always there is one, and then nobody is waited for.
    if let token = known(rejected: rejected) { return token }
    return try await renewed(rejected: rejected)
  }

  private nonisolated func known(rejected: String?) -> String? {
    let now = start.duration(to: .now)
    guard case .use(let token) = state.withLock({ $0.need(at: now, rejected: rejected) }) else { return nil }
    return token
  }

  private func renewed(rejected: String?) async throws -> String {
    if let rejected { self.rejected = rejected }
    // Somebody else's may have come meanwhile.
    if let token = known(rejected: rejected) { return token }
    let ticket = number()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        waiting[ticket] = continuation
        if renewal == nil {
          let number = number()
          renewal = (number, Task { await self.renew(number) })
        }
      }
    } onCancel: {
      Task { await self.leave(ticket) }
    }
  }

  private func number() -> Int {
    lastNumber += 1
    return lastNumber
  }

  private func renew(_ number: Int) async {
    let answer: Result<String, any Error>
    do {
      let grant = try await request(rejected)
      guard renewal?.number == number else { return }
      state.withLock { $0.renewed(grant.token, expiresIn: grant.expiresIn, at: start.duration(to: grant.issued)) }
      answer = .success(grant.token)
    } catch {
      guard renewal?.number == number else { return }
      answer = .failure(error)
    }
    renewal = nil
    let answered = waiting
    waiting = [:]
    for continuation in answered.values { continuation.resume(with: answer) }
  }

  private func leave(_ ticket: Int) {
    waiting.removeValue(forKey: ticket)?.resume(throwing: CancellationError())
    guard waiting.isEmpty else { return }
    renewal?.task.cancel()
    renewal = nil
  }
}
