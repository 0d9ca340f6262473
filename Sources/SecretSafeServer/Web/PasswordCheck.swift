import Dispatch
import SecretSafeAPI
import SecretSafeStore
import Synchronization

/// Asks for passwords: throttled, beside the threads that answer requests, and a few at a time.
final class PasswordCheck: Sendable {
  /// Hashes at once: each one takes 32 MiB, and one core for 100 ms.
  static let lanes = 2
  /// Checks that may wait for a lane: some seconds' worth.
  static let waitingLimit = 64

  private struct State {
    var accounts = SignInThrottle(SignInThrottle.account)
    var clients = SignInThrottle(SignInThrottle.client)
    var waiting = 0
    var turn = 0
  }

  private let state = Mutex(State())
  private let queues = (0..<lanes).map { DispatchQueue(label: "safesh.password.\($0)") }

  /// The owners of that address whose password it is. Throws `WebFailure.tooMany`.
  func owners(_ store: Store, email: String, password: String, client: String?) async throws -> [Owner] {
    try await attempt(email, client) {
      try store.owners(email: email, password: password)
    } isRight: {
      !$0.isEmpty
    }
  }

  /// Whether it is the owner's password. Throws `WebFailure.tooMany`.
  func accepts(_ store: Store, _ owner: Owner, password: String, client: String?) async throws -> Bool {
    try await attempt(owner.email, client) {
      try store.accepts(owner.organization, owner.member, password: password)
    } isRight: {
      $0
    }
  }

  private func attempt<T: Sendable>(
    _ email: String, _ client: String?, _ body: @escaping @Sendable () throws -> T, isRight: (T) -> Bool
  ) async throws -> T {
    let account = String(email.lowercased().prefix(EmailAddress.limit))
    let client = client.map(Self.network)
    let queue = try state.withLock { state -> DispatchQueue in
      let now = Timestamp.now()
      let waits = [state.accounts.wait(account, at: now), client.flatMap { state.clients.wait($0, at: now) }].compactMap(\.self)
      if let wait = waits.max() { throw WebFailure.tooMany(seconds: wait) }
      guard state.waiting < Self.waitingLimit else { throw WebFailure.tooMany(seconds: 5) }
      state.accounts.begin(account, at: now)
      if let client { state.clients.begin(client, at: now) }
      state.waiting += 1
      state.turn += 1
      return queues[state.turn % queues.count]
    }
    let outcome: Result<T, any Error> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result { try body() }) }
    }
    let isRight = (try? outcome.get()).map(isRight) ?? false
    state.withLock { state in
      state.waiting -= 1
      let now = Timestamp.now()
      if isRight {
        state.accounts.forget(account)
        // Its other failures stay: who owns one account must not guess at others freely.
        if let client { state.clients.takeBack(client, at: now) }
      } else {
        state.accounts.fail(account, at: now)
        if let client { state.clients.fail(client, at: now) }
      }
    }
    return try outcome.get()
  }

  /// What counts as one client: an address of IPv4, and the network of 64 bits of IPv6, which one household has.
  static func network(_ address: String) -> String {
    guard let known = IPAddress(address), known.isIPv6 else { return address }
    return String(known.high, radix: 16)
  }
}
