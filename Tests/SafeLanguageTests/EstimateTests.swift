import SafeLanguage
import Testing

/// What a script would ask for, told before it runs.
struct EstimateTests {
  /// Greeting reads before it writes.
  static let schema = Schema(enumerations: TestWorld.schema.enumerations, resources: TestWorld.schema.resources, verbs: TestWorld.schema.verbs.map(priced))

  private static func priced(_ verb: Verb) -> Verb {
    var verb = verb
    if verb.name == "greet" { verb.cost = Verb.Cost(1...2, more: ["times"]) }
    if verb.name == "load" { verb.cost = Verb.Cost(perRow: "people") }
    return verb
  }

  static let needs = "needs people.greet <= 9, people.hire <= 9, people.load <= 9\n"

  static func estimate(_ text: String) throws -> Estimate {
    try Script(SourceFile(name: "t.safe", text: text), schema: schema, loader: CaseTests.loader).program.estimate
  }

  static let formulas: [(String, String)] = [
    ("1 + 1", "none"),
    // A list is fetched once, however often it is read.
    ("people | count\npeople | take 2", "1"), ("people | join t = teams on .name\noffice.city", "3"),
    ("teams[\"Red\"].name", "1"), ("if range(3).sum() > 2 { teams | count }", "at most 1"),
    ("if range(3).sum() > 2 { teams | count }\nteams | count", "1"), ("people.first()?.name ?? teams.first()?.name", "1 + at most 1"),
    ("refresh people", "1"), ("refresh people\npeople | count", "1"), ("people | count\nrefresh people | count", "2"),
    // Pages.
    ("visits | count", "1 for each 50 visits"), ("visits | take 100", "at most 2"), ("visits | take 7", "1"),
    ("for p in people { print visits(by: p).count() }", "1 + 1 for each person and each 50 visits"),
    // Relations, in bulk and from the cheaper side.
    ("people | where .teams.count() > 1", "2 + 1 for each person or team, whichever are fewer"),
    ("people | where .teams.count() > 1\npeople | where .teams.count() > 2", "2 + 1 for each person or team, whichever are fewer"),
    ("people | take 3 | where .teams.count() > 1", "2 + at most 3"),
    ("people.first()?.teams ?? []", "1 + at most 2"),
    ("for p in people { print p.teams.count() }", "2 + 1 for each person or team, whichever are fewer"),
    ("visits | where .person?.age == 3", "1 + 1 for each 50 visits"),
    // Writes, and the loops around.
    ("hire a@b.c mood: calm", "1"), ("greet a@b.c", "1 + at most 2"), ("greet a@b.c times: 2", "1 + at most 3"),
    ("for p in people { greet p }", "1 + at most 2 for each person"),
    ("for i in [1, 2, 3] { hire a@b.c mood: calm }", "3"), ("for i in range(10) { for j in [1, 2] { hire a@b.c mood: calm } }", "20"),
    ("people | where .age > 3 | each { greet it }", "1 + at most 2 for each person"),
    ("people | take 5 | each { greet it }", "1 + at most 10"),
    ("for p in people { for t in teams { hire a@b.c mood: calm } }", "2 + 1 for each person and each team"),
    ("let new = csv \"new.csv\" as { email: Email, mood: Mood? }\nload people: new", "1 + at most 1 for each row of new.csv"),
    // Elements of a row's list are counted all together.
    (
      "param file: Text = \"hires.csv\"\nlet rows = csv file as { email: Email, teams: Text? }\n"
        + "rows | each h { hire h.email mood: calm\n for t in (h.teams ?? \"\").split(\";\") { greet h.email } }",
      "1 + 1 for each row of hires.csv + at most 2 for each part of h.teams"
    ),
    (
      "csv \"x.csv\" as { email: Email, teams: Text } | each { for t in .teams.split(\";\") { hire (t.email() ?? a@b.c) mood: calm } }",
      "1 for each part of .teams of each row of x.csv"
    ),
    ("for p in people { for t in p.teams { hire a@b.c mood: calm } }", "2 + 1 for each person or team, whichever are fewer + 1 for each team of each person"),
    ("people | expand t = .teams | each { hire a@b.c mood: calm }", "2 + 1 for each person or team, whichever are fewer + 1 for each element of .teams of each person"),
    // What may not be done.
    ("for p in people { if p.age > 3 { hire a@b.c mood: calm } }", "1 + at most 1 for each person"),
    ("let p = people.find(.age == 3) ?? (hire a@b.c mood: calm)", "1 + at most 1"),
    ("try { hire a@b.c mood: calm } catch { hire b@b.c mood: calm }", "1 + at most 1"),
    // Definitions, counted with the lists of each call.
    ("def meet(l: [Person]) { for p in l { greet p } }\nmeet people\nmeet (people | take 2)", "1 + at most 4 + at most 2 for each person"),
    ("def one() { hire a@b.c mood: calm }\nfor p in people { one() }", "1 + 1 for each person"),
    ("def early(n: Int) { if n > 1 { return }\n hire a@b.c mood: calm }\nearly 1", "at most 1"),
    ("var l = [1]\nl = [1, 2, 3]\nfor i in l { hire a@b.c mood: calm }", "at most 1 for each element of l"),
  ]

  @Test(arguments: formulas)
  func counts(_ text: String, _ expected: String) throws {
    let needs = text.hasPrefix("param") || text.contains("hire") || text.contains("greet") || text.contains("load") ? Self.needs : ""
    let estimate = try Self.estimate(needs + text)
    #expect(estimate.requests.description == expected, "\(text)")
  }

  @Test func tellsWhatIsReadAndWritten() throws {
    let estimate = try Self.estimate(
      "needs people.greet <= 7, rooms.close <= 2\nlet l = csv \"a.csv\" as { email: Email }\nl | each { greet .email }\nclose busy\nvisits | count")
    #expect(
      estimate.lines.map { "\($0.label): \($0.text)" } == [
        "writes: people.greet <= 7", "destroys: rooms.close <= 2", "requests: 2 + at most 2 for each row of a.csv + 1 for each 50 visits",
        "reads: people, visits (could be large); a.csv",
      ])
    #expect(estimate.writes.first?.calls.description == "1 for each row of a.csv")
    #expect(estimate.value.literal.contains(#"forEach: ["row of a.csv"]"#), "\(estimate.value.literal)")
  }

  @Test(arguments: [Int.max, Int.max - 1, Int.max / 2])
  func noNumberIsTooLarge(_ number: Int) throws {
    let loop = "for i in range(\(number)) { refresh people }\n"
    let estimate = try Self.estimate("visits | take \(number)\n\(loop)for j in range(3) { \(loop) }")
    #expect(estimate.requests.description.contains("very many"))
  }

  @Test func aFormulaHasAValue() throws {
    let estimate = try Self.estimate(Self.needs + "csv \"a.csv\" as { email: Email } | each { hire .email mood: calm }\npeople | where .teams.count() > 0 | count")
    let (count, isExact) = estimate.requests.value { repetition in
      switch repetition {
      case .row: 40
      case .fewer: 3
      default: 0
      }
    }
    #expect(count == 45 && isExact)
  }

  /// Calls that are eight times as many 24 times over are more than anybody counts.
  @Test func whatGrowsWithoutEndIsCutOff() throws {
    let doubling = (1...24).map { n in "def f\(n)() {\(String(repeating: " f\(n - 1)()\n", count: 8))}" }.joined(separator: "\n")
    let estimate = try Self.estimate("needs people.hire <= 9\ndef f0() { hire a@b.c mood: calm }\n\(doubling)\nf24()")
    #expect(estimate.requests.description == "very many")
    let branching = (1...12).map { n in
      "def g\(n)(a: [Int], b: [Int]) { for i in a { g\(n - 1)([i], b) }\n for i in b { for j in [i, i] { g\(n - 1)(a, [j]) } } }"
    }.joined(separator: "\n")
    let other = try Self.estimate("needs people.hire <= 9\ndef g0(a: [Int], b: [Int]) { hire a@b.c mood: calm }\n\(branching)\ng12 [1] [2]")
    #expect(other.requests.terms.count <= Formula.maximumTerms)
  }
}
