internal import SafeAutomation
internal import SafeLanguage

/// What was done at a prompt: the lines that ran to their end, and the runs that `:undo` takes back.
struct SessionLog {
  private var lines: [(entry: SessionScript.Entry, run: RunID?)] = []
  /// Runs that changed something, the latest last, but for those that were taken back.
  private(set) var runs: [RunID] = []
  private var takenBack: Set<RunID> = []

  /// A line worked; `run` is the one that it was, if it changed something.
  mutating func worked(_ entry: SessionScript.Entry, _ run: RunID?) { lines.append((entry, run)) }

  mutating func changed(_ run: RunID) { runs.append(run) }

  /// A run was taken back. Where it had itself taken back another one, that one counts again.
  mutating func tookBack(_ run: RunID, whichTookBack other: RunID?) {
    leave(run)
    takenBack.insert(run)
    if let other, takenBack.remove(other) != nil { runs.append(other) }
  }

  /// `:undo` does not try this one again.
  mutating func leave(_ run: RunID) { runs.removeAll { $0 == run } }

  /// Whether there was something to take back, of which nothing is left.
  var isAllTakenBack: Bool { runs.isEmpty && !takenBack.isEmpty }

  /// All lines.
  var script: SessionScript { SessionScript(lines.map(\.entry)) }

  /// The places of those that were taken back.
  var takenBackLines: Set<Int> { Set(lines.indices.filter { lines[$0].run.map { takenBack.contains($0) } ?? false }) }
}
