public import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// Writes, each of them exactly once: intent, sent, outcome.
extension JournaledWorld {
  /// How long a call whose answers are lost is tried before its row fails.
  private static let patience: Duration = .seconds(60)

  public func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    let (key, words) = (key(call.site), CallWords(call))
    guard let earlier = recording.calls[key] else {
      let number = calls.take()
      journal.file.append(.intent(call: number, key, words))
      return try await carryOut(call, CallLog(number, journal, surroundings), isOpen: false)
    }
    guard earlier.words == words else {
      throw RunError(
        .data, "the run was '\(earlier.words.text)' here before, and is '\(words.text)' now", reach: .unreachable,
        hint: "script, inputs and answers are as they were, so something else differs; nothing was sent")
    }
    switch earlier.state {
    case .done(let result, let permitted):
      if permitted > 0 { try call.permit(permitted) }
      ledger.add(call.site, result.id, attempts: earlier.attempts)
      return result.outcome
    case .failed(let error):
      ledger.add(call.site, nil, attempts: earlier.attempts)
      throw error
    case .intended, .sent:
      let isOpen = if case .sent = earlier.state { true } else { false }
      return try await carryOut(call, CallLog(earlier.number, journal, surroundings, goingOnWith: earlier), isOpen: isOpen)
    }
  }

  /// `isOpen` is said of a call that was sent before, and of which nobody knows what became.
  private func carryOut(_ call: VerbCall, _ log: CallLog, isOpen: Bool) async throws(RunError) -> VerbOutcome {
    defer { ledger.add(call.site, nil, attempts: log.attempts) }
    do {
      let result = try await result(of: call, log, isOpen: isOpen)
      let (session, settler) = try await open()
      if case .group(let group) = result.given { await settler.made(group.id) }
      await session.organization.commit(result.changes) { [journal] in
        journal.file.append(.done(call: log.number, result, permitted: log.permitted))
      }
      ledger.add(call.site, result.id, attempts: log.attempts)
      return result.outcome
    } catch {
      let error = RunError(error)
      // What ends the run says nothing of the call: it is looked at again when the run goes on.
      if error.reach == .row { journal.file.append(.failed(call: log.number, error)) }
      throw error
    }
  }

  private func result(of call: VerbCall, _ log: CallLog, isOpen: Bool) async throws -> VerbResult {
    let (session, settler) = try await open()
    let entry = try VerbEntry.of(call.verb)
    let call = call.counting { log.permits($0) }
    let context = session.context(asking: surroundings.confirm, observedBy: log)
    if case .creation = entry.settling, await !settler.knowsGroups {
      try await session.organization.load(.group)
      await settler.groupsBefore(await session.organization.groupIDs())
    }
    var isOpen = isOpen
    var mayBeOurs = isOpen
    if isOpen { await log.lostTrack() }
    try stopIfInterrupted(isOpen: isOpen)
    var firstLoss: ContinuousClock.Instant?
    while true {
      if isOpen {
        let member = if case .status = entry.settling { try await session.organization.member(call.subject).id } else { GUID?.none }
        switch try await settler.settle(entry.settling, call, member: member) {
        case .done(let result):
          // It counts, though its body did not run here.
          try? call.permit()
          return result
        case .unknown: throw RunError(.network, "the answer was lost, and nobody can tell whether it was done", isOutcomeUnknown: true)
        case .notDone: isOpen = false
        }
      }
      do {
        var result = try await entry.body(context, call)
        // It is as it should be since the request whose answer was lost made it so.
        if mayBeOurs { result.changed = true }
        return result
      } catch let error as ClientError {
        if error.kind == .outdated { continue }
        if error.kind == .notFound, mayBeOurs, let resource = entry.verb.removedResource, let id = call.subject.objectID {
          return VerbResult(changed: true, .removed(resource, id))
        }
        guard error.isOutcomeUnknown, error.kind != .cancelled, error.kind != .unauthorized else { throw error }
        try stopIfInterrupted(isOpen: true)
        let first = firstLoss ?? .now
        firstLoss = first
        if first.duration(to: .now) > Self.patience { throw error }
        isOpen = true
        mayBeOurs = true
      }
    }
  }
}

extension JournaledWorld {
  /// Who wants to stop does not wait until a lost call can be settled: it stays open in the journal.
  private func stopIfInterrupted(isOpen: Bool) throws(RunError) {
    if isOpen, surroundings.isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted, isOutcomeUnknown: true) }
  }
}

extension Verb {
  /// What the verb takes away.
  fileprivate var removedResource: Resource? {
    guard name == "remove", case .row(let resource) = subject else { return nil }
    return Resource(rawValue: resource)
  }
}

extension Value {
  fileprivate var objectID: GUID? {
    if case .record(let row) = self { return Rows.id(row) }
    return nil
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

  init(_ number: Int, _ journal: RunJournal, _ surroundings: Surroundings, goingOnWith earlier: Recording.Call? = nil) {
    self.number = number
    self.journal = journal
    self.surroundings = surroundings
    state = Mutex(State(attempts: earlier?.attempts ?? 0, lastSent: earlier?.lastSent, hasInverses: earlier?.inverses.isEmpty == false))
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
