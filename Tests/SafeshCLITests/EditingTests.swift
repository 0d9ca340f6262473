import Foundation
import Testing

/// The line editor in a real terminal, each at 80×24 and at 200×50.
struct EditingTests {
  // MARK: entries of several rows

  @Test(arguments: Pane.Size.both) func enterRunsAWholeEntryFromAnyRow(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.enter("for i in [1, 2] {")
    try pane.enter("print (i * 21)")
    pane.expectEntry("for i in [1, 2] {", "... print (i * 21)", "...")
    try pane.type("}")
    try pane.press("Up", "Up")
    try pane.press("Enter")
    pane.expect("\n21\n42\n")
    // On an incomplete one it goes on where the cursor is.
    try pane.enter("for i in [1] {")
    try pane.type("print i")
    try pane.press("Up", "End", "Enter")
    try pane.type("print 0")
    pane.expectEntry("for i in [1] {", "... print 0", "... print i")
  }

  @Test(arguments: Pane.Size.both) func upAndDownMoveInsideAnEntryAndThenInTheHistory(_ size: Pane.Size) throws {
    let pane = try Pane(size, history: "groups | count\\nmembers | take 1\nmembers | count\ngroups\n")
    try pane.type("mem")
    try pane.press("Up")
    pane.expectEntry("members | count")
    try pane.press("Up")
    pane.expectEntry("members | count")
    try pane.press("Down")
    try pane.type("x")
    pane.expectEntry("memx")
    try pane.press("C-c")
    try pane.press("Up", "Up", "Up")
    pane.expectEntry("groups | count", "... members | take 1")
    try pane.resize(70, 20)
    try pane.press("Up")
    #expect(pane.wait { _ in pane.cursor.row == pane.lines.count - 2 })
    try pane.type("x")
    try pane.press("Down")
    try pane.type("y")
    #expect(pane.wait { _ in pane.entry.count == 2 && pane.entry[0].contains("x") && pane.entry[1].contains("y") }, "\(pane.text)")
  }

  @Test(arguments: Pane.Size.both) func aHintIsAcceptedWithRight(_ size: Pane.Size) throws {
    let pane = try Pane(size, history: "members | where .email ends \"@acme.com\" | count\n")
    try pane.type("members | wh")
    pane.expectEntry("members | where .email ends \"@acme.com\" | count")
    #expect(pane.styled.contains("\u{1b}[2m"))
    try pane.press("M-f")
    try pane.type(" ")
    pane.expectEntry("members | where .email ends \"@acme.com\" | count")
    try pane.press("Right", "Enter")
    pane.expect("\n55\n")
  }

  @Test(arguments: Pane.Size.both) func longLinesWrapAndUpFollowsTheScreen(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    let line = "[" + (100...199).map(String.init).joined(separator: ", ") + "].count()"
    try pane.type(line)
    #expect(pane.wait { _ in pane.entry.joined().filter { $0 != " " } == line.filter { $0 != " " } }, "\(pane.text)")
    let (_, row) = pane.cursor
    try pane.press("Up")
    #expect(pane.wait { _ in pane.cursor.row == row - 1 })
    try pane.resize(60, 30)
    try pane.press("Enter")
    pane.expect("\n100\n")
  }

  // MARK: completion

  @Test(arguments: Pane.Size.both) func aMenuOfColumnsWithALineOfHelp(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.type("members | s")
    try pane.press("Tab")
    pane.expect("select     sort       skip")
    pane.expect("makes rows of these columns")
    try pane.press("Tab")
    pane.expect("orders the rows")
    try pane.press("BTab", "Left", "Right", "Down")
    pane.expect("orders the rows")
    try pane.press("Enter")
    // With a blank behind it, after which its arguments are hinted at.
    pane.expectEntry("members | sort .a, -.b")
    try pane.press("C-u")
    try pane.type("members | s")
    try pane.press("Tab")
    pane.expect("makes rows of these columns")
    try pane.resize(size.columns - 30, size.rows - 8)
    pane.expect("makes rows of these columns")
    try pane.press("Escape")
    pane.expectEntry("members | s")
    try pane.press("Tab")
    pane.expect("makes rows of these columns")
    try pane.type("x")
    pane.expectEntry("members | sx")
    try pane.press("BSpace", "Tab", "C-c")
    pane.expectEntry("members | s")
  }

  @Test func topicsCompleteBehindHelpWithoutItsColonToo() throws {
    let pane = try Pane(Pane.Size(columns: 100, rows: 20))
    for written in ["help invi", ":help invi"] {
      try pane.type(written)
      try pane.press("Tab")
      pane.expect("sandbox> \(written)te\n")
      try pane.press("C-u")
    }
  }

  @Test func aFieldCompletesInItsQuotesAndABareNameWithItsDot() throws {
    let pane = try Pane(Pane.Size(columns: 100, rows: 20))
    try pane.enter("let people = [{ \"e-mail\": \"a@b.c\", name: \"Ann\" }]")
    pane.expect("safesh")
    try pane.type("people | select .e")
    try pane.press("Tab")
    pane.expect("> people | select .\"e-mail\"\n")
    try pane.type(" | sort e")
    try pane.press("Tab")
    pane.expect("> people | select .\"e-mail\" | sort .\"e-mail\"\n")
    try pane.press("Enter")
    pane.expect("a@b.c")
    try pane.enter("people | select .e-mail")
    pane.expect("write '.\"e-mail\"'")
  }

  @Test func aMenuStaysInHalfOfTheScreen() throws {
    let pane = try Pane(Pane.Size(columns: 40, rows: 10))
    try pane.press("Tab")
    #expect(pane.wait { $0.contains(/1 of \d+/) }, "\(pane.text)")
    #expect(pane.entry.count <= 1 + 5, "\(pane.text)")
    try pane.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab")
    #expect(pane.wait { $0.contains(/7 of \d+/) }, "\(pane.text)")
    // Too small for a menu, and back.
    try pane.resize(15, 3)
    try pane.press("Tab")
    try pane.resize(80, 24)
    try pane.press("C-c")
    try pane.enter("6 * 7")
    pane.expect("\n42\n")
  }

  // MARK: pastes

  @Test(arguments: Pane.Size.both) func aPasteIsOneEntryWithAnyLineEnds(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.paste("let x = 40\r\nx + 1\rx + 2\n")
    pane.expectEntry("let x = 40", "... x + 1", "... x + 2", "...")
    usleep(300_000)
    #expect(!pane.text.contains("\n41\n"))
    try pane.press("Enter")
    pane.expect("\n41\n42\n")
    let history = try String(contentsOf: pane.historyFile, encoding: .utf8)
    #expect(history.split(separator: "\n").count == 1 && history.contains("let x = 40\\nx + 1\\nx + 2"), "\(history)")
  }

  @Test(arguments: Pane.Size.both) func aPasteTallerThanTheScreenIsCountedFirst(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    let count = size.rows * 3
    let text = (1...count).map { "print \($0)" }.joined(separator: "\n")
    try pane.paste(text)
    pane.expect("pasted \(count) lines")
    try pane.type("x")
    try pane.resize(size.columns - 20, size.rows - 4)
    try pane.press("C-c")
    #expect(pane.wait { !$0.contains("pasted") }, "\(pane.text)")
    pane.expectEntry("")
    try pane.paste(text)
    pane.expect("pasted \(count) lines")
    try pane.press("Enter")
    #expect(pane.wait { !$0.contains("pasted") && $0.contains("... print \(count)") }, "\(pane.text)")
    #expect(!pane.text.contains("\n\(count)\n"))
    try pane.press("Enter")
    pane.expect("\n\(count - 1)\n\(count)\n")
  }

  @Test(arguments: Pane.Size.both) func controlBytesOfAPasteAreNoKeys(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.paste("1 +\u{3}\u{4}\u{1a}\u{1c}\u{1b} 4\u{7f}1\u{0}\u{15}\u{12}")
    pane.expectEntry("1 + 41")
    try pane.press("Enter")
    pane.expect("\n42\n")
  }

  @Test func aLargePasteIsWhole() throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24))
    let line = "# " + String(repeating: "x", count: 98)
    try pane.paste(Array(repeating: line, count: 20_000).joined(separator: "\n") + "\n6 * 7\n")
    #expect(pane.wait(seconds: 60) { $0.contains("pasted 20001 lines, 2020006 characters") }, "\(pane.text)")
    try pane.press("Enter")
    #expect(pane.wait(seconds: 60) { $0.contains("... 6 * 7") }, "\(pane.text)")
    try pane.press("Enter")
    #expect(pane.wait(seconds: 60) { $0.contains("\n42\n") }, "\(pane.text)")
  }

  // MARK: search

  @Test(arguments: Pane.Size.both) func controlRSearches(_ size: Pane.Size) throws {
    let pane = try Pane(size, history: "6 * 7\nMembers\n6 * 8\n")
    try pane.press("C-r")
    try pane.type("6 *")
    pane.expectEntry("6 * 8", "search: 6 *")
    try pane.press("C-r")
    pane.expectEntry("6 * 7", "search: 6 *")
    try pane.resize(size.columns - 25, size.rows - 5)
    pane.expectEntry("6 * 7", "search: 6 *")
    try pane.press("C-s")
    pane.expectEntry("6 * 8", "search: 6 *")
    try pane.type("zz")
    pane.expectEntry("", "not found: 6 *zz")
    try pane.press("C-g")
    pane.expectEntry("")
    try pane.press("C-r")
    try pane.type("mem")
    pane.expectEntry("Members", "search: mem")
    try pane.press("C-r", "BSpace", "BSpace", "BSpace")
    try pane.type("* 7")
    try pane.press("Enter")
    pane.expect("\n42\n")
  }

  // MARK: characters

  @Test(arguments: Pane.Size.both) func wideAndCombiningCharacters(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.type("\"漢字e\u{301}👍b\"")
    pane.expect("漢字e\u{301}👍b\"")
    let (column, _) = pane.cursor
    try pane.press("Left", "Left", "Left")
    #expect(pane.wait { _ in pane.cursor.column == column - 4 }, "\(pane.cursor)")
    try pane.press("Left")
    #expect(pane.wait { _ in pane.cursor.column == column - 5 }, "\(pane.cursor)")
    try pane.resize(size.columns - 21, size.rows)
    try pane.press("Left", "DC")
    try pane.press("Enter")
    pane.expect("\n漢e\u{301}👍b\n")
  }

  @Test(arguments: [Pane.Size(columns: 19, rows: 10), Pane.Size(columns: 80, rows: 3), Pane.Size(columns: 5, rows: 2), Pane.Size(columns: 1, rows: 1)])
  func aTerminalThatIsTooSmallIsPlain(_ size: Pane.Size) throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24), history: "6 * 7 * 1 * 1\n")
    try pane.resize(size.columns, size.rows)
    try pane.type("6 * 7")
    try pane.press("Tab", "Tab")
    if size.columns > 6 {
      pane.expectEntry("6 * 7")
      #expect(!pane.styled.contains("\u{1b}[36m"), "\(pane.styled)")
    }
    try pane.press("Enter")
    usleep(300_000)
    try pane.resize(80, 24)
    pane.expect("42")
  }

  // MARK: keys of one's own

  @Test(arguments: Pane.Size.both) func viKeys(_ size: Pane.Size) throws {
    let pane = try Pane(size, editrc: "bind -v\n")
    try pane.type("[1, 2] [A")
    pane.expectEntry("[1, 2] [A")
    try pane.press("C-c")
    try pane.type("6 * 8")
    try pane.press("Escape")
    usleep(120_000)
    try pane.type("x")
    pane.expectEntry("6 *")
    try pane.type("a7")
    pane.expectEntry("6 * 7")
    try pane.resize(size.columns - 10, size.rows)
    try pane.press("Enter")
    pane.expect("\n42\n")
    try pane.press("Escape")
    usleep(120_000)
    try pane.type("k")
    pane.expectEntry("6 * 7")
    try pane.type("0cw7")
    pane.expectEntry("7 * 7")
  }

  @Test(arguments: Pane.Size.both) func emacsKeysAndTheirBindings(_ size: Pane.Size) throws {
    let pane = try Pane(size, editrc: "bind ^T ed-move-to-beg\nbind \"^Xd\" em-delete-next-word\nsafesh:bind ^G em-upper-case\n")
    try pane.type("abc 6 * 7")
    try pane.press("C-t", "C-x", "d")
    pane.expectEntry(" 6 * 7")
    try pane.press("C-e", "C-w", "C-w", "C-y", "C-_")
    try pane.press("C-c")
    try pane.type("one two three")
    try pane.press("M-b", "C-k")
    pane.expectEntry("one two")
    try pane.press("C-a", "C-y")
    pane.expectEntry("threeone two")
    try pane.press("C-_")
    pane.expectEntry("one two")
  }
}
