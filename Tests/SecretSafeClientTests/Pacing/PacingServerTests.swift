import Foundation
import SecretSafeAPI
import SecretSafeServer
import Synchronization
import Testing

@testable import SecretSafeClient

/// Many workers at a real server with small windows.
@Suite(.serialized) struct PacingServerTests {
  private static let fiveASecond = #"{"service":"api","method":"POST","limit":5,"period":"1s"}"#
  private static let twentyInThree = #"{"service":"api","limit":20,"period":"3s"}"#

  private struct Server {
    let credentials: Credentials
    let rules: LimitRules
    let folder: String
  }

  private static func run(_ rules: String..., body: (Server) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pacing-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = ServerOptions(port: 0, data: folder + "/org.db")
    options.limits = try LimitRules(json: Array(#"{"rules":[\#(rules.joined(separator: ","))]}"#.utf8))
    let started = try await SecretSafeServer.start(options)
    let key = try #require(started.newKey)
    let credentials = Credentials(address: try ServerAddress(started.running.url), clientID: key.clientID, secret: ClientSecret(key.clientSecret))
    let result: Result<Void, any Error>
    do { result = .success(try await body(Server(credentials: credentials, rules: options.limits, folder: folder))) } catch { result = .failure(error) }
    await started.running.stop()
    try result.get()
  }

  /// Invites with so many at once, and gives the seconds it took and how many requests were refused.
  private static func invite(_ count: Int, _ label: String, workers: Int, _ server: Server, _ options: Client.Options) async throws -> (seconds: Double, refused: Int) {
    let sent = Mutex(0)
    var options = options
    options.onRequest = { _ in sent.withLock { $0 += 1 } }
    let client = Client(server.credentials, options: options)
    try await client.signIn()
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<workers {
        group.addTask {
          for number in stride(from: worker, to: count, by: workers) {
            _ = try await client.invite(InviteBody(email: "\(label)-\(number)@example.net", type: .user))
          }
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    await client.shutdown()
    return (seconds, sent.withLock { $0 } - count)
  }

  @Test(arguments: [4, 32]) func aPresetIsKeptTo(workers: Int) async throws {
    try await Self.run(Self.fiveASecond, Self.twentyInThree) { server in
      var options = Client.Options()
      options.pacing = .rules(server.rules)
      let (seconds, refused) = try await Self.invite(30, "p", workers: workers, server, options)
      #expect(refused == 0)
      // 29 that follow the first, 5 a second.
      #expect((5.0...7.5).contains(seconds))
    }
  }

  @Test func aLimitIsLearned() async throws {
    try await Self.run(Self.twentyInThree) { server in
      let (seconds, refused) = try await Self.invite(50, "l", workers: 16, server, Client.Options())
      #expect(refused == 0)
      #expect((6.0...9).contains(seconds))
    }
  }

  @Test(arguments: [true, false]) func twoAtOnceShareTheLimit(isKnown: Bool) async throws {
    try await Self.run(Self.twentyInThree) { server in
      var options = Client.Options()
      if isKnown { options.pacing = .rules(server.rules) }
      options.sharedFolder = server.folder + "/state"
      async let one = Self.invite(40, "a", workers: 8, server, options)
      async let other = Self.invite(40, "b", workers: 8, server, options)
      let results = try await [one, other]
      #expect(results.map(\.refused).reduce(0, +) <= (isKnown ? 0 : 2))
      #expect(results.allSatisfy { (6.0...13).contains($0.seconds) }, "\(results)")
    }
  }

  @Test func whatIsWaitedForIsTold() async throws {
    try await Self.run(Self.fiveASecond) { server in
      let waits = Mutex<[PacingWait]>([])
      var options = Client.Options()
      options.pacing = .rules(server.rules)
      options.onWait = { wait in waits.withLock { $0.append(wait) } }
      _ = try await Self.invite(8, "w", workers: 8, server, options)
      let first = try #require(waits.withLock { $0.first { $0.method == "POST" && $0.path == "/public/members" } })
      #expect(first.limit == RateLimit(count: 5, period: 1) && first.limit?.description == "5 a second")
      #expect(first.until < Timestamp.now())
    }
  }

  @Test func waitingEndsAtOnceWhenItIsCancelled() async throws {
    try await Self.run(#"{"service":"api","method":"POST","limit":1,"period":"1h"}"#) { server in
      let client = Client(server.credentials)
      _ = try await client.invite(InviteBody(email: "one@example.net", type: .user))
      let waiting = (0..<50).map { number in
        Task { await failure { () async throws(ClientError) in try await client.invite(InviteBody(email: "w\(number)@example.net", type: .user)) } }
      }
      try await Task.sleep(for: .milliseconds(100))
      let start = ContinuousClock.now
      for task in waiting { task.cancel() }
      for task in waiting {
        let error = await task.value
        #expect(error?.kind == .cancelled && error?.isOutcomeUnknown == false)
      }
      #expect(start.duration(to: .now) < .seconds(2))
      // Other paths never waited.
      #expect(try await client.members().count == 1)
      await client.shutdown()
    }
  }

  @Test func signingInIsPacedToo() async throws {
    try await Self.run(#"{"service":"identity","method":"POST","path":"/connect/token","limit":2,"period":"2s"}"#) { server in
      var options = Client.Options()
      options.pacing = .rules(server.rules)
      options.sharedFolder = server.folder + "/state"
      let waits = Mutex(0)
      options.onWait = { _ in waits.withLock { $0 += 1 } }
      let start = ContinuousClock.now
      for _ in 1...5 {
        let client = Client(server.credentials, options: options)
        try await client.signIn()
        await client.shutdown()
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      #expect((4.0...6).contains(seconds) && waits.withLock { $0 } >= 2)
    }
  }
}
