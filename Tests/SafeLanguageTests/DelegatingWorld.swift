import SafeLanguage
import Synchronization

/// The tests' world with something of it otherwise.
class DelegatingWorld: World, @unchecked Sendable {
  let world: TestWorld

  init(_ world: TestWorld = TestWorld()) { self.world = world }

  var output: [String] { world.output }
  func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { try await world.rows(of: resource, at: site) }
  func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table {
    try await world.rows(of: resource, matching: query, at: site)
  }
  func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { try await world.refresh(resource, at: site) }
  func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    try await world.related(relation, for: rows, at: site)
  }
  func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome { try await world.perform(call) }
  func input(_ path: String) throws(RunError) -> InputSource { try world.input(path) }
  func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) { try world.save(path, contents) }
  func environment(_ name: String) -> String? { world.environment(name) }
  func uuid(at site: CallSite) -> String { world.uuid(at: site) }
  var now: Int { world.now }
  var isInterrupted: Bool { world.isInterrupted }
  var memoryInUse: Int? { world.memoryInUse }
  func emit(_ output: Output) { world.emit(output) }
}

/// A file of numbered lines that are made as they are read. It tells how much of it was read when the run first looked at the memory,
/// which it does after so many rows: of a file that is read whole before anything else all, of one in portions some.
final class PortionWorld: DelegatingWorld, @unchecked Sendable {
  private let count: Int
  private let state = Mutex((read: 0, atFirstLook: Int?.none))

  init(count: Int) {
    self.count = count
    super.init()
  }

  /// The part of the lines that was read by then.
  var partAtFirstLook: Double { Double(state.withLock { $0.atFirstLook ?? $0.read }) / Double(count) }

  override func input(_ path: String) throws(RunError) -> InputSource {
    InputSource { memory in
      self.state.withLock { state in
        var length = 0
        while state.read < self.count {
          let line = Array("\(state.read)\n".utf8)
          guard length + line.count <= memory.count else { break }
          memory[length..<length + line.count].copyBytes(from: line)
          length += line.count
          state.read += 1
        }
        return length
      }
    }
  }

  override var memoryInUse: Int? {
    state.withLock { state in if state.atFirstLook == nil { state.atFirstLook = state.read } }
    return nil
  }
}

/// Counts how often a run looks whether to stop, from its line "go" on.
final class LookingWorld: DelegatingWorld, @unchecked Sendable {
  private let count = Mutex(Int?.none)

  var looks: Int { count.withLock { $0 ?? 0 } }

  override var isInterrupted: Bool {
    count.withLock { $0? += 1 }
    return false
  }

  override func emit(_ output: Output) {
    if case .line("go") = output { count.withLock { $0 = 0 } }
    super.emit(output)
  }
}

/// Somebody asks the run to stop at so many looks after it printed "go", or from the beginning.
final class StoppedWorld: DelegatingWorld, @unchecked Sendable {
  private let last: Int
  private let count: Mutex<Int?>

  init(atLook last: Int, _ world: TestWorld = TestWorld(), isCounting: Bool = false) {
    self.last = last
    count = Mutex(isCounting ? 0 : nil)
    super.init(world)
  }

  var looks: Int { count.withLock { $0 ?? 0 } }

  override var isInterrupted: Bool {
    count.withLock { count in
      count? += 1
      return count.map { $0 >= last } ?? false
    }
  }

  override func emit(_ output: Output) {
    if case .line("go") = output { count.withLock { $0 = $0 ?? 0 } }
    super.emit(output)
  }
}

/// Somebody asks the run to stop a while after it printed "go".
final class StoppingWorld: DelegatingWorld, @unchecked Sendable {
  private let stop = Mutex(ContinuousClock.Instant?.none)

  var asked: ContinuousClock.Instant? { stop.withLock { $0 } }
  override var isInterrupted: Bool { asked.map { ContinuousClock.now > $0 } ?? false }

  override func emit(_ output: Output) {
    if case .line("go") = output { stop.withLock { $0 = .now + .milliseconds(100) } }
    super.emit(output)
  }
}
