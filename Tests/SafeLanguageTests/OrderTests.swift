import SafeLanguage
import Testing

/// There is one order of values, and one equality: all that compares agrees with all else.
struct OrderTests {
  /// Values of a type, some of them equal without being written alike.
  static let lists = [
    "[zoe@acme.com, Ann@acme.com, bob@acme.com, ann@ACME.com, Zoe@acme.com, BOB@other.org]", #"["b", "B", "a", "ä", "aa", "A", "b", ""]"#,
    "[3, -1, 3, 9_007_199_254_740_993, 9_007_199_254_740_992, 0]", "[0.5, -0.0, 0.0, -3.25, 1_000_000.25, 0.5]", "[1, 0.5, 1.0, 2, -1]",
    "[2026-02-01, 2026-01-31, 2026-02-01, 1969-12-31]", "[2026-02-01T00:00:00Z, 2026-01-31T23:59:59Z, 2026-02-01T01:00:00+01:00]",
    "[90s, 1h, 60m, 500ms, -1h]", "[true, false, true]", "people.mood + people.mood", "people.id + [people[0].id]", "people.email + [ANN@acme.com]",
  ]

  @Test(arguments: lists)
  func allComparisonsAgree(_ list: String) async throws {
    let text = """
      let l = \(list)
      let t = l | select v = it
      let d = (t | sort .v | distinct .v).v
      let pairs = t | extend k = 1 | join r = (t | select w = .v, k = 1) on .k | select .v, w = .r.w
      assert pairs.all((.v == .w) == (d.indexOf(.v) == d.indexOf(.w))), "== and indexOf"
      assert pairs.all((.v < .w) == ((d.indexOf(.v) ?? -1) < (d.indexOf(.w) ?? -1))), "< and sort"
      assert pairs.all((.v >= .w) == (not (.v < .w))), ">= and <"
      assert pairs.all((.v in [.w]) == (.v == .w)), "in and =="
      assert pairs.all((.w in l) and l has .w), "in and has"
      assert pairs.count(.v == .w) == (t | join r = (t | select w = .v) on .v == .w).count(), "== and join"
      assert l.distinct().count() == d.count(), "distinct of a list and of a column"
      assert (t | summarize n = count() by .v).count() == d.count(), "summarize by and distinct"
      assert (t | summarize n = dcount(.v))[0].n == d.count(), "dcount and distinct"
      assert l.min() == d.first() and l.max() == d.last(), "min, max and sort"
      assert t.min(.v) == d.first() and t.max(.v) == d.last(), "min, max of a projection and sort"
      let s = (t | summarize a = min(.v), b = max(.v))[0]
      assert s.a == d.first() and s.b == d.last(), "aggregates and sort"
      assert (t | sort -.v | distinct .v).v == d.reverse(), "sort and sort -"
      assert l.sort().distinct() == d, "sort of a list and of a table"
      """
    let result = try await Script(SourceFile(name: "order.safe", text: text), schema: TestWorld.schema).run(in: TestWorld())
    #expect(result.error == nil, "\(list): \(result.error?.message ?? "")")
  }

  /// Lists and records have no order, but they are equal or not wherever they are.
  @Test(arguments: [
    ("[[ann@acme.com], [Ann@acme.com], [bob@acme.com]]", 2), ("[{ e: ann@acme.com, n: 1 }, { e: Ann@acme.com, n: 1 }, { e: ann@acme.com, n: 2 }]", 2),
    ("[[{ e: [ann@acme.com] }], [{ e: [ANN@acme.com] }], []]", 2), ("[[1], [1.0], [2.5]]", 2), (#"[["a"], ["a"], ["A"]]"#, 2),
  ])
  func whatIsInsideComparesAlike(_ list: String, _ count: Int) async throws {
    let text = """
      let l = \(list)
      let t = range(l.count()) | select v = l[it]
      assert l.distinct().count() == \(count), "distinct"
      assert (t | distinct .v).count() == \(count), "distinct of a column"
      assert (t | select .v | distinct).count() == \(count), "distinct of rows"
      assert (t | summarize n = count() by .v).count() == \(count), "summarize by"
      assert (t | summarize n = dcount(.v))[0].n == \(count), "dcount"
      assert l[0] == l[1] and l[0] != l[2], "=="
      assert l.indexOf(l[1]) == 0 and l[1] in [l[0]] and [l[0]] has l[1] and l[2] not in [l[0]], "in"
      assert (t | join r = (t | select w = .v) on .v == .w).count() == 5, "join"
      """
    let result = try await Script(SourceFile(name: "order.safe", text: text), schema: TestWorld.schema).run(in: TestWorld())
    #expect(result.error == nil, "\(list): \(result.error?.message ?? "")")
  }
}
