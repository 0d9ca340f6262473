import Foundation
import SecretSafeAPI
import Synchronization
import Testing

@testable import SecretSafeClient

/// The file that processes on one machine share.
@Suite struct SharedBudgetTests {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  private static let call = PacedCall(.api, "POST", "/public/members")

  private static func folder() -> String { FileManager.default.temporaryDirectory.appendingPathComponent("pacing-\(UUID().uuidString)").path + "/state/safesh" }

  private static func limited(_ count: Int) -> PathBudget {
    var budget = PathBudget(limits: [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)])
    for number in 0..<count { budget.take(at: now.adding(Int64(number))) }
    return budget
  }

  private static func read(_ shared: SharedBudget, _ key: UInt64 = call.key) -> PathBudget? {
    shared.exchange(key, at: now) { $0 }
  }

  private static func store(_ shared: SharedBudget, _ budget: PathBudget, _ key: UInt64 = call.key) {
    shared.exchange(key, at: now) { $0 = budget }
  }

  private static func file(in folder: String) -> String { folder + "/safe.example.net_8443.budget" }

  @Test func whatOneWritesAnotherReads() throws {
    let folder = Self.folder()
    let (one, other) = (SharedBudget(folder: folder, server: "safe.example.net:8443"), SharedBudget(folder: folder, server: "SAFE.example.net:8443"))
    #expect(!one.isThere && !FileManager.default.fileExists(atPath: folder))
    Self.store(one, Self.limited(3))
    let budget = try #require(Self.read(other))
    #expect(budget.windows == Self.limited(3).windows && budget.outstanding == 3)
    #expect(Self.read(other, 12345) == nil)
    let modes = try [folder, Self.file(in: folder)].map { try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int }
    #expect(modes == [0o700, 0o600])
    #expect(SharedBudget(folder: folder, server: "safe.example.net:8443").isThere)
  }

  @Test func manyPathsHaveRoomAndTheOldestGoes() {
    let shared = SharedBudget(folder: Self.folder(), server: "a")
    for key in 0..<1000 as Range<UInt64> { shared.exchange(key, at: Self.now.adding(Int64(key))) { $0 = Self.limited(Int(key % 50) + 1) } }
    for key in 900..<1000 as Range<UInt64> { #expect(Self.read(shared, key)?.outstanding == Int(key % 50) + 1) }
    #expect(Self.read(shared, 0) == nil)
  }

  @Test func anythingElseInTheFileIsNothing() throws {
    let folder = Self.folder()
    Self.store(SharedBudget(folder: folder, server: "safe.example.net:8443"), Self.limited(3))
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.file(in: folder)))
    var random = SystemRandomNumberGenerator()
    for round in 0..<200 {
      var bytes = whole
      switch round % 4 {
      case 0: bytes = Data((0..<Int.random(in: 0...whole.count)).map { _ in UInt8.random(in: 0...255, using: &random) })
      case 1: bytes = whole.prefix(Int.random(in: 0..<whole.count))
      default: for _ in 0...round % 7 { bytes[Int.random(in: 0..<bytes.count)] ^= UInt8.random(in: 1...255) }
      }
      try bytes.write(to: URL(fileURLWithPath: Self.file(in: folder)))
      let shared = SharedBudget(folder: folder, server: "safe.example.net:8443")
      if let budget = Self.read(shared) { #expect(budget.windows == Self.limited(3).windows) }
      Self.store(shared, Self.limited(4))
      #expect(Self.read(shared)?.outstanding == 4)
    }
  }

  @Test func whereNothingCanBeWrittenOneIsToldOnce() throws {
    let told = Mutex<[String]>([])
    let shared = SharedBudget(folder: "/proc/nowhere", server: "a") { text in told.withLock { $0.append(text) } }
    for _ in 1...3 { Self.store(shared, Self.limited(1)) }
    #expect(Self.read(shared) == nil)
    #expect(told.withLock { $0 }.count == 1)
    #expect(told.withLock { $0[0] }.hasPrefix("/proc/nowhere/a.budget cannot be used ("))
  }

  @Test func aLinkIsNotFollowed() throws {
    let folder = Self.folder()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let target = folder + "/target"
    try Data().write(to: URL(fileURLWithPath: target))
    try FileManager.default.createSymbolicLink(atPath: folder + "/a.budget", withDestinationPath: target)
    let told = Mutex(0)
    let shared = SharedBudget(folder: folder, server: "a") { _ in told.withLock { $0 += 1 } }
    Self.store(shared, Self.limited(1))
    #expect(told.withLock { $0 } == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: target)).isEmpty)
  }

  @Test func aHolderThatIsStoppedStopsNobody() throws {
    let folder = Self.folder()
    let shared = SharedBudget(folder: folder, server: "safe.example.net:8443")
    Self.store(shared, Self.limited(2))
    let descriptor = open(Self.file(in: folder), O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let start = ContinuousClock.now
    #expect(Self.read(shared)?.outstanding == 2)
    #expect(start.duration(to: .now) < .seconds(2))
  }
}
