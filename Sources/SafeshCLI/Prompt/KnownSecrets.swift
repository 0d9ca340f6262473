internal import SafeLanguage
internal import Synchronization

/// The secrets that were read in this session, and the lines that are not kept because of them.
final class KnownSecrets: Sendable {
  private let rule = Mutex(HistoryRule())

  func add(_ secret: String) { rule.withLock { $0.add(secret: secret) } }

  func keeps(_ text: String) -> Bool { rule.withLock { $0 }.keeps(text) }
}
