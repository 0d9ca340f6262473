internal import Glibc
internal import SafeSystem

/// The right to work on a run. It ends with the process, so that none stays locked after a crash.
public final class RunLock: Sendable {
  private let file: Int32

  /// Somebody who only looks whether a run is in use holds its lock for a moment, without saying who it is.
  private static let patience = 20
  private static let pause: UInt32 = 10_000

  init(_ run: RunFolder) throws(RunStoreError) {
    let file = Glibc.open(run.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw RunStoreError(run.lockPath, .last) }
    do { try Self.take(file, run) } catch {
      close(file)
      throw error
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(file, 0)
    pwrite(file, text, text.count, 0)
    self.file = file
  }

  private static func take(_ file: Int32, _ run: RunFolder) throws(RunStoreError) {
    for _ in 0..<patience {
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw RunStoreError(run.lockPath, .last) }
      if number(in: file) != 0 { break }
      usleep(pause)
    }
    let holder = number(in: file)
    throw RunStoreError(.inUse, "run \(run.id) is in use by \(holder == 0 ? "another process" : "process \(holder)")")
  }

  deinit {
    ftruncate(file, 0)
    close(file)
  }

  /// Nil if nobody works on the run.
  static func holder(of run: RunFolder) -> Int? {
    let file = Glibc.open(run.lockPath, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
    return number(in: file)
  }

  /// What the holder wrote; 0 if nothing is there yet.
  private static func number(in file: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(file, &bytes, bytes.count, 0)
    return Int(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).prefix { $0.isNumber }) ?? 0
  }
}
