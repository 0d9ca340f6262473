public import SafeLanguage

/// Sends what a plan merges, before the script is evaluated over the real answers. What it cannot do is left to the script.
public struct AheadRun: Sendable {
  private let plan: Plan
  private let source: SessionSource
  private let surroundings: Surroundings
  private let journal: RunJournal
  private let breaker: Int?

  /// Steps under way at once.
  private static let parallelSteps = 16

  /// - Parameters:
  ///   - journal: that of the run, with what the plan read in it.
  ///   - breaker: the share of failed steps, in percent, at which nothing more is sent ahead; nil for never.
  public init(_ plan: Plan, session: SessionSource, surroundings: Surroundings, journal: RunJournal, breaker: Int?) {
    (self.plan, source, self.surroundings, self.journal, self.breaker) = (plan, session, surroundings, journal, breaker)
  }

  /// Returns when all was sent that could be, or with what ends the run, to be taken up later: a lost connection, a rejected key, an interruption.
  public func run() async -> RunError? {
    do throws(RunError) {
      try await sendAll()
      return nil
    } catch { return error }
  }

  private func sendAll() async throws(RunError) {
    if journal.recording.hasEndedAhead { return }
    guard !plan.steps.isEmpty else { return journal.endAhead() }
    let session = try await source.open().forgetful()
    await session.organization.resume(from: plan.readChanges) { _ in }
    let sender = AheadSender(plan, session, await Settler(client: session.client, knowing: journal.recording), surroundings, journal)
    var schedule = plan.schedule
    var progress = EachProgress(done: 0, failed: 0, total: plan.steps.reduce(0) { $0 + $1.calls.count }, isFinished: false)
    progress.unit = "calls"
    var failures = Breaker()
    while failures.tripped(at: breaker) == nil {
      let steps = schedule.next()
      if steps.isEmpty { break }
      for (step, answered) in try await send(steps, sender, &progress, &failures) { schedule.ended(step, answered: answered) }
    }
    progress.isFinished = true
    surroundings.emit(.progress(progress))
    if let failures = failures.tripped(at: breaker) {
      surroundings.emit(.warning("\(failures.failed) of \(failures.rows) steps that were sent ahead failed; the others are left to the script"))
    }
    journal.endAhead()
  }

  private func send(
    _ steps: [AheadSchedule.Step], _ sender: AheadSender, _ progress: inout EachProgress, _ failures: inout Breaker
  ) async throws(RunError) -> [(AheadSchedule.Step, Set<Int>)] {
    var ended: [(AheadSchedule.Step, Set<Int>)] = []
    var rest = steps[...]
    // What is under way is waited for, whatever ends the run: the answers tell what was done.
    var ending: RunError?
    await withTaskGroup(of: (AheadSchedule.Step, Result<AheadSender.Sent, RunError>).self) { group in
      func begin() {
        guard ending == nil, failures.tripped(at: breaker) == nil, let step = rest.popFirst() else { return }
        group.addTask { (step, await sender.result(of: step)) }
      }
      for _ in 0..<Self.parallelSteps { begin() }
      for await (step, result) in group {
        switch result {
        case .success(let sent):
          ended.append((step, sent.answered))
          failures.finished(isFailed: sent.hasFailed)
          progress.done += step.calls.count
          surroundings.emit(.progress(progress))
          begin()
        case .failure(let error): ending = ending ?? error
        }
      }
    }
    if let ending { throw ending }
    return ended
  }
}
