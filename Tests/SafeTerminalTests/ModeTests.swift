import Testing

@testable import SafeTerminal

/// What stands around the line and takes its keys: the menu, the search, the gate of a paste.
struct ModeTests {
  private func characters(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
  private func sequence(_ text: String) -> KeyReader.Key { .sequence([27] + characters(text)) }

  // MARK: completion

  @Test func completionsHaveACommonBeginning() {
    let list = CompletionList(range: 0..<1, candidates: [.init("select"), .init("sort"), .init("skip")])
    #expect(list.commonPrefix == "s")
  }

  private func menu(_ count: Int, selected: Int? = 0) -> CompletionMenu {
    CompletionMenu((0..<count).map { .init("word\($0)", help: "help \($0)") }, range: 0..<0, selected: selected)
  }

  private func shown(_ menu: inout CompletionMenu, columns: Int = 24, rows: Int = 12) -> [String] {
    menu.lines(columns: columns, rows: rows).map { line in
      line.pieces.map { $0.style == .selected ? "[\($0.text)]" : $0.text }.joined().replacing(/\ +$/, with: "")
    }
  }

  @Test func aMenuHasColumnsAndALineOfHelp() {
    var menu = menu(7)
    #expect(shown(&menu) == ["  [word0]  word3  word6", "  word1  word4", "  word2  word5", "  help 0"])
    var nothing = self.menu(3, selected: nil)
    #expect(shown(&nothing) == ["  word0  word1  word2"])
  }

  @Test func keysMoveInAMenu() {
    var menu = menu(7)
    func press(_ keys: KeyReader.Key...) -> Int? {
      for key in keys { #expect(menu.feed(key, columns: 24, rows: 12) == .shown) }
      return menu.selected
    }
    #expect(press(.character(9)) == 1)
    #expect(press(sequence("[Z"), sequence("[Z")) == 6)
    #expect(press(.character(9)) == 0)
    #expect(press(sequence("[C")) == 3)
    #expect(press(sequence("[B")) == 4)
    #expect(press(sequence("[C")) == 1)
    #expect(press(sequence("[D")) == 4)
    #expect(press(sequence("[A"), sequence("[A")) == 2)
    #expect(press(sequence("[F")) == 6)
    #expect(press(sequence("OH")) == 0)
    #expect(menu.feed(.character(13), columns: 24, rows: 12) == .taken(menu.candidates[0]))
  }

  @Test func aMenuClosesByEscapeAndByTyping() {
    for key in [KeyReader.Key.escape, .character(3), .character(7)] {
      var menu = menu(3)
      #expect(menu.feed(key, columns: 80, rows: 24) == .closed)
    }
    for key in [KeyReader.Key.character(97), .character(127), .alt(102), .paste([97])] {
      var menu = menu(3)
      #expect(menu.feed(key, columns: 80, rows: 24) == .passed)
    }
    var unselected = menu(3, selected: nil)
    #expect(unselected.feed(.character(13), columns: 80, rows: 24) == .passed)
  }

  @Test func aTallMenuScrollsInHalfOfTheScreen() {
    var menu = menu(40)
    #expect(shown(&menu, columns: 20, rows: 8).count == 4)
    for _ in 0..<5 { _ = menu.feed(.character(9), columns: 20, rows: 8) }
    let lines = shown(&menu, columns: 20, rows: 8)
    #expect(lines[2].contains("[word5]") && lines[3] == "  6 of 40  help 5")
    for columns in [20, 40, 7, 5, 2, 1] {
      for rows in [4, 5, 24] { #expect(shown(&menu, columns: columns, rows: rows).count <= max(2, rows / 2)) }
    }
  }

  // MARK: search

  private let entries = ["members | take 5", "groups", "Members | count", "groups", "invite a"]

  @Test func aSearchGoesThroughTheHistory() {
    var search = HistorySearch(EntryTexts(entries.map(characters)))
    for value in characters("mem") { #expect(search.feed(.character(value)) == .shown) }
    #expect(search.match?.entry == characters("Members | count"))
    #expect(search.match?.range == 0..<3)
    #expect(search.feed(.character(18)) == .shown)
    #expect(search.match?.entry == characters("members | take 5"))
    #expect(search.feed(.character(18)) == .refused)
    #expect(search.feed(.character(19)) == .shown)
    #expect(search.match?.entry == characters("Members | count"))
    #expect(search.feed(.character(13)) == .ended(characters("Members | count"), key: .character(13)))
  }

  @Test func aCapitalLetterIsMeant() {
    var search = HistorySearch(EntryTexts(entries.map(characters)))
    _ = search.feed(.character(77))
    #expect(search.match?.entry == characters("Members | count"))
    #expect(search.feed(.character(18)) == .refused)
  }

  @Test func aSearchThatFindsNothingChangesNothing() {
    var search = HistorySearch(EntryTexts(entries.map(characters)))
    for value in characters("zzz") { _ = search.feed(.character(value)) }
    #expect(search.line == "not found: zzz")
    #expect(search.feed(.escape) == .ended(nil, key: nil))
    _ = search.feed(.character(21))
    #expect(search.line == "search: ")
    #expect(search.feed(.character(3)) == .ended(nil, key: .character(3)))
    var empty = HistorySearch(EntryTexts())
    #expect(empty.feed(.character(97)) == .shown)
    #expect(empty.feed(.character(18)) == .refused)
  }

  @Test func aPatternCanBePasted() {
    var search = HistorySearch(EntryTexts(entries.map(characters)))
    #expect(search.feed(.paste(characters("take\nmore"))) == .shown)
    #expect(search.match?.range == 10..<14)
    #expect(search.feed(.character(127)) == .shown)
    #expect(search.pattern == characters("tak"))
  }

  // MARK: paste

  @Test func aTallPasteWaitsForEnter() {
    var gate = PasteGate(characters("1\n2\n3\n"), room: 100)
    #expect(gate.line == "pasted 3 lines, 6 characters; Enter takes them, Ctrl-C drops them")
    for key in [KeyReader.Key.character(97), .sequence([27, 91, 65]), .character(4), .alt(13)] { #expect(gate.feed(key) == .refused) }
    #expect(gate.feed(.paste([52])) == .shown)
    var dropped = gate
    #expect(gate.feed(.character(13)) == .taken(characters("1\n2\n3\n4")))
    #expect(dropped.feed(.character(3)) == .dropped)
  }

  @Test func aPasteThatAnEntryCannotHoldIsNotCut() {
    var gate = PasteGate(characters("12345"), room: 4)
    #expect(gate.feed(.character(13)) == .refused)
    #expect(gate.line.contains("more than the 4 characters"))
    #expect(gate.feed(.character(3)) == .dropped)
  }
}
