internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// A plan as people read it: what would be other, then what it takes and what to look at twice.
struct PlanText {
  /// Lines of the difference that are shown: nobody reads thousands, and the data has them all.
  private static let shownLines = 200
  /// Failed rows that are shown.
  private static let shownFailures = 50

  private let plan: Plan
  private let color: Bool

  init(_ plan: Plan, color: Bool) {
    self.plan = plan
    self.color = color
  }

  var text: String {
    let (lines, count) = plan.difference.lines(atMost: Self.shownLines)
    var text = DifferenceText(color: color).lines(lines)
    if count > lines.count { text += Style.dim.applied(to: "… \(count - lines.count) more lines; --output json and --out have all", color: color) + "\n" }
    if count > 0 { text += "\n" }
    return text + summary + failures
  }

  /// The first lines of what would be other, and the counts: what somebody reads who just typed the line.
  var short: String {
    let (lines, count) = plan.difference.lines(atMost: Self.fewLines + 1)
    // A line that says that there is one more takes as much room as that one.
    let shown = count > Self.fewLines + 1 ? lines.prefix(Self.fewLines) : lines[...]
    let rest = count - shown.count
    let more = rest > 0 ? Style.dim.applied(to: "… \(TableLayout.grouped(rest)) more lines", color: color) + "\n" : ""
    return DifferenceText(color: color).lines(shown) + more + counts + failures
  }
  private static let fewLines = 12

  private var counts: String {
    plan.difference.summary.map { $0 + "\n" }.joined() + plan.warnings.map { Style.warning.applied(to: "warning: \($0)", color: color) + "\n" }.joined()
  }

  /// Without what is other about each object, and without the rows that would fail.
  var summary: String {
    var text = plan.difference.summary.map { $0 + "\n" }.joined()
    for (label, line) in facts { text += Style.dim.applied(to: label.padding(to: 10), color: color) + line + "\n" }
    for warning in plan.warnings { text += Style.warning.applied(to: "warning: \(warning)", color: color) + "\n" }
    if plan.result.failedRows > 0 {
      text += Style.error.applied(to: "\(plan.result.failedRows) \(plan.result.failedRows == 1 ? "row" : "rows") would fail", color: color) + "\n"
    }
    return text
  }

  private var facts: [(String, String)] {
    var facts = [("requests", requests(plan.requests))]
    if plan.isMerged { facts.append(("merged", requests(plan.merged))) }
    let merged = PlannedTime.text(plan.mergedTime.seconds)
    let time = plan.mergedTime.seconds == plan.time.seconds ? merged : "\(merged), unmerged \(PlannedTime.text(plan.time.seconds))"
    switch plan.time.basis {
    case .known: facts.append(("time", "at least \(time) at the limits that are known of the server"))
    case .cloud where !plan.requests.writes.isEmpty: facts.append(("time", "at least \(time) if the server has the cloud's limits"))
    case .cloud, .none: break
    }
    if !plan.irreversible.isEmpty { facts.append(("for good", plan.irreversible.joined(separator: ", "))) }
    if !plan.saved.isEmpty { facts.append(("saves", plan.saved.map { "\($0.path) (\($0.bytes.count) bytes)" }.joined(separator: ", "))) }
    return facts
  }

  private func requests(_ requests: [PlannedRequests]) -> String {
    var writes = requests.writes.map { "\($0.count) \($0.summary)" }.joined(separator: ", ")
    if writes.isEmpty { writes = "none that change something" }
    return writes + (requests.reads > 0 ? "; \(requests.reads) that read" : "")
  }

  private var failures: String {
    var text = ""
    let shown = plan.failures.prefix(Self.shownFailures)
    let width = min(32, shown.map(\.place.count).max() ?? 0)
    for failure in shown { text += "  \(failure.place.padding(to: width + 2))\(failure.reason)\n" }
    let rest = plan.failures.count - shown.count
    if rest > 0 { text += "  … \(rest) more\n" }
    return text
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
