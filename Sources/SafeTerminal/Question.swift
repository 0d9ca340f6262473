internal import Glibc

/// Asks on the terminal itself, also where standard input is data.
public enum Question {
  /// The line that was typed, without its end; nil if there is no terminal, or Ctrl-D was pressed (Ctrl-C, too, where it is hidden).
  public static func ask(_ prompt: String, isHidden: Bool = false) -> String? {
    guard let terminal = opened() else { return nil }
    defer { close(terminal) }
    Terminal.write(prompt, to: terminal)
    return isHidden ? hiddenLine(terminal) : line(terminal)
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

  private static func line(_ terminal: Int32) -> String? {
    var bytes: [UInt8] = []
    while let byte = next(terminal) {
      if byte == UInt8(ascii: "\n") { return String(validating: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }

  /// Keys are read one by one and signals as keys, so that no way out leaves a terminal without echo.
  private static func hiddenLine(_ terminal: Int32) -> String? {
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer {
      tcsetattr(terminal, TCSAFLUSH, &before)
      Terminal.write("\n", to: terminal)
    }
    var bytes: [UInt8] = []
    while let byte = next(terminal) {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return String(validating: bytes, as: UTF8.self)
      case controlC, controlD: return nil
      case controlU: bytes = []
      case backspace, delete:
        // A character of several bytes goes as a whole.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
      default: bytes.append(byte)
      }
    }
    return nil
  }

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
