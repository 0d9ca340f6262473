internal import SafeLanguage
internal import SafeTerminal

/// The report of an `each`: counts, calls by verb, and each row that failed with where it came from.
struct ReportText {
  private let report: Report
  private let color: Bool

  init(_ report: Report, color: Bool) {
    self.report = report
    self.color = color
  }

  var text: String {
    var lines: [String] = []
    if report.isPartial { lines.append(styled("not all rows were done", .warning)) }
    let counts = EachOutcome.allCases.compactMap { outcome -> String? in
      let count = report[outcome]
      // The three that everybody looks for are told also when there are none.
      guard count > 0 || [.ok, .unchanged, .failed].contains(outcome) else { return nil }
      return styled("\(count) \(outcome.label)", count == 0 ? .dim : style(of: outcome))
    }
    lines.append("rows   \(counts.joined(separator: ", "))")
    let calls = report.calls.map { "\($0.verb) \($0.count)" }
    lines.append("calls  \(calls.isEmpty ? "none that changed something" : calls.joined(separator: ", "))")
    let width = report.failures.map { DisplayWidth.of($0.place) }.max() ?? 0
    for failure in report.failures {
      let place = failure.place
      let pad = String(repeating: " ", count: width - DisplayWidth.of(place))
      let word = failure.outcome == .unknown ? "unknown: " : ""
      lines.append("  \(styled(place, .error))\(pad)  \(word)\(failure.reason)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func style(of outcome: EachOutcome) -> Style {
    switch outcome {
    case .ok: .ok
    case .unchanged: .plain
    case .failed, .unknown: .error
    case .notRun: .warning
    }
  }

  private func styled(_ text: String, _ style: Style) -> String { style.applied(to: text, color: color) }
}
