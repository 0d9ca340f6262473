internal import Glibc

/// A file that is read in one piece.
public enum WholeFile {
  /// All bytes of a file.
  public static func read(_ path: String) throws(SystemFailure) -> [UInt8] {
    guard let bytes = try readIfThere(path) else { throw SystemFailure(ENOENT) }
    return bytes
  }

  /// Beyond that it grows with what is read, whatever a file says of its size.
  private static let largestReserve = 16 << 20

  /// The same for what may not be there: nil then.
  public static func readIfThere(_ path: String) throws(SystemFailure) -> [UInt8]? {
    guard let file = try FileParts(ifThere: path) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(file.size, largestReserve))
    while let part = try file.next() { bytes += part }
    return bytes
  }
}
