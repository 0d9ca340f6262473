internal import Foundation
internal import SafeSystem
internal import SafeTerminal

/// What values are drawn on: how much room there is, and with what.
struct Canvas: Sendable {
  var color = false
  /// Of the terminal; nil elsewhere, where nothing is cut to fit.
  var size: (columns: Int, rows: Int)?
  var drawing = Drawing.ascii
  /// Where times are shown as clocks here show them; nil for UTC.
  var zone: LocalZone?

  /// Charts need a width, also where there is no terminal.
  var chartWidth: Int { size?.columns ?? Terminal.fallbackSize.columns }

  /// Standard output as it is now.
  static func output(color: Bool) -> Canvas {
    Canvas(
      color: color, size: Terminal.isTerminal(STDOUT_FILENO) ? Terminal.size(STDOUT_FILENO) : nil,
      drawing: Drawing(for: STDOUT_FILENO, environment: ProcessEnvironment.variable))
  }
}

/// How values are shown, which the prompt may change while it runs.
struct Display: Sendable {
  var format: OutputFormat
  /// Times as clocks here show them, where people read them.
  var isLocalTime = false
  /// Somebody sits at the prompt: a table that is taller than the terminal stops at a screenful, and what was shown last is kept for more of it.
  var isPaged = false
}
