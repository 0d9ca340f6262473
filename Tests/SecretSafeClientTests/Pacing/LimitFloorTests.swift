import SecretSafeAPI
import Testing

@testable import SecretSafeClient

struct LimitFloorTests {
  private static let cloud = [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)]

  /// Full minutes, then five a second.
  @Test(arguments: [(0, 0), (1, 0), (5, 0), (6, 1), (60, 11), (61, 60), (66, 61), (120, 71), (500, 483), (5000, 4983)])
  func windowsPassOneAfterAnother(_ requests: Int, _ seconds: Int) {
    #expect(LimitFloor.seconds(for: requests, Self.cloud) == seconds)
    #expect(LimitFloor.seconds(for: requests, Self.cloud.reversed()) == seconds)
  }

  /// A minute that lets through more than its seconds do is no limit.
  @Test func theStricterLimitHolds() {
    #expect(LimitFloor.seconds(for: 200, [RateLimit(count: 100, period: 60), RateLimit(count: 1, period: 1)]) == 199)
    #expect(LimitFloor.seconds(for: 1000, []) == 0)
  }

  /// Each path has a budget of its own, so a thousand paths take no longer than one.
  @Test func theSlowestPathDecides() {
    var requests: [PacedCall: Int] = [PacedCall(.api, "POST", "/public/members"): 61, PacedCall(.api, "GET", "/public/members"): 150]
    for number in 0..<1000 { requests[PacedCall(.api, "PUT", "/public/members/\(number)/group-ids")] = 3 }
    #expect(LimitFloor.seconds(requests, .cloud) == 60)
    #expect(LimitFloor.seconds(requests, .none) == 0)
    #expect(LimitFloor.seconds(requests, .learn) == 0)
  }
}
