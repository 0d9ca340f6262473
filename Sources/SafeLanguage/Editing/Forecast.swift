/// What a line will do, told while it is typed: from what is known already, without asking anybody.
public struct Forecast: Sendable {
  public var effect: Effect
  /// The lists and files that it reads.
  public var reads: [String]
  /// What it changes, by capability, and how often at most; nil where nobody can tell.
  public var writes: [(capability: String, count: Int?)]
  /// The rows that its list comes to, where that hangs on nothing that has to be asked for.
  public var rows: RowCount?
}

extension PromptSession.Entry {
  /// - Parameter cached: the rows of a list by its name, as `members`, if they are at hand.
  public func forecast(cached: (String) -> Table?) -> Forecast {
    let estimate = script.program.estimate
    var tables: [String: Table] = [:]
    for resource in script.program.schema.resources where estimate.reads.contains(where: { $0.name == resource.plural }) {
      if let table = cached(resource.plural) { tables[resource.plural] = table }
    }
    let writes = estimate.writes.filter { !$0.calls.terms.isEmpty || $0.calls.isTruncated }
    return Forecast(
      effect: effect, reads: (estimate.reads + estimate.files).map(\.name), writes: writes.map { ($0.capability, nil) },
      rows: RowCount(script, tables))
  }
}

extension Forecast {
  /// Fills in how often is written, from the count of the rows that the line goes through.
  public mutating func count(_ rows: Int?, of script: Script, sizes: (String) -> Int?) {
    let schema = script.program.schema
    let list = self.rows?.repetition
    func length(_ repetition: Repetition) -> Int? {
      if let rows, repetition == list { return rows }
      guard case .resource(let noun) = repetition else { return nil }
      return schema.resources.first { $0.name.lowercased() == noun }.flatMap { sizes($0.plural) }
    }
    writes = script.program.estimate.writes.filter { !$0.calls.terms.isEmpty || $0.calls.isTruncated }.map { write in
      var isKnown = !write.calls.isTruncated
      for term in write.calls.terms where term.each.count > 1 || term.each.contains(where: { length($0) == nil }) { isKnown = false }
      return (write.capability, isKnown ? write.calls.value { length($0) ?? 0 }.count : nil)
    }
  }
}

/// How many rows the list of a line comes to. It is worked out over rows that are at hand, by what the line itself would do with them.
public struct RowCount: Sendable {
  private let script: Script
  private let source: Table
  private let type: RecordType
  private let stages: [TypedStage]
  /// What an estimate calls a row of it.
  let repetition: Repetition?
  /// How many there are before the conditions.
  public var total: Int { source.count }
  /// Whether some are left out.
  public var isFiltered: Bool { !stages.isEmpty }

  /// Nil where the last statement goes through no list that is known, or chooses rows by what has to be fetched.
  init?(_ script: Script, _ tables: [String: Table]) {
    guard let list = Self.list(of: script.program.statements.last) else { return nil }
    var (origin, stages) = (list, [TypedStage]())
    if case .pipeline(let source, let all) = list.kind { (origin, stages) = (source, all) }
    guard let table = Self.table(origin, script, tables) else { return nil }
    self.script = script
    source = table
    type = table.type
    var estimator = Estimator(script.program)
    let each = estimator.elements(of: origin).each
    repetition = each.count == 1 ? each[0] : nil
    self.stages = Self.counted(stages)
    guard self.stages.allSatisfy({ $0.effect == .pure && !$0.asks }) else { return nil }
  }

  private static func list(of statement: TypedStatement?) -> TypedExpression? {
    switch statement?.kind {
    case .expression(let value, _), .store(_, let value), .loop(_, let value, _): value
    default: nil
    }
  }

  private static func table(_ origin: TypedExpression, _ script: Script, _ tables: [String: Table]) -> Table? {
    switch origin.kind {
    case .resource(let resource): return tables[resource.plural]
    case .local(let slot) where slot < script.earlier.count:
      if case .table(let table) = script.earlier[slot] { return table }
      return nil
    default: return nil
    }
  }

  /// The stages that say how many rows there are, up to the first that makes others of them. An order is looked at only where it says which rows are taken.
  private static func counted(_ stages: [TypedStage]) -> [TypedStage] {
    var found: [TypedStage] = []
    for stage in stages {
      guard stage.keepsRows else { break }
      found.append(stage)
    }
    while let last = found.last, !last.drops { found.removeLast() }
    if !found.contains(where: \.isPart) { found.removeAll { $0.isOrder } }
    return found
  }

  /// The rows that were looked through before a count was late, and how many of them count.
  public struct Part: Sendable {
    fileprivate var rows = 0
    fileprivate var count = 0

    public init() {}
  }

  public enum Outcome: Sendable {
    case done(Int)
    /// It can go on behind what is done.
    case late(Part)
    /// A row failed, as the line would.
    case failed

    public var count: Int? { if case .done(let count) = self { count } else { nil } }
  }

  /// Counts until `isLate` says so. The rows that a last condition leaves are only counted, not made a list of.
  public func counted(after part: Part = Part(), until isLate: @escaping @Sendable () -> Bool) -> Outcome {
    if stages.isEmpty { return .done(total) }
    let compiler = Compiler(script.program)
    var (earlier, condition) = (stages[...], TypedLambda?.none)
    if case .filter(let last)? = stages.last?.kind { (earlier, condition) = (stages.dropLast(), last) }
    let rows = TypedExpression.constant(.table(source), .table(type), Span(0, 0))
    let code = compiler.compile(TypedExpression(kind: .pipeline(rows, Array(earlier)), type: .table(type), span: Span(0, 0))).asValue
    let lambda = condition.map { compiler.lambda($0) }
    let frame = Frame(
      run: RunContext(world: StillWorld(isInterrupted: isLate), program: script.program), slots: compiler.slots, relations: script.program.relations)
    frame.adopt(locals: script.earlier, related: frame.related, path: [])
    var part = part
    do throws(RunError) {
      let list = try code(frame)
      guard let lambda, case .table(let table) = list else { return .done(list.elementCount) }
      try lambda.prepareSync(frame)
      try part.go(on: table, by: lambda.body.asBool, frame)
      return .done(part.count)
    } catch { return error.reach == .interrupted ? .late(part) : .failed }
  }

  /// Whether it counts the same rows by the same words, whatever stands behind them.
  public func isSame(as other: RowCount) -> Bool {
    source.isSame(as: other.source) && words == other.words && script.earlier.isSame(as: other.script.earlier)
  }

  /// The line up to the last stage that is counted.
  private var words: ArraySlice<UInt8> { script.program.source.bytes.prefix(stages.last?.span.end ?? 0) }
}

extension RowCount.Part {
  /// Without an index of texts, which would take longer to make than to look at every row.
  fileprivate mutating func go(on table: Table, by condition: Code.Of<Bool>, _ frame: Frame) throws(RunError) {
    guard rows < table.count else { return }
    let (base, width) = (table.row(0), table.type.fields.count)
    frame.setRow(table, 0)
    while rows < table.count {
      try frame.tick()
      frame.move(to: rows, base, width)
      if try condition(frame) { count += 1 }
      rows += 1
    }
  }
}

extension Array {
  /// The very same elements in memory, which says nothing of arrays that were made apart.
  fileprivate func isSame(as other: [Element]) -> Bool {
    withUnsafeBufferPointer { mine in other.withUnsafeBufferPointer { mine.count == $0.count && mine.baseAddress == $0.baseAddress } }
  }
}

extension TypedStage {
  fileprivate var isOrder: Bool { if case .sort = kind { true } else { false } }

  /// Takes rows by their place.
  fileprivate var isPart: Bool {
    switch kind {
    case .take, .skip: true
    default: false
    }
  }

  fileprivate var drops: Bool {
    switch kind {
    case .filter, .take, .skip, .distinct: true
    default: false
    }
  }

  /// Gives rows for rows.
  fileprivate var keepsRows: Bool {
    switch kind {
    case .filter, .take, .skip, .distinct, .sort, .project: true
    default: false
    }
  }

  /// Whether something is fetched for it.
  fileprivate var asks: Bool {
    switch kind {
    case .filter(let lambda): lambda.effect > .pure
    case .distinct(let lambdas): lambdas.contains { $0.effect > .pure }
    case .sort(let keys): keys.contains { $0.key.effect > .pure }
    case .project(let columns):
      columns.contains { if case .computed(let lambda) = $0 { lambda.effect > .pure } else { false } }
    case .take(let count), .skip(let count): count.effect > .pure
    default: true
    }
  }
}

/// A world in which nothing is there and nothing happens: for what is pure.
struct StillWorld: World {
  private let stops: @Sendable () -> Bool

  init(isInterrupted: @escaping @Sendable () -> Bool) { stops = isInterrupted }

  private var nothing: RunError { RunError(.data, "nothing is asked for here") }

  func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { throw nothing }
  func rows(of resource: ResourceType, matching query: RowQuery, at site: CallSite) async throws(RunError) -> Table { throw nothing }
  func refresh(_ resource: ResourceType, at site: CallSite) async throws(RunError) -> Table { throw nothing }
  func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows { throw nothing }
  func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome { throw nothing }
  func input(_ path: String) throws(RunError) -> InputSource { throw nothing }
  func save(_ path: String, _ contents: (_ sink: @escaping SaveSink) throws(RunError) -> Void) throws(RunError) { throw nothing }
  func environment(_ name: String) -> String? { nil }
  func uuid(at site: CallSite) -> String { "" }
  var now: Int { 0 }
  var isInterrupted: Bool { stops() }
  func emit(_ output: Output) {}
}
