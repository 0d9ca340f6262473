internal import Glibc

/// What is in a folder, and how it goes away.
public enum FolderContents {
  /// The names of what is in a folder, in no order; nothing for a folder that is not there.
  public static func names(in path: String) throws(SystemFailure) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw .last
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder or a file with all that is in it; links are removed, not followed. What is gone already is no failure.
  public static func remove(_ path: String) throws(SystemFailure) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else {
      if errno == ENOENT { return }
      throw .last
    }
    let isFolder = facts.st_mode & S_IFMT == S_IFDIR
    if isFolder { for name in try names(in: path) { try remove(path + "/" + name) } }
    if (isFolder ? rmdir(path) : unlink(path)) != 0, errno != ENOENT { throw .last }
  }

  /// Brings the names in a folder to disk: a new file is there after a loss of power only if its folder knows it.
  public static func sync(_ path: String) throws(SystemFailure) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .last }
    defer { close(folder) }
    if fsync(folder) != 0 { throw .last }
  }
}
