import Foundation
import Testing

/// The prompt in a real terminal: tmux types, and its screen is read.
struct PromptTests {
  /// A terminal of so many columns and rows with a prompt in it.
  final class Screen {
    private let name = "safesh-\(UUID().uuidString.prefix(8))"
    let folder: URL
    private var server: pid_t = 0

    init(
      columns: Int = 80, rows: Int = 24, _ arguments: String = "", environment: [String: String] = [:], variables: String = "", prompt: String = "safesh sandbox>"
    ) throws {
      folder = try temporaryFolder()
      let script = folder.appendingPathComponent("run.sh")
      let text = """
        export XDG_STATE_HOME='\(folder.path)' XDG_CONFIG_HOME='\(folder.path)' HOME='\(folder.path)' \(variables)
        unset NO_COLOR
        \(environment.map { "export \($0)='\($1)'" }.joined(separator: "\n"))
        cd "$HOME"
        sh -c 'echo $$ >"$HOME/pid"; exec "$0" \(arguments)' '\(Command.safesh)'
        echo "left $?"
        stty -a | grep -o ' echo '
        sleep 60
        """
      try Data(text.utf8).write(to: script)
      try tmux(["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "sh '\(script.path)'"])
      server = pid_t(try tmux(["display-message", "-p", "#{pid}"]).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
      #expect(wait { $0.contains(prompt) }, "\(self.text)")
    }

    /// The terminal goes by its process id; what runs in it is hung up by that.
    deinit { if server > 0 { kill(server, SIGKILL) } }

    @discardableResult
    func tmux(_ arguments: [String]) throws -> String {
      try Command.run(["-L", name] + arguments, environment: ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8"], executable: "/usr/bin/tmux").output
    }

    func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }
    func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    var text: String { (try? tmux(["capture-pane", "-p"])) ?? "" }

    @discardableResult
    func wait(seconds: Double = 15, until condition: (String) -> Bool) -> Bool {
      let end = Date().addingTimeInterval(seconds)
      while Date() < end {
        if condition(text) { return true }
        usleep(30_000)
      }
      return false
    }

    /// Types a line, runs it, and waits for a text.
    func run(_ line: String, until expected: String) throws -> Bool {
      try type(line)
      try press("Enter")
      return wait { $0.contains(expected) }
    }
  }

  @Test func aTableACompletionAndAnError() throws {
    let screen = try Screen()
    try screen.type("members | ta")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("members | take") }, "\(screen.text)")
    #expect(try screen.run("3", until: "carmen@acme.com"), "\(screen.text)")
    #expect(screen.text.contains("email            name           status     type   twoFactorEnabled  externalId"))
    try screen.type("members | where .em")
    try screen.press("Tab")
    #expect(screen.wait { $0.contains("members | where .email") }, "\(screen.text)")
    #expect(try screen.run(" ends \"@acme.com\" | count", until: "\n55\n"), "\(screen.text)")
    #expect(try screen.run("members | where .stauts == confirmed", until: "did you mean '.status'?"), "\(screen.text)")
    #expect(screen.text.contains("    |                 ^^^^^^^ did you mean '.status'?"), "\(screen.text)")
  }

  /// What a line gives stands directly below it, also where the line ends at the edge, and an error's hint is parted between words.
  @Test func aLineThatEndsAtTheEdge() throws {
    let screen = try Screen()
    let text = String(repeating: "x", count: 62)
    #expect(try screen.run("\"\(text)\"", until: "safesh sandbox> \"\(text)\"\n\(text)\nsafesh sandbox>"), "\(screen.text)")
    #expect(try screen.run("members | where .status == confirmed and .type == user and .foo == 3", until: ":help E102 tells more"), "\(screen.text)")
    #expect(screen.text.contains(" ^^^^\n      it has .id, .userId,"), "\(screen.text)")
    #expect(!screen.text.contains(/\.\w+[,]?\n\w/), "\(screen.text)")
  }

  @Test func anIncompleteLineGoesOn() throws {
    let screen = try Screen()
    try screen.type("for i in [1, 2] {")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("\n...") }, "\(screen.text)")
    try screen.type("print (i * 21)")
    try screen.press("Enter")
    #expect(try screen.run("}", until: "\n42\n"), "\(screen.text)")
    try screen.press("Up")
    #expect(screen.wait { $0.components(separatedBy: "print (i * 21)").count == 3 }, "\(screen.text)")
  }

  @Test func theFirstWordsThatPeopleTryWork() throws {
    let screen = try Screen(columns: 80, rows: 40)
    #expect(try screen.run(" help ", until: ":quit or Ctrl-D leaves"), "\(screen.text)")
    #expect(try screen.run("let help = 40 + 2", until: "40 + 2\nsafesh"), "\(screen.text)")
    #expect(try screen.run("help", until: "\n42\n"), "\(screen.text)")
    #expect(try screen.run("exit", until: "left 0"), "\(screen.text)")
  }

  @Test func controlKeys() throws {
    let screen = try Screen()
    try screen.type("this is nothing")
    try screen.press("C-c")
    #expect(screen.wait { $0.contains("this is nothing^C") }, "\(screen.text)")
    #expect(try screen.run("let x = 20 + 1", until: "20 + 1"))
    #expect(try screen.run("x * 2", until: "\n42\n"), "\(screen.text)")
    try screen.press("C-r")
    try screen.type("20")
    #expect(screen.wait { $0.contains("search: 20") }, "\(screen.text)")
    try screen.press("C-c")
    try screen.press("C-d")
    #expect(screen.wait { $0.contains("left 0") && $0.contains("\n echo") }, "\(screen.text)")
  }

  /// What is written to the terminal leaves off, where a value is millions of lines as well as where it is one line of millions.
  @Test(arguments: [("jsonl", "range(6_000_000)"), ("table", "print range(6_000_000)")])
  func aLongOutputLeavesOff(_ format: String, _ entry: String) throws {
    let screen = try Screen(columns: 100, rows: 30)
    // As a table a list stops at a screenful by itself.
    #expect(try screen.run(":output \(format)", until: format), "\(screen.text)")
    #expect(try screen.run(entry, until: "9"), "\(screen.text)")
    try screen.press("C-c")
    #expect(screen.wait(seconds: 60) { $0.contains("interrupted\nsafesh") }, "\(screen.text)")
    #expect(!screen.text.contains("5999999"), "\(screen.text)")
    #expect(try screen.run("20 * 2 + 2", until: "\n42\n"), "\(screen.text)")
  }

  @Test func historyIsKeptForItsOwnerOnly() throws {
    let screen = try Screen()
    #expect(try screen.run("1 + 41", until: "\n42\n"), "\(screen.text)")
    #expect(try screen.run("secret(\"HOME\")", until: "(secret)"), "\(screen.text)")
    let file = screen.folder.appendingPathComponent("safesh/history")
    #expect(try String(contentsOf: file, encoding: .utf8).wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\tok {7}\t1 \+ 41\n/) != nil)
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func aPasteDoesNotRunByItself() throws {
    let screen = try Screen()
    try screen.tmux(["set-buffer", "1 + 1\n2 + 2\n"])
    try screen.tmux(["paste-buffer", "-p"])
    #expect(screen.wait { $0.contains("... 2 + 2") }, "\(screen.text)")
    #expect(!screen.text.contains("\n4\n"))
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("\n2\n4\n") }, "\(screen.text)")
  }

  @Test(arguments: [(200, 50), (40, 10), (18, 4), (5, 2)])
  func sizesDoNotBreakIt(_ columns: Int, _ rows: Int) throws {
    let screen = try Screen()
    try screen.tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    try screen.type("[1, 2, 3].map(it * 14).max() ?? 0")
    try screen.press("Enter")
    #expect(screen.wait { $0.contains("42") }, "\(screen.text)")
  }

  @Test func aTerminatedPromptRestoresTheTerminal() throws {
    let screen = try Screen()
    try screen.type("members | ")
    let text = try String(contentsOf: screen.folder.appendingPathComponent("pid"), encoding: .utf8)
    let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    kill(pid, SIGTERM)
    #expect(screen.wait { $0.contains("left 143") && $0.contains("\n echo") }, "\(screen.text)")
  }

  @Test func withoutATerminalThereAreResultsOnly() throws {
    let result = try Command.run([], input: "let x = 41\nx + 1\nfor i in [1, 2] {\nprint i\n}\nnonsense\n")
    #expect(result.output == "42\n1\n2\n", "\(result.messages)")
    #expect(result.status == 2)
  }
}
