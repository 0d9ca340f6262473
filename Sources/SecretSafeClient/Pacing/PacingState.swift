internal import SecretSafeAPI

/// Leave to send, to be handed back with what became of it.
struct PacingTicket: Sendable {
  let call: PacedCall
  let kind: String
  let pass: Pacer.Pass
  let place: Int
}

/// Who may send and who waits: the pacer, the gate, and the queues before them. It is told the time; what is to be done it gives back.
///
/// A request waits in `ready` for a place, or in the queue of its path for a limit. Of each path only the first comes back to `ready`, when the
/// limit's time has come or an answer may have changed it, and each that goes lets the next one come.
struct PacingState<Waiting: Sendable> {
  struct Request {
    let number: Int
    let call: PacedCall
    let kind: String
  }

  /// What the caller does, without a lock.
  struct Actions {
    var go: [(Waiting, PacingTicket)] = []
    var waits: [PacingWait] = []
  }

  private var pacer: Pacer
  private var gate: ConcurrencyGate
  private let shared: SharedBudget?
  private var ready = Fifo<Request>()
  private var held: [UInt64: Fifo<Request>] = [:]
  private var wakes: [UInt64: Timestamp] = [:]
  /// Whoever is in a queue and not in here has left.
  private var waiting: [Int: Waiting] = [:]
  private var lastNumber = 0

  init(_ pacer: Pacer, _ gate: ConcurrencyGate, _ shared: SharedBudget?) {
    self.pacer = pacer
    self.gate = gate
    self.shared = shared
  }

  /// When `wake` is to be called next.
  var nextWake: Timestamp? { wakes.values.min() }

  /// Goes at once if nobody waits and nothing is in the way.
  mutating func goNow(_ call: PacedCall, _ kind: String, at now: Timestamp) -> PacingTicket? {
    guard waiting.isEmpty || (ready.isEmpty && held[call.key] == nil), gate.hasRoom else { return nil }
    guard case .go(let pass) = permit(call, at: now) else { return nil }
    return PacingTicket(call: call, kind: kind, pass: pass, place: gate.enter())
  }

  mutating func newNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  mutating func wait(_ number: Int, _ call: PacedCall, _ kind: String, _ waiter: Waiting, at now: Timestamp) -> Actions {
    waiting[number] = waiter
    let request = Request(number: number, call: call, kind: kind)
    if held[call.key] != nil { hold(request) } else { ready.append(request) }
    return pump(at: now)
  }

  /// The waiter, if it still waited.
  mutating func leave(_ number: Int, at now: Timestamp) -> (Waiting?, Actions) {
    let waiter = waiting.removeValue(forKey: number)
    return (waiter, pump(at: now))
  }

  mutating func ended(_ ticket: PacingTicket, _ result: PacedResult, at now: Timestamp) -> Actions {
    let isLimited = share(ticket.call, at: now) { $0.ended(ticket.call, ticket.pass, result, at: now) }
    let outcome: ConcurrencyGate.Outcome =
      switch result {
      case .answered(let status, _): status < 500 ? .answered : .failed
      case .refused: isLimited ? .limited : .failed
      case .lost, .notSent: .failed
      }
    gate.leave(ticket.place, ticket.kind, outcome, took: .microseconds(max(0, now.since(ticket.pass.sent))))
    if held[ticket.call.key] != nil { promote(ticket.call.key) }
    return waiting.isEmpty ? Actions() : pump(at: now)
  }

  /// The time has come for whatever was to wait until now.
  mutating func wake(at now: Timestamp) -> Actions {
    for (key, until) in wakes where until <= now {
      wakes[key] = nil
      promote(key)
    }
    return pump(at: now)
  }

  private mutating func permit(_ call: PacedCall, at now: Timestamp) -> Pacer.Permit {
    share(call, at: now) { $0.permit(call, at: now) }
  }

  private mutating func share<T>(_ call: PacedCall, at now: Timestamp, _ body: (inout Pacer) -> T) -> T {
    guard let shared, shared.isThere || pacer.budget(for: call).isLimited else { return body(&pacer) }
    return shared.exchange(call.key, at: now) { stored in
      if let stored { pacer.adopt(stored, for: call, at: now) }
      let result = body(&pacer)
      let budget = pacer.budget(for: call)
      if budget.isLimited { stored = budget }
      return result
    }
  }

  private mutating func hold(_ request: Request) {
    held[request.call.key, default: Fifo()].insert(request) { $0.number < $1.number }
  }

  /// The first of a path that still waits comes back.
  private mutating func promote(_ key: UInt64) {
    while let request = held[key]?.popFirst() {
      if held[key]?.isEmpty == true { held[key] = nil }
      guard waiting[request.number] != nil else { continue }
      ready.append(request)
      return
    }
    wakes[key] = nil
  }

  private mutating func pump(at now: Timestamp) -> Actions {
    var actions = Actions()
    while gate.hasRoom, let request = ready.popFirst() {
      let key = request.call.key
      guard waiting[request.number] != nil else {
        promote(key)
        continue
      }
      switch permit(request.call, at: now) {
      case .go(let pass):
        guard let waiter = waiting.removeValue(forKey: request.number) else { continue }
        actions.go.append((waiter, PacingTicket(call: request.call, kind: request.kind, pass: pass, place: gate.enter())))
        promote(key)
      case .wait(let until, let limit):
        hold(request)
        guard wakes[key] != until else { continue }
        wakes[key] = until
        actions.waits.append(PacingWait(method: request.call.method, path: request.call.path, limit: limit, until: until))
      }
    }
    return actions
  }
}
