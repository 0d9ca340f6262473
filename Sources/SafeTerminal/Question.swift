internal import Glibc
internal import Synchronization

/// Asks on the terminal itself, also where standard input is data.
public enum Question {
  private static let openQuestions = Atomic<Int>(0)

  /// Whether somebody is asked now: then Ctrl-C is an answer, and stops nothing else.
  public static var isOpen: Bool { openQuestions.load(ordering: .relaxed) > 0 }

  /// Whether an answer is a yes.
  public static func isYes(_ answer: String?) -> Bool {
    ["y", "yes"].contains((answer ?? "").lowercased().filter { !$0.isWhitespace })
  }

  /// The line that was typed, without its end; nil if there is no terminal, or Ctrl-D or Ctrl-C was pressed.
  ///
  /// - Parameter isGivenUp: asked while nothing is typed; true ends the question.
  public static func ask(_ prompt: String, isHidden: Bool = false, isGivenUp: () -> Bool = { false }) -> String? {
    guard let terminal = opened() else { return nil }
    defer { close(terminal) }
    openQuestions.add(1, ordering: .relaxed)
    defer { openQuestions.subtract(1, ordering: .relaxed) }
    return asPlain(terminal) {
      guard !isHidden else {
        guard case .line(let text) = hiddenLine(prompt, terminal) else { return nil }
        return text
      }
      Terminal.write(prompt, to: terminal)
      return line(terminal, isGivenUp)
    }
  }

  public enum Answer: Sendable, Equatable {
    case line(String)
    /// Ctrl-C.
    case interrupted
    /// Ctrl-D, or the terminal is gone.
    case ended
    case noTerminal
  }

  /// Asks for something that does not show.
  public static func secret(_ prompt: String) -> Answer {
    guard let terminal = opened() else { return .noTerminal }
    defer { close(terminal) }
    return asPlain(terminal) { hiddenLine(prompt, terminal) }
  }

  /// Reads keys one by one while `body` runs; they do not show, and none that is typed early is lost. Nil if there is no terminal.
  ///
  /// What `body` is given reads the bytes of one key, nil at the end; what was asked with is gone afterwards.
  public static func keys<T>(_ body: (_ next: (_ prompt: String) -> [UInt8]?) -> T) -> T? {
    guard let terminal = opened() else { return nil }
    defer { close(terminal) }
    return withoutEcho(terminal, TCSADRAIN) {
      body { prompt in
        Terminal.write(prompt, to: terminal)
        defer { Terminal.write("\r\u{1b}[K", to: terminal) }
        return key(terminal)
      }
    }
  }

  private static func key(_ terminal: Int32) -> [UInt8]? {
    guard let first = next(terminal) else { return nil }
    var bytes = [first]
    guard first == escape else { return bytes }
    // The rest of an arrow's sequence comes at once; after Esc alone comes nothing.
    var waited = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    while bytes.count < 3, poll(&waited, 1, 20) > 0, let byte = next(terminal) { bytes.append(byte) }
    return bytes
  }

  /// Whether there is somebody to ask.
  public static var canAsk: Bool {
    guard let terminal = opened() else { return false }
    close(terminal)
    return true
  }

  private static func opened() -> Int32? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    return terminal >= 0 ? terminal : nil
  }

  /// While the prompt runs a command, keys come one by one, unseen, and pastes in brackets: an answer is typed as a line. What was typed
  /// before the question is kept for the prompt.
  private static func asPlain<T>(_ terminal: Int32, _ body: () -> T) -> T {
    var before = termios()
    guard tcgetattr(terminal, &before) == 0, before.c_lflag & tcflag_t(ICANON) == 0 else { return body() }
    TypedAhead.keep(from: terminal)
    var plain = before
    plain.c_iflag |= tcflag_t(ICRNL)
    plain.c_lflag |= tcflag_t(ICANON | ECHO | ECHOE | ECHOK | IEXTEN | ISIG)
    tcsetattr(terminal, TCSANOW, &plain)
    Terminal.write("\u{1b}[?2004l", to: terminal)
    defer {
      tcsetattr(terminal, TCSANOW, &before)
      Terminal.write("\u{1b}[?2004h", to: terminal)
    }
    return body()
  }

  private static func line(_ terminal: Int32, _ isGivenUp: () -> Bool) -> String? {
    var bytes: [UInt8] = []
    while true {
      var waited = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      while poll(&waited, 1, 100) <= 0 {
        if Interrupts.toldOfInterrupt || isGivenUp() {
          Terminal.write("\n", to: terminal)
          return nil
        }
      }
      guard let byte = next(terminal) else { return nil }
      if byte == UInt8(ascii: "\n") { return String(validating: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
  }

  /// Keys are read one by one and signals as keys, so that no way out leaves a terminal without echo. Who sees the question may type at once: what
  /// came before is dropped before it is asked.
  private static func hiddenLine(_ prompt: String, _ terminal: Int32) -> Answer {
    let hidden = withoutEcho(terminal, TCSAFLUSH) {
      Terminal.write(prompt, to: terminal)
      return typed(terminal)
    }
    let answer = hidden ?? .noTerminal
    if answer != .noTerminal { Terminal.write("\n", to: terminal) }
    return answer
  }

  /// Nil where there is no terminal whose modes can be set.
  private static func withoutEcho<T>(_ terminal: Int32, _ when: Int32, _ body: () -> T?) -> T? {
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    let signals = TerminalRescue.install(terminal, before)
    tcsetattr(terminal, when, &silent)
    defer {
      tcsetattr(terminal, when, &before)
      TerminalRescue.remove(signals)
    }
    return body()
  }

  private static func typed(_ terminal: Int32) -> Answer {
    var bytes: [UInt8] = []
    while let byte = next(terminal) {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(validating: bytes, as: UTF8.self).map { .line($0) } ?? .ended
      case controlC: return .interrupted
      case controlD: return .ended
      case controlU: bytes = []
      case backspace, delete:
        // A character of several bytes goes as a whole.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
      default: bytes.append(byte)
      }
    }
    return .ended
  }

  private static let escape: UInt8 = 27
  private static let (controlC, controlD, controlU, backspace, delete): (UInt8, UInt8, UInt8, UInt8, UInt8) = (3, 4, 21, 8, 127)

  private static func next(_ terminal: Int32) -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(terminal, &byte, 1)
      if count == 1 { return byte }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}

/// Gives the terminal its echo back where a signal from elsewhere ends the process while something hidden is typed.
private enum TerminalRescue {
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
  /// Written before the signals are taken and read by their handler, which may call nothing that locks.
  nonisolated(unsafe) private static var terminal: Int32 = -1
  /// On the heap: a variable of this type that is laid out by the compiler is three bytes shorter than what is written to it.
  nonisolated(unsafe) private static var modes: UnsafeMutablePointer<termios>?

  struct Before {
    var actions: [sigaction]
    var mask: sigset_t
  }

  static func install(_ terminal: Int32, _ modes: termios) -> Before {
    let place = self.modes ?? .allocate(capacity: 1)
    place.initialize(to: modes)
    (self.terminal, self.modes) = (terminal, place)
    let actions = signals.map { signal in
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        if let modes = TerminalRescue.modes { tcsetattr(TerminalRescue.terminal, TCSANOW, modes) }
        Glibc.signal(number, SIG_DFL)
        raise(number)
      }
      var before = sigaction()
      sigaction(signal, &action, &before)
      return before
    }
    // Threads of a pool have signals blocked, and so may the others: this one waits for keys and takes them.
    var (set, mask) = (sigset_t(), sigset_t())
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, &mask)
    return Before(actions: actions, mask: mask)
  }

  static func remove(_ before: Before) {
    var mask = before.mask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    for (signal, action) in zip(signals, before.actions) {
      var action = action
      sigaction(signal, &action, nil)
    }
  }
}
