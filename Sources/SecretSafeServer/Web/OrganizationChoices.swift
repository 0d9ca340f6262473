import SecretSafeAPI
import SecretSafeStore
import Synchronization

/// Owners of several organizations with one address and password, between their sign-in and the choice of an organization.
final class OrganizationChoices: Sendable {
  /// Seconds to choose in.
  static let lifetime = 300
  static let limit = 1_000

  private struct Choice {
    let owners: [Owner]
    let expires: Timestamp
  }

  private let choices = Mutex<[SessionToken: Choice]>([:])

  /// Keeps them for the browser that has the token, which must be new: one that somebody else knew would choose as well.
  func keep(_ owners: [Owner], for token: SessionToken) {
    let now = Timestamp.now()
    choices.withLock { choices in
      choices = choices.filter { $0.value.expires > now }
      if choices.count >= Self.limit, let oldest = choices.min(by: { $0.value.expires < $1.value.expires }) { choices[oldest.key] = nil }
      choices[token] = Choice(owners: owners, expires: now.adding(seconds: Self.lifetime))
    }
  }

  /// The owner of that organization, once.
  func take(_ organization: GUID, for token: SessionToken) -> Owner? {
    choices.withLock { choices in
      guard let choice = choices[token], choice.expires > .now(), let owner = choice.owners.first(where: { $0.organization.id == organization })
      else { return nil }
      choices[token] = nil
      return owner
    }
  }
}
