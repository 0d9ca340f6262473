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
  private let isOutputTerminal: Bool
  let progress: ProgressLine
  let progressForm: ProgressForm
  /// The time since this console was made.
  let elapsed: @Sendable () -> Duration
  let tracker = Mutex(RunProgress())
  let lastJSON = Mutex<Duration?>(nil)
  /// Draws the line of progress anew, from the first row on.
  let ticker = Mutex<Ticker?>(nil)
  private let state = Mutex(State())
  private let leavesOff = Atomic<Bool>(false)
  private let unsaid = Mutex("")

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
      isTerminal: Terminal.isTerminal(STDERR_FILENO) && ProcessEnvironment.variable("TERM") != "dumb", columns: { Terminal.size(STDERR_FILENO).columns },
      write: { Terminal.write($0, to: STDERR_FILENO) }, now: { start.duration(to: .now) })
    elapsed = { start.duration(to: .now) }
    progressForm = options.guards.progress
  }

  /// A line about the run.
  func message(_ text: String, _ style: Style = .plain) {
    state.withLock { _ in
      sayUnsaid()
      progress.clear()
      Terminal.write(style.applied(to: text, color: colorsMessages) + "\n", to: STDERR_FILENO)
    }
  }

  /// A line that waits for nobody: what is being written may stand still, and whoever writes it then says this next.
  func urgentMessage(_ text: String, _ style: Style) {
    let line = style.applied(to: text, color: colorsMessages) + "\n"
    unsaid.withLock { $0 += line }
    _ = state.withLockIfAvailable { _ in sayUnsaid() }
  }

  /// The same, behind which the process ends.
  func lastMessage(_ text: String, _ style: Style) {
    urgentMessage(text, style)
    Terminal.write(takeUnsaid(), to: STDERR_FILENO)
  }

  private func sayUnsaid() {
    let lines = takeUnsaid()
    if lines.isEmpty { return }
    progress.clear()
    Terminal.write(lines, to: STDERR_FILENO)
  }

  private func takeUnsaid() -> String {
    unsaid.withLock { lines in
      defer { lines = "" }
      return lines
    }
  }

  /// Text that has its line ends.
  func messageText(_ text: String) {
    state.withLock { _ in
      sayUnsaid()
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

  /// Whether somebody asked to stop: then no long text is written to its end.
  func leaveOff(_ isAsked: Bool) { leavesOff.store(isAsked, ordering: .relaxed) }

  func data(_ text: String) {
    if text.utf8.count <= Self.partSize { return put(text) }
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count, start == 0 || !leavesOff.load(ordering: .relaxed) {
        var end = min(start + Self.partSize, bytes.count)
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        put(String(decoding: bytes[start..<end], as: UTF8.self))
        start = end
      }
    }
  }

  /// Bytes that are written at once, which a terminal takes within milliseconds.
  private static let partSize = 64 << 10

  private func put(_ text: String) {
    state.withLock { state in
      progress.clear()
      if !state.isOutputGone { state.isOutputGone = !Terminal.write(text, to: STDOUT_FILENO) }
      sayUnsaid()
    }
  }

  func emit(_ output: Output) {
    switch output {
    case .line(let line): data(line + "\n")
    case .value(let value, _): show(value)
    case .warning(let text): message("warning: \(text)", .warning)
    case .report(let report): messageText(ReportText(report, color: colorsMessages).text)
    case .progress(let progress): show(progress)
    }
  }

  /// A value in the output format.
  func show(_ value: Value, limit: Int? = nil) {
    let isFirst = state.withLock { state in
      defer { state.tables += 1 }
      return state.tables == 0
    }
    let writer = ValueWriter(
      schema: schema, color: colorsOutput, width: isOutputTerminal ? Terminal.size(STDOUT_FILENO).columns : nil, limit: limit)
    let look = { [self] () throws(LeftOff) in if leavesOff.load(ordering: .relaxed) { throw LeftOff() } }
    do throws(LeftOff) {
      try writer.write(value, format, isFirst: isFirst, look: look) { part throws(LeftOff) in
        try look()
        data(part)
      }
    } catch {}
  }

  /// Somebody asked to stop while a value was written.
  private struct LeftOff: Error {}

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
