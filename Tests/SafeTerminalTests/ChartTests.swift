import Testing

@testable import SafeTerminal

/// Bars and lines, without a terminal.
struct ChartTests {
  private func bars(
    _ rows: [(String, Double?)], width: Int = 40, limit: Int = 50, _ drawing: Drawing = .blocks, number: String = "n"
  ) -> [String] {
    let rows = rows.map { label, value in BarChart.Row(label, value, text: value.map { "\(Int($0))" } ?? "null") }
    return BarChart(width: width, limit: limit, drawing: drawing).lines(rows, label: "type", number: number).map(\.plain)
  }

  @Test func theLongestBarIsWhatThereIsRoomFor() {
    #expect(
      bars([("user", 8), ("owner", 2), ("admin", 1)], width: 30) == [
        "type                         n",
        "user   ████████████████████  8",
        "owner  █████                 2",
        "admin  ██▌                   1",
      ])
  }

  @Test func plainBarsAreOfOneCharacter() {
    #expect(bars([("a", 4), ("b", 1), ("c", 0)], width: 20, .ascii) == ["type               n", "a     ###########  4", "b     ###          1", "c                  0"])
  }

  @Test func whatIsNotNothingIsSeen() {
    #expect(bars([("much", 1_000_000), ("one", 1), ("none", 0)], width: 30)[2...].map { String($0.dropFirst(6).prefix(3)) } == ["▏  ", "   "])
    #expect(bars([("much", 1_000_000), ("one", 1)], width: 30, .ascii)[2].contains("# "))
  }

  @Test func belowZeroBarsGoToTheLeft() {
    #expect(
      bars([("up", 3), ("down", -1), ("none", 0)], width: 30, number: "change") == [
        "type                    change",
        "up        ████████████       3",
        "down  ████                  -1",
        "none                         0",
      ])
    #expect(bars([("a", -2), ("b", -1)], width: 20, .ascii) == ["type               n", "a     ##########  -2", "b          #####  -1"])
  }

  @Test(arguments: [[0.0, 0, 0], [5, 5, 5], [-5, -5], [1e308, -1e308], [.nan, .infinity, 1], [.leastNonzeroMagnitude, 1e308]]) func anyNumbersAreDrawn(_ values: [Double])
  {
    for drawing in [Drawing.blocks, .ascii] {
      for width in [1, 5, 20, 80] {
        let chart = BarChart(width: width, limit: 10, drawing: drawing)
        for line in chart.lines(values.map { BarChart.Row("x", $0, text: "1") }, label: "x", number: "n") { #expect(line.width <= width) }
      }
    }
    let points = values.map { Optional($0) }
    #expect(Sparkline(points).text(points).count == values.count)
  }

  @Test func allTheSameAreAllTheSame() {
    let found = bars([("a", 5), ("b", 5)], width: 20)
    #expect(found[1].dropFirst(1) == found[2].dropFirst(1))
    #expect(Sparkline([5, 5]).text([5, 5]) == "██")
    #expect(Sparkline([0, 0]).text([0, 0]) == "▁▁")
  }

  @Test func rowsThatAreCutAreCounted() {
    let found = bars((1...1234).map { ("row \($0)", Double($0)) }, limit: 10)
    #expect(found.count == 12)
    #expect(found.last == "and 1,224 more")
  }

  @Test(arguments: 1...60) func nothingIsWiderThanItMayBe(_ width: Int) {
    let rows: [(String, Double?)] = [("漢字漢字漢字漢字", 12), ("é\u{301} and much more than there is room for", 3), ("", nil), ("🎉🎉", -123_456_789)]
    for drawing in [Drawing.blocks, .ascii] {
      for line in bars(rows, width: width, limit: 3, drawing, number: "a long name of a number") { #expect(DisplayWidth.of(line) <= width, "\(line)") }
    }
  }

  @Test func aLineHasALevelForEachNumber() {
    let values: [Double?] = [0, 1, 2, 3, 4, 5, 6, 7, nil, 7]
    #expect(Sparkline(values).text(values) == "▁▂▃▄▅▆▇█ █")
    #expect(Sparkline([0, 1000, 1]).text([0, 1000, 1]) == "▁█▂", "what is not nothing is seen")
    #expect(Sparkline([-4, 0, 4]).text([-4, 0, 4]) == "▁▅█")
  }

  @Test func pointsArePutTogether() {
    #expect(Resampling.stride(of: 90, into: 40) == 3)
    #expect(Resampling.stride(of: 40, into: 40) == 1)
    #expect(Resampling.stride(of: 0, into: 40) == 1)
    #expect(Resampling.sum.points([1, 2, 3, nil, 5], stride: 2) == [3, 3, 5])
    #expect(Resampling.mean.points([1, 2, nil, nil, 5], stride: 2) == [1.5, nil, 5])
  }

  @Test func whatATerminalDrawsIsToldByTheEnvironment() {
    #expect(!Terminal.isPlain { ["TERM": "xterm"][$0] })
    #expect(Terminal.isPlain { ["TERM": "dumb"][$0] })
    #expect(Terminal.isPlain { ["TERM": "xterm", "SAFESH_PLAIN": "1"][$0] })
    #expect(Terminal.writesUTF8 { _ in nil })
    #expect(Terminal.writesUTF8 { ["LANG": "de_DE.UTF-8"][$0] })
    #expect(!Terminal.writesUTF8 { ["LANG": "de_DE.UTF-8", "LC_ALL": "C"][$0] })
    #expect(Terminal.writesUTF8 { ["LANG": "C", "LC_CTYPE": "C.utf8"][$0] })
  }
}
