internal import Dispatch
internal import Glibc
internal import Synchronization

/// A command line that sh runs, with a limit of time.
public struct ShellCommand: Sendable {
  /// Bytes of standard error that are kept: its end tells why.
  static let errorLimit = 4_096

  public enum Input: Sendable {
    case nothing
    /// As much as a pipe holds.
    case bytes([UInt8])
  }

  public enum Ending: Sendable {
    case exited(Int32)
    case signal(Int32)
    /// The time was over, and it was ended.
    case timedOut
    /// Its task was cancelled, and it was ended.
    case cancelled
  }

  public struct Result: Sendable {
    public var ending: Ending
    /// Standard output, cut off behind the limit.
    public var output: [UInt8]
    /// The last part of standard error.
    public var errors: [UInt8]
  }

  public let line: String
  /// Seconds.
  public let timeLimit: Int
  /// In a process group of its own all that the shell starts ends with it. In ours it may ask on the terminal, and Ctrl-C ends it as well.
  public let hasOwnGroup: Bool
  /// Bytes of standard output that are kept; nil sends it to nowhere.
  public let outputLimit: Int?

  public init(_ line: String, timeLimit: Int, hasOwnGroup: Bool, outputLimit: Int? = nil) {
    self.line = line
    self.timeLimit = timeLimit
    self.hasOwnGroup = hasOwnGroup
    self.outputLimit = outputLimit
  }

  /// Returns when the command has ended. What it left behind is not waited for.
  ///
  /// - Throws: why it could not be started; `EMSGSIZE` for an input that no pipe holds.
  public func run(_ input: Input = .nothing) async throws(SystemFailure) -> Result {
    let isCancelled = Flag()
    let outcome: Swift.Result<Result, SystemFailure> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // It blocks, so it does so on none of the threads that others need.
        DispatchQueue.global().async {
          continuation.resume(returning: Swift.Result { () throws(SystemFailure) in try runBlocking(input, isCancelled) })
        }
      }
    } onCancel: {
      isCancelled.raise()
    }
    return try outcome.get()
  }

  private final class Flag: Sendable {
    private let value = Mutex(false)
    var isUp: Bool { value.withLock { $0 } }
    func raise() { value.withLock { $0 = true } }
  }

  private func runBlocking(_ input: Input, _ isCancelled: Flag) throws(SystemFailure) -> Result {
    let (child, output, errors) = try Self.starting.withLock { _ throws(SystemFailure) in try start(input) }
    return withExtendedLifetime((errors, output)) {
      watch(
        child, Reading(output?.read, limit: outputLimit ?? 0, keepsEnd: false), Reading(errors.read, limit: Self.errorLimit, keepsEnd: true), isCancelled)
    }
  }

  /// A pipe is open to commands until it is marked: while one starts, no other pipe is made.
  private static let starting = Mutex<Void>(())

  private func start(_ input: Input) throws(SystemFailure) -> (child: pid_t, output: Pipe?, errors: Pipe) {
    let errors = try Pipe()
    let output = outputLimit == nil ? nil : try Pipe()
    let given: Pipe? = if case .bytes(let bytes) = input { try Pipe(holding: bytes) } else { nil }
    let child = try withExtendedLifetime(given) { () throws(SystemFailure) in try spawn(given?.read, output?.write, errors.write) }
    errors.closeWriting()
    output?.closeWriting()
    return (child, output, errors)
  }

  private func spawn(_ input: Int32?, _ output: Int32?, _ errors: Int32) throws(SystemFailure) -> pid_t {
    try Self.spawn(line, hasOwnGroup: hasOwnGroup) { actions in
      if let input { posix_spawn_file_actions_adddup2(&actions, input, 0) } else { posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) }
      if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) } else { posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) }
      posix_spawn_file_actions_adddup2(&actions, errors, 2)
    }
  }

  /// Starts a line with the signals that a program finds usually, and with no files but the first three, which `redirect` may lead elsewhere.
  static func spawn(
    _ line: String, hasOwnGroup: Bool, _ redirect: (inout posix_spawn_file_actions_t) -> Void
  ) throws(SystemFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    redirect(&actions)
    for file in 3..<openFilesEnd { posix_spawn_file_actions_addclose(&actions, file) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The process ignores or takes signals that the command should not.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16((hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0) | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let arguments: [String] = ["sh", "-c", line]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
    guard code == 0 else { throw SystemFailure(code) }
    return child
  }

  /// Sockets of clients are not marked to be closed in commands; some more may be opened until the command runs.
  static var openFilesEnd: Int32 {
    guard let folder = opendir("/proc/self/fd") else { return 1_000 }
    defer { closedir(folder) }
    var last: Int32 = 3
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
      last = max(last, Int32(name) ?? 0)
    }
    return last + 64
  }

  /// Reads until the command has ended, and brings that about when the time is over.
  private func watch(_ child: pid_t, _ output: Reading, _ errors: Reading, _ isCancelled: Flag) -> Result {
    let deadline = DispatchTime.now() + .seconds(timeLimit)
    let all = hasOwnGroup ? -child : child
    var status: Int32 = 0
    var ending: Ending?
    while true {
      var waited = [output.wish, errors.wish]
      _ = poll(&waited, 2, 20)
      output.drain()
      errors.drain()
      if waitpid(child, &status, WNOHANG) == child { break }
      if isCancelled.isUp { ending = .cancelled } else if DispatchTime.now() > deadline { ending = .timedOut }
      if ending != nil {
        // One that has the terminal in another state gives it back.
        kill(all, SIGTERM)
        usleep(200_000)
        kill(all, SIGKILL)
        waitpid(child, &status, 0)
        break
      }
    }
    // What the shell left behind in its own group has no more to do.
    if hasOwnGroup { kill(all, SIGKILL) }
    output.drain()
    errors.drain()
    let signal = status & 0x7f
    return Result(ending: ending ?? (signal == 0 ? .exited(status >> 8 & 0xff) : .signal(signal)), output: output.bytes, errors: errors.bytes)
  }

  /// Both ends are closed with it.
  private final class Pipe {
    let read: Int32
    private(set) var write: Int32

    init() throws(SystemFailure) {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw .last }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      (read, write) = (ends[0], ends[1])
    }

    /// One that holds all: nothing waits for the command to read, and nothing breaks if it does not.
    convenience init(holding bytes: [UInt8]) throws(SystemFailure) {
      try self.init()
      _ = fcntl(write, F_SETFL, O_NONBLOCK)
      guard Glibc.write(write, bytes, bytes.count) == bytes.count else { throw SystemFailure(EMSGSIZE) }
      closeWriting()
    }

    func closeWriting() {
      if write >= 0 { close(write) }
      write = -1
    }

    deinit {
      close(read)
      closeWriting()
    }
  }

  /// One end of a pipe, read as far as there is something. A command that never ends does not fill the memory.
  private final class Reading {
    private let file: Int32
    private let limit: Int
    private let keepsEnd: Bool
    private var isOpen: Bool
    private(set) var bytes: [UInt8] = []

    init(_ file: Int32?, limit: Int, keepsEnd: Bool) {
      self.file = file ?? -1
      self.limit = limit
      self.keepsEnd = keepsEnd
      isOpen = file != nil
      if let file { _ = fcntl(file, F_SETFL, O_NONBLOCK) }
    }

    var wish: pollfd { pollfd(fd: isOpen ? file : -1, events: Int16(POLLIN), revents: 0) }

    func drain() {
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while isOpen {
        let count = Glibc.read(file, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          if count == 0 { isOpen = false }
          return
        }
        if keepsEnd {
          bytes = Array((bytes + buffer[..<count]).suffix(limit))
        } else if bytes.count <= limit {
          bytes += buffer[..<count]
        }
      }
    }
  }
}
