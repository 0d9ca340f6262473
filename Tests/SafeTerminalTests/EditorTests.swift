import Glibc
import Testing

@testable import SafeTerminal

/// The pieces of the editor that need no terminal: keys, history, undo.
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
    #expect(keys([0, 0x1c]) == [.character(0x1c)])
    #expect(keys(Array("\u{1b}]0;title\u{7}x".utf8)) == [.character(120)])
  }

  @Test(arguments: [
    ("a\r\nb\rc\nd", "a\nb\nc\nd"), ("x\u{3}\u{1a}\u{1c}y", "xy"), ("\u{1b}[31mred", "[31mred"), ("\u{1b}[201x", "[201x"), ("ä\t€", "ä\t€"), ("", ""),
    ("a\u{85}b\u{2028}c\u{2029}d", "a\nb\nc\nd"), ("a\n\rb", "a\n\nb"),
  ])
  func aPasteIsTextAndNoKeys(_ pasted: String, _ expected: String) {
    #expect(keys(Array("\u{1b}[200~\(pasted)\u{1b}[201~".utf8)) == [.paste(characters(expected))])
  }

  /// Codes that are longer than they need be hide control characters.
  @Test(arguments: [[0xe0, 0x80, 0x9b], [0xf0, 0x80, 0x80, 0x8d], [0xc0, 0x8a], [0xed, 0xa0, 0x80], [0xc3]] as [[UInt8]])
  func noBytesOfAPasteAreControlCharacters(_ bytes: [UInt8]) {
    let found = keys(Array("\u{1b}[200~".utf8) + bytes + Array("\u{1b}[201~".utf8))
    guard case .paste(let text)? = found.first, found.count == 1 else {
      Issue.record("\(found)")
      return
    }
    #expect(!text.isEmpty && text.allSatisfy { $0 == 0xfffd })
  }

  @Test func aPasteWithoutAnEndIsLeftByControlC() {
    var reader = KeyReader()
    for byte in "\u{1b}[200~abc\u{3}".utf8 { #expect(reader.feed(byte) == []) }
    #expect(reader.isPasting && reader.patience == KeyReader.pasteMilliseconds)
    #expect(reader.timeout() == [])
    #expect(reader.isStalled)
    #expect(reader.feed(100) == [])
    #expect(!reader.isStalled)
    #expect(reader.timeout() == [])
    #expect(reader.feed(3) == [])
    #expect(!reader.isPasting && !reader.isStalled && reader.patience == nil)
    #expect(reader.feed(97) == [.character(97)])
  }

  @Test func whatWasTypedAheadOfACancelledCommandIsText() {
    #expect(TypedAhead.text(Array("1 +\u{7f}* 2\r\u{1b}[Ax\r".utf8)) == characters("1 * 2\nx"))
    #expect(TypedAhead.text(Array("\r\u{3}".utf8)) == nil)
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
    for entry in ["members", "groups", "members | take 1", "members | take 1"] { history.add(HistoryEntry(time: nil, outcome: nil, text: entry)) }
    #expect(history.entries.count == 3)
    #expect(history.records.count == 4)
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
  }

  @Test func hintsAreOfWhatWentWell() {
    var history = EntryHistory()
    for (text, outcome) in [("members | take 1", "ok"), ("members | tkae 2", "error"), ("groups | cuont", "error")] {
      history.add(HistoryEntry(time: nil, outcome: outcome, text: text))
    }
    #expect(history.hint(for: characters("mem")) == characters("bers | take 1"))
    #expect(history.hint(for: characters("gr")) == characters("oups | cuont"), "better than none")
    // What came of the latest is told later; the same line again may do better.
    history.add(HistoryEntry(time: nil, outcome: nil, text: "members | sort"))
    #expect(history.hint(for: characters("mem")) == characters("bers | sort"))
    history.note("error")
    #expect(history.hint(for: characters("mem")) == characters("bers | take 1"))
    history.add(HistoryEntry(time: nil, outcome: nil, text: "members | sort"))
    #expect(history.hint(for: characters("mem")) == characters("bers | sort"))
    for number in 0...EntryHistory.maximumEntries { history.add(HistoryEntry(time: nil, outcome: number % 2 == 0 ? "error" : "ok", text: "n\(number)")) }
    #expect(history.hint(for: characters("n999")) == characters("9"))
  }

  @Test(arguments: ["a\nb", "back\\slash", "\\n", "x\\\ny", "r\r\n", "2026-11-29T20:16:44Z\tok       \tx"]) func historyLinesReadBack(_ text: String) {
    for outcome in [nil, "ok", "cancelled"] {
      let entry = HistoryEntry(time: "2026-11-29T20:16:44Z", outcome: outcome, text: text)
      let line = HistoryLine.line(entry)
      #expect(line.utf8.filter { $0 == 10 || $0 == 13 }.count == 1)
      #expect(HistoryLine.entry(Array(line.utf8.dropLast())[...]) == entry)
    }
  }

  @Test func aHistoryWithoutTimesIsRead() {
    #expect(HistoryLine.entry(Array("for i in x {\\n  print i\\n}".utf8)[...]) == HistoryEntry(time: nil, outcome: nil, text: "for i in x {\n  print i\n}"))
  }

  @Test func manyEntriesLoseTheOldest() {
    var history = EntryHistory()
    for number in 0...EntryHistory.maximumEntries { history.add(HistoryEntry(time: nil, outcome: nil, text: "\(number)")) }
    #expect(history.entries.count == EntryHistory.maximumEntries && history.records.count == EntryHistory.maximumEntries)
    #expect(history.entries.first == characters("1")[...])
    history.note("ok")
    #expect(history.records.last?.outcome == "ok")
    for number in 1...(2 * EntryHistory.maximumEntries) { history.add(HistoryEntry(time: nil, outcome: nil, text: "more \(number)")) }
    #expect(history.entries.first == characters("more 10001")[...] && history.entries.last == characters("more 20000")[...])
    #expect(history.entries.count == EntryHistory.maximumEntries && history.entries[4_999] == characters("more 15000")[...])
    #expect(history.hint(for: characters("more 1999")) == characters("9") && history.hint(for: characters("more 9")) == nil)
  }

  /// However often it is told, the pipe keeps room for signals; and what is told after a look is not lost.
  @Test func manyChangesAreOne() {
    let waker = EditorWaker()
    var bytes = [UInt8](repeating: 9, count: 10)
    for _ in 0..<100_000 { waker.wake() }
    #expect(read(waker.reading, &bytes, 10) == 1 && bytes[0] == EditorWaker.change)
    #expect(read(waker.reading, &bytes, 10) == -1)
    waker.take()
    waker.wake()
    #expect(read(waker.reading, &bytes, 10) == 1)
  }

  /// What is read at once when the prompt begins is what adding every entry would have made.
  @Test func aHistoryOfAFileIsThatOfItsEntries() {
    let file = [
      "2026-11-29T20:16:44Z\tok       \tmembers | take 1", "2026-11-29T20:16:45Z\terror    \tmembers | tkae 1", "2026-11-29T20:16:46Z\terror    \tgroups",
      "2026-11-29T20:16:47Z\tok       \tgroups", "", "2026-11-29T20:16:48Z\t-        \tfor m in members {\\n  print \"ü\\\\n€\"\\n}", "without a time",
      "2026-11-29T20:16:49Z\tok",
      "2026-11-29T20:16:50Z\terror    \t",
    ]
    let lines = HistoryLines.latest(100, of: Array(file.joined(separator: "\n").utf8)).lines
    var (read, added) = (EntryHistory(lines), EntryHistory())
    for entry in lines.entries { added.add(entry) }
    #expect(lines.entries.count == 8 && lines.entries[4].text == "for m in members {\n  print \"ü\\n€\"\n}" && lines.entries[4].outcome == nil)
    #expect(lines.entries[6] == HistoryEntry(time: nil, outcome: nil, text: "2026-11-29T20:16:49Z\tok"))
    for text in ["m", "g", "for", "w", "2"] { #expect(read.hint(for: characters(text)) == added.hint(for: characters(text)), "\(text)") }
    #expect(read.hint(for: characters("m")) == characters("embers | take 1") && read.hint(for: characters("g")) == characters("roups"))
    #expect(read.entries.map(Array.init) == added.entries.map(Array.init) && read.entries.count == 6 && read.records == added.records && read.records == lines.entries)
    // What comes of an entry is told of those of this prompt only.
    read.note("cancelled")
    #expect(read.records == lines.entries)
    for history in [read, added] {
      var history = history
      history.add(HistoryEntry(time: nil, outcome: nil, text: "without a time"))
      history.note("error")
      #expect(history.entries.count == 7 && history.records.count == 9 && history.records.last?.outcome == "error")
      #expect(history.move(older: true, text: [], cursor: 0) == characters("without a time"))
    }
    #expect(HistoryLines.latest(2, of: Array("a\n\nb\nc".utf8)).lines.entries.map(\.text) == ["b", "c"])
    #expect(HistoryLines.latest(2, of: Array("a\n\nb\nc".utf8)).all == 3)
  }

  /// Of two prompts, one of which was ended in the middle of a write.
  @Test func aTornLineStaysAnEntryOfItsOwn() throws {
    var pattern = Array("/tmp/safesh-history.XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&pattern).map { String(cString: $0) })
    let files = [HistoryFile(path: folder + "/history"), HistoryFile(path: folder + "/history")]
    defer {
      unlink(files[0].path)
      rmdir(folder)
    }
    let entries = (0..<4).map { HistoryEntry(time: HistoryEntry.timestamp(time_t($0)), outcome: nil, text: "entry \($0)") }
    for (number, entry) in entries.prefix(2).enumerated() { _ = files[number].append(entry) }
    #expect(files[0].load().entries == Array(entries[..<2]))
    let torn = try #require(fopen(files[0].path, "a"))
    fputs("members | ta", torn)
    fclose(torn)
    #expect(files[0].load().entries.last?.text == "members | ta")
    let places = entries[2...].enumerated().map { files[$0].append($1) }
    files[0].note("ok", of: entries[2], at: try #require(places[0]))
    #expect(files[1].load().entries.map(\.text) == ["entry 0", "entry 1", "members | ta", "entry 2", "entry 3"])
    #expect(files[1].load().entries.map(\.outcome) == [nil, nil, nil, "ok", nil])
  }

  @Test func theHistoryFileKeepsOutcomesAndItsOwnSize() throws {
    var pattern = Array("/tmp/safesh-history.XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&pattern).map { String(cString: $0) })
    let file = HistoryFile(path: folder + "/history")
    defer {
      unlink(file.path)
      rmdir(folder)
    }
    let entries = (0..<2).map { HistoryEntry(time: HistoryEntry.timestamp(time_t($0)), outcome: nil, text: "entry \($0)\nmore") }
    let places = entries.map { file.append($0) }
    file.note("ok", of: entries[1], at: try #require(places[1]))
    // A place that is another entry's by now.
    file.note("error", of: entries[1], at: try #require(places[0]))
    var noted = entries
    noted[1].outcome = "ok"
    #expect(file.load().entries == noted)
    #expect(noted[1].time == "1970-01-01T00:00:01Z")
    for number in 0..<(2 * EntryHistory.maximumEntries) { _ = file.append(HistoryEntry(time: nil, outcome: nil, text: "\(number)")) }
    #expect(file.load().entries.count == EntryHistory.maximumEntries)
    #expect(file.load().entries.last?.text == "\(2 * EntryHistory.maximumEntries - 1)")
    var facts = stat()
    #expect(stat(file.path, &facts) == 0 && facts.st_mode & 0o777 == 0o600 && facts.st_size < 70_000)
  }

  @Test func undoGoesBackInSteps() {
    var undo = UndoStack()
    for length in 0...3 { undo.remember(Array(characters("abc")[..<length]), length) }
    undo.remember(characters("abc "), 4)
    let step = undo.undo(characters("abc "))
    #expect(step?.text == characters("abc"))
    #expect(undo.undo(characters("abc"))?.text == [])
  }

  @Test func lettersTypedElsewhereAreAnotherStep() {
    var undo = UndoStack()
    for length in 0...3 { undo.remember(Array(characters("abc")[..<length]), length) }
    undo.remember(characters("abc"), 1)
    undo.remember(characters("axbc"), 2)
    #expect(undo.undo(characters("axbc"))?.text == characters("abc"))
  }
}
