internal import SafeLanguage
internal import SafeTerminal
internal import Synchronization

/// Counts the rows of the line that is typed. What takes longer than a key may wait goes on behind it, and the prompt is painted anew when it is there.
final class RowCounts: Sendable {
  /// Of the 5 ms that a key has until it is on the screen.
  private static let patience: Duration = .milliseconds(2)
  /// Nobody waits longer for a count.
  private static let limit: Duration = .seconds(2)

  private let state = Mutex(State())

  private struct State {
    var line = ""
    var count: Int?
    var isCounting = false
  }

  /// The count if it is known by now.
  func count(of rows: RowCount, for line: String, waking waker: EditorWaker?) -> Int? {
    let known: (count: Int?, isCounting: Bool)? = state.withLock { $0.line == line ? ($0.count, $0.isCounting) : nil }
    if let known, known.count != nil || known.isCounting { return known.count }
    let count = rows.value(until: Self.deadline(Self.patience))
    state.withLock { $0 = State(line: line, count: count, isCounting: count == nil) }
    if count == nil {
      Task.detached { [self] in
        let count = rows.value(until: Self.deadline(Self.limit))
        let isWanted = state.withLock { state in
          guard state.line == line else { return false }
          state.count = count
          return count != nil
        }
        if isWanted { waker?.wake() }
      }
    }
    return count
  }

  private static func deadline(_ duration: Duration) -> @Sendable () -> Bool {
    let end = ContinuousClock.now + duration
    return { ContinuousClock.now >= end }
  }
}
