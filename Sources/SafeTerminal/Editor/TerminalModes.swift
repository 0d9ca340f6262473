internal import CLibedit
internal import Glibc
internal import Synchronization

/// The modes of the terminal: as found, for editing, and while a command runs.
///
/// They are set without waiting for what is still to be shown, so that a terminal that shows nothing more holds nobody up. Once given back at
/// the end it is not taken again: what ends the process does so on a thread of its own, while the prompt may go on.
final class TerminalModes: Sendable {
  private let found: termios
  private let editing: termios
  private let running: termios
  private let isOver = Mutex(false)

  /// Bracketed paste stays on while a command runs: what is pasted meanwhile is one paste, too.
  private static let bracketsOn = "\u{1b}[?2004h"
  private static let bracketsOff = "\u{1b}[0m\u{1b}[?2004l"

  init?() {
    var found = termios()
    guard tcgetattr(0, &found) == 0 else { return nil }
    var editing = found
    editing.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT | PARMRK | INPCK)
    // No ISIG: a pasted 0x03, 0x1a or 0x1c is no signal.
    editing.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN | ISIG)
    withUnsafeMutablePointer(to: &editing.c_cc) { cc in
      cc.withMemoryRebound(to: cc_t.self, capacity: Int(NCCS)) { cc in
        cc[Int(VMIN)] = 1
        cc[Int(VTIME)] = 0
      }
    }
    // While a command runs Ctrl-C works and throws nothing away; what is typed ahead is kept and not echoed.
    var running = editing
    running.c_lflag |= tcflag_t(ISIG | NOFLSH)
    (self.found, self.editing, self.running) = (found, editing, running)
  }

  func edit() { take(editing, brackets: true) }
  func run() { take(running, brackets: true) }
  func restore() { take(found, brackets: false) }

  func end() {
    take(found, brackets: false, isLast: true)
    clibedit_rescue(-1, nil)
  }

  /// The same where nothing may be waited for: neither who holds the lock, nor a terminal that takes no more.
  func endAtOnce() {
    _ = isOver.withLockIfAvailable { $0 = true }
    var found = found
    tcsetattr(0, TCSANOW, &found)
    var output = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
    if poll(&output, 1, 0) > 0 { Terminal.write(Self.bracketsOff, to: 1) }
  }

  private func take(_ modes: termios, brackets: Bool, isLast: Bool = false) {
    isOver.withLock { isOver in
      if isOver { return }
      isOver = isLast
      var modes = modes
      // In the modes of a line, Ctrl-S would hold it up.
      if !brackets { Terminal.write(Self.bracketsOff, to: 1) }
      tcsetattr(0, TCSANOW, &modes)
      if brackets { Terminal.write(Self.bracketsOn, to: 1) }
    }
  }

  /// Gives the terminal away for a while and takes it back as it was, also from a question that a command asks.
  func lend(_ body: () -> Void) {
    var before = running
    tcgetattr(0, &before)
    TypedAhead.keep(from: 0)
    restore()
    body()
    take(before, brackets: before.c_lflag & tcflag_t(ICANON) == 0)
  }

  /// From here on a crash restores the terminal, too.
  func rescue() {
    var found = found
    clibedit_rescue(0, &found)
  }
}
