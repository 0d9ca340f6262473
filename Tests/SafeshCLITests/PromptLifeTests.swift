import Foundation
import Testing

/// How the prompt shares its terminal: with commands that run, with the shell, and with whoever ends it.
struct PromptLifeTests {
  @Test(arguments: Pane.Size.both) func controlCClearsTheLineAndControlDLeavesOnlyAnEmptyOne(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.type("6 + 7")
    try pane.press("C-d")
    pane.expectEntry("6 + 7")
    try pane.resize(size.columns - 10, size.rows)
    try pane.press("C-c")
    pane.expect("6 + 7^C")
    pane.expectEntry("")
    try pane.press("C-d")
    try pane.expectLeft(0)
  }

  @Test(arguments: Pane.Size.both) func controlCCancelsACommandAndWhatWasTypedAheadStays(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.enter(Pane.longCommand)
    usleep(500_000)
    try pane.enter("6 * 7")
    try pane.resize(size.columns - 10, size.rows)
    try pane.press("C-c")
    pane.expect("error: interrupted")
    // It stands there and does not run by itself.
    pane.expectEntry("6 * 7")
    usleep(200_000)
    #expect(!pane.text.contains("\n42\n"))
    try pane.press("Enter")
    pane.expect("\n42\n")
    let history = try String(contentsOf: pane.historyFile, encoding: .utf8).split(separator: "\n")
    #expect(history.count == 2 && history[0].contains("Z\tcancelled\tfor i") && history[1].contains("Z\tok       \t6 * 7"), "\(history)")
  }

  /// Waits until a signal that was sent to a process is no longer waiting for it.
  private static func taken(_ signal: Int32, by pid: pid_t) -> Bool {
    for _ in 0..<2000 {
      let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
      guard let mask = status.firstMatch(of: /ShdPnd:\s+([0-9a-f]+)/).flatMap({ UInt64($0.1, radix: 16) }) else { return true }
      if mask & 1 << UInt64(signal - 1) == 0 { return true }
      usleep(1000)
    }
    return false
  }

  @Test(arguments: Pane.Size.both) func controlCTwiceAborts(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.enter(Pane.longCommand)
    usleep(500_000)
    try pane.type("print 'no'")
    try pane.press("Enter")
    usleep(100_000)
    kill(pane.pid, SIGINT)
    // Two that wait together are one for the system, and a busy machine lets the first wait.
    #expect(Self.taken(SIGINT, by: pane.pid))
    kill(pane.pid, SIGINT)
    usleep(500_000)
    if kill(pane.pid, 0) == 0 {
      // It was stopped before the second came, which then cleared the line.
      pane.expectEntry("")
      try pane.press("C-d")
      try pane.expectLeft(0)
    } else {
      try pane.expectLeft(130)
      #expect(!pane.text.contains("\nno\n"), "\(pane.text)")
    }
  }

  @Test(arguments: Pane.Size.both) func whatIsTypedEarlyIsNotLost(_ size: Pane.Size) throws {
    let pane = try Pane(size, starts: false)
    try pane.type("6 * 7")
    pane.expectEntry("6 * 7")
    try pane.press("Enter")
    pane.expect("\n42\n")
    try pane.enter("range(3000000).count()")
    try pane.enter("6 * 8")
    try pane.type("6 * 9")
    pane.expect("\n3000000\n")
    pane.expect("\n48\n")
    pane.expectEntry("6 * 9")
  }

  /// Nor does what the prompt fetches by itself, once it stands there, write over it.
  @Test func aLineThatIsRefusedAtOnceLeavesNoProgressBehind() throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24), starts: false)
    // Long enough that the fetching begins while it is looked at.
    for _ in 0..<20 { try pane.enter(String(repeating: "echo no ", count: 60)) }
    pane.expectEntry("")
    usleep(1_000_000)
    #expect(!pane.text.contains("signing in"), "\(pane.text)")
    pane.expectEntry("")
  }

  /// A paste while a command runs is one paste, too.
  @Test func whatIsPastedWhileACommandRunsDoesNotRun() throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24))
    try pane.enter("range(6000000).count()")
    try pane.paste("6 * 7\n6 * 8\n")
    pane.expect("\n6000000\n")
    pane.expectEntry("6 * 7", "... 6 * 8", "...")
    #expect(!pane.text.contains("\n42\n"))
  }

  /// A question is answered on a line, pasted or typed; what was typed before it is no answer, and is there afterwards.
  @Test func aQuestionWhileACommandRuns() throws {
    let folder = try temporaryFolder()
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    defer { server.stop() }
    let profiles = """
      default: ask
      profiles:
        ask:
          url: \(server.url)
          client-id: \(server.values["client_id"] ?? "")
          secret-prompt: true
      """
    let pane = try Pane(Pane.Size(columns: 100, rows: 24), profiles: profiles)
    // All at once, so that it stands there before the question, however busy the machine is.
    let line = "range(3000000).count(it >= 0) + (members | count)"
    try pane.tmux(["send-keys", "-l", line, ";", "send-keys", "Enter", ";", "send-keys", "-l", "6 * 7"])
    pane.expect("Client secret of ask")
    try pane.paste(server.values["client_secret"] ?? "")
    try pane.press("Enter")
    pane.expect("\n3000000\n")
    pane.expectEntry("6 * 7")
    try pane.press("Enter")
    pane.expect("\n42\n")
  }

  // MARK: Ctrl-Z

  @Test(arguments: Pane.Size.both) func controlZAndBackWithTheLine(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.enter("for i in [1] {")
    try pane.type("members | ta")
    try pane.press("C-z")
    pane.expect("Stopped")
    try pane.enter("stty -a | grep -o ' echo '")
    pane.expect("\n echo")
    try pane.resize(size.columns - 20, size.rows)
    try pane.enter("fg")
    pane.expectEntry("for i in [1] {", "... members | ta")
    try pane.press("C-c")
    try pane.enter("6 * 7")
    pane.expect("\n42\n")
  }

  @Test(arguments: Pane.Size.both) func controlZWhileACommandRuns(_ size: Pane.Size) throws {
    let pane = try Pane(size)
    try pane.enter(Pane.longCommand)
    usleep(500_000)
    try pane.type("6 * 7")
    usleep(100_000)
    try pane.press("C-z")
    pane.expect("Stopped")
    try pane.enter("stty -a | grep -o ' echo '; fg")
    pane.expect("\n echo")
    usleep(300_000)
    try pane.press("C-c")
    pane.expect("error: interrupted")
    pane.expectEntry("6 * 7")
    try pane.press("Enter")
    pane.expect("\n42\n")
  }

  /// Stopped and continued by others, it paints its line anew.
  @Test func aStopFromElsewhere() throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24))
    try pane.type("6 * 7")
    pane.expectEntry("6 * 7")
    kill(pane.pid, SIGSTOP)
    pane.expect("Stopped")
    try pane.enter("fg")
    pane.expectEntry("6 * 7")
    try pane.press("Enter")
    pane.expect("\n42\n")
  }

  // MARK: the end

  struct Ending: CustomTestStringConvertible, Sendable {
    var signal: Int32
    var isRunning: Bool
    var testDescription: String { "signal \(signal)\(isRunning ? " while a command runs" : "")" }
    static let all = [SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGUSR1, SIGALRM].flatMap {
      [Ending(signal: $0, isRunning: false), Ending(signal: $0, isRunning: true)]
    }
  }

  @Test(arguments: Ending.all) func aSignalEndsItWithTheTerminalRestored(_ ending: Ending) throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24))
    if ending.isRunning {
      try pane.enter(Pane.longCommand)
      usleep(400_000)
    } else {
      try pane.type("members | ")
      pane.expectEntry("members |")
    }
    kill(pane.pid, ending.signal)
    try pane.expectLeft(128 + ending.signal)
  }

  /// A terminal whose output is held up, by Ctrl-S or by who reads it, keeps nobody for longer than 3 s.
  @Test func aTerminalThatTakesNothingMoreKeepsNobody() throws {
    let script = """
      import fcntl, os, pty, select, signal, sys, tempfile, termios, time
      terminal, inside = pty.openpty()
      before = termios.tcgetattr(inside)
      pid = os.fork()
      if pid == 0:
          os.setsid()
          fcntl.ioctl(inside, termios.TIOCSCTTY, 0)
          for descriptor in range(3):
              os.dup2(inside, descriptor)
          home = tempfile.mkdtemp()
          os.execve(sys.argv[1], ["safesh"], {"HOME": home, "XDG_STATE_HOME": home, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
      seen = b""
      while b"> " not in seen:
          seen += os.read(terminal, 65536)
      termios.tcflow(inside, termios.TCOOFF)
      os.write(terminal, b"members")
      time.sleep(0.5)
      os.kill(pid, signal.SIGTERM)
      start = time.monotonic()
      ended = 0
      while not ended and time.monotonic() < start + 3:
          ended, status = os.waitpid(pid, os.WNOHANG)
          time.sleep(0.02)
      if not ended:
          os.kill(pid, signal.SIGKILL)
      print(os.waitstatus_to_exitcode(status), termios.tcgetattr(inside) == before)
      """
    let result = try Command.run(["-c", script, Command.safesh], executable: "python3")
    #expect(result.output == "143 True\n", "\(result.messages)")
  }

  @Test(arguments: [false, true]) func controlBackslashEndsIt(_ isRunning: Bool) throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24))
    if isRunning {
      try pane.enter(Pane.longCommand)
      usleep(400_000)
    } else {
      try pane.type("members | s")
      try pane.press("Tab")
      pane.expect("sort")
    }
    try pane.press("C-\\")
    try pane.expectLeft(131)
  }

  // MARK: history

  @Test func entriesAreKeptWholeWithTimeAndOutcome() throws {
    let pane = try Pane(Pane.Size(columns: 80, rows: 24), history: "old | entry\nfor i in x {\\n  print i\\n}\n")
    try pane.enter("for i in [42] {")
    try pane.enter("print i }")
    pane.expect("\n42\n")
    try pane.enter("nonsense")
    pane.expect("error")
    try pane.enter(Pane.longCommand)
    usleep(400_000)
    kill(pane.pid, SIGKILL)
    usleep(200_000)
    let lines = try String(contentsOf: pane.historyFile, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.count == 5, "\(lines)")
    #expect(lines.prefix(2) == ["old | entry", "for i in x {\\n  print i\\n}"])
    let times = lines.dropFirst(2).map { $0.prefix(20) }
    #expect(times.allSatisfy { $0.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil })
    let rest = lines.dropFirst(2).map { $0.dropFirst(20) }
    #expect(rest == ["\tok       \tfor i in [42] {\\nprint i }", "\terror    \tnonsense", "\t-        \t\(Pane.longCommand)"].map { $0[...] })
    let mode = try FileManager.default.attributesOfItem(atPath: pane.historyFile.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    try pane.press("C-c")
    try pane.enter("stty sane; clear; HOME='\(pane.home.path)' '\(Command.safesh)'")
    #expect(pane.wait { $0.contains(/safesh \S+>/) }, "\(pane.text)")
    try pane.press("Up", "Up", "Up")
    pane.expectEntry("for i in [42] {", "... print i }")
  }

  @Test func randomKeysDoNoHarm() throws {
    let script = Command.root.appendingPathComponent("scripts/fuzz-keys").path
    let result = try Command.run(["200"], environment: ["SAFESH": Command.safesh], in: Command.root, executable: script)
    #expect(result.status == 0, "\(result.output)\n\(result.messages)")
  }
}
