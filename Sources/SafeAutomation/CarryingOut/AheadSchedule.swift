internal import SecretSafeAPI

/// Requests that may be sent before the script says their calls: fed with what was answered, it gives what may go next. It knows neither time nor
/// sockets.
///
/// A call is sent when every call that the script makes before it was answered. One that is not, or that cannot be sent ahead, keeps all
/// behind it back.
struct AheadSchedule: Sendable {
  struct Step: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      /// Many invitations at once, in chunks.
      case imports
      /// One invitation, and what follows it about the same person.
      case invitation
      case group(GUID)
      case member(GUID)
      case object
      case access(GUID)
      case single
    }

    let kind: Kind
    /// The calls that it answers, those of a row in their order.
    let calls: [Int]

    /// Whether it saves a request.
    var merges: Bool { calls.count > 1 }
  }

  /// Fewer invitations go one by one: an import has to look at the lists before and after it.
  static let fewestImports = 61

  private let order: CallTree
  private var calls: [Mergeable?]
  private var answered: [Bool]
  /// The sequence of each call.
  private let homes: [Int]
  /// The place in each sequence, and how many of its rows are not through where it stands at some.
  private var cursors: [Int]
  private var rowsLeft: [Int]
  /// Sequences that stand at a call.
  private var waiting: Set<Int> = []
  /// Calls of a group's that were not answered yet.
  private var additionsLeft: [GUID: Int] = [:]

  init(_ order: CallTree, _ calls: [Mergeable?]) {
    self.order = order
    self.calls = calls
    answered = Array(repeating: false, count: calls.count)
    var homes = [Int](repeating: 0, count: calls.count)
    for (index, sequence) in order.sequences.enumerated() { for case .call(let call) in sequence.items { homes[call] = index } }
    self.homes = homes
    cursors = Array(repeating: 0, count: order.sequences.count)
    rowsLeft = cursors
    for case .group(let group)? in calls.map({ $0?.target }) { additionsLeft[group, default: 0] += 1 }
    advance(0)
  }

  // MARK: what goes next

  /// Steps that may go side by side; none when nothing is left that may go at all. All of them have to end before the next are asked for.
  func next() -> [Step] {
    var importable: [Int] = []
    var invitations: [[Int]] = []
    var accesses: [GUID: [Int]] = [:]
    var additions: [GUID: [Int]] = [:]
    var steps: [Step] = []
    for sequence in waiting.sorted() {
      guard let first = call(at: sequence), let mergeable = calls[first], mergeable.isReady({ answered[$0] }) else { continue }
      switch mergeable.target {
      case .invitation: if mergeable.isImportable { importable.append(sequence) } else { invitations.append(run(of: sequence)) }
      case .group(let group): additions[group, default: []] += run(of: sequence)
      case .access(let collection): accesses[collection, default: []] += run(of: sequence)
      case .member(let member): steps.append(Step(kind: .member(member), calls: run(of: sequence)))
      case .object: steps.append(Step(kind: .object, calls: run(of: sequence)))
      case .single: steps.append(Step(kind: .single, calls: [first]))
      }
    }
    if importable.count >= Self.fewestImports {
      steps.append(Step(kind: .imports, calls: importable.compactMap { call(at: $0) }))
    } else {
      invitations += importable.map { run(of: $0) }
    }
    steps += invitations.map { Step(kind: .invitation, calls: $0) }
    steps += accesses.sorted { $0.value[0] < $1.value[0] }.map { Step(kind: .access($0.key), calls: $0.value) }
    // Who comes into a group waits for all else: so more come at once, and nobody else touches memberships meanwhile.
    return steps.isEmpty ? Self.groups(additions, additionsLeft) : steps
  }

  /// Groups of which all that is left can go, or else the one of which most can.
  private static func groups(_ additions: [GUID: [Int]], _ left: [GUID: Int]) -> [Step] {
    let steps = additions.sorted { $0.value[0] < $1.value[0] }.map { Step(kind: .group($0.key), calls: $0.value) }
    let whole = steps.filter { step in if case .group(let group) = step.kind { step.calls.count == left[group] } else { false } }
    if !whole.isEmpty { return whole }
    return steps.max { $0.calls.count < $1.calls.count }.map { [$0] } ?? []
  }

  /// The call that a sequence stands at, and those behind it that the same request answers.
  private func run(of sequence: Int) -> [Int] {
    guard let first = call(at: sequence), let start = calls[first] else { return [] }
    var run = [first]
    for item in order.sequences[sequence].items[(cursors[sequence] + 1)...] {
      guard case .call(let index) = item, let next = calls[index], next.isReady({ answered[$0] || $0 == first }) else { break }
      if case .invitation = start.target {
        guard next.joins == first else { break }
      } else {
        guard next.target == start.target, start.target != .single else { break }
      }
      run.append(index)
    }
    return run
  }

  private func call(at sequence: Int) -> Int? {
    let items = order.sequences[sequence].items
    guard cursors[sequence] < items.count, case .call(let call) = items[cursors[sequence]] else { return nil }
    return call
  }

  // MARK: what is told

  /// Tells how a step ended: what is not among the answered is left to the script, with all behind it.
  mutating func ended(_ step: Step, answered done: Set<Int>) {
    for call in step.calls {
      if case .group(let group)? = calls[call]?.target { additionsLeft[group]? -= 1 }
      if done.contains(call) { answered[call] = true } else { calls[call] = nil }
    }
    for sequence in Set(step.calls.map { homes[$0] }) where waiting.contains(sequence) { advance(sequence) }
  }

  private mutating func advance(_ sequence: Int) {
    waiting.remove(sequence)
    let items = order.sequences[sequence].items
    while cursors[sequence] < items.count {
      switch items[cursors[sequence]] {
      case .call(let call):
        guard answered[call] else {
          if calls[call] != nil { waiting.insert(sequence) }
          return
        }
      case .rows(let rows):
        rowsLeft[sequence] = rows.count
        for row in rows { advance(row) }
        // The last of them goes on here.
        if !rows.isEmpty { return }
      }
      cursors[sequence] += 1
    }
    guard let parent = order.sequences[sequence].parent else { return }
    rowsLeft[parent] -= 1
    if rowsLeft[parent] == 0 {
      cursors[parent] += 1
      advance(parent)
    }
  }
}

extension AheadSchedule {
  /// The steps that there are if everything is answered as on the twin, and a schedule of only those that save a request, with what they have to
  /// wait for.
  static func trimmed(_ order: CallTree, _ calls: consuming [Mergeable?]) -> (schedule: AheadSchedule, steps: [Step]) {
    let merged = Set(AheadSchedule(order, copy calls).simulated().filter(\.merges).flatMap(\.calls))
    var isWanted = [Bool](repeating: false, count: calls.count)
    order.forEach(before: merged) { isWanted[$0] = true }
    for call in calls.indices where !isWanted[call] { calls[call] = nil }
    let schedule = AheadSchedule(order, calls)
    return (schedule, schedule.simulated())
  }

  private func simulated() -> [Step] {
    var (schedule, all) = (self, [Step]())
    while true {
      let steps = schedule.next()
      if steps.isEmpty { return all }
      for step in steps { schedule.ended(step, answered: Set(step.calls)) }
      all += steps
    }
  }
}

extension CallTree {
  /// Goes through some calls and all that have to be answered before them.
  fileprivate func forEach(before wanted: Set<Int>, _ body: (Int) -> Void) {
    func all(_ sequence: Int) {
      for item in sequences[sequence].items { take(item) }
    }
    func take(_ item: Item) {
      switch item {
      case .call(let call): body(call)
      case .rows(let rows): rows.forEach(all)
      }
    }
    func holds(_ item: Item) -> Bool {
      switch item {
      case .call(let call): wanted.contains(call)
      case .rows(let rows): rows.contains { sequences[$0].items.contains(where: holds) }
      }
    }
    func go(_ sequence: Int) {
      let items = sequences[sequence].items
      guard let last = items.lastIndex(where: holds) else { return }
      items[..<last].forEach(take)
      switch items[last] {
      case .call(let call): body(call)
      case .rows(let rows): rows.forEach(go)
      }
    }
    go(0)
  }
}
