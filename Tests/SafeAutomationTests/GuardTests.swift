import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import Testing

@testable import SafeAutomation

/// Guards and progress, without clocks, terminals or sockets.
struct GuardTests {
  private func stopReason(_ decision: Guards.Decision) -> String? {
    if case .stop(let reason, _) = decision { reason } else { nil }
  }

  // MARK: the breaker

  @Test func nothingIsConcludedFromAFewRows() {
    var breaker = Breaker()
    for _ in 0..<19 { breaker.finished(isFailed: true) }
    #expect(breaker.tripped(at: 50) == nil)
    breaker.finished(isFailed: true)
    #expect(breaker.tripped(at: 50)?.description == "20 of the last 20 rows" && breaker.tripped(at: nil) == nil)
  }

  @Test func theShareCountsAmongTheLastRowsOnly() {
    var breaker = Breaker()
    for _ in 0..<1_000 { breaker.finished(isFailed: false) }
    for _ in 0..<24 { breaker.finished(isFailed: true) }
    #expect(breaker.tripped(at: 50) == nil && breaker.failures.failed == 24 && breaker.failures.rows == 50)
    breaker.finished(isFailed: true)
    #expect(breaker.tripped(at: 50)?.description == "25 of the last 50 rows" && breaker.tripped(at: 51) == nil)
  }

  @Test func failuresOfLongAgoAreForgotten() {
    var breaker = Breaker()
    for _ in 0..<10 { for isFailed in [true, false, false] { breaker.finished(isFailed: isFailed) } }
    for _ in 0..<60 { breaker.finished(isFailed: false) }
    #expect(breaker.tripped(at: 50) == nil && breaker.failures.failed == 0)
    // What it was at its worst is known all the same.
    #expect(breaker.tripped(at: 36)?.description == "8 of the last 22 rows" && breaker.tripped(at: 37) == nil)
  }

  @Test func aBreakerThatTrippedStopsEveryCallAndSaysWhy() {
    var guards = Guards(Guards.Limits(breaker: 80))
    for index in 0..<20 { guards.finished([], index, index < 4 ? .ok : .unknown) }
    #expect(stopReason(guards.call(at: [20])) == "16 of the last 20 rows failed, so no more is sent")
    var without = Guards(Guards.Limits(breaker: nil))
    for index in 0..<500 { without.finished([], index, .failed) }
    #expect(without.call(at: [500]) == .go)
    var notRun = Guards(Guards.Limits())
    for index in 0..<500 { notRun.finished([], index, .notRun) }
    #expect(notRun.call(at: [0]) == .go)
  }

  // MARK: the canary

  @Test func theRowsBehindTheFirstWaitUntilTheseAreDoneAndOneAsks() {
    var guards = Guards(Guards.Limits(canary: 2))
    guards.began([], rows: 10)
    #expect(guards.call(at: [0]) == .go && guards.call(at: [1, 7]) == .go)
    #expect(guards.call(at: [2]) == .wait)
    guards.finished([], 1, .failed)
    #expect(guards.call(at: [2]) == .wait)
    guards.finished([], 0, .ok)
    #expect(guards.call(at: [3]) == .ask("2 rows are done, and 1 of them failed. Go on with the other 8? [y/N] "))
    #expect(guards.call(at: [2]) == .wait)
    guards.answered(true)
    #expect(guards.call(at: [2]) == .go && guards.call(at: [9, 1]) == .go)
  }

  @Test func aNoStopsTheOthers() {
    var guards = Guards(Guards.Limits(canary: 1))
    guards.began([4], rows: 3)
    guards.finished([4], 0, .ok)
    #expect(guards.call(at: [4, 1]) == .ask("1 row is done, and none of them failed. Go on with the other 2? [y/N] "))
    guards.answered(false)
    #expect(stopReason(guards.call(at: [4, 2])) == "nobody said to go on after the first 1 rows")
  }

  @Test func onlyTheFirstEachIsTriedOut() {
    var guards = Guards(Guards.Limits(canary: 5))
    #expect(guards.call(at: []) == .go)
    guards.began([], rows: 3)
    for index in 0..<3 { guards.finished([], index, .ok) }
    guards.began([], rows: 100)
    #expect(guards.call(at: [1]) == .go)
  }

  // MARK: writes

  @Test func noMoreIsWrittenThanWasSaid() {
    var guards = Guards(Guards.Limits(maxWrites: 3))
    #expect(guards.write(1) == .go && guards.write(2) == .go)
    #expect(stopReason(guards.write(1)) == "over --max-writes 3")
    var none = Guards(Guards.Limits(maxWrites: 0))
    #expect(stopReason(none.write(1)) == "over --max-writes 0")
    var large = Guards(Guards.Limits(maxWrites: 5))
    #expect(stopReason(large.write(.max)) != nil && large.write(5) == .go)
  }

  // MARK: progress

  private static let clock = Timestamp(microseconds: 1_800_000_000_000_000)

  @Test func anETAIsMadeOfTheLimitsWhereTheyAreKnown() {
    var progress = RunProgress()
    // A burst of 60 in the first two seconds, then the limit shows.
    for row in 0...60 {
      progress.sent("POST", "/public/members")
      progress.rows(done: row, failed: 0, total: 660, isFinished: false, at: .milliseconds(row * 33))
    }
    progress.waits(
      PacingWait(method: "POST", path: "/public/members", limit: RateLimit(count: 60, period: 60), until: Self.clock.adding(seconds: 58)))
    let line = progress.line(at: .seconds(2), clock: Self.clock)
    #expect(line == "60 of 660 rows, 1800 a minute, 10 min left; limit: 60 a minute, next in 58 s")
    // Two requests a row take twice as long.
    for _ in 0..<61 { progress.sent("POST", "/public/members") }
    #expect(progress.line(at: .seconds(2), clock: Self.clock.adding(seconds: 60)) == "60 of 660 rows, 1800 a minute, 20 min left")
  }

  @Test func withoutLimitsTheETAIsThatOfTheRowsSoFar() {
    var progress = RunProgress()
    for row in 0...100 { progress.rows(done: row, failed: row / 50, total: 5_000, isFinished: false, at: .milliseconds(row * 100)) }
    #expect(progress.line(at: .seconds(10), clock: Self.clock) == "100 of 5000 rows, 2 failed, 600 a minute, 8 min left")
    progress.rows(done: 5_000, failed: 2, total: 5_000, isFinished: true, at: .seconds(500))
    #expect(!progress.isRunning && progress.secondsLeft(at: .seconds(500)) == nil)
  }

  @Test func nothingIsPromisedBeforeARowIsDone() {
    var progress = RunProgress()
    progress.rows(done: 0, failed: 0, total: 5, isFinished: false, at: .zero)
    #expect(progress.line(at: .seconds(30), clock: Self.clock) == "0 of 5 rows")
    #expect(
      String(decoding: progress.json(at: .seconds(30), clock: Self.clock), as: UTF8.self)
        == #"{"progress":"rows","done":0,"failed":0,"total":5,"perMinute":null,"secondsLeft":null,"wait":null}"#)
  }

  @Test func programsGetTheSameAsJSON() {
    var progress = RunProgress()
    for row in 0...10 { progress.rows(done: row, failed: 1, total: 30, isFinished: false, at: .seconds(row)) }
    progress.waits(PacingWait(method: "POST", path: "/public/members", limit: nil, until: Self.clock.adding(seconds: 12)))
    #expect(
      String(decoding: progress.json(at: .seconds(10), clock: Self.clock), as: UTF8.self)
        == #"{"progress":"rows","done":10,"failed":1,"total":30,"perMinute":60.0,"secondsLeft":20,"wait":{"method":"POST","path":"/public/members","limit":null,"seconds":12}}"#
    )
  }

  @Test(arguments: [(0.2, "1 s"), (59, "59 s"), (60, "1 min"), (3_599, "60 min"), (3_600, "1 h 0 min"), (4_860, "1 h 21 min"), (1e12, "277777 h 47 min")])
  func timesAreShort(seconds: Double, text: String) { #expect(RunProgress.text(seconds: seconds) == text) }

  // MARK: destroying

  @Test func whatDestroysAsksForItsCount() throws {
    let source = SourceFile(
      name: "x.safe",
      text:
        "needs members.remove <= 25, groups.remove <= 3, members.invite <= 9\nremove members[\"a@b.example\"]\nremove groups[\"x\"]\ninvite \"c@d.example\" type: user externalId: \"1\"\n"
    )
    let script = try Script(source, schema: SecretSafeSchema.schema)
    let question = try #require(DestroyQuestion(script.program.estimate, on: "acme"))
    #expect(question.count == 28)
    #expect(question.text.hasPrefix("up to 28 things cannot be brought back: ") && question.text.hasSuffix("\ntype 28 to do this on acme: "))
    #expect(question.isAccepted(by: " 28 ") && !question.isAccepted(by: "y") && !question.isAccepted(by: nil) && !question.isAccepted(by: "2"))
    let harmless = try Script(
      SourceFile(name: "y.safe", text: "needs members.invite <= 1\ninvite \"c@d.example\" type: user externalId: \"1\"\n"), schema: SecretSafeSchema.schema)
    #expect(DestroyQuestion(harmless.program.estimate, on: "acme") == nil)
  }
}
