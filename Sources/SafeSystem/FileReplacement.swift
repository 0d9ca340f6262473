internal import Glibc

/// Puts new contents in the place of a file, whole or not at all: they are written beside it, brought to disk, and renamed. What is not
/// finished leaves the old file, and nothing beside it.
public final class FileReplacement {
  public enum Mode: Sendable {
    /// That of the old file; what the umask allows for a new one.
    case kept
    /// Whatever the old one has.
    case exactly(UInt32)
  }

  /// What is replaced: where a link leads to, so that it stays one.
  private let target: String
  private var temporary = ""
  private var descriptor: Int32 = -1

  public init(of path: String, mode: Mode = .kept) throws(SystemFailure) {
    target = Self.resolved(path)
    var pattern = Array("\(target).XXXXXX".utf8CString)
    descriptor = mkstemp(&pattern)
    if descriptor < 0 { throw .last }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    temporary = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bits: UInt32 =
      switch mode {
      case .kept: Self.mode(of: target) ?? 0o666 & ~Self.mask
      case .exactly(let bits): bits
      }
    fchmod(descriptor, bits)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !temporary.isEmpty { unlink(temporary) }
  }

  public func write(_ bytes: [UInt8]) throws(SystemFailure) { try Self.write(bytes, to: descriptor) }

  /// Brings it to disk and in place.
  public func finish() throws(SystemFailure) {
    guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw .last }
    temporary = ""
    Self.sync(folderOf: target)
  }

  /// All bytes to an open file.
  public static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemFailure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if count >= 0 { done += count } else if errno != EINTR { throw .last }
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private static func mode(of path: String) -> UInt32? {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : nil
  }

  /// What new files may not have; there is no way to ask for it but to set it.
  private static var mask: UInt32 {
    let mask = umask(0o077)
    umask(mask)
    return mask
  }

  private static func sync(folderOf path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
