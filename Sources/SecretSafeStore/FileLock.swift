#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let permissionCodes = (EACCES, EPERM, EROFS)
let missingCodes = (ENOENT, ENOTDIR)

/// Keeps a second server off a data file: an exclusive `flock` on a file beside it, which the kernel drops when the process dies.
///
/// It is not taken on the data file itself: closing a descriptor of that would drop the locks that SQLite holds on it (POSIX
/// locks belong to the process).
final class FileLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Errors: `locked`, `permission`, `noDirectory`, `other`.
  init(beside data: String) throws(StoreError) {
    let path = data + "-lock"
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw .opening(data, errno: errno, String(cString: strerror(errno))) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw .locked(data)
      }
      // The one who held it may have removed the file between our open and our lock: then try again with the new one.
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
        self.descriptor = descriptor
        self.path = path
        return
      }
      close(descriptor)
    }
  }

  func release() {
    unlink(path)
    close(descriptor)
  }
}

extension Store {
  /// Whether there is a file at the path, of whatever kind.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// Creates the data file for its owner alone if it is missing, and finds out why it cannot be written.
func prepareFile(_ path: String) throws(StoreError) {
  let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw .opening(path, errno: errno, String(cString: strerror(errno))) }
  close(descriptor)
}

/// Waits until a file, or the names in a directory, are on disk.
func bringToDisk(_ path: String) throws(StoreError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .opening(path, errno: errno, String(cString: strerror(errno))) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw StoreError(.other, "\(path) cannot be brought to disk: \(String(cString: strerror(errno)))") }
}
