import Foundation
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

@Suite struct FaultSpecTests {
  @Test(arguments: [
    ("none", "none"), ("429=0.1", "429=0.1"), ("cut=0.5, 500=0.25 ,latency=20ms,seed=7", "500=0.25,cut=0.5,latency=20ms,seed=7"), ("html=1", "html=1.0"),
    ("429=0.1,500=0.1,502=0.1,503=0.1,504=0.1,html=0.1,close-before=0.1,close-after=0.1,cut=0.2", nil), ("latency=0ms", "none"),
  ])
  func aTextIsReadAndWritten(_ text: String, _ expected: String?) throws { #expect(try FaultSpec(text).description == expected ?? text) }

  @Test(arguments: [
    ("", "'' is no fault: write NAME=RATE"), ("429", "'429' is no fault"), ("418=1", "there is no fault '418': there are 429, 500,"),
    ("429=2", "'2' is no rate for 429: write a number from 0 to 1"), ("429=nan", "no rate"), ("429=0.6,500=0.6", "more than 1 together"),
    ("latency=20", "'20' is no latency: write milliseconds up to 10000, such as 20ms"), ("latency=99999ms", "no latency"), ("seed=-1", "no seed"),
    ("429=0.1,", "'' is no fault"),
  ])
  func anotherTextIsExplained(_ text: String, _ expected: String) {
    #expect { try FaultSpec(text) } throws: { "\($0)".contains(expected) }
  }

  @Test func theDiceKeepTheRatesAndTheSeed() throws {
    let spec = try FaultSpec("429=0.25,cut=0.5,seed=42")
    var dice = FaultDice(spec)
    let rolls = (0..<4000).map { _ in dice.roll() }
    #expect((800...1200).contains(rolls.count { $0 == .tooManyRequests }) && (1800...2200).contains(rolls.count { $0 == .cut }))
    #expect(rolls.allSatisfy { $0 == nil || $0 == .tooManyRequests || $0 == .cut })
    var same = FaultDice(spec)
    #expect((0..<4000).map { _ in same.roll() } == rolls)
    var none = FaultDice(.none)
    #expect(none.roll() == nil)
  }
}

/// Over a real socket, since most of them are about the connection.
@Suite struct FaultServerTests {
  /// What a caller got of an invitation, and whether the member is there.
  private func outcome(of spec: String) async throws -> (answer: String?, isThere: Bool) {
    var result: (String?, Bool) = (nil, false)
    try await OperationBench.run {
      $0.faults = try FaultSpec(spec)
    } _: { bench in
      let answer = await bench.invite("kim@example.net")
      #expect(await bench.send("PUT", "/faults", "none")?.body == "none\n")
      let members = await bench.send("GET", "/api/public/members")
      result = (answer, members?.contains("kim@example.net") == true)
    }
    return result
  }

  @Test func closedBeforeTheChangeLeavesNothing() async throws {
    let (answer, isThere) = try await outcome(of: "close-before=1")
    #expect(answer == nil && !isThere)
  }

  @Test func closedAfterTheChangeLeavesTheChange() async throws {
    let (answer, isThere) = try await outcome(of: "close-after=1")
    #expect(answer == nil && isThere)
  }

  @Test func aCutAnswerIsTooShortAndTheChangeIsThere() async throws {
    try await OperationBench.run {
      $0.faults = try FaultSpec("cut=1")
    } _: { bench in
      let client = try RawClient(port: bench.running.port)
      let body = #"{"email":"kim@example.net","type":2}"#
      try client.write(
        "POST /api/public/members HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer \(bench.token)\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
      let answer = try await client.readToEnd()
      let promised = try #require(answer.firstMatch(of: /[Cc]ontent-[Ll]ength: (\d+)/).flatMap { Int($0.1) })
      #expect(answer.status == 200)
      #expect(answer.body.hasPrefix(#"{"object":"member""#) && answer.body.utf8.count < promised - 32)
      _ = await bench.send("PUT", "/faults", "none")
      #expect(await bench.send("GET", "/api/public/members")?.contains("kim@example.net") == true)
    }
  }

  @Test func aCutListDoesNotEnd() async throws {
    try await OperationBench.run {
      $0.faults = FaultSpec.none
    } _: { bench in
      let people = (0..<1_200).map { #"{"email":"p\#($0)@example.net","externalId":"\#($0)"}"# }.joined(separator: ",")
      let body = #"{"members":[\#(people)],"groups":[],"overwriteExisting":false}"#
      #expect(await bench.send("POST", "/api/public/organization/import", body)?.status == 200)
      #expect(await bench.send("PUT", "/faults", "cut=1")?.status == 200)
      let client = try RawClient(port: bench.running.port)
      try client.write("GET /api/public/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(bench.token)\r\n\r\n")
      let answer = try await client.readToEnd()
      #expect(answer.status == 200 && answer.lowercased().contains("transfer-encoding: chunked"))
      #expect(answer.body.contains(#"{"object":"list""#) && answer.body.contains("p700@example.net"))
      #expect(!answer.hasSuffix("0\r\n\r\n"), "the last chunk")
    }
  }

  @Test(arguments: [
    ("429=1", 429, "\"Slow down! Too many requests. Try again in 1s.\"", "retry-after: 1"), ("500=1", 500, "An unhandled server error has occurred.", ""),
    ("502=1", 502, "", ""), ("503=1", 503, "", "retry-after: 1"), ("504=1", 504, "", ""), ("html=1", 502, "<title>502 Bad Gateway</title>", "text/html"),
  ])
  func anAnswerInsteadLeavesNothing(_ spec: String, _ status: Int, _ text: String, _ head: String) async throws {
    let (answer, isThere) = try await outcome(of: spec)
    #expect(answer?.status == status && !isThere)
    #expect(answer?.contains(text) == true || text.isEmpty)
    #expect(answer?.lowercased().contains(head) == true || head.isEmpty)
  }

  @Test func latencyIsWaitedFor() async throws {
    try await OperationBench.run {
      $0.faults = try FaultSpec("latency=60ms")
    } _: { bench in
      let start = ContinuousClock.now
      #expect(await bench.invite("kim@example.net")?.status == 200)
      #expect(start.duration(to: .now) >= .milliseconds(60))
    }
  }

  @Test func whatWatchesTheServerHasNoFaults() async throws {
    try await OperationBench.run {
      $0.faults = try FaultSpec("close-before=1,seed=3")
    } _: { bench in
      for path in ["/faults", "/health", "/metrics", "/api/alive", "/identity/alive"] {
        #expect(await bench.send("GET", path)?.status == 200, "\(path)")
      }
      #expect(await bench.send("GET", "/faults")?.body == "close-before=1.0,seed=3\n")
      #expect(await bench.send("GET", "/api/public/members") == nil)
      // The log tells of it, too, though the connection ends before that.
      #expect(await bench.lines.have { $0.contains(" GET /api/public/members 444 ") }, "\(bench.lines.all)")
      let posted = try #require(await bench.send("POST", "/faults", "none"))
      #expect(posted.status == 405 && posted.contains("llow: GET, PUT"))
      for path in ["/metrics", "/health"] { #expect(await bench.send("POST", path)?.status == 405) }
      let wrong = await bench.send("PUT", "/faults", "429=7")
      #expect(wrong?.status == 400 && wrong?.body == "'7' is no rate for 429: write a number from 0 to 1\n")
      #expect(await bench.send("GET", "/faults")?.body == "close-before=1.0,seed=3\n")
      #expect(await bench.send("PUT", "/faults", String(repeating: " ", count: 5000))?.status == 413)
      #expect(await bench.send("GET", "/metrics")?.contains(#"safesh_faults_total{kind="close-before"} 1"#) == true)
    }
  }

  @Test func onlyThisMachineSwitchesThem() async throws {
    try await OperationBench.run {
      $0.faults = FaultSpec.none
      $0.proxies = [try Network("127.0.0.1")]
    } _: { bench in
      for forwarded in ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "Via: 1.1 proxy"] {
        for path in ["/faults", "/metrics"] {
          let client = try RawClient(port: bench.running.port)
          try client.write("GET \(path) HTTP/1.1\r\nHost: x\r\n\(forwarded)\r\n\r\n")
          let answer = try await client.readAnswer()
          #expect(answer.status == 403)
        }
        let client = try RawClient(port: bench.running.port)
        try client.write("PUT /faults HTTP/1.1\r\nHost: x\r\n\(forwarded)\r\nContent-Length: 5\r\n\r\n500=1")
        let answer = try await client.readAnswer()
        #expect(answer.status == 403)
      }
      #expect(await bench.send("GET", "/faults")?.body == "none\n")
    }
    try await OperationBench.run { bench in
      #expect(await bench.send("GET", "/faults")?.status == 404)
      #expect(await bench.send("PUT", "/faults", "500=1")?.status == 404)
    }
  }
}
