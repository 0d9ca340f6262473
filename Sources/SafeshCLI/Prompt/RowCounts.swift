internal import SafeLanguage
internal import SafeTerminal
internal import Synchronization

/// Counts the rows of the line that is typed. What takes longer than a key may wait goes on behind it, from where it was, and the prompt is painted anew when it is there.
final class RowCounts: Sendable {
  /// Of the 5 ms that a key has until it is on the screen; all else that it costs takes about one.
  static let patience: Duration = .milliseconds(1)
  /// Nobody waits longer for a count.
  static let limit: Duration = .seconds(2)

  private let patience: Duration
  private let state = Mutex(State())

  private struct State {
    /// What was counted last; words that are typed behind it change nothing.
    var rows: RowCount?
    var count: Int?
    /// Grows with each, so that one that nobody waits for any more leaves off.
    var turn = 0
  }

  init(patience: Duration = RowCounts.patience) { self.patience = patience }

  /// The count if it is known by now; otherwise `wake` is called when it is.
  func count(of rows: RowCount, wake: @escaping @Sendable () -> Void) -> Int? {
    let known = state.withLock { $0.rows?.isSame(as: rows) == true ? $0 : nil }
    if let known { return known.count }
    let outcome = rows.counted(until: Self.deadline(patience))
    let turn = state.withLock { state in
      state = State(rows: rows, count: outcome.count, turn: state.turn + 1)
      return state.turn
    }
    if case .late(let part) = outcome {
      Task.detached { [self] in
        let isOver = Self.deadline(Self.limit)
        guard let count = rows.counted(after: part, until: { [self] in isOver() || !isLast(turn) }).count, take(count, turn) else { return }
        wake()
      }
    }
    return outcome.count
  }

  private func isLast(_ turn: Int) -> Bool { state.withLock { $0.turn == turn } }

  private func take(_ count: Int, _ turn: Int) -> Bool {
    state.withLock { state in
      guard state.turn == turn else { return false }
      state.count = count
      return true
    }
  }

  private static func deadline(_ duration: Duration) -> @Sendable () -> Bool {
    let end = ContinuousClock.now + duration
    return { ContinuousClock.now >= end }
  }
}
