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
