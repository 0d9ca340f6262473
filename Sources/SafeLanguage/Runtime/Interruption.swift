/// Lets long work of a run stop soon after somebody asked, however deep it is in the library.
///
/// The run is bound to its task: what works through a list far from any frame (methods, readers) need not be handed one.
enum Interruption {
  @TaskLocal static var run: RunContext?

  /// Does a step of a run, bound to its task.
  static func doing(_ step: CompiledBlock.Step, _ frame: Frame) async throws(RunError) {
    let outcome: Result<Void, RunError> = await $run.withValue(frame.run) {
      do throws(RunError) {
        _ = try await step.run(frame)
        return .success(())
      } catch { return .failure(error) }
    }
    try outcome.get()
  }

  static func check() throws(RunError) { try run?.checkInterrupt() }

  /// For what cannot throw: it leaves off, and whoever called it finds the same at its next look.
  static var isRequested: Bool { run?.world.isInterrupted ?? false }
}

/// To free millions of values takes longer than to stop, and the last one to hold them frees them. So what a stopped run held is held a moment longer by
/// somebody for whom nobody waits.
extension Interruption {
  /// So few are freed within a millisecond.
  private static let few = 1 << 13
  /// Until then the run has let go of them.
  private static let moment: Duration = .milliseconds(500)

  /// Holds a value of a run that ended with an error, if that came of stopping.
  static func hold(_ value: some Sendable, size: Int, after error: RunError) {
    if error.reach == .interrupted, size > few { hold(value) }
  }

  /// Holds what a stopped run is about to let go of.
  static func hold(_ value: some Sendable) {
    Task.detached {
      try? await Task.sleep(for: moment)
      withExtendedLifetime(value) {}
    }
  }

  static func hold(_ value: Value, after error: RunError) { hold(value, size: value.size, after: error) }
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
      return try .building(count) { values throws(RunError) in for element in self { try body(element, &values) } }
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
}
