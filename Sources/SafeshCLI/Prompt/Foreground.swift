internal import Synchronization

/// Whether a line runs: only then what is asked of the server is told, and not what the prompt fetches while somebody types.
final class Foreground: Sendable {
  private let isOn = Mutex(false)

  func begin() { isOn.withLock { $0 = true } }

  /// From then on nothing more is told.
  func end() { isOn.withLock { $0 = false } }

  private func whileOn(_ tell: () -> Void) { isOn.withLock { if $0 { tell() } } }

  /// The same observer, told only of what a line asks for.
  func telling(_ observer: Target.Observer) -> Target.Observer {
    var own = observer
    own.opens = { [self] in whileOn { observer.opens() } }
    own.waits = { [self] wait in whileOn { observer.waits(wait) } }
    own.sent = { [self] name in whileOn { observer.sent(name) } }
    own.ended = { [self] name in whileOn { observer.ended(name) } }
    own.received = { [self] path, count in whileOn { observer.received(path, count) } }
    return own
  }
}
