import Foundation
import SafeAutomation
import SafeLanguage
import Testing

/// What somebody writes who only has what the screen says: each mistake is told once, and with a way that works.
struct WaysOutTests {
  /// The rows of a file, which is not there, as a line may have them.
  private static let hires = #"[{ "e-mail": "a@b.c", "First Name": "Ann", group: "Sales" }]"#
  private static let hireRow = RecordType([Field("e-mail", .text), Field("First Name", .text), Field("group", .text)])

  private static func check(_ text: String) -> Result<PromptSession.Entry, ScriptErrors> {
    PromptSession(schema: SecretSafeSchema.schema).check(SourceFile(name: "prompt", text: text))
  }

  private static func diagnostics(_ text: String) -> [Diagnostic] {
    switch check(text) {
    case .success(let entry): entry.warnings
    case .failure(let errors): errors.diagnostics
    }
  }

  /// A line, and what is told of it: `E102 message; hint`, as far as it is written here.
  @Test(arguments: [
    // Fields whose names are more than a word.
    (hires + #" | select .e-mail"#, #"E102 the row has no field 'e'; write '."e-mail"'"#), (hires + #" | where e-mail != null"#, #"E102; write '."e-mail"'"#),
    (hires + #" | select .First Name"#, #"E102; write '."First Name"'"#), (hires + #" | sort .e-mail"#, #"E004; write '(.e-mail)', or '."e-mail"'"#),
    (hires + #" | each p { print p.e-mail }"#, #"E004; or 'p."e-mail"' for a field of that name"#),
    (hires + #" | each p { print p["e-mail"] }"#, #"E201 a field of a row stands behind a dot; write 'p."e-mail"'"#),
    (hires + #" | each p { print p["nam"] }"#, #"E102; it has ."e-mail", ."First Name", .group"#),
    (hires + #" | select .nothing"#, #"E102; it has ."e-mail", ."First Name", .group"#), (hires + #" | select .email"#, #"E102; did you mean '."e-mail"'?"#),
    (
      #"csv "h.csv" as { e-mail: Email, First Name: Text }"#,
      #"E004 a field's name that is more than a word stands in quotes; write '"e-mail"' | E004; write '"First Name"'"#
    ),
    (#"members | select e-mail = .email"#, #"E004 a field's name that is more than a word; write '"e-mail"'"#),
    // Relations of many.
    ("members[oskar@acme.com].groups.collections", "E102 '.collections' is of one Group, and this is a list of them; write '| expand c = .collections'"),
    ("members | select .groups.collections", "E102; | expand g = .groups | expand c = .g.collections"), ("events.actor", "E102; write '| select .actor'"),
    ("groups | expand .collections | select .nothing", "E102; it has .id, .name, .externalId, .collections, .members"),
    ("members | select .name, .groups.name", "E108; give it another name: group = .groups.name"),
    // Names.
    ("members | summarize count by .status", "E101 'count' is called; write 'count()'"), ("members | summarize sum by .status", "E101; write 'sum(.field)'"),
    ("members | where role == admin", "E101; did you mean '.type'?"), ("members | summarize n = count() by status, rolle", "E101; the row has .id, .userId"),
    ("members | where confirmed", "E101; write '.status == confirmed'"), ("events | summarize n = count() by day", "E101; write '.date.day()'"),
    ("members | select .email by day", "E004; 'by' stands in 'summarize'"), ("ls", "E101; a line begins with a list as 'members', a verb as 'invite'"),
    ("members | where .name == Engineering", #"E101; text stands in quotes: "Engineering""#), ("now", "E101 'now' is called; write 'now()'"),
    ("revoke", "E101 'revoke' is called; as in: revoke"), ("add bob@acme.com to: Engineering", #"E101; write 'groups["Engineering"]'"#),
    ("update Engineering name: \"x\"", #"E101; write 'groups["Engineering"]'"#), ("members | save invited.csv", #"E101 a path is a text; write 'save "invited.csv"'"#),
    ("members | save new-hires.csv", #"E101; write 'save "new-hires.csv"'"#), ("csv people.csv", #"E101; write 'csv "people.csv"'"#),
    ("csv new-hires.csv", #"E004 a path is a text, and stands in quotes; write '"new-hires.csv"'"#),
    ("csv data/people.csv", #"E004 a path is a text, and stands in quotes; write '"data/people.csv"'"#),
    (#"csv "h.csv" as { n: Text? } | where .n > 5"#, "E201; read it as one where the file is read: as { n: Int }"),
    (#"csv "h.csv" as { "e-mail": Text } | each h { invite h."e-mail" type: user }"#, #"E201; read it as one where the file is read: as { "e-mail": Email }"#),
    ("events | summarize n = count() by .date.day", "E102 Time has no field 'day'; write '.date.day()'"),
    ("events | select d = .date.days", "E102; did you mean 'day'? methods end in ()"),
    ("invite a@b.c type: manager", "E201 'type:' may not be 'manager', which is only read; it may be owner, admin, user, custom"),
    ("update oskar@acme.com type: manager", "E201; it may be owner, admin, user, custom"), ("csv /tmp/people.csv", #"E101; write 'csv "/tmp/people.csv"'"#),
    ("cnt()", "E104; did you mean the method 'x.count(…)'?"), ("members | summarize n = cnt()", "E104; did you mean 'count'?"),
    ("csv ../hires.csv", #"E101; write 'csv "../hires.csv"'"#), ("create group \"Testers\"", "E106 'create' takes named arguments here; write 'name:' before it"),
    // Lists of rows.
    (#"invite a@b.c type: user groups: ["Engineering", "Sales"]"#, #"E201; write: [groups["Engineering"], groups["Sales"]]"#),
    (hires + #" | each r { invite "a@b.c" type: user groups: [r.group] }"#, "E201; write: [groups[r.group]]"),
    (#"invite a@b.c type: user groups: groups["Sales"]"#, #"E201; write: [groups["Sales"]]"#),
    (#"invite a@b.c type: user groups: "Sales""#, #"E201; write: [groups["Sales"]]"#),
    ("invite a@b.c type: user groups: [Sales]", #"E101; write 'groups["Sales"]'"#), ("invite a@b.c type: user groups: Sales", #"E101; write '[groups["Sales"]]'"#),
    (#"csv "h.csv" as { team: Group }"#, "E201; read it as Text, and take the row by it: groups[r.team]"),
    (#"csv "h.csv" as { teams: [Text] }"#, #"E201; read it as Text, and take it apart: r.teams.split(";")"#),
    // Words and signs that are missing, or of a shell.
    ("members | each revoke", "E004 'each' does a block for each row; write: each { revoke it }"),
    ("members | each revoke .email", "E004; write: each { revoke .email }"),
    ("members | each m revoke m", "E004; write: each m { revoke m }"), ("members | each invite .email type: user", "E004; write: each { invite .email type: user }"),
    ("members | select email name", "E004 expected ','; a ',' stands between two"), ("members | sort .status .email", "E004 expected ','"),
    ("events where .type == userLoggedIn", "E106 'where' is a stage, and stands behind '|'; write 'events | where …'"),
    ("members take 5", "E106; write 'members | take …'"), ("members count", "E106; write 'members | count'"), ("members limit 5", "E106; write 'members | take …'"),
    ("members | where name ~ \"x\"", "E001 '~' is no operator here; write 'has'"), ("!cat hires.csv", "E001 '!' runs no program here"),
    ("members | sort email > out.csv", #"E004 '>' compares, and writes no file; write '| save "out.csv"'"#),
    ("members > \"out.json\"", #"E004; write '| save "out.json"'"#), ("members | select .email > out.csv", #"E004; write '| save "out.csv"'"#),
    ("members > new-hires.csv", #"E004 '>' compares; write '| save "new-hires.csv"'"#), ("members > /tmp/out.csv", #"E004; write '| save "/tmp/out.csv"'"#),
    ("members | sort .email > ./out.csv | take 1", #"E004 '>' compares; write '| save "./out.csv"'"#),
    (#"members | select .email > "out.csv""#, #"E004 '>' compares; write '| save "out.csv"'"#),
    (#"if members > "out.csv" { 1 }"#, "E201 "), ("members | sort .name > (cfg.log)", "E004 '>' in a key stands in parentheses"),
    (#"nothing > "out.csv""#, "E101 there is no variable"), ("csv ../data/people.csv", #"E101; write 'csv "../data/people.csv"'"#),
    ("members | save /tmp/out.csv", #"E101 a path is a text; write 'save "/tmp/out.csv"'"#), ("members | save ./out.csv", #"E101; write 'save "./out.csv"'"#),
    (#"members | save ../out.csv format: csv"#, #"E101; write 'save "../out.csv"'"#), ("members count", "E106 'count' is a method, and stands behind '|'"),
    (hires + " | select .e-mailer", "E102 the row has no field 'e'"), ("!ready and true", "E001 '!' is no operator here; write 'not' | E101"),
    (#"let a = ["x"]; let b = ["y"]; invite(a@b.c, type: user, groups: a + b)"#, "E201; write: (a + b).map(groups[it])"),
    (#"let a = ["x"]; invite a@b.c type: user groups: (a | take 1)"#, "E201; write: (a | take 1).map(groups[it])"),
    (#"let a = ["x"]; invite(a@b.c, type: user, groups: a.map(it + "b"))"#, #"E201; write: a.map(it + "b").map(groups[it])"#),
  ])
  func eachMistakeIsToldOnceWithAWay(_ line: String, _ expected: String) {
    let found = Self.diagnostics(line).filter { $0.severity == .error }
    let wanted = expected.components(separatedBy: " | E").enumerated().map { $0 == 0 ? $1 : "E" + $1 }
    #expect(found.count == wanted.count, "\(line): \(found.map { "\($0.code.rawValue) \($0.message); \($0.hint ?? "")" })")
    for (diagnostic, wanted) in zip(found, wanted) {
      let parts = wanted.components(separatedBy: "; ")
      #expect("\(diagnostic.code.rawValue) \(diagnostic.message)".hasPrefix(parts[0]), "\(line): \(diagnostic.message)")
      #expect(!diagnostic.isIncomplete, "\(line)")
      if parts.count > 1 { #expect((diagnostic.hint ?? "").contains(parts[1]), "\(line): \(diagnostic.hint ?? "")") }
    }
  }

  /// What `fmt --fix` puts in is right at once.
  @Test(arguments: [
    (hires + #" | select .e-mail"#, hires + #" | select ."e-mail""#), (hires + #" | each p { print p["First Name"] }"#, hires + #" | each p { print p."First Name" }"#),
    (#"csv "h.csv" as { e-mail: Email }"#, #"csv "h.csv" as { "e-mail": Email }"#), ("members | summarize count by .status", "members | summarize count() by .status"),
    ("now", "now()"), ("add bob@acme.com to: Engineering", #"add bob@acme.com to: groups["Engineering"]"#),
    ("members | save invited.csv", #"members | save "invited.csv""#),
    ("csv /tmp/people.csv", #"csv "/tmp/people.csv""#), ("members where .status == confirmed", "members | where .status == confirmed"),
    ("members | select .email .name", "members | select .email, .name"), ("members | each revoke .email", "members | each { revoke .email }"),
    ("members | sort .email > out.csv", #"members | sort .email | save "out.csv""#), ("members > out.csv", #"members | save "out.csv""#),
    ("members | save /tmp/out.csv", #"members | save "/tmp/out.csv""#), (#"members | select .email > "o.csv""#, #"members | select .email | save "o.csv""#),
    ("events where .type == userLoggedIn", "events | where .type == userLoggedIn"),
  ])
  func aFixIsRight(_ line: String, _ expected: String) {
    let fixed = Fix.applied(Self.diagnostics(line).compactMap(\.fix), to: SourceFile(name: "", text: line))
    #expect(fixed == expected)
    let left = Self.diagnostics(fixed).filter { $0.severity == .error }
    #expect(left.isEmpty, "\(left.map(\.message))")
  }

  /// What the way out of a mistake says works, too.
  @Test(arguments: [
    "members[oskar@acme.com].groups | expand c = .collections | select .name, .c.externalId",
    "members | expand g = .groups | expand c = .g.collections | select .c.externalId",
    "events | select .actor", "members | select .name, group = .groups.name", hires + #" | each r { invite "a@b.c" type: user groups: [groups[r.group]] }"#,
    #"csv "h.csv" as { teams: Text } | each r { r.teams.split(";").map(groups[it]) }"#, "members | expand .groups | select .groups.name",
    // What looks like a file behind `>` is compared where it can be.
    #"members | where .name > "m.md""#, #"members | where .email > "x@y.md""#, #"let cfg = { json: 1, log: "x" }; if 2 > cfg.json { print 1 }"#,
    #"let cfg = { log: "x" }; members | where .name > cfg.log"#, #"let cfg = { log: "x" }; members | where .name > (cfg.log)"#,
    #"[{ n: 1, log: 2 }] | where .n > .log"#, #"[{ n: 1, log: 2 }] | select big = .n > .log"#, #""a" > "b.md""#, #"members | select late = .email > "m.md""#,
  ])
  func theWayWorks(_ line: String) {
    let found = Self.diagnostics(line).filter { $0.severity == .error }
    #expect(found.isEmpty, "\(found.map(\.message))")
  }

  @Test func theFieldsOfARowAreWrittenAsTheyAreTyped() throws {
    let entry = try Self.check(Self.hires).get()
    #expect(entry.fields?.map(\.name) == [#"."e-mail""#, #"."First Name""#, ".group"])
    let groups = try Self.check("groups | expand .collections").get()
    #expect(groups.fields?.map(\.name) == [".id", ".name", ".externalId", ".collections", ".members"])
  }

  // MARK: completion

  /// `▮` is the place; what is expected comes in this order, and nothing before it.
  @Test(
    arguments: [
      (#"h | select .▮"#, [#""e-mail""#, #""First Name""#, "group"], []), (#"h | select .e▮"#, [#""e-mail""#], ["group"]),
      (#"h | select ."f▮"#, [#""First Name""#], ["group"]), ("members | where .status ▮", ["==", "!=", "in"], ["<", "has"]),
      ("members | where .email ▮", ["==", "!=", "has", "starts", "ends", "matches"], ["<"]), ("members | where .twoFactorEnabled ▮", ["and", "or"], ["<"]),
      ("members | where .status == confirmed ▮", ["and", "or"], []), ("members | where .status == confirmed and .name ▮", ["==", "!=", "has"], ["and"]),
      ("events | where .date ▮", ["==", "!=", "<", "<=", ">", ">="], ["has"]), ("members.find(.email ▮", ["==", "!=", "has"], []),
      ("members | summarize n = ▮", ["count(", "sum(", "min(", "max(", "avg("], ["invite", "base64"]), ("members | summarize ▮", ["count(", "sum("], ["invite"]),
      ("members | summarize n = count() ▮", ["by"], []), ("members | summarize n = count() by s▮", [".status", ".ssoExternalId"], ["subscription", "secret"]),
      ("members | summarize n = count(▮", [".id"], []), ("members | sort ▮", [".id", ".userId", ".name"], ["members"]), ("members | sort -.status, ▮", [".id"], []),
      ("members | where st▮", [".status"], []), ("members | where not ▮", [".id"], []), ("members | select .email, n▮", [".name", "now"], []),
      ("groups | expand .collections | select .collections.▮", ["id", "externalId", "access"], ["map(", "count("]),
      ("groups | select .collections.▮", ["id", "externalId", "access", "count("], []), ("members | distinct ▮", [".id"], ["members"]),
      ("members | expand g▮", [".groups"], []),
      ("members | where .status == ▮", ["revoked", "invited", "accepted", "confirmed"], ["members"]),
      ("members | where status == ▮", ["revoked", "invited"], ["members"]), ("members | where status == c▮", ["confirmed"], ["collections", "csv"]),
      ("members.find(▮", [".id"], []), ("invite a@b.c type: ▮", ["owner", "admin", "user", "custom"], ["manager"]),
      ("members | where .type == ▮", ["owner", "admin", "user", "manager", "custom"], []), ("events since: ▮", ["1h", "24h", "7d", "30d", "today()"], []),
      ("invite a@b.c groups: ▮", ["["], []),
      ("▮", ["h", "members", "groups", "collections", "policies", "events", "subscription", "add", "create"], []),
    ] as [(String, [String], [String])])
  func completes(_ marked: String, _ expected: [String], _ unexpected: [String]) {
    let parts = marked.components(separatedBy: "▮")
    let completer = Completer(schema: SecretSafeSchema.schema, variables: ["h": .table(Self.hireRow)])
    let found = completer.candidates(parts.joined(), at: parts[0].utf8.count).candidates.map(\.text)
    #expect(Array(found.prefix(expected.count)) == expected, "\(marked): \(found.prefix(12))")
    for word in unexpected { #expect(!found.contains(word), "\(marked): \(found)") }
  }

  @Test(arguments: ["invite a@b.c groups: [▮", "invite a@b.c groups: [groups[\"Sales\"], ▮", "invite a@b.c type: user groups: [eng▮"])
  func groupsCompleteInAList(_ marked: String) {
    var completer = Completer(schema: SecretSafeSchema.schema, variables: [:])
    completer.live = LiveNames(values: { list, _, beginning in
      list == "groups" ? ["Engineering", "Sales"].filter { $0.lowercased().hasPrefix(beginning) }.map { .init(text: $0, help: "") } : []
    })
    let before = marked.components(separatedBy: "▮")[0]
    let found = completer.candidates(before, at: before.utf8.count).candidates
    #expect(found.first?.text == #"groups["Engineering"]"#, "\(found.prefix(5))")
    #expect(!found.contains { $0.text.hasSuffix(":") }, "no argument begins in a list")
  }

  // MARK: while it runs

  @Test func anAddressThatIsNotThereIsToldWithTheNearest() async throws {
    try await withSandbox { sandbox in
      for (wrong, meant) in [("oskr@acme.com", "oskar@acme.com"), ("Oskar@acme.co", "oskar@acme.com")] {
        let found = try await sandbox.evaluate("revoke \(wrong)")
        #expect(found.error == "there is no member '\(wrong)'")
        #expect(found.result.error?.hint == "did you mean '\(meant)'?")
      }
      let other = try await sandbox.evaluate("revoke zzz@example.net")
      #expect(other.result.error?.hint == nil)
    }
  }

  /// Without `as` every cell may be empty: where it is not, the type says so once for all.
  @Test(arguments: ["each h { print groups[h.team].name }", "select t = .team.upper()", "each h { print \"{h.team}\" }", "each h { create group name: h.team }"])
  func aColumnThatMayBeNullIsReadAsOneThatIsNot(_ stage: String) {
    let found = Self.diagnostics(#"csv "h.csv" as { team: Text? } | "# + stage)
    #expect(found.map(\.code.rawValue) == ["E202"] && found[0].hint?.hasSuffix("; if no cell is empty, read it as { team: Text }") == true, "\(found.map(\.hint))")
    #expect(Self.diagnostics(#"[{ team: members[0].name }] | "# + stage).allSatisfy { $0.hint?.contains("read it") == false })
  }

  /// Members are found by their addresses, and people are called by their names.
  @Test func aNameLeadsToTheAddress() async throws {
    try await withSandbox { sandbox in
      let named = try await sandbox.evaluate("members[\"oskar nowak\"]")
      #expect(named.error == "there is no member 'oskar nowak'")
      #expect(named.result.error?.hint == "a member is found by the e-mail address: write members[oskar@acme.com]")
      let nobody = try await sandbox.evaluate("members[\"Nobody\"]")
      #expect(nobody.result.error?.hint == "a member is found by the e-mail address")
      let id = try await sandbox.evaluate("members[\"11111111-2222-4333-8444-555555555555\"]")
      #expect(id.error == "there is no member with the id '11111111-2222-4333-8444-555555555555'" && id.result.error?.hint == nil)
    }
  }

  /// What no checker sees, since it is a value, is refused by the verb in the same words.
  @Test func aTypeThatIsOnlyReadIsNotSent() async throws {
    try await withSandbox { sandbox in
      for line in ["let t: MemberType = manager\ninvite new@acme.com type: t", "let t: MemberType = manager\nupdate oskar@acme.com type: t"] {
        let found = try await sandbox.evaluate(line)
        #expect(found.error == "'type:' may not be 'manager', which is only read", "\(line)")
        #expect(found.result.error?.hint == "it may be owner, admin, user, custom")
      }
    }
  }
}
