internal import Synchronization

/// Whether a line runs: only then what is asked of the server is told, and not what the prompt fetches while somebody types.
final class Foreground: Sendable {
  private let flag = Atomic(false)

  var isOn: Bool {
    get { flag.load(ordering: .relaxed) }
    set { flag.store(newValue, ordering: .relaxed) }
  }

  /// The same observer, told only of what a line asks for.
  func telling(_ observer: Target.Observer) -> Target.Observer {
    var own = observer
    own.opens = { [self] in if isOn { observer.opens() } }
    own.waits = { [self] in if isOn { observer.waits($0) } }
    own.sent = { [self] in if isOn { observer.sent($0) } }
    own.ended = { [self] in if isOn { observer.ended($0) } }
    own.received = { [self] in if isOn { observer.received($0, $1) } }
    return own
  }
}
