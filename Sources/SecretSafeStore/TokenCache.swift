import FoundationEssentials
import SecretSafeAPI
import Synchronization

/// Tokens that were found in the database, by their hash: every request shows one, and looking it up would be half of a read.
final class TokenCache: Sendable {
  /// Tokens in use at once; when there are more, all are looked up anew.
  static let limit = 10_000

  private struct State {
    var known: [Data: (organization: OrganizationID, expires: Timestamp)] = [:]
    var generation = 0
  }

  private let state = Mutex(State())

  /// Changes when tokens were ended.
  var generation: Int { state.withLock { $0.generation } }

  func organization(_ hash: Data, _ now: Timestamp) -> OrganizationID? {
    state.withLock { state in
      guard let known = state.known[hash], known.expires > now else { return nil }
      return known.organization
    }
  }

  /// Keeps what was read, unless tokens were ended since that generation: it may have been one of them.
  func keep(_ hash: Data, _ organization: OrganizationID, until expires: Timestamp, ifStill generation: Int) {
    state.withLock { state in
      guard state.generation == generation else { return }
      if state.known.count >= Self.limit { state.known.removeAll() }
      state.known[hash] = (organization, expires)
    }
  }

  /// To be called when the end of tokens is on disk.
  func forget() {
    state.withLock { state in
      state.known.removeAll()
      state.generation += 1
    }
  }
}
