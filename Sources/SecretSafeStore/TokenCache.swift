import Crypto
import SecretSafeAPI
import Synchronization

/// Tokens that were found in the database, by their hash: every request shows one, and looking it up would be half of a read.
///
/// They hold for one count of the key changes. It is read before the token, so a key that ends between the two is missed by neither:
/// what is kept then is kept for a count that is over. And the count holds for one commit mark, which is taken before it is read.
final class TokenCache: Sendable {
  /// Tokens in use at once; when there are more, all are looked up anew.
  static let limit = 10_000

  private struct State {
    var known: [SHA256.Digest: (grant: Grant, expires: Timestamp)] = [:]
    var changes = 0
    /// Of a moment when there were that many changes.
    var mark: CommitMark?

    func grant(_ hash: SHA256.Digest, _ now: Timestamp) -> Grant? {
      guard let known = known[hash], known.expires > now else { return nil }
      return known.grant
    }
  }

  private let state = Mutex(State())

  /// Nil as well if anything at all was committed since the changes were counted.
  func grant(_ hash: SHA256.Digest, _ now: Timestamp, at mark: CommitMark) -> Grant? {
    state.withLock { state in state.mark == mark ? state.grant(hash, now) : nil }
  }

  /// After the changes have been counted, for which the mark was taken before.
  func grant(_ hash: SHA256.Digest, _ now: Timestamp, _ changes: Int, countedAfter mark: CommitMark?) -> Grant? {
    state.withLock { state in
      guard state.changes == changes else { return nil }
      state.mark = mark
      return state.grant(hash, now)
    }
  }

  func keep(_ hash: SHA256.Digest, _ grant: Grant, until expires: Timestamp, _ changes: Int, countedAfter mark: CommitMark?) {
    state.withLock { state in
      // A thread that read the count earlier brings an older one.
      guard state.changes <= changes else { return }
      if state.changes < changes || state.known.count >= Self.limit { state.known.removeAll() }
      state.changes = changes
      state.mark = mark
      state.known[hash] = (grant, expires)
    }
  }
}
