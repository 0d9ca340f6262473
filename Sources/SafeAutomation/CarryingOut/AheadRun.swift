public import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Sends what a plan merges, before the script is evaluated over the real answers. What it cannot do is left to the script.
public struct AheadRun: Sendable {
  private let plan: Plan
  private let source: SessionSource
  private let surroundings: Surroundings
  private let journal: RunJournal

  /// Steps under way at once.
  private static let parallelSteps = 16

  /// - Parameter journal: that of the run, with what the plan read in it.
  public init(_ plan: Plan, session: SessionSource, surroundings: Surroundings, journal: RunJournal) {
    (self.plan, source, self.surroundings, self.journal) = (plan, session, surroundings, journal)
  }

  /// Returns when all was sent that could be, or with what ends the run, to be taken up later: a lost connection, a rejected key, an interruption.
  public func run() async -> RunError? {
    do throws(RunError) {
      try await sendAll()
      return nil
    } catch { return error }
  }

  private func sendAll() async throws(RunError) {
    guard !plan.steps.isEmpty, !journal.recording.hasEndedAhead else { return }
    let session = try await source.open().forgetful()
    await session.organization.resume(from: plan.readChanges) { _ in }
    let sender = AheadSender(plan, session, await Settler(client: session.client, knowing: journal.recording), surroundings, journal)
    var schedule = plan.schedule
    var progress = EachProgress(done: 0, failed: 0, total: plan.steps.reduce(0) { $0 + $1.calls.count }, isFinished: false)
    progress.unit = "calls"
    while true {
      let steps = schedule.next()
      if steps.isEmpty { break }
      for (step, answered) in try await send(steps, sender, &progress) { schedule.ended(step, answered: answered) }
    }
    progress.isFinished = true
    surroundings.emit(.progress(progress))
    journal.file.append(.aheadEnded)
  }

  private func send(
    _ steps: [AheadSchedule.Step], _ sender: AheadSender, _ progress: inout EachProgress
  ) async throws(RunError) -> [(AheadSchedule.Step, Set<Int>)] {
    var ended: [(AheadSchedule.Step, Set<Int>)] = []
    var rest = steps[...]
    do {
      try await withThrowingTaskGroup(of: (AheadSchedule.Step, Set<Int>).self) { group in
        func begin() {
          guard let step = rest.popFirst() else { return }
          group.addTask { (step, try await sender.send(step)) }
        }
        for _ in 0..<Self.parallelSteps { begin() }
        while let result = try await group.next() {
          ended.append(result)
          progress.done += result.0.calls.count
          surroundings.emit(.progress(progress))
          begin()
        }
      }
    } catch { throw RunError(error) }
    return ended
  }
}

/// Sends one step after another, each of them once.
struct AheadSender: Sendable {
  let plan: Plan
  let session: Session
  let once: ExactlyOnce
  let placeholders = Placeholders()
  private let surroundings: Surroundings
  private let journal: RunJournal
  private let numbers: CallNumbers

  init(_ plan: Plan, _ session: Session, _ settler: Settler, _ surroundings: Surroundings, _ journal: RunJournal) {
    (self.plan, self.session, self.surroundings, self.journal) = (plan, session, surroundings, journal)
    once = ExactlyOnce(session: session, settler: settler, surroundings: surroundings)
    numbers = CallNumbers(first: journal.recording.nextCall)
  }

  func call(_ index: Int) -> RehearsedCall { plan.calls.calls[index] }

  /// Sends a step, and gives the calls that are answered now.
  func send(_ step: AheadSchedule.Step) async throws(RunError) -> Set<Int> {
    let known = step.calls.filter { journal.recording.ahead[call($0).key] != nil }
    for index in known {
      guard let answer = journal.recording.ahead[call(index).key] else { continue }
      await learn(index, answer.result)
    }
    let left = step.calls.filter { !known.contains($0) }
    if left.isEmpty { return Set(step.calls) }
    if surroundings.isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted) }
    let keys = left.map { call($0).key }
    let open = journal.recording.openSteps.filter { !$0.value.keys.isDisjoint(with: keys) }
    let lastSent = open.values.compactMap(\.lastSent).max()
    let number = numbers.take()
    let log = CallLog(number, journal, surroundings, attempts: open.values.reduce(0) { $0 + $1.attempts }, lastSent: lastSent)
    journal.file.append(.ahead(step: number, keys))
    var answers: [(Int, VerbResult)] = []
    do { answers = try await self.answers(AheadSchedule.Step(kind: step.kind, calls: left), log, isOpen: lastSent != nil) } catch {
      let error = RunError(error)
      if error.reach != .row { throw error }
      // It stays open: the script comes to each of its calls, and settles it by itself.
      if error.isOutcomeUnknown { return Set(known) }
      // All else is as if it had not been tried.
    }
    for (index, result) in answers { await learn(index, result) }
    journal.file.append(
      .answered(step: number, answers.map { AheadAnswer(key: call($0).key, words: CallWords(placeholders.call(call($0).call)), result: $1) }))
    // Those of an earlier part of the run are settled with it.
    for step in open.keys { journal.file.append(.answered(step: step, [])) }
    return Set(known + answers.map(\.0))
  }

  /// Later steps see what was done, and the ids that the organization gave.
  private func learn(_ index: Int, _ result: VerbResult) async {
    if let placeholder = call(index).created, let id = result.id { placeholders.learn(placeholder, is: id) }
    await session.organization.apply(result.changes)
  }

  private func answers(_ step: AheadSchedule.Step, _ log: CallLog, isOpen: Bool) async throws -> [(Int, VerbResult)] {
    switch step.kind {
    case .imports: return try await imports(step.calls, log, isOpen)
    case .invitation: return try await invitation(step.calls, log, isOpen)
    case .group(let group): return try await additions(step.calls, to: placeholders.id(group), log, isOpen)
    case .member(let member): return try await additions(step.calls, of: placeholders.id(member), log, isOpen)
    case .access(let collection): return try await access(step.calls, collection, log, isOpen)
    case .object: return try await update(step.calls, log, isOpen)
    case .single:
      let index = step.calls[0]
      return [(index, try await once.result(of: placeholders.call(call(index).call), log, isOpen: isOpen))]
    }
  }
}
