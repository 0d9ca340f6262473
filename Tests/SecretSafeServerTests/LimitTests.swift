import Foundation
import HTTPTypes
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

/// `api.md` 2.7, with time that the tests make.
@Suite struct LimiterTests {
  private static let start = Timestamp(microseconds: 1_800_000_000_000_000)
  private static func after(_ seconds: Double) -> Timestamp { Timestamp(microseconds: start.microseconds + Int64(seconds * 1e6)) }

  private static func call(_ method: String, _ path: String) throws -> LimitedCall {
    try #require(LimitedCall(method: method, path: path))
  }

  private func isRefused(_ outcome: Limiter.Outcome) -> Bool { if case .refused = outcome { true } else { false } }

  /// A limiter and calls of it.
  private struct Bench {
    var limiter: Limiter
    let rules: LimitRules

    init(_ rules: LimitRules = .cloud, generationLimit: Int = Limiter.generationLimit) {
      self.rules = rules
      limiter = Limiter(rules, generationLimit: generationLimit)
    }

    mutating func count(_ method: String, _ path: String, from client: String = "192.0.2.1", at seconds: Double) throws -> Limiter.Outcome {
      let call = try LimiterTests.call(method, path)
      return limiter.count(Limiter.Key(client: IPAddress(client), call), under: rules.rules(for: call), at: LimiterTests.after(seconds))
    }
  }

  @Test func theShortestPeriodRefusesFirst() throws {
    var bench = Bench()
    for number in 1...5 {
      let outcome = try bench.count("POST", "/api/public/members", at: 0.1 * Double(number))
      #expect(outcome == .passed(.init(period: .minute, remaining: 60 - number, resets: Self.after(60.1))))
    }
    #expect(try bench.count("POST", "/api/public/members", at: 0.6) == .refused(.second, retryAfter: 1))
    // The refused one was not counted.
    #expect(try bench.count("POST", "/api/public/members", at: 1.1) == .passed(.init(period: .minute, remaining: 54, resets: Self.after(60.1))))
  }

  @Test func waitingAsToldSuffices() throws {
    var bench = Bench()
    for number in 0..<60 { _ = try bench.count("PUT", "/api/public/members/1", at: Double(number) / 2) }
    #expect(try bench.count("PUT", "/api/public/members/1", at: 30) == .refused(.minute, retryAfter: 30))
    for _ in 0..<100 { #expect(try bench.count("PUT", "/api/public/members/1", at: 59.2) == .refused(.minute, retryAfter: 1)) }
    #expect(try bench.count("PUT", "/api/public/members/1", at: 60.2) == .passed(.init(period: .minute, remaining: 59, resets: Self.after(120.2))))
  }

  @Test func callerMethodAndPathAreCountedApart() throws {
    var bench = Bench()
    for _ in 1...5 { #expect(try !isRefused(bench.count("DELETE", "/api/public/members/1", at: 0))) }
    #expect(try isRefused(bench.count("DELETE", "/api/public/members/1", at: 0)))
    // The same path, however it is written.
    #expect(try isRefused(bench.count("DELETE", "//api///public/members/1/", at: 0)))
    #expect(try isRefused(bench.count("DELETE", "/api/public/members/%31", at: 0)))
    #expect(try !isRefused(bench.count("DELETE", "/api/public/members/2", at: 0)))
    #expect(try !isRefused(bench.count("PUT", "/api/public/members/1", at: 0)))
    #expect(try !isRefused(bench.count("DELETE", "/api/public/members/1", from: "192.0.2.2", at: 0)))
    #expect(try isRefused(bench.count("DELETE", "/api/public/members/1", from: "::ffff:192.0.2.1", at: 0)))
    for number in 1...200 { #expect(try !isRefused(bench.count("GET", "/api/public/events", at: 0)), "\(number)") }
    #expect(try isRefused(bench.count("GET", "/api/public/events", at: 0)))
  }

  @Test func tokensHaveThreeLimits() throws {
    var bench = Bench()
    for number in 0..<10 {
      let outcome = try bench.count("POST", "/identity/connect/token", at: Double(number))
      #expect(outcome == .passed(.init(period: .minute, remaining: 9 - number, resets: Self.after(60))))
    }
    #expect(try bench.count("POST", "/identity/connect/token", at: 10) == .refused(.minute, retryAfter: 50))
    #expect(try bench.count("GET", "/identity/alive", at: 10) == .passed(.init(period: .minute, remaining: 59, resets: Self.after(70))))
    #expect(LimitedCall(method: "GET", path: "/metrics") == nil && LimitedCall(method: "GET", path: "/apiary/x") == nil)
  }

  @Test func aClockThatIsSetBackLocksNobodyOut() throws {
    var bench = Bench()
    for _ in 1...5 { _ = try bench.count("POST", "/api/public/groups", at: 1000) }
    #expect(try bench.count("POST", "/api/public/groups", at: 1000) == .refused(.second, retryAfter: 1))
    #expect(try !isRefused(bench.count("POST", "/api/public/groups", at: 0)))
  }

  @Test func aFloodOfPathsHasABound() throws {
    var bench = Bench(generationLimit: 100)
    for number in 0..<10_000 { _ = try bench.count("GET", "/api/\(number)", at: Double(number) / 1000) }
    #expect(bench.limiter.size <= 200)
    _ = try bench.count("GET", "/api/x", at: 200)
    #expect(bench.limiter.size == 1)
  }

  @Test func windowsThatHaveNotEndedAreKept() throws {
    var bench = Bench()
    _ = try bench.count("GET", "/api/other", at: 0)
    for second in stride(from: 59.0, to: 118, by: 0.5) { _ = try bench.count("GET", "/api/x", at: second) }
    #expect(try bench.count("GET", "/api/x", at: 118) == .passed(.init(period: .minute, remaining: 200 - 119, resets: Self.after(119))))
  }

  @Test(arguments: [
    ("[]", #"expected {"rules": […]} and nothing else"#), ("{", "no JSON: "), (#"{"rules":[1]}"#, "rule 1: no object"),
    (#"{"rules":[{"service":"api","limit":1,"period":"1m"},{"service":"web"}]}"#, #"rule 2: 'service' must be "api" or "identity""#),
    (#"{"rules":[{"service":"api","limit":0,"period":"1m"}]}"#, "rule 1: 'limit' must be a whole number from 1 to 1000000000"),
    (#"{"rules":[{"service":"api","limit":1.5,"period":"1m"}]}"#, "'limit'"), (#"{"rules":[{"service":"api","limit":1}]}"#, "'period' must be a number"),
    (#"{"rules":[{"service":"api","limit":1,"period":"2d"}]}"#, "no longer than 1d"), (#"{"rules":[{"service":"api","limit":1,"period":"-1m"}]}"#, "'period'"),
    (#"{"rules":[{"service":"api","method":"post","limit":1,"period":"1m"}]}"#, "'method' must be in capitals"),
    (#"{"rules":[{"service":"api","path":"members","limit":1,"period":"1m"}]}"#, "'path' must be"),
    (#"{"rules":[{"service":"api","path":"/public/members/{id}","limit":1,"period":"1m"}]}"#, "'path' must be one path"),
    (#"{"rules":[{"service":"api","path":7,"limit":1,"period":"1m"}]}"#, "'path' is no text"),
    (#"{"rules":[{"service":"api","every":"1m"}]}"#, "unknown member 'every': there are service, method, path, limit, period"),
  ])
  func aFileThatIsWrongIsExplained(_ json: String, _ expected: String) {
    #expect { try LimitRules(json: Array(json.utf8)) } throws: { "\($0)".contains(expected) }
  }

  @Test func aFileHasRules() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("limits-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let token = #"{"service":"identity","method":"POST","path":"/connect/token","limit":1,"period":"1h"}"#
    try Data(#"{"rules":[{"service":"api","limit":7,"period":"90s"},\#(token)]}"#.utf8).write(to: file)
    let rules = try LimitRules(named: file.path).rules
    #expect(rules.map(\.limit) == [7, 1] && rules.map(\.period.seconds) == [90, 3600] && rules.map(\.path) == [nil, "/connect/token"])
    try Data("{}".utf8).write(to: file)
    #expect { try LimitRules(named: file.path) } throws: { "\($0)".hasPrefix(file.path + ": expected") }
    #expect { try LimitRules(named: "clod") } throws: { "\($0)" == "'clod' is neither none nor cloud, and no file that can be read" }
    #expect(try LimitRules(named: "cloud") == .cloud && LimitRules(named: "none") == .none)
  }
}

@Suite struct RateLimitTests {
  private static func operation(_ json: String) throws -> ServerOperation {
    ServerOperation(limits: try LimitRules(json: Array(json.utf8)))
  }

  @Test(arguments: Way.allCases) func anAnswerTellsWhatIsLeft(_ way: Way) async throws {
    let rules = #"{"rules":[{"service":"api","limit":3,"period":"1h"},{"service":"api","limit":3,"period":"1d"}]}"#
    try await TestServer.run(way, operation: try Self.operation(rules)) { server in
      let before = Timestamp.now()
      for (path, remaining) in [("/members", "2"), ("/members/?type=1", "1"), ("//members", "0")] {
        let answer = try await server.send(.get, path)
        #expect(answer.status == 200)
        #expect(header(answer, "X-Rate-Limit-Limit") == "1d" && header(answer, "X-Rate-Limit-Remaining") == remaining)
        let resets = try #require(header(answer, "X-Rate-Limit-Reset"))
        #expect(resets > before.adding(seconds: 86_390).description && resets < before.adding(seconds: 86_500).description)
      }
      // Both rules refuse; the longer one is what matters, and the token is not looked at.
      let refused = try await server.send(.get, "/members", authorization: nil)
      #expect(refused.status == 429)
      #expect(header(refused, "Content-Type") == "application/json; charset=utf-8")
      #expect(Int(header(refused, "Retry-After") ?? "").map { 86_000...86_400 ~= $0 } == true)
      #expect(header(refused, "X-Rate-Limit-Limit") == nil && header(refused, "X-Content-Type-Options") == "nosniff")
      #expect(
        refused.text == #"{"message":"Slow down! Too many requests. Try again in 1d.","validationErrors":null,"exceptionMessage":null,"#
          + #""exceptionStackTrace":null,"innerExceptionMessage":null,"object":"error"}"#)
      // Failures are counted and tell, too.
      let missing = try await server.send(.get, "/members/\(TestServer.unknown)")
      #expect(missing.status == 404 && header(missing, "X-Rate-Limit-Remaining") == "2")
      #expect(try await server.send(.post, "/members", #"{"email":"kim@example.net","type":2}"#).status == 200)
    }
  }

  @Test func theTokenEndpointIsLimitedBeforeTheKeyIsLookedAt() async throws {
    try await TestServer.run(.socket, operation: ServerOperation(limits: .cloud)) { server in
      var statuses: [Int] = []
      for _ in 1...6 { statuses.append(try await server.requestToken("grant_type=client_credentials&client_id=x&client_secret=y").status) }
      #expect(statuses.prefix(5).allSatisfy { $0 == 400 } && statuses.last == 429)
    }
  }

  @Test func withoutLimitsNothingIsTold() async throws {
    try await TestServer.run(.router) { server in
      let answer = try await server.send(.get, "/members")
      #expect(header(answer, "X-Rate-Limit-Limit") == nil)
    }
  }
}

func header(_ answer: Answer, _ name: String) -> String? { HTTPField.Name(name).flatMap { answer.headers[$0] } }
