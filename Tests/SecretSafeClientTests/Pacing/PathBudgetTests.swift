import SecretSafeAPI
import Testing

@testable import SecretSafeClient

/// What one path may be sent, with times that the tests make.
@Suite struct PathBudgetTests {
  private static let cloud = [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)]

  /// Fed with milliseconds since the start.
  private struct Path {
    var budget: PathBudget
    let link = Link()

    init(_ limits: [RateLimit] = []) { budget = PathBudget(limits: limits) }

    static func at(_ milliseconds: Int) -> Timestamp { Timestamp(microseconds: 1_800_000_000_000_000 + Int64(milliseconds) * 1000) }

    /// Nil if it goes, and otherwise when to ask again.
    mutating func ask(_ milliseconds: Int) -> Int? {
      switch budget.permit(at: Self.at(milliseconds), link) {
      case .go: nil
      case .wait(let until, _): Int((until.microseconds - Self.at(0).microseconds + 999) / 1000)
      }
    }

    mutating func end(_ result: PacedResult, sent: Int, at milliseconds: Int) {
      budget.ended(result, sent: Self.at(sent), at: Self.at(milliseconds))
    }

    mutating func answer(sent: Int, at milliseconds: Int, period: String = "1m", remaining: Int? = nil, resets: Int? = nil) {
      let told = remaining.flatMap { RateLimitHeaders(period: period, remaining: "\($0)", resets: resets.map { Self.at($0).description }) }
      end(.answered(status: 200, told), sent: sent, at: milliseconds)
    }
  }

  @Test func allLimitsHoldAtOnce() {
    var path = Path(Self.cloud)
    var sent = 0
    var second = 0
    // As fast as it goes, with answers after 100 ms.
    while sent < 60 {
      for _ in 0..<5 { #expect(path.ask(second) == nil) }
      #expect(path.ask(second) != nil)
      for _ in 0..<5 { path.answer(sent: second, at: second + 100) }
      sent += 5
      let next = path.ask(second + 100) ?? 0
      if sent < 60 { #expect((second + 1100...second + 1150).contains(next)) } else { #expect((60_100...60_300).contains(next)) }
      second = next
    }
    #expect(path.ask(second) == nil)
  }

  @Test func aWindowOfWhichNoAnswerCameStaysOpen() {
    var path = Path([RateLimit(count: 1, period: 1)])
    #expect(path.ask(0) == nil)
    #expect(path.ask(900) == 1000)
    #expect(path.ask(5000) == 5050)
    path.end(.lost, sent: 0, at: 6000)
    #expect(path.ask(6500) == 7010)
    #expect(path.ask(7010) == nil)
  }

  @Test func whatIsOnItsWayAtTheEndCountsInBothWindows() {
    var path = Path([RateLimit(count: 2, period: 1)])
    #expect(path.ask(0) == nil)
    path.answer(sent: 0, at: 50)
    #expect(path.ask(900) == nil)
    // The second is still out when the next window begins.
    #expect(path.ask(1060) == nil)
    #expect(path.ask(1061) != nil)
  }

  @Test func nothingIsSentAtTheSeam() {
    var path = Path([RateLimit(count: 10, period: 1)])
    #expect(path.ask(0) == nil)
    path.answer(sent: 0, at: 60)
    #expect(path.ask(970) == nil)
    path.answer(sent: 970, at: 975)
    #expect(path.ask(985) == 1070)
  }

  @Test func theFirstAnswerShowsTheLimit() {
    var path = Path()
    #expect(path.ask(0) == nil)
    // The others wait for it, but no more than a second.
    #expect(path.ask(10) == 1000)
    path.answer(sent: 0, at: 100, remaining: 59, resets: 60_050)
    #expect(path.budget.windows.map(\.limit) == [RateLimit(count: 60, period: 60)])
    // Spread over its window, since shorter limits may be hidden.
    #expect(path.ask(110).map { (900...1000).contains($0) } == true)
    var last = 0
    for _ in 2...60 {
      while let due = path.ask(last) { last = due }
      path.answer(sent: last, at: last + 50)
    }
    #expect((54_000...59_000).contains(last))
    #expect(path.ask(last + 60).map { (60_050...60_300).contains($0) } == true)
  }

  @Test func withoutLimitsNothingWaits() {
    var path = Path()
    #expect(path.ask(0) == nil)
    path.answer(sent: 0, at: 5)
    for time in 5..<1000 { #expect(path.ask(time) == nil) }
    #expect(!path.budget.isLimited)
  }

  @Test func anAnswerOfWhatStandsInFrontShowsNothing() {
    var path = Path()
    #expect(path.ask(0) == nil)
    path.end(.answered(status: 502, nil), sent: 0, at: 10)
    #expect(path.ask(11) == nil)
    #expect(path.ask(12) == 1011)
    path.end(.answered(status: 404, nil), sent: 11, at: 20)
    for time in 21...22 { #expect(path.ask(time) == nil) }
  }

  @Test func whatOthersUseIsCounted() {
    var path = Path(Self.cloud)
    #expect(path.ask(0) == nil)
    // Somebody began the window half a minute ago and used 57 of it.
    path.answer(sent: 0, at: 100, remaining: 2, resets: 30_000)
    #expect(path.ask(110) == nil)
    #expect(path.ask(120) == nil)
    #expect(path.ask(130) == 32_000)
    #expect(path.ask(32_000) == nil)
  }

  @Test func aLimitThatWasRaisedIsUsed() {
    var path = Path([RateLimit(count: 2, period: 60)])
    #expect(path.ask(0) == nil)
    path.answer(sent: 0, at: 10, remaining: 9)
    for _ in 2...10 { #expect(path.ask(20) == nil) }
    #expect(path.ask(30) != nil)
  }

  @Test func aRefusalHoldsThePathAsLongAsItSays() {
    var path = Path(Self.cloud)
    for _ in 1...2 { #expect(path.ask(0) == nil) }
    path.end(.refused(retryAfter: 17, period: 60), sent: 0, at: 100)
    path.end(.refused(retryAfter: 17, period: 60), sent: 0, at: 130)
    #expect(path.ask(200) == 17_130)
    // The window that refused is over then, and neither was counted.
    #expect(path.ask(17_130) == nil)
    // Since others use the limit as well, the rest is spread.
    #expect(path.ask(17_140).map { (17_500...18_100).contains($0) } == true)
  }

  @Test func aRefusalThatNobodyWouldWaitForHoldsNobodyElse() {
    var path = Path()
    #expect(path.ask(0) == nil)
    path.end(.refused(retryAfter: 3600, period: nil), sent: 0, at: 10)
    #expect(path.ask(20) == nil)
  }

  @Test func aHiddenLimitIsLearnedFromItsRefusal() {
    var path = Path()
    #expect(path.ask(0) == nil)
    path.answer(sent: 0, at: 10, period: "3s", remaining: 29)
    var time = 10
    var sent: [Int] = []
    // 30 in 3 s are spread, which is faster than the 5 a second that are hidden.
    while sent.count < 6 {
      while let due = path.ask(time) { time = due }
      sent.append(time)
    }
    for time in sent.dropLast() { path.answer(sent: time, at: time + 5) }
    path.end(.refused(retryAfter: 1, period: 1), sent: sent[5], at: time + 5)
    #expect(path.budget.windows.map(\.limit.period) == [3, 1])
    #expect((5...6).contains(path.budget.windows[1].limit.count))
  }

  @Test func whatWasNotSentIsGivenBack() {
    var path = Path([RateLimit(count: 1, period: 60)])
    #expect(path.ask(0) == nil)
    #expect(path.ask(1) != nil)
    path.end(.notSent, sent: 0, at: 2)
    #expect(path.ask(3) == nil)
  }

  @Test func aClockThatIsSetBackBeginsAnew() {
    var path = Path([RateLimit(count: 1, period: 60)])
    #expect(path.ask(3_600_000) == nil)
    path.answer(sent: 3_600_000, at: 3_600_010)
    #expect(path.ask(3_600_020) != nil)
    #expect(path.ask(0) == nil)
  }

  @Test func whatWasNeverAnsweredIsForgotten() {
    var path = Path([RateLimit(count: 1, period: 1)])
    #expect(path.ask(0) == nil)
    #expect(path.ask(30_900) != nil)
    #expect(path.ask(31_000) == nil)
  }
}

@Suite struct PacerTests {
  private static func at(_ seconds: Int) -> Timestamp { Timestamp(microseconds: 1_800_000_000_000_000).adding(seconds: seconds) }

  @Test func pathsAndMethodsHaveBudgetsOfTheirOwn() {
    var pacer = Pacer(.cloud)
    func goes(_ method: String, _ path: String) -> Bool {
      if case .go = pacer.permit(PacedCall(.api, method, path), at: Self.at(0)) { true } else { false }
    }
    for _ in 1...5 { #expect(goes("PUT", "/public/members/a")) }
    #expect(!goes("PUT", "/public/members/a"))
    #expect(goes("PUT", "/public/members/b") && goes("DELETE", "/public/members/a"))
    for _ in 1...200 { #expect(goes("GET", "/public/members")) }
    #expect(!goes("GET", "/public/members"))
  }

  @Test func tokensHaveThreeLimits() {
    let limits = PacingPreset.cloud.limits(for: PacedCall(.identity, "POST", "/connect/token"))
    #expect(Set(limits) == [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1), RateLimit(count: 10, period: 60)])
  }

  @Test func aFloodOfPathsHasABound() {
    var pacer = Pacer(.cloud, generationLimit: 100)
    for number in 0..<10_000 {
      let call = PacedCall(.api, "PUT", "/public/members/\(number)")
      guard case .go(let pass) = pacer.permit(call, at: Self.at(0)) else {
        Issue.record("\(number) waits")
        return
      }
      pacer.ended(call, pass, .answered(status: 200, nil), at: Self.at(1))
    }
    #expect(pacer.size <= 200)
  }

  @Test(arguments: [
    ("api.bitwarden.com", PacingPreset.cloud), ("API.bitwarden.eu:443", .cloud), ("safe.example.net", .learn), ("127.0.0.1:8087", .learn),
    ("api.bitwarden.com.example.net", .learn),
  ])
  func knownHostsHaveAPreset(host: String, preset: PacingPreset) { #expect(PacingPreset(host: host) == preset) }

  @Test func aPresetHasAName() throws {
    #expect(try PacingPreset(named: "cloud") == .cloud && PacingPreset(named: "none") == .none && PacingPreset(named: "learn") == .learn)
    #expect { try PacingPreset(named: "clod") } throws: {
      ($0 as? ClientError)?.message == "pacing: 'clod' is neither learn, none nor cloud, and no file that can be read"
    }
  }

  @Test(arguments: [
    (#"{"message":"Slow down! Too many requests. Try again in 1m.","object":"error"}"#, "7" as String?, PacedResult.refused(retryAfter: 7, period: 60)),
    ("Try again in 1s.", nil, .refused(retryAfter: nil, period: 1)), ("Try again in a while", "x", .refused(retryAfter: nil, period: nil)),
    ("<html>again</html>", "Sun, 06 Nov 1994 08:49:57 GMT", .refused(retryAfter: 20, period: nil)), ("again in", "0", .refused(retryAfter: 0, period: nil)),
  ])
  func aRefusalIsRead(body: String, retryAfter: String?, result: PacedResult) {
    let answer = Answer(status: 429, contentType: "", retryAfter: retryAfter, body: Array(body.utf8))
    #expect(PacedResult(answer, now: 784_111_777) == result)
  }

  @Test(arguments: [
    ("1m", "59", "2026-01-01T00:00:00Z" as String?, 60, 59), ("90s", "0", nil, 90, 0), ("1h", "7", "soon", 3600, 7),
  ])
  func headersAreRead(period: String, remaining: String, resets: String?, seconds: Int, left: Int) throws {
    let told = try #require(RateLimitHeaders(period: period, remaining: remaining, resets: resets))
    #expect(told.period == seconds && told.remaining == left)
  }

  @Test(arguments: [("1m", nil as String?), ("x", "3"), ("1m", "-1"), ("1m", "9999999999999999999999"), ("0s", "1"), ("9d", "1")])
  func halfALimitIsNone(period: String, remaining: String?) {
    #expect(RateLimitHeaders(period: period, remaining: remaining, resets: nil) == nil)
  }
}
