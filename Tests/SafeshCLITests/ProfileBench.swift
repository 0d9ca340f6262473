import Foundation
import Testing

/// A home of a test's own, with profiles in it, and how safesh is run there.
struct Home {
  let folder: URL
  let environment: [String: String]

  init() throws {
    folder = try temporaryFolder()
    environment = ["HOME": folder.path, "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": ""]
  }

  var config: URL { folder.appendingPathComponent(".config/safesh/config.yaml") }
  var tokens: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/.cache/safesh")) ?? []).filter { $0.hasSuffix(".json") }
  }

  func start(_ arguments: [String], _ variables: [String: String] = [:], terminal: String? = nil) throws -> Running {
    try Running(arguments, environment: environment.merging(variables) { $1 }, in: folder, terminal: terminal)
  }

  func run(_ arguments: String..., with variables: [String: String] = [:]) throws -> Command.Result { try start(arguments, variables).wait() }

  /// Writes a file that only its owner can read.
  func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
    let path = folder.appendingPathComponent(name).path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  /// A profile of a server's first key.
  func add(_ name: String, of server: ServerProcess, url: String? = nil, _ secret: String...) throws {
    let added = try start(["profile", "add", name, "--url", url ?? server.url, "--client-id", server.values["client_id"] ?? ""] + secret).wait()
    #expect(added.status == 0, "\(added.messages)")
  }
}

extension ServerProcess {
  var secret: String { values["client_secret"] ?? "" }
  var tokenRequests: Int { log.count { $0.hasPrefix("POST /identity/connect/token") } }
}

/// A terminal of a test's own; what is typed into it comes to whoever runs in it.
final class TestTerminal {
  let path: String
  private let master: Int32

  struct NoTerminal: Error {}

  init() throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN, whose names Swift does not see.
    var (lock, number): (CInt, CInt) = (0, 0)
    guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else { throw NoTerminal() }
    path = "/dev/pts/\(number)"
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit { close(master) }

  private(set) var text = ""

  /// Waits for a text on the terminal.
  func wait(for expected: String) -> Bool {
    let end = Date().addingTimeInterval(20)
    while Date() < end {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(master, &bytes, bytes.count)
      if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) }
      if text.contains(expected) { return true }
      usleep(5000)
    }
    return false
  }

  func type(_ typed: String) { _ = write(master, typed, typed.utf8.count) }

  /// Whether what is typed shows.
  var hasEcho: Bool {
    var modes = termios()
    return tcgetattr(master, &modes) == 0 && modes.c_lflag & tcflag_t(ECHO) != 0 && modes.c_lflag & tcflag_t(ICANON) != 0
  }
}
