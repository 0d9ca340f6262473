internal import SafeLanguage
internal import SecretSafeAPI

/// What a journal holds, in the order that a run asks for it.
struct Recording: Sendable {
  /// A call as far as the journal knows it.
  struct Call: Sendable {
    enum State: Sendable {
      /// Nothing was sent.
      case intended
      /// A request was sent and its answer is not known.
      case sent
      case done(VerbResult, permitted: Int)
      case failed(RunError)
    }

    let number: Int
    let words: CallWords
    var state = State.intended
    /// When a request of it was sent last, in microseconds since 1970.
    var lastSent: Int?
    /// How many were sent.
    var attempts = 0
    /// What takes it back, from before it was sent.
    var inverses: [Inverse] = []
    /// How many changes the run knew once it had changed something; nil if it did not.
    fileprivate var learned: Int?
  }

  /// A step that was about to be sent ahead.
  struct OpenStep: Sendable {
    fileprivate(set) var keys: Set<CallKey>
    /// In microseconds since 1970; nil if it was not sent.
    var lastSent: Int?
    var attempts = 0
    var inverses: [Inverse] = []
    /// Steps before it that were for some of the same calls.
    fileprivate var earlier: Set<Int> = []
    /// What was answered, until the step is through.
    fileprivate var answers = Answers()
  }

  /// Answers of a step.
  fileprivate struct Answers: Sendable {
    var places: [(call: CallDigest, place: AnswerPlace)] = []
    var inverses: [Inverse] = []
    var madeGroups: [GUID] = []
  }

  /// Where the line of an answer stands in the journal: there may be hundreds of thousands, of which each is looked at once.
  struct AnswerPlace: Sendable {
    /// Bytes of the file.
    let line: Range<Int>
    let changed: Bool
  }

  /// An `each` and the number of one of its rows.
  struct RowKey: Hashable, Sendable {
    let site: CallSite
    let index: Int

    /// With what the paths of the row's calls begin.
    var path: [Int] { site.path + [index] }
  }

  /// When the run began, in microseconds since 1970; nil before it does.
  private(set) var began: Int?
  private(set) var calls: [CallKey: Call] = [:]
  private(set) var seen: [CallKey: Int] = [:]
  private(set) var events: [CallKey: [Event]] = [:]
  private(set) var environment: [String: String?] = [:]
  private(set) var uuids: [CallKey: String] = [:]
  /// The copies of each input, one for each time that it was other than before.
  private(set) var inputs: [String: [String]] = [:]
  /// Everything that the run learned or did, in its order.
  private(set) var changes: [OrganizationChange] = []
  /// What takes back what was done, in the order in which it was done.
  private(set) var inverses: [Inverse] = []
  private(set) var rows: [RowKey: EachOutcome] = [:]
  /// How many of the changes are what a rehearsal read.
  private(set) var plannedChanges = 0
  /// Whether all that a plan was told is here.
  private(set) var holdsPlan = false
  /// What stays of its plan, whatever is taken back.
  private(set) var lasting: String?
  /// Calls that were answered before the script said them.
  private(set) var ahead: [CallDigest: AnswerPlace] = [:]
  /// Steps of which nobody knows what became, or whether they were sent at all.
  private(set) var openSteps: [Int: OpenStep] = [:]
  /// Whether all was sent ahead that was to be.
  private(set) var hasEndedAhead = false
  /// Groups that the run made.
  private(set) var madeGroups: [GUID] = []
  /// The number of the next call.
  private(set) var nextCall = 1
  /// Bytes of the journal that are whole lines.
  private(set) var length = 0

  private var keys: [Int: CallKey] = [:]
  /// The last call that failed below a path, until the row of that path is through.
  private var lastFailures: [[Int]: CallKey] = [:]
  /// The call that failed last in a row that is through.
  private var failureOfRow: [RowKey: CallKey] = [:]

  /// Whether what takes back what was done is kept: only who takes it back needs it.
  private let keepsInverses: Bool
  /// What was read behind the last whole line.
  private var torn: [UInt8] = []
  private var lines = 0
  /// A line that is not what was written. It may be the last, torn one.
  private var broken: Int?

  /// Nothing happened yet.
  init(keepingInverses: Bool = false) { keepsInverses = keepingInverses }

  struct Damage: Error {
    /// From 1.
    let line: Int
  }

  /// Reads on in a journal. What follows the last whole line was torn off when the process or the machine ended, and counts for nothing.
  ///
  /// - Throws: `Damage` if a line before the last is not what was written.
  mutating func read(_ part: ArraySlice<UInt8>) throws(Damage) {
    var start = part.startIndex
    while start < part.endIndex {
      if let broken { throw Damage(line: broken) }
      guard let end = part[start...].firstIndex(of: UInt8(ascii: "\n")) else {
        torn += part[start...]
        return
      }
      if torn.isEmpty {
        take(part[start..<end])
      } else {
        torn += part[start..<end]
        let line = torn
        torn = []
        take(line[...])
      }
      start = end + 1
    }
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    lines += 1
    guard let entry = Self.entry(line) else {
      broken = lines
      return
    }
    let start = length
    length += line.count + 1
    if case .answer(let step, let answer) = entry { note(answer, of: step, at: start..<length - 1) } else { add(entry) }
  }

  /// The entry of a line, without the line's end; nil for one that is not what was written.
  static func entry(_ line: ArraySlice<UInt8>) -> JournalEntry? {
    let json = line.dropFirst(9)
    guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " "), Checksum.text(of: json) == Array(line.prefix(8)) else { return nil }
    return try? JournalEntry(json: Array(json))
  }

  private mutating func add(_ entry: JournalEntry) {
    switch entry {
    case .began(let moment):
      if began == nil { began = moment }
      // What was answered when the process ended, but for the last word of its step, is looked at again.
      for step in openSteps.keys { openSteps[step]?.answers = Answers() }
    case .change(let change): changes.append(change)
    case .seen(let key, let version): seen[key] = version
    case .events(let key, let found): events[key] = found
    case .environment(let name, let value): environment[name] = .some(value)
    case .uuid(let key, let id): uuids[key] = id
    case .input(let path, let file): inputs[path, default: []].append(file)
    case .intent(let number, let key, let words):
      calls[key] = Call(number: number, words: words)
      takeOpenStep(of: key)
      keys[number] = key
      nextCall = max(nextCall, number + 1)
    case .ahead(let step, let keys):
      // Of a long step each line tells a part.
      let part = Set(keys)
      var new = openSteps.removeValue(forKey: step) ?? OpenStep(keys: [])
      new.keys.formUnion(part)
      // Its work may have been done by a step of an earlier part of the run, which knew what takes it back.
      for (number, open) in openSteps where !open.keys.isDisjoint(with: part) && new.earlier.insert(number).inserted {
        new.inverses += open.inverses
        new.attempts += open.attempts
        openSteps[number]?.inverses = []
      }
      openSteps[step] = new
      nextCall = max(nextCall, step + 1)
    // It is noted with its place.
    case .answer: break
    case .answered(let step):
      guard let step = openSteps.removeValue(forKey: step) else { break }
      if keepsInverses {
        if step.answers.places.contains(where: \.place.changed) { inverses += step.inverses }
        inverses += step.answers.inverses
      }
      for (call, place) in step.answers.places { ahead[call] = place }
      madeGroups += step.answers.madeGroups
    case .planned: (plannedChanges, holdsPlan) = (changes.count, true)
    case .lasting(let words): lasting = words
    case .aheadEnded: hasEndedAhead = true
    case .sent(let number, _, let moment, let inverses):
      openSteps[number]?.inverses += inverses
      openSteps[number]?.lastSent = moment
      openSteps[number]?.attempts += 1
      change(number) {
        $0.inverses += inverses
        $0.state = .sent
        $0.lastSent = moment
        $0.attempts += 1
      }
    case .done(let number, let result, let permitted):
      if keepsInverses, result.changed, let key = keys[number] { inverses += (calls[key]?.inverses ?? []) + result.inverses }
      change(number) {
        $0.state = .done(result.undone(by: []), permitted: permitted)
        $0.inverses = []
      }
      changes += result.changes
      let known = changes.count
      if result.changed { change(number) { $0.learned = known } }
      if result.changed, let group = result.group { madeGroups.append(group) }
    case .failed(let number, let error):
      change(number) { $0.state = .failed(error) }
      if let key = keys[number] {
        for length in 0...key.path.count { lastFailures[Array(key.path.prefix(length))] = key }
      }
    case .row(let site, let index, let outcome):
      let row = RowKey(site: site, index: index)
      rows[row] = outcome
      if let key = lastFailures.removeValue(forKey: row.path) {
        failureOfRow[row] = key
        if lastFailures[[]] == key { lastFailures[[]] = nil }
      }
    }
  }

  private mutating func note(_ answer: AheadAnswer, of step: Int, at line: Range<Int>) {
    openSteps[step]?.answers.places.append((CallDigest(answer.key), AnswerPlace(line: line, changed: answer.result.changed)))
    guard answer.result.changed else { return }
    if keepsInverses { openSteps[step]?.answers.inverses += answer.result.inverses }
    if let group = answer.result.group { openSteps[step]?.answers.madeGroups.append(group) }
  }

  /// A call that the script says itself, though a step was sent for it.
  private mutating func takeOpenStep(of key: CallKey) {
    guard let (number, step) = openSteps.first(where: { $0.value.lastSent != nil && $0.value.keys.contains(key) }) else { return }
    calls[key]?.state = .sent
    calls[key]?.lastSent = step.lastSent
    calls[key]?.inverses = step.inverses
    openSteps[number]?.inverses = []
  }

  private mutating func change(_ number: Int, _ change: (inout Call) -> Void) {
    guard let key = keys[number], var call = calls[key] else { return }
    change(&call)
    calls[key] = call
  }

  /// When the last request was sent whose answer is not known; nil if there is none.
  var lastUnanswered: Int? {
    (calls.values.compactMap { call in if case .sent = call.state { call.lastSent } else { nil } } + openSteps.values.compactMap(\.lastSent)).max()
  }

  /// Calls that were sent and of which nobody knows what became, in words.
  var unanswered: [String] {
    let calls = calls.values.filter { if case .sent = $0.state { true } else { false } }.sorted { $0.number < $1.number }.map(\.words.text)
    let ahead = openSteps.values.filter { $0.lastSent != nil }.reduce(0) { $0 + $1.keys.count }
    return calls + (ahead == 0 ? [] : [ahead == 1 ? "a call that was sent ahead" : "\(ahead) calls that were sent ahead"])
  }

  /// A step that was sent for a call, and of which nobody knows what became.
  func openStep(of key: CallKey) -> OpenStep? {
    openSteps.isEmpty ? nil : openSteps.values.first { $0.lastSent != nil && $0.keys.contains(key) }
  }

  /// Takes back what made rows fail, so that they go on at the call that failed, and look again at what they did not find. What a row looked at before it
  /// changed something stays as it was: it led to what was done.
  mutating func forgetFailures() {
    var again: [CallKey] = []
    var looking: Set<[Int]> = []
    for (row, outcome) in rows where outcome == .failed {
      if let key = failureOfRow[row] { again.append(key) } else { looking.insert(row.path) }
    }
    // One that failed outside of any row ended the run.
    if let key = lastFailures[[]] { again.append(key) }
    for key in again {
      if case .failed(let error)? = calls[key]?.state, !error.isOutcomeUnknown { calls[key]?.state = .intended }
    }
    func row(of key: CallKey) -> [Int]? { (1...max(1, key.path.count)).lazy.map { Array(key.path.prefix($0)) }.first { looking.contains($0) } }
    var done: [[Int]: Int] = [:]
    for (key, call) in calls { if let learned = call.learned, let row = row(of: key) { done[row] = max(done[row] ?? 0, learned) } }
    seen = seen.filter { key, version in row(of: key).map { version < done[$0] ?? 0 } ?? true }
  }
}

extension VerbResult {
  /// The group that it gives.
  fileprivate var group: GUID? { if case .group(let group) = given { group.id } else { nil } }
}
