import Foundation
import Testing

/// The real `safesh`, started as a person would.
struct Command {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let examples = root.appendingPathComponent("scripts/examples")

  /// The executable that was built with these tests.
  static let safesh: String = {
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
final class Running {
  let process = Process()
  private let outputFile: URL
  private let messagesFile: URL

  init(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = Command.examples, input: String = "", executable: String = Command.safesh
  ) throws {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    outputFile = scratch.appendingPathComponent("output")
    messagesFile = scratch.appendingPathComponent("messages")
    let inputFile = scratch.appendingPathComponent("input")
    try Data(input.utf8).write(to: inputFile)
    _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
    _ = FileManager.default.createFile(atPath: messagesFile.path, contents: nil)
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SAFESH_") }
    all["SWIFT_BACKTRACE"] = "enable=no"
    for (name, value) in environment { all[name] = value }
    process.environment = all
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: messagesFile)
    try process.run()
  }

  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var messages: String { (try? String(contentsOf: messagesFile, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  func wait(seconds: Double = 60) -> Command.Result {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < end { usleep(10_000) }
    if process.isRunning {
      Issue.record("still running after \(seconds) s: \(process.arguments ?? [])")
      signal(SIGKILL)
    }
    process.waitUntilExit()
    return Command.Result(output: output, messages: messages, status: process.terminationStatus)
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

  init(data: URL) throws {
    running = try Running(["serve", "--data", data.path, "--port", "0"])
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

  var log: [String] { running.messages.split(separator: "\n").map(String.init) }

  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) -> Command.Result {
    running.signal(signal)
    return running.wait()
  }

  deinit { if running.process.isRunning { running.signal(SIGKILL) } }
}

/// A folder of a test's own.
func temporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}
