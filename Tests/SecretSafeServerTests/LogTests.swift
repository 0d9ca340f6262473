import Foundation
import HTTPTypes
import Logging
import SecretSafeAPI
import SecretSafeStore
import Synchronization
import Testing

@testable import SecretSafeServer

/// What a log was told.
final class Lines: Sendable {
  private let state = Mutex<[String]>([])
  var all: [String] { state.withLock { $0 } }

  /// Whether there is such a line, or will be soon.
  func have(_ isIt: (String) -> Bool) async -> Bool {
    for _ in 1...400 {
      if all.contains(where: isIt) { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  func add(_ line: String) { state.withLock { $0.append(line) } }

  func logger(_ format: LogFormat = .text) -> Logger { LineLog.logger(format, add) }
}

@Suite struct LogTests {
  @Test(arguments: Way.allCases) func aLineTellsOfARequest(_ way: Way) async throws {
    let lines = Lines()
    try await TestServer.run(way, operation: ServerOperation(log: lines.logger())) { server in
      _ = try await server.send(.get, "/members/\(TestServer.owner)/group-ids?x=y")
      _ = try await server.send(.post, "/nothing", authorization: nil)
    }
    let client = way == .socket ? " client=127\\.0\\.0\\.1" : ""
    let time = #"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z "#
    let first = try Regex(time + #"GET /api/public/members/[0-9a-f-]{36}/group-ids 200 ms=[\d.e-]+ bytes=2\#(client) id=[0-9a-f]{16}$"#)
    let second = try Regex(time + #"POST /api/public/nothing 404 ms=[\d.e-]+ bytes=0\#(client) id=[0-9a-f]{16}$"#)
    #expect(lines.all.count == 2)
    #expect(lines.all.first?.firstMatch(of: first) != nil, "\(lines.all)")
    #expect(lines.all.last?.firstMatch(of: second) != nil, "\(lines.all)")
  }

  @Test(arguments: Way.allCases) func aLineOfJSONIsAnObject(_ way: Way) async throws {
    let lines = Lines()
    try await TestServer.run(way, operation: ServerOperation(log: lines.logger(.json))) { server in
      _ = try await server.send(.get, "/members")
      _ = try await server.send(.get, "/nothing")
    }
    struct Line: Decodable {
      let time, level, message, method, path, id: String
      let status, bytes: Int
      let ms: Double
      let client: String?
    }
    let decoded = try lines.all.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(decoded.map(\.status) == [200, 404] && decoded.map(\.method) == ["GET", "GET"] && decoded.map(\.level) == ["info", "info"])
    #expect(decoded.first?.path == "/api/public/members" && decoded.first?.client == (way == .socket ? "127.0.0.1" : nil))
    #expect(lines.all.allSatisfy { !$0.contains("\n") })
  }

  @Test(arguments: Way.allCases, LogFormat.allCases) func noSecretIsLogged(_ way: Way, _ format: LogFormat) async throws {
    let lines = Lines()
    try await TestServer.run(way, operation: ServerOperation(log: lines.logger(format), faults: FaultSwitch(.none), metrics: ServerMetrics())) { server in
      _ = try await server.requestToken("grant_type=client_credentials&client_id=\(server.key.clientID)&client_secret=\(server.key.clientSecret)")
      _ = try await server.requestToken("grant_type=client_credentials&client_id=\(server.key.clientID)&client_secret=hidden-1")
      let basic = Data("\(server.key.clientID):\(server.key.clientSecret)".utf8).base64EncodedString()
      _ = try await server.requestToken("grant_type=client_credentials", headers: [.authorization: "Basic " + basic])
      _ = try await server.send(.get, "/members?access_token=\(server.token)&secret=hidden-2")
      _ = try await server.send(.get, "/members", authorization: "Bearer hidden-3")
      _ = try await server.send(.post, "/members", #"{"email":"hidden-4@example.net","type":2,"secret":"hidden-5"}"#)
      _ = try await server.send(.post, "/members", "{hidden-6")
      _ = try await server.send(.patch, "/nothing?hidden-7", headers: [.cookie: "hidden-8"])
      let all = lines.all.joined(separator: "\n")
      #expect(lines.all.count == 8)
      for secret in ["hidden", server.token, server.key.clientSecret, basic, "access_token"] { #expect(!all.contains(secret), "\(all)") }
    }
  }

  @Test func whatWentWrongIsToldWithItsRequest() async throws {
    let lines = Lines()
    try await TestServer.run(.router, operation: ServerOperation(log: lines.logger())) { server in
      try server.store.close()
      #expect(try await server.send(.get, "/members").status == 500)
    }
    #expect(lines.all.count == 2)
    #expect(lines.all.first?.contains(" error request failed GET /api/public/members id=") == true, "\(lines.all)")
    let ids = lines.all.compactMap { $0.firstMatch(of: /id=([0-9a-f]{16})/)?.1 }
    #expect(ids.count == 2 && ids.first == ids.last)
  }

  @Test func aLineStaysALine() throws {
    let objects = Lines()
    objects.logger(.json).warning("two\nlines", metadata: ["a": "x\u{1b} \"y\""])
    let line = try #require(objects.all.first)
    #expect(try JSONDecoder().decode([String: String].self, from: Data(line.utf8))["a"] == "x\u{1b} \"y\"" && !line.contains("\n"))
    let lines = Lines()
    lines.logger().warning("two\nlines", metadata: ["a": "x\u{1b}[0m \"y\""])
    #expect(lines.all.first?.hasSuffix(" warning two?lines a=\"x?[0m 'y'\"") == true, "\(lines.all)")
  }
}
