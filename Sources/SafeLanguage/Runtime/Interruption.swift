#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Lets long work of a run stop soon after somebody asked, however deep it is in the library.
///
/// The world is bound to the run's task: what works through a list far from any frame (methods, readers) need not be handed one.
enum Interruption {
  @TaskLocal static var world: (any World)?

  /// Does a step of a run, bound to its task. What left off in it because somebody asked to stop is no result.
  static func doing(_ step: CompiledBlock.Step, _ frame: Frame) async throws(RunError) {
    let outcome: Result<Void, RunError> = await $world.withValue(frame.run.world) {
      do throws(RunError) {
        _ = try await step.run(frame)
        return .success(try check())
      } catch { return .failure(error) }
    }
    try outcome.get()
  }

  static func check() throws(RunError) { if isRequested { throw asked } }

  /// For what cannot throw: it leaves off, and whoever called it finds the same at its next look.
  static var isRequested: Bool { world?.isInterrupted ?? false }

  static var asked: RunError { RunError(.refused, "interrupted", reach: .interrupted) }

  /// What may fail for something that cannot: nil where somebody asked to stop, which the caller finds at its next look.
  @inline(__always)
  static func leavingOff<T>(_ body: () throws(RunError) -> T) -> T? {
    do throws(RunError) { return try body() } catch { return nil }
  }
}

/// To free millions of values takes longer than to stop, and the last one to hold them frees them. So what is let go of is held a moment longer by
/// somebody for whom nobody waits: what a stopped run held, and what a run needs no more.
extension Interruption {
  /// So few are freed within a millisecond.
  private static let few = 1 << 13
  /// So many are freed within some milliseconds, which a run that goes on need not hand to anybody.
  private static let many = 1 << 16
  /// Until then a stopped run has let go of them.
  private static let moment: Duration = .milliseconds(500)
  /// Until then whoever handed them over has gone on; they should not stay for long, as the run goes on to make others.
  private static let instant: Duration = .milliseconds(50)

  /// Holds a value of a run that ended with an error, if that came of stopping.
  static func hold(_ value: some Sendable, size: Int, after error: RunError) {
    if error.reach == .interrupted, size > few { hold(value) }
  }

  /// Holds what a stopped run is about to let go of.
  static func hold(_ value: some Sendable, for time: Duration = moment) {
    Task.detached {
      try? await Task.sleep(for: time)
      withExtendedLifetime(value) {}
    }
  }

  /// Holds what a run that is over is about to let go of.
  static func hold(_ value: some Sendable, isStopped: Bool) { hold(value, for: isStopped ? moment : instant) }

  /// A record is small and may hold much.
  static func hold(_ value: Value, after error: RunError) { hold(value, size: value.row == nil ? value.elementCount : .max, after: error) }

  /// Hands over what a run that goes on is about to let go of, if it was made for the moment: what others hold is not freed anyway.
  @inline(__always)
  static func letGo(_ value: Value, isMade: Bool = true) { if isMade, value.elementCount > many { handOver(value) } }

  @inline(never)
  private static func handOver(_ value: Value) { if case .range = value {} else { hold(value, for: instant) } }

  static func letGo(_ value: some Sendable, size: Int) { if size > many { hold(value, for: instant) } }
}

/// Memory that nobody knows of any more.
private struct Memory: @unchecked Sendable {
  let places: [UnsafeMutableRawPointer]
  func giveBack() { for place in places { free(place) } }
}

extension Interruption {
  /// Bytes that go back to the system within a millisecond or two.
  static let little = 8 << 20

  /// Frees memory of `malloc` that is more than that.
  static func free(_ places: [UnsafeMutableRawPointer]) {
    let memory = Memory(places: places)
    Task.detached { memory.giveBack() }
  }
}

extension Array where Element: Sendable {
  /// An array that is made one by one, and may be stopped.
  @inline(__always)
  static func building(_ capacity: Int = 0, _ body: (inout [Element]) throws(RunError) -> Void) throws(RunError) -> [Element] {
    var elements: [Element] = []
    elements.reserveCapacity(capacity)
    do throws(RunError) {
      try body(&elements)
      return elements
    } catch {
      Interruption.hold(elements, size: elements.count, after: error)
      throw error
    }
  }

  /// Values made of these.
  func making(_ body: (Element, inout [Value]) throws(RunError) -> Void) throws(RunError) -> [Value] {
    do throws(RunError) {
      let made: [Value] = try .building(count) { values throws(RunError) in for element in self { try body(element, &values) } }
      Interruption.letGo(self, size: count)
      return made
    } catch {
      Interruption.hold(self, size: count, after: error)
      throw error
    }
  }
}

/// Counts the turns of a loop that takes no frame, and looks now and then whether to stop.
struct Beat {
  private var turns = 0

  /// Turns between looks: of the dearest turns, some microseconds each, so many take few milliseconds.
  private static let interval = 1024

  @inline(__always)
  mutating func turn() throws(RunError) { try turn(of: 1) }

  /// A turn that goes through so many elements itself.
  @inline(__always)
  mutating func turn(of elements: Int) throws(RunError) {
    turns &+= elements
    guard turns >= Self.interval else { return }
    turns = 0
    try Interruption.check()
  }

  /// For what cannot throw: whether to leave off. Once that was asked for it is said at every turn.
  @inline(__always)
  mutating func isLast() -> Bool {
    turns &+= 1
    guard turns >= Self.interval else { return false }
    if Interruption.isRequested {
      turns = Self.interval
      return true
    }
    turns = 0
    return false
  }
}
