import Foundation
import NIOCore
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

/// When a connection is given up, with time that the tests make.
@Suite struct ConnectionClockTests {
  private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + .seconds(seconds) }

  @Test func aWholeRequestIsNotWaitedFor() {
    var clock = ConnectionClock(ConnectionLimits())
    clock.headRead(at: at(0))
    clock.requestRead()
    clock.readingPaused(at: at(0))
    #expect(clock.deadline == nil)
  }

  @Test func aHeadHasItsTimeHoweverManyBytesCome() {
    var clock = ConnectionClock(ConnectionLimits())
    for second: Int64 in 0...20 {
      clock.readingPaused(at: at(second))
      if second == 0 { #expect(clock.deadline == at(30)) }
    }
    // The first pause counts, not the last.
    #expect(clock.deadline == at(30))
    clock.headRead(at: at(21))
    #expect(clock.deadline == at(51))
  }

  @Test func aBodyMayNotStopAndMayNotLastForEver() {
    var clock = ConnectionClock(ConnectionLimits())
    clock.headRead(at: at(0))
    for second: Int64 in stride(from: 0, through: 280, by: 20) {
      clock.bodyRead(at: at(second))
      clock.readingPaused(at: at(second))
      #expect(clock.deadline == min(at(second + 30), at(300)))
    }
    clock.requestRead()
    clock.readingPaused(at: at(281))
    #expect(clock.deadline == nil)
  }

  @Test func anAnswerIsReadOrGivenUp() {
    var clock = ConnectionClock(ConnectionLimits())
    clock.writabilityChanged(isWritable: false, at: at(5))
    #expect(clock.deadline == at(65))
    clock.writabilityChanged(isWritable: true, at: at(20))
    #expect(clock.deadline == nil)
  }
}

@Suite struct ConnectionTests {
  private static func limits(_ change: (inout ConnectionLimits) -> Void) -> ConnectionLimits {
    var limits = ConnectionLimits()
    change(&limits)
    return limits
  }

  /// Sends byte by byte until the server has had enough; what it answered.
  private func trickle(_ start: String, port: Int) async throws -> String {
    let client = try RawClient(port: port)
    try client.write(start)
    let answer = Task { try await client.readToEnd() }
    for _ in 1...200 {
      try await Task.sleep(for: .milliseconds(20))
      do { try client.write("a") } catch { break }
    }
    return try await answer.value
  }

  @Test func aHeadByteByByteIsGivenUp() async throws {
    try await OperationBench.run {
      $0.connections = Self.limits { $0.head = .milliseconds(200) }
    } _: { bench in
      let start = ContinuousClock.now
      #expect(try await trickle("GET /health HTTP/1.1\r\nHost: x\r\nA: ", port: bench.running.port) == "")
      #expect(start.duration(to: .now) < .seconds(3))
      // A connection that waits for a next request is not meant.
      let idle = try RawClient(port: bench.running.port)
      #expect(try await idle.request("GET", "/health").status == 200)
      try await Task.sleep(for: .milliseconds(500))
      #expect(try await idle.request("GET", "/health").status == 200)
    }
  }

  @Test(arguments: [(TimeAmount.milliseconds(200), TimeAmount.seconds(60)), (.seconds(60), .milliseconds(200))])
  func aBodyThatDoesNotEndIsGivenUp(_ silence: TimeAmount, _ whole: TimeAmount) async throws {
    try await OperationBench.run {
      $0.connections = Self.limits { ($0.bodySilence, $0.body) = (silence, whole) }
    } _: { bench in
      let head = "POST /api/public/members HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer \(bench.token)\r\n"
      let start = ContinuousClock.now
      if whole < silence {
        #expect(try await trickle(head + "Content-Length: 10000\r\n\r\n", port: bench.running.port) == "")
      } else {
        let client = try RawClient(port: bench.running.port)
        try client.write(head + "Content-Length: 40\r\n\r\n{\"email\":")
        #expect(try await client.readToEnd() == "")
      }
      #expect(start.duration(to: .now) < .seconds(3))
      #expect(await bench.send("GET", "/health")?.status == 200)
    }
  }

  @Test func answersThatNobodyReadsAreGivenUp() async throws {
    try await OperationBench.run {
      $0.connections = Self.limits { $0.unreadAnswer = .milliseconds(200) }
    } _: { bench in
      let client = try RawClient(port: bench.running.port)
      let requests = String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000)
      // Far more than what sockets hold: without the limit, writing would stop for good.
      let gaveUp = await client.writeUntilRefused(requests, times: 1000)
      #expect(gaveUp)
      #expect(await bench.send("GET", "/health")?.status == 200)
    }
  }

  @Test(arguments: [
    ("/api/public/groups", "application/json", 400, ""),
    ("/identity/connect/token", "application/x-www-form-urlencoded", 400, #"{"error":"invalid_request"}"#),
    ("/sign-in", "application/x-www-form-urlencoded", 415, nil),
  ])
  func brokenChunksAreTheCallersFault(_ path: String, _ type: String, _ status: Int, _ body: String?) async throws {
    try await OperationBench.run { bench in
      let client = try RawClient(port: bench.running.port)
      try client.write(
        "POST \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(bench.token)\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
      let answer = try await client.readAnswer()
      #expect(answer.status == status)
      if let body { #expect(answer.body == body) }
      #expect(!bench.lines.all.contains { $0.contains("request failed") })
    }
  }

  @Test func whoAsksIsToldToSendTheBody() async throws {
    try await OperationBench.run { bench in
      let client = try RawClient(port: bench.running.port)
      let body = #"{"name":"x"}"#
      let head =
        "POST /api/public/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(bench.token)\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\nExpect: 100-Continue\r\n\r\n"
      for _ in 1...2 {
        try client.write(head)
        #expect(try await client.readAnswer() == "HTTP/1.1 100 Continue\r\n\r\n")
        try client.write(body)
        #expect(try await client.readAnswer().status == 200)
      }
      // Who does not wait gets no answer into another one.
      let hasty = try RawClient(port: bench.running.port)
      try hasty.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + head + body + "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let statuses = try await hasty.readToEnd().matches(of: /HTTP\/1.1 (\d+)/).map { String($0.1) }.filter { $0 != "100" }
      #expect(statuses == ["200", "200", "200"])
    }
  }

  @Test(arguments: ["long", "many", "path"]) func aHeadHasASize(_ kind: String) async throws {
    try await OperationBench.run { bench in
      let long = String(repeating: "a", count: ConnectionLimits.headBytes)
      let head =
        switch kind {
        case "long": "GET /health HTTP/1.1\r\nHost: x\r\nA: \(long)\r\n\r\n"
        case "many": "GET /health HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: ConnectionLimits.headFields + 1) + "\r\n"
        default: "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n"
        }
      let client = try RawClient(port: bench.running.port)
      try client.write(head)
      #expect(try await client.readToEnd().status == 400)
      let fitting = try RawClient(port: bench.running.port)
      try fitting.write("GET /health HTTP/1.1\r\nHost: x\r\nA: \(long.dropLast(1000))\r\n\r\n")
      #expect(try await fitting.readAnswer().status == 200)
    }
  }
}
