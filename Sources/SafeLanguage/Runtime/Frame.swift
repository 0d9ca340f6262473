internal import Synchronization

/// What a run shares between its workers.
final class RunContext: Sendable {
  let world: any World
  let source: SourceFile
  let schema: Schema
  let needs: [String: Int]
  /// Whether `needs` caps what is written: not at the prompt, and not in tests.
  let isCapped: Bool
  /// The last value that was shown is kept for the next entry.
  let keepsShown: Bool
  private let state = Mutex(State())

  private struct State {
    var used: [String: Int] = [:]
    var failedRows = 0
  }

  init(world: any World, program: CheckedProgram, isTest: Bool = false) {
    self.world = world
    source = program.source
    schema = program.schema
    needs = program.needs
    isCapped = program.mode == .script && !isTest
    keepsShown = program.mode == .prompt
  }

  /// Counts a call that changes something, or so many changes of one call, against the cap of `needs`.
  func permit(_ verb: Verb, _ count: Int, _ span: Span) throws(RunError) {
    let cap = isCapped ? needs[verb.capability] ?? 0 : .max
    let allowed = state.withLock { state in
      let used = state.used[verb.capability] ?? 0
      if count > cap - used { return false }
      state.used[verb.capability] = used + count
      return true
    }
    if !allowed {
      throw RunError(
        .refused, "over the cap: needs \(verb.capability) <= \(cap)", reach: .stopped, span: span, hint: "raise the cap in 'needs' if so many are meant")
    }
  }

  /// What was changed, by capability.
  var changes: [String: Int] { state.withLock { $0.used.filter { $0.value > 0 } } }

  func countFailedRows(_ count: Int) { state.withLock { $0.failedRows += count } }
  var failedRows: Int { state.withLock { $0.failedRows } }

  /// Many values that are each small enough can be too much together.
  func checkMemory() throws(RunError) {
    guard let used = world.memoryInUse, used > Limits.memoryBytes else { return }
    throw RunError(
      .limit, "the run needs more than \(Limits.memoryBytes >> 30) GiB of memory", reach: .stopped, hint: "read or make less at once")
  }

  func checkInterrupt() throws(RunError) {
    if world.isInterrupted { throw Interruption.asked }
  }
}

/// The variables and the current row of a task. What runs a program is confined to one task; parallel rows have frames of their own.
final class Frame {
  let run: RunContext
  var locals: [Value]
  /// Variables of the types Int, Float and Bool, as their bits: a loop that counts then makes no values.
  let numbers: UnsafeMutablePointer<UInt64>
  private let slots: Int
  var related: [(any RelatedRows)?]
  /// The cells of the current row, if it is one.
  var row: UnsafePointer<Cell>
  var table: Table?
  var index = 0
  /// The current element, where it is no row.
  var element = Value.null
  /// Texts that live as long as one row is looked at.
  private(set) var scratch = Arena()
  /// What values failed with that were worked out before it was known whether they are needed, by slot.
  var failures: [Int: RunError] = [:]
  /// What `return` gave, until the call is left.
  var returned: Value?
  /// The turns of the loops around.
  var path: [Int] = []
  /// At the prompt, what an expression statement showed last.
  var shown: (value: Value, type: Type)?
  /// Calls that changed something since the row began, in the order of their first.
  var calls: [(verb: String, count: Int)] = []
  /// Rows looked at so far, to do now and then what need not be done for each.
  var ticks = 0
  private var charged = 0

  /// What `row` points to while there is none.
  private let noRow = RowBuffer(width: 1, capacity: 1)

  init(run: RunContext, slots: Int, relations: Int) {
    self.run = run
    locals = [Value](repeating: .null, count: slots)
    numbers = .allocate(capacity: max(1, slots))
    numbers.initialize(repeating: 0, count: max(1, slots))
    self.slots = slots
    related = [(any RelatedRows)?](repeating: nil, count: relations)
    noRow.cells.initialize(to: .null)
    row = UnsafePointer(noRow.cells)
  }

  deinit { numbers.deallocate() }

  /// Takes over what another frame's variables hold.
  func adopt(numbers other: [UInt64]) {
    for (slot, bits) in other.prefix(slots).enumerated() { numbers[slot] = bits }
  }

  var allNumbers: [UInt64] { Array(UnsafeBufferPointer(start: numbers, count: slots)) }

  /// Stores a number in a slot that holds one.
  func setNumber(_ slot: Int, _ value: Value) {
    switch value {
    case .int(let value): numbers[slot] = UInt64(bitPattern: Int64(value))
    case .float(let value): numbers[slot] = value.bitPattern
    case .bool(let value): numbers[slot] = value ? 1 : 0
    default: numbers[slot] = 0
    }
  }

  /// The value of `it`.
  var current: Value {
    if let table { return .record(Row(table, index)) }
    return element
  }

  func setRow(_ table: Table, _ index: Int) {
    self.table = table
    self.index = index
    row = table.row(index)
  }

  /// Goes to another row of the table that `setRow` chose; `base` is its first.
  @inline(__always)
  func move(to index: Int, _ base: UnsafePointer<Cell>, _ width: Int) {
    self.index = index
    row = base + index &* width
  }

  func setElement(_ value: Value) {
    if case .record(let row) = value { return setRow(row.table, row.index) }
    if table != nil { table = nil }
    element = value
    row = UnsafePointer(noRow.cells)
  }

  /// The value of a slot that may hold what it failed with.
  func fallible(_ slot: Int) throws(RunError) -> Value {
    if !failures.isEmpty, let failure = failures[slot] { throw failure }
    return locals[slot]
  }

  /// Keeps what a value failed with, unless that ends the run.
  func keep(_ failure: RunError, _ slot: Int) throws(RunError) {
    guard failure.reach == .row else { throw failure }
    failures[slot] = failure
  }

  func withSavedRow<T>(_ body: () throws(RunError) -> T) throws(RunError) -> T {
    let (row, table, index, element) = (self.row, self.table, self.index, self.element)
    defer { (self.row, self.table, self.index, self.element) = (row, table, index, element) }
    return try body()
  }

  /// Called for each row of a loop: gives scratch memory back and looks whether to stop, now and then.
  @inline(__always)
  func tick() throws(RunError) {
    ticks &+= 1
    if ticks & 0x3f == 0 { try slowTick() }
  }

  private func slowTick() throws(RunError) {
    try run.checkInterrupt()
    guard ticks & 0xfff == 0 else { return }
    scratch = Arena()
    if ticks & 0xffff == 0 { try run.checkMemory() }
  }

  /// Called before work that takes longer than many a row, with the size of what it goes through: bytes, or elements.
  @inline(__always)
  func charge(_ size: Int) throws(RunError) {
    if size >= 256 { try slowCharge(size) }
  }

  private func slowCharge(_ size: Int) throws(RunError) {
    try run.checkInterrupt()
    charged &+= size
    guard charged >= Self.chargesPerLook else { return }
    charged = 0
    try run.checkMemory()
  }

  /// What is made between two looks at the memory.
  private static let chargesPerLook = 16 << 20

  /// The identity of what is asked for here.
  func site(_ span: Span) -> CallSite { CallSite(span: span, path: path) }

  /// That of a relation that is made ready for a whole stage, which no place of the source stands for.
  func site(relationSlot slot: Int) -> CallSite { CallSite(span: Span(0, 0), path: path + [slot]) }

  func countCall(_ verb: String) {
    if let index = calls.firstIndex(where: { $0.verb == verb }) { calls[index].count += 1 } else { calls.append((verb, 1)) }
  }
}

/// The elements of a list one by one, with the predicate or projection of a method.
struct RowLoop {
  private let frame: Frame
  private let source: Value
  private let argument: Code?
  private let probe: RowProbe?
  /// The rows on which the condition is still to be tried, the last first; nil for all.
  private var candidates: [Int]?
  /// That of the values the method compares.
  let order: ValueOrder
  private(set) var index = -1
  let count: Int
  private let base: UnsafePointer<Cell>
  private let width: Int

  init(frame: Frame, source: Value, argument: Code?, _ probe: RowProbe?, _ order: ValueOrder) {
    self.frame = frame
    self.source = source
    self.argument = argument
    self.probe = probe
    self.order = order
    count = source.elementCount
    if case .table(let table) = source, table.count > 0 {
      (base, width) = (table.row(0), table.type.fields.count)
    } else {
      (base, width) = (frame.row, 0)
    }
  }

  var hasArgument: Bool { argument != nil }

  mutating func next() -> Bool {
    index += 1
    guard index < count else { return false }
    move()
    return true
  }

  /// Goes on to the next element for which the condition holds, without a look at those for which it surely does not.
  mutating func nextMatch() throws(RunError) -> Bool {
    if index < 0 { candidates = try probe?.rows(of: source, frame)?.reversed() }
    guard candidates != nil else {
      while next() { if try test() { return true } }
      return false
    }
    if index < 0, case .table(let table) = source { frame.setRow(table, 0) }
    while let row = candidates?.popLast() {
      index = row
      frame.move(to: row, base, width)
      if try test() { return true }
    }
    return false
  }

  private func move() {
    switch source {
    case .table(let table):
      // The predicate leaves the frame at the table that it found there.
      if index == 0 { frame.setRow(table, 0) } else { frame.move(to: index, base, width) }
    case .range(let start, _): frame.setElement(.int(start + index))
    default: frame.setElement(source.element(index))
    }
  }

  var current: Value { source.element(index) }
  func element(_ index: Int) -> Value { source.element(index) }

  func test() throws(RunError) -> Bool {
    try frame.tick()
    guard case .bool(let code)? = argument else { return argument == nil }
    return try code(frame)
  }

  func value() throws(RunError) -> Value {
    try frame.tick()
    guard let argument else { return current }
    return try argument.value(frame)
  }

  mutating func aggregate(_ accumulator: some Accumulator) throws(RunError) -> Value {
    var accumulator = accumulator
    do throws(RunError) {
      while next() { try accumulator.add(try value()) }
      let result = accumulator.result
      try frame.run.checkInterrupt()
      return result
    } catch {
      Interruption.hold(accumulator, size: index, after: error)
      throw error
    }
  }
}
