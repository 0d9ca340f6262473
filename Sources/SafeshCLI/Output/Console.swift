internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import Synchronization

/// Where a run writes: data to standard output, everything about the run to standard error, one at a time.
final class Console: Sendable {
  let colorsOutput: Bool
  let colorsMessages: Bool
  private let format: OutputFormat
  private let schema: Schema
  let isOutputTerminal: Bool
  let progress: ProgressLine
  let progressForm: ProgressForm
  /// The time since this console was made.
  let elapsed: @Sendable () -> Duration
  let tracker = Mutex(RunProgress())
  let lastJSON = Mutex<Duration?>(nil)
  /// Draws the line of progress anew, from the first row on.
  let ticker = Mutex<Ticker?>(nil)
  private let state = Mutex(State())

  private struct State {
    var tables = 0
    var isOutputGone = false
    var saidTarget = false
  }

  init(options: RunOptions, schema: Schema) {
    format = options.output
    self.schema = schema
    colorsOutput = options.output == .table && options.color.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
    colorsMessages = options.color.isOn(for: STDERR_FILENO, environment: ProcessEnvironment.variable)
    isOutputTerminal = Terminal.isTerminal(STDOUT_FILENO)
    let start = ContinuousClock.now
    progress = ProgressLine(
      isTerminal: Terminal.isTerminal(STDERR_FILENO) && !Terminal.isPlain(ProcessEnvironment.variable), columns: { Terminal.size(STDERR_FILENO).columns },
      write: { Terminal.write($0, to: STDERR_FILENO) }, now: { start.duration(to: .now) })
    elapsed = { start.duration(to: .now) }
    progressForm = options.guards.progress
  }

  /// A line about the run.
  func message(_ text: String, _ style: Style = .plain) {
    state.withLock { _ in
      progress.clear()
      Terminal.write(style.applied(to: text, color: colorsMessages) + "\n", to: STDERR_FILENO)
    }
  }

  /// Text that has its line ends.
  func messageText(_ text: String) {
    state.withLock { _ in
      progress.clear()
      Terminal.write(text, to: STDERR_FILENO)
    }
  }

  /// Names the organization that a run talks to, once and first.
  func target(_ name: String) {
    let isFirst = state.withLock { state in
      defer { state.saidTarget = true }
      return !state.saidTarget
    }
    if isFirst { message("target: \(name)", .dim) }
  }

  func data(_ text: String) {
    state.withLock { state in
      progress.clear()
      if !state.isOutputGone { state.isOutputGone = !Terminal.write(text, to: STDOUT_FILENO) }
    }
  }

  func emit(_ output: Output) {
    switch output {
    case .line(let line): data(line + "\n")
    case .value(let value, let type): show(value, type)
    case .warning(let text): message("warning: \(text)", .warning)
    case .report(let report): messageText(ReportText(report, color: colorsMessages).text)
    case .progress(let progress): show(progress)
    }
  }

  /// A value in the output format.
  func show(_ value: Value, _ type: SafeLanguage.`Type`, limit: Int? = nil) {
    let isFirst = state.withLock { state in
      defer { state.tables += 1 }
      return state.tables == 0
    }
    let writer = ValueWriter(
      schema: schema, color: colorsOutput, width: isOutputTerminal ? Terminal.size(STDOUT_FILENO).columns : nil, limit: limit)
    data(writer.text(value, type, format, isFirst: isFirst))
  }

  // MARK: errors

  var renderer: DiagnosticRenderer { Self.renderer(color: colorsMessages) }

  static func renderer(color: Bool) -> DiagnosticRenderer {
    DiagnosticRenderer { role, text in
      switch role {
      case .error: Style.error.applied(to: text, color: color)
      case .warning: Style.warning.applied(to: text, color: color)
      case .place: Style.error.applied(to: text, color: color)
      case .plain: text
      }
    }
  }

  func diagnostics(_ diagnostics: [Diagnostic], in source: SourceFile) {
    if !diagnostics.isEmpty { messageText(renderer.render(diagnostics, in: source)) }
  }

  func error(_ error: RunError, in source: SourceFile) { messageText(renderer.render(error, in: source)) }
}
