internal import SecretSafeAPI
internal import Synchronization

/// Lets tasks send when pacer and gate allow. Who is cancelled leaves at once.
final class PacingQueue: Sendable {
  private typealias Waiter = CheckedContinuation<PacingTicket?, Never>
  private typealias Timer = (until: Timestamp, task: Task<Void, Never>)

  private let state: Mutex<PacingState<Waiter>>
  private let timer = Mutex<Timer?>(nil)
  private let onWait: (@Sendable (PacingWait) -> Void)?

  init(_ preset: PacingPreset, connections: Int, shared: SharedBudget?, onWait: (@Sendable (PacingWait) -> Void)?) {
    state = Mutex(PacingState(Pacer(preset), ConcurrencyGate(most: connections), shared))
    self.onWait = onWait
  }

  deinit { timer.withLock { $0?.task.cancel() } }

  /// Waits for leave to send. `kind` is what requests of about the same effort have in common.
  func enter(_ call: PacedCall, _ kind: String) async throws(CancellationError) -> PacingTicket {
    if let ticket = state.withLock({ $0.goNow(call, kind, at: .now()) }) { return ticket }
    let number = state.withLock { $0.newNumber() }
    let ticket = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        let actions = state.withLock { state -> PacingState<Waiter>.Actions? in
          Task.isCancelled ? nil : state.wait(number, call, kind, waiter, at: .now())
        }
        if let actions { carryOut(actions) } else { waiter.resume(returning: nil) }
      }
    } onCancel: {
      let (waiter, actions) = state.withLock { $0.leave(number, at: .now()) }
      waiter?.resume(returning: nil)
      carryOut(actions)
    }
    guard let ticket else { throw CancellationError() }
    return ticket
  }

  func ended(_ ticket: PacingTicket, _ result: PacedResult) {
    carryOut(state.withLock { $0.ended(ticket, result, at: .now()) })
  }

  private func carryOut(_ actions: PacingState<Waiter>.Actions) {
    for (waiter, ticket) in actions.go { waiter.resume(returning: ticket) }
    if let onWait { for wait in actions.waits { onWait(wait) } }
    if !actions.waits.isEmpty { setTimer() }
  }

  /// One timer for all that waits.
  private func setTimer() {
    guard let until = state.withLock(\.nextWake) else { return }
    timer.withLock { timer in
      if let timer, timer.until <= until, !timer.task.isCancelled { return }
      timer?.task.cancel()
      // Of several processes that wait for the same moment, not always the same is the first.
      let wait = Duration.microseconds(max(0, until.since(.now())) + .random(in: 0...2000))
      timer = (
        until,
        Task { [weak self] in
          try? await Task.sleep(for: wait, tolerance: .milliseconds(1))
          if !Task.isCancelled { self?.wake(until) }
        }
      )
    }
  }

  private func wake(_ until: Timestamp) {
    timer.withLock { if $0?.until == until { $0 = nil } }
    // A clock that was set back meanwhile does not make anybody wait longer.
    carryOut(state.withLock { $0.wake(at: max(until, .now())) })
    setTimer()
  }
}
