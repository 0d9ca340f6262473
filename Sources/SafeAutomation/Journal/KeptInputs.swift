internal import SafeLanguage
internal import Synchronization

/// Copies of a run's inputs in its folder, so that it reads the same when it is taken up.
final class KeptInputs: Sendable {
  private let journal: RunJournal
  private let surroundings: Surroundings
  private let state = Mutex(State())

  private struct State {
    /// How often the run itself replaced a file.
    var saves: [String: Int] = [:]
    /// The copy that is read for a path.
    var copies: [String: String] = [:]
  }

  init(_ journal: RunJournal, _ surroundings: Surroundings) {
    self.journal = journal
    self.surroundings = surroundings
  }

  /// The run itself replaced a file: who reads it now reads that.
  func saved(_ path: String) {
    state.withLock { state in
      state.saves[path, default: 0] += 1
      state.copies[path] = nil
    }
  }

  func open(_ path: String) throws(RunError) -> InputSource {
    try journal.run.open(try state.withLock { state throws(RunError) in try copy(of: path, &state) })
  }

  private func copy(of path: String, _ state: inout State) throws(RunError) -> String {
    if let copy = state.copies[path] { return copy }
    let (earlier, turn) = (journal.recording.inputs[path] ?? [], state.saves[path] ?? 0)
    let copy = turn < earlier.count ? earlier[turn] : try journal.inputs.keep(surroundings.openInput(path))
    state.copies[path] = copy
    if turn >= earlier.count { journal.file.append(.input(path: path, file: copy)) }
    return copy
  }
}
