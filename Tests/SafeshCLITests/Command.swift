import Foundation
import Testing

/// The real `safesh`, started as a person would.
struct Command {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let examples = root.appendingPathComponent("scripts/examples")

  /// The executable that was built with these tests, or the one that `SAFESH_TESTED` names.
  static let safesh: String = {
    if let other = ProcessInfo.processInfo.environment["SAFESH_TESTED"] { return other }
    let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("safesh").path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : root.appendingPathComponent(".build/debug/safesh").path
  }()

  struct Result {
    var output: String
    var messages: String
    var status: Int32
  }

  /// Runs to the end, or for a minute.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = examples, input: String = "", executable: String = safesh
  ) throws -> Result {
    let running = try Running(arguments, environment: environment, in: folder, input: input, executable: executable)
    return running.wait()
  }
}

/// A command that is still running, with what it wrote in files.
///
/// Started by `posix_spawn`: Foundation's `Process` waits for everything that a command leaves behind, and tmux leaves its server.
final class Running {
  let pid: pid_t
  let arguments: [String]
  private let outputFile: URL
  private let messagesFile: URL
  private var ended: Int32?

  struct NotStarted: Error { let code: Int32 }

  init(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = Command.examples, input: String = "", executable: String = Command.safesh,
    terminal: String? = nil
  ) throws {
    self.arguments = arguments
    let scratch = try temporaryFolder()
    outputFile = scratch.appendingPathComponent("output")
    messagesFile = scratch.appendingPathComponent("messages")
    let inputFile = scratch.appendingPathComponent("input")
    try Data(input.utf8).write(to: inputFile)
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SAFESH_") && !$0.key.lowercased().hasSuffix("_proxy") }
    // No profile and no token of whoever runs the tests.
    for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] { all[name] = scratch.appendingPathComponent("home").path }
    all["SWIFT_BACKTRACE"] = "enable=no"
    for (name, value) in environment { all[name] = value }

    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, terminal ?? inputFile.path, terminal == nil ? O_RDONLY : O_RDWR, 0)
    posix_spawn_file_actions_addopen(&files, 1, outputFile.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&files, 2, messagesFile.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let command = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, executable] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of a pool have signals blocked, and what they start would have them, too.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // POSIX_SPAWN_SETSID: the first terminal that the leader of a session opens becomes the session's.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | (terminal == nil ? 0 : 0x80))
    var pid: pid_t = 0
    let code = posix_spawn(&pid, command[0], &files, &attributes, &words, &variables)
    guard code == 0 else { throw NotStarted(code: code) }
    self.pid = pid
  }

  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var messages: String { (try? String(contentsOf: messagesFile, encoding: .utf8)) ?? "" }

  /// The status, once it has ended; 128 + n for a signal.
  var status: Int32? {
    if ended == nil {
      var value: Int32 = 0
      if waitpid(pid, &value, WNOHANG) == pid { ended = value & 0x7f == 0 ? (value >> 8) & 0xff : 128 + (value & 0x7f) }
    }
    return ended
  }

  func signal(_ number: Int32) { if status == nil { kill(pid, number) } }

  func wait(seconds: Double = 60) -> Command.Result {
    let end = Date().addingTimeInterval(seconds)
    while status == nil, Date() < end { usleep(5000) }
    if status == nil {
      Issue.record("still running after \(seconds) s: \(arguments)")
      signal(SIGKILL)
      while status == nil { usleep(5000) }
    }
    return Command.Result(output: output, messages: messages, status: status ?? -1)
  }

  /// Waits until something is true of what it wrote.
  func wait(seconds: Double = 20, until condition: (Running) -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if condition(self) { return true }
      usleep(10_000)
    }
    return false
  }
}

/// `safesh serve` on a free port, stopped by the test that started it.
final class ServerProcess {
  let running: Running
  let url: String
  let values: [String: String]

  init(data: URL, _ options: [String] = []) throws {
    running = try Running(["serve", "--data", data.path, "--port", "0"] + options)
    guard running.wait(until: { $0.output.contains("url=") && $0.output.hasSuffix("\n") }) else {
      running.signal(SIGKILL)
      throw ServerDidNotStart(messages: running.messages)
    }
    var values: [String: String] = [:]
    for line in running.output.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
    }
    self.values = values
    url = values["url"] ?? ""
  }

  struct ServerDidNotStart: Error { let messages: String }

  /// The environment for a client of the server's first key.
  var environment: [String: String] {
    ["SAFESH_URL": url, "SAFESH_CLIENT_ID": values["client_id"] ?? "", "SAFESH_CLIENT_SECRET": values["client_secret"] ?? ""]
  }

  /// Method, path and status of each request.
  var log: [String] { Self.log(running) }

  static func log(_ running: Running) -> [String] {
    running.messages.split(separator: "\n").compactMap { $0.firstMatch(of: /Z ([A-Z]+ \S+ \d+) ms=/).map { String($0.1) } }
  }

  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) -> Command.Result {
    running.signal(signal)
    return running.wait()
  }

  deinit { running.signal(SIGKILL) }
}

/// A folder of a test's own.
func temporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}
