internal import Glibc

/// The modes of the terminal: as found, for editing, and while a command runs. And the way to wait for a key or a signal.
final class RawTerminal {
  enum Event: Equatable {
    case byte(UInt8)
    case timeout
    case signal(Int32)
    case end
  }

  private var cooked = termios()
  private var raw = termios()
  private var running = termios()
  let waker = EditorWaker()
  private var buffer: [UInt8] = []
  private var next = 0
  private(set) var isEditing = false

  init?() {
    guard tcgetattr(0, &cooked) == 0, waker.reading >= 0 else { return nil }
    raw = cooked
    raw.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT | PARMRK | INPCK)
    // No ISIG: a pasted 0x03, 0x1a or 0x1c is no signal.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN | ISIG)
    withUnsafeMutablePointer(to: &raw.c_cc) { cc in
      cc.withMemoryRebound(to: cc_t.self, capacity: Int(NCCS)) { cc in
        cc[Int(VMIN)] = 1
        cc[Int(VTIME)] = 0
      }
    }
    // While a command runs Ctrl-C works, and what is typed ahead is kept and not echoed.
    running = raw
    running.c_lflag |= tcflag_t(ISIG)
  }

  func edit() {
    isEditing = true
    tcsetattr(0, TCSADRAIN, &raw)
    Terminal.write("\u{1b}[?2004h", to: 1)
  }

  func runCommand() {
    Terminal.write("\u{1b}[?2004l", to: 1)
    tcsetattr(0, TCSADRAIN, &running)
    isEditing = false
  }

  func restore() {
    Terminal.write("\u{1b}[0m\u{1b}[?2004l", to: 1)
    tcsetattr(0, TCSADRAIN, &cooked)
  }

  /// Stops the process as Ctrl-Z does; the shell gets a sane terminal meanwhile.
  func suspend() {
    restore()
    kill(0, SIGTSTP)
    edit()
  }

  var hasMore: Bool {
    if next < buffer.count { return true }
    var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) > 0
  }

  /// Waits for a byte, a signal, or so many milliseconds (nil for ever).
  func read(milliseconds: Int?) -> Event {
    while true {
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
      var bytes = [UInt8](repeating: 0, count: 1 << 14)
      let got = Glibc.read(0, &bytes, bytes.count)
      if got > 0 {
        buffer = Array(bytes.prefix(got))
        next = 0
      } else if got == 0 || (errno != EINTR && errno != EAGAIN) {
        return .end
      }
    }
  }
}
