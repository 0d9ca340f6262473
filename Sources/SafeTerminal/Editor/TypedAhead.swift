internal import Glibc
internal import Synchronization

/// What was typed ahead and is for nobody else: before a question was asked, or before the process was stopped. The editor reads it next.
enum TypedAhead {
  private static let bytes = Mutex<[UInt8]>([])

  /// Takes what waits in a terminal, as long as that gives keys one by one.
  static func keep(from terminal: Int32) {
    var modes = termios()
    guard tcgetattr(terminal, &modes) == 0, modes.c_lflag & tcflag_t(ICANON) == 0 else { return }
    var more: [UInt8] = []
    var waited = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    while poll(&waited, 1, 0) > 0, read(terminal, &byte, 1) == 1 { more.append(byte) }
    if !more.isEmpty { bytes.withLock { $0 += more } }
  }

  static func take() -> [UInt8] {
    bytes.withLock { bytes in
      defer { bytes = [] }
      return bytes
    }
  }

  /// The text in such bytes, with a line end for each Enter; nil if there is none.
  static func text(_ bytes: [UInt8]) -> [UInt32]? {
    var reader = KeyReader()
    var text: [UInt32] = []
    for key in bytes.flatMap({ reader.feed($0) }) + reader.timeout() {
      switch key {
      case .character(13), .character(10): text.append(10)
      case .character(127), .character(8): if !text.isEmpty { text.removeLast() }
      case .character(21): text = []
      case .character(let value) where value == 9 || value >= 32: text.append(value)
      case .paste(let pasted): text += pasted
      default: break
      }
    }
    while text.last == 10 { text.removeLast() }
    return text.isEmpty ? nil : text
  }
}
