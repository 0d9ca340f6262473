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

  /// Sends a step, and gives the calls that are answered as on the twin: what stands behind others was planned for something else.
  func send(_ step: AheadSchedule.Step) async throws(RunError) -> Set<Int> {
    var (known, left) = (Set<Int>(), [Int]())
    for index in step.calls {
      guard let answer = try journal.answer(to: call(index).key) else {
        left.append(index)
        continue
      }
      await learn(index, answer.result)
      if isLikeTwin(index, answer.result) { known.insert(index) }
    }
    // Whoever is invited already cannot take with him what was left.
    if left.isEmpty || step.kind == .invitation && left.count < step.calls.count { return known }
    if surroundings.isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted) }
    let keys = Set(left.map { call($0).key })
    let open = journal.recording.openSteps.filter { !$0.value.keys.isDisjoint(with: keys) }
    let lastSent = open.values.compactMap(\.lastSent).max()
    let number = numbers.take()
    let log = CallLog(
      number, journal, surroundings, attempts: open.values.reduce(0) { $0 + $1.attempts }, lastSent: lastSent,
      hasInverses: open.values.contains { !$0.inverses.isEmpty })
    journal.file.append(.ahead(step: number, left.map { call($0).key }))
    var answers: [(index: Int, result: VerbResult)] = []
    do { answers = try await self.answers(AheadSchedule.Step(kind: step.kind, calls: left), log, isOpen: lastSent != nil) } catch {
      let error = RunError(error)
      if error.reach != .row { throw error }
      // It stays open: the script comes to each of its calls, and settles it by itself.
      if error.isOutcomeUnknown { return known }
      // All else is as if it had not been tried.
    }
    for (index, result) in answers { await learn(index, result) }
    for (index, result) in answers {
      let words = CallWords(placeholders.call(call(index).call))
      journal.file.append(.answer(step: number, AheadAnswer(key: call(index).key, words: words, result: result)))
    }
    journal.file.append(.answered(step: number))
    // Those of an earlier part of the run are settled with it, if they were for nothing else.
    for (number, step) in open where step.keys.isSubset(of: keys) { journal.file.append(.answered(step: number)) }
    return known.union(answers.filter { isLikeTwin($0.index, $0.result) }.map(\.index))
  }

  /// Later steps see what was done, and the ids that the organization gave.
  private func learn(_ index: Int, _ result: VerbResult) async {
    if let placeholder = call(index).created, let id = result.id { placeholders.learn(placeholder, is: id) }
    if case .group(let group) = result.given, result.changed { await once.settler.made(group.id) }
    await session.organization.apply(result.changes)
  }

  /// Whether the script sees the same as in its rehearsal, ids aside.
  private func isLikeTwin(_ index: Int, _ result: VerbResult) -> Bool {
    switch (result.given, call(index).result?.given) {
    case (.member(let real), .member(let twin)?): real.status == twin.status && real.type == twin.type && real.externalId == twin.externalId
    case (.group(let real), .group(let twin)?): real.name == twin.name && real.externalId == twin.externalId
    case (.collection(let real), .collection(let twin)?): real.externalId == twin.externalId
    case (.nothing, .nothing?): Self.statuses(result) == Self.statuses(call(index).result)
    default: true
    }
  }

  /// What a call that gives nothing made of members.
  private static func statuses(_ result: VerbResult?) -> [MemberStatus] {
    (result?.others ?? []).compactMap { change in
      switch change {
      case .member(let member): member.status
      case .status(_, let status): status
      default: nil
      }
    }
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
      let isToChange = call(index).result?.changed == true
      let result = try await once.result(of: placeholders.call(call(index).call), log, isOpen: isOpen, isToChange: isToChange)
      // Who is in a new group is known, so that nobody asks for it and sees too early who comes.
      if case .group(let group) = result.given, call(index).created != nil {
        return [(index, VerbResult(result.given, changed: result.changed, result.others + [.membersOf([group.id: []])]).undone(by: result.inverses))]
      }
      return [(index, result)]
    }
  }
}
