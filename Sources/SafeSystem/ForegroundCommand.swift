internal import Glibc

/// A command line that has the terminal until it ends: a pager, an editor.
public struct ForegroundCommand: Sendable {
  public let line: String

  public init(_ line: String) { self.line = line }

  /// Runs it, and returns its exit status; 128 and the signal's number where one ended it.
  ///
  /// - Parameter text: what it reads from standard input, which is the terminal otherwise.
  /// - Throws: why it could not be started.
  public func run(text: String? = nil) throws(SystemFailure) -> Int32 {
    // Ctrl-C is the command's, and a pager that is left early breaks the pipe. That is set back only after the last byte was written.
    let quiet = QuietSignals([SIGINT, SIGQUIT, SIGPIPE])
    defer { quiet.end() }
    var ends: [Int32] = [-1, -1]
    if text != nil {
      guard pipe(&ends) == 0 else { throw .last }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    defer { for end in ends where end >= 0 { close(end) } }
    let modes = UsualModes()
    defer { modes?.end() }
    let child = try ShellCommand.spawn(line, hasOwnGroup: false) { [input = ends[0]] actions in
      if input >= 0 { posix_spawn_file_actions_adddup2(&actions, input, 0) }
    }
    if let text {
      close(ends[0])
      ends[0] = -1
      // What a pager that was left early does not read is read by nobody.
      try? FileReplacement.write(Array(text.utf8), to: ends[1])
      close(ends[1])
      ends[1] = -1
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }
}

/// The terminal as commands expect to find it, whatever an editor of lines made of it.
private struct UsualModes {
  private let terminal: Int32
  private var before = termios()

  /// Nil where there is none.
  init?() {
    terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    guard tcgetattr(terminal, &before) == 0 else {
      close(terminal)
      return nil
    }
    var usual = before
    usual.c_iflag |= tcflag_t(ICRNL | IXON | BRKINT)
    usual.c_oflag |= tcflag_t(OPOST | ONLCR)
    usual.c_lflag |= tcflag_t(ICANON | ECHO | ECHOE | ECHOK | IEXTEN | ISIG)
    tcsetattr(terminal, TCSADRAIN, &usual)
  }

  func end() {
    var modes = before
    tcsetattr(terminal, TCSADRAIN, &modes)
    close(terminal)
  }
}

/// Signals that are passed over for a while.
private struct QuietSignals {
  private let before: [(signal: Int32, action: sigaction)]

  init(_ signals: [Int32]) {
    before = signals.map { signal in
      var (ignore, action) = (sigaction(), sigaction())
      ignore.__sigaction_handler.sa_handler = SIG_IGN
      sigaction(signal, &ignore, &action)
      return (signal, action)
    }
  }

  func end() {
    for (signal, action) in before {
      var action = action
      sigaction(signal, &action, nil)
    }
  }
}
