internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import Synchronization

/// How far a run is, and what it waits for.
extension Console {
  private static let jsonEvery: Duration = .seconds(1)
  private static let tickEvery: Duration = .seconds(1)
  private static let spinEvery: Duration = .milliseconds(100)

  /// Of a target, for progress and for what is waited for.
  var observer: Target.Observer {
    Target.Observer(
      waits: { [self] in waits($0) },
      sent: { [self] name in
        guard let endpoint = Endpoint.named[name] else { return }
        tracker.withLock { $0.sent(endpoint.method.rawValue, endpoint.path) }
        guard spins else { return }
        let now = elapsed()
        reading.withLock { $0.sent(endpoint, at: now) }
        startSpinning()
      },
      ended: { [self] name in
        if spins, let endpoint = Endpoint.named[name] { reading.withLock { $0.answered(endpoint) } }
      }, received: { [self] path, count in if spins { reading.withLock { $0.received(count, of: path) } } }, warns: { [self] in message($0, .dim) })
  }

  func show(_ rows: EachProgress) {
    let now = elapsed()
    tracker.withLock { $0.rows(done: rows.done, failed: rows.failed, total: rows.total, unit: rows.unit, isFinished: rows.isFinished, at: now) }
    if !rows.isFinished { startTicking() }
    draw(now, isLast: rows.isFinished)
  }

  /// While there are rows the line tells of it; else a line of its own does.
  private func waits(_ wait: PacingWait) {
    let isRunning = tracker.withLock { tracker in
      tracker.waits(wait)
      return tracker.isRunning && progressForm != .none
    }
    if !isRunning, let text = wait.notice(at: .now()) { message(text, .dim) }
  }

  /// Tells anew while nothing happens, so that what is left counts down.
  private func startTicking() {
    ticker.withLock { ticker in
      guard ticker == nil, progressForm != .none else { return }
      ticker = Ticker(every: Self.tickEvery) { [self] in
        if tracker.withLock(\.isRunning) { draw(elapsed(), isLast: false) }
      }
    }
  }

  /// A sign of life is drawn where somebody looks at it.
  private var spins: Bool { progress.isTerminal && progressForm == .auto }

  /// An entry of the prompt begins: what takes long tells of itself, also what asks for nothing.
  func beginProgress() {
    guard spins else { return }
    let now = elapsed()
    reading.withLock { $0.begin(at: now) }
    startSpinning()
  }

  /// While rows are worked off their line says more.
  private func startSpinning() {
    spinner.withLock { spinner in
      guard spinner == nil else { return }
      let drawing = Drawing(for: STDERR_FILENO, environment: ProcessEnvironment.variable)
      let frames = drawing == .blocks ? ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] : ["|", "/", "-", "\\"]
      spinner = Ticker(every: Self.spinEvery) { [self] in
        let now = elapsed()
        guard !tracker.withLock(\.isRunning) else { return }
        // Drawn under the lock, so that nothing is after the end took the line away.
        reading.withLock { reading in
          guard let line = reading.line(at: now) else { return }
          progress.update("\(frames[Int(now / Self.spinEvery) % frames.count]) \(line)")
        }
      }
    }
  }

  /// Takes the line away at the end of what was run.
  func endProgress() {
    ticker.withLock { $0 = nil }
    spinner.withLock { $0 = nil }
    reading.withLock { $0 = ReadingProgress() }
    progress.clear()
  }

  /// No line of progress is drawn while a question stands on the terminal.
  func asking<T>(_ body: () -> T) -> T {
    progress.clear()
    return progress.pausing(body)
  }

  private func draw(_ now: Duration, isLast: Bool) {
    switch progressForm {
    case .none: return
    case .auto:
      if isLast { return progress.clear() }
      progress.update(tracker.withLock { $0.line(at: now, clock: .now()) })
    case .json:
      let isDue = lastJSON.withLock { last in
        if !isLast, let last, now - last < Self.jsonEvery { return false }
        last = now
        return true
      }
      if isDue { messageText(String(decoding: tracker.withLock { $0.json(at: now, clock: .now()) }, as: UTF8.self) + "\n") }
    }
  }
}

/// Does something again and again until it is let go.
final class Ticker: Sendable {
  private let task: Task<Void, Never>

  init(every interval: Duration, _ tick: @escaping @Sendable () -> Void) {
    task = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: interval)
        if !Task.isCancelled { tick() }
      }
    }
  }

  deinit { task.cancel() }
}

extension Endpoint {
  fileprivate static let named = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}

extension PacingWait {
  /// Shorter waits are not worth a word.
  private static let notable: Int64 = 5_000_000

  /// As `limit: 60 a minute for POST /public/members, next in 12 s`; nil for a short one.
  fileprivate func notice(at now: Timestamp) -> String? {
    let rest = until.microseconds - now.microseconds
    guard rest >= Self.notable else { return nil }
    return "limit: \(limit.map { "\($0) for" } ?? "the server says to wait with") \(method) \(path), next in \((rest + 500_000) / 1_000_000) s"
  }
}
