import PacingSimulation
import SecretSafeAPI
import SecretSafeClient
import Testing

/// The pacer against the server's own limiter in virtual time: nothing is lost, and the time is that of the limits.
@Suite struct PacingSimulationTests {
  private static let cloud = [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)]

  @Test(arguments: [16]) func fiveThousandInvitationsTakeWhatTheLimitsTake(workers: Int) {
    let floor = Simulation.floor(5000, Self.cloud)
    #expect(floor == 4983)
    var simulation = Simulation(.paced(.cloud), count: 5000)
    simulation.workers = workers
    simulation.seed = UInt64(workers)
    let preset = simulation.run()
    #expect(preset.done == 5000 && preset.refused == 0 && preset.seconds <= floor * 1.02)

    simulation.behaviour = .paced(.learn)
    let learned = simulation.run()
    // The last window is spread, too, which a shorter one would not be.
    #expect(learned.done == 5000 && learned.refused == 0 && learned.seconds <= floor * 1.02)
  }

  @Test func aLoopOfFiveThousandPeopleTakesWhatItsInvitationsTake() {
    var simulation = Simulation.onboarding(.paced(.cloud), rows: 5000)
    simulation.workers = 8
    let floor = simulation.floor(.cloud)
    #expect(floor == 4983)
    let outcome = simulation.run()
    #expect(outcome.done == 5000 && outcome.sent == 15_002 && outcome.refused == 0)
    #expect(outcome.seconds <= Double(floor) * 1.02, "\(outcome.seconds) s")
  }

  @Test(arguments: [1, 4, 64]) func soDoFewerWithManyWorkers(workers: Int) {
    for preset in [PacingPreset.cloud, .learn] {
      var simulation = Simulation(.paced(preset), count: 900)
      simulation.workers = workers
      let outcome = simulation.run()
      #expect(outcome.done == 900 && outcome.refused == 0 && outcome.seconds <= 15 * 60 * 1.02)
    }
  }

  @Test(arguments: [-2, -0.7, 0.7, 2]) func aClockThatDiffersCostsNothing(skew: Double) {
    for preset in [PacingPreset.cloud, .learn] {
      for seed in 1...3 {
        var simulation = Simulation(.paced(preset), count: 600)
        simulation.skew = skew
        simulation.seed = UInt64(seed)
        let outcome = simulation.run()
        #expect(outcome.refused == 0 && outcome.done == 600 && outcome.seconds <= (Simulation.floor(600, Self.cloud) + 60) * 1.02)
      }
    }
  }

  @Test(arguments: [(1.0, 5.0), (20, 40), (90, 270), (200, 900), (50, 2000)]) func anyWayIsAllRight(shortest: Double, longest: Double) {
    for seed in 1...4 {
      var simulation = Simulation(.paced(.cloud), count: 600)
      simulation.roundTrip = shortest...longest
      simulation.seed = UInt64(seed)
      let outcome = simulation.run()
      // Where the way takes a second more or less, what is on it may come two windows late.
      #expect(outcome.done == 600 && outcome.refused <= (longest > 500 ? 2 : 0), "\(shortest)–\(longest) ms, seed \(seed): \(outcome)")
      let slowness = longest > 500 ? 1.06 : 1.02
      #expect(outcome.seconds <= Simulation.floor(600, Self.cloud) * slowness + 60 * Double(outcome.refused), "\(shortest)–\(longest) ms, seed \(seed): \(outcome)")
    }
  }

  @Test(arguments: [2, 3]) func processesThatShareKeepToTheLimitTogether(processes: Int) {
    for preset in [PacingPreset.cloud, .learn] {
      var simulation = Simulation(.paced(preset), count: 400)
      simulation.processes = processes
      simulation.isShared = true
      simulation.stagger = 25
      let outcome = simulation.run()
      let floor = Simulation.floor(400 * processes, Self.cloud)
      #expect(outcome.done == 400 * processes && outcome.refused == 0 && outcome.seconds <= floor * 1.03 + 60, "\(outcome)")
      // Both go on all the time.
      #expect(outcome.ends.allSatisfy { $0 > floor / Double(processes) })
    }
  }

  @Test func processesThatDoNotShareLoseNothing() {
    for seed in 1...3 {
      var simulation = Simulation(.paced(.cloud), count: 300)
      simulation.processes = 2
      simulation.stagger = 25
      simulation.seed = UInt64(seed)
      let outcome = simulation.run()
      #expect(outcome.done == 600 && outcome.seconds <= Simulation.floor(600, Self.cloud) * 1.1 + 60, "\(outcome)")
    }
  }

  @Test func readsAreAsManyAsAllowed() {
    for preset in [PacingPreset.cloud, .learn] {
      var simulation = Simulation(.paced(preset), count: 2000)
      simulation.calls = { _ in [PacedCall(.api, "GET", "/public/events")] }
      let outcome = simulation.run()
      #expect(outcome.refused == 0 && outcome.seconds <= Simulation.floor(2000, [RateLimit(count: 200, period: 60)]) + 65)
    }
  }

  @Test func otherPathsDoNotWait() {
    for preset in [PacingPreset.cloud, .learn] {
      var simulation = Simulation(.paced(preset), count: 5000)
      simulation.calls = { [PacedCall(.api, "PUT", "/public/members/\($0)")] }
      let outcome = simulation.run()
      #expect(outcome.refused == 0 && outcome.done == 5000 && outcome.seconds < 5000 / 16 * 0.2 && outcome.mostInASecond > 50)
    }
  }

  @Test func aHiddenLimitCostsRefusalsButNoRow() throws {
    let json = #"{"rules":[{"service":"api","limit":5,"period":"1s"},{"service":"api","limit":20,"period":"3s"}]}"#
    let rules = try LimitRules(json: Array(json.utf8))
    var simulation = Simulation(.paced(.learn), count: 500)
    simulation.rules = rules
    simulation.roundTrip = 2...6
    let learned = simulation.run()
    #expect(learned.done == 500 && learned.refused <= 20 && learned.seconds < Simulation.floor(500, [RateLimit(count: 5, period: 1)]) * 1.35, "\(learned)")
    simulation.behaviour = .paced(.rules(rules))
    let known = simulation.run()
    #expect(known.refused == 0 && known.seconds < Simulation.floor(500, [RateLimit(count: 5, period: 1)]) * 1.1, "\(known)")
  }

  @Test func withoutLimitsNothingIsSlower() {
    var simulation = Simulation(.paced(.learn), count: 5000)
    simulation.rules = .none
    simulation.roundTrip = 20...20
    simulation.workers = 16
    #expect(simulation.run().seconds < 5000 / 16 * 0.02 * 1.03)
  }
}
