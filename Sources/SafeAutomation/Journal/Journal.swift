internal import Dispatch
internal import SafeSystem
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// An append-only file of checksummed lines: what a run asked, sent, and was answered.
///
/// A line is handed to the system at once, so that the end of the process loses none. `flush` brings it to disk, so that the end of the
/// machine loses none either; whoever waits for that while another is at it shares the next one.
final class Journal: Sendable {
  private let descriptor: Int32
  private let state = Mutex(State())
  private let disk = DispatchQueue(label: "safesh.journal")

  private struct State {
    var written = 0
    var durable = 0
    var isFlushing = false
    var waiting: [(line: Int, continuation: CheckedContinuation<Int32, Never>)] = []
    /// What the system said when a line could not be written; nothing is sent afterwards.
    var failure: SystemFailure?
  }

  /// Goes on behind so many bytes of what is there; a torn line behind them is cut off.
  ///
  /// - Throws: what the system says.
  init(_ path: String, after length: Int = 0) throws(SystemFailure) {
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .last }
    var facts = stat()
    // It is closed by `deinit` then, too.
    if fstat(descriptor, &facts) != 0 || facts.st_size > off_t(length) && ftruncate(descriptor, off_t(length)) != 0 { throw .last }
  }

  deinit { close(descriptor) }

  /// Adds a line; what goes wrong is told by the next `flush`.
  func append(_ entry: JournalEntry) {
    let json = entry.json
    var line = Checksum.text(of: json)
    line.reserveCapacity(json.count + 10)
    line.append(UInt8(ascii: " "))
    line += json
    line.append(UInt8(ascii: "\n"))
    state.withLock { state in
      state.written += 1
      guard state.failure == nil else { return }
      do throws(SystemFailure) { try FileReplacement.write(line, to: descriptor) } catch { state.failure = error }
    }
  }

  /// What was written, between two places.
  ///
  /// - Throws: what the system says; `EIO` where the file has become shorter.
  func bytes(_ range: Range<Int>) throws(SystemFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(range.lowerBound + done)) }
      if count > 0 { done += count } else if count == 0 { throw SystemFailure(EIO) } else if errno != EINTR { throw .last }
    }
    return bytes
  }

  /// Returns when every line that was added before is on disk.
  ///
  /// - Throws: why one is not.
  func flush() async throws(SystemFailure) {
    let code = await withCheckedContinuation { continuation in
      let mustStart = state.withLock { state in
        state.waiting.append((state.written, continuation))
        defer { state.isFlushing = true }
        return !state.isFlushing
      }
      if mustStart { disk.async { self.bringToDisk() } }
    }
    if code != 0 { throw SystemFailure(code) }
  }

  private func bringToDisk() {
    while true {
      let (target, failure) = state.withLock { ($0.written, $0.failure) }
      var code = failure?.code ?? 0
      if code == 0, fdatasync(descriptor) != 0 { code = errno }
      let (ready, isDone) = state.withLock { state in
        if code != 0, state.failure == nil { state.failure = SystemFailure(code) }
        let ready = state.waiting.filter { $0.line <= target }
        state.waiting.removeAll { $0.line <= target }
        state.isFlushing = !state.waiting.isEmpty
        return (ready, state.waiting.isEmpty)
      }
      for waiter in ready { waiter.continuation.resume(returning: code) }
      if isDone { return }
    }
  }
}
