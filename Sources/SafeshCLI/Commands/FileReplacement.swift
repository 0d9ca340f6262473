internal import Foundation
internal import SafeTerminal

/// Puts a new text in the place of a file, whole or not at all.
enum FileReplacement {
  struct Failure: Error { let message: String }

  /// Writes beside the file that a link leads to and renames, so that a crash leaves the old text or the new one; owner's rights stay.
  static func write(_ text: String, to path: String) throws(Failure) {
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    let target = String(cString: resolved)
    let rights = (try? FileManager.default.attributesOfItem(atPath: target))?[.posixPermissions] as? Int
    guard access(target, W_OK) == 0 else { throw failure(path) }
    let beside = "\(target).\(getpid()).new"
    let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(path) }
    let isWritten = Terminal.write(text, to: file) && fchmod(file, mode_t(rights ?? 0o644)) == 0 && fsync(file) == 0
    let problem = failure(path)
    close(file)
    guard isWritten, rename(beside, target) == 0 else {
      let reason = isWritten ? failure(path) : problem
      unlink(beside)
      throw reason
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(message: "'\(path)' cannot be written: \(String(cString: strerror(errno)))")
  }
}
