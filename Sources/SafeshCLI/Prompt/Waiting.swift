internal import SafeAutomation
internal import SafeTerminal
internal import Synchronization

/// Tells that something slow goes on, with what it is at and how to stop it. What takes no time is not told.
final class Waiting: Sendable {
  /// Before that nobody wonders.
  private static let patience: Duration = .milliseconds(400)
  private static let every: Duration = .milliseconds(100)
  private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

  private let state: Mutex<State>

  private struct State {
    var console: Console
    var requests = 0
    var frame = 0
  }

  init(_ console: Console) { state = Mutex(State(console: console)) }

  /// The one that is used now: `:output` makes another.
  var console: Console {
    get { state.withLock { $0.console } }
    set { state.withLock { $0.console = newValue } }
  }

  /// Counts requests, and hands on what the console tells.
  var observer: Target.Observer {
    Target.Observer(
      waits: { [self] in console.observer.waits($0) },
      sent: { [self] name in
        state.withLock { $0.requests += 1 }
        console.observer.sent(name)
      }, warns: { [self] in console.observer.warns($0) })
  }

  /// Does something that may take long.
  func during<T: Sendable>(_ body: @Sendable () async -> T) async -> T {
    let console = console
    guard console.progress.isTerminal else { return await body() }
    let started = ContinuousClock.now
    state.withLock { $0.requests = 0 }
    let ticker = Ticker(every: Self.every) { [self] in
      let passed = ContinuousClock.now - started
      if passed > Self.patience, !console.tracker.withLock(\.isRunning) { console.progress.update(line(passed)) }
    }
    let result = await body()
    withExtendedLifetime(ticker) {}
    return result
  }

  private func line(_ passed: Duration) -> String {
    let (frame, requests) = state.withLock { state in
      state.frame += 1
      return (Self.frames[state.frame % Self.frames.count], state.requests)
    }
    let counted = requests == 0 ? "" : ", \(requests) \(requests == 1 ? "request" : "requests")"
    return "\(frame) \(passed.components.seconds) s\(counted); Ctrl-C stops"
  }
}
