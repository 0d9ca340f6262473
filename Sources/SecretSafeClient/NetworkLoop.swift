internal import NIOCore
internal import NIOPosix

/// The thread on which answers come in. Whoever waits for one answer after another may run there as well, and then no answer costs a change of
/// threads, which would be a good part of what a short request costs at all.
///
/// What runs there keeps the answers waiting as long as it computes.
public final class NetworkLoop: TaskExecutor {
  public static let executor = NetworkLoop()

  /// One thread is enough for more requests than a server takes.
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Self.group.any().execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
