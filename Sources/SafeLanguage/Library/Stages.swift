/// A stage as data: completion, `help` and the reference read this; its grammar is in `Parser+Stages`.
public struct StageEntry: Sendable {
  public let name: String
  /// What may follow `|`, as the reference writes it.
  public let syntax: String
  public let summary: String
  /// Whether it is a call as elsewhere, so that the parser knows no grammar of its own for it.
  public let isCall: Bool
  /// A pipeline and what it gives.
  public let example: (code: String, result: String)

  init(_ name: String, _ syntax: String, _ summary: String, isCall: Bool = false, _ code: String, _ result: String) {
    self.name = name
    self.syntax = syntax
    self.summary = summary
    self.isCall = isCall
    example = (code, result)
  }
}

extension Library {
  static let standardStages: [StageEntry] = [
    StageEntry(
      "where", "where CONDITION", "keeps the rows that the condition holds for", "[{ n: 1 }, { n: 2 }] | where .n > 1", "[{ n: 2 }]"),
    StageEntry(
      "select", "select .a, b = …", "makes rows of these columns", "[{ n: 1, m: 2 }] | select .n, sum = .n + .m", "[{ n: 1, sum: 3 }]"),
    StageEntry("extend", "extend b = …", "adds columns, or puts others in their place", "[{ n: 1 }] | extend twice = .n * 2", "[{ n: 1, twice: 2 }]"),
    StageEntry(
      "sort", "sort .a, -.b", "orders the rows, the least first; `-` for descending, null last both ways", "[{ n: 1 }, { n: 3 }, { n: 2 }] | sort -.n",
      "[{ n: 3 }, { n: 2 }, { n: 1 }]"),
    StageEntry("take", "take N", "the first rows", "[1, 2, 3] | take 2", "[1, 2]"),
    StageEntry("skip", "skip N", "all but the first rows", "[1, 2, 3] | skip 2", "[3]"),
    StageEntry(
      "distinct", "distinct [.a]", "each row once, or the whole first row of each value of `.a`", #"[{ a: 1, b: "x" }, { a: 1, b: "y" }] | distinct .a"#,
      #"[{ a: 1, b: "x" }]"#),
    StageEntry(
      "summarize", "summarize n = count(), s = sum(.a) by .b", "a row for each group, in the order of their first; without `by` one row for all",
      #"[{ t: "a", n: 1 }, { t: "b", n: 2 }, { t: "a", n: 3 }] | summarize total = sum(.n) by .t"#, #"[{ t: "a", total: 4 }, { t: "b", total: 2 }]"#),
    StageEntry(
      "expand", "expand b = .list", "repeats the row for each element of the list, as `.b`", "[{ a: 1, list: [10, 20] }] | expand b = .list | select .a, .b",
      "[{ a: 1, b: 10 }, { a: 1, b: 20 }]"),
    StageEntry(
      "join", "join [left] [r =] TABLE on .key, .a == .b",
      "a row for each match, with the columns of both; `left` keeps rows without one, `r =` puts the right row under `.r`",
      #"[{ k: 1, a: "x" }, { k: 2, a: "y" }] | join left ([{ k: 1, b: true }]) on .k"#, #"[{ k: 1, a: "x", b: true }, { k: 2, a: "y", b: null }]"#),
    StageEntry(
      "each", "each [x] [par N] [key .a] { … } [on error stop|skip|collect]",
      "does a block for each row, N at once, rows of equal key one after another; gives `ok value error input origin`",
      "[1, 2] | each n { n * 10 } | select .ok, .value", "[{ ok: true, value: 10 }, { ok: true, value: 20 }]"),
    StageEntry(
      "save", #"save "file.csv" [format: "jsonl"]"#, "writes the value to a file, in the form that its ending says; gives nothing", isCall: true,
      #"[{ n: 1 }] | save "n.csv"; lines "n.csv""#, #"["n", "1"]"#),
    StageEntry(
      "report", "report", "tells what became of the rows of an `each`, on standard error; gives nothing", isCall: true, "[1, 2] | each { it * 10 } | report",
      "report: unchanged 2"),
    StageEntry(
      "chart", "chart", "draws the numbers of a table as bars, over a date or time as a line; where values are written as data, the table itself; gives nothing",
      isCall: true, #"[{ t: "a", n: 2 }, { t: "b", n: 1 }] | chart"#, #"chart: [{ t: "a", n: 2 }, { t: "b", n: 1 }]"#),
  ]
}
