internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import Synchronization

/// Where a run writes: data to standard output, everything about the run to standard error, one at a time.
final class Console: Sendable {
  let colorsMessages: Bool
  private let mayColorOutput: Bool
  let schema: Schema
  let isOutputTerminal: Bool
  /// Nobody wants to be asked for keys, or to be led to another program.
  let isPlain: Bool
  let progress: ProgressLine
  let progressForm: ProgressForm
  /// The time since this console was made.
  let elapsed: @Sendable () -> Duration
  let tracker = Mutex(RunProgress())
  let reading = Mutex(ReadingProgress())
  /// Files that are written over what was there, until that is told.
  let replaced = Mutex<Set<String>>([])
  /// Calls that reports of the run have told of.
  private let reported = Mutex<[String: Int]>([:])

  /// A line begins: what the reports of earlier ones have told is not said of it.
  func forgetReports() { reported.withLock { $0 = [:] } }

  /// Draws what is waited for anew.
  let spinner = Mutex<Ticker?>(nil)
  let lastJSON = Mutex<Duration?>(nil)
  /// Draws the line of progress anew, from the first row on.
  let ticker = Mutex<Ticker?>(nil)
  private let state: Mutex<State>
  private let leavesOff = Atomic<Bool>(false)
  private let unsaid = Mutex("")

  private struct State {
    var display: Display
    /// What was shown last.
    var shown: ShownValue?
    var tables = 0
    var isOutputGone = false
    var saidTarget = false
  }

  init(options: RunOptions, schema: Schema) {
    state = Mutex(State(display: Display(format: options.output, isLocalTime: options.isLocalTime)))
    self.schema = schema
    mayColorOutput = options.color.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
    colorsMessages = options.color.isOn(for: STDERR_FILENO, environment: ProcessEnvironment.variable)
    isOutputTerminal = Terminal.isTerminal(STDOUT_FILENO)
    isPlain = Terminal.isPlain(ProcessEnvironment.variable)
    let start = ContinuousClock.now
    progress = ProgressLine(
      isTerminal: Terminal.isTerminal(STDERR_FILENO) && !isPlain, columns: { Terminal.size(STDERR_FILENO).columns },
      write: { Terminal.write($0, to: STDERR_FILENO) }, now: { start.duration(to: .now) })
    elapsed = { start.duration(to: .now) }
    progressForm = options.guards.progress
  }

  /// How values are shown from now on.
  var display: Display {
    get { state.withLock { $0.display } }
    set { state.withLock { $0.display = newValue } }
  }

  /// What was shown last, and how far; nil before anything was.
  var shown: ShownValue? {
    get { state.withLock { $0.shown } }
    set { state.withLock { $0.shown = newValue } }
  }

  var colorsOutput: Bool { display.format == .table && mayColorOutput }

  /// What values are drawn on now.
  var canvas: Canvas {
    var canvas = Canvas.output(color: colorsOutput)
    if display.isLocalTime { canvas.zone = LocalZone() }
    return canvas
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
      if !state.isOutputGone { state.isOutputGone = !StandardOutput.write(text) }
      sayUnsaid()
    }
  }

  func emit(_ output: Output) {
    switch output {
    case .line(let line): show(line: line)
    case .value(let value, let type): show(value, type)
    case .chart(let value): chart(value)
    case .warning(let text): message("warning: \(text)", .warning)
    case .report(let report):
      messageText(ReportText(report, color: colorsMessages).text)
      reported.withLock { calls in for call in report.calls { calls[call.verb, default: 0] += call.count } }
    case .saved(let path, let rows): saved(path, rows)
    case .progress(let progress): show(progress)
    }
  }

  /// A value in the output format.
  func show(_ value: Value, _ type: SafeLanguage.`Type`) {
    let display = display
    if display.isPaged { shown = ShownValue(value, type) }
    if display.format == .table, display.isPaged, isOutputTerminal, value.isList { return showNext() }
    write(value, display.format)
  }

  /// A chart where people look at it; the numbers themselves where programs read.
  private func chart(_ value: Value) {
    let format = display.format
    if format == .table { data(ValueWriter(schema: schema, canvas: canvas).chart(value)) } else { write(value, format) }
  }

  private func write(_ value: Value, _ format: OutputFormat) {
    let look = { [self] () throws(LeftOff) in if leavesOff.load(ordering: .relaxed) { throw LeftOff() } }
    do throws(LeftOff) {
      try ValueWriter(schema: schema, canvas: canvas).write(value, format, isFirst: isFirst(), look: look) { part throws(LeftOff) in
        try look()
        data(part)
      }
    } catch {}
  }

  private func show(line: String) {
    data(display.format == .html ? ValueText.html(line: line, isFollowing: !isFirst()) : line + "\n")
  }

  /// Whether nothing was shown before; asked once for each value.
  private func isFirst() -> Bool {
    state.withLock { state in
      defer { state.tables += 1 }
      return state.tables == 0
    }
  }

  /// Somebody asked to stop while a value was written.
  private struct LeftOff: Error {}

  // MARK: errors

  var renderer: DiagnosticRenderer { Self.renderer(color: colorsMessages) }

  static func renderer(color: Bool) -> DiagnosticRenderer {
    var renderer = DiagnosticRenderer { role, text in
      switch role {
      case .error: Style.error.applied(to: text, color: color)
      case .warning: Style.warning.applied(to: text, color: color)
      case .place: Style.error.applied(to: text, color: color)
      case .plain: text
      }
    }
    renderer.cells = { DisplayWidth.of($0) }
    if Terminal.isTerminal(STDERR_FILENO) { renderer.columns = Terminal.size(STDERR_FILENO).columns }
    return renderer
  }

  func diagnostics(_ diagnostics: [Diagnostic], in source: SourceFile) {
    if !diagnostics.isEmpty { messageText(renderer.render(diagnostics, in: source)) }
  }

  /// At the end of a run: what it changed, unless its reports have told all of that; false where it is nothing.
  ///
  /// - Parameter way: what stands behind it, and is said in any case.
  @discardableResult
  func done(_ result: RunResult, _ way: String = "") -> Bool {
    let told = reported.withLock { calls in
      defer { calls = [:] }
      return calls
    }
    if result.calls.isEmpty { return false }
    if way.isEmpty, told == Dictionary(result.calls.map { ($0.verb, $0.count) }, uniquingKeysWith: +) { return true }
    let failed = result.failedRows == 0 ? "" : "; \(result.failedRows) \(result.failedRows == 1 ? "row" : "rows") failed"
    message("done: " + result.calls.map { "\($0.verb) \($0.count)" }.joined(separator: ", ") + failed + way, failed.isEmpty ? .ok : .warning)
    return true
  }

  func error(_ error: RunError, in source: SourceFile) { messageText(renderer.render(error, in: source)) }
}
