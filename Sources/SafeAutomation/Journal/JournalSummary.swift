internal import SafeLanguage

/// How far a run came that has not ended yet, as its journal tells it.
public struct JournalSummary: Sendable {
  /// Rows that are through.
  public private(set) var rows: [LedgerStatus: Int] = [:]
  /// Calls that changed something, by verb, in the order in which each came first.
  public private(set) var calls: [RunRecord.Calls] = []
  /// Changes that were sent ahead, and that the script did not come to.
  public let ahead: Int
  /// What was sent and not answered, in words.
  public let unanswered: [String]

  /// Reads a run's journal.
  ///
  /// - Throws: `RunJournal.Failure` if it is not there, or damaged.
  public init(of run: RunFolder) throws(RunJournal.Failure) {
    guard let recording = try RunJournal.recording(run.journal) else { throw RunJournal.Failure(description: "\(run.journal): the journal is not there, or empty") }
    for outcome in recording.rows.values { rows[LedgerStatus(outcome), default: 0] += 1 }
    var said: Set<CallDigest> = []
    for (key, call) in recording.calls.sorted(by: { $0.value.number < $1.value.number }) {
      guard case .done(let result, _) = call.state else { continue }
      said.insert(CallDigest(key))
      if !result.changed { continue }
      let verb = String(call.words.text.prefix { $0 != " " })
      if let place = calls.firstIndex(where: { $0.verb == verb }) { calls[place].count += 1 } else { calls.append(.init(verb: verb, count: 1)) }
    }
    ahead = recording.ahead.count { $0.value.changed && !said.contains($0.key) }
    unanswered = recording.unanswered
  }
}
