public import Glibc
internal import Synchronization

/// Signals as calls of a closure, outside of the signal's own context: Ctrl-C to stop, SIGTERM and SIGHUP to leave.
public enum Interrupts {
  /// Whose the terminal is: who gets signals, and what Ctrl-Z does to its modes.
  enum Owner {
    /// They come to the editor, through this descriptor.
    case editor(Int32)
    case command
    case other
  }

  private static let state = Mutex(State())

  private struct State {
    var wake: Int32 = -1
    var owner = Owner.other
    /// The terminal's modes, while there is a prompt.
    var modes: TerminalModes?
    var handler: (@Sendable (_ signal: Int32, _ count: Int) -> Void)?
    var counts: [Int32: Int] = [:]
    /// Ctrl-C came, and whoever is called for it was.
    var toldOfInterrupt = false
  }

  /// The end of the pipe that the signal handler writes to; a handler may touch nothing more.
  private static let pipeEnd = Atomic<Int32>(-1)
  /// These end a prompt, whatever it is at.
  private static let leaving = [SIGTERM, SIGHUP, SIGQUIT]
  /// How long that may take before the process is ended without it.
  private static let leaveWithin: UInt32 = 2

  /// Calls `handler` with the signal and how often it came. Installed once; later calls replace the closure.
  public static func install(_ signals: [Int32] = [SIGINT, SIGTERM, SIGHUP], _ handler: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
    let isFirst = state.withLock { state in
      state.handler = handler
      state.counts = [:]
      state.toldOfInterrupt = false
      return state.wake < 0
    }
    if isFirst { start() }
    for signal in signals { take(signal) }
  }

  private static func take(_ signal: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let saved = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = Glibc.write(Interrupts.pipeEnd.load(ordering: .relaxed), &byte, 1)
      errno = saved
    }
    action.sa_flags = SA_RESTART
    sigaction(signal, &action, nil)
  }

  /// There is a prompt: Ctrl-Z gives the terminal back first, and what ends the process does so soon. nil ends that.
  static func watch(_ modes: TerminalModes?) {
    state.withLock { $0.modes = modes }
    guard modes != nil else { return }
    if state.withLock({ $0.wake < 0 }) { start() }
    take(SIGTSTP)
  }

  static func belong(to owner: Owner) { state.withLock { $0.owner = owner } }

  /// Begins to count anew.
  public static func reset() {
    state.withLock { state in
      state.counts = [:]
      state.toldOfInterrupt = false
    }
  }

  /// Whether Ctrl-C was pressed since the counts began.
  static var isInterrupted: Bool { state.withLock { ($0.counts[SIGINT] ?? 0) > 0 } }

  /// The same, once the closure was called.
  public static var toldOfInterrupt: Bool { state.withLock(\.toldOfInterrupt) }

  /// Whether there is somebody to continue a stopped process: not for the first of a session, nor for those that it has in its own group.
  static var canStop: Bool { getpgrp() != getsid(0) }

  /// Stops the process and whatever runs with it in the foreground, and returns when it goes on.
  static func stop() {
    guard canStop else { return }
    var (before, usual) = (sigaction(), sigaction())
    usual.__sigaction_handler.sa_handler = SIG_DFL
    sigaction(SIGTSTP, &usual, &before)
    kill(0, SIGTSTP)
    // Another thread may be the one that takes it; by then all have stopped.
    usleep(50_000)
    sigaction(SIGTSTP, &before, nil)
  }

  private static func start() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    let (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnd.store(writing, ordering: .relaxed)
    state.withLock { $0.wake = writing }
    detach(Int(reading)) { Interrupts.listen(Int32($0)) }
  }

  /// A thread of its own for a number.
  private static func detach(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Start {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start { body(number) }).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, start)
    if code == 0 { pthread_detach(thread) } else { Unmanaged<Start>.fromOpaque(start).release() }
  }

  private static func listen(_ descriptor: Int32) {
    // Whoever started the process may have blocked signals; this thread takes them.
    var all = sigset_t()
    sigemptyset(&all)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT] { sigaddset(&all, signal) }
    pthread_sigmask(SIG_UNBLOCK, &all, nil)
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      deliver(Int32(byte))
    }
  }

  private static func deliver(_ signal: Int32) {
    let (handler, times, owner, modes) = state.withLock { state in
      if case .editor = state.owner {} else { state.counts[signal, default: 0] += 1 }
      return (state.handler, state.counts[signal] ?? 1, state.owner, state.modes)
    }
    if leaving.contains(signal), let modes { leaveSoon(signal, modes) }
    switch (owner, signal) {
    case (.editor(let descriptor), _): tell(descriptor, UInt8(truncatingIfNeeded: signal))
    case (.command, SIGINT):
      // What was typed before Ctrl-C was for after a command that is no more.
      TypedAhead.keep(from: 0)
      // The command may have ended meanwhile, and the editor wait for what was just taken.
      if case .editor(let descriptor) = state.withLock({ $0.owner }) { tell(descriptor, EditorWaker.change) }
      call(handler, signal, times)
    case (.command, SIGTSTP): if canStop { modes?.lend { stop() } }
    case (.other, SIGTSTP): stop()
    default: call(handler, signal, times)
    }
  }

  private static func call(_ handler: (@Sendable (Int32, Int) -> Void)?, _ signal: Int32, _ times: Int) {
    handler?(signal, times)
    if signal == SIGINT, handler != nil { state.withLock { $0.toldOfInterrupt = true } }
  }

  private static func tell(_ descriptor: Int32, _ byte: UInt8) {
    var byte = byte
    _ = write(descriptor, &byte, 1)
  }

  /// A prompt that waits for something else than keys, or a terminal that nobody reads, must not keep the process.
  private static func leaveSoon(_ signal: Int32, _ modes: TerminalModes) {
    detach(Int(signal)) { signal in
      sleep(leaveWithin)
      modes.endAtOnce()
      _exit(128 + Int32(signal))
    }
  }
}
