import SafeLanguage
import Synchronization
import Testing

/// What is handed to where a list comes from, and what stays here.
struct QueryTests {
  private func asked(_ text: String) async throws -> (queries: [String], output: [String]) {
    let world = TestWorld()
    let result = try await Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema).run(in: world)
    #expect(result.error == nil, "\(result.error?.message ?? "")")
    return (world.state.withLock { $0.queries }, world.output)
  }

  @Test(arguments: [
    ("visits | count", ""), ("visits since: 24h | count", "since: 1d"), ("visits | take 2 | count", "limit 2"),
    ("visits | where .date >= 2026-01-30 | take 1", "date greaterOrEqual 2026-01-30T00:00:00Z, limit 1"),
    ("visits | where 2026-01-30 < .date and .person == people[bob@acme.com] | count", "date greater 2026-01-30T00:00:00Z, person row"),
    (
      "let d = today() - 1d\nvisits | where .date > d | where .person?.email == bob@acme.com | take 1",
      "date greater 2026-01-30T00:00:00Z, person equal bob@acme.com, limit 1"
    ),
    ("visits | where .date > now() - 90m and .personId != null | take 1", "date greater 2026-01-31T08:30:00Z"),
    ("visits | where .date > 2026-01-01 or .personId == null | take 1", ""), ("visits | select .date | take 1", ""),
    ("visits | where .personId == people.find(.name == \"Nobody\")?.id | take 1", ""), ("let v = visits\nv | take 1", ""),
    (
      "let from = 2026-01-30\npeople | where (visits | where .date > from and .person == people[bob@acme.com] | take 2).count() > 1 | count",
      "date greater 2026-01-30T00:00:00Z, person row, limit 2"
    ),
    ("(visits | where .date >= 2026-01-30) | take 1", "date greaterOrEqual 2026-01-30T00:00:00Z, limit 1"),
    ("visits.where(.date >= 2026-01-30).take(1)", "date greaterOrEqual 2026-01-30T00:00:00Z, limit 1"),
    ("(visits since: 24h).where(.date >= 2026-01-30) | take 1", "since: 1d, date greaterOrEqual 2026-01-30T00:00:00Z, limit 1"),
    ("((visits | where .date > 2026-01-30) | where .person?.email == bob@acme.com).take(2)", "date greater 2026-01-30T00:00:00Z, person equal bob@acme.com, limit 2"),
    ("(visits | take 2).where(.date > 2026-01-30)", "limit 2"), ("visits.where(.personId != null).where(.date > 2026-01-30).take(1)", ""),
    ("(visits | select .date) | take 1", ""), ("visits.take(2).take(1)", "limit 2"), ("for v in visits.take(2) { v.date }", "limit 2"),
    ("visits.first()", "limit 1"), ("visits | where .date > 2026-01-30 | first", "date greater 2026-01-30T00:00:00Z, limit 1"),
    ("visits.find(.date > 2026-01-30)", "date greater 2026-01-30T00:00:00Z, limit 1"), ("visits.find(.personId != null)", ""),
    ("visits.where(.date > 2026-01-30).any()", "date greater 2026-01-30T00:00:00Z, limit 1"),
    ("visits.count(.date > 2026-01-30)", "date greater 2026-01-30T00:00:00Z"), ("visits.all(.date > 2026-01-30)", ""),
    ("people | where .age > visits.where(.date > 2026-01-30).count() | count", "date greater 2026-01-30T00:00:00Z"),
    ("visits by: people[0].id | skip 1 | take 1", "by: 00000000-0000-4000-8000-000000000000"),
  ])
  func whatStandsDirectlyBehindIsHandedOn(_ text: String, _ query: String) async throws {
    let found = try await asked(text).queries
    #expect(found.map { $0.replacing("person row", with: "person equal row") } == [query.replacing("person row", with: "person equal row")], "\(text)")
  }

  @Test func aListIsFetchedForEachTurnOfALoop() async throws {
    let found = try await asked("for p in people { let n = (visits by: p | take 1).count() }")
    #expect(found.queries == Array(repeating: "by: row, limit 1", count: 4))
  }

  @Test func refreshAsksTheWorld() async throws {
    let found = try await asked("refresh people\nrefresh office")
    #expect(found.queries == ["refresh people", "refresh office"])
    #expect(found.output == [])
  }

  @Test func aNegativeLimitIsStillAnError() async throws {
    let world = TestWorld()
    let result = try await Script(SourceFile(name: "t", text: "let n = -1\nvisits | take n"), schema: TestWorld.schema).run(in: world)
    #expect(result.error?.kind == .index)
  }

  @Test(arguments: [
    ("needs rooms.close <= 1\nclose busy", Effect.destroy), ("needs rooms.close <= 1\nclose calm", .write),
    ("needs rooms.close <= 1\nclose rooms[calm]", .destroy), ("visits | count", .read),
  ])
  func theEffectFollowsTheCall(_ text: String, _ effect: Effect) throws {
    #expect(try Script(SourceFile(name: "t", text: text), schema: TestWorld.schema).program.effect == effect)
  }
}
