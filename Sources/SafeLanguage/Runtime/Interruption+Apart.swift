internal import Dispatch
internal import Synchronization

extension Interruption {
  /// Work of a library that does not let itself be stopped, on another thread. Whoever asked to stop does not wait for its end: nobody sees what it gives
  /// then, and it is freed there.
  static func apart<T: Sendable>(_ work: @escaping @Sendable () -> T) throws(RunError) -> T {
    let outcome = Outcome<T>()
    DispatchQueue.global().async { outcome.finish(work()) }
    while true {
      if let value = outcome.take(within: .milliseconds(5)) { return value }
      try check()
    }
  }

  private final class Outcome<T: Sendable>: Sendable {
    private let value = Mutex<T?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func finish(_ result: T) {
      value.withLock { $0 = result }
      isThere.signal()
    }

    func take(within time: DispatchTimeInterval) -> T? {
      isThere.wait(timeout: .now() + time) == .success ? value.withLock { $0.take() } : nil
    }
  }
}
