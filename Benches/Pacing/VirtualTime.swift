import PacingSimulation
import SecretSafeAPI
import SecretSafeClient

/// What clients come to at the cloud's limits, in virtual time: seconds, and by how much the floor was missed.
enum VirtualTime {
  private static let limits = [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)]

  static func show() {
    print("5,000 invitations at 60 a minute and 5 a second, one path; the floor is \(text(Simulation.floor(5000, limits)))")
    print(row("client", "workers", "time", "over the floor", "429s", "lost rows"))
    let clients: [(String, Simulation.Behaviour)] = [
      ("paced, preset", .paced(.cloud)), ("paced, learned", .paced(.learn)), ("not paced, waits as told", .retryAfter),
      ("not paced, backs off", .backOff),
    ]
    for (name, behaviour) in clients {
      for workers in [1, 4, 16, 64] {
        var simulation = Simulation(behaviour, count: 5000)
        simulation.workers = workers
        show(name, "\(workers)", simulation, floor: Simulation.floor(5000, limits))
      }
    }

    // The fourth program of docs/language.md with --direct: 5,000 people in 60 groups.
    for (name, behaviour) in clients.prefix(2) {
      var simulation = Simulation.onboarding(behaviour, rows: 5000)
      simulation.workers = 8
      let floor = simulation.floor(.cloud)
      if behaviour == .paced(.cloud) {
        print("\n5,000 people invited and put into 60 groups, call by call, each par 8: \(text(Double(floor))) is the floor of their 15,002 requests")
      }
      show(name, "8", simulation, floor: Double(floor))
    }

    print("\nothers, 16 workers")
    print(row("client", "", "time", "over the floor", "429s", "lost rows"))
    for (name, behaviour) in clients.prefix(2) {
      for count in [30, 500] {
        let simulation = Simulation(behaviour, count: count)
        show(name, "\(count) rows", simulation, floor: Simulation.floor(count, limits))
      }
      var reads = Simulation(behaviour, count: 2000)
      reads.calls = { _ in [PacedCall(.api, "GET", "/public/events")] }
      show(name, "2,000 GETs", reads, floor: Simulation.floor(2000, [RateLimit(count: 200, period: 60)]))
      var paths = Simulation(behaviour, count: 5000)
      paths.calls = { [PacedCall(.api, "PUT", "/public/members/\($0)")] }
      show(name, "5,000 paths", paths, floor: 5000 / 16 * 0.18)
      for skew in [-2.0, 2.0] {
        var skewed = Simulation(behaviour, count: 1000)
        skewed.skew = skew
        show(name, "clock \(skew > 0 ? "+" : "")\(Int(skew)) s", skewed, floor: Simulation.floor(1000, limits))
      }
      for isShared in [true, false] {
        var two = Simulation(behaviour, count: 1000)
        two.processes = 2
        two.stagger = 20
        two.isShared = isShared
        show(name, isShared ? "two, shared" : "two, alone", two, floor: Simulation.floor(2000, limits))
      }
    }
  }

  private static func show(_ name: String, _ what: String, _ simulation: Simulation, floor: Double) {
    let outcome = simulation.run()
    let over = (outcome.seconds / floor - 1) * 100
    print(row(name, what, text(outcome.seconds), "\((over * 100).rounded() / 100) %", "\(outcome.refused)", "\(outcome.lost)"))
  }

  private static func text(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let rest = whole % 60
    return seconds < 60 ? "\((seconds * 10).rounded() / 10) s" : "\(whole / 60):\(rest < 10 ? "0" : "")\(rest) min"
  }

  private static func row(_ columns: String...) -> String {
    zip(columns, [26, 13, 12, 16, 8, 9]).map { text, width in text + String(repeating: " ", count: max(0, width - text.count)) }.joined()
  }
}
