internal import Glibc
internal import Synchronization

/// Locks that processes of this machine hold against one another: places of a file, which need not be written. They end with the process.
public final class RegionLocks: Sendable {
  private let descriptor: Int32
  /// How many in this process hold a place: the system knows the process alone.
  private let holders = Mutex<[Int64: Int]>([:])

  /// Opens the file or makes it.
  public init(_ path: String) throws(SystemFailure) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .last }
  }

  deinit { close(descriptor) }

  /// Takes a place, unless another process has it.
  ///
  /// - Throws: what the system says, where it has no such locks.
  public func take(_ place: Int64) throws(SystemFailure) -> Bool {
    try holders.withLock { holders throws(SystemFailure) in
      if holders[place, default: 0] == 0, try !set(F_WRLCK, place, 1) { return false }
      holders[place, default: 0] += 1
      return true
    }
  }

  public func give(_ place: Int64) {
    holders.withLock { holders in
      let left = holders[place, default: 0] - 1
      holders[place] = left > 0 ? left : nil
      if left == 0 { _ = try? set(F_UNLCK, place, 1) }
    }
  }

  /// Takes all places that no other process has any of; false if there is one.
  public func takeAll() throws(SystemFailure) -> Bool { try set(F_WRLCK, 0, 0) }

  /// Gives all places back. Nobody in this process may hold one.
  public func giveAll() { _ = try? set(F_UNLCK, 0, 0) }

  private func set(_ type: Int32, _ start: Int64, _ length: Int64) throws(SystemFailure) -> Bool {
    var lock = flock()
    lock.l_type = Int16(type)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(start)
    lock.l_len = off_t(length)
    if fcntl(descriptor, Self.setLock, &lock) == 0 { return true }
    if errno == EAGAIN || errno == EACCES { return false }
    throw .last
  }

  /// `F_OFD_SETLK`: a lock of the open file, which closing another one of the same name does not end.
  private static let setLock: Int32 = 37
}
