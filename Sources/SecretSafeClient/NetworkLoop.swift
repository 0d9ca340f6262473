internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The thread on which answers come in. Whoever waits for one answer after another may run there as well, and then no answer costs a change of
/// threads, which would be a good part of what a short request costs at all.
///
/// What became ready last goes on first. Answers that come together would otherwise be worked on in turns, so that the next requests of all of
/// them leave together, too, and the server is idle in between.
///
/// What runs there keeps the answers waiting as long as it computes.
public final class NetworkLoop: TaskExecutor {
  public static let executor = NetworkLoop()

  /// One thread is enough for more requests than a server takes.
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// After so many jobs the network has its turn.
  private static let jobsInTurn = 64
  /// Of so many jobs one is that which has waited longest, so that none waits for ever.
  private static let fairness = 16

  private struct Jobs {
    var waiting: [UnownedJob] = []
    /// Whether there will be a turn for them.
    var isRunning = false
  }

  private let jobs = Mutex(Jobs())

  private init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustStart = jobs.withLock { jobs in
      jobs.waiting.append(job)
      defer { jobs.isRunning = true }
      return !jobs.isRunning
    }
    if mustStart { nextTurn() }
  }

  private func nextTurn() { Self.group.any().execute { self.turn() } }

  private func turn() {
    for number in 1...Self.jobsInTurn {
      let next = jobs.withLock { jobs -> UnownedJob? in
        let job = number % Self.fairness == 0 && !jobs.waiting.isEmpty ? jobs.waiting.removeFirst() : jobs.waiting.popLast()
        jobs.isRunning = job != nil
        return job
      }
      guard let next else { return }
      next.runSynchronously(on: asUnownedTaskExecutor())
    }
    nextTurn()
  }
}
