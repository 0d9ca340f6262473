internal import Glibc

/// A folder that only its owner can look into.
public enum PrivateFolder {
  /// Makes it and those above it with mode 0700, and takes away what others may do in it. A link may stand in its place.
  ///
  /// - Throws: what the system says, `ENOTDIR` for what is no folder, `EPERM` for one of somebody else.
  public static func make(_ path: String) throws(SystemFailure) {
    for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o700) }
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .last }
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw .last }
    guard facts.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(ENOTDIR) }
    guard facts.st_uid == geteuid() else { throw SystemFailure(EPERM) }
    if facts.st_mode & 0o077 != 0, chmod(path, 0o700) != 0 { throw .last }
  }
}
