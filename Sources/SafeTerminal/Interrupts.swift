public import Glibc
internal import Synchronization

/// Signals as calls of a closure, outside of the signal's own context: Ctrl-C to stop, SIGTERM and SIGHUP to leave.
public enum Interrupts {
  private static let state = Mutex(State())

  private struct State {
    var wake: Int32 = -1
    var editor: Int32 = -1
    var handler: (@Sendable (_ signal: Int32, _ count: Int) -> Void)?
    var counts: [Int32: Int] = [:]
  }

  /// The end of the pipe that the signal handler writes to; a handler may touch nothing more.
  private static let pipeEnd = Atomic<Int32>(-1)

  /// Calls `handler` with the signal and how often it came. Installed once; later calls replace the closure.
  public static func install(_ signals: [Int32] = [SIGINT, SIGTERM, SIGHUP], _ handler: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
    let isFirst = state.withLock { state in
      state.handler = handler
      state.counts = [:]
      return state.wake < 0
    }
    if isFirst { start() }
    for signal in signals {
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
  }

  /// While the prompt waits for keys, signals come to it through this descriptor; -1 ends that.
  static func forwardToEditor(_ descriptor: Int32) { state.withLock { $0.editor = descriptor } }

  /// Begins to count anew.
  public static func reset() { state.withLock { $0.counts = [:] } }

  private static func start() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    let (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipeEnd.store(writing, ordering: .relaxed)
    state.withLock { $0.wake = writing }
    var thread = pthread_t()
    let argument = UnsafeMutableRawPointer(bitPattern: Int(reading) + 1)
    pthread_create(
      &thread, nil,
      { argument in
        let descriptor = Int32(Int(bitPattern: argument) - 1)
        Interrupts.listen(descriptor)
        return nil
      }, argument)
    pthread_detach(thread)
  }

  private static func listen(_ descriptor: Int32) {
    // A parent may hand down a mask that blocks these (Foundation's `Process` does, from a worker thread); this thread then takes them.
    var mask = sigset_t()
    sigemptyset(&mask)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&mask, signal) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      let signal = Int32(byte)
      let (handler, times, editor) = state.withLock { state in
        if state.editor < 0 { state.counts[signal, default: 0] += 1 }
        return (state.handler, state.counts[signal] ?? 1, state.editor)
      }
      if editor >= 0 { _ = Glibc.write(editor, &byte, 1) } else { handler?(signal, times) }
    }
  }
}
