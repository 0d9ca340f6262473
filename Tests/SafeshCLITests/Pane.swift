import Foundation
import Testing

/// The prompt as a job of an interactive shell in a real terminal: tmux types, and its screen is read.
final class Pane {
  struct Size: CustomTestStringConvertible, Sendable {
    var columns: Int
    var rows: Int
    var testDescription: String { "\(columns)x\(rows)" }
    static let both = [Size(columns: 80, rows: 24), Size(columns: 200, rows: 50)]
  }

  /// Runs for minutes unless it is cancelled.
  static let longCommand = "for i in range(1000000000) { if i == -1 { print i } }"

  private let name = "safesh-\(UUID().uuidString.prefix(8))"
  let home: URL
  private var server: pid_t = 0

  /// - Parameter starts: whether the prompt is waited for.
  init(_ size: Size, editrc: String = "", history: String = "", profiles: String = "", starts: Bool = true) throws {
    home = try temporaryFolder()
    try Data(editrc.utf8).write(to: home.appendingPathComponent(".editrc"))
    if !profiles.isEmpty {
      let folder = home.appendingPathComponent("safesh")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let created = FileManager.default.createFile(
        atPath: folder.appendingPathComponent("config.yaml").path, contents: Data(profiles.utf8), attributes: [.posixPermissions: 0o600])
      #expect(created)
    }
    if !history.isEmpty {
      try FileManager.default.createDirectory(at: historyFile.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(history.utf8).write(to: historyFile)
    }
    let variables = ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"].map { "\($0)='\(home.path)'" }.joined(separator: " ")
    try tmux([
      "-f", "/dev/null", "new-session", "-d", "-x", "\(size.columns)", "-y", "\(size.rows)",
      "env -u NO_COLOR \(variables) LC_ALL=C.UTF-8 SWIFT_BACKTRACE=enable=no PS1='$ ' bash --norc -i",
    ])
    server = pid_t(try tmux(["display-message", "-p", "#{pid}"]).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    #expect(wait { $0.contains("$ ") || $0.hasPrefix("$") }, "\(text)")
    // A name of its own, by which it is found; and no echo of how it was started.
    try type("clear; sh -c 'echo $$ >\"$HOME/pid\"; exec \"$0\"' '\(Command.safesh)'")
    try press("Enter")
    if starts { #expect(wait { $0.contains(/safesh \S+>/) }, "\(text)") }
  }

  /// The terminal goes by its process id; what runs in it is hung up by that.
  deinit { if server > 0 { kill(server, SIGKILL) } }

  var historyFile: URL { home.appendingPathComponent("safesh/history") }

  var pid: pid_t {
    let text = (try? String(contentsOf: home.appendingPathComponent("pid"), encoding: .utf8)) ?? ""
    return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  @discardableResult
  func tmux(_ arguments: [String]) throws -> String {
    try Command.run(["-L", name] + arguments, environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"], executable: "/usr/bin/tmux").output
  }

  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  func enter(_ line: String) throws {
    try type(line)
    try press("Enter")
  }

  /// In brackets, with the line ends that the text has.
  func paste(_ text: String) throws {
    let file = home.appendingPathComponent("paste")
    try Data(text.utf8).write(to: file)
    try tmux(["load-buffer", file.path])
    try tmux(["paste-buffer", "-p", "-r"])
  }

  func resize(_ columns: Int, _ rows: Int) throws { try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

  var text: String { (try? tmux(["capture-pane", "-p"])) ?? "" }
  /// With escape sequences.
  var styled: String { (try? tmux(["capture-pane", "-p", "-e"])) ?? "" }
  /// Rows without the spaces at their ends, up to the last that has any.
  var lines: [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0.reversed().drop { $0 == " " }.reversed()) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The rows from that of the prompt's latest entry on.
  var entry: [String] {
    let lines = lines
    let start = lines.lastIndex { $0.hasPrefix("safesh ") && $0.contains(/^safesh \S+>/) || $0.hasPrefix("> ") } ?? 0
    guard !lines.isEmpty else { return [] }
    // What the line will do, at the right edge, is no part of it.
    let first = lines[start].replacing(/^safesh \S+> ?|^> ?/, with: "").replacing(/[ ]{2,}(reads |WRITES |[0-9,]+ of ).*$/, with: "")
    return [first] + lines[(start + 1)...]
  }

  var cursor: (column: Int, row: Int) {
    let numbers = ((try? tmux(["display-message", "-p", "#{cursor_x} #{cursor_y}"])) ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : (-1, -1)
  }

  @discardableResult
  func wait(seconds: Double = 20, until condition: (String) -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if condition(text) { return true }
      usleep(30_000)
    }
    return false
  }

  /// Waits until the latest entry is shown as these rows.
  func expectEntry(_ rows: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(wait(seconds: 10) { _ in entry == rows }, "the screen: \(text)", sourceLocation: sourceLocation)
  }

  func expect(_ part: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(wait { $0.contains(part) }, "the screen: \(text)", sourceLocation: sourceLocation)
  }

  /// That the prompt has ended with a status and the shell has its terminal back, with echo and pastes out of brackets.
  func expectLeft(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let end = Date().addingTimeInterval(3)
    let pid = pid
    while kill(pid, 0) == 0, Date() < end { usleep(20_000) }
    #expect(kill(pid, 0) != 0, "it still runs after 3 s: \(text)", sourceLocation: sourceLocation)
    try enter("echo \"left $?\"; stty -a | grep -o ' echo '")
    #expect(wait { $0.contains("\nleft \(status)\n echo") }, "the screen: \(text)", sourceLocation: sourceLocation)
  }
}
