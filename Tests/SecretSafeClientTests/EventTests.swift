import SecretSafeAPI
import Testing

@testable import SecretSafeClient

/// Events page by page (`api.md` 5.2 and 7).
@Suite struct EventTests {
  private static let now = Timestamp("2026-11-24T12:00:00Z") ?? .now()

  @Test func aWindowIsReadToItsEnd() async throws {
    try await Bench.run { bench in
      let all = EventFilter(start: Timestamp.now().adding(seconds: -90 * 86_400), end: .now())
      var events: [Event] = []
      for try await event in bench.client.events(all) { events.append(event) }
      #expect(events.count > 300)
      #expect(events.map(\.date) == events.map(\.date).sorted().reversed())
      #expect(bench.proxy.seen.count { $0.hasPrefix("GET /api/public/events?start=") } == (events.count + 49) / 50)

      // The server heeds one filter; the other counts all the same.
      let actor = try #require(events.first { $0.itemId != nil }?.actingUserId)
      let item = try #require(events.first { $0.actingUserId == actor && $0.itemId != nil }?.itemId)
      var narrow = all
      narrow.actingUserId = actor
      narrow.itemId = item
      var both: [Event] = []
      for try await event in bench.client.events(narrow) { both.append(event) }
      #expect(both == events.filter { $0.actingUserId == actor && $0.itemId == item })

      // Years are read in windows that the server takes, without an event lost or twice.
      var years: [Event] = []
      for try await event in bench.client.events(EventFilter(start: Timestamp.now().adding(seconds: -1000 * 86_400), end: .now())) { years.append(event) }
      #expect(years == events)
    }
  }

  @Test func anIterationThatStopsAsksForNoMore() async throws {
    try await Bench.run { bench in
      for try await _ in bench.client.events(EventFilter(start: Timestamp.now().adding(seconds: -90 * 86_400), end: .now())) { break }
      #expect(bench.proxy.seen.count { $0.hasPrefix("GET /api/public/events?start=") } == 1)
    }
  }

  @Test func bothDatesAreAlwaysSentAndTheTokenIsEncoded() throws {
    var reading = EventReading(EventFilter(start: Self.now, end: Self.now.adding(seconds: -86_400), itemId: GUID(high: 0, low: 1), projectId: GUID(high: 0, low: 2)))
    let first = "?start=2026-11-23T12%3A00%3A00Z&end=2026-11-24T12%3A00%3A00Z&itemId=00000000-0000-0000-0000-000000000001"
    #expect(reading.query == first)
    try reading.take(continuationToken: "a+b/c=&")
    #expect(reading.query == first + "&continuationToken=a%2Bb%2Fc%3D%26")
    #expect(throws: ClientError.self) { try reading.take(continuationToken: "a+b/c=&") }
    try reading.take(continuationToken: "next")
    try reading.take(continuationToken: "")
    #expect(reading.query == nil)
  }

  @Test func windowsMeetWithoutOverlap() throws {
    var reading = EventReading(EventFilter(start: Self.now.adding(seconds: -800 * 86_400), end: Self.now))
    var windows: [String] = []
    while let query = reading.query {
      windows.append(query)
      try reading.take(continuationToken: nil)
    }
    #expect(
      windows == [
        "?start=2025-11-22T12%3A00%3A00Z&end=2026-11-24T12%3A00%3A00Z", "?start=2024-11-20T11%3A59%3A59.999999Z&end=2025-11-22T11%3A59%3A59.999999Z",
        "?start=2024-09-15T12%3A00%3A00Z&end=2024-11-20T11%3A59%3A59.999998Z",
      ])
  }
}
