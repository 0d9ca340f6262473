internal import Glibc

/// A file that is read in one piece.
public enum WholeFile {
  /// All bytes of a file.
  public static func read(_ path: String) throws(SystemFailure) -> [UInt8] {
    guard let bytes = try readIfThere(path) else { throw SystemFailure(ENOENT) }
    return bytes
  }

  /// The same for what may not be there: nil then.
  public static func readIfThere(_ path: String) throws(SystemFailure) -> [UInt8]? {
    guard let file = try FileParts(ifThere: path) else { return nil }
    var bytes: [UInt8] = []
    while let part = try file.next() { bytes += part }
    return bytes
  }
}
