import Hummingbird
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
    let executor = asUnownedTaskExecutor()
    group.any().execute { job.runSynchronously(on: executor) }
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
