internal import Glibc

/// A file that one process has for itself; it is free again when the process ends.
public final class ExclusiveFile: Sendable {
  private let file: Int32

  /// Nil if another one has it.
  public init?(_ path: String) throws(SystemFailure) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .last }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let failure = SystemFailure.last
      close(file)
      if failure.code == EWOULDBLOCK { return nil }
      throw failure
    }
    self.file = file
  }

  deinit { close(file) }
}
