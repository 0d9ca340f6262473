internal import Foundation
internal import Glibc
internal import SafeLanguage

/// Files that a script reads, and standard input as `-`.
enum InputFiles {
  /// Used files stand where the file that uses them says; what comes from no file sees them from the working directory.
  static let loader = SourceLoader { path, user throws(RunError) in
    let base = ["-c", "prompt", "standard input"].contains(user.name) ? "" : (user.name as NSString).deletingLastPathComponent
    let full = path.hasPrefix("/") || base.isEmpty ? path : base + "/" + path
    return SourceFile(name: (full as NSString).standardizingPath, bytes: try read(full))
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// All bytes of a file.
  static func read(_ path: String) throws(RunError) -> [UInt8] { try open(path).rest() ?? [] }

  /// Opens a file to be read part by part; it is closed when nobody holds it any more.
  static func open(_ path: String) throws(RunError) -> InputSource {
    let file = try OpenFile(path)
    return InputSource { memory throws(RunError) in
      while true {
        let count = Glibc.read(file.descriptor, memory.baseAddress, memory.count)
        if count >= 0 { return count }
        if errno == EISDIR { throw RunError(.file, "'\(path)' is a folder") }
        if errno != EINTR { throw RunError(.file, "\(path == "-" ? "standard input" : "'\(path)'") cannot be read: \(String(cString: strerror(errno)))") }
      }
    }
  }

  private final class OpenFile {
    let descriptor: Int32

    init(_ path: String) throws(RunError) {
      if path == "-" {
        descriptor = STDIN_FILENO
        return
      }
      descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      let failure = errno
      if descriptor < 0, failure == ENOENT { throw RunError(.file, "there is no file '\(path)'") }
      if descriptor < 0 { throw RunError(.file, "'\(path)' cannot be read: \(String(cString: strerror(failure)))") }
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit {
      if descriptor > STDERR_FILENO { close(descriptor) }
    }
  }
}

/// Files that a script replaces, and standard output as `-`.
enum OutputFiles {
  /// Writes a file beside the old one and puts it in its place when it is whole and on disk, with the old one's mode. What is no
  /// regular file, such as `/dev/null`, is written to.
  static func save(
    _ path: String, toOutput: @escaping @Sendable (String) -> Void, _ contents: (@escaping SaveSink) throws(RunError) -> Void
  ) throws(RunError) {
    if path == "-" { return try contents { toOutput(String(decoding: $0, as: UTF8.self)) } }
    // A link stays one: its target is replaced.
    let target = resolved(path)
    let facts = try? FileManager.default.attributesOfItem(atPath: target)
    if let facts, facts[.type] as? FileAttributeType == .typeDirectory { throw RunError(.file, "'\(path)' is a folder") }
    if let facts, facts[.type] as? FileAttributeType != .typeRegular {
      let file = try Writing(path, Glibc.open(path, O_WRONLY | O_CLOEXEC))
      return try contents { bytes throws(RunError) in try file.write(bytes) }
    }
    var pattern = Array("\(target).XXXXXX".utf8CString)
    let file = try Writing(path, mkstemp(&pattern))
    _ = fcntl(file.descriptor, F_SETFD, FD_CLOEXEC)
    let temporary = pattern.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    do throws(RunError) {
      fchmod(file.descriptor, (facts?[.posixPermissions] as? NSNumber)?.uint32Value ?? 0o666 & ~Self.mask)
      try contents { bytes throws(RunError) in try file.write(bytes) }
      guard fsync(file.descriptor) == 0, rename(temporary, target) == 0 else { throw file.failure() }
      sync(folderOf: target)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// What new files may not have; there is no way to ask for it but to set it.
  private static var mask: mode_t {
    let mask = umask(0o077)
    umask(mask)
    return mask
  }

  private static func sync(folderOf path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private final class Writing {
    let descriptor: Int32
    private let path: String

    init(_ path: String, _ descriptor: Int32) throws(RunError) {
      self.path = path
      self.descriptor = descriptor
      if descriptor < 0 { throw failure() }
    }

    deinit {
      if descriptor >= 0 { close(descriptor) }
    }

    func failure() -> RunError { RunError(.file, "'\(path)' cannot be written: \(String(cString: strerror(errno)))") }

    func write(_ bytes: [UInt8]) throws(RunError) {
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
        if count >= 0 {
          done += count
        } else if errno != EINTR {
          throw failure()
        }
      }
    }
  }
}
