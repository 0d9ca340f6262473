import Testing

@testable import SafeTerminal

/// The pieces of the editor that need no terminal: keys, screen, history, undo.
struct EditorTests {
  private func keys(_ bytes: [UInt8]) -> [KeyReader.Key] {
    var reader = KeyReader()
    return bytes.flatMap { reader.feed($0) } + reader.timeout()
  }

  private func characters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  @Test func keysAreWhole() {
    #expect(keys(Array("a€".utf8)) == [.character(97), .character(0x20ac)])
    #expect(keys(Array("\u{1b}[A".utf8)) == [.sequence([27, 91, 65])])
    #expect(keys(Array("\u{1b}[1;5C".utf8)) == [.sequence([27, 91, 49, 59, 53, 67])])
    #expect(keys(Array("\u{1b}b".utf8)) == [.alt(98)])
    #expect(keys([27]) == [.escape])
    #expect(keys([27, 91]) == [.alt(91)])
    #expect(keys([0xff, 0xc3]) == [.character(0xfffd), .character(0xfffd)])
    #expect(keys([0, 0x1c]) == [])
    #expect(keys(Array("\u{1b}]0;title\u{7}x".utf8)) == [.character(120)])
  }

  @Test(arguments: [
    ("a\r\nb\rc\nd", "a\nb\nc\nd"), ("x\u{3}\u{1a}\u{1c}y", "xy"), ("\u{1b}[31mred", "[31mred"), ("\u{1b}[201x", "[201x"), ("ä\t€", "ä\t€"), ("", ""),
  ])
  func aPasteIsTextAndNoKeys(_ pasted: String, _ expected: String) {
    #expect(keys(Array("\u{1b}[200~\(pasted)\u{1b}[201~".utf8)) == [.paste(characters(expected))])
  }

  @Test func anyBytesAreKeysOrNothing() {
    var reader = KeyReader()
    var seed: UInt64 = 1
    for _ in 0..<200_000 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      _ = reader.feed(UInt8(truncatingIfNeeded: seed >> 33))
      if seed >> 60 == 0 { _ = reader.timeout() }
    }
  }

  @Test func historyMovesByTheTextBeforeTheCursor() {
    var history = EntryHistory()
    for entry in ["members", "groups", "members | take 1", "members | take 1"] { history.add(characters(entry)) }
    #expect(history.entries.count == 3)
    let typed = characters("mem")
    let first = history.move(older: true, text: typed, cursor: 3)
    #expect(first == characters("members | take 1"))
    let second = history.move(older: true, text: first ?? [], cursor: 16)
    #expect(second == characters("members"))
    #expect(history.move(older: true, text: second ?? [], cursor: 7) == nil)
    let back = history.move(older: false, text: second ?? [], cursor: 7)
    #expect(back == characters("members | take 1"))
    #expect(history.move(older: false, text: back ?? [], cursor: 0) == typed)
    #expect(history.hint(for: characters("gr")) == characters("oups"))
    #expect(history.search(characters("take"), before: 3)?.at == 10)
  }

  @Test(arguments: ["a\nb", "back\\slash", "\\n", "x\\\ny", "r\r\n", "2026-11-29T20:16:44Z\tok       \tx"]) func historyLinesReadBack(_ text: String) {
    for outcome in [nil, "ok", "cancelled"] {
      let entry = HistoryEntry(time: "2026-11-29T20:16:44Z", outcome: outcome, text: text)
      let line = HistoryLine.line(entry)
      #expect(line.utf8.filter { $0 == 10 || $0 == 13 }.count == 1)
      #expect(HistoryLine.entry(line.dropLast()) == entry)
    }
  }

  @Test func aHistoryWithoutTimesIsRead() {
    #expect(HistoryLine.entry("for i in x {\\n  print i\\n}") == HistoryEntry(time: nil, outcome: nil, text: "for i in x {\n  print i\n}"))
  }

  @Test func undoGoesBackInSteps() {
    var undo = UndoStack()
    for length in 0...3 { undo.remember(Array(characters("abc")[..<length]), length) }
    undo.remember(characters("abc "), 4)
    let step = undo.undo(characters("abc "))
    #expect(step?.text == characters("abc"))
    #expect(undo.undo(characters("abc"))?.text == [])
  }

  // MARK: the screen

  /// A terminal that knows what the painter writes.
  private struct Screen {
    let columns: Int
    let rows: Int
    var cells: [[Character]]
    var row = 0
    var column = 0

    init(columns: Int, rows: Int) {
      self.columns = columns
      self.rows = rows
      cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    mutating func write(_ text: String) {
      var scalars = text.unicodeScalars.makeIterator()
      while let scalar = scalars.next() {
        switch scalar {
        case "\r": column = 0
        case "\n": lineFeed()
        case "\u{7}": break
        case "\u{1b}":
          _ = scalars.next()
          var number = 0
          while let next = scalars.next() {
            if ("0"..."9").contains(next) {
              number = number * 10 + Int(next.value - 48)
            } else if next != ";" {
              control(next, number)
              break
            } else {
              number = 0
            }
          }
        default:
          let width = DisplayWidth.of(scalar)
          if width == 0 { continue }
          if column + width > columns {
            column = 0
            lineFeed()
          }
          cells[row][column] = Character(scalar)
          column += width
        }
      }
    }

    private mutating func lineFeed() {
      if row == rows - 1 {
        cells.removeFirst()
        cells.append(Array(repeating: " ", count: columns))
      } else {
        row += 1
      }
    }

    private mutating func control(_ letter: Unicode.Scalar, _ number: Int) {
      switch letter {
      case "A": row = max(0, row - max(1, number))
      case "B": row = min(rows - 1, row + max(1, number))
      case "C": column = min(columns - 1, column + max(1, number))
      case "G": column = min(columns - 1, max(1, number) - 1)
      case "K": for index in min(column, columns)..<columns { cells[row][index] = " " }
      case "J":
        for index in min(column, columns)..<columns { cells[row][index] = " " }
        for index in (row + 1)..<max(row + 1, rows) { cells[index] = Array(repeating: " ", count: columns) }
      default: break
      }
    }

    var lines: [String] {
      cells.map { line in
        var text = String(line)
        while text.hasSuffix(" ") { text.removeLast() }
        return text
      }
    }
  }

  private func model(_ text: String, cursor: Int? = nil, hint: String = "", below: [String] = []) -> ScreenModel {
    ScreenModel(
      prompt: StyledText("safesh> ", .bold), continuation: StyledText("... ", .dim), text: characters(text),
      cursor: cursor ?? text.unicodeScalars.count, hint: characters(hint), below: below.map { StyledText($0, .dim) })
  }

  @Test func whatIsPaintedIsOnTheScreen() {
    var painter = ScreenPainter(columns: 40, rows: 6, usesColor: true)
    var screen = Screen(columns: 40, rows: 6)
    screen.write(painter.paint(model("members", hint: " | take 5")))
    #expect(screen.lines[0] == "safesh> members | take 5")
    #expect(screen.column == 15)
    screen.write(painter.paint(model("for x in y {\n  print x", below: ["one  two"])))
    #expect(screen.lines[..<3] == ["safesh> for x in y {", "...   print x", "one  two"])
    #expect((screen.row, screen.column) == (1, 13))
    screen.write(painter.paint(model("m", cursor: 0)))
    #expect(screen.lines == ["safesh> m", "", "", "", "", ""])
    #expect((screen.row, screen.column) == (0, 8))
  }

  /// Any sequence of models leaves the same on the screen as painting the last one alone.
  @Test(arguments: [(20, 4), (33, 8), (80, 24), (7, 3), (3, 2)]) func onlyChangesAreWritten(_ columns: Int, _ rows: Int) {
    var seed: UInt64 = 3
    func random(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    let alphabet = characters("ab |\n漢e\u{301}\t")
    var painter = ScreenPainter(columns: columns, rows: rows, usesColor: false)
    var screen = Screen(columns: columns, rows: rows)
    for _ in 0..<300 {
      let text = (0..<random(columns * 2)).map { _ in alphabet[random(alphabet.count)] }
      var next = model("")
      next.text = text
      next.cursor = random(text.count + 1)
      next.below = (0..<random(3)).map { StyledText("row \($0)") }
      screen.write(painter.paint(next))
      #expect(screen.row < rows && screen.column < columns)
    }
    let last = model("members", cursor: 3)
    screen.write(painter.paint(last))
    var fresh = ScreenPainter(columns: columns, rows: rows, usesColor: false)
    var empty = Screen(columns: columns, rows: rows)
    empty.write(fresh.paint(last))
    let shown = screen.lines.drop { $0 != empty.lines[0] }.filter { !$0.isEmpty }
    #expect(Array(shown) == empty.lines.filter { !$0.isEmpty })
  }

  @Test func completionsHaveACommonBeginning() {
    let list = CompletionList(range: 0..<1, candidates: [.init("select"), .init("sort"), .init("skip")])
    #expect(list.commonPrefix == "s")
    #expect(CompletionMenu.lines(list.candidates.map(\.text), columns: 80).map(\.plain) == ["  select  sort    skip    "])
  }
}
