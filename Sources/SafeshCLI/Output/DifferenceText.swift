internal import SafeTerminal
internal import SecretSafeAPI

/// A difference between organizations as people read it: a line for each object, what is other below it, and what there is in all.
struct DifferenceText {
  let color: Bool

  /// All lines, and the counts.
  func whole(_ difference: OrganizationDifference) -> String {
    lines(difference.lines) + (difference.isEmpty ? "" : "\n") + difference.summary.map { $0 + "\n" }.joined()
  }

  func lines(_ lines: some Sequence<OrganizationDifference.Line>) -> String {
    lines.map { Self.style($0.mark).applied(to: $0.plain, color: color) + "\n" }.joined()
  }

  private static func style(_ mark: OrganizationDifference.Line.Mark) -> Style {
    switch mark {
    case .added: .ok
    case .changed: .warning
    case .removed: .error
    case .detail: .plain
    }
  }
}
