import Foundation
import SafeAutomation
import SafeLanguage
import Synchronization
import Testing

@testable import SafeshCLI

/// The count of the rows of the line that is typed: at once, or behind the key.
struct RowCountTests {
  private static let members = table(20_000)
  private let session = PromptSession(schema: SecretSafeSchema.schema, loader: InputFiles.loader)

  private static func table(_ count: Int) -> Table {
    guard let type = SecretSafeSchema.schema.resource(listed: "members")?.row, let email = type.index(of: "email") else { return .empty(RecordType([])) }
    var builder = TableBuilder(type)
    for number in 0..<count {
      var values = [Value](repeating: .null, count: type.fields.count)
      values[email] = .text("P\(number)@example.net")
      builder.add(values)
    }
    return builder.table()
  }

  private func rows(_ line: String, of table: Table = members) throws -> RowCount {
    let entry = try session.check(SourceFile(name: "prompt", text: line), isTyped: true).get()
    return try #require(entry.forecast { $0 == "members" ? table : nil }.rows)
  }

  /// Waits until it has been told so often.
  private func wait(_ told: Told, _ count: Int) async throws -> Bool {
    for _ in 0..<1_000 where told.count.load(ordering: .acquiring) < count { try await Task.sleep(for: .milliseconds(10)) }
    return told.count.load(ordering: .acquiring) == count
  }

  @Test func aCountThatTakesLongerThanAKeyMayComesBehindIt() async throws {
    let (counts, told) = (RowCounts(patience: .zero), Told())
    let line = "members | where .email starts \"p1\""
    #expect(try counts.count(of: rows(line)) { told.count.add(1, ordering: .releasing) } == nil)
    #expect(try await wait(told, 1))
    // 1, 10–19, 100–199, 1,000–1,999 and 10,000–19,999.
    #expect(try counts.count(of: rows(line)) { told.count.add(1, ordering: .releasing) } == 11_111)
    #expect(try counts.count(of: rows(line + " | each { revoke it }")) { told.count.add(1, ordering: .releasing) } == 11_111, "the same words")
    #expect(told.count.load(ordering: .acquiring) == 1)
    #expect(try counts.count(of: rows("members | where .email starts \"p19\"")) { told.count.add(1, ordering: .releasing) } == nil)
    #expect(try await wait(told, 2))
    #expect(try counts.count(of: rows("members | where .email starts \"p19\"")) {} == 1_111)
    // Fetched anew.
    let fewer = Self.table(15_000)
    #expect(try counts.count(of: rows("members | where .email starts \"p19\"", of: fewer)) { told.count.add(1, ordering: .releasing) } == nil)
    #expect(try await wait(told, 3))
    #expect(try counts.count(of: rows("members | where .email starts \"p19\"", of: fewer)) {} == 111)
  }

  /// Of many lines typed one after another only the last is told of, however long the others take.
  @Test func aCountThatNobodyWaitsForLeavesOff() async throws {
    let (counts, told) = (RowCounts(patience: .zero), Told())
    let lines = (0..<20).map { "members | where .email matches \"(p|x)*[0-9]+\($0)@\"" }
    for line in lines { #expect(try counts.count(of: rows(line)) { told.last.withLock { $0.append(line) } } == nil) }
    for _ in 0..<1_000 where told.last.withLock({ $0.last }) != lines[19] { try await Task.sleep(for: .milliseconds(10)) }
    #expect(told.last.withLock { $0.last } == lines[19])
    #expect(try counts.count(of: rows(lines[19])) {} == 199)
  }

  @Test func aCountThatIsQuickIsThereAtOnce() throws {
    let counts = RowCounts(patience: .seconds(60))
    #expect(try counts.count(of: rows("members | where .email ends \"7@EXAMPLE.net\"")) { Issue.record("there was nothing to wait for") } == 2_000)
    #expect(try counts.count(of: rows("members")) {} == 20_000)
  }

  private final class Told: Sendable {
    let count = Atomic(0)
    let last = Mutex<[String]>([])
  }
}
