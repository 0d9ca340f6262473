internal import SafeSystem
internal import SecretSafeAPI
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the processes of one person on this machine have used of a server's limits: a small file, one for each server, touched only for paths
/// that have limits. Its times are those of the wall clock, so that it outlives a restart of the machine. What cannot be read counts as not there, and
/// where it cannot be written, a process keeps to the limits alone.
final class SharedBudget: Sendable {
  /// How often a lock that somebody else has is asked for, a millisecond apart: it is held for microseconds, unless its holder is stopped.
  private static let attempts = 50

  private enum File: Sendable {
    case unopened
    case open(Int32)
    case unusable
  }

  private let folder: String
  private let path: String
  private let onTrouble: (@Sendable (String) -> Void)?
  private let file = Mutex(File.unopened)
  private let wasThere: Bool

  /// - Parameters:
  ///   - folder: made with mode 0700 when something is to be written.
  ///   - server: its host and port.
  ///   - onTrouble: told once, if the file cannot be used.
  init(folder: String, server: String, onTrouble: (@Sendable (String) -> Void)? = nil) {
    self.folder = folder
    self.onTrouble = onTrouble
    let name = server.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" }
    path = folder + "/" + String(name) + ".budget"
    wasThere = access(path, F_OK) == 0
  }

  deinit { if case .open(let descriptor) = file.withLock({ $0 }) { close(descriptor) } }

  /// Whether there is something to be read: other processes may have learned what this one does not know.
  var isThere: Bool {
    if wasThere { return true }
    return file.withLock { if case .open = $0 { true } else { false } }
  }

  /// Reads what is stored of a path, and stores what `body` leaves there. Nobody else does meanwhile.
  func exchange<T>(_ key: UInt64, at now: Timestamp, _ body: (inout PathBudget?) -> T) -> T {
    file.withLock { file in
      var none: PathBudget?
      guard let descriptor = descriptor(&file) else { return body(&none) }
      let isLocked = lock(descriptor)
      defer { if isLocked { flock(descriptor, LOCK_UN) } }
      var table = BudgetSlots(bytes: read(descriptor, key))
      var budget = table.budget(key)
      let before = budget
      let result = body(&budget)
      if let budget, budget != before {
        let changed = table.store(budget, key, at: now)
        write(descriptor, key, changed, table.bytes, &file)
      }
      return result
    }
  }

  private func lock(_ descriptor: Int32) -> Bool {
    for _ in 0..<Self.attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(1000)
    }
    return false
  }

  private func read(_ descriptor: Int32, _ key: UInt64) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: BudgetSlots.bucketBytes)
    // What lies behind the end of the file is zero, as what was never written.
    _ = pread(descriptor, &bytes, bytes.count, off_t(BudgetSlots.offset(of: key)))
    return bytes
  }

  private func write(_ descriptor: Int32, _ key: UInt64, _ slot: Range<Int>, _ bytes: [UInt8], _ file: inout File) {
    let count = bytes[slot].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(BudgetSlots.offset(of: key) + slot.lowerBound)) }
    if count != slot.count {
      let reason = count < 0 ? SystemFailure.last : SystemFailure(ENOSPC)
      close(descriptor)
      giveUp(&file, reason)
    }
  }

  private func descriptor(_ file: inout File) -> Int32? {
    switch file {
    case .open(let descriptor): return descriptor
    case .unusable: return nil
    case .unopened:
      do throws(SystemFailure) { try PrivateFolder.make(folder) } catch {
        giveUp(&file, error)
        return nil
      }
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
      var status = stat()
      guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
        let reason = descriptor >= 0 ? SystemFailure(EPERM) : .last
        if descriptor >= 0 { close(descriptor) }
        giveUp(&file, reason)
        return nil
      }
      file = .open(descriptor)
      return descriptor
    }
  }

  private func giveUp(_ file: inout File, _ reason: SystemFailure) {
    file = .unusable
    onTrouble?("\(path) cannot be used (\(reason)): other safesh processes may use the same limits unseen")
  }
}
