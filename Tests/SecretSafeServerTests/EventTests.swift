import HTTPTypes
import SecretSafeAPI
import Testing

@testable import SecretSafeServer
@testable import SecretSafeStore

/// What calls record (`api.md` 5.3), and how it is read (5.2).
@Suite struct EventTests {
  @Test func callsRecordTheirEvents() async throws {
    try await TestServer.run(.socket) { server in
      let device: HTTPFields = [.deviceType: "22"]
      let member: Member = try await server.send(.post, "/members", #"{"email":"new@example.net","type":2}"#, headers: device).decoded()
      let group: Group = try await server.send(.post, "/groups", #"{"name":"x"}"#).decoded()
      for (method, path, body) in [
        (HTTPRequest.Method.put, "/members/\(member.id)", #"{"type":2}"#), (.post, "/members/\(member.id)/reinvite", nil),
        (.put, "/members/\(member.id)/group-ids", #"{"groupIds":[]}"#), (.post, "/members/\(member.id)/revoke", nil),
        (.post, "/members/\(member.id)/restore", nil), (.delete, "/members/\(member.id)", nil),
        (.put, "/groups/\(group.id)", #"{"name":"y"}"#), (.put, "/groups/\(group.id)/member-ids", #"{"memberIds":[]}"#),
        (.delete, "/groups/\(group.id)", nil),
      ] {
        #expect(try await server.send(method, path, body).status == 200, "\(path)")
      }
      // Refused: nothing.
      _ = try await server.send(.post, "/members", #"{"email":"owner@example.net","type":2}"#)
      _ = try await server.send(.delete, "/members/\(TestServer.owner)")

      let page: EventPage = try await server.send(.get, "/events").decoded()
      #expect(page.continuationToken == nil)
      let events = Array(page.data.reversed())
      #expect(events.map(\.type.rawValue) == [1500, 1400, 1502, 1504, 1511, 1512, 1503, 1401, 1401, 1402])
      #expect(events.map(\.memberId) == [member.id, nil, member.id, member.id, member.id, member.id, member.id, nil, nil, nil])
      #expect(events.map(\.groupId) == [nil, group.id, nil, nil, nil, nil, nil, group.id, group.id, group.id])
      #expect(events.map(\.device?.rawValue) == [22] + Array(repeating: nil, count: 9))
      #expect(events.allSatisfy { $0.ipAddress == "127.0.0.1" && $0.actingUserId == nil })
    }
  }
}
