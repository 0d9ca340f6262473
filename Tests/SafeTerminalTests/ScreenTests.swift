import Testing

@testable import SafeTerminal

/// What the painter writes, on a terminal of the test's own.
struct ScreenTests {
  private func characters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

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

  @Test func theRightPromptGivesWayToTheText() {
    func first(_ text: String, hint: String = "", columns: Int = 40) -> String {
      var painter = ScreenPainter(columns: columns, rows: 6, usesColor: false)
      var screen = Screen(columns: columns, rows: 6)
      var model = model(text, hint: hint)
      model.right = StyledText("reads members", .dim)
      screen.write(painter.paint(model))
      return screen.lines[0]
    }
    #expect(first("members") == "safesh> members           reads members")
    #expect(first("members | take 5") == "safesh> members | take 5  reads members")
    #expect(first("members | take 50") == "safesh> members | take 50")
    #expect(first("members", hint: " | take 5 and more") == "safesh> members | take …  reads members")
    #expect(first("members", columns: 19) == "> members")
  }

  @Test func aHintIsCutAtItsFirstLineEnd() {
    var painter = ScreenPainter(columns: 40, rows: 6, usesColor: false)
    var screen = Screen(columns: 40, rows: 6)
    screen.write(painter.paint(model("for", hint: " i in x {\n  print i\n}")))
    #expect(screen.lines[0] == "safesh> for i in x {…")
    #expect(screen.lines[1] == "")
  }

  /// Without a promise to break rows anew, nothing above what the terminal kept is touched.
  @Test func aResizeGoesUpOverItsOwnRowsOnly() {
    var painter = ScreenPainter(columns: 40, rows: 10, usesColor: false)
    _ = painter.paint(model("for i in [1, 2, 3] {\nprint i"))
    var cut = painter
    #expect(cut.resize(columns: 20, rows: 10, rewraps: false) == "\r\u{1b}[1A\u{1b}[J")
    #expect(painter.resize(columns: 20, rows: 10, rewraps: true) == "\r\u{1b}[2A\u{1b}[J")
  }

  @Test func aTallEntryIsCountedWhenItIsLeft() {
    var painter = ScreenPainter(columns: 40, rows: 10, usesColor: false)
    var screen = Screen(columns: 40, rows: 300)
    screen.write(painter.paint(model((1...1000).map { "\($0)" }.joined(separator: "\n")), isFinal: true))
    let shown = screen.lines.filter { !$0.isEmpty }
    #expect(shown.count == ScreenPainter.finalRows)
    #expect(shown[0] == "safesh> 1" && shown[ScreenPainter.finalRows - 2] == "801 more rows" && shown.last == "... 1000")
  }

  /// Every place of a text is found again from where it stands.
  @Test(arguments: [80, 33, 20, 7, 3, 1]) func placesAreWhereTheyAreDrawn(_ columns: Int) {
    let text = characters("members | where .name == \"漢字 e\u{301}\" {\n\n\tprint 1\n}")
    for cursor in 0...text.count where cursor == text.count || DisplayWidth.of(Unicode.Scalar(text[cursor]) ?? " ") > 0 || text[cursor] < 32 {
      let layout = ScreenLayout(text, cursor: cursor, first: 8, next: 4, columns: max(columns, 1))
      guard columns > 12 else { continue }
      #expect(layout.place(row: layout.cursor.row, column: layout.cursor.column, of: text) == cursor)
    }
    let layout = ScreenLayout(text, cursor: 0, first: 0, next: 0, columns: columns)
    let covered = layout.rows.indices.reduce(0) { $0 + layout.places($1, of: text).count }
    #expect(covered == text.count - 3)
  }
}
