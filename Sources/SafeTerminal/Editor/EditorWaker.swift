internal import Glibc
internal import Synchronization

/// Tells a prompt that waits for keys that what its hooks know has changed, so that it paints anew. Safe from any thread, also when the prompt is gone.
public final class EditorWaker: Sendable {
  /// What stands in the pipe for a change; other bytes are numbers of signals.
  static let change: UInt8 = 0

  let reading: Int32
  let writing: Int32
  /// Many changes before the prompt looks are one, so that the pipe keeps room for signals.
  private let isTold = Atomic(false)

  init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    close(writing)
  }

  public func wake() {
    if isTold.exchange(true, ordering: .acquiringAndReleasing) { return }
    var byte = Self.change
    _ = write(writing, &byte, 1)
  }

  /// The next change counts again.
  func take() { isTold.store(false, ordering: .releasing) }
}
