import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Runs the server's tasks on the event loops, on the one at hand where there is one: a request is read, answered and written without a
/// change of threads, which would cost more than most answers do.
///
/// So what a task does between two waits has to be short. What is not goes elsewhere: a long body is read on the global executor, pages
/// are made there (`Aside`), and a password is hashed on threads of its own.
final class EventLoopExecutor: TaskExecutor {
  private let group: any EventLoopGroup

  init(_ group: any EventLoopGroup) { self.group = group }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // Holds itself until then: that of a connection ends with its last job.
    group.any().execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Keeps the tasks of a connection on the event loop of that connection, also those that go on after somebody else has done something for
/// them, as the store's writer: on another loop their answer would have to change threads once more.
struct OwnLoop<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> { base.setup(channel: channel, logger: logger) }

  func handle(value: Base.Value, logger: Logger) async {
    await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) { await base.handle(value: value, logger: logger) }
  }
}

/// Runs what follows on the global executor: a page may look through thousands of rows.
struct Aside: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { try await next(request, context) }
  }
}
