import Foundation
import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import SecretSafeServer
import Synchronization
import Testing

/// Scripts against the real embedded server, with the requests counted.
struct LiveWorldTests {
  /// A sandbox with the demo organization and what a script asked of it.
  final class Sandboxed: Sendable {
    let server: RunningServer
    let client: Client
    let key: (id: String, secret: String)
    let session: Session
    let requests = Log()
    let output = Log()

    final class Log: Sendable {
      private let lines = Mutex<[String]>([])
      func add(_ line: String) { lines.withLock { $0.append(line) } }
      func take() -> [String] {
        lines.withLock { lines in
          defer { lines = [] }
          return lines
        }
      }
    }

    init() async throws {
      let started = try await Sandbox.start(file: nil)
      server = started.server
      key = (started.clientID, started.clientSecret)
      var options = Client.Options()
      let requests = requests
      options.onRequest = { requests.add($0) }
      client = Client(
        Credentials(address: try ServerAddress(started.server.url), clientID: started.clientID, secret: ClientSecret(started.clientSecret)), options: options)
      session = Session(client: client)
    }

    func run(_ text: String) async throws -> RunResult {
      let script = try Script(SourceFile(name: "t.safe", text: text), schema: SecretSafeSchema.schema)
      let output = output
      let world = LiveWorld(
        session: SessionSource { [session] in session },
        surroundings: Surroundings(
          openInput: { path throws(RunError) in throw RunError(.file, "there is no file '\(path)'") },
          saveOutput: { path, _ throws(RunError) in throw RunError(.file, "'\(path)' cannot be written") }, environment: { _ in nil }, now: 0, isInterrupted: { false },
          emit: { item in
            switch item {
            case .line(let line): output.add(line)
            case .value(let value, _): output.add(value.literal)
            case .report(let report): output.add("report ok \(report[.ok]) unchanged \(report[.unchanged]) failed \(report[.failed])")
            case .chart(let value): output.add("chart: \(value.literal)")
            case .warning(let text): output.add(text)
            case .progress, .saved: break
            }
          }))
      return await script.run(in: world)
    }

    func close() async {
      await client.shutdown()
      await server.stop()
    }
  }

  private func sandboxed(_ body: (Sandboxed) async throws -> Void) async throws {
    let sandbox = try await Sandboxed()
    do { try await body(sandbox) } catch {
      await sandbox.close()
      throw error
    }
    await sandbox.close()
  }

  @Test func relationsComeFromTheCheaperSide() async throws {
    try await sandboxed { sandbox in
      // Sixty members, eight groups: the groups are asked, once each.
      _ = try await sandbox.run("members | where .groups.count() > 1 and .groups.any(.name == \"Sales\") | count")
      let asked = sandbox.requests.take()
      #expect(asked.filter { $0 == "Groups_GetMemberIds" }.count == 8 && asked.count == 10, "\(asked)")
      _ = try await sandbox.run("members[alice@acme.com].groups | select .name")
      #expect(sandbox.requests.take() == [])
    }
    try await sandboxed { sandbox in
      _ = try await sandbox.run("members[alice@acme.com].groups.name")
      #expect(sandbox.requests.take().sorted() == ["Groups_List", "Members_GetGroupIds", "Members_List"])
      #expect(sandbox.output.take() == [#"["Operations", "People"]"#])
      _ = try await sandbox.run("groups | extend c = .collections.count() | count")
      #expect(sandbox.requests.take() == ["Collections_List"])
    }
  }

  @Test func everyVerbDoesWhatItSaysAndTwiceDoesNothing() async throws {
    try await sandboxed { sandbox in
      let needs =
        "needs members.invite <= 9, members.update <= 9, members.reinvite <= 9, members.revoke <= 9, members.restore <= 9, members.remove <= 9, "
        + "groups.create <= 9, groups.update <= 9, groups.remove <= 9, groups.addMember <= 9, groups.dropMember <= 9\n"
      let script =
        needs + """
          let g = create group name: "Night shift" externalId: "night"
          let m = invite new@acme.com type: user externalId: "e1" groups: [g]
          print "{m.status} {m.groups.name.join(",")}"
          update m type: custom permissions: { manageUsers: true }
          print "{members[new@acme.com].type} {members[new@acme.com].permissions?.manageUsers ?? false}"
          update new@acme.com externalId: null
          print "{members[new@acme.com].externalId ?? "none"} {members[new@acme.com].type}"
          drop m from: g
          print "{g.members.count()}"
          add new@acme.com to: groups["night"]
          print "{members[new@acme.com].groups.count()}"
          reinvite m
          revoke m
          print "{members[new@acme.com].status}"
          restore m
          print "{members[new@acme.com].status}"
          update g name: "Late shift"
          print "{groups.any(.name == "Late shift")}"
          remove g
          print "{groups.count()}"
          remove m
          print "{members.count()}"
          """
      let result = try await sandbox.run(script)
      #expect(result.error == nil, "\(result.error?.message ?? "")")
      // A statement's value is shown, too; the lines of print are what is looked at.
      let lines = sandbox.output.take().filter { !$0.hasPrefix("{ ") }
      #expect(lines == ["invited Night shift", "custom true", "none custom", "0", "1", "revoked", "invited", "true", "8", "60"], "\(lines)")
      #expect(result.calls.map(\.verb) == ["create", "invite", "update", "drop", "add", "reinvite", "revoke", "restore", "remove"])

      _ = sandbox.requests.take()
      let again = try await sandbox.run(
        needs + """
          add alice@acme.com to: groups["People"]
          drop alice@acme.com from: groups["Sales"]
          restore alice@acme.com
          update alice@acme.com type: owner
          """)
      #expect(again.error == nil && again.calls.isEmpty, "\(again.error?.message ?? "")")
      #expect(sandbox.requests.take().filter { $0.contains("Put") || $0.contains("Post") || $0.contains("Re") } == [])
    }
  }

  @Test func changingOneFieldKeepsTheRest() async throws {
    try await sandboxed { sandbox in
      let before = try await sandbox.client.members().first { $0.email == "alice@acme.com" }
      _ = try await sandbox.run("needs members.update <= 1\nupdate alice@acme.com externalId: \"new\"")
      let after = try await sandbox.client.members().first { $0.email == "alice@acme.com" }
      #expect(after?.externalId == "new")
      #expect(after?.collections == before?.collections && after?.type == before?.type && before?.collections?.isEmpty == false)
    }
  }

  @Test func theServersRefusalIsTheRowsReason() async throws {
    try await sandboxed { sandbox in
      let result = try await sandbox.run(
        "needs members.invite <= 2\ntry { invite alice@acme.com type: user } catch e { print \"{e.kind} {e.status ?? 0}: {e.message}\" }")
      #expect(result.error == nil)
      #expect(sandbox.output.take() == ["refused 400: This user has already been invited."])
    }
  }

  @Test func parallelRowsSendParallelRequests() async throws {
    try await sandboxed { sandbox in
      let result = try await sandbox.run(
        "needs members.invite <= 200\nrange(200) | each i par 16 { invite (\"p{i}@acme.com\".email() ?? \"x@acme.com\") type: user } on error collect | report")
      #expect(result.error == nil && result.failedRows == 0)
      #expect(sandbox.output.take() == ["report ok 200 unchanged 0 failed 0"])
      #expect(try await sandbox.client.members().count == 260)
    }
  }

  @Test func everythingThatScriptsCallIsInTheLanguagePage() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/language.md"), encoding: .utf8)
    let words = Set(page.split { !$0.isLetter && !$0.isNumber }.map(String.init))
    let schema = SecretSafeSchema.schema
    var names = Library.methods.map(\.name) + Library.functions.map(\.name) + Library.aggregates.map(\.name) + schema.verbs.map(\.name)
    names += schema.verbs.flatMap { $0.parameters.map(\.name) } + schema.resources.flatMap { [$0.plural] + $0.row.fields.map(\.name) + $0.relations.map(\.name) }
    names += schema.enumerations.flatMap { $0.cases.map(\.name) }
    names += schema.resources.flatMap { [$0.name] + $0.filters.map(\.name) } + schema.enumerations.map(\.name)
    let missing = names.filter { !words.contains($0) }
    #expect(missing.isEmpty, "not in docs/language.md")
  }

  @Test func everyVerbHasASummaryAndAnExampleThatIsRight() throws {
    for verb in SecretSafeSchema.schema.verbs {
      #expect(!verb.summary.isEmpty)
      let text = "needs \(verb.capability) <= 1\n\(verb.example)"
      #expect(throws: Never.self, "\(verb.example)") { _ = try Script(SourceFile(name: "t", text: text), schema: SecretSafeSchema.schema) }
    }
  }
}
