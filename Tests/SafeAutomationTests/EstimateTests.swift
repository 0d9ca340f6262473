import SafeAutomation
import SafeLanguage
import Testing

/// What `check` tells of a script, held against what the script really asks of a server.
struct EstimateTests {
  static let hires = "email,teams\nn1@acme.com,Sales;People\nn2@acme.com,Sales\nn3@acme.com,\nn4@acme.com,Support;Sales;Legal\n"

  /// Scripts whose requests are known exactly, with how many that is for the demo organization.
  static let exact: [(String, String)] = [
    ("members | count\nmembers | take 3", "1"), ("members | where .groups.count() > 1 | count", "2 + 1 for each group or member, whichever are fewer"),
    ("members | where .groups.count() > 1 | count\ngroups | where .members.count() > 1 | count", "2 + 1 for each group or member, whichever are fewer"),
    ("groups | extend n = .members.count(), c = .collections.count() | count", "3 + 1 for each group or member, whichever are fewer"),
    ("events | count", "1 for each 50 events"), ("events | take 7 | count", "1"), ("refresh groups | count\ngroups | count", "1"),
    ("members[alice@acme.com].groups.name", "3"), ("policies | count\nsubscription.passwordManager.seats", "2"),
    ("for g in groups { print g.members.count() }", "2 + 1 for each group or member, whichever are fewer"),
    ("csv \"hires.csv\" as { email: Email, teams: Text? } | each { invite .email type: user }", "1 for each row of hires.csv"),
    ("for i in range(3) { create group name: \"g{i}\" }", "3"), ("members | each { reinvite it } on error collect", "1 + 1 for each member"),
  ]

  /// Scripts that may find something done already: so many requests at most.
  static let bounded: [(String, String)] = [
    (
      "let hires = csv \"hires.csv\" as { email: Email, teams: Text? }\n"
        + "hires | each h { let m = members.find(.email == h.email) ?? (invite h.email type: user)\n"
        + "for t in (h.teams ?? \"\").split(\";\") { add m to: groups[t] } } on error collect",
      "2 + at most 1 for each row of hires.csv + at most 2 for each part of h.teams"
    ),
    ("update alice@acme.com externalId: \"a-1\" groups: [groups[\"Sales\"]]", "2 + at most 3"),
    ("for m in members | where .status == confirmed and .type == user { revoke m }", "1 + at most 1 for each member"),
    ("for m in members | where .status == revoked { restore m }", "1 + at most 2 for each member"),
    ("drop alice@acme.com from: groups[\"People\"]\nadd alice@acme.com to: groups[\"Sales\"]", "2 + at most 4"),
    ("for g in groups { update g name: (g.name + \"!\") }", "1 + at most 2 for each group"),
    ("for c in collections { update c externalId: \"c\"\nungrant c from: alice@acme.com\ngrant c to: alice@acme.com access: view }", "2 + at most 6 for each collection"),
    ("for c in collections { grant c to: groups[\"Sales\"] access: edit }", "2 + at most 2 for each collection"),
    ("enable masterPassword data: { minLength: 15 }\ndisable masterPassword\nenable twoFactorAuthentication\npolicies | count\nmembers | count", "2 + at most 11"),
    ("update subscription seats: 99\nsubscription.passwordManager.seats", "1 + at most 3"),
    (
      "let them = csv \"hires.csv\" as { email: Email, teams: Text? } | select .email, externalId = .email.text()\n"
        + "import members: them groups: [{ name: \"g\", externalId: \"g\", memberExternalIds: [\"n1@acme.com\"] }]\nmembers | count\ngroups | count",
      "2 + at most 6"
    ),
  ]

  private func evaluated(_ text: String, _ expected: String, again: Bool, _ check: (_ asked: Int, _ told: Int, _ isExact: Bool, [String]) -> Void) async throws {
    let sandbox = try await LiveWorldTests.Sandboxed()
    do {
      let source = SourceFile(name: "t.safe", text: LiveWorldTests.Sandboxed.needs.replacing("<= 9", with: "<= 999") + text)
      let formula = try Script(source, schema: SecretSafeSchema.schema).program.estimate.requests
      #expect(formula.description == expected)
      let lengths = try await lengths(sandbox)
      let (told, isExact) = formula.value { lengths[$0.description] ?? 1_000_000 }
      for _ in 0...(again ? 1 : 0) {
        let run = try await sandbox.evaluate(
          text, needs: LiveWorldTests.Sandboxed.needs.replacing("<= 9", with: "<= 999"), answer: true, client: sandbox.client, files: ["hires.csv": Self.hires])
        check(run.requests.count, told, isExact, run.requests)
      }
    } catch {
      await sandbox.close()
      throw error
    }
    await sandbox.close()
  }

  /// How long the lists are that formulas speak of.
  private func lengths(_ sandbox: LiveWorldTests.Sandboxed) async throws -> [String: Int] {
    func count(_ list: String) async throws -> Int { Int(try await sandbox.evaluate("\(list) | count", needs: "").output.last ?? "") ?? 0 }
    let (members, groups) = (try await count("members"), try await count("groups"))
    let events = try await count("events")
    return [
      "member": members, "group": groups, "collection": try await count("collections"), "group or member, whichever are fewer": min(members, groups),
      "50 events": max(1, (events + 49) / 50), "row of hires.csv": 4, "part of h.teams": 6,
    ]
  }

  @Test(arguments: exact)
  func whatIsCertainIsExact(_ text: String, _ expected: String) async throws {
    try await evaluated(text, expected, again: false) { asked, told, isExact, requests in
      #expect(asked == told && isExact, "\(text)\n\(requests)")
    }
  }

  /// Run again, when nearly all is so already, it takes fewer.
  @Test(arguments: bounded)
  func whatMayBeDoneAlreadyIsABound(_ text: String, _ expected: String) async throws {
    try await evaluated(text, expected, again: true) { asked, told, isExact, requests in
      #expect(asked <= told && !isExact && asked > 0, "\(text): \(asked) of \(told)\n\(requests)")
    }
  }
}
