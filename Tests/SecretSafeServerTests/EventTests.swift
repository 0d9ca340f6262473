import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// What calls record (`api.md` 5.3), and how it is read (5.2, 7).
@Suite struct EventTests {
  @Test func callsRecordTheirEvents() async throws {
    try await TestServer.run(.socket) { server in
      let device: HTTPFields = [.deviceType: "22"]
      let member: Member = try await server.send(.post, "/members", #"{"email":"new@example.net","type":2}"#, headers: device).decoded()
      let group: Group = try await server.send(.post, "/groups", #"{"name":"x"}"#).decoded()
      let policy: Policy = try await server.send(.put, "/policies/2", #"{"enabled":true}"#).decoded()
      for (method, path, body) in [
        (HTTPRequest.Method.put, "/members/\(member.id)", #"{"type":2}"#), (.post, "/members/\(member.id)/reinvite", nil),
        (.put, "/members/\(member.id)/group-ids", #"{"groupIds":[]}"#), (.post, "/members/\(member.id)/revoke", nil),
        (.post, "/members/\(member.id)/restore", nil), (.delete, "/members/\(member.id)", nil),
        (.put, "/groups/\(group.id)", #"{"name":"y"}"#), (.put, "/groups/\(group.id)/member-ids", #"{"memberIds":[]}"#),
        (.delete, "/groups/\(group.id)", nil), (.put, "/collections/\(TestServer.crm)", "{}"), (.delete, "/collections/\(TestServer.crm)", nil),
      ] {
        #expect(try await server.send(method, path, body).status == 200, "\(path)")
      }
      // Refused: nothing.
      _ = try await server.send(.post, "/members", #"{"email":"owner@example.net","type":2}"#)
      _ = try await server.send(.delete, "/members/\(TestServer.owner)")
      _ = try await server.send(.put, "/policies/4", #"{"enabled":true}"#)

      let page: EventPage = try await server.send(.get, "/events").decoded()
      #expect(page.continuationToken == nil)
      let events = Array(page.data.reversed())
      #expect(events.map(\.type.rawValue) == [1500, 1400, 1700, 1502, 1504, 1511, 1512, 1503, 1401, 1401, 1402, 1301, 1302])
      #expect(events.filter { $0.type.rawValue / 100 == 15 }.allSatisfy { $0.memberId == member.id && $0.groupId == nil })
      #expect(events.filter { $0.type.rawValue / 100 == 14 }.allSatisfy { $0.groupId == group.id && $0.memberId == nil })
      #expect(events.filter { $0.type.rawValue / 100 == 13 }.allSatisfy { $0.collectionId == TestServer.crm })
      #expect(events[2].policyId == policy.id)
      #expect(events.map(\.device?.rawValue) == [22] + Array(repeating: nil, count: 12))
      #expect(events.allSatisfy { $0.ipAddress == "127.0.0.1" && $0.actingUserId == nil })
    }
  }

  // MARK: Reading

  private static let noon = Timestamp("2026-03-04T12:00:00Z") ?? Timestamp(microseconds: 0)

  /// Events of which several happened at the same microsecond.
  private static func fill(_ server: TestServer, _ count: Int) async throws {
    try await server.store.change(server.organization) { change in
      for number in 0..<count {
        try change.load(
          Event(
            type: EventType(rawValue: 1100), itemId: guid(UInt64(number % 3)), actingUserId: number % 2 == 0 ? guid(41) : nil,
            date: Timestamp(microseconds: noon.microseconds + Int64(number / 40)), secretId: guid(500), projectId: guid(600)))
      }
    }
  }

  private static let window = "start=2026-03-01T00:00:00Z&end=2026-03-31T00:00:00Z"

  private static func all(_ server: TestServer, _ query: String) async throws -> [[Event]] {
    var pages: [[Event]] = []
    var token: String?
    repeat {
      let page: EventPage = try await server.send(.get, "/events?\(query)" + (token.map { "&continuationToken=\($0)" } ?? "")).decoded()
      pages.append(page.data)
      #expect(page.continuationToken == nil || page.continuationToken != token)
      token = page.continuationToken
    } while token != nil && pages.count < 20
    return pages
  }

  @Test(arguments: Way.allCases) func pagesLoseNothingAtTheSameMoment(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      try await Self.fill(server, 200)
      let pages = try await Self.all(server, Self.window)
      #expect(pages.map(\.count) == [50, 50, 50, 50])
      let dates = pages.flatMap { $0 }.map(\.date)
      #expect(dates == dates.sorted().reversed())
      #expect(try await Self.all(server, Self.window + "&itemId=\(guid(0))").flatMap { $0 }.count == 67)
    }
  }

  @Test func theFirstFilterCounts() async throws {
    try await TestServer.run(.router) { server in
      try await Self.fill(server, 30)
      for (query, count) in [
        ("actingUserId=\(guid(41))", 15), ("itemId=\(guid(1))", 10), ("secretId=\(guid(500))", 30), ("projectId=\(guid(600))", 30),
        ("projectId=\(guid(601))", 0), ("actingUserId=\(guid(41))&itemId=\(guid(999))", 15), ("itemId=\(guid(1))&projectId=\(guid(601))", 10),
        ("ActingUserID=\(guid(41))", 15), ("actingUserId=&itemId=\(guid(1))", 10), ("memberId=\(guid(1))", 30),
      ] {
        #expect(try await Self.all(server, Self.window + "&" + query).flatMap { $0 }.count == count, "\(query)")
      }
    }
  }

  @Test func datesCountAsAPair() async throws {
    try await TestServer.run(.router) { server in
      try await Self.fill(server, 1)
      let moment = "2026-03-04T12:00:00Z"
      for (query, count) in [
        ("start=\(moment)&end=\(moment)", 1), ("start=2026-03-31&end=2026-03-01", 1), ("start=\(moment)", 0), ("end=2026-03-31", 0), ("", 0),
        ("start=&end=2026-03-31", 0), ("start=2026-03-04%2013:00:00.000000%2B01:00&end=2026-03-04+12:00:00.0000001", 1),
        ("start=2026-03-04T12:00:00.000001Z&end=2026-03-31", 0), ("start=2026-03-04T13:00:00+01:00&end=2026-03-04T12:00", 1),
      ] {
        #expect(try await Self.all(server, query).flatMap { $0 }.count == count, "\(query)")
      }
      // 367 days exactly, and a microsecond more.
      #expect(try await server.send(.get, "/events?start=2025-03-04T12:00:00Z&end=2026-03-06T12:00:00Z").status == 200)
      let long = try await server.send(.get, "/events?start=2025-03-04T12:00:00Z&end=2026-03-06T12:00:00.000001Z")
      #expect(long.status == 400 && long.text == refusal("Date range must be < 367 days."))
    }
  }

  @Test func theDefaultWindowIsThirtyDaysToTheEndOfToday() async throws {
    let now = Timestamp("2026-11-24T15:00:00Z") ?? .now()
    let query = try EventQuery(Query("start=2020-01-01"), now: now)
    #expect(query.filter.start == Timestamp("2026-10-25T00:00:00Z"))
    #expect(query.filter.end == Timestamp("2026-11-24T23:59:59.999Z"))
  }

  @Test(arguments: [
    ("start=x&end=2026-13-01", #"{"End":["The value '2026-13-01' is not valid."],"Start":["The value 'x' is not valid."]}"#),
    ("itemId=5", #"{"ItemId":["The value '5' is not valid."]}"#),
    ("continuationToken=abc", #"{"ContinuationToken":["The value is not a token of this server."]}"#),
    ("continuationToken=99999999999999999999-1", #"{"ContinuationToken":["The value is not a token of this server."]}"#),
    ("continuationToken=-5-1", #"{"ContinuationToken":["The value is not a token of this server."]}"#),
    ("continuationToken=%zz", #"{"ContinuationToken":["The value is not a token of this server."]}"#),
    ("start=%ff&end=2026-03-31&ItemID=%", #"{"ItemId":["The value '%' is not valid."],"Start":["The value '%ff' is not valid."]}"#),
  ])
  func badQueriesAreRefused(_ query: String, _ errors: String) async throws {
    try await TestServer.run(.router) { server in
      let answer = try await server.send(.get, "/events?" + query)
      #expect(answer.text == validation(errors))
    }
  }
}
