import Foundation
import Testing

/// Tables at the prompt in a real terminal: screenfuls, the pager, records, charts, and what slow things tell.
struct PromptTableTests {
  @Test func aTallTableStopsAtAScreenful() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": ""])
    #expect(try screen.run("range(50) | select row = it", until: "31 more: :more shows them"), "\(screen.text)")
    #expect(screen.text.contains("\n 18\n") && !screen.text.contains("\n 19\n"), "\(screen.text)")
    #expect(try screen.run(":more", until: "12 more: :more shows them"), "\(screen.text)")
    #expect(screen.text.contains("row\n───\n 19\n"), "with the columns again: \(screen.text)")
    #expect(try screen.run(":more", until: "\n 49\n"), "\(screen.text)")
    #expect(try screen.run(":more", until: "there is no more to show"), "\(screen.text)")
  }

  @Test func aTableThatFitsIsWhole() throws {
    let screen = try PromptTests.Screen(rows: 50)
    #expect(try screen.run("range(40) | select row = it", until: "\n 39\n"), "\(screen.text)")
    #expect(!screen.text.contains("more:"))
  }

  @Test func tallHelpStopsAtAScreenful() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": ""])
    #expect(try screen.run("help verbs", until: "more: :more shows them"), "\(screen.text)")
    #expect(screen.text.contains("  invite EMAIL") && !screen.text.contains("  import members:"), "\(screen.text)")
    #expect(try screen.run(":more", until: "  import members:"), "\(screen.text)")
    let tall = try PromptTests.Screen(rows: 60)
    #expect(try tall.run("help verbs", until: "  import members:"), "\(tall.text)")
    #expect(tall.text.contains("  invite EMAIL") && !tall.text.contains("more: :more"), "\(tall.text)")
  }

  /// Members and groups inside of a cell are called by what they are called; records of one's own are written.
  @Test func rowsInACellHaveNames() throws {
    let screen = try PromptTests.Screen()
    #expect(try screen.run("groups | take 1 | select .name, .members", until: "Engineering  [dmitri@acme.com, "), "\(screen.text)")
    #expect(try screen.run("members | take 1 | select one = .groups.first(), own = { a: 1 }", until: "\nOperations  { a: 1 }\n"), "\(screen.text)")
  }

  @Test func thePagerShowsTheRestUncut() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": "cat >\"$HOME/paged\"; echo paged"])
    #expect(
      try screen.run("range(300) | select row = it, text = \"a long text that is cut on the screen, {it}, but not in the pager, which scrolls sideways\"", until: "more"))
    #expect(try screen.run(":more", until: "\npaged\n"), "\(screen.text)")
    let text = try String(contentsOf: screen.folder.appendingPathComponent("paged"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2 + 300 - 19 && lines[2].hasPrefix(" 19"), "\(text.prefix(300))")
    #expect(text.contains("299") && text.contains("scrolls sideways"))
  }

  /// The rows of the pager follow those of the screen, and their bars are of one scale.
  @Test func theBarsGoOnWhereTheTableStopped() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": "cat >\"$HOME/paged\"; echo paged"])
    #expect(try screen.run("events since: 30d | summarize n = count() by day = .date.day() | sort .day", until: "more: :more"), "\(screen.text)")
    let first = Self.bars(screen.text)
    #expect(try screen.run(":more", until: "\npaged\n"), "\(screen.text)")
    let rest = Self.bars(try String(contentsOf: screen.folder.appendingPathComponent("paged"), encoding: .utf8))
    let all = first + rest
    #expect(first.count == 19 && rest.count > 5 && all.map(\.day) == all.map(\.day).sorted() && Set(all.map(\.day)).count == all.count, "\(all)")
    #expect(all.allSatisfy { $0.bar > 0 } && all.contains { $0.bar == 30 * 8 }, "\(all)")
    let greatest = all.map(\.count).max() ?? 1
    for row in all { #expect(abs(row.bar - row.count * 30 * 8 / greatest) <= 1, "\(row) of \(greatest)") }
  }

  /// Rows of days, with the lengths of their bars in eighths of a cell.
  private static func bars(_ text: String) -> [(day: String, count: Int, bar: Int)] {
    text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: " ")
      guard cells.count >= 2, cells[0].wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil, let count = Int(cells[1]) else { return nil }
      let eighths = cells.dropFirst(2).joined().unicodeScalars.reduce(0) { $0 + (0x2588...0x258f).contains($1.value).then(Int(0x2590 - $1.value)) }
      return (String(cells[0]), count, eighths)
    }
  }

  @Test func aPagerThatIsNotThereIsNoHindrance() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": "no-such-pager 2>/dev/null"])
    #expect(try screen.run("range(50) | select row = it", until: "31 more"))
    #expect(try screen.run(":more", until: "12 more"), "\(screen.text)")
  }

  @Test func ctrlCInThePagerIsThePagers() throws {
    let screen = try PromptTests.Screen(environment: ["PAGER": "trap \"echo pager was told\" INT; cat >/dev/null; sleep 60; true"])
    #expect(try screen.run("range(50) | select row = it", until: "31 more"))
    try screen.type(":more")
    try screen.press("Enter")
    usleep(500_000)
    try screen.press("C-c")
    #expect(screen.wait { $0.contains("pager was told") }, "\(screen.text)")
    #expect(try screen.run("1 + 1", until: "\n2\n"), "\(screen.text)")
    #expect(!screen.text.contains("stopping"), "\(screen.text)")
  }

  @Test func recordsOneAScreen() throws {
    let screen = try PromptTests.Screen(columns: 60)
    #expect(try screen.run("members | sort .email | take 3", until: "────"), "\(screen.text)")
    try screen.type(":expand")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("record 1 of 3") && $0.contains("1 of 3: Enter goes on, b back, q leaves") }, "\(screen.text)")
    #expect(screen.text.contains("collections") || screen.text.contains("resetPasswordEnrolled"), "all fields: \(screen.text)")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("record 2 of 3") && !$0.contains("1 of 3: Enter") }, "\(screen.text)")
    try screen.press("b")
    #expect(screen.wait { $0.contains("1 of 3: Enter") }, "\(screen.text)")
    try screen.press("q")
    #expect(try screen.run("6 * 7", until: "\n42\n"), "\(screen.text)")
    #expect(!screen.text.contains("q leaves"), "\(screen.text)")
  }

  @Test func aSlowServerIsSeenToWork() throws {
    let server = try ServerProcess(data: try temporaryFolder().appendingPathComponent("org.db"), ["--faults", "latency=1500ms"])
    defer { server.stop() }
    let screen = try PromptTests.Screen(environment: server.environment, prompt: ">\n")
    try screen.type("members | count")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("reading members") }, "\(screen.text)")
    #expect(screen.wait { !$0.contains("reading") && $0.contains(/members \| count\n\d+\n/) }, "\(screen.text)")
    #expect(!screen.text.contains("reading members"), "\(screen.text)")
  }
}

extension Bool {
  fileprivate func then(_ number: @autoclosure () -> Int) -> Int { self ? number() : 0 }
}
