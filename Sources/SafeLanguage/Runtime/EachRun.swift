/// What one row of an `each` came to.
struct EachResult: Sendable {
  let outcome: EachOutcome
  let value: Value
  fileprivate(set) var calls: [(verb: String, count: Int)]
  // Few rows fail, and an error is large.
  private let failure: Failure?

  private final class Failure: Sendable {
    let error: RunError

    init(_ error: RunError) { self.error = error }
  }

  var error: RunError? { failure?.error }

  init(outcome: EachOutcome, value: Value = .null, error: RunError? = nil, calls: [(verb: String, count: Int)]) {
    (self.outcome, self.value, self.calls) = (outcome, value, calls)
    failure = error.map { Failure($0) }
  }
}

/// Hands the rows of an `each` to its workers and collects what they came to.
actor EachRun {
  private var schedule: EachSchedule
  private let onError: TypedEach.OnError
  /// As far as rows were done, since there may be more than anybody waits for.
  private var results = Pieces<EachResult?>()
  /// Those that failed or changed something, so that of an `each` that is stopped the others need not be looked through.
  private var notable: [Int] = []
  private var fatal: RunError?
  private var firstFailure: (index: Int, error: RunError)?
  /// What the last row called: most call the same, and share it.
  private var lastCalls: [(verb: String, count: Int)] = []
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
    if let index = schedule.begin(isLeavingOff: { world.isInterrupted }) { return index }
    if world.isInterrupted { interrupt() }
    guard schedule.isWaiting else { return nil }
    return await withCheckedContinuation { sleepers.append($0) }
  }

  private func finish(_ index: Int, _ result: EachResult) {
    var result = result
    if result.calls.elementsEqual(lastCalls, by: ==) { result.calls = lastCalls } else { lastCalls = result.calls }
    while results.count <= index { results.append(nil) }
    results[index] = result
    if result.error != nil || result.outcome != .unchanged { notable.append(index) }
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
    if fatal == nil { fatal = Interruption.asked }
    schedule.stop()
    wake()
  }

  private func wake() {
    while !sleepers.isEmpty {
      if let index = schedule.begin(isLeavingOff: { world.isInterrupted }) {
        sleepers.removeFirst().resume(returning: index)
      } else if schedule.isWaiting {
        return
      } else {
        sleepers.removeFirst().resume(returning: nil)
      }
    }
  }

  /// What its rows came to; `failures` makes of them those that failed.
  func end(_ failures: @Sendable (EachEnd) -> [Report.Failure]) -> EachEnd {
    let end = EachEnd(
      results: results, notable: notable.sorted(), done: progress.done, error: fatal ?? firstFailure?.error, failedRow: fatal == nil ? firstFailure?.index : nil)
    Interruption.letGo(schedule, size: progress.total)
    progress.isFinished = true
    if progress.failed > 0 { progress.failures = failures(end) }
    world.emit(.progress(progress))
    return end
  }
}

/// How an `each` ended.
struct EachEnd: Sendable {
  /// What every row up to the last that was begun came to.
  var results: Pieces<EachResult?>
  /// The rows that failed or changed something, in their order.
  var notable: [Int]
  /// How many rows were done.
  var done: Int
  /// What ends the run or the `each`.
  var error: RunError?
  /// The row whose error that is.
  var failedRow: Int?

  /// Those of the notable rows.
  var told: some Collection<(index: Int, result: EachResult)> { notable.lazy.compactMap { index in results[index].map { (index, $0) } } }
}
