import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

// Invites COUNT addresses with the bodies that the bench's script sends, so many at once, by the HTTP client alone: no pacing, no journal, no
// language, no answer read for more than its status. What safesh is measured against.

let words = CommandLine.arguments
guard words.count == 5, let count = Int(words[2]), let workers = Int(words[3]) else {
  FileHandle.standardError.write(Data("usage: BareLoop URL COUNT WORKERS LABEL; the token in BENCH_TOKEN\n".utf8))
  exit(2)
}
let (url, label, token) = (words[1], words[4], ProcessInfo.processInfo.environment["BENCH_TOKEN"] ?? "")
let next = Atomic<Int>(0)
let refused = Atomic<Int>(0)
var configuration = HTTPClient.Configuration()
// Else it makes no more than 8 connections.
configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = workers
let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
let start = ContinuousClock.now
try await withThrowingTaskGroup(of: Void.self) { group in
  for _ in 0..<workers {
    group.addTask {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        var request = HTTPClientRequest(url: url + "/api/public/members")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/json")
        let body = #"{"email":"\#(label)\#(number)@example.net","type":2,"externalId":"\#(label)\#(number)","permissions":null,"collections":null,"groups":null}"#
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        for try await _ in response.body {}
        if response.status != .ok { refused.add(1, ordering: .relaxed) }
      }
    }
  }
  try await group.waitForAll()
}
let seconds = (ContinuousClock.now - start) / .seconds(1)
try await client.shutdown().get()
if refused.load(ordering: .relaxed) > 0 {
  FileHandle.standardError.write(Data("\(refused.load(ordering: .relaxed)) of \(count) were refused\n".utf8))
  exit(1)
}
print(Int(Double(count) / seconds))
