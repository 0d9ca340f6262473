internal import Glibc
internal import SafeSystem
internal import SafeTerminal
internal import Synchronization

/// Standard output, of which a process has one: the first failure to write to it is kept until whoever ends with a status asks for it.
enum StandardOutput {
  private static let failure = Mutex<SystemFailure?>(nil)
  private static let closed = Atomic<Bool>(false)

  /// Whether somebody stopped reading it.
  static var isClosed: Bool { closed.load(ordering: .relaxed) }

  /// False if nobody reads any more, or it cannot be written.
  @discardableResult
  static func write(_ text: String) -> Bool {
    do throws(SystemFailure) { try Terminal.send(text, to: STDOUT_FILENO) } catch {
      // Who closes a pipe has read enough.
      if error.code == EPIPE { closed.store(true, ordering: .relaxed) } else { failure.withLock { $0 = $0 ?? error } }
      return false
    }
    return true
  }

  /// The status of what wrote to it: nothing is done whose output is not whole.
  static func settled(_ status: ExitStatus) -> ExitStatus { tellFailure() && status == .done ? .failed : status }

  /// Tells that something could not be written, once; false where all was.
  static func tellFailure() -> Bool {
    let kept = failure.withLock { failure in
      defer { failure = nil }
      return failure
    }
    guard let kept else { return false }
    let color = ColorChoice.auto.isOn(for: STDERR_FILENO, environment: ProcessEnvironment.variable)
    Terminal.write(Style.error.applied(to: "error: standard output cannot be written: \(kept)", color: color) + "\n", to: STDERR_FILENO)
    return true
  }
}
