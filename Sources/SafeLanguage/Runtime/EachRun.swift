/// What one row of an `each` came to.
struct EachResult: Sendable {
  var outcome: EachOutcome
  var value: Value = .null
  var error: RunError?
  var calls: [(verb: String, count: Int)] = []
}

/// Hands the rows of an `each` to its workers and collects what they came to.
actor EachRun {
  private var schedule: EachSchedule
  private let onError: TypedEach.OnError
  /// As far as rows were done, since there may be more than anybody waits for.
  private var results: [EachResult?] = []
  private var fatal: RunError?
  private var firstFailure: (index: Int, error: RunError)?
  private var sleepers: [CheckedContinuation<Int?, Never>] = []
  private let world: any World
  private var progress: EachProgress

  init(count: Int, keys: [Value]?, onError: TypedEach.OnError, world: any World) {
    schedule = EachSchedule(count: count, keys: keys)
    self.onError = onError
    self.world = world
    progress = EachProgress(done: 0, failed: 0, total: count, isFinished: false)
  }

  /// The next row, or nil when there is nothing left to begin.
  func next() async -> Int? {
    if world.isInterrupted { interrupt() }
    if let index = schedule.begin() { return index }
    guard schedule.isWaiting else { return nil }
    return await withCheckedContinuation { sleepers.append($0) }
  }

  private func finish(_ index: Int, _ result: EachResult) {
    while results.count <= index { results.append(nil) }
    results[index] = result
    schedule.finish(index)
    progress.done += 1
    if let error = result.error {
      progress.failed += 1
      if error.reach != .row {
        if fatal == nil || error.reach != .interrupted { fatal = error }
        schedule.stop()
      } else if onError == .stop {
        if index < firstFailure?.index ?? .max { firstFailure = (index, error) }
        schedule.stop()
      }
    }
    world.emit(.progress(progress))
    wake()
  }

  /// Takes what a row came to, and gives the next one.
  func next(after index: Int, _ result: EachResult) async -> Int? {
    finish(index, result)
    return await next()
  }

  private func interrupt() {
    if fatal == nil { fatal = RunError(.refused, "interrupted", reach: .interrupted) }
    schedule.stop()
    wake()
  }

  private func wake() {
    while !sleepers.isEmpty {
      if let index = schedule.begin() {
        sleepers.removeFirst().resume(returning: index)
      } else if schedule.isWaiting {
        return
      } else {
        sleepers.removeFirst().resume(returning: nil)
      }
    }
  }

  /// What every row up to the last that was begun came to, and the error that ends the run or the `each`.
  /// `failures` makes of them those that failed.
  func outcome(_ failures: @Sendable ([EachResult?]) -> [Report.Failure]) -> (results: [EachResult?], error: RunError?) {
    progress.isFinished = true
    if progress.failed > 0 { progress.failures = failures(results) }
    world.emit(.progress(progress))
    return (results, fatal ?? firstFailure?.error)
  }
}
