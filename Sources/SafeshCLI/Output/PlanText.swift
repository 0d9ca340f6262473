internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// A plan as people read it: what would be other, then what it takes and what to look at twice. Of one that came to nothing there is no text.
struct PlanText {
  /// How many lines of the difference are shown: nobody reads thousands, and the data has them all.
  enum Length: Int {
    case long = 200
    /// For somebody who just typed the line.
    case short = 12
  }

  /// Failed rows that are shown.
  private static let shownFailures = 50

  private let plan: Plan
  private let color: Bool

  init(_ plan: Plan, color: Bool) {
    self.plan = plan
    self.color = color
  }

  var text: String { text(.long, ending: "; --output json and --out have all") }

  private func text(_ length: Length, ending: String) -> String {
    if plan.cameToNothing { return "" }
    let shown = shown(length, ending: ending)
    return shown + (shown.isEmpty ? "" : "\n") + summary + failures
  }

  /// The same for somebody at the prompt, who sees the first lines with it, and the others by `:more`.
  var opening: (text: String, rest: [String]) {
    let rest = whole(of: .short) == nil ? [] : plan.difference.lines.dropFirst(Length.short.rawValue).map(\.plain)
    return (text(.short, ending: ": :more shows them"), rest)
  }

  /// The first lines of what would be other, and the counts: what somebody reads who just typed the line.
  var short: String { shown(.short, ending: "") + counts + failures }

  /// All lines of the difference where a text of this length leaves some out.
  func whole(of length: Length) -> (() -> String)? {
    let count = plan.difference.lines(atMost: 0).count
    // Of a large plan it is large, and few ask for it.
    return count > Self.most(length) ? { DifferenceText(color: color).lines(plan.difference.lines) } : nil
  }

  /// A line that says that there is one more takes as much room as that one.
  private static func most(_ length: Length) -> Int { length.rawValue + 1 }

  private func shown(_ length: Length, ending: String) -> String {
    let (lines, count) = plan.difference.lines(atMost: Self.most(length))
    let shown = count > lines.count ? lines.prefix(length.rawValue) : lines[...]
    let rest = count - shown.count
    let more = rest > 0 ? Style.dim.applied(to: "… \(TableLayout.grouped(rest)) more lines\(ending)", color: color) + "\n" : ""
    return DifferenceText(color: color).lines(shown) + more
  }

  private var counts: String { changes + forGood.map { line($0) }.joined() + warnings }

  /// What would be other, by its counts.
  private var changes: String {
    guard plan.cancelsOut else { return plan.difference.summary.map { $0 + "\n" }.joined() }
    return "no difference: \(plan.changes == 1 ? "the change leaves" : "the \(plan.changes) changes leave") everything as it is\n"
  }

  private var warnings: String { plan.warnings.map { Style.warning.applied(to: "warning: \($0)", color: color) + "\n" }.joined() }

  private func line(_ fact: (label: String, text: String)) -> String { Style.dim.applied(to: fact.label.padding(to: 10), color: color) + fact.text + "\n" }

  /// Without what is other about each object, and without the rows that would fail.
  var summary: String {
    var text = changes + facts.map { line($0) }.joined() + warnings
    if plan.result.failedRows > 0 {
      text += Style.error.applied(to: "\(plan.result.failedRows) \(plan.result.failedRows == 1 ? "row" : "rows") would fail", color: color) + "\n"
    }
    return text
  }

  private var facts: [(label: String, text: String)] {
    var facts = [(label: "requests", text: requests(plan.requests))]
    if plan.isMerged { facts.append(("merged", requests(plan.merged))) }
    let merged = PlannedTime.text(plan.mergedTime.seconds)
    let time = plan.mergedTime.seconds == plan.time.seconds ? merged : "\(merged), unmerged \(PlannedTime.text(plan.time.seconds))"
    switch plan.time.basis {
    case .known: facts.append(("time", "at least \(time) at the limits that are known of the server"))
    case .cloud where !plan.requests.writes.isEmpty: facts.append(("time", "at least \(time) if the server has the cloud's limits"))
    case .cloud, .none: break
    }
    facts += forGood
    if !plan.saved.isEmpty { facts.append(("saves", plan.saved.map { "\($0.path) (\($0.bytes.count) bytes)" }.joined(separator: ", "))) }
    return facts
  }

  /// What no later run can take back.
  private var forGood: [(label: String, text: String)] { plan.irreversible.isEmpty ? [] : [("for good", plan.irreversible.joined(separator: ", "))] }

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
