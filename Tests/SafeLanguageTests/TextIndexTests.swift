import Testing

@testable import SafeLanguage

/// A field that is looked for by its text finds the same with an index and without one.
struct TextIndexTests {
  private static let type = RecordType([Field("name", .text), Field("email", .optional(.email)), Field("n", .int)])

  private static func row(_ number: Int) -> [Value] {
    let letters = ["k", "K", "\u{212a}", "é", "É", "x"]
    let name = letters[number % letters.count] + String(number % 17)
    return [.text(name), number % 5 == 0 ? .null : .text("\(name)@Acme.COM"), .int(number)]
  }

  private static func found(_ table: Table, _ column: Int, _ wanted: String, folding: Bool) -> [Int] {
    (0..<table.count).filter { index in
      let cell = table.cell(index, column)
      return folding ? Folding.equal(cell, .text(wanted)) : Folding.same(cell, .text(wanted))
    }
  }

  @Test func whatMayMatchHoldsAllThatDo() throws {
    var growing = GrowingTable(TableBuilder(Self.type).table())
    var older: [Table] = []
    for number in 0..<3000 {
      growing.append(Self.row(number))
      if number % 250 == 249 { older.append(growing.table) }
    }
    // A table that others outgrew sees its own rows only.
    for table in older + older.reversed() {
      for wanted in ["k3", "K3", "\u{212a}3", "é4", "x16", "nobody"] {
        for (column, text, folding) in [(0, wanted, false), (1, wanted + "@acme.com", true)] {
          let all = Self.found(table, column, text, folding: folding)
          guard let candidates = table.rows(thatMayHave: text, in: column) else { continue }
          #expect(candidates == candidates.sorted() && candidates.allSatisfy { $0 < table.count })
          #expect(candidates.filter(Set(all).contains) == all, "\(text) among \(table.count)")
        }
      }
    }
    let last = try #require(older.last)
    #expect(last.rows(thatMayHave: "x16", in: 0)?.count ?? .max < last.count * 2 / 3, "nothing was narrowed")
    #expect(last.rows(thatMayHave: "é4", in: 0) == nil)
  }

  @Test func conditionsAreTriedAsTheyStand() async throws {
    let program = """
      let rows = range(400) | map ({ name: "n{it % 40}", other: "{it}" })
      let wanted = ["n3", "N3", "n39", "none"]
      for round in range(3) {
        for w in wanted {
          assert rows.find(.name == w) == rows.find(not (.name != w))
          assert rows.count(.name == w) == rows.count(not (.name != w))
          assert rows.any(w == .name) == rows.any(not (.name != w))
          assert rows.count(.name == w and .other ends "3") == rows.count(.other ends "3" and .name == w)
          assert (rows | where .name == w | count) == (rows | where not (.name != w) | count)
        }
      }
      assert rows.find(.name == "n5")?.other == "5"
      """
    let result = try await Script(SourceFile(name: "t.safe", text: program), schema: TestWorld.schema).run(in: TestWorld())
    #expect(result.error == nil, "\(String(describing: result.error))")
  }
}
