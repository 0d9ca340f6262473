internal import Dispatch
internal import Synchronization

/// Runs the jobs of a task on the thread that waits for it: to start the threads of the concurrent executor takes as long as to check and run a small
/// script. What waits for anything is better off there, since actors are entered here by way of the queue.
final class MainThread: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var status: ExitStatus?
  }

  private let state = Mutex(State())
  /// Counts the jobs and the end, so that each is waited for.
  private let signal = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    signal.signal()
  }

  /// Runs a task to its end.
  func run(_ body: @escaping @Sendable () async -> ExitStatus) -> ExitStatus {
    Task(executorPreference: self) { [self] in
      let status = await body()
      state.withLock { $0.status = status }
      signal.signal()
    }
    while true {
      signal.wait()
      let (job, status) = state.withLock { ($0.jobs.isEmpty ? nil : $0.jobs.removeFirst(), $0.status) }
      if let job { job.runSynchronously(on: asUnownedTaskExecutor()) }
      if let status { return status }
    }
  }
}
