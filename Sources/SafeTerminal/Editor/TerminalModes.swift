internal import CLibedit
internal import Glibc

/// The modes of the terminal: as found, for editing, and while a command runs.
///
/// They are set without waiting for what is still to be shown, so that a terminal that shows nothing more holds nobody up.
struct TerminalModes: Sendable {
  private var found = termios()
  private var editing = termios()
  private var running = termios()

  /// Bracketed paste stays on while a command runs: what is pasted meanwhile is one paste, too.
  private static let bracketsOn = "\u{1b}[?2004h"
  private static let bracketsOff = "\u{1b}[0m\u{1b}[?2004l"

  init?() {
    guard tcgetattr(0, &found) == 0 else { return nil }
    editing = found
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
    running = editing
    running.c_lflag |= tcflag_t(ISIG | NOFLSH)
  }

  func edit() {
    set(editing)
    Terminal.write(Self.bracketsOn, to: 1)
  }

  func run() { set(running) }

  func restore() {
    set(found)
    Terminal.write(Self.bracketsOff, to: 1)
  }

  /// The modes alone, for when writing might wait.
  func restoreSilently() { set(found) }

  /// From here on a crash restores the terminal, too.
  func rescue() {
    var found = found
    clibedit_rescue(0, &found)
  }

  func endRescue() { clibedit_rescue(-1, nil) }

  private func set(_ modes: termios) {
    var modes = modes
    tcsetattr(0, TCSANOW, &modes)
  }
}
