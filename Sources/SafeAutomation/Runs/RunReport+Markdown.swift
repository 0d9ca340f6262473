internal import SafeLanguage
internal import SecretSafeAPI

/// A page to read, or to put into a ticket.
extension RunReport {
  /// Rows that the page shows; whoever has more to look at takes the CSV.
  static let shownRows = 1_000

  func writeMarkdown(to sink: SaveSink) throws(RunError) {
    var text = "# \(Self.escaped(run.script.path)) on \(Self.escaped(run.target.name))\n\n"
    if let error { text += "**Ended early:** \(Self.escaped(error))\n\n" }
    let facts: [(String, String?)] = [
      ("Run", isKept ? run.id.description : nil), ("Target", [run.target.name, run.target.address].compactMap(\.self).joined(separator: ", ")),
      ("Began", run.created.description), ("Took", seconds.map { "\(Decimals.text($0, 1)) s" }), ("Mode", run.mode.rawValue),
      ("Exit status", run.exitStatus.map { "\($0)" }),
    ]
    text += Self.table(["", ""], facts.compactMap { name, value in value.map { [name, $0] } })
    text += "\n## Rows\n\n"
    let counts = LedgerStatus.allCases.compactMap { status in ledger.counts[status].map { [status.rawValue, "\($0)"] } }
    text += counts.isEmpty ? "None.\n" : Self.table(["Status", "Rows"], counts, right: 1)
    text += "\n## Calls\n\n"
    text += run.calls.isEmpty ? "None that changed something.\n" : Self.table(["Verb", "Calls"], run.calls.map { [$0.verb, "\($0.count)"] }, right: 1)
    let failures = Array(ledger.failures.prefix(Self.shownRows))
    if !failures.isEmpty {
      text += "\n## Failed rows\n\n" + Self.table(["Row", "Status", "Reason"], failures.map { [$0.place, $0.status.rawValue, $0.reason] })
      let more = LedgerStatus.allCases.filter(\.isFailure).reduce(0) { $0 + (ledger.counts[$1] ?? 0) } - failures.count
      if more > 0 { text += "\n\(more) more are in the ledger.\n" }
    }
    try sink(Array(text.utf8))
  }

  /// `right` is a column of numbers.
  private static func table(_ titles: [String], _ rows: [[String]], right: Int? = nil) -> String {
    let rule = titles.indices.map { $0 == right ? "---:" : "---" }
    let lines = [titles, rule] + rows.map { $0.map(escaped) }
    return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private static let marks = Set("\\`*_[]<>|#~".unicodeScalars)

  /// Text that Markdown takes for nothing else, on one line.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..."\u{1f}", "\u{7f}": escaped += " "
      case "&": escaped += "&amp;"
      default:
        if marks.contains(scalar) { escaped += "\\" }
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
