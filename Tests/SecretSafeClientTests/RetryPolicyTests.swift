import Testing

@testable import SecretSafeClient

/// The decisions of `api.md` 2.7, without a clock or a socket.
@Suite struct RetryPolicyTests {
  private typealias Attempts = RetryPolicy.Attempts

  private static var policy: RetryPolicy {
    var policy = RetryPolicy()
    policy.limitPatience = .seconds(100)
    policy.faultPatience = .seconds(60)
    policy.connectPatience = .seconds(10)
    return policy
  }
  private static func get() -> Attempts { Attempts(policy: policy, isRepeatable: true, isWrite: false) }
  private static func put() -> Attempts { Attempts(policy: policy, isRepeatable: true, isWrite: true) }
  private static func post() -> Attempts { Attempts(policy: policy, isRepeatable: false, isWrite: true) }

  private static func after(_ outcome: RetryPolicy.Outcome, _ attempts: inout Attempts, at seconds: Int = 0) -> RetryPolicy.Action {
    attempts.next(outcome, elapsed: .seconds(seconds), now: 784_111_777, jitter: 0.5)
  }

  @Test func anAnswerStands() {
    for status in [200, 204, 301, 400, 401, 403, 404, 409] {
      var attempts = Self.post()
      #expect(Self.after(.answer(status: status, retryAfter: nil), &attempts) == .accept)
      #expect(!attempts.isOutcomeUnknown)
    }
  }

  @Test func aLimitIsWaitedForToTheSecondWhateverTheMethod() {
    for var attempts in [Self.get(), Self.put(), Self.post()] {
      #expect(Self.after(.answer(status: 429, retryAfter: "7"), &attempts) == .wait(.seconds(7)))
      #expect(Self.after(.answer(status: 429, retryAfter: "Sun, 06 Nov 1994 08:49:57 GMT"), &attempts) == .wait(.seconds(20)))
      #expect(!attempts.mayHaveHappened)
    }
  }

  @Test func withoutAReadableTimeALimitIsWaitedForLongerEachTime() {
    var attempts = Self.post()
    let waits = ["", "soon", "-1", "1.5"].map { Self.after(.answer(status: 429, retryAfter: $0), &attempts) }
    #expect(waits == [0.25, 0.5, 1, 2].map { .wait(.seconds($0)) })
  }

  @Test func waitingForLimitsHasAnEnd() {
    var attempts = Self.post()
    #expect(Self.after(.answer(status: 429, retryAfter: "60"), &attempts) == .wait(.seconds(60)))
    #expect(Self.after(.answer(status: 429, retryAfter: "60"), &attempts) == .fail(isOutcomeUnknown: false))
    var impatient = Self.post()
    #expect(Self.after(.answer(status: 429, retryAfter: "86400"), &impatient) == .fail(isOutcomeUnknown: false))
  }

  @Test func aLostPostIsNeverRepeated() {
    for outcome in [RetryPolicy.Outcome.broken, .answer(status: 500, retryAfter: nil), .answer(status: 503, retryAfter: "1")] {
      var attempts = Self.post()
      #expect(Self.after(outcome, &attempts) == .fail(isOutcomeUnknown: true))
    }
  }

  @Test func whatDoesNoHarmIsRepeatedForAMinute() {
    for (start, isWrite) in [(Self.get(), false), (Self.put(), true)] {
      var attempts = start
      #expect(Self.after(.broken, &attempts, at: 30) == .wait(.milliseconds(250)))
      #expect(Self.after(.answer(status: 502, retryAfter: nil), &attempts, at: 31) == .wait(.milliseconds(500)))
      #expect(Self.after(.answer(status: 503, retryAfter: "9"), &attempts, at: 89) == .wait(.seconds(9)))
      #expect(Self.after(.broken, &attempts, at: 90) == .fail(isOutcomeUnknown: isWrite))
    }
  }

  @Test func backOffIsCappedAndSpread() {
    var attempts = Self.get()
    for _ in 0..<20 { _ = Self.after(.broken, &attempts) }
    #expect(attempts.next(.broken, elapsed: .zero, now: 0, jitter: 0) == .wait(.seconds(12)))
    #expect(attempts.next(.broken, elapsed: .zero, now: 0, jitter: 1) == .wait(.seconds(20)))
  }

  @Test func aServerThatTakesNoConnectionIsTriedForTenSeconds() {
    var attempts = Self.post()
    #expect(Self.after(.refused, &attempts, at: 5) == .wait(.milliseconds(250)))
    #expect(Self.after(.refused, &attempts, at: 14) == .wait(.milliseconds(500)))
    #expect(Self.after(.refused, &attempts, at: 15) == .fail(isOutcomeUnknown: false))
  }

  @Test func aWriteThatWasLostStaysUnknownWhenTheServerGoesAway() {
    var attempts = Self.put()
    _ = Self.after(.broken, &attempts)
    _ = Self.after(.refused, &attempts)
    #expect(Self.after(.refused, &attempts, at: 10) == .fail(isOutcomeUnknown: true))
  }

  @Test func whatCannotBeSentIsNotTriedAgain() {
    var attempts = Self.get()
    #expect(Self.after(.unusable, &attempts) == .fail(isOutcomeUnknown: false))
  }

  @Test(arguments: [
    ("0", 0), (" 5", 5), ("86401", 86_400), ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
    ("Sat, 05 Nov 1994 08:49:37 GMT", 0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
  ])
  func retryAfterIsRead(header: String, seconds: Int) {
    #expect(RetryAfter.seconds(header, now: 784_111_777) == seconds)
  }

  @Test(arguments: [
    "", "-1", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "9999999999999999999999",
  ])
  func retryAfterThatIsNoneIsNil(header: String) {
    #expect(RetryAfter.seconds(header, now: 784_111_777) == nil)
  }
}
