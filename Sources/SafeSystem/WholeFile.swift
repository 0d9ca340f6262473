internal import Glibc

/// A file that is read in one piece.
public enum WholeFile {
  /// All bytes of a file.
  public static func read(_ path: String) throws(SystemFailure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .last }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(file, &part, part.count)
      if count > 0 { bytes += part[..<count] } else if count == 0 { return bytes } else if errno != EINTR { throw .last }
    }
  }

  /// The same for what may not be there: nil then.
  public static func readIfThere(_ path: String) throws(SystemFailure) -> [UInt8]? {
    do { return try read(path) } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
  }
}
