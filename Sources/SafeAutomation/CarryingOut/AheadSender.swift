internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

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

  /// Calls that one line of the journal names.
  private static let keysInLine = 1_000

  /// What came of a step.
  struct Sent: Sendable {
    /// The calls that are answered as on the twin: what stands behind others was planned for something else.
    var answered = Set<Int>()
    /// It is left to the script.
    var hasFailed = false
  }

  /// - Returns: what ends the run in place of what was sent: a lost connection, a rejected key, an interruption.
  func result(of step: AheadSchedule.Step) async -> Result<Sent, RunError> {
    do throws(RunError) { return .success(try await send(step)) } catch { return .failure(error) }
  }

  private func send(_ step: AheadSchedule.Step) async throws(RunError) -> Sent {
    var (sent, left) = (Sent(), [Int]())
    for index in step.calls {
      guard let answer = try journal.answer(to: call(index).key) else {
        left.append(index)
        continue
      }
      await learn(index, answer.result)
      if isLikeTwin(index, answer.result) { sent.answered.insert(index) }
    }
    // Whoever is invited already cannot take with him what was left.
    if left.isEmpty || step.kind == .invitation && left.count < step.calls.count { return sent }
    if surroundings.isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted) }
    let open = journal.recording.openSteps.filter { step in left.contains { step.value.keys.contains(call($0).key) } }
    let lastSent = open.values.compactMap(\.lastSent).max()
    let number = numbers.take()
    let log = CallLog(
      number, journal, surroundings, attempts: open.values.reduce(0) { $0 + $1.attempts }, lastSent: lastSent,
      hasInverses: open.values.contains { !$0.inverses.isEmpty })
    for start in stride(from: 0, to: left.count, by: Self.keysInLine) {
      journal.file.append(.ahead(step: number, left[start..<min(left.count, start + Self.keysInLine)].map { call($0).key }))
    }
    var answers = StepAnswers.none
    do { answers = try await self.answers(AheadSchedule.Step(kind: step.kind, calls: left), log, isOpen: lastSent != nil) } catch {
      let error = RunError(error)
      if error.reach != .row { throw error }
      sent.hasFailed = true
      // It stays open: the script comes to each of its calls, and settles it by itself.
      if error.isOutcomeUnknown { return sent }
      // All else is as if it had not been tried.
    }
    // What each of them came to is in the answers; of so many, a list is not kept up.
    if step.kind == .imports { await session.organization.letGo(.member) }
    for (index, result) in answers {
      await learn(index, result)
      if isLikeTwin(index, result) { sent.answered.insert(index) }
      let answer = AheadAnswer(key: call(index).key, words: call(index).words(placeholders), result: result)
      journal.file.append(.answer(step: number, answer))
    }
    journal.file.append(.answered(step: number))
    // Those of an earlier part of the run are settled with it, if they were for nothing else.
    let keys = open.isEmpty ? [] : Set(left.map { call($0).key })
    for (number, step) in open where step.keys.isSubset(of: keys) { journal.file.append(.answered(step: number)) }
    return sent
  }

  /// Later steps see what was done, and the ids that the organization gave.
  private func learn(_ index: Int, _ result: VerbResult) async {
    if let placeholder = call(index).created, let id = result.id { placeholders.learn(placeholder, is: id) }
    if case .group(let group) = result.given, result.changed { await once.settler.made(group.id) }
    await session.organization.apply(result.changes)
  }

  /// Whether the script sees the same as in its rehearsal, ids aside.
  private func isLikeTwin(_ index: Int, _ result: VerbResult) -> Bool {
    guard let twin = call(index).twin else { return true }
    return switch (result.given, twin.given) {
    case (.member(let real), .member(let type, let status, let externalId, _)): real.status == status && real.type == type && real.externalId == externalId
    case (.group(let real), .group(let name, let externalId)): real.name == name && real.externalId == externalId
    case (.collection(let real), .collection(let externalId)): real.externalId == externalId
    case (.nothing, .nothing): result.statuses == twin.statuses
    default: true
    }
  }

  /// A call of the rehearsal as the script will say it; nil for one that only joins.
  func said(_ index: Int) -> VerbCall? {
    call(index).call.map { placeholders.call($0) }
  }

  private func answers(_ step: AheadSchedule.Step, _ log: CallLog, isOpen: Bool) async throws -> StepAnswers {
    switch step.kind {
    case .imports: return try await imports(step.calls, log, isOpen)
    case .invitation: return StepAnswers(try await invitation(step.calls, log, isOpen))
    case .group(let group): return StepAnswers(try await additions(step.calls, to: placeholders.id(group), log, isOpen))
    case .member(let member): return StepAnswers(try await additions(step.calls, of: placeholders.id(member), log, isOpen))
    case .access(let collection): return StepAnswers(try await access(step.calls, collection, log, isOpen))
    case .object: return StepAnswers(try await update(step.calls, log, isOpen))
    case .single:
      let index = step.calls[0]
      guard let said = said(index) else { return .none }
      let result = try await once.result(of: said, log, isOpen: isOpen, isToChange: call(index).changed == true)
      // Who is in a new group is known, so that nobody asks for it and sees too early who comes.
      if case .group(let group) = result.given, call(index).created != nil {
        return StepAnswers([(index, VerbResult(result.given, changed: result.changed, result.others + [.membersOf([group.id: []])]).undone(by: result.inverses))])
      }
      return StepAnswers([(index, result)])
    }
  }
}
