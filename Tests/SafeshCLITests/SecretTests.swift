import Foundation
import SecretSafeClient
import Testing

@testable import SafeshCLI

/// Where a secret comes from, and that one token serves many processes.
struct SecretTests {
  @Test func filesCommandsAndVariables() throws {
    let home = try Home()
    let server = try ServerProcess(data: home.folder.appendingPathComponent("org.db"))
    let key = try home.write(server.secret + "\n", to: "key")
    try home.add("file", of: server, "--secret-file", "key")
    try home.add("command", of: server, "--secret-command", "cat '\(key)'")
    try home.add("variable", of: server, "--secret-env", "KEY")
    for name in ["file", "command"] { #expect(try home.run("login", "--profile", name).status == 0) }
    let login = try home.run("login", "--profile", "variable", with: ["KEY": server.secret])
    #expect(login.output.contains(/^host=127.0.0.1:\d+\nclient_id=organization\.[-0-9a-f]+\nscope=api\.organization\nexpires=20\d\d-/), "\(login.output)")
    #expect(login.messages.hasPrefix("target: variable (127.0.0.1:"))
    let over = try home.run("-c", "members | count", with: ["SAFESH_CLIENT_SECRET": server.secret])
    #expect(over.messages == "target: file (\(server.url.dropFirst(7))) with SAFESH_CLIENT_SECRET\n")
    let unset = try home.run("login", "--profile", "variable")
    #expect(unset.status == 4)
    #expect(unset.messages.contains("the secret comes from the variable KEY, which is not set"))
    let wrong = try home.run("login", "--profile", "variable", with: ["KEY": "wrong"])
    #expect(wrong.status == 4)
    #expect(wrong.messages.contains("the server rejects the key; check client id and secret"))

    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    let wide = try home.run("-c", "members | count")
    #expect(wide.status == 4)
    #expect(wide.messages == "error: the file of the secret, '\(key)', can be read by others (mode 0640): chmod 600 \(key)\n")
    _ = try home.write("", to: "key")
    #expect(try home.run("login").messages.contains("is empty"))
    // Only root can give a file away.
    if geteuid() == 0, chown(key, 1, 1) == 0 {
      #expect(try home.run("login").messages.contains("belongs to somebody else; take one of your own"))
      chown(key, 0, 0)
    }
    _ = try home.write("a\nb\n", to: "key")
    #expect(try home.run("login").messages.contains("holds no line of text"))
    try FileManager.default.removeItem(atPath: key)
    #expect(try home.run("login").messages.contains("cannot be read: No such file or directory"))
  }

  @Test(arguments: [
    ("printf 'abc\\n'", "abc"), ("printf abc", "abc"), ("echo no >&2; exit 3", "ended with status 3:\nno"), ("true", "gives nothing"),
    ("printf 'a\\nb'", "gives more than a line of text"), ("kill -9 $$", "ended by signal 9"), ("sleep 30 & printf abc", "abc"), ("yes", "was stopped after 1 seconds"),
    ("nosuchcommand", "not found"),
  ])
  func commands(_ line: String, _ expected: String) async throws {
    do {
      let text = try await SecretCommand(line: line, timeLimit: 1).run()
      #expect(text == expected)
    } catch { #expect(error.message.contains(expected), "\(error.message)") }
  }

  /// A terminal in which a login asks for a secret.
  private static func asking(_ home: Home, _ server: ServerProcess) throws -> (terminal: TestTerminal, running: Running) {
    let terminal = try TestTerminal()
    let running = try home.start(["login"], terminal: terminal.path)
    #expect(terminal.wait(for: "Client secret of ask (127.0.0.1:"), "\(terminal.text) \(running.messages)")
    let isQuiet = running.wait { _ in !terminal.hasEcho }
    #expect(isQuiet)
    return (terminal, running)
  }

  @Test func theQuestionShowsNothingAndGivesTheTerminalBack() throws {
    let home = try Home()
    let server = try ServerProcess(data: home.folder.appendingPathComponent("org.db"))
    try home.add("ask", of: server, "--secret-prompt")
    let alone = try Command.run(["-w", Command.safesh, "login"], environment: home.environment, executable: "setsid")
    #expect(alone.status == 4)
    #expect(alone.messages.contains("there is no terminal to ask for the secret on; set SAFESH_CLIENT_SECRET"), "\(alone.messages)")

    var (terminal, running) = try Self.asking(home, server)
    terminal.type("wrong\u{15}\(server.secret)\n")
    #expect(running.wait().status == 0, "\(running.messages)")
    #expect(terminal.hasEcho)
    #expect(!terminal.text.contains(server.secret))
    // Whoever comes now is not asked.
    let terminalOfMany = try TestTerminal()
    let count = try home.start(["-c", "members | count"], terminal: terminalOfMany.path).wait()
    #expect(count.output == "0\n", "\(count.messages)")

    (terminal, running) = try Self.asking(home, server)
    terminal.type("abc\u{3}")
    #expect(running.wait().status == 130)
    #expect(terminal.hasEcho)

    (terminal, running) = try Self.asking(home, server)
    running.signal(SIGTERM)
    #expect(running.wait().status == 128 + SIGTERM)
    #expect(terminal.hasEcho)
  }

  @Test func twentyProcessesAskForOneToken() throws {
    let home = try Home()
    let data = home.folder.appendingPathComponent("org.db")
    let server = try ServerProcess(data: data)
    _ = try home.write(server.secret, to: "key")
    try home.add("acme", of: server, "--secret-file", "key")
    let all = try (0..<20).map { _ in try home.start(["-c", "members | count"]) }
    for running in all { #expect(running.wait().output == "0\n", "\(running.messages)") }
    #expect(server.tokenRequests == 1)
    #expect(home.tokens.count == 1)

    // The key is rotated: the token that many hold is renewed once, with the secret of now.
    let rotated = try Command.run(["org", "key", "rotate", "--data", data.path, "--yes", "-o", "json"])
    let new = try JSONDecoder().decode([String: String].self, from: Data(rotated.output.utf8))["client_secret"]
    let refused = try home.run("-c", "members | count")
    #expect(refused.status == 4)
    #expect(home.tokens.isEmpty)
    _ = try home.write(try #require(new), to: "key")
    let again = try (0..<4).map { _ in try home.start(["-c", "members | count"]) }
    for running in again { #expect(running.wait().output == "0\n", "\(running.messages)") }
    #expect(server.tokenRequests == 3)
    #expect(try home.run("logout").messages == "acme (\(server.url.dropFirst(7))): the token is removed\n")
    #expect(home.tokens.isEmpty)
    #expect(try home.run("logout").messages.contains("no token was kept"))
  }

  @Test func whoDiesWhileAskingHoldsNobodyUp() throws {
    let home = try Home()
    let server = try ServerProcess(data: home.folder.appendingPathComponent("org.db"))
    let key = try home.write(server.secret, to: "key")
    try home.add("acme", of: server, "--secret-command", "test -e slow && : >waiting && exec sleep 20; cat '\(key)'")
    _ = try home.write("", to: "slow")
    let dying = try home.start(["-c", "members | count"])
    #expect(dying.wait { _ in FileManager.default.fileExists(atPath: home.folder.path + "/waiting") })
    try FileManager.default.removeItem(atPath: home.folder.path + "/slow")
    let next = try home.start(["-c", "members | count"])
    usleep(300_000)
    #expect(next.status == nil)
    dying.signal(SIGKILL)
    #expect(next.wait(seconds: 10).output == "0\n", "\(next.messages)")
    #expect(server.tokenRequests == 1)
    // The doctor tries the key, and its token is the others' as well.
    #expect(try home.run("doctor").output.contains("✓ cache         tokens are shared in \(home.folder.path)/.cache/safesh\n"))
    #expect(try home.run("-c", "members | count").output == "0\n")
    #expect(server.tokenRequests == 2)
  }

  @Test func theSandboxAndTestsKeepNoToken() throws {
    let home = try Home()
    #expect(try home.run("-c", "members | count").output == "60\n")
    let script = try home.write("test \"empty\" {\n  assert members.count() == 0\n}\n", to: "t.safe")
    let tests = try home.run("test", script)
    #expect(tests.status == 0, "\(tests.output) \(tests.messages)")
    #expect(!FileManager.default.fileExists(atPath: home.folder.path + "/.cache/safesh"))
  }
}
