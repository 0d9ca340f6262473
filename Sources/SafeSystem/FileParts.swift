internal import Glibc

/// A file that is read part by part, for what may be larger than memory is to hold.
public final class FileParts {
  private static let size = 64 << 10
  private let descriptor: Int32
  private var part = [UInt8](repeating: 0, count: size)

  /// Nil if it is not there.
  public init?(ifThere path: String) throws(SystemFailure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw .last
    }
  }

  deinit { close(descriptor) }

  /// In bytes, as far as it is known before it is read.
  var size: Int {
    var facts = stat()
    return fstat(descriptor, &facts) == 0 ? max(0, Int(facts.st_size)) : 0
  }

  /// The next bytes; nil at the end.
  public func next() throws(SystemFailure) -> ArraySlice<UInt8>? {
    while true {
      let count = read(descriptor, &part, part.count)
      if count > 0 { return part[..<count] }
      if count == 0 { return nil }
      if errno != EINTR { throw .last }
    }
  }
}
