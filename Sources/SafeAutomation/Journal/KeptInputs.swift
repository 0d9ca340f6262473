internal import SafeLanguage
internal import SafeSystem
internal import Synchronization

/// Copies of a run's inputs in its folder, so that it reads the same when it is taken up.
final class KeptInputs: Sendable {
  private let journal: RunJournal
  private let surroundings: Surroundings
  private let state = Mutex(State())

  private struct State {
    /// How often the run itself replaced a file.
    var saves: [String: Int] = [:]
    /// The copies of this part of the run.
    var copies: [String: String] = [:]
    var next = 1
  }

  init(_ journal: RunJournal, _ surroundings: Surroundings) {
    self.journal = journal
    self.surroundings = surroundings
    let known = journal.recording.inputs.values.reduce(0) { $0 + $1.count }
    state.withLock { $0.next = known + 1 }
  }

  func saved(_ path: String) {
    state.withLock { state in
      state.saves[path, default: 0] += 1
      state.copies[path] = nil
    }
  }

  func open(_ path: String) throws(RunError) -> InputSource {
    let (copy, isKnown) = try state.withLock { state throws(RunError) in
      if let copy = state.copies[path] { return (copy, true) }
      let (earlier, turn) = (journal.recording.inputs[path] ?? [], state.saves[path] ?? 0)
      if turn < earlier.count {
        state.copies[path] = earlier[turn]
        return (earlier[turn], true)
      }
      let copy = "\(state.next)"
      state.next += 1
      state.copies[path] = copy
      try write(path, to: copy)
      return (copy, false)
    }
    if !isKnown { journal.file.append(.input(path: path, file: copy)) }
    return try surroundings.openInput(journal.inputFolder + "/" + copy)
  }

  private func write(_ path: String, to copy: String) throws(RunError) {
    let source = try surroundings.openInput(path)
    do {
      let file = try FileReplacement(of: journal.inputFolder + "/" + copy, mode: .exactly(0o600))
      while true {
        let part = try source.part()
        if part.isEmpty { break }
        try file.write(part)
      }
      try file.finish()
    } catch {
      if let error = error as? RunError { throw error }
      throw RunError(.file, "the copy of '\(path)' in the run's folder cannot be written: \(error)")
    }
  }
}
