import SecretSafeAPI
import SecretSafeClient
import Testing

@testable import SafeshCLI

/// The organization that a command talks to.
struct TargetTests {
  @Test func whoAsksAtOnceGetsOneSandbox() async throws {
    let target = try Target(GlobalOptions.defaults, environment: [:], lifetime: nil) { _ in }
    async let first = target.connect()
    async let second = target.connect()
    let (one, other) = try await (first, second)
    let member = try #require(try await one.members().last)
    try await one.removeMember(member.id)
    let left = try await other.members()
    #expect(!left.contains { $0.id == member.id })
    await one.shutdown()
    await other.shutdown()
    await target.close()
  }
}
