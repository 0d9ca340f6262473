import Dispatch
import FoundationEssentials
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A command line that takes a message on its standard input, as `msmtp -t`.
struct MailCommand: Sendable {
  /// Seconds that it may take. A mail server that answers slowly on purpose takes half of it.
  static let timeLimit = 60
  /// Bytes of standard error that are kept: its end tells why.
  static let errorLimit = 4_096
  /// Bytes of a reason as it is stored.
  static let reasonLimit = 300

  let line: String
  var timeLimit = Self.timeLimit

  struct Failure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = String(decoding: text.utf8.prefix(MailCommand.reasonLimit), as: UTF8.self) }
  }

  /// Returns when the command ended with status 0. Throws a `Failure`, and ends the command when its task is cancelled.
  func run(_ message: String) async throws(Failure) {
    let isCancelled = Flag()
    let outcome: Result<Void, Failure> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // It blocks, so it does so on none of the threads that answer requests.
        DispatchQueue.global().async { continuation.resume(returning: runBlocking(message, isCancelled)) }
      }
    } onCancel: {
      isCancelled.raise()
    }
    try outcome.get()
  }

  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isUp: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
  }

  private func runBlocking(_ message: String, _ isCancelled: Flag) -> Result<Void, Failure> {
    Result { () throws(Failure) in
      let started = try Self.starting.withLock { _ throws(Failure) in try start(message) }
      defer { close(started.errors) }
      try watch(started.child, started.errors, isCancelled)
    }
  }

  /// A pipe is open to commands until it is marked: while one starts, no other pipe is made.
  private static let starting = Mutex<Void>(())

  private func start(_ message: String) throws(Failure) -> (child: pid_t, errors: Int32) {
    let input = try Self.filledPipe(Array(message.utf8))
    defer { close(input) }
    let errors = try Self.openPipe()
    defer { close(errors.write) }
    do throws(Failure) { return (try spawn(input, errors.write), errors.read) } catch {
      close(errors.read)
      throw error
    }
  }

  /// A pipe that holds the whole message: nothing waits for the command to read, and nothing breaks if it does not.
  private static func filledPipe(_ bytes: [UInt8]) throws(Failure) -> Int32 {
    let ends = try openPipe()
    defer { close(ends.write) }
    _ = fcntl(ends.write, F_SETFL, O_NONBLOCK)
    guard write(ends.write, bytes, bytes.count) == bytes.count else {
      close(ends.read)
      throw Failure("the message is too long for a pipe (\(bytes.count) bytes)")
    }
    return ends.read
  }

  private static func openPipe() throws(Failure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure("no pipe: \(reason(errno))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// In a process group of its own, so that what the shell starts ends with it.
  private func spawn(_ input: Int32, _ errors: Int32) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    for file in 3..<Self.openFilesEnd { posix_spawn_file_actions_addclose(&actions, file) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The server ignores or takes signals that the command should not.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var child: pid_t = 0
    let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
    let code = withCStrings(["sh", "-c", line]) { arguments in
      withCStrings(environment) { posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, $0) }
    }
    guard code == 0 else { throw Failure("/bin/sh cannot be started: \(Self.reason(code))") }
    return child
  }

  /// Sockets of clients are not marked to be closed in commands; some more may be opened until the command runs.
  private static var openFilesEnd: Int32 {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (names?.compactMap { Int32($0) }.max() ?? 1_000) + 64
  }

  /// Waits for the end, and brings it about when the time is over.
  private func watch(_ child: pid_t, _ errors: Int32, _ isCancelled: Flag) throws(Failure) {
    _ = fcntl(errors, F_SETFL, O_NONBLOCK)
    var tail: [UInt8] = []
    let deadline = DispatchTime.now() + .seconds(timeLimit)
    var isOpen = true
    var status: Int32 = 0
    while true {
      var waited = pollfd(fd: isOpen ? errors : -1, events: Int16(POLLIN), revents: 0)
      _ = poll(&waited, 1, 20)
      if waited.revents != 0, !Self.drain(errors, into: &tail) { isOpen = false }
      if waitpid(child, &status, WNOHANG) == child { break }
      let isLate = DispatchTime.now() > deadline
      if isLate || isCancelled.isUp {
        kill(-child, SIGKILL)
        waitpid(child, &status, 0)
        throw Failure(isLate ? "the command was stopped after \(timeLimit) seconds" : "the server stopped while the command ran")
      }
    }
    // What the shell left behind has no more to do.
    kill(-child, SIGKILL)
    _ = Self.drain(errors, into: &tail)
    let signal = status & 0x7f
    let code = status >> 8 & 0xff
    if signal == 0, code == 0 { return }
    let lastLine = String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
    throw Failure((signal == 0 ? "status \(code)" : "signal \(signal)") + lastLine)
  }

  /// Takes what is there; false at the end.
  private static func drain(_ file: Int32, into tail: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: errorLimit)
    while true {
      let count = read(file, &buffer, buffer.count)
      guard count > 0 else { return count < 0 && errno == EAGAIN }
      tail = Array((tail + buffer[..<count]).suffix(errorLimit))
    }
  }

  private static func reason(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

private func withCStrings<T>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
