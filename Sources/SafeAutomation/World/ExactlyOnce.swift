internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Sends writes until it is known what became of them, and none of them twice.
struct ExactlyOnce: Sendable {
  let session: Session
  let settler: Settler
  let surroundings: Surroundings

  /// How long a write whose answers are lost is tried before its row fails.
  private static let patience: Duration = .seconds(60)

  /// What looking at the organization tells of a write whose answer was lost.
  enum Finding<R: Sendable>: Sendable {
    case done(R)
    case notDone
    case unknown
  }

  /// - Parameters:
  ///   - isOpen: it was sent before, and nobody knows what became of it.
  ///   - settle: looks whether it was done.
  ///   - send: sends it; is told whether what it finds done may be its own work.
  func untilKnown<R: Sendable>(
    _ log: CallLog, isOpen: Bool, settle: () async throws -> Finding<R>, send: (_ mayBeOurs: Bool) async throws -> R
  ) async throws -> R {
    var (isOpen, mayBeOurs) = (isOpen, isOpen)
    if isOpen { await log.lostTrack() }
    try stopIfInterrupted(isOpen: isOpen)
    var firstLoss: ContinuousClock.Instant?
    while true {
      if isOpen {
        let finding: Finding<R>
        do { finding = try await settle() } catch {
          // As long as nobody can look, nobody knows.
          var error = RunError(error)
          error.isOutcomeUnknown = true
          throw error
        }
        switch finding {
        case .done(let result): return result
        case .unknown: throw RunError(.network, "the answer was lost, and nobody can tell whether it was done", isOutcomeUnknown: true)
        case .notDone: isOpen = false
        }
      }
      do { return try await send(mayBeOurs) } catch let error as ClientError {
        if error.kind == .outdated { continue }
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

  /// Who wants to stop does not wait until a lost call can be settled: it stays open in the journal.
  private func stopIfInterrupted(isOpen: Bool) throws(RunError) {
    if isOpen, surroundings.isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted, isOutcomeUnknown: true) }
  }

  /// What a call comes to.
  ///
  /// - Parameter isToChange: what it counts as where it may be its own work that it finds done.
  func result(of call: VerbCall, _ log: CallLog, isOpen: Bool, isToChange: Bool = true) async throws -> VerbResult {
    let entry = try VerbEntry.of(call.verb)
    let call = call.counting { log.permits($0) }
    let context = session.context(asking: surroundings.confirm, observedBy: log)
    if case .creation = entry.settling, await !settler.knowsGroups {
      try await session.organization.load(.group)
      await settler.groupsBefore(await session.organization.groupIDs())
    }
    return try await untilKnown(log, isOpen: isOpen) {
      let member = if case .status = entry.settling { try await session.organization.member(call.subject).id } else { GUID?.none }
      let finding = try await settler.settle(entry.settling, call, member: member)
      // It counts, though its body did not run here.
      if case .done = finding { try? call.permit() }
      return finding
    } send: { mayBeOurs in
      do {
        var result = try await entry.body(context, call)
        // It is as it should be since the request whose answer was lost made it so.
        if mayBeOurs, isToChange { result.changed = true }
        return result
      } catch let error as ClientError {
        guard error.kind == .notFound, mayBeOurs, let resource = entry.verb.removedResource, let id = call.subject.objectID else { throw error }
        return VerbResult(changed: true, .removed(resource, id))
      }
    }
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
