import CoreMetrics
import Foundation
import HTTPTypes
import HummingbirdTesting
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

@Suite struct MetricsTests {
  @Test func theTextIsThatOfPrometheus() {
    let registry = MetricsRegistry()
    let a = registry.makeCounter(label: "things_total", dimensions: [("kind", "a \"b\"\\\n")])
    a.increment(by: 2)
    // The same labels are the same series.
    registry.makeCounter(label: "things_total", dimensions: [("kind", "a \"b\"\\\n")]).increment(by: 1)
    registry.makeMeter(label: "level", dimensions: []).set(2.5)
    let timer = registry.makeTimer(label: "took_seconds", dimensions: [])
    for nanoseconds: Int64 in [100_000, 100_001, 3_000_000_000, 60_000_000_000] { timer.recordNanoseconds(nanoseconds) }
    // Another kind under a name that is taken counts for nobody, and harms nobody.
    registry.makeMeter(label: "things_total", dimensions: [("kind", "a \"b\"\\\n")]).set(Int64(99))
    var text = MetricsText()
    text.add(registry, help: ["level": "How high it stands."])
    let lines = text.text.split(separator: "\n").map(String.init)
    #expect(lines.prefix(4) == ["# HELP level How high it stands.", "# TYPE level gauge", "level 2.5", "# TYPE things_total counter"])
    #expect(lines.contains(#"things_total{kind="a \"b\"\\\n"} 3"#))
    for (bound, count) in [("0.0001", 1), ("0.00025", 2), ("2.5", 2), ("10.0", 3), ("+Inf", 4)] {
      #expect(lines.contains(#"took_seconds_bucket{le="\#(bound)"} \#(count)"#), "\(lines)")
    }
    #expect(lines.suffix(2) == ["took_seconds_sum 63.000200001", "took_seconds_count 4"])
  }

  @Test func requestsAreCountedByTheirRoute() async throws {
    try await OperationBench.run {
      $0.limits = try LimitRules(json: Array(#"{"rules":[{"service":"api","method":"DELETE","limit":1,"period":"1h"}]}"#.utf8))
    } _: { bench in
      for id in [guid(1), guid(2), guid(3)] { _ = await bench.send("GET", "/api/public/members/\(id)?x=hidden") }
      _ = await bench.invite("kim@example.net")
      for _ in 1...3 { _ = await bench.send("DELETE", "/api/public/members/\(guid(7))") }
      for path in ["/a", "/b", "/c"] { _ = await bench.send("GET", path) }
      _ = await bench.send("PROPFIND", "/api/public/members")
      let answer = try #require(await bench.send("GET", "/metrics"))
      #expect(answer.status == 200 && answer.contains("text/plain; version=0.0.4; charset=utf-8"))
      let lines = answer.body.split(separator: "\n").map(String.init)
      let name = "safesh_http_requests"
      for line in [
        name + #"_total{method="GET",endpoint="/api/public/members/{id}",status="404"} 3"#,
        name + #"_total{method="POST",endpoint="/api/public/members",status="200"} 1"#,
        name + #"_total{method="DELETE",endpoint="/api/public/members/{id}",status="429"} 2"#,
        name + #"_total{method="GET",endpoint="other",status="404"} 3"#, name + #"_total{method="other",endpoint="/api/public/members",status="405"} 1"#,
        name + "_limited_total 2", name + "_in_flight 1.0", #"safesh_http_request_duration_seconds_count{endpoint="/api/public/members/{id}"} 6"#,
        "safesh_store_commits_total 2", "safesh_store_changes_total 1",
      ] { #expect(lines.contains(line), "\(line) in \(answer.body)") }
      #expect(lines.contains { $0.hasPrefix("process_start_time_seconds 1") })
      #expect(!answer.contains("hidden") && !answer.contains("\(guid(1))"))
      let form = /# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+/
      for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
      let types = lines.filter { $0.hasPrefix("# TYPE") }
      #expect(Set(types).count == types.count)
    }
  }

  @Test(arguments: Way.allCases) func healthIsThatOfTheStore(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.client.execute(uri: "/health", method: .get) { Answer($0) }
      #expect(answer.status == 200 && answer.text == #"{"status":"ok"}"#)
      try server.store.close()
      let broken = try await server.client.execute(uri: "/health", method: .get) { Answer($0) }
      #expect(broken.status == 503 && broken.text == #"{"status":"the store cannot be read"}"#)
    }
  }
}
