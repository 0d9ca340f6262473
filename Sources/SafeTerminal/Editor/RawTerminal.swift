internal import Glibc

/// The terminal that the editor reads: whose it is at the moment, and the way to wait for a byte or a signal.
final class RawTerminal {
  enum Event: Equatable {
    case byte(UInt8)
    case timeout
    case signal(Int32)
    case end
  }

  let waker = EditorWaker()
  private let modes: TerminalModes
  private var buffer: [UInt8] = []
  private var next = 0

  init?() {
    guard let modes = TerminalModes(), waker.reading >= 0 else { return nil }
    self.modes = modes
  }

  func open() {
    modes.rescue()
    Interrupts.watch(modes)
    edit()
  }

  func edit() {
    Interrupts.belong(to: .editor(waker.writing))
    modes.edit()
  }

  func runCommand() {
    Interrupts.reset()
    Interrupts.belong(to: .command)
    modes.run()
  }

  func lend() {
    Interrupts.belong(to: .other)
    modes.restore()
  }

  /// What was typed ahead of a command that was cancelled is for nobody else to run.
  func close() {
    if Interrupts.isInterrupted { tcflush(0, TCIFLUSH) }
    Interrupts.belong(to: .other)
    Interrupts.watch(nil)
    modes.end()
  }

  /// Stops the process as Ctrl-Z does; the shell gets a sane terminal meanwhile.
  func suspend() {
    modes.restore()
    Interrupts.stop()
    modes.edit()
  }

  var hasMore: Bool {
    if next < buffer.count { return true }
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) > 0
  }

  /// What came together with keys that were read.
  func takeUnread() -> [UInt8] {
    defer { (buffer, next) = ([], 0) }
    return Array(buffer[next...])
  }

  /// Waits for a byte, a signal, or so many milliseconds (nil for ever).
  func read(milliseconds: Int?) -> Event {
    while true {
      if next == buffer.count {
        buffer = TypedAhead.take()
        next = 0
      }
      if next < buffer.count {
        next += 1
        return .byte(buffer[next - 1])
      }
      var sources = [pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: waker.reading, events: Int16(POLLIN), revents: 0)]
      let count = poll(&sources, 2, milliseconds.map { Int32($0) } ?? -1)
      if count == 0 { return .timeout }
      if count < 0 {
        if errno == EINTR { continue }
        return .end
      }
      if sources[1].revents != 0 {
        var signal: UInt8 = 0
        if Glibc.read(waker.reading, &signal, 1) == 1 { return .signal(Int32(signal)) }
      }
      guard sources[0].revents != 0 else { continue }
      buffer = fill()
      next = 0
      if buffer.isEmpty { return .end }
    }
  }

  /// Empty at the end.
  private func fill() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = Glibc.read(0, &bytes, bytes.count)
      if count > 0 { return Array(bytes.prefix(count)) }
      if count == 0 || (errno != EINTR && errno != EAGAIN) { return [] }
      var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
      _ = poll(&input, 1, -1)
    }
  }
}
