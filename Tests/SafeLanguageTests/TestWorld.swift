import SafeLanguage
import Synchronization

/// A world without a server: a list of people that the language knows only by its schema, and verbs that change it.
final class TestWorld: World {
  static let mood = EnumType(name: "Mood", cases: [("calm", 0), ("busy", 1), ("away", -1)])

  static let schema = Schema(
    enumerations: [mood],
    resources: [
      ResourceType(
        name: "Person", plural: "people", summary: "people",
        fields: [
          Field("id", .id("Person")), Field("email", .email), Field("name", .optional(.text)), Field("mood", .enumeration(mood)),
          Field("age", .int), Field("nick", .optional(.text)),
        ],
        relations: [Relation(source: "Person", name: "teams", target: "Team", isFetchedPerRow: true)], keys: ["email"], shown: ["email", "mood"]),
      ResourceType(
        name: "Team", plural: "teams", summary: "teams", fields: [Field("id", .id("Team")), Field("name", .text)],
        relations: [], keys: ["name"], shown: ["name"]),
      visits, office, house,
    ],
    verbs: [
      Verb(
        "greet", .row("Person"), [.init("times", .value(.int))], capability: "people.greet", summary: "greets a person",
        example: "greet ann@acme.com times: 2"),
      Verb(
        "hire", .value(.email), [.init("mood", .value(.enumeration(mood)), isRequired: true)], capability: "people.hire", result: "Person",
        summary: "adds a person", example: "hire ann@acme.com mood: calm"),
      Verb(
        "close", .row("Room"), [.init("data", .settings(RecordType([Field("desks", .optional(.int)), Field("label", .optional(.text))])))],
        capability: "rooms.close", destruction: .cases([1]), summary: "closes a room", example: "close calm"),
      Verb(
        "load", .none, [.init("people", .table(RecordType([Field("email", .email), Field("mood", .optional(.enumeration(mood)))])))],
        capability: "people.load", summary: "loads people", example: "load people: [{ email: ann@acme.com, mood: calm }]"),
    ])

  struct State {
    var people: Table
    var output: [String] = []
    var queries: [String] = []
    var relationReads = 0
    var ids = 0
    var running = 0
    var mostRunning = 0
    var saved: [String: [UInt8]] = [:]
  }

  let state: Mutex<State>
  let inputs: [String: [UInt8]]
  let teams: Table
  private let interruption: @Sendable () -> Bool
  private let memory: @Sendable () -> Int?

  convenience init(files: [String: String] = [:]) { self.init(inputs: files.mapValues { Array($0.utf8) }) }

  init(inputs: [String: [UInt8]], memory: @escaping @Sendable () -> Int? = { nil }, isInterrupted: @escaping @Sendable () -> Bool = { false }) {
    self.inputs = inputs
    self.memory = memory
    interruption = isInterrupted
    var people = TableBuilder(Self.schema.resources[0].row)
    let rows: [(String, String?, Int, Int, String?)] = [
      ("ann@acme.com", "Ann", 0, 41, nil), ("Bob@acme.com", "Bob", 1, 30, "bobby"), ("eve@other.org", nil, -1, 25, nil), ("ann@other.org", "Ann", 7, 41, "a"),
    ]
    for (index, row) in rows.enumerated() {
      people.add([
        .text("00000000-0000-4000-8000-00000000000\(index)"), .text(row.0), row.1.map { .text($0) } ?? .null, .symbol(Self.mood, row.2),
        .int(row.3), row.4.map { .text($0) } ?? .null,
      ])
    }
    var teams = TableBuilder(Self.schema.resources[1].row)
    for (index, name) in ["Red", "Blue"].enumerated() { teams.add([.text("10000000-0000-4000-8000-00000000000\(index)"), .text(name)]) }
    self.teams = teams.table()
    state = Mutex(State(people: people.table()))
  }

  func rows(of resource: ResourceType, at site: CallSite) async throws(RunError) -> Table {
    switch resource.plural {
    case "people": return state.withLock { $0.people }
    case "office": return Row(Self.office.row, [.text("Oslo"), .null]).table
    case "rooms": return Row(Self.house.row, [.text("20000000-0000-4000-8000-000000000000"), .symbol(Self.mood, 0), .bool(true)]).table
    default: return teams
    }
  }

  /// Everybody whose age is odd is in the red team; everybody is in the blue one.
  func related(_ relation: Relation, for rows: Table?, at site: CallSite) async throws(RunError) -> any RelatedRows {
    state.withLock { $0.relationReads += 1 }
    if relation.source == "Visit" { return Visitor(people: state.withLock { $0.people }) }
    struct Teams: RelatedRows {
      let all: Table
      func rows(of row: Row) throws(RunError) -> Table {
        var builder = TableBuilder(all.type)
        if case .int(let age) = row.value("age"), age % 2 == 1 { builder.add([all.value(0, 0), all.value(0, 1)]) }
        builder.add([all.value(1, 0), all.value(1, 1)])
        return builder.table()
      }
    }
    return Teams(all: teams)
  }

  func perform(_ call: VerbCall) async throws(RunError) -> VerbOutcome {
    if call.verb.subject == .none || call.verb.name == "close" {
      try call.permit(call.arguments["people"]?.elementCount ?? 1)
      let about = if case .record(let row) = call.subject { row.value("mood").printed } else { call.subject.printed }
      state.withLock { $0.output.append("\(call.verb.name) \(about)") }
      return VerbOutcome(value: .null, changed: true)
    }
    let email = if case .record(let row) = call.subject { row.text("email") ?? "" } else { call.subject.printed }
    let known = state.withLock { state in (0..<state.people.count).contains { Row(state.people, $0).text("email")?.lowercased() == email.lowercased() } }
    state.withLock {
      $0.running += 1
      $0.mostRunning = max($0.mostRunning, $0.running)
    }
    defer { state.withLock { $0.running -= 1 } }
    try? await Task.sleep(for: .milliseconds(2))
    if call.verb.name == "greet" {
      guard known else { throw RunError(.notFound, "there is no person '\(email)'") }
      if case .int(0)? = call.arguments["times"] { return VerbOutcome(value: .null, changed: false) }
      try call.permit()
      state.withLock { $0.output.append("greeted \(email)") }
      return VerbOutcome(value: .null, changed: true)
    }
    if known { throw RunError(.refused, "'\(email)' is there already", status: 400) }
    try call.permit()
    let person = state.withLock { state in
      var builder = TableBuilder(state.people.type)
      for index in 0..<state.people.count { builder.add((0..<state.people.type.fields.count).map { state.people.value(index, $0) }) }
      builder.add([
        .text("00000000-0000-4000-8000-0000000001\(10 + state.people.count)"), .text(email), .null, call.arguments["mood"] ?? .null, .int(1), .null,
      ])
      state.people = builder.table()
      return Row(state.people, state.people.count - 1)
    }
    return VerbOutcome(value: .record(person), changed: true)
  }

  func input(_ path: String) throws(RunError) -> InputSource {
    guard let bytes = state.withLock({ $0.saved[path] }) ?? inputs[path] else {
      throw RunError(.file, "there is no file '\(path)'")
    }
    return InputSource(bytes: bytes)
  }

  func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    var bytes: [UInt8] = []
    try contents { bytes += $0 }
    state.withLock { $0.saved[path] = bytes }
  }

  func environment(_ name: String) -> String? { name == "CITY" ? "Oslo" : nil }

  /// Counts, so that what a script shows is the same each time.
  func uuid(at site: CallSite) -> String {
    state.withLock { state in
      state.ids += 1
      let digits = String(state.ids)
      return "20000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
  }

  let now = 1_769_853_600_000_000
  var isInterrupted: Bool { interruption() }
  var memoryInUse: Int? { memory() }

  func emit(_ output: Output) {
    switch output {
    case .line(let line): state.withLock { $0.output.append(line) }
    case .value(let value, _): state.withLock { $0.output.append(value.literal) }
    case .chart(let value): state.withLock { $0.output.append("chart: \(value.literal)") }
    case .warning(let text): state.withLock { $0.output.append("warning: \(text)") }
    case .report(let report):
      let counts = EachOutcome.allCases.filter { report[$0] > 0 }.map { "\($0.label) \(report[$0])" }
      let calls = report.calls.map { "\($0.verb) \($0.count)" }
      let failures = report.failures.map { "\($0.place): \($0.reason)" }
      state.withLock { $0.output.append("report: " + (counts + calls + failures).joined(separator: ", ")) }
    case .progress, .saved: break
    }
  }

  var output: [String] { state.withLock { $0.output } }
}
