internal import Dispatch
internal import Foundation
internal import SafeConfiguration
internal import SecretSafeClient

/// A command whose standard output is a secret, as `pass show safesh/acme`.
///
/// It stays in our process group: one that asks for a pass phrase on the terminal may do so, and Ctrl-C ends it as well.
struct SecretCommand: Sendable {
  /// Seconds that it may take; a person may have to enter a pass phrase meanwhile.
  static let timeLimit = 60
  /// Bytes of standard error that are kept: its end tells why.
  static let errorLimit = 4_096

  let line: String
  var timeLimit = Self.timeLimit

  func run() async throws(ClientError) -> String {
    let result: Result<String, ClientError> = await withCheckedContinuation { continuation in
      // It waits for a process, so it does so on none of the threads that others need.
      DispatchQueue.global().async { continuation.resume(returning: Result { () throws(ClientError) in try runBlocking() }) }
    }
    return try result.get()
  }

  private func failure(_ text: String) -> ClientError { ClientError(.unauthorized, "the command for the secret, '\(line)', \(text)") }

  private func runBlocking() throws(ClientError) -> String {
    let output = try openPipe()
    defer { close(output.read) }
    let errors: (read: Int32, write: Int32)
    do throws(ClientError) { errors = try openPipe() } catch {
      close(output.write)
      throw error
    }
    defer { close(errors.read) }
    let started = Result { () throws(ClientError) in try spawn(output.write, errors.write) }
    close(output.write)
    close(errors.write)
    return try watch(try started.get(), Reading(output.read, keepsEnd: false), Reading(errors.read, keepsEnd: true))
  }

  private func openPipe() throws(ClientError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure("cannot be started: \(String(cString: strerror(errno)))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private func spawn(_ output: Int32, _ errors: Int32) throws(ClientError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Standard input may be a script's data.
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let arguments: [String] = ["sh", "-c", line]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
    guard code == 0 else { throw failure("cannot be started: \(String(cString: strerror(code)))") }
    return child
  }

  /// Reads until the command has ended, and brings that about when the time is over. What it left behind is not waited for.
  private func watch(_ child: pid_t, _ output: Reading, _ errors: Reading) throws(ClientError) -> String {
    let deadline = DispatchTime.now() + .seconds(timeLimit)
    var status: Int32 = 0
    while true {
      var waited = [output.wish, errors.wish]
      _ = poll(&waited, 2, 20)
      output.drain()
      errors.drain()
      if waitpid(child, &status, WNOHANG) == child { break }
      if DispatchTime.now() > deadline {
        kill(child, SIGTERM)
        usleep(200_000)
        if waitpid(child, &status, WNOHANG) != child {
          kill(child, SIGKILL)
          waitpid(child, &status, 0)
        }
        throw failure("was stopped after \(timeLimit) seconds")
      }
    }
    output.drain()
    errors.drain()
    let signal = status & 0x7f
    if signal == SIGINT { throw ClientError(.cancelled, "interrupted") }
    guard signal == 0, status >> 8 & 0xff == 0 else {
      let said = String(decoding: errors.bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      throw failure((signal == 0 ? "ended with status \(status >> 8 & 0xff)" : "ended by signal \(signal)") + (said.isEmpty ? "" : ":\n\(said)"))
    }
    guard output.bytes.count <= SecretFile.limit, let text = SecretText.line(of: output.bytes) else { throw failure("gives more than a line of text") }
    guard !text.isEmpty else { throw failure("gives nothing") }
    return text
  }

  /// One end of a pipe, read as far as there is something.
  private final class Reading {
    private let file: Int32
    private let keepsEnd: Bool
    private var isOpen = true
    private(set) var bytes: [UInt8] = []

    init(_ file: Int32, keepsEnd: Bool) {
      self.file = file
      self.keepsEnd = keepsEnd
      _ = fcntl(file, F_SETFL, O_NONBLOCK)
    }

    var wish: pollfd { pollfd(fd: isOpen ? file : -1, events: Int16(POLLIN), revents: 0) }

    func drain() {
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while isOpen {
        let count = Foundation.read(file, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          if count == 0 { isOpen = false }
          return
        }
        // A command that never ends does not fill the memory.
        if keepsEnd {
          bytes = Array((bytes + buffer[..<count]).suffix(SecretCommand.errorLimit))
        } else if bytes.count <= SecretFile.limit {
          bytes += buffer[..<count]
        }
      }
    }
  }
}
