import Foundation
import SafeLanguage
import SafeSystem
import SecretSafeAPI
import Testing

@testable import SafeAutomation

/// The file of a journal: what is in it, and what becomes of it when it is torn or changed.
@Suite struct JournalTests {
  private static let member = Member(
    id: GUID("11111111-2222-4333-8444-555555555555") ?? .random(), email: "ann@acme.com", status: .invited, type: .user, externalId: "hr \"1\"\n")
  private static let group = SecretSafeAPI.Group(id: .random(), name: "Grüße", externalId: nil)
  private static let collection = SharedCollection(id: .random(), externalId: "infra/production")
  private static let policy = Policy(id: .random(), type: .singleOrg, enabled: true, data: .object([.init(name: "a", value: 1)]))
  private static let key = CallKey(CallSite(span: Span(12, 40), path: [3, 17]), turn: 2)
  private static let error = RunError(.refused, "no\tseat \u{1F600}", status: 400, isOutcomeUnknown: true)
  private static let subscription = Subscription(passwordManager: .init(seats: 7, storage: 1), secretsManager: nil)

  private static let inverses: [Inverse] = [
    .remove(.group, group.id, name: "a"), .member(from: member, to: member), .group(from: group, to: group), .collection(from: collection, to: collection),
    .memberships(member.id, add: [group.id], drop: []), .revoke(member.id), .restore(member.id), .policy(.singleOrg, nil, newData: nil),
    .policy(.singleOrg, policy, newData: .object([])),
    .invite(member, groups: [group.id]), .create(group, members: [member.id]), .collectionGone(collection.id, name: "infra"), .lost("a mail"),
    .named(member.id, "ann@acme.com"),
  ]

  private static let answer = AheadAnswer(
    key: key, words: CallWords("invite ann@acme.com"), result: VerbResult(.member(member), changed: true).undone(by: .remove(.member, member.id, name: "a")))

  static let entries: [JournalEntry] =
    [
      .members([member]), .groups([group]), .collections([collection]), .policies([policy]), .subscription(subscription), .groupsOf([member.id: [group.id]]),
      .membersOf([group.id: []]), .member(member), .group(group), .collection(collection), .policy(policy), .removed(.group, group.id),
      .status(member.id, .revoked), .memberships(member.id, [group.id], overRead: true), .stale([.member, .policy]), .membershipsForgotten,
    ].map { JournalEntry.change($0) } + [
      .began(at: 1_700_000_000_000_000), .seen(key, version: 9), .events(key, []), .environment("HOME", value: nil), .environment("HOME", value: "/"),
      .uuid(key, "x"), .input(path: "hires.csv", file: "inputs/1"), .intent(call: 7, key, CallWords("invite ann@acme.com")),
      .sent(call: 7, request: "POST /public/members", at: 5),
      .done(call: 7, VerbResult(.member(member), changed: true, .memberships(member.id, [], overRead: false)), permitted: 1),
      .done(call: 7, VerbResult(.group(group), changed: false), permitted: 0), .done(call: 7, VerbResult(.unsavedPolicy(.singleOrg), changed: false), permitted: 0),
      .done(call: 7, VerbResult(.subscription(subscription), changed: true), permitted: 0), .done(call: 7, .unchanged, permitted: 3),
      .done(call: 7, VerbResult(.collection(collection), changed: true), permitted: 1), .done(call: 7, VerbResult(.policy(policy), changed: true), permitted: 1),
      .failed(call: 7, error), .row(key.site, index: 4, .failed),
      .planned, .lasting("3 seats"), .ahead(step: 8, [key]), .answer(step: 8, answer), .answered(step: 8), .aheadEnded,
      .sent(call: 7, request: "PUT /a", at: 6, inverses), .done(call: 7, VerbResult(changed: true).undone(by: inverses), permitted: 1),
    ]

  @Test(arguments: entries)
  func everyLineComesBackAsItWas(entry: JournalEntry) throws {
    let json = entry.json
    #expect(!json.contains(UInt8(ascii: "\n")))
    #expect(String(decoding: try JournalEntry(json: json).json, as: UTF8.self) == String(decoding: json, as: UTF8.self))
  }

  /// The journal of two calls, one of which is answered.
  private func written() async throws -> (path: String, bytes: [UInt8]) {
    let path = NSTemporaryDirectory() + "journal-" + UUID().uuidString
    let journal = try Journal(path)
    journal.append(.began(at: 1))
    journal.append(.intent(call: 1, CallKey(Self.key.site, turn: 0), CallWords("a")))
    journal.append(.sent(call: 1, request: "POST /a", at: 2))
    try await journal.flush()
    journal.append(.done(call: 1, VerbResult(.member(Self.member), changed: true), permitted: 1))
    journal.append(.intent(call: 2, CallKey(Self.key.site, turn: 1), CallWords("b")))
    journal.append(.sent(call: 2, request: "POST /b", at: 3))
    try await journal.flush()
    return (path, Array(try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// What a journal's bytes say, whatever parts they come in.
  private func recording(of bytes: ArraySlice<UInt8>) throws -> Recording {
    var (whole, parts) = (Recording(), Recording())
    try whole.read(bytes)
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 7) { try parts.read(bytes[start..<min(start + 7, bytes.endIndex)]) }
    #expect(whole.length == parts.length && whole.calls.count == parts.calls.count && whole.lastUnanswered == parts.lastUnanswered)
    return whole
  }

  @Test func whateverIsTornOffItsEndLeavesTheLinesBefore() async throws {
    let (path, bytes) = try await written()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for length in 0...bytes.count {
      let recording = try recording(of: bytes.prefix(length))
      #expect(recording.length == (bytes.prefix(length).lastIndex(of: 10).map { $0 + 1 } ?? 0))
      let lines = bytes.prefix(length).count { $0 == 10 }
      #expect(recording.calls.count == (lines < 2 ? 0 : lines < 5 ? 1 : 2))
    }
    let whole = try recording(of: bytes[...])
    #expect(whole.lastUnanswered == 3 && whole.nextCall == 3 && whole.changes.count == 1)
    guard case .done(let result, permitted: 1)? = whole.calls[CallKey(Self.key.site, turn: 0)]?.state else {
      Issue.record("the first call is not done")
      return
    }
    #expect(result.id == Self.member.id)
    guard case .sent? = whole.calls[CallKey(Self.key.site, turn: 1)]?.state else {
      Issue.record("the second call is not open")
      return
    }
  }

  /// An answer counts once its step is through: what was answered when the process ended is looked at again.
  @Test func answersStayInTheJournal() throws {
    let folder = NSTemporaryDirectory() + "runs-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try RunStore(folder: folder).create(RunStoreTests.record())
    let torn = CallKey(Self.key.site, turn: 7)
    let first = try RunJournal(run, timeout: .seconds(60), now: 1)
    first.file.append(.ahead(step: 1, [Self.key]))
    first.file.append(.ahead(step: 2, [torn]))
    first.file.append(.answer(step: 2, AheadAnswer(key: torn, words: CallWords("b"), result: VerbResult(.group(Self.group), changed: true))))
    first.file.append(.answer(step: 1, Self.answer))
    first.file.append(.answered(step: 1))

    let second = try RunJournal(run, timeout: .seconds(60), now: 2)
    let found = try #require(try second.answer(to: Self.key))
    #expect(found.words == Self.answer.words && found.result.id == Self.member.id && found.result.inverses.count == 1)
    #expect(try second.answer(to: torn) == nil && second.answer(to: CallKey(Self.key.site, turn: 0)) == nil)
    #expect(second.recording.openSteps.keys.sorted() == [2] && second.recording.madeGroups.isEmpty)
    // What takes it back is there for who asks for it, and only then.
    #expect(second.recording.inverses.isEmpty)
    #expect(try RunJournal.recording(run.journal, keepingInverses: true)?.inverses.count == 1)

    // The torn step is done anew; the word about the old one must not bring its answer back.
    second.file.append(.ahead(step: 3, [torn]))
    second.file.append(.answer(step: 3, AheadAnswer(key: torn, words: CallWords("b"), result: VerbResult(.group(Self.group), changed: false))))
    second.file.append(.answered(step: 3))
    second.file.append(.answered(step: 2))
    let third = try RunJournal(run, timeout: .seconds(60), now: 3)
    #expect(try third.answer(to: torn)?.result.changed == false && third.recording.openSteps.isEmpty && third.recording.madeGroups.isEmpty)
  }

  @Test func aLineThatWasChangedIsNamed() async throws {
    let (path, bytes) = try await written()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for place in [0, 5, 12] {
      var changed = bytes
      changed[place] ^= 1
      #expect { try recording(of: changed[...]) } throws: { ($0 as? Recording.Damage)?.line == 1 }
    }
  }

  @Test func aJournalGoesOnBehindItsLastWholeLine() async throws {
    let (path, bytes) = try await written()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let torn = Array(bytes.dropLast(7))
    try Data(torn).write(to: URL(fileURLWithPath: path))
    let recording = try recording(of: torn[...])
    let journal = try Journal(path, after: recording.length)
    journal.append(.sent(call: 2, request: "POST /b", at: 4))
    try await journal.flush()
    let again = try self.recording(of: Array(try Data(contentsOf: URL(fileURLWithPath: path)))[...])
    #expect(again.lastUnanswered == 4)
  }

  @Test func whereNothingCanBeWrittenTheFlushSaysSo() async throws {
    let journal = try Journal("/dev/full")
    journal.append(.began(at: 1))
    await #expect(throws: SystemFailure(28)) { try await journal.flush() }
  }

  @Test func checksumsAreThoseOfZlib() {
    #expect(Checksum.of("123456789".utf8) == 0xCBF4_3926)
    #expect(String(decoding: Checksum.text(of: "123456789".utf8), as: UTF8.self) == "cbf43926")
  }
}
