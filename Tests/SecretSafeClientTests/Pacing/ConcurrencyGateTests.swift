import Testing

@testable import SecretSafeClient

@Suite struct ConcurrencyGateTests {
  /// Rounds of as many requests as may be out, each taking what `time` says of so many.
  private static func run(_ gate: inout ConcurrencyGate, workers: Int, rounds: Int, outcome: ConcurrencyGate.Outcome = .answered, _ time: (Int) -> Duration) -> Int {
    var places = 0
    for _ in 0..<rounds {
      var numbers: [Int] = []
      while gate.hasRoom, numbers.count < workers { numbers.append(gate.enter()) }
      places = numbers.count
      for number in numbers { gate.leave(number, "x", outcome, took: time(numbers.count)) }
    }
    return places
  }

  @Test func itDoublesAndStaysWhereItIsNeeded() {
    var gate = ConcurrencyGate(most: 256)
    #expect(Self.run(&gate, workers: 64, rounds: 1) { _ in .milliseconds(20) } == 16)
    #expect(Self.run(&gate, workers: 64, rounds: 1) { _ in .milliseconds(20) } == 32)
    #expect(Self.run(&gate, workers: 64, rounds: 1) { _ in .milliseconds(20) } == 64)
    _ = Self.run(&gate, workers: 64, rounds: 100) { _ in .milliseconds(20) }
    #expect((64...128).contains(gate.limit))
  }

  @Test func aServerWithOneCoreIsNotHeldBack() {
    var gate = ConcurrencyGate(most: 256)
    #expect(Self.run(&gate, workers: 64, rounds: 20) { .milliseconds(5 * $0) } == 64)
  }

  @Test func failuresHalveItOnceForAllThatWereOut() {
    var gate = ConcurrencyGate(most: 256)
    _ = Self.run(&gate, workers: 64, rounds: 10) { _ in .milliseconds(20) }
    let before = gate.limit
    _ = Self.run(&gate, workers: 64, rounds: 1, outcome: .failed) { _ in .milliseconds(20) }
    #expect(gate.limit == before / 2)
    _ = Self.run(&gate, workers: 64, rounds: 20, outcome: .failed) { _ in .milliseconds(20) }
    #expect(gate.limit == 1 && gate.hasRoom)
    // Then by one a round.
    _ = Self.run(&gate, workers: 64, rounds: 8) { _ in .milliseconds(20) }
    #expect((4...9).contains(gate.limit))
  }

  @Test func aKnownLimitIsNoFailure() {
    var gate = ConcurrencyGate(most: 256)
    _ = Self.run(&gate, workers: 16, rounds: 10) { _ in .milliseconds(20) }
    let before = gate.limit
    _ = Self.run(&gate, workers: 16, rounds: 10, outcome: .limited) { _ in .milliseconds(20) }
    #expect(gate.limit == before)
  }

  @Test func anOverloadedServerGetsNoMore() {
    var gate = ConcurrencyGate(most: 256)
    // Each request more costs 200 ms for all: 64 would take 13 s.
    let places = Self.run(&gate, workers: 64, rounds: 60) { .milliseconds(200 * $0) }
    #expect((16...48).contains(places))
  }

  @Test func aSlowKindIsComparedWithItself() {
    var gate = ConcurrencyGate(most: 256)
    for _ in 0..<100 {
      let list = gate.enter()
      gate.leave(list, "list", .answered, took: .seconds(10))
      _ = Self.run(&gate, workers: 16, rounds: 1) { _ in .milliseconds(20) }
    }
    #expect(gate.limit >= 16)
  }

  @Test func thereAreNeverMoreThanConnections() {
    var gate = ConcurrencyGate(most: 4)
    #expect(Self.run(&gate, workers: 64, rounds: 20) { _ in .milliseconds(1) } == 4)
  }
}
