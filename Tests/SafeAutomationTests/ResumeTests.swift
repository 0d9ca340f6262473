import Foundation
import SafeLanguage
import SafeSystem
import SecretSafeAPI
import SecretSafeServer
import Synchronization
import Testing

@testable import SafeAutomation
@testable import SecretSafeClient

/// Runs that end early, and are taken up.
@Suite struct ResumeTests {
  /// Stands between the client and the real server: stops the run or loses answers when so many writes were sent.
  private final class Wire: Transport {
    enum Loss: Sendable { case before, after }
    private let network: NetworkTransport
    private let state = Mutex((writes: 0, losses: [Int: Loss](), sent: [String]()))

    init(losing losses: [Int: Loss] = [:]) {
      network = NetworkTransport(timeout: .seconds(10), connectTimeout: .seconds(5), connections: 16, NetworkOptions())
      state.withLock { $0.losses = losses }
    }

    var writes: Int { state.withLock { $0.writes } }
    var sent: [String] { state.withLock { $0.sent } }

    func send(_ method: String, _ url: String, headers: [(String, String)], body: [UInt8]?) async throws(TransportFailure) -> Answer {
      let isWrite = method != "GET" && !url.contains("/connect/token")
      let loss: Loss? = state.withLock { state in
        guard isWrite || !url.contains("/connect/token") else { return nil }
        state.sent.append("\(method) \(url.split(separator: "/").dropFirst(3).prefix(2).joined(separator: "/"))")
        guard isWrite else { return nil }
        state.writes += 1
        return state.losses[state.writes]
      }
      if case .before? = loss { throw .broken("lost before") }
      let answer = try await network.send(method, url, headers: headers, body: body)
      if case .after? = loss { throw .broken("lost after") }
      return answer
    }

    func shutdown() async { await network.shutdown() }
  }

  private struct Part {
    var result: RunResult
    var output: [String]
    var rows: [LedgerEntry]
    var requests: [String]
  }

  /// A run on a sandbox of its own, in parts.
  private final class Bench: Sendable {
    let sandbox: LiveWorldTests.Sandboxed
    let folder: RunFolder
    let store: RunStore
    let files: [String: String]

    init(_ sandbox: LiveWorldTests.Sandboxed, files: [String: String]) throws {
      self.sandbox = sandbox
      self.files = files
      store = RunStore(folder: NSTemporaryDirectory() + "runs-" + UUID().uuidString)
      folder = try store.create(
        RunRecord(created: .now(), script: .init(path: "t.safe", text: ""), target: .init(name: "sandbox"), mode: .direct))
    }

    func close() { try? FileManager.default.removeItem(atPath: store.folder) }

    /// - Parameter stopping: the run is interrupted once so many writes were sent.
    func run(_ text: String, stopping: Int = .max, losing: [Int: Wire.Loss] = [:], isRetry: Bool = false, environment: [String: String] = [:]) async throws -> Part {
      let wire = Wire(losing: losing)
      var options = Client.Options()
      options.pacing = PacingPreset.none
      let client = Client(
        Credentials(
          address: try ServerAddress(sandbox.server.url), clientID: sandbox.key.id, secret: ClientSecret(sandbox.key.secret)),
        over: wire, options: options)
      let source = SourceFile(name: "t.safe", text: LiveWorldTests.Sandboxed.needs + text)
      let script: Script
      do { script = try Script(source, schema: SecretSafeSchema.schema) } catch {
        Issue.record(Comment(rawValue: DiagnosticRenderer().render(error.diagnostics, in: source)))
        throw error
      }
      let journal = try RunJournal(folder, timeout: .milliseconds(50), for: isRetry ? .retry : .begin, now: Int(Timestamp.now().microseconds))
      let (output, files) = (LiveWorldTests.Sandboxed.Log(), files)
      let world = JournaledWorld(
        session: SessionSource { Session(client: client) },
        surroundings: Surroundings(
          openInput: { path throws(RunError) in
            guard let text = files[path] else { throw RunError(.file, "there is no file '\(path)'") }
            return InputSource(bytes: Array(text.utf8))
          },
          saveOutput: { _, _ throws(RunError) in }, environment: { environment[$0] }, now: journal.began,
          isInterrupted: { wire.writes >= stopping },
          emit: { item in
            switch item {
            case .line(let line): output.add(line)
            case .report(let report): output.add("ok \(report[.ok]) unchanged \(report[.unchanged]) failed \(report[.failed]) unknown \(report[.unknown])")
            case .warning(let text): output.add(text)
            default: break
            }
          }), journal: journal)
      let result = await script.run(in: world)
      await journal.close()
      await client.shutdown()
      return Part(result: result, output: output.take(), rows: world.rows, requests: wire.sent)
    }
  }

  private func bench(files: [String: String] = [:], _ body: (Bench) async throws -> Void) async throws {
    try await withSandbox { sandbox in
      let bench = try Bench(sandbox, files: files)
      defer { bench.close() }
      try await body(bench)
    }
  }

  private static let hires = "email,team\n" + (0..<8).map { "p\($0)@x.example,\(["Engineering", "Operations"][$0 % 2])\n" }.joined()
  private static let onboard = """
    let hires = csv "hires.csv" as { email: Email, team: Text }
    let before = members.count()
    let out = hires | each h par 4 key h.email {
      let m = members.find(.email == h.email) ?? (invite h.email type: user)
      add m to: groups[h.team]
      print "{h.email} {members.count() > before}"
    } on error collect
    report out
    """

  @Test(arguments: [1, 2, 3, 5, 8, 11, 15])
  func aRunThatStoppedGoesOnAndDoesNothingTwice(stopping: Int) async throws {
    try await bench(files: ["hires.csv": Self.hires]) { bench in
      let before = try await bench.sandbox.client.members().count
      let first = try await bench.run(Self.onboard, stopping: stopping)
      #expect(first.result.error?.reach == .interrupted)
      let second = try await bench.run(Self.onboard)
      #expect(second.result.error == nil && second.output.last == "ok 8 unchanged 0 failed 0 unknown 0")
      // Of both parts together each write was sent once.
      #expect((first.requests + second.requests).count { $0.hasPrefix("POST") } == 8)
      #expect((first.requests + second.requests).count { $0.hasPrefix("PUT") } == 8)
      let members = try await bench.sandbox.client.members()
      #expect(members.count == before + 8)
      for member in members where member.email.hasSuffix("@x.example") {
        #expect(try await bench.sandbox.client.groupIDs(ofMember: member.id).count == 1)
      }
      #expect(second.rows.map(\.outcome) == Array(repeating: .ok, count: 8))
      #expect(second.rows.allSatisfy { $0.id != nil && $0.attempts == 1 })
    }
  }

  @Test func aRunThatIsThroughAsksNothingMoreAndPutsOutTheSame() async throws {
    let files = ["hires.csv": Self.hires]
    try await bench(files: files) { bench in
      let text = Self.onboard.replacingOccurrences(of: " par 4", with: "") + "\nprint uuid()\nprint (env(\"CITY\") ?? \"\")\nprint now()"
      let first = try await bench.run(text, environment: ["CITY": "Bern"])
      let second = try await bench.run(text, environment: ["CITY": "Oslo"])
      #expect(first.output == second.output && first.output.count == 12)
      #expect(second.requests.isEmpty)
    }
  }

  @Test func readsSeeAgainWhatTheySaw() async throws {
    try await bench { bench in
      let text = """
        for i in range(6) {
          print members.count()
          invite ("q{i}@x.example".email() ?? a@x.example) type: user
          print groups["Engineering"].members.count()
          add members[("q{i}@x.example".email() ?? a@x.example)] to: groups["Engineering"]
        }
        print (events since: 1h).count()
        """
      let whole = try await bench.run(text)
      let first = whole.output
      #expect(whole.result.error == nil && first.count == 13, "\(whole.result.error?.message ?? "") \(first)")
      // Somebody else's change in between is not seen by what was read before.
      _ = try await bench.sandbox.client.invite(InviteBody(email: "other@x.example", type: .user))
      #expect(try await bench.run(text).output == first)
    }
  }

  @Test(arguments: [ResumeTests.Loss.after, .before])
  func whatWasLostIsSettledAndNotRepeatedBlindly(loss: Loss) async throws {
    try await bench(files: ["hires.csv": Self.hires]) { bench in
      let wire: Wire.Loss = loss == .after ? .after : .before
      let part = try await bench.run(Self.onboard, losing: [2: wire, 5: wire, 6: wire, 11: wire])
      #expect(part.output.last == "ok 8 unchanged 0 failed 0 unknown 0")
      let members = try await bench.sandbox.client.members().filter { $0.email.hasSuffix("@x.example") }
      #expect(members.count == 8)
      for member in members { #expect(try await bench.sandbox.client.groupIDs(ofMember: member.id).count == 1) }
      let writes = part.requests.count { !$0.hasPrefix("GET") }
      // What was carried out is not sent again; what was not is.
      #expect(writes == (loss == .after ? 16 : 20))
      #expect((loss == .after ? 1...1 : 2...5).contains(part.rows.map(\.attempts).reduce(0, max)))
    }
  }

  enum Loss: Sendable { case before, after }

  @Test func everyVerbIsDoneOnceThoughItsAnswerIsLost() async throws {
    let text = """
      create group name: "New"
      let g = groups["New"]
      update g externalId: "x"
      revoke bob@acme.com
      restore bob@acme.com
      let m = invite late@x.example type: user groups: [g]
      update m externalId: "hr-77"
      remove m
      enable requireSso
      remove g
      """
    try await bench { bench in
      var losses: [Int: Wire.Loss] = [:]
      for number in 1..<40 where number % 2 == 1 { losses[number] = .after }
      let part = try await bench.run(text, losing: losses)
      #expect(part.result.error == nil, "\(part.result.error?.message ?? "")")
      #expect(try await bench.sandbox.client.groups().allSatisfy { $0.name != "New" })
      #expect(try await bench.sandbox.client.members().allSatisfy { $0.email != "late@x.example" })
      #expect(try await bench.sandbox.client.members().first { $0.email == "bob@acme.com" }?.status == .confirmed)
    }
  }

  @Test func whatNobodyCanTellIsUnknownAndStaysSo() async throws {
    try await bench { bench in
      let text = "let out = members | where .status == invited | take 2 | each { reinvite it } on error collect\nreport out"
      let first = try await bench.run(text, losing: [1: .after])
      #expect(first.output.last == "ok 1 unchanged 0 failed 0 unknown 1")
      let second = try await bench.run(text, isRetry: true)
      #expect(second.requests.isEmpty && second.output.last == "ok 1 unchanged 0 failed 0 unknown 1")
    }
  }

  @Test func failedRowsAreTakenUpAtTheCallThatFailed() async throws {
    let files = ["hires.csv": Self.hires.replacingOccurrences(of: "p3@x.example,Operations", with: "p3@x.example,Sales Force")]
    try await bench(files: files) { bench in
      let first = try await bench.run(Self.onboard)
      #expect(first.output.last == "ok 7 unchanged 0 failed 1 unknown 0")
      let again = try await bench.run(Self.onboard)
      #expect(again.output.last == first.output.last && again.requests.isEmpty)
      _ = try await bench.sandbox.client.createGroup(GroupBody(name: "Sales Force"))
      let retry = try await bench.run(Self.onboard, isRetry: true)
      #expect(retry.output.last == "ok 8 unchanged 0 failed 0 unknown 0")
      // What the row did before it failed is told as what the run did.
      func count(_ part: Part, _ verb: String) -> Int? { part.result.calls.first { $0.verb == verb }?.count }
      #expect(count(first, "invite") == 8 && count(retry, "invite") == 8, "\(retry.result.calls)")
      #expect(retry.requests.filter { !$0.hasPrefix("GET") }.count == 1)
    }
  }

  @Test func aRunThatIsAnotherOneSendsNothing() async throws {
    try await bench { bench in
      _ = try await bench.run("invite a1@x.example type: user")
      let other = try await bench.run("invite a2@x.example type: user")
      #expect(other.result.error?.message == "the run was 'invite \"a1@x.example\" type: user' here before, and is 'invite \"a2@x.example\" type: user' now")
      #expect(other.requests.isEmpty)
    }
  }

  @Test func callsOfAnEarlierPartCountAgainstTheCaps() async throws {
    try await bench { bench in
      let text = "for i in range(10) { invite (\"c{i}@x.example\".email() ?? a@x.example) type: user }"
      _ = try await bench.run(text, stopping: 6)
      let second = try await bench.run(text)
      #expect(second.result.error?.reach == .stopped)
      #expect(try await bench.sandbox.client.members().count { $0.email.hasPrefix("c") && $0.email.hasSuffix("@x.example") } == 9)
    }
  }

  @Test func whoStopsWhileAnAnswerIsLostFindsItSettledLater() async throws {
    try await bench { bench in
      let text = "for i in range(5) { invite (\"s{i}@x.example\".email() ?? a@x.example) type: user }"
      let first = try await bench.run(text, stopping: 3, losing: [3: .after])
      #expect(first.result.error?.reach == .interrupted)
      let second = try await bench.run(text)
      #expect(second.result.error == nil, "\(second.result.error?.message ?? "")")
      #expect(second.requests.count { $0.hasPrefix("POST") } == 2)
      #expect(try await bench.sandbox.client.members().count { $0.email.hasPrefix("s") && $0.email.hasSuffix("@x.example") } == 5)
    }
  }

  // MARK: undo

  private static let everything = """
    let g = create group name: "New"
    let team = groups["Engineering"]
    add bob@acme.com to: g
    let m = invite late@x.example type: user groups: [g, team]
    update m externalId: "hr-77" type: admin
    update alice@acme.com externalId: "other"
    for x in members | where .status == confirmed | take 3 { if x.type != owner { drop x from: team } }
    update team name: "Other" externalId: "o"
    revoke bob@acme.com
    let c = collections | take 1
    for x in c { update x externalId: "moved"; grant x to: g access: view; grant x to: bob@acme.com access: edit }
    for x in members | where .status == revoked and .email != bob@acme.com | take 1 { restore x }
    disable maximumVaultTimeout
    """

  @Test(arguments: [false, true])
  func undoBringsBackWhatWasThere(isLossy: Bool) async throws {
    try await bench { bench in
      let before = try await bench.sandbox.client.snapshot()
      let losses = isLossy ? Dictionary(uniqueKeysWithValues: (1..<60).filter { $0 % 2 == 0 }.map { ($0, Wire.Loss.after) }) : [:]
      let part = try await bench.run(Self.everything, losing: losses)
      #expect(part.result.error == nil, "\(part.result.error?.message ?? "")")
      let between = try await bench.sandbox.client.snapshot()
      #expect(between != before)
      let undo = try UndoScript(bench.folder)
      let text = try #require(undo.text)
      #expect(undo.lost == ["the mail of an invitation"])
      let back = try await bench.sandbox.evaluate(text, needs: "", session: Session(client: bench.sandbox.client))
      #expect(back.result.error == nil && back.result.failedRows == 0, "\(back.error) \(text)")
      let difference = OrganizationDifference(from: before, to: try await bench.sandbox.client.snapshot())
      #expect(difference.isEmpty, "\(difference) \(text)")
    }
  }

  @Test func whoWasRemovedIsInvitedAnewAndThatIsTold() async throws {
    try await bench { bench in
      let client = bench.sandbox.client
      let engineering = try #require(try await client.groups().first { $0.name == "Engineering" })
      let inIt = Set(try await client.memberIDs(ofGroup: engineering.id))
      let email = try #require(try await client.members().first { inIt.contains($0.id) && $0.type == .user && $0.status == .confirmed }).email
      let text = """
        remove groups["Engineering"]
        remove \(email)
        for c in collections | take 1 { remove c }
        for m in members | where .status == invited | take 1 { reinvite m }
        """
      let part = try await bench.run(text)
      #expect(part.result.error == nil, "\(part.result.error?.message ?? "")")
      let undo = try UndoScript(bench.folder)
      #expect(undo.lost.count == 4, "\(undo.lost)")
      let back = try await bench.sandbox.evaluate(try #require(undo.text), needs: "", session: Session(client: bench.sandbox.client))
      #expect(back.result.error == nil && back.result.failedRows == 0, "\(back.error) \(undo.text ?? "")")
      let removed = try #require(try await client.members().first { $0.email == email })
      #expect(removed.status == .invited)
      let group = try #require(try await client.groups().first { $0.name == "Engineering" })
      let again = try await client.memberIDs(ofGroup: group.id)
      #expect(again.contains(removed.id))
      #expect(again.count == inIt.count)
    }
  }

  /// No server gives the role of a manager any more: what had it comes back without, and that is told.
  @Test func aManagerComesBackAsAUser() async throws {
    let manager = Member(id: GUID(high: 1, low: 1), email: "m@acme.com", status: .confirmed, type: .manager, externalId: "a")
    let user = Member(id: GUID(high: 1, low: 1), email: "m@acme.com", status: .confirmed, type: .user, externalId: "b")
    let changed = UndoScript([.member(from: manager, to: user)], named: "a")
    #expect(changed.text?.contains("externalId: \"a\"") == true && changed.text?.contains("manager") == false, "\(changed.text ?? "")")
    let removed = UndoScript([.invite(manager, groups: [])], named: "a")
    #expect(removed.text?.contains("invite m@acme.com type: user") == true, "\(removed.text ?? "")")
    for undo in [changed, removed] { #expect(undo.lost.contains { $0.contains("the role 'manager'") }, "\(undo.lost)") }
  }

  /// Rows of which only some are known by an address are rows of one type all the same.
  @Test func rowsWithoutANameAreLikeTheOthers() throws {
    let group = GUID(high: 2, low: 1)
    let inverses = (1...3).map { Inverse.memberships(GUID(high: 1, low: $0), add: [group], drop: []) }
    let undo = UndoScript(inverses, addresses: [GUID(high: 1, low: 2): "m@acme.com"], named: "a")
    let text = try #require(undo.text)
    #expect(text.contains("name: \"m@acme.com\"") && text.contains("name: null"), "\(text)")
    #expect(throws: Never.self, "\(text)") { _ = try Script(SourceFile(name: "undo.safe", text: text), schema: SecretSafeSchema.schema) }
  }
}
