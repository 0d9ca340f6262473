public import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// Writes, each of them exactly once: intent, sent, outcome.
extension JournaledWorld {
  public func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    let (key, words) = (key(call.site), CallWords(call))
    guard let earlier = recording.calls[key] else {
      try leaveIfNew(key)
      let number = calls.take()
      journal.file.append(.intent(call: number, key, words))
      if let answer = try journal.answer(to: key), answer.words == words { return try await take(answer, for: call, number) }
      let (open, isShown) = (recording.openStep(of: key), shown?.has(key))
      let log = CallLog(number, journal, surroundings, lastSent: open?.lastSent, hasInverses: open?.inverses.isEmpty == false)
      let outcome = try await carryOut(call, log, isOpen: open != nil, isToChange: isShown ?? true)
      if outcome.changed, isShown == false { surroundings.emit(.warning("the plan had not shown: \(words.text)")) }
      return outcome
    }
    guard earlier.words == words else {
      throw RunError(
        .data, "the run was '\(earlier.words.text)' here before, and is '\(words.text)' now", reach: .unreachable,
        hint: "script, inputs and answers are as they were, so something else differs; nothing was sent")
    }
    switch earlier.state {
    case .done(let result, let permitted):
      taken.withLock { _ = $0.insert(CallDigest(key)) }
      if permitted > 0 { try call.permit(permitted) }
      ledger.add(call.site, result.id, attempts: earlier.attempts)
      return result.outcome
    case .failed(let error):
      ledger.add(call.site, nil, attempts: earlier.attempts)
      throw error
    case .intended, .sent:
      let isOpen = if case .sent = earlier.state { true } else { false }
      if !isOpen { try leaveIfNew(key) }
      if !isOpen, let answer = try journal.answer(to: key), answer.words == words { return try await take(answer, for: call, earlier.number) }
      let log = CallLog(earlier.number, journal, surroundings, attempts: earlier.attempts, lastSent: earlier.lastSent, hasInverses: !earlier.inverses.isEmpty)
      return try await carryOut(call, log, isOpen: isOpen)
    }
  }

  /// Of a run that does not go on only what was sent is looked at.
  private func leaveIfNew(_ key: CallKey) throws(RunError) {
    guard journal.purpose == .settle, recording.openStep(of: key) == nil, try journal.answer(to: key) == nil else { return }
    throw RunError(.refused, "the run does not go on")
  }

  /// A call that was answered before the script said it.
  private func take(_ answer: AheadAnswer, for call: VerbCall, _ number: Int) async throws(RunError) -> VerbOutcome {
    let result = answer.result
    taken.withLock { _ = $0.insert(CallDigest(answer.key)) }
    if result.changed { try call.permit() }
    let once = try await open()
    if case .group(let group) = result.given { await once.settler.made(group.id) }
    await once.session.organization.commit(result.changes) { [journal] in
      // What takes it back is with the answer.
      journal.file.append(.done(call: number, result.undone(by: []), permitted: result.changed ? 1 : 0))
    }
    ledger.add(call.site, result.id, attempts: result.changed ? 1 : 0)
    return result.outcome
  }

  /// `isOpen` is said of a call that was sent before, and of which nobody knows what became.
  private func carryOut(_ call: VerbCall, _ log: CallLog, isOpen: Bool, isToChange: Bool = true) async throws(RunError) -> VerbOutcome {
    defer { ledger.add(call.site, nil, attempts: log.attempts) }
    do {
      let once = try await open()
      let result = try await once.result(of: call, log, isOpen: isOpen, isToChange: isToChange)
      if case .group(let group) = result.given { await once.settler.made(group.id) }
      await once.session.organization.commit(result.changes) { [journal] in
        journal.file.append(.done(call: log.number, result, permitted: log.permitted))
      }
      ledger.add(call.site, result.id, attempts: log.attempts)
      return result.outcome
    } catch {
      let error = RunError(error)
      if journal.purpose == .settle {
        if error.isOutcomeUnknown { surroundings.emit(.warning("nobody knows whether this was done, so it is left as it is: \(CallWords(call).text)")) }
      } else if error.reach == .row {
        // What ends the run says nothing of the call: it is looked at again when the run goes on.
        journal.file.append(.failed(call: log.number, error))
      }
      throw error
    }
  }
}

/// Writes down each request of a call before it leaves.
final class CallLog: WriteObserver {
  let number: Int
  private let journal: RunJournal
  private let surroundings: Surroundings
  private let state: Mutex<State>

  private struct State {
    var attempts: Int
    /// In microseconds since 1970.
    var lastSent: Int?
    var permitted = 0
    /// What takes the call back: noted by its body, and not in the journal yet.
    var inverses: [Inverse] = []
    /// Whether it is in the journal: a body that runs again finds its own work.
    var hasInverses = false
  }

  /// What is told is from an earlier part of the run, which sent something for the call.
  init(_ number: Int, _ journal: RunJournal, _ surroundings: Surroundings, attempts: Int = 0, lastSent: Int? = nil, hasInverses: Bool = false) {
    self.number = number
    self.journal = journal
    self.surroundings = surroundings
    state = Mutex(State(attempts: attempts, lastSent: lastSent, hasInverses: hasInverses))
  }

  var attempts: Int { state.withLock { $0.attempts } }
  var permitted: Int { state.withLock { $0.permitted } }

  /// Whether so many changes are new to the caps.
  func permits(_ count: Int) -> Bool {
    state.withLock { state in
      if state.permitted > 0 { return false }
      state.permitted = count
      return true
    }
  }

  /// Keeps what takes the call back until its first request leaves.
  func note(_ inverses: [Inverse]) { state.withLock { $0.inverses += inverses } }

  func willSend(_ request: String) async throws(ClientError) {
    if journal.purpose == .settle { throw ClientError(.refused, "it was not done, and the run does not go on") }
    // What an earlier part of the run sent may be under way yet.
    if let earlier = journal.lastUnanswered { await wait(until: earlier) }
    let now = Int(Timestamp.now().microseconds)
    let inverses: [Inverse] = state.withLock { state in
      state.attempts += 1
      state.lastSent = now
      defer { (state.inverses, state.hasInverses) = ([], state.hasInverses || !state.inverses.isEmpty) }
      return state.hasInverses ? [] : state.inverses
    }
    journal.file.append(.sent(call: number, request: request, at: now, inverses))
    do { try await journal.file.flush() } catch {
      throw ClientError(.unrecorded, "the journal cannot be written, so nothing more is sent: \(error)")
    }
  }

  func lostTrack() async {
    guard let sent = state.withLock({ $0.lastSent }) else { return }
    await wait(until: sent)
  }

  /// Until a request that was sent then cannot be under way any more, or the person wants to stop.
  private func wait(until sent: Int) async {
    let (seconds, rest) = journal.timeout.components
    let due = sent + Int(seconds) * 1_000_000 + Int(rest / 1_000_000_000_000) + Self.slack
    let whole = due - Int(Timestamp.now().microseconds)
    if whole > Self.worthTelling, whole <= Int(seconds + 60) * 1_000_000, journal.mustTell(untilAfter: due, at: due - whole) {
      surroundings.emit(.warning("an answer was lost; waiting \((whole + 999_999) / 1_000_000) s, until no lost request can be under way any more"))
    }
    while !surroundings.isInterrupted(), !Task.isCancelled {
      let left = due - Int(Timestamp.now().microseconds)
      // A clock that was set back must not hold a run up for longer than a request can last.
      if left <= 0 || left > Int(seconds + 60) * 1_000_000 { return }
      try? await Task.sleep(for: .microseconds(min(left, 200_000)))
    }
  }

  /// Shorter waits are over before anybody wonders.
  private static let worthTelling = 2_000_000
  /// From the line in the journal to the first byte on the wire.
  private static let slack = 200_000
}
