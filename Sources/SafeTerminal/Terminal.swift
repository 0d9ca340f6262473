internal import Glibc
public import SafeSystem

/// Facts about a terminal, or that there is none.
public enum Terminal {
  /// Used where the size cannot be known.
  public static let fallbackSize = (columns: 80, rows: 24)

  /// Whether a file descriptor is a terminal.
  public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns and rows of the terminal behind a descriptor.
  public static func size(_ descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return fallbackSize }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether the person, or the terminal, wants nothing but lines of text.
  public static func isPlain(_ environment: (String) -> String?) -> Bool {
    environment("TERM") == "dumb" || !(environment("SAFESH_PLAIN") ?? "").isEmpty
  }

  /// Whether the locale that is chosen has Unicode; where none is chosen, terminals of today have.
  static func writesUTF8(_ environment: (String) -> String?) -> Bool {
    for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let name = environment(variable)?.lowercased(), !name.isEmpty else { continue }
      return name.contains("utf-8") || name.contains("utf8")
    }
    return true
  }

  /// Takes the locale of the environment, or `C.UTF-8` where that is not UTF-8: a static program is sure of no other.
  public static func useLocale() {
    _ = setlocale(LC_ALL, "")
    if mblen("ä", 4) != 2 { _ = setlocale(LC_ALL, "C.UTF-8") }
  }

  /// Writes all bytes; false if nobody reads any more.
  @discardableResult
  public static func write(_ text: String, to descriptor: Int32) -> Bool { (try? send(text, to: descriptor)) != nil }

  /// Writes all bytes, waiting where the descriptor would block.
  public static func send(_ text: String, to descriptor: Int32) throws(SystemFailure) {
    var text = text
    let failure: SystemFailure? = text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count, let base = bytes.baseAddress {
        let count = Glibc.write(descriptor, base + done, bytes.count - done)
        if count > 0 {
          done += count
        } else if errno == EAGAIN {
          var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&wait, 1, 1000)
        } else if errno != EINTR {
          return .last
        }
      }
      return nil
    }
    if let failure { throw failure }
  }
}

/// With what characters charts are drawn.
public enum Drawing: Sendable {
  case blocks, ascii

  /// Blocks on a terminal that draws them; elsewhere what every program and every font can read.
  public init(for descriptor: Int32, environment: (String) -> String?) {
    self = Terminal.isTerminal(descriptor) && !Terminal.isPlain(environment) && Terminal.writesUTF8(environment) ? .blocks : .ascii
  }
}

/// When output is coloured.
public enum ColorChoice: String, Sendable, CaseIterable {
  case auto, always, never

  /// `auto` colours a terminal, unless `NO_COLOR` or `SAFESH_PLAIN` is set or `TERM` is `dumb`.
  public func isOn(for descriptor: Int32, environment: (String) -> String?) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      Terminal.isTerminal(descriptor) && (environment("NO_COLOR") ?? "").isEmpty && !Terminal.isPlain(environment)
    }
  }
}
