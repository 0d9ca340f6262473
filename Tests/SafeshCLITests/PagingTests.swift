import Foundation
import SafeAutomation
import SafeLanguage
import Testing

@testable import SafeTerminal
@testable import SafeshCLI

/// Screenfuls and records, without a terminal.
struct PagingTests {
  @Test func aValueIsShownBitByBit() {
    var shown = ShownValue(.range(0, 100), .list(.int))
    #expect(shown.next(fitting: 40) == 0..<40)
    #expect(shown.rest == 60)
    #expect(shown.next(fitting: 40) == 40..<80)
    #expect(shown.next(fitting: 40) == 80..<100)
    #expect(shown.rest == 0)
    #expect(shown.next(fitting: 40).isEmpty)
  }

  @Test func nobodyIsToldOfASingleLine() {
    var shown = ShownValue(.range(0, 41), .list(.int))
    #expect(shown.next(fitting: 40) == 0..<41)
    var longer = ShownValue(.range(0, 42), .list(.int))
    #expect(longer.next(fitting: 40) == 0..<40)
  }

  @Test func recordsAreWalkedThrough() {
    var walk = RecordWalk(records: 3, height: 10)
    #expect(walk.first == .show(record: 0, from: 0))
    #expect(walk.take(.back, lines: 5) == .nothing)
    #expect(walk.take(.next, lines: 5) == .show(record: 1, from: 0))
    #expect(walk.take(.next, lines: 25) == .show(record: 1, from: 10))
    #expect(walk.take(.next, lines: 25) == .show(record: 1, from: 20))
    #expect(walk.take(.back, lines: 25) == .show(record: 1, from: 10))
    #expect(walk.take(.next, lines: 25) == .show(record: 1, from: 20))
    #expect(walk.take(.next, lines: 25) == .show(record: 2, from: 0))
    #expect(walk.take(.next, lines: 10) == .end)
    #expect(walk.take(.leave, lines: 10) == .end)
    #expect(RecordWalk(records: 0, height: 10).first == .end)
  }

  @Test func keysMeanWhatPeopleExpect() {
    for bytes: [UInt8] in [[13], [10], [32], [27, 91, 66]] { #expect(RecordWalk.Key(bytes) == .next) }
    for bytes: [UInt8] in [[98], [27, 91, 65]] { #expect(RecordWalk.Key(bytes) == .back) }
    for bytes: [UInt8] in [[113], [27], [3], [4]] { #expect(RecordWalk.Key(bytes) == .leave) }
    #expect(RecordWalk.Key([120]) == nil)
  }

  @Test func longTextsAreParted() {
    #expect(RecordText.wrapped("one two three", 7) == ["one two", "three"])
    #expect(RecordText.wrapped("onetwothree", 4) == ["onet", "woth", "ree"])
    #expect(RecordText.wrapped("漢字漢字", 5) == ["漢字", "漢字"])
    #expect(RecordText.wrapped("a\nb\n", 5) == ["a", "b", ""])
    #expect(RecordText.wrapped("", 5) == [""])
    #expect(RecordText.wrapped("漢", 1) == ["漢"])
    #expect(RecordText.wrapped("a\u{1b}[31m", nil) == ["a\\u{1b}[31m"])
  }

  @Test(arguments: [20, 40, 80]) func nothingOfARecordIsLost(_ width: Int) async throws {
    let script = #"[{ name: "Ann", address: "a street of a long name 17, a town of a longer name", none: null, aFieldOfALongName: [1, 2, 3] }]"#
    guard case .value(.table(let table), _)? = try await ShownTests.outputs(script).first else {
      Issue.record("there is no table")
      return
    }
    let lines = RecordText(schema: SecretSafeSchema.schema, canvas: Canvas(size: (width, 24))).lines(Row(table, 0)).map(\.plain)
    for line in lines { #expect(DisplayWidth.of(line) <= width, "\(line)") }
    let all = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
    for word in ["name", "Ann", "street", "longer", "null", "[1, 2, 3]", "aFieldOfALongName"] { #expect(all.contains(word), "\(lines)") }
  }

  @Test func aPagerIsChosen() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(FileManager.default.createFile(atPath: folder.appendingPathComponent("less").path, contents: nil, attributes: [.posixPermissions: 0o700]))
    #expect(Pager.line(isPlain: false) { ["PAGER": "most -s"][$0] } == "most -s")
    #expect(Pager.line(isPlain: false) { ["PAGER": ""][$0] } == nil)
    #expect(Pager.line(isPlain: true) { ["PAGER": "less"][$0] } == nil)
    #expect(Pager.line(isPlain: false) { ["PATH": "/nowhere"][$0] } == nil)
    #expect(Pager.line(isPlain: false) { ["PATH": "/nowhere:\(folder.path)"][$0] } == "less -FRS")
  }
}

/// Days and times with what lies between them.
struct TimeAxisTests {
  private let day = 20_000

  @Test func daysBetweenAreFilledIn() {
    let axis = TimeAxis(days: [day + 3, day, day + 1, day])
    #expect(axis.points == [day, day + 1, day + 2, day + 3])
    #expect(axis.step == .day)
    #expect(axis.places[day + 3] == 3)
  }

  @Test func weeksAndMonthsAreNoDays() {
    #expect(TimeAxis(days: [day, day + 14, day + 21]).points == [day, day + 7, day + 14, day + 21])
    let months = TimeAxis(days: [Calendar.days(year: 2025, month: 11, day: 1), Calendar.days(year: 2026, month: 2, day: 1)])
    #expect(months.step == .month)
    #expect(months.points.map { Calendar.text(date: $0) } == ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"])
    let years = TimeAxis(days: [2020, 2023].map { Calendar.days(year: $0, month: 1, day: 1) })
    #expect(years.points.count == 4)
  }

  @Test func timesHaveTheStepThatAllAreOf() {
    let hour = 3_600_000_000
    #expect(TimeAxis(times: [0, 3 * hour]).points.count == 4)
    #expect(TimeAxis(times: [0, 48 * hour]).step == .day)
    let uneven = TimeAxis(times: [5, 1, hour])
    #expect(uneven.points == [1, 5, hour])
    #expect(uneven.step == nil)
  }

  @Test func whatIsFarApartIsNotFilledIn() {
    let axis = TimeAxis(times: [0, 60_000_000, 200_000 * 60_000_000])
    #expect(axis.points.count == 3)
    #expect(axis.step == nil)
    #expect(TimeAxis(days: []).points.isEmpty)
    #expect(TimeAxis(days: [day]).points == [day])
  }
}
