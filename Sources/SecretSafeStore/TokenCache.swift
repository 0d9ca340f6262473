import FoundationEssentials
import SecretSafeAPI
import Synchronization

/// Tokens that were found in the database, by their hash: every request shows one, and looking it up would be half of a read.
///
/// They hold for one count of the key changes. It is read before the token, so a key that ends between the two is missed by neither:
/// what is kept then is kept for a count that is over.
final class TokenCache: Sendable {
  /// Tokens in use at once; when there are more, all are looked up anew.
  static let limit = 10_000

  private struct State {
    var known: [Data: (grant: Grant, expires: Timestamp)] = [:]
    var changes = 0
  }

  private let state = Mutex(State())

  func grant(_ hash: Data, _ now: Timestamp, _ changes: Int) -> Grant? {
    state.withLock { state in
      guard state.changes == changes, let known = state.known[hash], known.expires > now else { return nil }
      return known.grant
    }
  }

  func keep(_ hash: Data, _ grant: Grant, until expires: Timestamp, _ changes: Int) {
    state.withLock { state in
      // A thread that read the count earlier brings an older one.
      guard state.changes <= changes else { return }
      if state.changes < changes || state.known.count >= Self.limit { state.known.removeAll() }
      state.changes = changes
      state.known[hash] = (grant, expires)
    }
  }
}
