package import SecretSafeAPI
package import SecretSafeClient
import SecretSafeServer

/// Clients at a server with limits, in virtual time: the real `Pacer` and the server's real `Limiter`, and a way between them.
package struct Simulation {
  package enum Behaviour: Hashable, Sendable {
    /// Asks the pacer before each request.
    case paced(PacingPreset)
    /// Sends at once; waits after a 429 as long as it is told, without end.
    case retryAfter
    /// Sends at once; after a 429 waits 1, 2, 4 … s, 60 at most, and gives a row up after the tenth.
    case backOff
  }

  package var behaviour: Behaviour
  /// What the server counts by.
  package var rules = LimitRules.cloud
  /// How many rows each process has, and the requests of the nth one, which follow one another.
  package var count: Int
  package var calls: @Sendable (Int) -> [PacedCall] = { _ in [Simulation.invitation] }
  package var workers = 16
  package var processes = 1
  /// Whether the processes share what they know.
  package var isShared = false
  /// Both ways together, in milliseconds, by chance.
  package var roundTrip = 90.0...270.0
  /// The server's clock is so many seconds ahead.
  package var skew = 0.0
  /// When the last process starts, in seconds; the others evenly before.
  package var stagger = 0.0
  package var seed: UInt64 = 1

  package static let invitation = PacedCall(.api, "POST", "/public/members")

  /// A loop that invites the person of each row and adds it to a group, call by call: what is known is read at the first row, and the groups of
  /// each member before they are written.
  package static func onboarding(_ behaviour: Behaviour, rows: Int) -> Simulation {
    var simulation = Simulation(behaviour, count: rows)
    simulation.calls = { row in
      let groups = "/public/members/\(row)/group-ids"
      let reads = row == 0 ? ["/public/members", "/public/groups"].map { PacedCall(.api, "GET", $0) } : []
      return reads + [invitation, PacedCall(.api, "GET", groups), PacedCall(.api, "PUT", groups)]
    }
    return simulation
  }

  /// The least time that all of its requests take at limits that are known.
  package func floor(_ preset: PacingPreset) -> Int {
    var requests: [PacedCall: Int] = [:]
    for row in 0..<count * processes { for call in calls(row % count) { requests[call, default: 0] += 1 } }
    return LimitFloor.seconds(requests, preset)
  }

  package struct Outcome: Hashable, Sendable {
    /// Until the last answer.
    package var seconds = 0.0
    package var sent = 0
    package var refused = 0
    package var done = 0
    package var lost = 0
    /// When each process was done.
    package var ends: [Double] = []
    /// The most requests of one second, as they were sent.
    package var mostInASecond = 0
  }

  package init(_ behaviour: Behaviour, count: Int) {
    self.behaviour = behaviour
    self.count = count
  }

  /// The least time in which so many requests to one path can be sent, all limits observed.
  package static func floor(_ count: Int, _ limits: [RateLimit]) -> Double {
    var rest = max(0, count - 1)
    var seconds = 0
    for limit in limits.sorted(by: { $0.period > $1.period }) {
      seconds += rest / limit.count * limit.period
      rest %= limit.count
    }
    return Double(seconds)
  }

  package func run() -> Outcome {
    var world = World(self)
    return world.run()
  }
}

/// The state of one simulation.
private struct World {
  private enum Event {
    case ask(worker: Int, turn: Int)
    case arrival(worker: Int)
    case answer(worker: Int, PacedResult)
  }

  private struct Worker {
    let process: Int
    /// What is left of its row, the first of which is asked for or sent.
    var calls: ArraySlice<PacedCall> = []
    var attempts = 0
    /// Only the newest turn counts: who is woken early asks once.
    var turn = 0
    var isWaiting = false
    var pass: Pacer.Pass?
  }

  private struct Process {
    var pacer: Pacer
    var next = 0
    var connections = 0
    var inFlight = 0
    var end = 0.0
  }

  private static let start: Int64 = 1_800_000_000_000_000

  private let setup: Simulation
  private var limiter: Limiter
  private var random: SplitMix
  private var now = Self.start
  private var queue = EventQueue<Event>()
  private var workers: [Worker] = []
  private var processes: [Process]
  private var shared: [UInt64: PathBudget] = [:]
  private var outcome = Simulation.Outcome()
  private var lastSecond: [Int64] = []

  init(_ setup: Simulation) {
    self.setup = setup
    limiter = Limiter(setup.rules)
    random = SplitMix(setup.seed)
    let preset: PacingPreset = if case .paced(let preset) = setup.behaviour { preset } else { .none }
    processes = (0..<setup.processes).map { _ in Process(pacer: Pacer(preset)) }
    for process in processes.indices {
      for _ in 0..<setup.workers {
        let delay = setup.processes > 1 ? setup.stagger * Double(process) / Double(setup.processes - 1) : 0
        queue.add(.ask(worker: workers.count, turn: 0), at: now + Int64(delay * 1e6))
        workers.append(Worker(process: process))
      }
    }
  }

  mutating func run() -> Simulation.Outcome {
    while let (time, event) = queue.next() {
      now = time
      switch event {
      case .ask(let worker, let turn): if workers[worker].turn == turn { ask(worker) }
      case .arrival(let worker): arrive(worker)
      case .answer(let worker, let result): answered(worker, result)
      }
    }
    outcome.ends = processes.map(\.end)
    outcome.seconds = outcome.ends.max() ?? 0
    return outcome
  }

  private var moment: Timestamp { Timestamp(microseconds: now) }

  private mutating func oneWay() -> Int64 {
    let range = setup.roundTrip
    return Int64(Double.random(in: range, using: &random) * 500)
  }

  private mutating func ask(_ worker: Int) {
    let process = workers[worker].process
    if workers[worker].calls.isEmpty {
      guard processes[process].next < setup.count else { return }
      workers[worker].calls = setup.calls(processes[process].next)[...]
      processes[process].next += 1
    }
    workers[worker].turn += 1
    workers[worker].isWaiting = false
    guard let call = workers[worker].calls.first else { return }
    if case .paced = setup.behaviour {
      switch share(call, of: process, { $0.permit(call, at: $1) }) {
      case .wait(let until, _):
        workers[worker].isWaiting = true
        // No two timers end at once.
        queue.add(.ask(worker: worker, turn: workers[worker].turn), at: until.microseconds + Int64.random(in: 0...2000, using: &random))
        return
      case .go(let pass): workers[worker].pass = pass
      }
    }
    send(worker, process)
  }

  private mutating func send(_ worker: Int, _ process: Int) {
    outcome.sent += 1
    lastSecond.removeAll { $0 <= now - 1_000_000 }
    lastSecond.append(now)
    outcome.mostInASecond = max(outcome.mostInASecond, lastSecond.count)
    processes[process].inFlight += 1
    var way = oneWay()
    if processes[process].inFlight > processes[process].connections {
      processes[process].connections += 1
      // The handshakes of TCP and TLS.
      way += 4 * oneWay()
    }
    queue.add(.arrival(worker: worker), at: now + way)
  }

  private mutating func arrive(_ worker: Int) {
    guard let call = workers[worker].calls.first else { return }
    let base = call.service == .api ? "/api" : "/identity"
    guard let limited = LimitedCall(method: call.method, path: base + call.path) else { return }
    let time = Timestamp(microseconds: now + Int64(setup.skew * 1e6))
    let result: PacedResult =
      switch limiter.count(Limiter.Key(limited), under: setup.rules.rules(for: limited), at: time) {
      case .passed(let standing):
        .answered(
          status: 200,
          standing.flatMap { RateLimitHeaders(period: $0.period.text, remaining: String($0.remaining), resets: $0.resets.description) })
      case .refused(let period, let retryAfter): .refused(retryAfter: retryAfter, period: period.seconds)
      }
    queue.add(.answer(worker: worker, result), at: now + oneWay())
  }

  private mutating func answered(_ worker: Int, _ result: PacedResult) {
    let process = workers[worker].process
    processes[process].inFlight -= 1
    processes[process].end = Double(now - Self.start) / 1e6
    guard let call = workers[worker].calls.first else { return }
    if let pass = workers[worker].pass {
      share(call, of: process) { $0.ended(call, pass, result, at: $1) }
      wake(call, of: process)
    }
    guard case .refused(let retryAfter, _) = result else { return finish(worker, isLost: false) }
    outcome.refused += 1
    workers[worker].attempts += 1
    let attempts = workers[worker].attempts
    if setup.behaviour == .backOff {
      if attempts >= 10 { return finish(worker, isLost: true) }
      let wait = min(60, Double(1 << (attempts - 1))) * Double.random(in: 0.75...1.25, using: &random)
      return queue.add(.ask(worker: worker, turn: workers[worker].turn), at: now + Int64(wait * 1e6))
    }
    queue.add(.ask(worker: worker, turn: workers[worker].turn), at: now + Int64(retryAfter ?? 1) * 1_000_000)
  }

  private mutating func finish(_ worker: Int, isLost: Bool) {
    workers[worker].calls = isLost ? [] : workers[worker].calls.dropFirst()
    workers[worker].attempts = 0
    // A row is done with its last request.
    if isLost { outcome.lost += 1 } else if workers[worker].calls.isEmpty { outcome.done += 1 }
    queue.add(.ask(worker: worker, turn: workers[worker].turn), at: now)
  }

  /// An answer may let go who waits for the same path.
  private mutating func wake(_ call: PacedCall, of process: Int) {
    for index in workers.indices where workers[index].process == process && workers[index].isWaiting {
      if workers[index].calls.first == call { queue.add(.ask(worker: index, turn: workers[index].turn), at: now) }
    }
  }

  @discardableResult private mutating func share<T>(_ call: PacedCall, of process: Int, _ body: (inout Pacer, Timestamp) -> T) -> T {
    guard setup.isShared else { return body(&processes[process].pacer, moment) }
    if let budget = shared[call.key] { processes[process].pacer.adopt(budget, for: call, at: moment) }
    let result = body(&processes[process].pacer, moment)
    let budget = processes[process].pacer.budget(for: call)
    if budget.isLimited { shared[call.key] = budget }
    return result
  }
}
