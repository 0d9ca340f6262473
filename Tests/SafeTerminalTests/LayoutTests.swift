import Foundation
import Synchronization
import Testing

@testable import SafeTerminal

/// Tables, widths and the progress line, without a terminal.
struct LayoutTests {
  private func lines(_ columns: [TableLayout.Column], _ rows: [[String]], width: Int? = nil, limit: Int? = nil) -> [String] {
    TableLayout(columns: columns, width: width, limit: limit).lines(rows.map { $0.map { TableLayout.Cell($0) } }).map(\.plain)
  }

  /// Rows that come one by one give the same lines, each is asked for twice, and whoever makes them may leave off.
  @Test func rowsOneByOne() throws {
    struct LeftOff: Error {}
    let layout = TableLayout(columns: [.init("n", alignsRight: true), .init("name")], limit: 50)
    let row = { (index: Int) in [TableLayout.Cell("\(index * index)"), TableLayout.Cell(String(repeating: "x", count: index % 7))] }
    var (asked, lines) = (0, [String]())
    layout.lines(
      of: 100,
      {
        asked += 1
        return row($0)
      }, { lines.append($0.plain) })
    #expect(lines == layout.lines((0..<100).map(row)).map(\.plain))
    #expect(lines.count == 53 && asked == 100)
    lines = []
    #expect(throws: LeftOff.self) {
      try layout.lines(
        of: 100,
        { index throws(LeftOff) in
          if lines.count == 10 { throw LeftOff() }
          return row(index)
        }, { (line: StyledText) throws(LeftOff) in lines.append(line.plain) })
    }
    #expect(lines.count == 10)
  }

  @Test func columnsAreAsWideAsTheirContent() {
    #expect(
      lines([.init("name"), .init("n", alignsRight: true)], [["Ann", "7"], ["Bartholomew", "1200"]]) == [
        "name            n", "───────────  ────", "Ann             7", "Bartholomew  1200",
      ])
  }

  @Test(arguments: 1...60) func nothingIsWiderThanTheTerminal(_ width: Int) {
    let rows = [["a", "a rather long text that is cut", "漢字漢字漢字漢字", "12"], ["", "é\u{301}x", "🎉🎉", "123456"]]
    let found = lines([.init("id"), .init("description"), .init("wide"), .init("count", alignsRight: true)], rows, width: width)
    for line in found { #expect(DisplayWidth.of(line) <= width, "\(line)") }
    #expect(found.count >= 4)
  }

  @Test func longCellsAreCutAndShortColumnsKept() {
    let found = lines([.init("k"), .init("text")], [["ab", String(repeating: "x", count: 50)]], width: 20)
    #expect(found[2] == "ab  " + String(repeating: "x", count: 15) + "…")
  }

  /// An id that is cut names nothing, and a number that is cut is another one.
  @Test(arguments: 20...70) func wholeColumnsAreNeverCut(_ width: Int) {
    let id = "20261128-125500-k3f9"
    let columns = [TableLayout.Column("id", isWhole: true), .init("script"), .init("state"), .init("rows", alignsRight: true, isWhole: true)]
    let found = lines(columns, [[id, String(repeating: "members ", count: 6), "finished", "123456789"]], width: width)
    #expect(found[2].hasPrefix(id), "\(found)")
    #expect(found[2].contains("123456789") || found.last?.hasPrefix("+") == true, "\(found)")
    for line in found { #expect(DisplayWidth.of(line) <= width, "\(line)") }
  }

  @Test func titlesGiveWayBeforeWhatStandsBelowThem() {
    let columns = [TableLayout.Column("email"), .init("twoFactorEnabled"), .init("n", alignsRight: true)]
    let found = lines(columns, [["ines.okafor@acme.com", "true", "1"]], width: 34)
    #expect(found == ["email                 twoFacto…  n", "────────────────────  ─────────  ─", "ines.okafor@acme.com  true       1"], "\(found)")
  }

  @Test func whatDoesNotFitIsTold() {
    let columns = (1...9).map { TableLayout.Column("column\($0)") }
    let found = lines(columns, [Array(repeating: "0123456789", count: 9)], width: 40)
    #expect(found.last?.hasPrefix("+5 columns: column5") == true, "\(found)")
    #expect(lines([.init("n")], (1...5000).map { ["\($0)"] }, limit: 188).last == "4,812 more")
  }

  @Test func controlCharactersAreShown() {
    #expect(TableLayout.Cell("a\tb\n\u{1b}[31m\u{9b}").text == "a\\tb\\n\\u{1b}[31m\\u{9b}")
  }

  @Test(arguments: [("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("🎉", 2), ("\u{200b}", 0), ("", 0)]) func widths(_ text: String, _ cells: Int) {
    #expect(DisplayWidth.of(text) == cells)
  }

  @Test func colourIsOffOnRequest() {
    #expect(Style.error.applied(to: "x", color: false) == "x")
    #expect(Style.error.applied(to: "x", color: true) == "\u{1b}[1;31mx\u{1b}[0m")
    #expect(!ColorChoice.never.isOn(for: 1, environment: { _ in nil }))
    #expect(ColorChoice.always.isOn(for: 1, environment: { ["NO_COLOR": "1"][$0] }))
  }

  private final class Clock: Sendable {
    let time = Mutex(Duration.zero)
    let written = Mutex("")
  }

  private func progress(_ clock: Clock, isTerminal: Bool) -> ProgressLine {
    ProgressLine(
      isTerminal: isTerminal, columns: { 20 }, write: { text in clock.written.withLock { $0 += text } }, now: { clock.time.withLock { $0 } })
  }

  @Test func progressIsDrawnTenTimesASecondAtMost() {
    let clock = Clock()
    let line = progress(clock, isTerminal: true)
    for step in 0..<100 {
      clock.time.withLock { $0 = .milliseconds(step * 10) }
      line.update("\(step) of 100")
    }
    line.clear()
    line.clear()
    #expect(clock.written.withLock { $0 }.components(separatedBy: "\r").count == 12)
    #expect(clock.written.withLock { $0 }.hasSuffix("\r\u{1b}[K"))
  }

  @Test func withoutATerminalProgressIsALineNowAndThen() {
    let clock = Clock()
    let line = progress(clock, isTerminal: false)
    for step in 0...60 {
      clock.time.withLock { $0 = .seconds(step) }
      line.update("\(step)")
    }
    #expect(clock.written.withLock { $0 } == "30\n60\n")
  }
}
