import SafeAutomation
import SecretSafeAPI
import Testing

/// What a command that says nothing waits for, without a clock.
struct ReadingProgressTests {
  @Test func nothingIsSaidAtOnce() {
    var progress = ReadingProgress()
    #expect(progress.line(at: .seconds(9)) == nil, "nothing has begun")
    progress.begin(at: .seconds(1))
    #expect(progress.line(at: .milliseconds(1299)) == nil)
    #expect(progress.line(at: .milliseconds(1300)) == "working")
  }

  @Test func whatIsReadIsCounted() {
    var progress = ReadingProgress()
    progress.sent(.membersList, at: .zero)
    #expect(progress.line(at: .milliseconds(500)) == "reading members")
    progress.received(12_000, of: "http://127.0.0.1:1/api/public/members")
    progress.received(400, of: "http://127.0.0.1:1/api/public/members")
    progress.received(7, of: "http://127.0.0.1:1/api/public/members/1")
    #expect(progress.line(at: .seconds(1)) == "reading members 12,400")
    progress.answered(.membersList)
    #expect(progress.line(at: .seconds(1)) == "working")
    progress.sent(.eventsList, at: .seconds(1))
    #expect(progress.line(at: .seconds(2)) == "reading events")
    #expect(progress.line(at: .seconds(4)) == "reading events, 4 s, Ctrl-C stops")
  }

  @Test func manySmallAnswersAreCountedAsOne() {
    var progress = ReadingProgress()
    for _ in 0..<3 { progress.sent(.groupsGetMemberIds, at: .zero) }
    progress.answered(.groupsGetMemberIds)
    progress.sent(.membersGetGroupIds, at: .zero)
    progress.answered(.groupsGetMemberIds)
    #expect(progress.line(at: .seconds(1)) == "reading memberships 2")
    progress.sent(.membersRevoke, at: .seconds(1))
    #expect(progress.line(at: .seconds(1)) == "waiting: suspend a member")
    progress.answered(.membersRevoke)
    #expect(progress.line(at: .seconds(1)) == "reading memberships 2")
    progress.begin(at: .seconds(10))
    #expect(progress.line(at: .seconds(10)) == nil)
  }
}
