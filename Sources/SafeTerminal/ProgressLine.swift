internal import Synchronization

/// One line on standard error that tells how far something is: redrawn on a terminal, elsewhere a line now and then.
public final class ProgressLine: Sendable {
  private static let redrawEvery: Duration = .milliseconds(100)
  private static let lineEvery: Duration = .seconds(30)

  public let isTerminal: Bool
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Duration
  private let columns: @Sendable () -> Int
  private let state = Mutex(State())

  private struct State {
    var shown: String?
    var last: Duration?
    var isPaused = false
  }

  /// `now` is the time since any fixed moment.
  public init(
    isTerminal: Bool, columns: @escaping @Sendable () -> Int, write: @escaping @Sendable (String) -> Void,
    now: @escaping @Sendable () -> Duration
  ) {
    self.isTerminal = isTerminal
    self.columns = columns
    self.write = write
    self.now = now
  }

  /// Tells how far it is; most calls draw nothing.
  public func update(_ text: @autoclosure () -> String) {
    let time = now()
    let interval = isTerminal ? Self.redrawEvery : Self.lineEvery
    let isDue = state.withLock { state -> Bool in
      if state.isPaused { return false }
      guard let last = state.last else {
        state.last = time
        return isTerminal
      }
      guard time - last >= interval else { return false }
      state.last = time
      return true
    }
    guard isDue else { return }
    if isTerminal {
      let line = TableLayout.cut(text(), max(1, columns() - 1))
      state.withLock { $0.shown = line }
      write("\r\(line)\u{1b}[K")
    } else {
      write(text() + "\n")
    }
  }

  /// Draws nothing while something else stands on the line.
  public func pausing<T>(_ body: () -> T) -> T {
    state.withLock { $0.isPaused = true }
    defer { state.withLock { $0.isPaused = false } }
    return body()
  }

  /// Takes the line away, before other output and at the end.
  public func clear() {
    let wasShown = state.withLock { state -> Bool in
      defer { state.shown = nil }
      return state.shown != nil
    }
    if wasShown { write("\r\u{1b}[K") }
  }
}
