import Foundation
import Synchronization
import Testing

@testable import SecretSafeClient

@Suite struct TokenCacheTests {
  private static func credentials(_ secret: ClientSecret = ClientSecret("s3cret"), id: String = "organization.1") throws -> Credentials {
    Credentials(address: try ServerAddress("https://vault.example.net"), clientID: id, secret: secret)
  }

  /// A cache in a folder of its own, and how often a token was asked for.
  private final class Bench: Sendable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-test-\(UUID().uuidString)").path
    let count = Mutex(0)

    func token(
      _ credentials: Credentials? = nil, rejected: String? = nil, isNew: Bool = false, lasting seconds: Int = 3600, patience: Duration = .seconds(5)
    ) async throws -> String {
      let cache = TokenCache(folder: folder, patience: patience)
      let key = CachedToken.Key(try credentials ?? TokenCacheTests.credentials())
      return try await cache.grant(key, rejected: rejected, isNew: isNew) {
        let number = self.count.withLock {
          $0 += 1
          return $0
        }
        try await Task.sleep(for: .milliseconds(20))
        return TokenGrant(token: "t\(number)", expiresIn: seconds, issued: .now)
      }.token
    }

    func files(_ ending: String) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }
    }

    func file() throws -> String { try #require(files(".json").first) }
    func chmod(_ mode: Int, _ path: String) throws { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path) }
    func mode(_ path: String) throws -> Int? { try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
  }

  @Test func allTakeWhatOneAskedFor() async throws {
    let bench = Bench()
    let tokens = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<30 { group.addTask { try await bench.token() } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(tokens == ["t1"])
    #expect(try bench.mode(bench.folder) == 0o700)
    #expect(try bench.mode(try bench.file()) == 0o600)
    #expect(bench.files(".new").isEmpty)
    let text = try String(contentsOfFile: try bench.file(), encoding: .utf8)
    #expect(!text.contains("s3cret"))
  }

  @Test func aRejectedTokenIsNobodysAnyMore() async throws {
    let bench = Bench()
    #expect(try await bench.token() == "t1")
    #expect(try await bench.token(rejected: "t1") == "t2")
    #expect(try await bench.token(rejected: "t1") == "t2")
    #expect(try await bench.token() == "t2")
    #expect(try await bench.token(isNew: true) == "t3")
    #expect(try await bench.token() == "t3")
  }

  @Test func aRejectedTokenIsGoneEvenIfThereIsNoOther() async throws {
    let bench = Bench()
    _ = try await bench.token()
    let key = CachedToken.Key(try Self.credentials())
    await #expect(throws: ClientError.self) {
      _ = try await TokenCache(folder: bench.folder).grant(key, rejected: "t1", isNew: false) { throw ClientError(.unauthorized, "no") }
    }
    #expect(bench.files(".json").isEmpty)
  }

  @Test func eachKeyHasItsOwn() async throws {
    let bench = Bench()
    #expect(try await bench.token() == "t1")
    #expect(try await bench.token(try Self.credentials(id: "organization.2")) == "t2")
    #expect(try await bench.token(try Self.credentials(ClientSecret("another"))) == "t3")
    let asked = ClientSecret(from: "prompt") { () async throws(ClientError) in throw ClientError(.unauthorized, "nobody is asked") }
    #expect(try await bench.token(try Self.credentials(asked)) == "t4")
    #expect(try await bench.token(try Self.credentials(asked)) == "t4")
  }

  /// What stands in the file, by a change of it; a good one would be taken.
  @Test(arguments: [
    "", "{", "null", "[]", "\u{0}", "{\"version\":1}", #"{"token":"t1"}"#, "version=2", "expiresIn=-1", "expiresIn=99999999999", "token=a b", "mark=x", "wall+7200",
    "half", "expiresIn=1.5",
  ])
  func whatIsNoGoodTokenIsReplaced(_ change: String) async throws {
    let bench = Bench()
    _ = try await bench.token()
    let path = try bench.file()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var members = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    var changed = change
    if change == "half" { changed = String(text.prefix(text.count / 2)) }
    if change == "wall+7200" {
      members["boot"] = "another start of the machine"
      members["wall"] = Int(Date().timeIntervalSince1970) + 7200
    }
    let parts = change.split(separator: "=", maxSplits: 1)
    if parts.count == 2 { members[String(parts[0])] = Double(parts[1]).map { $0 as Any } ?? String(parts[1]) }
    if parts.count == 2 || change == "wall+7200" { changed = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self) }
    try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
    try bench.chmod(0o600, path)
    #expect(try await bench.token() == "t2")
    #expect(try await bench.token() == "t2")
  }

  @Test func aFileThatOthersCanReadCountsAsNone() async throws {
    let bench = Bench()
    _ = try await bench.token()
    try bench.chmod(0o644, try bench.file())
    #expect(try await bench.token() == "t2")
    #expect(try bench.mode(try bench.file()) == 0o600)
    // Nor is a link followed, or a folder opened.
    let path = try bench.file()
    try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".moved")
    #expect(try await bench.token() == "t3")
    try bench.chmod(0o755, bench.folder)
    #expect(try await bench.token(rejected: "t3") == "t4")
    #expect(try bench.mode(bench.folder) == 0o700)
  }

  @Test func aDiskThatTakesNothingCostsARequestOnly() async throws {
    let bench = Bench()
    try Data().write(to: URL(fileURLWithPath: bench.folder))
    #expect(try await bench.token() == "t1")
    #expect(try await bench.token() == "t2")
    #expect(TokenCache(folder: bench.folder).fault != nil)
    #expect(TokenCache(folder: "/proc/self/safesh").fault != nil)
  }

  @Test func whoHoldsTheLockTooLongIsNotWaitedFor() async throws {
    let bench = Bench()
    _ = try await bench.token()
    let lock = open(try #require(bench.files(".lock").first), O_RDWR)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(try await bench.token() == "t1")
    #expect(try await bench.token(rejected: "t1", patience: .milliseconds(60)) == "t2")
    let waiting = Task { try await bench.token(rejected: "t1") }
    try await Task.sleep(for: .milliseconds(40))
    close(lock)
    #expect(try await waiting.value == "t3")
  }

  @Test func aWaitEndsWithItsTask() async throws {
    let bench = Bench()
    _ = try await bench.token()
    let lock = open(try #require(bench.files(".lock").first), O_RDWR)
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let waiting = Task { try await bench.token(rejected: "t1") }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    close(lock)
  }

  @Test func logoutRemovesIt() async throws {
    let bench = Bench()
    _ = try await bench.token()
    let cache = TokenCache(folder: bench.folder)
    let credentials = try Self.credentials()
    #expect(try #require(cache.remaining(of: credentials)) > 3590)
    #expect(cache.remove(of: credentials))
    #expect(!cache.remove(of: credentials))
    #expect(cache.remaining(of: credentials) == nil)
  }
}

@Suite struct CachedTokenTests {
  private static let issued = CachedToken.Moment(wall: 1000, uptime: 50, boot: "a")

  /// Seconds of age, where a token of an hour is used; nil where it is not.
  private static func age(_ wall: Int, _ uptime: Int, _ boot: String?, life: Int = 3600) throws -> Int? {
    let credentials = Credentials(address: try ServerAddress("https://a.b"), clientID: "organization.1", secret: ClientSecret("x"))
    let key = CachedToken.Key(credentials)
    let cached = CachedToken(TokenGrant(token: "t", expiresIn: life, issued: .now), key, issued: issued)
    return cached.grant(for: key, at: CachedToken.Moment(wall: wall, uptime: uptime, boot: boot))?.age
  }

  @Test func aTokenIsUsedUntilAMinuteBeforeItsEnd() throws {
    #expect(try Self.age(1000 + 3539, 50 + 3539, "a") == 3539)
    #expect(try Self.age(1000 + 3540, 50 + 3540, "a") == nil)
    #expect(try Self.age(1000 + 29, 50 + 29, "a", life: 60) == 29)
    #expect(try Self.age(1000 + 30, 50 + 30, "a", life: 60) == nil)
  }

  @Test func aClockThatIsSetChangesNothing() throws {
    #expect(try Self.age(1_000_000, 150, "a") == 100)
    #expect(try Self.age(-1_000_000, 150, "a") == 100)
  }

  @Test func afterANewStartTheOtherClockCounts() throws {
    #expect(try Self.age(1100, 3, "b") == 100)
    #expect(try Self.age(1100, 3, nil) == 100)
    #expect(try Self.age(900, 3, "b") == nil)
    #expect(try Self.age(10_000, 3, "b") == nil)
  }
}
